#!/bin/bash
# make experiments: each experiment prints its commands and rows with numbers, and leaves no namespace. Runs at
# the same time do not meet.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq nft

runs=()

begin_run() { # NAME...: in the background; the output is in a file of that name
	rm -f "$tmp/$1"
	tools/experiments "$@" >"$tmp/$1" 2>"$tmp/$1.err" </dev/null &
	runs+=("$!")
}
# Sets $status. A run that does not end is ended, and has failed.
end_run() { # PID
	local deadline=$((SECONDS + scan_seconds))
	status=0
	while kill -0 "$1" 2>/dev/null && [ "$SECONDS" -lt "$deadline" ]; do
		sleep 0.1
	done
	[ "$SECONDS" -lt "$deadline" ] || kill -TERM "$1" 2>/dev/null || true
	wait "$1" || status=$?
}
rows() { # FILE REGEX: lines that are like this from the beginning to the end
	grep -cxE -- "$2" "$tmp/$1" || true
}
# The rows that answer the question of an experiment.
has_rows() { # FILE NAME LEAST REGEX
	local n
	n=$(rows "$1" "$4")
	is "$2: at least $3 rows with numbers" true "$([ "$n" -ge "$3" ] && echo true || echo "$n")"
}

is "make experiments runs what is asked for" 1 "$(env -u MAKEFLAGS -u MAKELEVEL make -n experiments BUILD="$BUILD" \
	EXPERIMENTS="loss arp" | grep -c "tools/experiments loss arp$")"

begin_run foreign
begin_run loss arp
begin_run native states behind icmp
for run in "${runs[@]}"; do
	end_run "$run"
	is "a run ends with 0" 0 "$status"
done
same "nothing on standard error" /dev/null <(cat "$tmp"/*.err)
is "no namespace is left" "" "$(ip netns list | grep -F "$(printf 'xscan-experiments-%s\n' "${runs[@]}")" || true)"
is "each of seven experiments asks a question" "1 2 4" \
	"$(for run in foreign loss native; do rows "$run" '## .*\?( .*)?|## .*: how long .*'; done | xargs)"
is "and shows its commands" "2 2 6" \
	"$(for run in foreign loss native; do rows "$run" '\$ xscan --budget off .*'; done | xargs)"

n='[0-9]+'
has_rows foreign "foreign, the cost" 2 "cost +xscan_(xdp|tc): $n runs, $n\.$n ms, $n ns each; .*"
has_rows foreign "foreign, the packets" 2 "cost +packets of others: $n of these runs"
has_rows loss "loss" 2 "$n a second: $n of $n answered"
has_rows loss "arp" 10 "198\.18\.1\.$n $n us"
has_rows native "native, round trips" 3 "histogram +rtt_us\[closed\]: $n values, p50 $n, p90 $n, p99 $n"
has_rows native "native, the cost" 3 "cost +xscan_(xdp|tc): $n runs, $n\.$n ms, $n ns each; .*"
has_rows native "states" 1 "histogram +rtt_us\[open\]: $n values, p50 $n, p90 $n, p99 $n"
has_rows native "behind, the host itself" 2 "port (80|8080): ttl 64, $n us"
has_rows native "behind, another machine" 1 "port 2222: ttl 63, $n us"
has_rows native "icmp" 1 "xscan: 198\.18\.1\.1 limits its ICMP errors: $n of its ports are not known"

# Of what is not there, one line, and no namespace.
begin_run none
end_run "${runs[-1]}"
is "an unknown experiment is refused" 1 "$status"
is "an unknown experiment: one line names those that are there" 1 \
	"$(grep -c '^experiments: none: no such experiment: native, loss, ' "$tmp/none.err")"

# Ended in the middle: nothing is left either.
begin_run foreign
deadline=$((SECONDS + 30))
until [ -s "$tmp/foreign" ] || [ "$SECONDS" -ge "$deadline" ]; do
	sleep 0.1
done
is "control: the run has begun" true "$([ -s "$tmp/foreign" ] && echo true)"
kill -TERM "${runs[-1]}"
end_run "${runs[-1]}"
is "SIGTERM ends a run" 130 "$status"
is "SIGTERM leaves no namespace" "" "$(ip netns list | grep -F "xscan-experiments-${runs[-1]}" || true)"
