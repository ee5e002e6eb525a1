#!/bin/bash
# A neighbour that the kernel holds as permanent is not asked for its MAC address: ports are found on a host, and
# behind a gateway, that answer neither ARP nor neighbour solicitations.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq nft

lab up
mac=52:54:00:12:00:0a web=198.18.0.10 ssh=198.18.0.20
lab exec web sysctl -qw net.ipv4.conf.all.arp_ignore=8
lab exec web ip route add local 198.18.1.0/29 dev lo
ip -n "$LAB" route add 198.18.1.0/24 via "$web"
# Only this scan's replies find the scanner: the host cannot be asked, but it asks.
lab exec web nft add table ip6 near
lab exec web nft add chain ip6 near input '{ type filter hook input priority 0; }'
lab exec web nft add rule ip6 near input icmpv6 type nd-neighbor-solicit drop

targets=("$web" "$ssh")
[ ! -e /proc/sys/net/ipv6 ] || targets+=("2001:db8::$web")
scan --budget off -p 22,80 --json "$tmp/json" "${targets[@]}"
is "control: without it the host is not found" "$ssh 22" "$(json_ports_of open "$tmp/json")"
scan --budget off -p 80 198.18.1.1-6
exits "control: without it the gateway does not answer" 1

ip -n "$LAB" neigh replace "$web" lladdr "$mac" dev eth0 nud permanent
printf '%s\n' "$ssh 22" "$web 80" >"$tmp/expected"
if [ -e /proc/sys/net/ipv6 ]; then
	ip -n "$LAB" neigh replace "2001:db8::$web" lladdr "$mac" dev eth0 nud permanent
	echo 2001:db8::c612:a 80 >>"$tmp/expected"
fi
for attach in auto tc; do
	scan --all --budget off --attach "$attach" -p 22,80 --json "$tmp/json" "${targets[@]}"
	exits "--attach $attach, a host: ends with 0" 0
	json_ports_of open "$tmp/json" >"$tmp/found"
	same "--attach $attach, a host: its ports are found" "$tmp/expected" "$tmp/found"
	sums_close "--attach $attach, a host: the sums of the ledger close" "$tmp/json"
	scan --budget off --attach "$attach" -p 80 --json "$tmp/json" 198.18.1.1-6
	exits "--attach $attach, a gateway: ends with 0" 0
	is "--attach $attach, a gateway: the ports behind it are found" 6 \
		"$(json_ports_of open "$tmp/json" | grep -c '^198\.18\.1\.[1-6] 80$')"
done
scan --budget off -p 80 --json "$tmp/json" "$web"
is "a host alone, without a sweep: its port is found" "$web 80" "$(json_ports_of open "$tmp/json")"

scan --dry-run -p 80 "$web" "$ssh"
is "--dry-run says so" "path 1 host by eth0 from 198.18.0.1, permanent neighbour" \
	"$(grep permanent "$tmp/out" | xargs)"
# What is entered by hand is no proof that somebody is there.
scan --arp --json "$tmp/json" "$web" "$ssh"
is "--arp asks nevertheless" "$ssh" "$(jq -r 'select(.type == "host") | .ip' "$tmp/json")"
