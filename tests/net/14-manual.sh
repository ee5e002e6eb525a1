#!/bin/bash
# The man page and bash's completion know each option of --help, and no other.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need man

page=tools/dist/xscan.8
LC_ALL=C.UTF-8 MANWIDTH=100 man --warnings -l "$page" >"$tmp/page" 2>"$tmp/warnings" || true
is "the man page is formatted" yes "$(grep -q '^EXIT STATUS' "$tmp/page" && echo yes || echo no)"
is "without warnings" "" "$(cat "$tmp/warnings")"
options() { # of a text
	grep -oE -- '--[a-z][a-z-]+' | sort -u
}
"$BUILD/xscan" --help >"$tmp/help"
options <"$tmp/help" >"$tmp/known"
is "control: --help has options" yes "$([ "$(wc -l <"$tmp/known")" -gt 20 ] && echo yes || echo no)"
sed 's/.\x08//g; s/\x1b\[[0-9;]*m//g; s/‐/-/g; s/−/-/g' "$tmp/page" | grep -v systemctl | options >"$tmp/described"
same "the man page describes the options of --help" "$tmp/known" "$tmp/described"

# What bash offers for the last of these words.
mkdir "$tmp/files"
touch "$tmp/files/hosts.txt"
complete_words() { # WORD...
	(
		cd "$tmp/files"
		bash --norc -c '
			. "$1"; shift
			COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
			_xscan
			printf "%s\n" "${COMPREPLY[@]}"' bash "$OLDPWD/tools/dist/xscan.bash" "$@"
	)
}
complete_words "$BUILD/xscan" -- | options >"$tmp/offered"
same "completion offers the options of --help" "$tmp/known" "$tmp/offered"
is "completion of a beginning" --exclude-file "$(complete_words "$BUILD/xscan" --exclude-)"
is "completion of an interface" lo "$(complete_words "$BUILD/xscan" -i lo | grep -x lo)"
is "completion of a file" hosts.txt "$(complete_words "$BUILD/xscan" --targets ho)"
is "completion of a file behind =" hosts.txt "$(complete_words "$BUILD/xscan" --targets = ho)"
is "completion of a word" native "$(complete_words "$BUILD/xscan" --attach na)"
is "completion of ports" "top10 top100 top1000" "$(complete_words "$BUILD/xscan" -p to | paste -sd ' ')"
is "completion of UDP ports" "top10 top100 top1000" "$(complete_words "$BUILD/xscan" -u to | paste -sd ' ')"
is "completion of a command" "diff report" \
	"$(complete_words "$BUILD/xscan" '' | grep -xE 'diff|report' | sort | paste -sd ' ')"
is "completion of a command: nowhere but in the first word" "" \
	"$(complete_words "$BUILD/xscan" -v di | grep -x diff)"
is "completion of a file behind diff" hosts.txt "$(complete_words "$BUILD/xscan" diff old ho)"
is "completion of a file behind report" hosts.txt "$(complete_words "$BUILD/xscan" report ho)"
is "completion of an option of diff" --json "$(complete_words "$BUILD/xscan" diff --js)"
is "completion of a value that is free: nothing" "" "$(complete_words "$BUILD/xscan" --seed '')"

# `xscan help` is --help, of a command that is named too.
for command in '' diff report; do
	# shellcheck disable=SC2086 # a word or none
	"$BUILD/xscan" $command --help >"$tmp/expected"
	# shellcheck disable=SC2086
	"$BUILD/xscan" help $command >"$tmp/found"
	same "xscan help $command: prints the help" "$tmp/expected" "$tmp/found"
done
