#!/bin/bash
# The scanner's own side refuses frames in the middle of a scan: no carrier, and a firewall at egress. A
# scan is complete, or it says what is missing; and others do not wait.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/net/judge.sh
. tests/net/judge.sh
need jq nft

scan_seconds=30
net=198.18.1.0/29
# shellcheck disable=SC2046 # a list
pairs 198.18.1 0 7 $(seq 1 50 5000) >"$tmp/expected"

# No carrier
for options in "--retries 0" "--retries 1" ""; do
	faulty_up --net "$net" --open "$(seq -s , 1 50 5000)"
	(
		sleep 0.7
		ip -n "$LAB-faulty" link set eth0 down
		sleep 2
		ip -n "$LAB-faulty" link set eth0 up
	) &
	# shellcheck disable=SC2086 # none or two words
	scan --tx af_packet --rate 10k -p 1-5000 $options --json "$tmp/json" "$net"
	wait $!
	complete_or_told "no carrier for 2 s, ${options:-default tries}" "$tmp/expected"
	is "control: no carrier, ${options:-default tries}: it came in the middle of the scan" true \
		"$(jq -n "$found > 0 and $(summary "$tmp/json" elapsed_s) > 3")"
done

# The host's own firewall
faulty_up --net "$net" --open "$(seq -s , 1 50 5000)"
lab exec scanner nft -f - 2>"$tmp/why" <<-END || fail "nft at egress" "$tmp/why"
	table netdev lab {
		chain out {
			type filter hook egress device eth0 priority 0; policy accept;
			ip daddr 198.18.1.2/31 drop
		}
	}
END
for options in "--rate 10k" ""; do
	name="our own firewall drops, ${options:---rate auto}"
	# shellcheck disable=SC2086 # none or two words
	scan --budget off $options -p 1-5000 --json "$tmp/json" "$net"
	complete_or_told "$name" "$tmp/expected"
	exits "$name: ends with 3" 3
	grep -v '^198\.18\.1\.[23] ' "$tmp/expected" >"$tmp/others"
	json_ports_of open "$tmp/json" >"$tmp/found"
	same "$name: all open ports of the others are found" "$tmp/others" "$tmp/found"
	told "$name: a line names or counts what was not asked" \
		'(^|[^0-9.])(198\.18\.1\.[23]|2|10000)([^0-9.]|$)'
	is "$name: it takes less than 15 s" true \
		"$(jq -n "$(summary "$tmp/json" elapsed_s || echo 99) < 15" || echo no summary)"
done
