#!/bin/bash
# Where the matcher sits: --attach auto chooses what others notice least, says so, and leaves other programs
# and filters working as before; --synack reset works in each place.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need jq ethtool tc
pid=
trap 'code=$?; [ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null || true; clean_up "$code"' EXIT

open=("198.18.0.10 80" "198.18.0.10 8080" "198.18.0.20 22")

found_open() { # NAME: the last scan is complete and found what is open
	exits "$1: ends with 0" 0
	same "$1: finds what is open" <(printf '%s\n' "${open[@]}") <(open_of "$tmp/out")
}
chose() { # NAME MODE REGEX: what the last scan chose, and why
	is "$1: $2, with the reason" 1 "$(grep -cE "^attach     $2: .*($3)" "$tmp/err")"
	is "$1: $2, in the summary" "$2" "$(summary "$tmp/json" attach)"
}

# What is at the scanner's interface: XDP, queueing disciplines, filters without their counters.
there() {
	ip -n "$LAB" -d link show dev eth0 | grep -o 'prog/xdp id [0-9]*' || true
	tc -n "$LAB" qdisc show dev eth0
	tc -n "$LAB" filter show dev eth0 ingress
	tc -n "$LAB" filter show dev eth0 egress
}

# Is the scan in the background still running?
under_way() { # NAME
	if kill -0 "$pid" 2>/dev/null; then
		pass "$1: the scan was still under way"
	else
		fail "$1: the scan was still under way" "$tmp/err"
	fi
}

# Nobody else

lab up
target=198.18.0.10-20
scan -v --json "$tmp/json" --tcp 22,80,8080 "$target"
found_open "a veth"
chose "a quiet veth" native 'driver veth: .*offloads .*; the interface is quiet'
ip -n "$LAB-net" link set p-scanner mtu 9000 # of the other end: too large for XDP
scan -v --json "$tmp/json" --tcp 22,80,8080 "$target"
ip -n "$LAB-net" link set p-scanner mtu 1500
found_open "a veth that refuses"
is "a veth that refuses: tc, with the reason" "1 tc" \
	"$(grep -c '^attach     after .*: tc: the driver refuses XDP: ' "$tmp/err") $(summary "$tmp/json" attach)"
for mode in native generic tc; do
	scan -v --attach "$mode" --json "$tmp/json" --tcp 22,80,8080 "$target"
	found_open "--attach $mode"
	is "--attach $mode: is what it says" "$mode" "$(summary "$tmp/json" attach)"
done

# Somebody else's filter, which drops what comes from port 8080 over TCP (classic BPF: IPv4? TCP? that
# port? then 2, TC_ACT_SHOT, else -1, TC_ACT_UNSPEC)

tc -n "$LAB" qdisc add dev eth0 clsact
tc -n "$LAB" filter add dev eth0 ingress bpf da bytecode "9,40 0 0 12,21 0 5 2048,48 0 0 23,\
21 0 3 6,177 0 0 14,72 0 0 14,21 1 0 8080,6 0 0 4294967295,6 0 0 2"
fetch() { # PORT
	# shellcheck disable=SC2016 # expanded by the inner shell
	lab exec scanner timeout 2 bash -c 'exec 3<>"/dev/tcp/198.18.0.10/$1"' bash "$1" 2>"$tmp/null" &&
		echo yes || echo no
}
there >"$tmp/before"
is "control: another's filter drops" no "$(fetch 8080)"
for mode in auto native tc; do
	tools/lab exec scanner "$BUILD/xscan" --attach "$mode" --rate 150 --retries 0 --tcp 1-600,8080 \
		198.18.0.10 >"$tmp/out" 2>"$tmp/err" </dev/null &
	pid=$!
	sleep 0.5
	is "another's filter, --attach $mode: passes what it passes" yes "$(fetch 80)"
	is "another's filter, --attach $mode: drops what it drops" no "$(fetch 8080)"
	under_way "another's filter, --attach $mode"
	status=0
	wait "$pid" || status=$?
	pid=
	exits "another's filter, --attach $mode: the scan ends with 0" 0
	same "another's filter, --attach $mode: xscan is before them" \
		<(printf '198.18.0.10 80\n198.18.0.10 8080\n') <(open_of "$tmp/out")
	there >"$tmp/after"
	same "another's filter, --attach $mode: is there as before" "$tmp/before" "$tmp/after"
done
tc -n "$LAB" qdisc del dev eth0 clsact

# Somebody else's XDP program: a fleet, which answers for half of the subnet

tools/lab exec scanner "$BUILD/fleet" -i eth0 --net 198.18.0.128/25 >"$tmp/fleet.log" 2>&1 &
other=$!
for ((try = 0; try < 100; try++)); do
	grep -qsx ready "$tmp/fleet.log" && break
	sleep 0.05
done
read -r fleet_host fleet_port < <("$BUILD/fleet" --net 198.18.0.128/25 --list open --ports 1-100 |
	sed 's,/tcp,,')
answers() { # does the other program answer another host?
	# shellcheck disable=SC2016 # expanded by the inner shell
	lab exec ssh timeout 5 bash -c 'exec 3<>"/dev/tcp/$1/$2"' bash "$fleet_host" "$fleet_port" \
		2>"$tmp/null" && echo yes || echo no
}
there >"$tmp/before"
is "control: another XDP program is attached" 1 "$(grep -c xdp "$tmp/before")"
is "another XDP program: works before" yes "$(answers)"
scan -v --json "$tmp/json" --tcp 22,80,8080 "$target"
found_open "another XDP program"
chose "another XDP program" tc 'XDP program .fleet. is attached'
tools/lab exec scanner "$BUILD/xscan" --rate 200 --retries 0 --tcp 1-300 198.18.0.10 \
	>"$tmp/out" 2>"$tmp/err" </dev/null &
