#!/bin/bash
# A ring buffer of one page is full after 85 events. Events without room are counted, and their
# answers are reported all the same.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

net=198.18.1.0/24
ports=1-200

fleet_up --net "$net" --open 1/1
fleet_states "$ports" >"$tmp/expected"
for program in "$BUILD/tests/xscan-one-page" "$BUILD/xscan"; do
	xscan=("$program")
	name=${program##*/}
	scan --rate max -p "$ports" --json "$tmp/json" "$net"
	exits "$name: ends with 0" 0
	sums_close "$name: the sums of the ledger close" "$tmp/json"
	json_states_of "$tmp/json" >"$tmp/found"
	same "$name: every open port is reported once" "$tmp/expected" "$tmp/found"
	is "$name: the summary has them all" "51200 51200" "$(summary "$tmp/json" open replies)"
	lost=$(summary "$tmp/json" events_lost)
	echo "# $name: $lost of 51200 events lost"
	[ "$name" = xscan ] || is "$name: events were lost" true \
		"$([ "$lost" -gt 0 ] && echo true || echo "$lost")"
done
