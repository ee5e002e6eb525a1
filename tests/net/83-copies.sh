#!/bin/bash
# Hosts that send each answer 20 times: every host and port is one result, the other 19 are counted.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

copies=20
net=198.18.1.0/24
ports=1-20

# The silent ports keep the scan waiting, until the copies of the last answer are there too.
fleet_up --net "$net" --silent 1/16 --unreachable 1/16 --copies "$copies"
scan --all --rate 2k -p "$ports" --json "$tmp/json" "$net"
exits "$copies copies: the scan ends with 0" 0
sums_close "$copies copies: the sums of the ledger close" "$tmp/json"
fleet_states "$ports" >"$tmp/expected"
json_states_of "$tmp/json" >"$tmp/found"
same "$copies copies: each port is one result, and the right one" "$tmp/expected" "$tmp/found"
fleet_list hosts >"$tmp/expected"
json_hosts_of "$tmp/json" >"$tmp/found"
same "$copies copies: each host is one result" "$tmp/expected" "$tmp/found"

replies=$(summary "$tmp/json" replies)
duplicates=$(summary "$tmp/json" duplicates)
# Some of what ICMP errors have answered is asked once more: 16 questions and one in 128, about.
again=$(((duplicates - replies * (copies - 1)) / copies))
echo "# $replies answers, $duplicates duplicates, $again asked again"
is "$copies copies: the duplicates are $((copies - 1)) for each answer, and $copies for each that is asked again" \
	"$((replies * (copies - 1) + again * copies))" "$duplicates"
is "$copies copies: few are asked again" yes "$([ "$again" -ge 1 ] && [ "$again" -le 40 ] && echo yes || echo "$again")"
is "$copies copies: none is rejected" 0 "$(summary "$tmp/json" rejected)"
