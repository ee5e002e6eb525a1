#!/bin/bash
# A probe that dies in a loop of routes is answered by ICMP time exceeded: the port is filtered, and says why.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

# Behind the router, one of its interfaces leads back to another one: each round takes one from the hop limit.
bottleneck_up none --net 198.18.8.0/29 --seed 43 --up 1/1
router=$LAB-router mac=52:54:00:12:00:43
ip -n "$router" link add loop0 type veth peer name loop1 address "$mac"
for dev in loop0 loop1; do
	ip -n "$router" link set "$dev" up
done
lab exec router sysctl -qw net.ipv4.icmp_ratemask=0 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.loop1.rp_filter=0
ip -n "$router" route add 198.18.200.1 dev loop0
ip -n "$router" neigh add 198.18.200.1 lladdr "$mac" dev loop0
targets=(198.18.200.1 198.18.8.1)
families=(4)
if [ -e /proc/sys/net/ipv6 ]; then
	lab exec router sysctl -qw net.ipv6.icmp.ratelimit=0
	ip -n "$router" route add 2001:db8::198.18.200.1 dev loop0
	ip -n "$router" neigh add 2001:db8::198.18.200.1 lladdr "$mac" dev loop0
	targets+=(2001:db8::198.18.200.1)
	families+=(6)
fi

scan --budget off --all -p 80-82 --json "$tmp/json" --csv "$tmp/csv" "${targets[@]}"
exits "a loop: ends with 0" 0
for family in "${families[@]}"; do
	address=198.18.200.1
	[ "$family" = 4 ] || address=2001:db8::c612:c801
	for port in 80 81 82; do
		echo "$address $port filtered time-exceeded 0"
	done >"$tmp/expected"
	json_states_of "$tmp/json" | grep "^$address " >"$tmp/found" || true
	same "a loop, IPv$family: the ports are filtered" "$tmp/expected" "$tmp/found"
done
is "control: behind the same router, ports are open or closed" 3 \
	"$(json_states_of "$tmp/json" | grep -c '^198\.18\.8\.1 .* \(open\|closed\) ')"
sums_close "the sums of the ledger close" "$tmp/json"
