#!/bin/bash
# SIGINT while answers are in flight: whatever arrives between the signal and the end, the sums of the ledger
# close, and each answer that the ledger counts has a line.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

net=198.18.1.0/28
faulty_up --net "$net" --open 1-65535 --delay 20000

# The sums that do not close, on one line.
wrong_sums() { # JSON-FILE
	jq -rn 'reduce inputs as $line ({ lines: 0 };
			if $line.type == "port" then .lines += 1
			elif $line.type == "summary" then .summary = $line else . end) |
		.lines as $lines | .summary |
		if . == null then "no summary" else
			(if .seen != .replies + .duplicates + .rejected then
				"seen \(.seen), replies \(.replies) + duplicates \(.duplicates) + rejected \(.rejected)"
			else empty end),
			(if .events_lost != .recovered then
				"events_lost \(.events_lost), recovered \(.recovered)" else empty end),
			(if .asked + .retransmits + .host_probes != .sent + .send_errors then
				"asked \(.asked) + retransmits \(.retransmits) + host_probes \(.host_probes), sent \(.sent) + send_errors \(.send_errors)"
			else empty end),
			(if .replies != $lines then "replies \(.replies), lines \($lines)" else empty end)
		end' "$1" 2>&1 | paste -sd ';'
}

for round in {1..10}; do
	begin --rate 60k --all -p 1-65535 --json - "$net"
	for ((try = 0; try < 500; try++)); do
		! grep -qs '"type":"port"' "$tmp/out" || break
		sleep 0.01
	done
	sleep "0.$((RANDOM % 600 + 100))"
	kill -INT "$pid"
	finish 10
	exits "round $round: exit status 130" 130
	is "round $round: the sums close" "" "$(wrong_sums "$tmp/out")"
done
echo "# the last: $(summary "$tmp/out" sent seen replies events_lost) sent, seen, replies, lost"
