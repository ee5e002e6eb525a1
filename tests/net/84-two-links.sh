#!/bin/bash
# A scan from two interfaces: each target goes by its own route, the links of both are swept, and an answer
# counts on whichever of them it comes back. Nothing is left at either interface, whenever the scan is killed.
#
# SIGKILLS (8): the number of kills.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need bpftool jq tc tshark

near=198.18.1.0/25
far=198.18.129.0/25
beyond=198.18.130.0/26
ports=1-40
options=(--seed 3 --up 1/2 --silent 1/4 --unreachable 1/8)
kills=${SIGKILLS:-8}

in_ns() {
	ip -n "$LAB" "$@"
}
there() {
	in_ns -d link show
	tc -n "$LAB" qdisc show
	for dev in eth0 eth1; do
		tc -n "$LAB" filter show dev "$dev" ingress
	done
	lab exec scanner bpftool net
}
# The scan is complete, and says of each target what the fleet is.
finds_all() { # NAME NETS
	exits "$1: ends with 0" 0
	fleet=(--net "$2" "${options[@]}")
	fleet_list hosts >"$tmp/expected"
	json_hosts_of "$tmp/json" >"$tmp/found"
	same "$1: hosts" "$tmp/expected" "$tmp/found"
	fleet_states "$ports" >"$tmp/expected"
	json_states_of "$tmp/json" >"$tmp/found"
	same "$1: ports" "$tmp/expected" "$tmp/found"
	sums_close "$1: sums close" "$tmp/json"
}

lab two-links-up "$near" "$far,$beyond" "${options[@]}"
there >"$tmp/before"

scan --arp --budget off --json "$tmp/json" "$near" "$far"
exits "the links: ends with 0" 0
fleet=(--net "$near,$far" "${options[@]}")
fleet_list hosts >"$tmp/expected"
json_hosts_of "$tmp/json" >"$tmp/found"
same "the links: hosts" "$tmp/expected" "$tmp/found"

for mode in auto native generic tc; do
	scan --attach "$mode" --all --budget off -p "$ports" --json "$tmp/json" "$near" "$far"
	finds_all "ports, --attach $mode" "$near,$far"
done
has_right_keys "JSON has the right keys" "$tmp/json"

scan --all --budget off -p "$ports" --json "$tmp/json" 2001:db8::198.18.1.0/121 2001:db8::198.18.129.0/121
exits "IPv6: ends with 0" 0
fleet=(--net "$near,$far" "${options[@]}")
"$BUILD/fleet" --ip6 "${fleet[@]}" --list open --ports "$ports" | sed 's/\t/ /; s,/tcp,,' >"$tmp/expected"
json_ports_of open "$tmp/json" >"$tmp/found"
same "IPv6: open ports" "$tmp/expected" "$tmp/found"

# Some targets are behind a gateway on the second link.
fleet=(--net "$far" "${options[@]}")
gateway=$(fleet_list hosts | awk 'NR == 1 { print $1 }')
in_ns route add "$beyond" via "$gateway"
scan --all --budget off -p "$ports" --json "$tmp/json" "$near" "$beyond"
exits "behind a gateway of one: ends with 0" 0
fleet=(--net "$near,$beyond" "${options[@]}")
fleet_list open "$ports" >"$tmp/expected"
json_ports_of open "$tmp/json" >"$tmp/found"
same "behind a gateway of one: open ports" "$tmp/expected" "$tmp/found"

# Without targets --iface means the subnets of both.
in_ns address flush dev eth0 scope global
in_ns address flush dev eth1 scope global
in_ns address add 198.18.1.250/24 dev eth0
in_ns address add 198.18.129.250/24 dev eth1
scan --dry-run -i eth0 -i eth1
is "no targets, two --iface: the links of both" "eth0,eth1 506" \
	"$(awk '$1 == "interface" { i = $2 } $1 == "path" { n += $2 } END { print i, n }' "$tmp/out")"
in_ns address flush dev eth0 scope global
in_ns address flush dev eth1 scope global
in_ns address add 198.18.0.1/17 dev eth0
in_ns address add 198.18.128.1/17 dev eth1
in_ns address add 2001:db8::198.18.0.1/113 dev eth0 nodad

# A host with another way back: its answers come by an interface that sent nothing to it.
in_ns link add eth2 type veth peer name eth2 netns "$LAB-near"
in_ns link set eth2 up
ip -n "$LAB-near" link set eth2 up
ip -n "$LAB-near" address add 198.18.0.9/17 dev eth0
ip -n "$LAB-near" route add 198.18.0.1/32 dev eth2
lab exec scanner sysctl -qw net.ipv4.conf.eth2.rp_filter=0 net.ipv4.conf.all.rp_filter=0
lab exec near sysctl -qw net.ipv4.conf.eth0.rp_filter=0 net.ipv4.conf.all.rp_filter=0
in_ns address add 198.18.250.1/32 dev eth2
in_ns route add 198.18.250.0/30 dev eth2
lab exec near ping -q -c 1 -W 2 -I 198.18.0.9 198.18.0.1 >"$tmp/null" 2>&1 || true
other_way() { # OPTION...: how many ports are closed
	scan --all --budget off -p 1-20 --json "$tmp/json" "$@" 198.18.0.9
	json_ports_of closed "$tmp/json" | wc -l
}
for mode in auto native; do
	is "--attach $mode: answers by the other interface count" 20 "$(other_way --attach "$mode" -i eth0 -i eth2)"
