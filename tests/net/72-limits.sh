#!/bin/bash
# Limits on file descriptors and on memory, from what the C library needs up to enough. Each scan is complete,
# or ends with status 1 and one line that names what is lacking.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need prlimit

lack='Too many open files|[Oo]ut of memory|Cannot allocate memory'
fleet_up --net 198.18.1.0/24
echo 198.18.1.1 >"$tmp/list"
resume=(--resume "$tmp/state" --targets "$tmp/list" --json "$tmp/json" --tcp http)
: >"$tmp/odd"

# One scan under a limit; if it is neither complete nor properly refused, note it in $tmp/odd.
limited() { # LIMIT, an option of prlimit, ARGUMENT...
	rm -f "$tmp/state" "$tmp/state.new"
	status=0
	lab exec scanner prlimit "$1" "$BUILD/xscan" -q "${@:2}" >"$tmp/out" 2>"$tmp/err" </dev/null ||
		status=$?
	case $status in
	0) [ ! -s "$tmp/err" ] || echo "$*: $(head -n 1 "$tmp/err")" ;;
	1) [ "$(grep -cE "^xscan: .*($lack)" "$tmp/err")-$(wc -l <"$tmp/err")" = 1-1 ] ||
		echo "$*: $(head -n 2 "$tmp/err")" ;;
	*) echo "$*: exit status $status: $(head -n 1 "$tmp/err")" ;;
	esac >>"$tmp/odd"
}

kinds() { # LIMIT: a scan of each kind; $status is that of the last
	limited "$1" -i eth0 --attach native 198.18.1.1
	limited "$1" -i eth0 --tx xdp --tcp 1-10 198.18.1.1
	limited "$1" -i eth0 --dry-run --tcp 80 localhost 198.18.1.1
	limited "$1" "${resume[@]}"
}

for ((files = 4; files <= 80; files++)); do
	kinds --nofile="$files"
done
is "80 file descriptors are enough" 0 "$status"
same "fewer: complete, or refused with a line that says so" /dev/null "$tmp/odd"

# A limit at which a library cannot be loaded ends xscan before it begins: status 127. At less than this the
# kernel cannot load xscan itself.
: >"$tmp/odd"
kib=4608
status=127
while [ "$status" = 127 ]; do
	kib=$((kib + 64))
	status=0
	prlimit --as=$((kib << 10)) "$BUILD/xscan" --version >/dev/null 2>&1 || status=$?
done
for (( ; kib <= 65536; kib += kib < 12288 ? 96 : 4096)); do
	kinds --as=$((kib << 10))
	limited --as=$((kib << 10)) --version
done
limited --as=$((64 << 20)) "${resume[@]}"
is "64 MiB of addresses are enough" 0 "$status"
same "less: complete, or refused with a line that says so" /dev/null "$tmp/odd"

: >"$tmp/odd"
limited --stack=$((128 << 10)) "${resume[@]}"
is "a stack of 128 KiB is enough" 0 "$status"
