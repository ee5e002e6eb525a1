#!/bin/bash
# All scripts are right by shellcheck, each together with those that it sources.
# shellcheck source=tests/dist/lib.sh
. "$(dirname "$0")/lib.sh"
need shellcheck

# Those of a shell that shellcheck knows, by their first line or by a directive.
scripts() {
	find tools tests .ci -type f ! -name '*.zsh' -exec sh -c 'for file; do
		head -n 1 "$file" | grep -qaE "^#!/bin/(ba)?sh|^# shellcheck shell=" && echo "$file"; done' sh {} + | sort
}
scripts >"$tmp/scripts"
is "control: scripts of all folders are found" true "$(grep -qx tools/install-deps "$tmp/scripts" &&
	grep -qx tests/net/lib.sh "$tmp/scripts" && grep -qx tools/dist/xscan.bash "$tmp/scripts" && echo true)"
xargs -n 12 -P 2 shellcheck -x -S warning <"$tmp/scripts" >"$tmp/found" 2>&1 || echo "status $?" >>"$tmp/found"
same "shellcheck warns of nothing" /dev/null "$tmp/found"
