#!/bin/bash
# --resume FILE with targets of both families in one scan: IPv4 is asked first, then IPv6. Interrupted in
# either, and between them, the runs find together what one run finds.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq
[ -e /proc/sys/net/ipv6 ] || {
	skip "$(basename "$0" .sh)" "this kernel has no IPv6"
	exit 0
}

state=$tmp/state
scan_options=(--all --budget off -p 1-60 --rate 1k --timeout 0.5 198.18.8.0/26 2001:db8::c612:800/122)
fleet_up --net 198.18.8.0/26 --seed 23 --up 3/4 --silent 1/8

results() { # FILE: each host and port as a line
	json_hosts_of "$1"
	json_states_of "$1"
}
until_ip() { # PATTERN: the run in the background has printed a port of such an address, or is over
	local try
	for ((try = 0; try < 2000; try++)); do
		! grep -q "\"type\":\"port\".*\"ip\":\"$1" "$tmp/out" || break
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.01
	done
}
# Whole lines; a run that was killed may have left half of one.
keep() {
	[ -z "$(tail -c 1 "$tmp/out")" ] || sed -i '$d' "$tmp/out"
	cat "$tmp/out" >>"$tmp/joined"
}
broken() { # PATTERN SIGNAL: a run that ends so at a port of such an address
	begin --resume "$state" --json - "${scan_options[@]}"
	until_ip "$1"
	kill "-$2" "$pid" 2>/dev/null || true
	finish 20
	keep
}

scan --json - "${scan_options[@]}"
exits "control: one run ends with 0" 0
results "$tmp/out" >"$tmp/whole"
sums=$(summary "$tmp/out" hosts_up replies open closed unanswered)
is "control: it finds both families" true "$(grep -q '^198' "$tmp/whole" && grep -q '^2001' "$tmp/whole" && echo true)"

# In IPv4, in IPv6, and again in IPv6.
: >"$tmp/joined"
broken 198. INT
exits "in IPv4: interrupted" 130
is "in IPv4: control: nothing of IPv6 yet" 0 "$(grep -c '"ip":"2001' "$tmp/joined")"
for number in first second; do
	broken 2001: INT
	exits "in IPv6, the $number time: interrupted" 130
done
grep -n '"type":"start"' "$tmp/joined" | tail -1 | cut -d : -f 1 >"$tmp/line"
is "in IPv6, the second time: IPv4 is not asked again" 0 \
	"$(tail -n "+$(cat "$tmp/line")" "$tmp/joined" | grep -c '"ip":"198')"
scan --resume "$state" --json - "${scan_options[@]}"
exits "the last run ends with 0" 0
keep
results "$tmp/joined" >"$tmp/got"
same "all runs together are one, each result once" "$tmp/whole" "$tmp/got"
is "the last summary is that of the whole scan" "$sums" "$(summary "$tmp/joined" hosts_up replies open closed unanswered)"
sums_close "the sums of the ledger close" "$tmp/joined"
is "the file is gone in the end" no "$([ -e "$state" ] && echo yes || echo no)"

# Killed: nothing is lost.
: >"$tmp/joined"
broken 198. KILL
broken 2001: KILL
scan --resume "$state" --json - "${scan_options[@]}"
exits "killed in each family: the last run ends with 0" 0
keep
results "$tmp/joined" | sort -u >"$tmp/got"
same "killed in each family: all runs together have all results" "$tmp/whole" "$tmp/got"

# Other targets of one family are another scan.
broken 2001: INT
for targets in 198.18.8.0/26 2001:db8::c612:800/122 "198.18.8.0/26 2001:db8::c612:800/123"; do
	# shellcheck disable=SC2086 # words
	scan --resume "$state" --all -p 1-60 $targets
	exits "$targets: refused" 1
	is "$targets: one line says why" "1 1" \
		"$(wc -l <"$tmp/err") $(grep -c 'belongs to another scan' "$tmp/err")"
done
