# shellcheck shell=bash disable=SC2154 # lib.sh sets tmp, status, scan_seconds
# The law of a scan: what it calls complete is complete. Source behind lib.sh. A scan may also end
# with 3 and a line that says what is missing. What it finds is true in either case.

# Lines on standard error but for those of the ledger: what is missing, and why.
told_lines() {
	grep '^xscan: ' "$tmp/err" | grep -vE "^xscan: ((incomplete: )?[0-9]+ of [0-9]+ hosts up|gave way|no (host answered|open port): )" || true
}

# Judge the last scan, whose JSON is in $tmp/json, by the open ports that there are: lines
# "ip port". Sets $found, $missing and $false_results.
compare() { # EXPECTED-FILE
	sort -u "$1" >"$tmp/truth.sorted"
	json_ports_of open "$tmp/json" 2>/dev/null | sort >"$tmp/found.sorted" || true
	found=$(comm -12 "$tmp/truth.sorted" "$tmp/found.sorted" | wc -l)
	missing=$(comm -23 "$tmp/truth.sorted" "$tmp/found.sorted" | wc -l)
	false_results=$(comm -13 "$tmp/truth.sorted" "$tmp/found.sorted" | wc -l)
}

say_why() { # REASON: the details of a failure, in $tmp/why
	{
		echo "$1"
		echo "exit status $status, $found found, $missing missing, $false_results false"
		cat "$tmp/err"
		tail -n 1 "$tmp/json" 2>/dev/null
	} >"$tmp/why"
}

complete() { # NAME EXPECTED-FILE
	compare "$2"
	if [ "$status $missing $false_results" = "0 0 0" ]; then
		pass "$1: complete"
	else
		say_why "expected exit status 0, all of $(wc -l <"$2") found, and nothing else"
		fail "$1: complete" "$tmp/why"
	fi
}

complete_or_told() { # NAME EXPECTED-FILE
	local reason=
	compare "$2"
	case $status in
	0) [ "$((missing * 1000))" -le "$(wc -l <"$2")" ] || reason="called complete, and it is not" ;;
	3) [ -n "$(told_lines)" ] || reason="no line says what is missing" ;;
	124 | 137) reason="it does not end within $scan_seconds s" ;;
	*) reason="expected exit status 0 or 3" ;;
	esac
	[ "$false_results" = 0 ] || reason="false results"
	if [ -z "$reason" ]; then
		pass "$1: complete, or told what is missing"
	else
		say_why "$reason"
		fail "$1: complete, or told what is missing" "$tmp/why"
	fi
}

# A line on standard error says what is missing in words that fit.
told() { # NAME REGEX
	if told_lines | grep -qE "$2"; then
		pass "$1"
	else
		say_why "no line like this: $2"
		fail "$1" "$tmp/why"
	fi
}

# All pairs of addresses and ports, as lines "ip port".
pairs() { # PREFIX FIRST LAST PORT...
	local prefix=$1 first=$2 last=$3 i port
	shift 3
	for ((i = first; i <= last; i++)); do
		for port; do
			echo "$prefix.$i $port"
		done
	done
}
