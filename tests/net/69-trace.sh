#!/bin/bash
# --trace: a timeline that viewers of the Trace Event Format take, whole at each moment.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq /usr/bin/python3

trace=$tmp/trace.json
# The format's rules, as far as viewers insist on them; and spans on one line lie within each other or apart.
has_right_events() { # NAME
	jq -c '
		def number: type == "number" and . >= 0;
		def is_right:
			(.name | type == "string") and (.pid | number) and (.tid | number) and
			if .ph == "M" then (.name | test("^(process|thread)_name$")) and (.args.name | type == "string")
			elif .ph == "X" then (.ts | number) and (.dur | number)
			elif .ph == "C" then (.ts | number) and (.args | length > 0 and all(.[]; number))
			elif .ph == "i" then (.ts | number) and (.s | test("^[gpt]$"))
			else false end;
		(.[] | select(is_right | not)),
		([.[] | select(.ph == "X")] | group_by(.tid)[] | sort_by(.ts, -.dur) | . as $spans |
			range(1; length) | $spans[.] as $b | $spans[. - 1] as $a |
			select($b.ts < $a.ts + $a.dur and $b.ts + $b.dur > $a.ts + $a.dur) | $b)' \
		"$trace" >"$tmp/wrong" 2>&1 || echo "not JSON" >>"$tmp/wrong"
	same "$1" /dev/null "$tmp/wrong"
}
events() { # FILTER of an event: how many there are
	jq "map(select($1)) | length" "$trace"
}
yes() { # NAME FILTER of the array
	is "$1" true "$(jq "$2" "$trace")"
}

fleet_up --net 198.18.1.0/24 --open 1

scan --budget off --rate 2000 --trace "$trace" --json "$tmp/json" -p 1-100 198.18.1.0/28
exits "--trace: ends with 0" 0
has_right_events "--trace: the events are right"
is "--trace: the phases" "ARP sweep,SYN scan,scan" \
	"$(jq -r 'map(select(.ph == "X") | .name) | unique | join(",")' "$trace")"
is "--trace: the slice has its ledger" "$(summary "$tmp/json" probes)" \
	"$(jq 'map(select(.name == "SYN scan") | .args.questions) | add' "$trace")"
# shellcheck disable=SC2016 # $scan is of jq
yes "--trace: the phases lie within the scan" '(map(select(.name == "scan"))[0]) as $scan |
	all(.[] | select(.ph == "X"); .ts >= $scan.ts and .ts + .dur <= $scan.ts + $scan.dur)'
yes "--trace: the times are those of CLOCK_MONOTONIC" "(map(select(.name == \"scan\"))[0] | (.ts + .dur) / 1e6) as \$t |
	$(/usr/bin/python3 -c 'import time; print(time.monotonic())') - \$t | fabs < 60"
yes "--trace: samples count what was sent" '[.[] | select(.name == "a second") | .args.probes] | max > 500'
is "--trace: nothing was left out" 0 "$(jq 'map(select(.name == "scan"))[0].args["events left out"]' "$trace")"

# What the rate records say is in the timeline.
scan --budget off --trace "$trace" --json "$tmp/json" -p 1-400 198.18.1.0/26
exits "--rate auto: ends with 0" 0
is "--rate auto: an event for each rate record" "$(jq -s 'map(select(.type == "rate")) | length' "$tmp/json")" \
	"$(events '.ph == "i"')"
is "control: there are rate records" true "$([ "$(events '.ph == "i"')" -gt 1 ] && echo true)"

# Interrupted, and killed.
for signal in INT KILL; do
	begin --budget off --rate 100 --retries 0 --trace "$trace" -p 1-4000 198.18.1.1
	sleep 1.5
	kill -"$signal" "$pid"
	finish 10
	has_right_events "SIG$signal: the events are right"
	is "SIG$signal: samples are there" true "$([ "$(events '.name == "a second"')" -ge 3 ] && echo true)"
