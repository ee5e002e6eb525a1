# shellcheck shell=bash
# What the scripts of tests/net share; source it first. A script prints a line a test ("ok NAME",
# "not ok NAME", "ok NAME # SKIP reason") and exits 1 if one failed; tests/run counts them.
#
# Each script has a lab of its own, started by `lab up` or `lab fleet-up`, and a folder $tmp. Both
# are gone when it ends, whatever happens.
set -eu

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
BUILD=${BUILD:-build}
[[ $BUILD == /* ]] || BUILD=$PWD/$BUILD
export BUILD LAB=xscan-test-$$
scan_seconds=${SCAN_SECONDS:-120}
tmp=$(mktemp -d)
failed=0
status=0

clean_up() {
	local code=$?
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

# Run xscan in the scanner's namespace: rows in $tmp/out, the rest in $tmp/err, $status set. A scan
# that hangs ends with status 124.
scan() { # OPTION...
	status=0
	lab exec scanner timeout -k 5 "$scan_seconds" "$BUILD/xscan" "$@" \
		>"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
}

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

# What xscan printed, as lines that `same` can compare.

hosts_of() { # TEXT-FILE: "ip mac"
	awk -F'\t' '$2 !~ /\/tcp$/ { print $1, $2 }' "$1"
}
open_of() { # TEXT-FILE: "ip port"
	awk -F'\t' '$2 ~ /\/tcp$/ && $3 == "open" { sub(/\/tcp/, "", $2); print $1, $2 }' "$1"
}
