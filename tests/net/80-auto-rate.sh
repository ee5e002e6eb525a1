#!/bin/bash
# --rate auto finds everything: behind a router whose queue drops excess frames, where half of the hosts is
# silent, and where nothing limits the rate. The time depends on the machine too: a scan, which does not give way
# to it, fails only if it takes three times the shortest time possible. The ratio is printed.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq tc

frame_bits=$((58 * 8)) # of a probe, as tbf counts
# Bits per second. Router and scanner share CPUs, which are the limit on faster paths: queues do not
# fill up, and the time says more of the machine than of the scan.
surely_dropping=10000000
surely_timed=5000000

# "ip port" of what a fleet with the options $fleet holds in the first subnets of 256.
expect() { # WHAT PORTS SUBNETS
	fleet_list "$1" "$2" | awk -F'[. ]' -v n="$3" '$3 < n'
}

check_path() { # RATE BITS-PER-SECOND SUBNETS PORTS
	local name="behind $1" target=198.19.0.0-198.19.$(($3 - 1)).255 state

	bottleneck_up "$1" --net 198.19.0.0/16 --seed 5
	scan --budget off --all -p "$4" --json "$tmp/json" "$target"
	exits "$name: ends with 0" 0
	for state in open closed; do
		expect "$state" "$4" "$3" >"$tmp/expected"
		json_ports_of "$state" "$tmp/json" >"$tmp/found"
		nearly_all "$name: $state ports" "$tmp/expected" "$tmp/found"
	done
	tail -n 1 "$tmp/json" | jq -r --arg name "$name" --argjson bits "$(($2 / frame_bits))" '
		(.probes / $bits) as $ideal |
		"# \($name): \(.probes) probes in \(.elapsed_s) s, " +
		"\(.elapsed_s / $ideal * 100 | round / 100) x ideal; \(.retransmits) asked again"'
	echo "# $name: the router's queue dropped $(dropped)"
	[ "$2" -gt "$surely_dropping" ] || too_fast_is_lossy "$name" "$4" "$target"
	[ "$2" -gt "$surely_timed" ] ||
		is "$name: takes at most 3 times as long as it must" true "$(tail -n 1 "$tmp/json" |
			jq --argjson bits "$(($2 / frame_bits))" '.elapsed_s <= 3 * .probes / $bits')"
}

check_path 0.5mbit 500000 1 81-95
check_path 5mbit 5000000 16 81-92
check_path 10mbit 10000000 16 81-92
check_path 50mbit 50000000 64 81-92

# Addresses that are silent, then ports: what does not answer is no reason to believe in a limit.
for half in "--up 1/2" "--silent 1/2"; do
	name="half is silent ($half)"
	# shellcheck disable=SC2086 # two words
	bottleneck_up none --net 198.19.0.0/16 --seed 6 $half
	scan -p 81-84 --json "$tmp/json" 198.19.0.0/18
	exits "$name: ends with 0" 0
	expect open 81-84 64 >"$tmp/expected"
	json_ports_of open "$tmp/json" >"$tmp/found"
	same "$name: all open ports are found" "$tmp/expected" "$tmp/found"
	echo "# $name: $(summary "$tmp/json" probes) probes in $(summary "$tmp/json" elapsed_s) s"
done

bottleneck_up none --net 198.19.0.0/16 --seed 7
expect open 81-85 256 >"$tmp/expected"
for run in first second; do
	scan -p 81-85 --json "$tmp/json" 198.19.0.0/16
	exits "no bottleneck, $run run: ends with 0" 0
	json_ports_of open "$tmp/json" >"$tmp/$run"
	is "no bottleneck, $run run: all answer, all is known" "327680 327680 true" \
		"$(summary "$tmp/json" probes replies complete)"
	echo "# no bottleneck, $run run: $(summary "$tmp/json" elapsed_s) s"
done
same "no bottleneck: all open ports are found" "$tmp/expected" "$tmp/first"
same "no bottleneck: both runs find the same" "$tmp/first" "$tmp/second"
