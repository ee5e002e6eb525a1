#!/bin/bash
# The links of two interfaces, without targets: the IPv4 and IPv6 hosts of both in one run. A link-local address on
# both is two hosts, each with its zone, its MAC address and its ports.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

lab links-up
links=(--iface eth0 --iface eth1)

in_ns() {
	ip -n "$LAB" "$@"
}
# "ip zone mac" of each address that a host has.
truth() {
	local dev mac name ip ips addr
	while IFS=$'\t' read -r dev mac name _ ip ips; do
		for addr in $ip $(ip -n "$LAB-$name" -6 -j address show dev eth0 scope link |
			jq -r '.[].addr_info[].local // empty') $ips; do
			[ "$addr" = - ] || echo "$addr $dev $mac"
		done
	done < <(lab links-hosts) | python3 -c '
import ipaddress, sys
for line in sys.stdin:
    addr, dev, mac = line.split()
    ip = ipaddress.ip_address(addr)
    print(ip, dev if ip.is_link_local else "-", mac)' | sort -u
}
found() { # JSON-FILE
	jq -r 'select(.type == "host") | "\(.ip) \(.zone // "-") \(.mac)"' "$1"
}
found_how() { # JSON-FILE...
	jq -r 'select(.type == "host") | "\(.ip) \(.zone // "-") \(.mac) \(.how)"' "$@"
}
twice() { # JSON-FILE: what it says of fe80::1
	found "$1" | grep '^fe80::1 ' | sort | paste -sd ,
}
truth >"$tmp/truth"
grep : "$tmp/truth" | grep -v '^198' >"$tmp/truth6"
both="fe80::1 eth0 02:00:00:00:06:01,fe80::1 eth1 02:00:00:00:07:01"
is "control: both links have fe80::1" "$both" "$(grep '^fe80::1 ' "$tmp/truth" | paste -sd ,)"

# Each by itself, then both.
for dev in eth0 eth1; do
	scan -q --budget off --iface "$dev" --json "$tmp/$dev"
done
scan --budget off "${links[@]}" --json "$tmp/json" --csv "$tmp/csv" --xml "$tmp/xml" --list "$tmp/list"
exits "both links: ends with 0" 0
same "both links: each address, its zone and its MAC address" "$tmp/truth" <(found "$tmp/json")
same "both links: found in the same way as on each by itself" \
	<(found_how "$tmp/eth0" "$tmp/eth1") <(found_how "$tmp/json")
has_right_keys "both links: JSON has the right keys" "$tmp/json"
sums_close "both links: the sums of the ledger close" "$tmp/json"
is "both links: nothing is said of IPv4 alone" 0 "$(grep -c IPv4 "$tmp/err" || true)"
is "both links: the start names the prefixes of both" \
	"2001:db8:a::/64 2001:db8:b::/64 2001:db8:c::/64 fe80::/64" \
	"$(jq -r 'select(.type == "start") | .targets[]' "$tmp/json" | grep : | sort | paste -sd ' ')"

# Every format tells the two hosts apart.
lines="fe80::1%eth0 02:00:00:00:06:01,fe80::1%eth1 02:00:00:00:07:01"
is "text: two hosts" "$lines" "$(awk '/^fe80::1%/ { print $1, $2 }' "$tmp/out" | sort | paste -sd ,)"
is "CSV: two hosts" "$lines" "$(python3 -c '
import csv, sys
for row in csv.DictReader(open(sys.argv[1])):
    if row["saddr"].startswith("fe80::1%"):
        print(row["saddr"], *[v for v in row.values() if v.startswith("02:00:")])' "$tmp/csv" | sort | paste -sd ,)"
is "XML: two hosts" "$lines" "$(python3 -c '
import sys, xml.etree.ElementTree as tree
for host in tree.parse(sys.argv[1]).findall("host"):
    addrs = [a.get("addr") for a in host.findall("address")]
    if addrs[0].startswith("fe80::1%"):
        print(*addrs)' "$tmp/xml" | sort | paste -sd ,)"
