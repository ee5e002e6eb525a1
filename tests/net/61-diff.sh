#!/bin/bash
# xscan diff: two scans of a network that changes between them differ as the network does. What the second
# scan did not ask, or may have lost, is not seen, never gone. No rights are needed, and none are used.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq setpriv setcap

net=198.18.8.0/24
ports=1-40

# Scan into a file. What was asked is in its first record, or is put there.
scan_into() { # FILE TARGETS PORTS OPTION...
	local file=$1 targets=$2 asked=$3
	shift 3
	scan -q --budget off --json "$file" -p "$asked" "$@" "$targets"
	says_what_was_asked "$file" "$targets" "$asked"
}
says_what_was_asked() { # FILE TARGETS PORTS
	[ "$(head -n 1 "$1" | jq -r .type)" = start ] && return
	jq -nc --arg targets "$2" --arg ports "$3" \
		'{type: "start", targets: [$targets], ports: {tcp: $ports}}' | cat - "$1" >"$1.new"
	mv "$1.new" "$1"
}

# "CHANGE WHAT ADDRESS [PORT]" of each difference in JSON.
changes_of() { # FILE
	jq -r 'select(.type == "change") | "\(.change) \(.what) \(.ip) \(.port // "")"' "$1"
}
whys_of() { # FILE
	jq -r 'select(.type == "change") | "\(.change) \(.why // "sure")"' "$1" | sort -u | paste -sd,
}

# Differences of two lists of "ADDRESS [PORT]", as `changes_of` has them.
truth_of() { # WHAT OLD NEW
	sort "$2" >"$tmp/old.sorted"
	sort "$3" >"$tmp/new.sorted"
	comm -13 "$tmp/old.sorted" "$tmp/new.sorted" | sed "s/^/new $1 /"
	comm -23 "$tmp/old.sorted" "$tmp/new.sorted" | sed "s/^/gone $1 /"
}

fleet_up --net "$net" --seed 1 --up 3/4
scan_into "$tmp/old" "$net" "$ports"
exits "the first scan" 0
scan_into "$tmp/again" "$net" "$ports"
exits "the same network again" 0
fleet_list hosts | cut -d' ' -f1 | sort >"$tmp/hosts.old"
fleet_list hosts | sort >"$tmp/macs.old"
fleet_list open "$ports" >"$tmp/open.old"

scan diff "$tmp/old" "$tmp/again"
exits "nothing has changed: status 0" 0
is "nothing has changed: no row" 0 "$(wc -l <"$tmp/out")"
scan diff --json "$tmp/again" "$tmp/old"
exits "nothing has changed, in JSON: status 0" 0
is "nothing has changed, in JSON: one record" diff "$(jq -r .type "$tmp/out")"

fleet_up --net "$net" --seed 2 --up 3/4
scan_into "$tmp/new" "$net" "$ports"
exits "the changed network" 0
fleet_list hosts | cut -d' ' -f1 | sort >"$tmp/hosts.new"
fleet_list hosts | sort >"$tmp/macs.new"
fleet_list open "$ports" >"$tmp/open.new"
{
	truth_of host "$tmp/hosts.old" "$tmp/hosts.new" | sed 's/$/ /'
	truth_of port "$tmp/open.old" "$tmp/open.new"
	join "$tmp/macs.old" "$tmp/macs.new" | awk '$2 != $3 { print "changed mac", $1, "" }'
} >"$tmp/truth"
scan diff --json "$tmp/old" "$tmp/new"
exits "what has changed: status 1" 1
changes_of "$tmp/out" >"$tmp/got"
same "what has changed is what differs between the networks" "$tmp/truth" "$tmp/got"
is "and all of it is sure" "gone sure,new sure" "$(whys_of "$tmp/out" | sed 's/changed sure,//')"
cp "$tmp/got" "$tmp/forward"
scan diff --json "$tmp/new" "$tmp/old"
changes_of "$tmp/out" | sed 's/^new /GONE /; s/^gone /new /; s/^GONE /gone /' >"$tmp/got"
same "the other way round: new and gone change places" "$tmp/forward" "$tmp/got"
scan diff "$tmp/old" "$tmp/new"
exits "rows: status 1" 1
awk -F'\t' '{ port = $2 == "port" ? $4 : ""; sub("/tcp", "", port); print $1, $2, $3, port }' "$tmp/out" >"$tmp/got"
same "rows say the same" "$tmp/forward" "$tmp/got"
is "rows: the line on standard error counts them" "$(cut -d' ' -f1 "$tmp/forward" | sort | uniq -c |
	awk '{ n[$2] = $1 } END { printf "xscan: %d new, %d gone, %d changed, 0 not seen", n["new"], n["gone"], n["changed"] }')" \
	"$(cat "$tmp/err")"

# Not asked, not finished, lost.
scan_into "$tmp/few" "$net" 1-20
scan diff --json "$tmp/new" "$tmp/few"
awk '$2 > 20 { print "not-seen port", $1, $2 }' "$tmp/open.new" >"$tmp/truth"
changes_of "$tmp/out" >"$tmp/got"
same "fewer ports: the others are not seen" "$tmp/truth" "$tmp/got"
is "fewer ports: since they were not asked" "not-seen not-asked" "$(whys_of "$tmp/out")"

