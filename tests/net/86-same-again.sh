#!/bin/bash
# The same scan 20 times, behind a bottleneck and without one: the same result each time,
# whatever was lost on the way. Without one, it sends hardly more than it asks, and says nothing else.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/net/judge.sh
. tests/net/judge.sh
need jq tc

runs=20
net=198.19.0.0/24

# No line but the closing one, and of 100 questions at most one was asked again.
undisturbed() { # RUN
	told_lines | sed "s/^/$1: /"
	summary "$tmp/json" probes retransmits | awk -v run="$1" '
		$2 * 100 > $1 { print run ": " $2 " of " $1 " questions were asked again" }'
}

check() { # NAME RATE PORTS
	local name=$1 ports=$3 run first last
	bottleneck_up "$2" --net "$net" --seed 11
	fleet_states "$ports" | sort >"$tmp/expected"
	first=$EPOCHREALTIME
	for ((run = 1; run <= runs; run++)); do
		scan --all -p "$ports" --json "$tmp/json" "$net"
		[ "$status" = 0 ] || echo "run $run ends with $status"
		[ "$2" != none ] || undisturbed "run $run"
		json_states_of "$tmp/json" | sort | comm -3 "$tmp/expected" - | sed "s/^/run $run: /"
	done >"$tmp/odd"
	last=$EPOCHREALTIME
	same "$name: $runs runs end with 0 and find what there is" /dev/null "$tmp/odd"
	echo "# $name: $(wc -l <"$tmp/expected") ports, $runs runs in" \
		"$(jq -n "$last - $first | . * 10 | round / 10") s; the router's queue dropped $(dropped)"
}

check "behind 5mbit" 5mbit 81-88
too_fast_is_lossy "behind 5mbit" 81-88 "$net"
check "no bottleneck" none 81-88
