#!/bin/bash
# Outputs in the formats of others are whole after an interruption, and the others after an output that
# fails. A full disk is told. --resume goes on with each format that can be gone on with.
# shellcheck source=tests/net/formats.sh
. "$(dirname "$0")/formats.sh"

fleet_up --net 198.18.8.0/24 --seed 22 --up 3/4 --silent 1/8 --unreachable 1/8

# Interrupted.

slow=(--tcp 1-60 --rate 2000 --timeout 0.5 198.18.8.0/24)
begin -q "${outputs[@]}" "${slow[@]}"
sleep 1.5
kill -INT "$pid"
finish 20
exits "interrupted: status 130" 130
valid "interrupted"
is "interrupted: XML says so" error "$(xmllint --xpath 'string(//finished/@exit)' "$tmp/r.xml")"
is "interrupted: some ports were found" true "$([ "$(grep -c ^open "$tmp/r.list")" -gt 0 ] && echo true)"
grep -o '^[0-9.]*,[0-9]*,synack' "$tmp/r.csv" | sort >"$tmp/found"
read_with states "$tmp/r.xml" | awk '$4 == "open" { print $1 "," $2 ",synack" }' | sort >"$tmp/got"
same "interrupted: XML has the open ports of CSV" "$tmp/found" "$tmp/got"

# A reader that is slow, but reads.
mkfifo "$tmp/pipe"
{
	sleep 1
	while IFS= read -r line; do
		echo "$line"
	done
} <"$tmp/pipe" >"$tmp/piped.xml" &
reader=$!
begin -q --xml "$tmp/pipe" "${slow[@]}" --all
sleep 1.5
kill -INT "$pid"
finish 20
wait "$reader"
valid_xml "interrupted, into a pipe" "$tmp/piped.xml"

# Full disks.

# A disk of 64 KiB for one output; the others have room. A mount namespace goes with its processes.
fills() { # OPTION FILE
	# shellcheck disable=SC2016 # expanded by the inner shell
	lab exec scanner unshare --mount sh -c '
		disk=$1 out=$2
		shift 2
		mount -t tmpfs -o size=64k xscan-test "$disk" || exit 99
		"$@" >"$out/out" 2>"$out/err" </dev/null
		echo $? >"$out/status"' sh "$tmp/disk" "$tmp" "$BUILD/xscan" -q --budget off --all \
		--tcp 1-300 198.18.8.0/26 "${outputs[@]}" "$1" "$tmp/disk/$2"
	is "$1: a full disk is status 1" 1 "$(cat "$tmp/status")"
	is "$1: and one line" "xscan: $tmp/disk/$2: cannot write results: No space left on device" \
		"$(cat "$tmp/err")"
	valid_xml "$1: a full disk, the other outputs" "$tmp/r.xml"
	is "$1: a full disk, the other outputs: the list is whole" '# end' "$(tail -n 1 "$tmp/r.list")"
}
mkdir "$tmp/disk"
fills --csv r.csv
fills --list r.list
fills --json r.json
fills --xml r.xml
scan -q --xml /dev/full --tcp 1 198.18.8.0/30
exits "XML that cannot be written at all: status 1" 1

# A scan that one output refuses leaves the others as they were, whichever comes first.
refuses() { # NAME OPTION...
	echo kept >"$tmp/kept"
	scan -q --json "$tmp/kept" "${@:2}" --tcp 1 198.18.8.0/30
	exits "$1: the scan is refused" 1
	is "$1: the result before is kept" kept "$(cat "$tmp/kept")"
}
exec 9>"$tmp/locked"
flock 9
refuses "another process writes the CSV" --csv "$tmp/locked"
exec 9>&-
mkfifo "$tmp/unread"
refuses "nobody reads the list" --list "$tmp/unread"

# --resume.

scan --resume "$tmp/state" --xml "$tmp/r.xml" "${slow[@]}"
exits "--resume refuses XML" 2
is "--resume refuses XML in one line" "xscan: --xml does not go with --resume: a later run could not" \
	"$(sed 's/ append to it;.*//' "$tmp/err")"
rm "$tmp"/r.*
scan -q --budget off --tcp 1-60 --timeout 0.5 --list "$tmp/whole" 198.18.8.0/24
for run in 1 2 3; do
	[ "$run" = 3 ] || scan_seconds=1
	scan -q --resume "$tmp/state" "${outputs[@]:2}" --rate "$((run == 3 ? 50000 : 2000))" --tcp 1-60 \
		--timeout 0.5 198.18.8.0/24
	[ "$run" = 3 ] || is "--resume: run $run does not end by itself" 124 "$status"
	scan_seconds=120
done
exits "--resume: the last run ends with 0" 0
sed 's/ [0-9]*$//' "$tmp/whole" >"$tmp/expected"
sed 's/ [0-9]*$//' "$tmp/r.list" >"$tmp/got"
same "--resume: the list is as of one run" "$tmp/expected" "$tmp/got"
is "--resume: its last line comes last" '# end' "$(tail -n 1 "$tmp/r.list")"
read_with csv "$tmp/r.csv" | awk '/ tcp / { print "open tcp", $2, $1 }' >"$tmp/got"
grep ^open "$tmp/expected" >"$tmp/open"
same "--resume: CSV is as of one run" "$tmp/open" "$tmp/got"
is "--resume: each run says that it begins, the later ones that they go on" "null true true" \
	"$(jq -r 'select(.type == "start") | .resumed' "$tmp/r.json" | paste -sd ' ')"
