#!/bin/bash
# --metrics: a file that Prometheus' own checker takes, whole at each moment, with the figures of the ledger.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq promtool

metrics=$tmp/xscan.prom
value() { # METRIC of $metrics
	awk -v name="xscan_$1" '$1 == name { print $2 }' "$metrics"
}
checked() { # NAME
	promtool check metrics <"$metrics" >"$tmp/why" 2>&1 || true
	same "$1" /dev/null "$tmp/why"
}
# Wait for a file that says this.
until_true() { # METRIC TEST-OPERATOR NUMBER
	local deadline=$((SECONDS + 30))
	until { [ -e "$metrics" ] && test "$(value "$1")" "$2" "$3"; } || [ "$SECONDS" -ge "$deadline" ]; do
		sleep 0.05
	done
	[ -e "$metrics" ] && test "$(value "$1")" "$2" "$3"
}

fleet_up --net 198.18.1.0/24 --open 1/4

# In the end each figure is that of the JSON summary.
scan --budget off --metrics "$metrics" --json "$tmp/json" -p 1-20 198.18.1.0/28
exits "--metrics: ends with 0" 0
checked "--metrics: promtool has nothing to say"
for key in asked:asked_total sent:sent_total replies:answers_total seen:seen_total duplicates:duplicates_total \
	retransmits:retransmits_total host_probes:host_probes_total rejected:rejected_total probes:questions \
	hosts_up:hosts_up open:'ports{state="open"}' closed:'ports{state="closed"}' coverage:coverage_ratio; do
	is "--metrics: ${key#*:} is the summary's ${key%%:*}" "$(summary "$tmp/json" "${key%%:*}")" "$(value "${key#*:}")"
done
is "control: there are answers" true "$([ "$(value answers_total)" -gt 300 ] && echo true)"
is "--metrics: the scan has ended, and is complete" "0 1" "$(value running) $(value complete)"
is "--metrics: the information about the place" 1 \
	"$(grep -c '^xscan_scan_info{version="[0-9.]*",interface="eth0",attach="[a-z]*",tx="af_packet"} 1$' "$metrics")"
is "--metrics: no series is about a host" 0 "$(grep -c '198\.18' "$metrics" || true)"
is "--metrics: others may read the file" 644 "$(stat -c %a "$metrics")"
is "--metrics: nothing else is left in the folder" "" "$(find "$tmp" -name 'xscan.prom.*')"

# Round trips as a histogram: those of the results, and people see none without --histogram.
scan --budget off --all --metrics "$metrics" --json "$tmp/json" -p 1-20 198.18.1.0/28
exits "round trips: ends with 0" 0
checked "round trips: promtool has nothing to say"
for state in open closed; do
	read -r n sum < <(jq -rs --arg state "$state" 'map(select(.type == "port" and .state == $state) | .rtt_us // empty) |
		"\(length) \(add)"' "$tmp/json")
	is "round trips, $state: as many as results have one" "$n" "$(value "rtt_seconds_count{answer=\"$state\"}")"
	is "round trips, $state: the sum" "$sum" \
		"$(value "rtt_seconds_sum{answer=\"$state\"}" | awk '{ printf "%.0f", $1 * 1e6 }')"
	is "round trips, $state: the last bucket has all" "$n" "$(value "rtt_seconds_bucket{answer=\"$state\",le=\"+Inf\"}")"
	is "control: there are round trips, $state" true "$([ "${n:-0}" -gt 10 ] && echo true)"
done
is "round trips: nobody asked to see them" "0 0" \
	"$(jq -s 'map(select(.type == "histogram")) | length' "$tmp/json") $(grep -c '^@' "$tmp/err" || true)"

# Open ports of both protocols are one histogram: no reader takes the same series twice.
scan --budget off --all --histogram --metrics "$metrics" --json "$tmp/json" -p 1-20 -u 1-20 198.18.1.0/28
exits "TCP and UDP: ends with 0" 0
checked "TCP and UDP: promtool has nothing to say"
is "TCP and UDP: each value stands once" "" "$(cut -d ' ' -f 1 "$metrics" | grep '^xscan_' | sort | uniq -d)"
is "TCP and UDP: one record for each histogram" "arp closed open" "$(jq -rs 'map(select(.type == "histogram") |
	.data["@rtt_us"] // {} | keys[]) | sort | join(" ")' "$tmp/json")"
n=$(jq -s 'map(select(.type == "port" and .state == "open" and .rtt_us)) | length' "$tmp/json")
is "TCP and UDP: it has the round trips of both" true \
	"$([ "$(value 'rtt_seconds_count{answer="open"}')" -ge "$n" ] && [ "$n" -gt 100 ] && echo true)"

# While the scan runs: the file grows by whole versions, and is never half there.
rm -f "$metrics"
begin --budget off --metrics "$metrics" --rate 100 --retries 0 -p 1-4000 198.18.1.1
is "while it runs: the file says so" true "$(until_true running -eq 1 && echo true)"
is "while it runs: later versions follow" true "$(until_true sent_total -gt 100 && echo true)"
is "while it runs: answers are counted before the slice has ended" true \
	"$([ "$(value answers_total)" -gt 50 ] && [ "$(value 'ports{state="closed"}')" -gt 50 ] && echo true)"
is "while it runs: round trips are there" true \
	"$([ "$(value 'rtt_seconds_count{answer="open"}')" -gt 5 ] && echo true)"
checked "while it runs: promtool has nothing to say"
kill -INT "$pid"
finish 10
exits "interrupted: ends with 130" 130
is "interrupted: the file says so" "0 0" "$(value running) $(value complete)"
checked "interrupted: promtool has nothing to say"

# SIGKILL leaves the last version, and the next run replaces it.
begin --budget off --metrics "$metrics" --rate 100 --retries 0 -p 1-4000 198.18.1.1
until_true running -eq 1 || true
kill -KILL "$pid"
finish 5
checked "killed: promtool has nothing to say"
is "killed: the last version is there" 1 "$(value running)"

# Two scans with one file: the second is refused, also when the first has replaced the file.
begin --budget off --metrics "$metrics" --rate 100 --retries 0 -p 1-4000 198.18.1.1
until_true sent_total -gt 100 || true
scan --budget off --metrics "$metrics" -p 1-20 198.18.1.2
exits "two scans with one file: the second is refused" 1
is "two scans with one file: one line says why" \
	"xscan: $metrics: cannot write results: another process writes it" "$(cat "$tmp/err")"
is "two scans with one file: the figures are of the first" true "$(until_true sent_total -gt 100 && echo true)"
kill -INT "$pid"
finish 10
exits "two scans with one file: the first goes on" 130
checked "two scans with one file: promtool has nothing to say"
is "two scans with one file: nothing else is left in the folder" "" "$(find "$tmp" -name 'xscan.prom.*')"

# A full disk: one line, and all results. A mount namespace of its own: the disk goes with its processes.
mkdir "$tmp/full"
status=0
# shellcheck disable=SC2016 # the other shell expands it
lab exec scanner unshare --mount sh -c '
	disk=$1
	shift
	mount -t tmpfs -o size=16k xscan-test "$disk" || exit 99
	head -c 64k /dev/zero >"$disk/rest" 2>/dev/null
	"$@"
	status=$?
	ls "$disk"
	exit $status' sh "$tmp/full" "${xscan[@]}" --budget off --metrics "$tmp/full/xscan.prom" --json "$tmp/json" \
	-p 1-20 198.18.1.1 >"$tmp/out" 2>"$tmp/err" || status=$?
exits "a full disk: the scan ends as always" 0
is "a full disk: one line says so" \
	"xscan: $tmp/full/xscan.prom: cannot write it: No space left on device: the scan goes on" \
	"$(grep 'cannot write' "$tmp/err")"
is "a full disk: all results are there" 20 "$(summary "$tmp/json" replies)"
is "a full disk: nothing is left behind" rest "$(tail -n 1 "$tmp/out")"

# What is there and no file of figures stays as it is.
refused() { # NAME STATUS FILE
	scan --metrics "$3" -p 1 198.18.1.1
	exits "$1 is refused" "$2"
	is "$1: one line says why" 1 "$(wc -l <"$tmp/err")"
}
ln -s "$tmp/elsewhere" "$tmp/link"
mkfifo "$tmp/pipe"
refused "a link" 1 "$tmp/link"
refused "a named pipe" 1 "$tmp/pipe"
refused "a folder" 1 "$tmp"
refused "a file in no folder" 1 "$tmp/no/file"
refused "standard output" 2 -
is "what is refused is left alone" "true true" \
	"$([ -L "$tmp/link" ] && echo true) $([ -p "$tmp/pipe" ] && echo true)"
scan --metrics "$metrics" --json "$metrics" -p 1 198.18.1.1
exits "one file for two outputs is refused" 2
cp "$metrics" "$tmp/before"
lab exec scanner "${xscan[@]}" --dry-run --metrics "$metrics" -p 1 198.18.1.1 >/dev/null
is "--dry-run changes nothing" "" "$(cmp "$metrics" "$tmp/before")"