done
is "control: from one interface they are not seen" 0 "$(other_way -i eth0)"
in_ns link del eth2

# One without Ethernet: ARP asks on the link alone, ports are asked on both.
hosts=
trap 'code=$?; [ -z "$hosts" ] || kill -KILL "$hosts" 2>/dev/null || true; clean_up "$code"' EXIT
tools/lab exec scanner "$BUILD/tests/tun-host" tun tun >"$tmp/hosts" 2>&1 </dev/null &
hosts=$!
for ((try = 0; try < 200; try++)); do
	! grep -qsx ready "$tmp/hosts" || break
	sleep 0.05
done
in_ns address add 198.19.9.1/24 dev tun
in_ns address add 2001:db8:1::1/64 dev tun nodad
in_ns link set tun up
tun_states() { # ADDRESS
	seq 1 60 | awk -v a="$1" '{ print a, $1, $1 % 3 == 0 ? "open" : $1 % 3 == 1 ? "closed" : "filtered" }'
}
with_tun() { # NAME ADDRESS-BEHIND-TUN NET OPTION of fleet
	fleet=(--net "$near" "${options[@]}")
	scan --all --budget off -p 1-60 --json "$tmp/json" "$2" "$3"
	exits "$1: ends with 0" 0
	tun_states "$2" >"$tmp/expected"
	json_states_of "$tmp/json" | cut -d ' ' -f 1-3 | grep "^$2 " >"$tmp/found"
	same "$1: behind tun" "$tmp/expected" "$tmp/found"
	"$BUILD/fleet" $4 "${fleet[@]}" --list open --ports 1-60 | sed 's/\t/ /; s,/tcp,,' >"$tmp/expected"
	json_ports_of open "$tmp/json" | grep -v "^$2 " >"$tmp/found"
	same "$1: on the link" "$tmp/expected" "$tmp/found"
}
with_tun "tun and Ethernet" 198.19.9.7 "$near" ""
with_tun "tun and Ethernet, IPv6" 2001:db8:1::7 2001:db8::198.18.1.0/121 --ip6
scan --dry-run -i tun -i eth0 -p 80 198.19.9.7 "$near"
is "Ethernet comes first" eth0,tun "$(awk '$1 == "interface" { print $2 }' "$tmp/out")"
kill "$hosts" && { wait "$hosts" || true; } 2>"$tmp/null"
hosts=

# What one interface alone can do is refused, in one line that says so.
refused() { # NAME LINE OPTION...
	local name=$1 line=$2
	shift 2
	scan --dry-run -p 80 "$@" "$near" "$far"
	is "$name: refused in one line" "1 xscan: $line" "$status $(cat "$tmp/err")"
}
both="works on one interface, and the scan is from eth0,eth1: choose one (--iface)"
refused "--tx xdp" "--tx xdp $both" --tx xdp
scan --dry-run -6 --tx xdp -p 80 -i eth0 -i eth1
is "-6 without targets, --tx xdp: refused in one line" "1 xscan: --tx xdp $both" "$status $(cat "$tmp/err")"

# --capture keeps frames of both links, each with its interface.
for dev in eth0 eth1; do
	fleet=(--net "$([ $dev = eth0 ] && echo "$near" || echo "$far")" "${options[@]}")
	read -r ip port < <(fleet_list open "$ports")
	scan -q --budget off --retries 0 --capture "$tmp/capture" --capture-flow "$ip:$port" -p "$ports" "$near" "$far"
	exits "--capture, $dev: ends with 0" 0
	is "--capture, $dev: probe and answer" "$dev probe,$dev answer" \
		"$(tshark -r "$tmp/capture" -T fields -E separator=/s -e frame.interface_name -e frame.comment 2>"$tmp/null" |
			head -n 2 | paste -sd ,)"
done