is "list: two hosts" "fe80::1%eth0,fe80::1%eth1" \
	"$(awk '$4 ~ /^fe80::1%/ { print $4 }' "$tmp/list" | sort | paste -sd ,)"
is "xscan diff: a run has no difference to itself" 0 \
	"$("${xscan[@]}" diff "$tmp/json" "$tmp/json" >"$tmp/null" 2>&1 && echo 0)"

scan -q --budget off -6 "${links[@]}" --json "$tmp/json"
exits "-6: ends with 0" 0
# Not what only IPv4 hints at, unless the scanner's neighbour table knows it by now.
only_ip4_hints() {
	grep -v -e '60b' -e 'c612:12 ' -e '703' "$@"
}
same "-6: the IPv6 hosts of both" <(only_ip4_hints "$tmp/truth6") <(found "$tmp/json" | only_ip4_hints)
scan -q --budget off -4 "${links[@]}" --json "$tmp/json"
same "-4: the IPv4 hosts of both" <(grep '^198' "$tmp/truth") <(found "$tmp/json")
scan -q --budget off -6 "${links[@]}" --exclude fe80::1,2001:db8::/32 --json "$tmp/json"
exits "--exclude: ends with 0" 0
is "--exclude: holds on both links" "" "$(twice "$tmp/json")"
is "--exclude: others are found on both" "eth0 eth1" \
	"$(found "$tmp/json" | awk '/^fe80/ { print $2 }' | sort -u | paste -sd ' ')"

# A port is asked on the link of its host, and its answer counts for that host alone.
listen() { # NAME ADDRESS PORT: in the background
	lab exec "$1" timeout 60 python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET6)
s.bind((sys.argv[1], int(sys.argv[2]), 0, socket.if_nametoindex("eth0")))
s.listen(16)
print("ready", flush=True)
while True:
    s.accept()[0].close()' "$2" "$3" >"$tmp/listen-$1" 2>&1 </dev/null &
	listeners="$listeners $!"
	for ((try = 0; try < 200; try++)); do
		! grep -qx ready "$tmp/listen-$1" || return 0
		sleep 0.05
	done
}
listeners=
trap 'code=$?; [ -z "$listeners" ] || kill $listeners 2>/dev/null || true; clean_up "$code"' EXIT
listen h1 fe80::1 8001
listen k1 fe80::1 8002
scan -q --budget off -6 "${links[@]}" --tcp 8001,8002 --all --json "$tmp/json" --xml "$tmp/xml"
exits "ports: ends with 0" 0
is "ports: each link has its own" "eth0 8001 open,eth0 8002 closed,eth1 8001 closed,eth1 8002 open" \
	"$(jq -r 'select(.type == "port" and .ip == "fe80::1") | "\(.zone) \(.port) \(.state)"' "$tmp/json" | sort | paste -sd ,)"
same "ports: each address is asked, on its link" \
	<(only_ip4_hints "$tmp/truth6" | awk '{ print $1, $2, 8001; print $1, $2, 8002 }') \
	<(jq -r 'select(.type == "port") | "\(.ip) \(.zone // "-") \(.port)"' "$tmp/json" | grep -v -e 60b -e 'c612:12 ' -e 703)
sums_close "ports: the sums of the ledger close" "$tmp/json"
is "ports, XML: two hosts with their ports" "fe80::1%eth0 8001,fe80::1%eth1 8002" "$(python3 -c '
import sys, xml.etree.ElementTree as tree
for host in tree.parse(sys.argv[1]).findall("host"):
    addr = host.find("address").get("addr")
    for port in host.iter("port"):
        if addr.startswith("fe80::1%") and port.find("state").get("state") == "open":
            print(addr, port.get("portid"))' "$tmp/xml" | sort | paste -sd ,)"
# shellcheck disable=SC2086 # a list
kill $listeners && { wait $listeners || true; } 2>"$tmp/null"
listeners=

