# shellcheck shell=bash
# Shared by the scripts of tests/net; source this file first. A script prints a line a test ("ok NAME",
# "not ok NAME", "ok NAME # SKIP reason") and exits 1 if one failed; tests/run counts them.
#
# Each script has a lab of its own, started by `lab up` or `lab fleet-up`, and a folder $tmp. Both
# are gone when it ends, whatever happens.
set -eu

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
BUILD=${BUILD:-build}
[[ $BUILD == /* ]] || BUILD=$PWD/$BUILD
export BUILD LAB=xscan-test-$$ LC_ALL=C
xscan=("$BUILD/xscan") # and what it runs under
scan_seconds=${SCAN_SECONDS:-120}
tmp=$(mktemp -d)
failed=0
status=0
pid= # of the scan in the background

clean_up() { # [STATUS]
	local code=${1:-$?}
	[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null || true
	tools/lab down
	rm -rf "$tmp"
	[ "$failed" = 0 ] || code=1
	exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

lab() {
	tools/lab "$@"
}

# Results. Lines that say more about a failure begin with "# ".

pass() { # NAME
	echo "ok $1"
}
fail() { # NAME [FILE with details]
	failed=$((failed + 1))
	echo "not ok $1"
	[ $# -lt 2 ] || head -n 40 "$2" | sed 's/^/# /'
}
skip() { # NAME REASON
	echo "ok $1 # SKIP $2"
}

# End the script with one skipped test, if a program is missing.
need() { # PROGRAM...
	local program
	for program; do
		command -v "$program" >/dev/null || {
			skip "$(basename "$0" .sh)" "$program is not installed"
			exit 0
		}
	done
}

# A lab with this fleet, in place of the lab before; LAB_ADDR and LAB_GATEWAY as for tools/lab.
fleet_up() { # OPTION of fleet...
	fleet=("$@")
	lab down
	lab fleet-up "$@"
}
# A lab with build/faulty, in the same way.
faulty_up() { # OPTION of faulty...
	lab down
	lab faulty-up "$@"
}
# A lab whose fleet is behind a router; the router's queue holds 50 ms at this rate.
bottleneck_up() { # RATE OPTION of fleet...
	fleet=("${@:2}")
	lab down
	lab bottleneck-up "$1" 50ms "${fleet[@]}"
}
# The frames that the router's queue has dropped.
dropped() {
	lab exec router tc -s -j qdisc show dev fleet | jq 'map(.drops) | add'
}
# Fail if the queue dropped nothing at full rate: then the path does not test --rate auto.
too_fast_is_lossy() { # NAME PORTS TARGET
	local before
	before=$(dropped)
	scan -q --rate max --retries 0 -p "$2" "$3"
	is "control: $1: the router's queue drops what comes at --rate max" true \
		"$([ "$(dropped)" -gt "$before" ] && echo true || echo false)"
}

# End the lab's fleets; what all of them counted is in $tmp/counters.
fleet_stop() {
	lab fleet-stop >"$tmp/counters"
}
counted() { # COUNTER...: their sum
	awk -v names=" $* " '{ for (i = 2; i < NF; i += 2) if (names ~ " " $i " ") n += $(i + 1) }
		END { print n + 0 }' "$tmp/counters"
}

# What a fleet with the options $fleet holds: "ip mac" of hosts; "ip port" of open, closed, silent
# or unreachable.
fleet_list() { # WHAT [PORTS]
	"$BUILD/fleet" "${fleet[@]}" --list "$1" ${2:+--ports "$2"} | sed 's/\t/ /; s,/tcp,,'
}

# Run xscan in the scanner's namespace: rows in $tmp/out, the rest in $tmp/err, $status set. A scan
# that hangs ends with status 124. It reads the file $scan_input, if that is set.
scan() { # OPTION...
	status=0
	lab exec scanner timeout -k 5 "$scan_seconds" "${xscan[@]}" "$@" \
		>"$tmp/out" 2>"$tmp/err" <"${scan_input:-/dev/null}" || status=$?
}

# Frames that have left the scanner's interface.
frames() {
	ip -n "$LAB" -s -j link show dev eth0 | jq '.[0].stats64.tx.packets'
}

# Scans in the background

# Call tools/lab, not the function `lab`, so that $! is no shell around it. A shell starts background jobs
# with SIGINT ignored, and xscan must leave SIGINT ignored.
begin() { # ARGUMENT...: as `scan`, in the background; sets $pid
	rm -f "$tmp/json"
	# At once: who waits for a line of this scan must not see one of the scan before.
	: >"$tmp/out"
	tools/lab exec scanner env --default-signal=INT,TERM,HUP,QUIT "${xscan[@]}" "$@" \
		>"$tmp/out" 2>"$tmp/err" </dev/null &
	pid=$!
}

# Wait for the scan to end, and set $status. One that goes on for too long is killed: status 137.
finish() { # SECONDS
	local deadline=$((SECONDS + $1 + 1))
	while kill -0 "$pid" && [ "$SECONDS" -lt "$deadline" ]; do
		sleep 0.02
	done
	kill -KILL "$pid" || true
	status=0
	wait "$pid" || status=$?
	pid=
} 2>/dev/null # where the shell says how its jobs ended

# Checks, each one test.

is() { # NAME EXPECTED GOT
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		echo "expected $2, got $3" >"$tmp/why"
		fail "$1" "$tmp/why"
	fi
}

exits() { # NAME STATUS: how the last scan ended
	if [ "$status" = "$2" ]; then
		pass "$1"
	else
		{
			echo "expected exit status $2, got $status"
			cat "$tmp/err"
		} >"$tmp/why"
		fail "$1" "$tmp/why"
	fi
}

# The lines of two files are the same, in any order, as often in one as in the other.
same() { # NAME EXPECTED-FILE GOT-FILE
	sort "$2" >"$tmp/expected.sorted"
	sort "$3" >"$tmp/got.sorted"
	{
		comm -23 "$tmp/expected.sorted" "$tmp/got.sorted" | sed 's/^/missing: /'
		comm -13 "$tmp/expected.sorted" "$tmp/got.sorted" | sed 's/^/too much: /'
	} >"$tmp/why"
	if [ -s "$tmp/why" ]; then
		fail "$1" "$tmp/why"
	else
		pass "$1"
	fi
}

# At most one line in 1,000 is missing, and no line is too much.
nearly_all() { # NAME EXPECTED-FILE GOT-FILE
	local missing too_much expected
	sort "$2" >"$tmp/expected.sorted"
	sort "$3" >"$tmp/got.sorted"
	expected=$(wc -l <"$2")
	missing=$(comm -23 "$tmp/expected.sorted" "$tmp/got.sorted" | wc -l)
	too_much=$(comm -13 "$tmp/expected.sorted" "$tmp/got.sorted" | wc -l)
	echo "# $1: $missing of $expected missing"
	is "$1: at most 1 of 1,000 missing, none too much" true "$(
		[ "$expected" -gt 0 ] && [ "$((missing * 1000))" -le "$expected" ] &&
			[ "$too_much" = 0 ] && echo true || echo "$missing missing, $too_much too much"
	)"
}

# What xscan printed, as lines that `same` can compare.

hosts_of() { # TEXT-FILE: "ip mac"
	awk -F'\t' '$2 !~ /\/tcp$/ { print $1, $2 }' "$1"
}
open_of() { # TEXT-FILE: "ip port"
	awk -F'\t' '$2 ~ /\/tcp$/ && $3 == "open" { sub(/\/tcp/, "", $2); print $1, $2 }' "$1"
}

# The same of JSON. `summary` reads the last line, where the summary must be.
json_hosts_of() { # JSON-FILE: "ip mac"
	jq -r 'select(.type == "host") | "\(.ip) \(.mac)"' "$1"
}
json_states_of() { # JSON-FILE: "ip port state reason", and the ICMP code behind "filtered"
	jq -r 'select(.type == "port") |
		"\(.ip) \(.port) \(.state) \(.reason)\(if .code then " \(.code)" else "" end)"' "$1"
}
json_ports_of() { # STATE JSON-FILE: "ip port"
	jq -r --arg state "$1" \
		'select(.type == "port" and .state == $state) | "\(.ip) \(.port)"' "$2"
}
summary() { # JSON-FILE KEY...: their values, on one line
	tail -n 1 "$1" | jq -r --args 'select(.type == "summary") as $s |
		[$ARGS.positional[] | $s[.]] | join(" ")' "${@:2}"
}

# nmap's XML as "ip port open" and "ip STATE count" lines.
nmap_states() { # XML-FILE
	awk -v RS='<' '
		function value(name,    rest) {
			rest = substr($0, index($0, " " name "=\"") + length(name) + 3)
			return substr(rest, 1, index(rest, "\"") - 1)
		}
		/^address / && /addrtype="ipv[46]"/ { ip = value("addr") }
		/^extraports / { count[ip " " value("state")] += value("count") }
		/^port / { port = value("portid") }
		/^state / {
			count[ip " " value("state")]++
			if (value("state") == "open")
				print ip, port, "open"
		}
		END {
			for (key in count)
				print key, count[key]
		}' "$1"
}

# The same of xscan's JSON. nmap has one word for a port that an ICMP error or nothing answered for.
xscan_states() { # JSON-FILE
	jq -r 'select(.type == "port") |
		[.ip, .port, if .state == "unanswered" then "filtered" else .state end] | @tsv' "$1" |
		awk '
			$3 == "open" { print $1, $2, $3 }
			{ count[$1 " " $3]++ }
			END {
				for (key in count)
					print key, count[key]
			}'
}

# The sums of the ledger in a JSON summary close, and its counts are those of the lines before it
# (all states were reported).
sums_close() { # NAME JSON-FILE
	jq -s '
		last as $s |
		[.[] | select(.type == "port") | .state] as $states |
		def count($state): [$states[] | select(. == $state)] | length;
		if $s.open then
			$s.open == count("open") and $s.closed == count("closed")
			and $s.filtered == count("filtered") and $s.unanswered == count("unanswered")
			and $s.asked == $s.replies + $s.unanswered
			and $s.replies == $s.open + $s.closed + $s.filtered
		else
			$s.replies == $s.hosts_up
		end
		and $s.asked == $s.probes
		and $s.asked + $s.retransmits + $s.host_probes == $s.sent + $s.send_errors
		and $s.seen == $s.replies + $s.duplicates + $s.rejected
		and $s.late <= $s.replies
		and $s.events_lost == $s.recovered' "$2" >"$tmp/sums" 2>&1 || true
	[ "$(cat "$tmp/sums")" = true ] || tail -n 1 "$2" >>"$tmp/sums"
	is "$1" true "$(cat "$tmp/sums")"
}

# What `json_states_of` must print when these ports of all hosts of the fleet were scanned.
fleet_states() { # PORTS
	fleet_list open "$1" | sed 's/$/ open syn-ack/'
	fleet_list closed "$1" | sed 's/$/ closed reset/'
	fleet_list silent "$1" | sed 's/$/ unanswered no-response/'
	fleet_list unreachable "$1" | sed 's/$/ filtered port-unreach 3/'
}

# Each line of JSON has the keys of its type and no others; what is not always known may be missing.
has_right_keys() { # NAME JSON-FILE
	jq -c '
		def has_just($must; $may): (keys - $must - $may) + ($must - keys) == [];
		def states: ["open", "closed", "filtered", "unanswered"];
		def is_right:
			if .type == "host" then
				has_just(["type", "time", "ip", "how", "reason",
					if .how == "arp" or .how == "nd" then "mac" else empty end];
					["mac", "vendor", "also", "zone"] +
					if .rtt_us then ["rtt_us", "rtt_from"] else [] end)
			elif .type == "port" then
				has_just(["type", "time", "ip", "protocol", "port", "state",
					"reason",
					if .state == "filtered" then "code" else empty end];
					["service", "ttl", "zone", "proof", "info", "closed_p", "doubtful",
					if .rtt_us then "rtt_us", "rtt_from" else empty end,
					if .state == "open" then "window", "mss" else empty end])
			elif .type == "start" then
				has_just(["type", "time", "version", "arguments", "interfaces", "targets", "seed"];
					["ports", "resumed"])
			elif .type == "rate" then
				has_just(["type", "time", "phase", "rate_pps", "why"];
					["gateway", "limit_pps"] +
					if .asked then ["asked", "answered"] else [] end)
			elif .type == "histogram" then
				has_just(["type", "time", "data", "n", "p50", "p90", "p99"]; [])
			elif .type == "cost" then
				has_just(["type", "time", "program", "runs", "run_ns", "cpu_s",
					"softirq_s", "cpus_s"]; ["ns_a_run", "foreign", "jited_bytes",
					"verified_insns", "cpu_us_a_probe"])
			elif .type == "drops" then
				has_just(["type", "time", "socket_full", "qdisc_dropped", "qdisc_requeued",
					"interface_tx_dropped", "interface_tx_errors", "interface_rx_dropped",
					"interface_rx_errors", "softnet_dropped", "softnet_squeezed"]; [])
			else
				.type == "summary" and has_just(["type", "time", "hosts_up",
					"probes", "asked", "sent", "send_errors", "retransmits", "host_probes",
					"seen", "replies", "late", "duplicates", "rejected",
					"events_lost", "recovered", "elapsed_s", "rate_pps",
					"attach", "tx", "complete"]; states + ["self", "unroutable", "gone", "coverage", "coverage_low",
					"gave_way_cpu_s", "gave_way_path_s"])
			end;
		select(is_right and (.rtt_us // 0 | type == "number" and . >= 0)
			and (.time | test("^20[0-9-]{8}T[0-9:]{8}\\.[0-9]{6}Z$")) | not)
	' "$2" >"$tmp/wrong" 2>&1 || echo "not JSON" >>"$tmp/wrong"
	same "$1" /dev/null "$tmp/wrong"
}