# --listen hears both links, and sends nothing. Link-local addresses have the zone of their link.
speak() { # NAMESPACE, MAC, IPv4 and link-local address in hexadecimal digits: an ARP and a neighbour solicitation
	lab exec "$1" python3 -c '
import socket, sys
mac, ip, local = sys.argv[1:]
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("eth0", 0))
s.send(bytes.fromhex("f" * 12 + mac + "08060001080006040001" + mac + ip + "0" * 12 + "c61200fa"))
s.send(bytes.fromhex("3333ff0000fa" + mac + "86dd600000000018" + "3aff" + local + "ff0200000000000000000001ff0000fa" +
                     "87000000" + "0" * 8 + "fe8000000000000000000000000000fa"))' "${@:2}"
}
begin --listen 100 -i eth0 -i eth1 --json "$tmp/json"
until [ -e "$tmp/json" ] && grep -q '"type":"start"' "$tmp/json" || [ "$SECONDS" -gt 100 ]; do sleep 0.02; done
sent=$(in_ns -s -j link show | jq 'map(.stats64.tx.packets) | add')
speak near 020000000701 c6120101 fe80000000000000000000fffe000701
speak fleet 020000000801 c6128101 fe80000000000000000000fffe000801
is "--listen: sends nothing" "$sent" "$(in_ns -s -j link show | jq 'map(.stats64.tx.packets) | add')"
for ((try = 0; try < 1000; try++)); do
	[ "$(grep -c '"type":"host"' "$tmp/json" || true)" -lt 4 ] || break
	sleep 0.05
done
kill -INT "$pid"
finish 20
exits "--listen: is interrupted" 130
cat >"$tmp/expected" <<-END
	198.18.1.1 02:00:00:00:07:01 heard -
	198.18.129.1 02:00:00:00:08:01 heard -
	fe80::ff:fe00:701 02:00:00:00:07:01 heard eth0
	fe80::ff:fe00:801 02:00:00:00:08:01 heard eth1
END
jq -r 'select(.type == "host") | "\(.ip) \(.mac) \(.how) \(.zone // "-")"' "$tmp/json" >"$tmp/found"
same "--listen: hears who speaks on each link" "$tmp/expected" "$tmp/found"
is "--listen: says nothing of IPv4 alone" 0 "$(grep -c 'IPv4' "$tmp/err" || true)"

# A link without carrier hides only what is behind it: all else is scanned, and a line says so.
ip -n "$LAB-fleet" link set eth0 down
for choice in "" "-i eth0 -i eth1"; do
	# shellcheck disable=SC2086 # a list
	scan $choice --all --budget off -p "$ports" --json "$tmp/json" "$near" "$far"
	finds_all "no carrier at one interface ${choice:-by the routes}" "$near"
	is "no carrier at one interface ${choice:-by the routes}: a line, and the others counted" "1 128" \
		"$(grep -c '^xscan: eth1: no carrier; its targets are left out$' "$tmp/err") $(summary "$tmp/json" unroutable)"
done
scan -i eth1 -p 80 "$far"
is "no carrier at the only interface: refused" "1 xscan: eth1: no carrier" "$status $(cat "$tmp/err")"
ip -n "$LAB-fleet" link set eth0 up

# An interface that goes down in mid scan hides what is behind it; the rest is scanned. The scan says that it was
# broken off, and of no port that it did not ask.
begin --rate 2000 --budget off --all --json "$tmp/json" -p "$ports" "$near" "$far"
for ((try = 0; try < 500; try++)); do
	! grep -q '"ip":"198.18.129.*"port"' "$tmp/json" 2>"$tmp/null" || break
	sleep 0.02
done
in_ns link set eth1 down
finish 60
is "an interface goes down: the scan breaks off in the end" "1 1" "$status $(grep -c '^xscan: eth1: ' "$tmp/err")"
fleet=(--net "$near" "${options[@]}")
fleet_states "$ports" >"$tmp/expected"
json_states_of "$tmp/json" >"$tmp/all-found"
grep '^198\.18\.1\.' "$tmp/all-found" >"$tmp/found"
same "an interface goes down: the other link is scanned" "$tmp/expected" "$tmp/found"
grep -v '^198\.18\.1\.' "$tmp/all-found" | grep unanswered >"$tmp/found" || true
same "an interface goes down: silence behind it tells nothing" /dev/null "$tmp/found"
is "an interface goes down: control: something behind it was found" true \
	"$(grep -q '^198\.18\.129\.' "$tmp/all-found" && echo true)"
in_ns link set eth1 up
lab down
lab two-links-up "$near" "$far" "${options[@]}"
there >"$tmp/before"

# SIGKILL and SIGINT, with tcx and without.
killed=0
for ((i = 0; i < kills; i++)); do
	xscan=("$BUILD/xscan")
	[ $((i % 2)) = 0 ] || xscan=(env "LD_PRELOAD=$BUILD/tests/no-tcx.so" "$BUILD/xscan")
	signal=KILL
	[ $((i % 4)) -lt 2 ] || signal=INT
	begin --rate 2k -p 1-400 "$near" "$far"
	sleep "$(printf '0.%03d' $((RANDOM % 400)))"
	kill -"$signal" "$pid" 2>"$tmp/null" || true
	finish 20
	[ "$status" != 137 ] || killed=$((killed + 1))
	for ((try = 0; try < 60; try++)); do
		there | diff "$tmp/before" - >"$tmp/left" && break
		sleep 0.05
	done
	[ ! -s "$tmp/left" ] || break
done
is "$i times a signal: nothing is left at either interface" "" "$(head -n 20 "$tmp/left")"
is "control: scans were killed" yes "$([ "$killed" -gt 0 ] && echo yes || echo "$killed of $kills")"