# With one of the two hosts, only that link has it.
ip -n "$LAB-h1" address del fe80::1/64 dev eth0
scan -q --budget off -6 "${links[@]}" --json "$tmp/json"
is "one host less: the other is there" "fe80::1 eth1 02:00:00:00:07:01" "$(twice "$tmp/json")"
# Our own address on one link is that of a host on the other.
in_ns address add fe80::1/64 dev eth0 nodad
scan -q --budget off -6 "${links[@]}" --json "$tmp/json"
exits "ours on one link: ends with 0" 0
is "ours on one link: the host on the other is found" "fe80::1 eth1 02:00:00:00:07:01" "$(twice "$tmp/json")"
in_ns address del fe80::1/64 dev eth0
ip -n "$LAB-h1" address add fe80::1/64 dev eth0 nodad

# Both interfaces on one Ethernet: we are no host of it, a global address is one host, and what is link-local is told
# on both.
ip -n "$LAB-net" link set p-far master br0
scan -q --budget off "${links[@]}" --json "$tmp/json"
exits "one Ethernet: ends with 0" 0
is "one Ethernet: we are no host of it" "" "$(found "$tmp/json" | grep ':ff$' || true)"
same "one Ethernet: each global address once, found by the interface with its prefix" \
	<(awk '$2 == "-" && !/^198.18.4|^2001:db8:c:/' "$tmp/truth") \
	<(found "$tmp/json" | awk '$2 == "-"')
is "one Ethernet: link-local addresses on both" \
	"fe80::1 eth0 02:00:00:00:06:01,fe80::1 eth1 02:00:00:00:06:01" "$(twice "$tmp/json")"
ip -n "$LAB-net" link set p-far master br1

# --listen alone: an address that speaks on two links is two hosts if it is link-local, else one.
speak() { # NAME MAC ADDRESS (hexadecimal): who has 2001:db8::fa?
	lab exec "$1" python3 -c '
import socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("eth0", 0))
s.send(bytes.fromhex("3333ff0000fa" + sys.argv[1] + "86dd" "60000000" "0018" "3a" "ff" + sys.argv[2] +
                     "ff0200000000000000000001ff0000fa" "8700" "0000" "00000000"
                     "20010db80000000000000000000000fa"))' "$2" "$3"
}
begin --listen 3 "${links[@]}" --json "$tmp/json"
until [ -e "$tmp/json" ] && grep -q '"type":"start"' "$tmp/json" || [ "$SECONDS" -gt 200 ]; do sleep 0.02; done
for one in "k1 020000000701" "h1 020000000601"; do
	# shellcheck disable=SC2086 # two words
	speak $one fe800000000000000000000000000001
	# shellcheck disable=SC2086
	speak $one 20010db8000a00000000000000000077
	sleep 0.3
done
finish 20
exits "--listen: ends with 0" 0
is "--listen: a link-local address on two links is two hosts" "$both" "$(twice "$tmp/json")"
is "--listen: another address is told once" "2001:db8:a::77 - 02:00:00:00:07:01" \
	"$(found "$tmp/json" | grep '::77 ')"

# A link that cannot be searched hides only its own hosts.
in_ns -6 address flush dev eth1
scan -q --budget off "${links[@]}" --json "$tmp/json"
exits "one without IPv6: ends with 0" 0
same "one without IPv6: its IPv4 hosts, and all of the other" \
	<(grep -v -e '2001:db8:c:' -e ' eth1 ' "$tmp/truth") <(found "$tmp/json")
in_ns -6 address flush dev eth0
scan -6 "${links[@]}"
is "both without IPv6: -6 says why not" "1 xscan: eth0,eth1: has no IPv6 address to scan from" \
	"$status $(cat "$tmp/err")"

# Found hosts cannot be divided, nor resumed.
for option in "--shard 1/2" "--resume $tmp/state"; do
	# shellcheck disable=SC2086 # two words
	scan --dry-run "${links[@]}" $option
	is "${option%% *}: says that it asks IPv4 alone" 1 "$(grep -c "^xscan: ${option%% *}: asks the IPv4" "$tmp/err")"
	# shellcheck disable=SC2086
	scan -6 --dry-run "${links[@]}" $option
	exits "-6 ${option%% *}: is refused" 2
done
