#!/bin/bash
# Print what bash offers for the last WORD of a command line; the first WORD is the program:
#
#	tests/dist/complete.bash FILE-OF-THE-COMPLETION PROGRAM WORD...
#
# As bash does, take the = of --option=value for a word.
set -eu
# shellcheck source=tools/dist/xscan.bash
. "$1"
COMP_WORDS=("$2")
for word in "${@:3}"; do
	if [[ $word == --*=?* ]]; then
		COMP_WORDS+=("${word%%=*}" "=" "${word#*=}")
	elif [[ $word == --*= ]]; then
		COMP_WORDS+=("${word%=}" "=")
	else
		COMP_WORDS+=("$word")
	fi
done
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_xscan
[ "${#COMPREPLY[@]}" = 0 ] || printf '%s\n' "${COMPREPLY[@]}"
