#!/bin/sh
# Scan the link of an interface, and write what has changed since the scan before:
#
#	xscan-nightly IFACE [OPTION or TARGET of xscan...]
#
# The folder $STATE_DIRECTORY gets IFACE.json (the last result), IFACE.before.json (the one before)
# and IFACE.diff (the differences, which also go to standard output). A scan that breaks off changes
# none of them. A scan with answers missing counts: `xscan diff` calls nothing gone by it.
set -eu

die() {
	echo "xscan-nightly: $*" >&2
	exit 1
}

[ $# -gt 0 ] || die "which interface? xscan-nightly IFACE [OPTION or TARGET of xscan...]"
[ -n "${STATE_DIRECTORY:-}" ] || die "STATE_DIRECTORY is not set: name the folder for results"
cd "$STATE_DIRECTORY"
iface=$1
shift
case $iface in
'' | .* | */*) die "$iface: no name of an interface" ;;
esac

exec 9>"$iface.lock"
flock -n 9 || die "another scan of $iface is running"
trap 'rm -f "$iface.new.json" "$iface.new.diff"' EXIT
trap 'exit 130' INT TERM HUP

status=0
xscan --iface "$iface" "$@" --json - >"$iface.new.json" 9>&- || status=$?
[ "$status" = 0 ] || [ "$status" = 3 ] || exit "$status"

# If the result before cannot be read, the new one is that of the next night's comparison all the same.
status=0
if [ -e "$iface.json" ]; then
	xscan diff "$iface.json" "$iface.new.json" >"$iface.new.diff" 9>&- || status=$?
	if [ "$status" -le 1 ]; then
		status=0
		mv "$iface.new.diff" "$iface.diff"
		cat "$iface.diff"
	fi
	ln -f "$iface.json" "$iface.before.json"
fi
mv "$iface.new.json" "$iface.json"
exit "$status"
