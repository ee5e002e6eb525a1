#!/bin/bash
# Certainty about few UDP ports, with the kernel's own limits: canaries spend what the host tells of at once. Yet
# each closed port is told of, and what a filter drops is hardly closed.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq nft

lab up
lab exec redis nft -f - <<-END
	table inet lab {
		chain input { type filter hook input priority 0; udp dport 1000 drop; }
	}
END
scan --budget off --udp 1000-1003 --all --json "$tmp/json" 198.18.0.30
exits "IPv4: ends with 0" 0
is "IPv4: each closed port is told of" "3 closed, 1 unanswered" "$(
	json_ports_of closed "$tmp/json" | wc -l) closed, $(json_ports_of unanswered "$tmp/json" | wc -l) unanswered"
is "IPv4: what a filter drops is hardly closed" "1000 true" "$(jq -r 'select(
	.state == "unanswered") | "\(.port) \(.closed_p < 0.2)"' "$tmp/json")"
sums_close "IPv4: the sums close" "$tmp/json"

# Several hosts side by side, and both families.
scan --budget off --udp 1000-1003 --all --json "$tmp/json" 2001:db8::c612:14 198.18.0.40 198.18.0.20
exits "several hosts: ends with 0" 0
is "several hosts: each closed port is told of" 12 "$(json_ports_of closed "$tmp/json" | wc -l)"
