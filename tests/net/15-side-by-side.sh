#!/bin/bash
# README's table of commands side by side: xscan takes those of its column. Of what other scanners take, it takes
# the words that it knows, and refuses each other option with the line that names its own.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"

lab up
mkdir "$tmp/here"
echo 198.18.0.20 >"$tmp/here/FILE"

# "COLUMN<TAB>COMMAND" of each command in the table.
awk -F '|' '/^## Commands of nmap/ { on = 1 } on && /^From scripts/ { exit }
	on && /^\| `|^\| +\|/ { for (i = 2; i < NF; i++) { n = split($i, part, "`")
		for (k = 2; k < n; k += 2) print i - 1 "\t" part[k] } }' README.md |
	sed 's,\bHOST\b,198.18.0.10,; s,\bNET\b,198.18.0.0/28,; s,2001:db8::1\b,2001:db8::c612:a,' >"$tmp/commands"
is "control: the table has commands of each program" "arp-scan masscan nmap xscan" \
	"$(cut -f 2 "$tmp/commands" | awk '$1 != "ndiff" { print $1 }' | sort -u | paste -sd ' ')"
is "control: each in its column" "" "$(awk -F '\t' '{ split("nmap masscan arp-scan xscan", column, " ")
	split($2, word, " ") } word[1] != column[$1] && word[1] != "ndiff"' "$tmp/commands")"

# With the plan alone. An output or a list of targets may be FILE, so each run has a folder of its own.
plan() { # ARGUMENTS
	status=0
	rm -rf "$tmp/run"
	cp -r "$tmp/here" "$tmp/run"
	# shellcheck disable=SC2086 # words
	(cd "$tmp/run" && "$OLDPWD/tools/lab" exec scanner timeout 20 "$BUILD/xscan" --dry-run $1) \
		>"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
}
while IFS=$'\t' read -r _ command; do
	case $command in
	ndiff* | "xscan diff"*) continue ;;
	esac
	plan "${command#* }"
	case $command in
	xscan*) exits "$command" 0 ;;
	*) is "$command: planned, or refused with our option" yes \
		"$({ [ "$status" = 0 ] && grep -q '^hosts ' "$tmp/out"; } ||
			{ [ "$status" = 2 ] && grep -qE '^xscan: -[^ ]*: not an option of xscan: .*(say --|leave it out)' "$tmp/err"; } &&
			echo yes || cat "$tmp/err")" ;;
	esac
done <"$tmp/commands"