pid=$!
sleep 0.5
is "another XDP program: works during a scan" yes "$(answers)"
under_way "another XDP program"
wait "$pid" || true
pid=
is "another XDP program: works after a scan" yes "$(answers)"
there >"$tmp/after"
same "another XDP program: the same as before" "$tmp/before" "$tmp/after"
kill "$other"
wait "$other" || true

# RSTs of the matcher's own: the target forgets the connection, finds the checksum right, whoever
# fills in checksums, and the scanner's stack has nothing to do with it.

tcp_count() { # NS COLUMN of /proc/net/snmp
	lab exec "$1" sed -n 's/^Tcp: \([0-9]\)/\1/p' /proc/net/snmp | cut -d ' ' -f "$(($2 - 1))"
}
half_open() {
	lab exec web ss -Htn state syn-recv | wc -l
}
lab down
lab up # without the connections that the filter above left half open
for checksums in "on on" "off on" "on off"; do
	lab exec web ethtool -K eth0 tx "${checksums% *}" >"$tmp/null"
	lab exec scanner ethtool -K eth0 tx "${checksums#* }" >"$tmp/null"
	for mode in native generic tc; do
		name="--synack reset, $mode, checksums by device: target ${checksums% *}, scanner ${checksums#* }"
		sent=$(tcp_count scanner 15) wrong=$(tcp_count web 16)
		scan --attach "$mode" --synack reset --tcp 80,8080 198.18.0.10
		sleep 0.1
		is "$name" "0 half open, 0 by the stack, 0 wrong" \
			"$(half_open) half open, $(($(tcp_count scanner 15) - sent)) by the stack, $(($(tcp_count web 16) - wrong)) wrong"
	done
done
scan --attach tc --synack drop --tcp 80,8080 198.18.0.10
is "control: dropped SYN-ACKs leave half-open connections" 2 "$(half_open)"

# Bare IP packets, and drivers that receive into pages; without the half-open connections

fleet_up --net 198.18.1.0/24
device_up() { # KIND: a device of that name, with hosts behind it
	rm -f "$tmp/hosts"
	tools/lab exec scanner "$BUILD/tests/tun-host" "$1" "$1" >"$tmp/hosts" 2>&1 </dev/null &
	hosts=$!
	for ((try = 0; try < 100; try++)); do
		grep -qsx ready "$tmp/hosts" && break
		sleep 0.05
	done
	ip -n "$LAB" address add "198.19.$2.1/24" dev "$1"
	ip -n "$LAB" link set "$1" up
}
third() { # REMAINDER: the ports from 1 to 300 with it
	seq 1 300 | awk -v remainder="$1" '$1 % 3 == remainder'
}
states() { # ADDRESS...: what hosts behind tun-host answer
	local address
	for address; do
		third 0 | sed "s/.*/$address & open syn-ack/"
		third 1 | sed "s/.*/$address & closed reset/"
		third 2 | sed "s/.*/$address & filtered admin-prohibited 13/"
	done
}
hosts=
trap 'code=$?; for pid in $pid $hosts; do kill -KILL "$pid" 2>/dev/null || true; done
	clean_up "$code"' EXIT
for kind in tun tap; do
	[ "$kind" = tun ] && net=1 || net=2
	device_up "$kind" "$net"
	scan -v -i "$kind" --all --tcp 1-300 --rate 20k --json "$tmp/json" "198.19.$net.7,198.19.$net.9"
	exits "$kind: ends with 0" 0
	same "$kind: each port's state" <(states "198.19.$net.7" "198.19.$net.9") \
		<(json_states_of "$tmp/json")
	is "$kind: the summary" "tc 2 600 0 0 true" \
		"$(summary "$tmp/json" attach hosts_up replies unanswered rejected complete)"
	lines=$(wc -l <"$tmp/hosts") sent=$(tcp_count scanner 15)
	scan -i "$kind" --synack reset --tcp 1-300 --rate 20k "198.19.$net.7"
	exits "$kind, --synack reset: ends with 0" 0
	sleep 0.2
	same "$kind, --synack reset: a right RST for each open port" <(third 0 | sed 's/^/reset /') \
		<(tail -n "+$((lines + 1))" "$tmp/hosts" | sort -u) # a pulse's SYN-ACK gets another
	is "$kind, --synack reset: none of them by the stack" "$sent" "$(tcp_count scanner 15)"
	if [ "$kind" = tun ]; then
		ip -n "$LAB" address add 2001:db8:1::1/64 dev tun nodad
		scan --all --tcp 1-300 --rate 20k --json "$tmp/json" 2001:db8:1::7 2001:db8:1::9
		exits "tun over IPv6: ends with 0" 0
		same "tun over IPv6: each port's state" \
			<(states 2001:db8:1::7 2001:db8:1::9 | sed 's/prohibited 13/prohibited 1/') \
			<(json_states_of "$tmp/json")
		for option in '' --arp; do
			# shellcheck disable=SC2086 # none or one word
			scan -i tun $option 198.19.1.7
			is "tun: ARP is refused ${option:-without --tcp}" \
				"1 xscan: tun: has no Ethernet: ARP does not work there (name ports with --tcp or --udp)" \
				"$status $(cat "$tmp/err")"
		done
		for option in '--attach native' '--attach generic' '--tx xdp'; do
			# shellcheck disable=SC2086 # two words
			scan -i tun $option --tcp 80 198.19.1.7
			is "tun: $option is refused" "1 1" \
				"$status $(grep -c '^xscan: tun: has no Ethernet, which XDP needs: use --' "$tmp/err")"
		done
	fi
	kill "$hosts"
	wait "$hosts" 2>/dev/null || true
	hosts=
done
