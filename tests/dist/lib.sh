# shellcheck shell=bash
# Shared by the scripts of tests/dist; source this file first. A script prints a line a test ("ok NAME",
# "not ok NAME", "ok NAME # SKIP reason") and exits 1 if one failed; tests/run counts them. No script
# sends a packet.
set -eu

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
BUILD=${BUILD:-build}
[[ $BUILD == /* ]] || BUILD=$PWD/$BUILD
export BUILD LC_ALL=C
tmp=$(mktemp -d)
failed=0

clean_up() {
	local code=$?
	rm -rf "$tmp"
	[ "$failed" = 0 ] || code=1
	exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

same() { # NAME EXPECTED-FILE FILE
	if diff "$2" "$3" >"$tmp/diff"; then
		echo "ok $1"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $1"
	head -n 40 "$tmp/diff" | sed 's/^/# /'
}
is() { # NAME EXPECTED FOUND
	printf '%s\n' "$2" >"$tmp/expected"
	printf '%s\n' "$3" >"$tmp/found"
	same "$1" "$tmp/expected" "$tmp/found"
}

# End the script with one skipped test, if a program is missing.
need() { # PROGRAM...
	local program
	for program; do
		command -v "$program" >/dev/null || {
			echo "ok $(basename "$0" .sh) # SKIP $program is not installed"
			exit 0
		}
	done
}

# Without variables of a make that runs this test.
plain_make() {
	env -i PATH="$PATH" HOME="${HOME:-/}" make --no-print-directory "$@"
}

# The long options that a help text lists, each as the program prints it: --name or --name=KIND.
listed_options() { # [COMMAND]
	"$BUILD/xscan" "$@" --help | grep -oE -- '^ {2,6}(-[a-zA-Z0-9], )?--[a-z-]+(=[^ ]+)?' |
		grep -oE -- '--.*' | sort -u
}