rm "$tmp/few"
scan_seconds=2 scan -q --json "$tmp/few" -p "$ports" --rate 500 "$net"
says_what_was_asked "$tmp/few" "$net" "$ports"
is "control: the interrupted scan has no complete summary" 0 \
	"$(jq -s 'map(select(.type == "summary" and .complete)) | length' "$tmp/few")"
scan diff --json "$tmp/new" "$tmp/few"
is "an interrupted scan: all it lacks is not seen" "not-seen incomplete" "$(whys_of "$tmp/out")"

jq -c 'if .type == "summary" then .coverage = 0.9 | .coverage_low = 0.8 else . end' "$tmp/again" |
	grep -v '"198.18.8.2[0-9]"' >"$tmp/lossy"
scan diff --json "$tmp/old" "$tmp/lossy"
is "a scan with losses: all it lacks is not seen" "not-seen loss" "$(whys_of "$tmp/out")"

jq -c 'if .type == "summary" then .coverage = 0.9 | .coverage_low = 0.8 else . end' "$tmp/again" >"$tmp/lossy"
scan diff "$tmp/old" "$tmp/lossy"
exits "a scan with losses that lacks nothing: no difference" 0
is "a scan with losses that lacks nothing: told" \
	"xscan: $tmp/lossy: this scan may lack answers|xscan: 0 new, 0 gone, 0 changed, 0 not seen" \
	"$(paste -sd'|' "$tmp/err")"
scan diff --json "$tmp/old" "$tmp/lossy"
is "a scan with losses that lacks nothing, in JSON" "null loss" "$(jq -r '"\(.why_old) \(.why_new)"' "$tmp/out")"

head -c -20 "$tmp/again" >"$tmp/cut"
scan diff --json "$tmp/old" "$tmp/cut"
exits "half a line at the end: no difference" 0
is "half a line at the end: told" "xscan: $tmp/cut: the last line is cut off: it is left out" "$(cat "$tmp/err")"
scan_input=$tmp/again scan diff "$tmp/old" -
exits "standard input" 0

# The last record of a question counts, as after --resume.
{ cat "$tmp/again" && grep -m 1 '"type":"port"' "$tmp/again" | jq -c '.state = "closed"' &&
	tail -n 1 "$tmp/again"; } >"$tmp/later"
scan diff --json "$tmp/old" "$tmp/later"
is "a later record of a port counts" "gone sure" "$(whys_of "$tmp/out")"

# Trouble.
trouble() { # NAME STATUS REGEX ARGUMENT...
	local name=$1 want=$2 regex=$3
	shift 3
	scan "$@"
	exits "$name: status $want" "$want"
	is "$name: one line, and no row" "1 0" "$(grep -cE "^xscan: ($regex)" "$tmp/err" || true) $(wc -l <"$tmp/out")"
}
echo '<nmaprun>' >"$tmp/xml"
echo '{"type":"host","ip":"198.18.0.1"}{' >"$tmp/two"
trouble "no file" 2 "diff: takes two files" diff "$tmp/old"
trouble "an option" 2 "diff: --nope: no such option" diff --nope "$tmp/old" "$tmp/new"
trouble "a file that is not there" 2 ".*/none: No such file" diff "$tmp/old" "$tmp/none"
trouble "a folder" 2 ".*: cannot read: Is a directory" diff "$tmp/old" "$tmp"
trouble "another format" 2 ".*/xml:1: no record that --json writes" diff "$tmp/xml" "$tmp/new"
trouble "a broken line" 2 ".*/two:1: no record that --json writes" diff "$tmp/two" "$tmp/new"
trouble "an empty file" 2 "/dev/null: no results in it" diff /dev/null "$tmp/new"
trouble "standard input twice" 2 "standard input can be read only once" diff - -
status=0
lab exec scanner "$BUILD/xscan" diff "$tmp/old" "$tmp/new" >/dev/full 2>"$tmp/err" || status=$?
exits "a full disk: status 2" 2
is "a full disk: told" 1 "$(grep -c '^xscan: standard output: cannot write: No space left on device' "$tmp/err")"

cp "$tmp/new" "$tmp/both"
status=0
lab exec scanner "$BUILD/xscan" diff "$tmp/old" "$tmp/both" >>"$tmp/both" 2>"$tmp/err" || status=$?
exits "the output is read: status 2" 2
is "the output is read: told" "xscan: standard output: is read by diff: write to another file" "$(cat "$tmp/err")"
same "the output is read: the file stays as it was" "$tmp/new" "$tmp/both"

# A host that is called as a command: behind --.
trouble "a host that is called diff" 2 "diff: " --dry-run -- diff

# As a user without rights; and with file capabilities, which must not open files.
chmod 711 "$tmp"
install -m 755 "$BUILD/xscan" "$tmp/xscan"
as_nobody() { # ARGUMENT...
	status=0
	lab exec scanner setpriv --reuid 65534 --regid 65534 --clear-groups "$tmp/xscan" "$@" \
		>"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
}
chmod 644 "$tmp/old" "$tmp/again"
as_nobody diff "$tmp/old" "$tmp/again"
exits "without rights" 0
setcap cap_net_admin,cap_net_raw,cap_bpf,cap_perfmon,cap_dac_override+ep "$tmp/xscan"
as_nobody diff "$tmp/old" "$tmp/again"
exits "with file capabilities" 0
chmod 600 "$tmp/old"
as_nobody diff "$tmp/old" "$tmp/again"
exits "with file capabilities, a file of another user is refused" 2
is "and the line says so" 1 "$(grep -c '/old: Permission denied$' "$tmp/err")"
