#!/bin/bash
# UDP at a fleet without limits: what each port of many hosts is, over both families, by both senders.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

ports=2-60
fleet_up --net 198.18.0.0/24 --open 1/16 --silent 1/64 --unreachable 1/64 --up 1/2
states() { # OPTION of fleet...
	local what
	for what in open closed silent unreachable; do
		"$BUILD/fleet" "${fleet[@]}" "$@" --list $what --ports "$ports" | sed "s/\t/ /; s,/tcp, $what,"
	done | sed 's/ open$/ open udp-response/; s/ closed$/ closed port-unreach/
		s/ silent$/ unanswered no-response/; s/ unreachable$/ closed port-unreach/' |
		grep -v '^198\.18\.0\.[01] \|^2001:db8::c612:1 '
}
for tx in af_packet xdp; do
	states >"$tmp/states"
	scan --budget off --tx $tx --udp "$ports" --all --json "$tmp/json" 198.18.0.0/24
	exits "--tx $tx: ends with 0" 0
	same "--tx $tx: each port's state and reason" "$tmp/states" <(json_states_of "$tmp/json")
	sums_close "--tx $tx: the sums close" "$tmp/json"
	states --ip6 >"$tmp/states"
	scan --budget off --tx $tx --udp "$ports" --all --json "$tmp/json" 2001:db8::198.18.0.0/120
	exits "--tx $tx, IPv6: ends with 0" 0
	same "--tx $tx, IPv6: each port's state and reason" "$tmp/states" <(json_states_of "$tmp/json")
	sums_close "--tx $tx, IPv6: the sums close" "$tmp/json"
done