done

# Two scans must not write one file.
begin --budget off --rate 100 --retries 0 --trace "$trace" -p 1-400 198.18.1.1
sleep 1
status=0
lab exec scanner timeout 60 "${xscan[@]}" --trace "$trace" -p 1 198.18.1.2 >/dev/null 2>"$tmp/second" || status=$?
exits "two scans with one file: the second is refused" 1
is "two scans with one file: one line says why" "xscan: $trace: cannot write results: another process writes it" \
	"$(cat "$tmp/second")"
kill -INT "$pid"
finish 10
has_right_events "two scans with one file: the events are right"

# A later run appends.
begin --budget off --rate 100 --retries 0 --resume "$tmp/state" --trace "$trace" -p 1-400 198.18.1.1
sleep 1
kill -INT "$pid"
finish 10
exits "--resume: interrupted" 130
scan --budget off --retries 0 --rate 1000 --resume "$tmp/state" --trace "$trace" -p 1-400 198.18.1.1
exits "--resume: the second run ends with 0" 0
has_right_events "--resume: the events are right"
is "--resume: both runs are there" "false true" "$(jq -r 'map(select(.name == "scan") | .args.complete) | join(" ")' "$trace")"

# A pause: all hosts are silent for a while.
faulty_up --net 198.18.1.0/28 --open 16 --outage 1:1.5
scan --budget off --rate 500 --retries 0 --trace "$trace" -p 1-120 198.18.1.0/28
has_right_events "an outage: the events are right"
is "an outage: the pause is there" true "$([ "$(events '.name == "pause" and .dur > 100000')" -ge 1 ] && echo true)"

# A full disk: one line, all results, and an array of what came before.
mkdir "$tmp/full"
status=0
# shellcheck disable=SC2016 # the other shell expands it
lab exec scanner unshare --mount sh -c '
	disk=$1 copy=$2
	shift 2
	mount -t tmpfs -o size=16k xscan-test "$disk" || exit 99
	head -c 12k /dev/zero >"$disk/rest"
	"$@"
	status=$?
	cp "$disk/trace" "$copy"
	exit $status' sh "$tmp/full" "$trace" "${xscan[@]}" --budget off --retries 0 --trace "$tmp/full/trace" \
	--stats-interval 1 --rate 200 --json "$tmp/json" -p 1-800 198.18.1.1 >"$tmp/out" 2>"$tmp/err" || status=$?
exits "a full disk: the scan ends as always" 0
is "a full disk: one line says so" \
	"xscan: $tmp/full/trace: cannot write it: No space left on device: the scan goes on" \
	"$(grep 'cannot write' "$tmp/err")"
is "a full disk: all results are there" 800 "$(summary "$tmp/json" replies)"
has_right_events "a full disk: the events are right"
is "a full disk: what came before is there" true "$([ "$(events '.name == "a second"')" -ge 3 ] && echo true)"

status=0
# shellcheck disable=SC2016 # the other shell expands it
lab exec scanner unshare --mount sh -c '
	mount -t tmpfs -o size=16k xscan-test "$1" || exit 99
	head -c 16k /dev/zero >"$1/rest"
	shift
	exec "$@"' sh "$tmp/full" "${xscan[@]}" --trace "$tmp/full/trace" -p 1 198.18.1.1 \
	>"$tmp/out" 2>"$tmp/err" || status=$?
exits "a disk that is full at first: is refused" 1
is "a disk that is full at first: one line says so" 1 \
	"$(grep -c "^xscan: $tmp/full/trace: .*No space left on device" "$tmp/err")"

ln -s "$tmp/elsewhere" "$tmp/link"
scan --trace "$tmp/link" -p 1 198.18.1.1
exits "a link is refused" 1
scan --trace - -p 1 198.18.1.1
exits "standard output is refused" 2
is "a refused link leads nowhere still" false "$([ -e "$tmp/elsewhere" ] && echo true || echo false)"
