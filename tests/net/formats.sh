# shellcheck shell=bash
# Shared by the tests of output formats; source this file instead of lib.sh.
# shellcheck source=tests/net/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need jq nmap xmllint xsltproc sqlite3 ndiff
/usr/bin/python3 -c 'import libnmap' 2>/dev/null || {
	skip "$(basename "$0" .sh)" "python3-libnmap is not installed"
	exit 0
}

read_with() { # HOW FILE
	tests/net/formats.py "$1" "$2" 2>"$tmp/trouble" || cat "$tmp/trouble"
}
# The DTD allows no other name for the scanner than nmap.
valid_xml() { # NAME FILE
	sed '0,/scanner="xscan"/s//scanner="nmap"/' "$2" >"$tmp/as-nmap.xml"
	if xmllint --noout --dtdvalid /usr/share/nmap/nmap.dtd "$tmp/as-nmap.xml" 2>"$tmp/why"; then
		pass "$1: XML is valid by nmap.dtd"
	else
		fail "$1: XML is valid by nmap.dtd" "$tmp/why"
	fi
}
# Each format by itself: XML by the DTD, CSV by python, JSON by jq, and the lines of the list.
valid() { # NAME: $tmp/r.xml, r.csv, r.list, r.json
	valid_xml "$1" "$tmp/r.xml"
	read_with csv "$tmp/r.csv" | grep -v '^198\.18\.[0-9. ]* ' >"$tmp/wrong" || true
	same "$1: CSV is whole" /dev/null "$tmp/wrong"
	{
		[ "$(head -n 1 "$tmp/r.list")" = '#masscan' ] && [ "$(tail -n 1 "$tmp/r.list")" = '# end' ] ||
			echo "the first or the last line"
		grep -vE '^(#.*|(open|closed|filtered|unanswered) tcp [0-9]+ [0-9.]+ [0-9]{10})$' \
			"$tmp/r.list"
	} >"$tmp/wrong" || true
	same "$1: the list is whole" /dev/null "$tmp/wrong"
	is "$1: JSON begins with the start and ends with the summary" "start summary" \
		"$(jq -rs '"\(first.type) \(last.type)"' "$tmp/r.json" 2>&1)"
}
# shellcheck disable=SC2034 # the scripts use it
outputs=(--xml "$tmp/r.xml" --csv "$tmp/r.csv" --list "$tmp/r.list" --json "$tmp/r.json")
