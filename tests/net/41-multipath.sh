#!/bin/bash
# A network behind two next hops on one interface: targets go by one that answers. If the one that the kernel
# chooses is silent, a line says so, and the other takes its targets.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq nmap

in_ns() {
	ip -n "$LAB" "$@"
}
lab up
live=198.18.0.10 dead=198.18.0.99
targets=(198.18.1.{1..14})
lab exec web ip route add local 198.18.1.0/28 dev lo
in_ns route add 198.18.1.0/28 nexthop via "$live" dev eth0 nexthop via 198.18.0.40 dev eth0
lab exec dns ip route add local 198.18.1.0/28 dev lo

compare() { # NAME TARGETS: xscan's states are nmap's
	local name=$1
	shift
	scan --budget off --all -p 81-83 --json "$tmp/json" "$@"
	exits "$name: ends with 0" 0
	xscan_states "$tmp/json" >"$tmp/found"
	lab exec scanner nmap -n -Pn -sS -p 81-83 -oX "$tmp/xml" "$@" >/dev/null
	nmap_states "$tmp/xml" >"$tmp/expected"
	same "$name: as nmap" "$tmp/expected" "$tmp/found"
}
chosen() { # TARGET: the next hop that the kernel chooses
	in_ns route get "$1" | sed -n 's/.* via \(inet6 \)\?\([^ ]*\) .*/\2/p'
}
first_by() { # GATEWAY TARGET...
	local target
	for target in "${@:2}"; do
		[ "$(chosen "$target")" != "$1" ] || echo "$target"
	done | head -n 1
}
check_dead() { # NAME LIVE DEAD TARGET...: one of two next hops is silent
	local name=$1 live=$2 dead=$3 one
	shift 3
	for gateway in "$live" "$dead"; do
		one=$(first_by "$gateway" "$@")
		scan --budget off -p 80 --json "$tmp/json" "$one"
		exits "$name, $one by $gateway: ends with 0" 0
		is "$name, $one by $gateway: it is found" "$one 80" "$(json_ports_of open "$tmp/json")"
		is "$name, $one by $gateway: a line says so only of the silent one" \
			"$([ "$gateway" = "$live" ] && echo 0 || echo 1)" \
			"$(grep -c "^xscan: gateway $dead does not answer: $live takes its targets" "$tmp/err")"
	done
	scan --budget off -p 80 --json "$tmp/json" "$@" 198.18.0.20
	exits "$name, all: ends with 0" 0
	is "$name, all: found" $# "$(json_ports_of open "$tmp/json" | wc -l)"
}

compare "two next hops" "${targets[@]}"
in_ns route replace 198.18.1.0/28 nexthop via "$live" dev eth0 nexthop via "$dead" dev eth0
check_dead "a silent next hop" "$live" "$dead" "${targets[@]}"
if [ -e /proc/sys/net/ipv6 ]; then
	lab exec web ip route add local 2001:db8:1::/124 dev lo
	in_ns route add 2001:db8:1::/124 nexthop via 2001:db8::c612:a dev eth0 \
		nexthop via 2001:db8::c612:63 dev eth0
	check_dead "a silent next hop of IPv6" 2001:db8::c612:a 2001:db8::c612:63 2001:db8:1::{{1..9},{a..f}}
fi

in_ns route replace 198.18.1.0/28 nexthop via 198.18.0.98 dev eth0 nexthop via "$dead" dev eth0
scan --budget off -p 22 --json "$tmp/json" "${targets[@]}" 198.18.0.20
exits "both are silent: ends with 1" 1
is "both are silent: one line says so" 1 \
	"$(grep -c '^xscan: gateway 198\.18\.0\.9[89] does not answer ARP: 14 targets' "$tmp/err")"
is "both are silent: the others are found" "198.18.0.20 22" "$(json_ports_of open "$tmp/json")"
