#!/bin/bash
# --resume where it is harder: on a link without ARP, after a run that was killed in its first second,
# and in each slice of a scan that needs several. Results of an earlier run are never lost. They
# come again only if that run was killed before it could save them.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

state=$tmp/state
hosts= # build/tests/tun-host, in the background
trap 'code=$?; [ -z "$hosts" ] || kill -KILL "$hosts" 2>/dev/null || true; clean_up "$code"' EXIT

results() { # FILE: each host and port as a line
	json_hosts_of "$1"
	json_states_of "$1"
}
# Interrupt a run, or kill it after SECONDS; $status is set, results are in $tmp/out.
run_for() { # SECONDS SIGNAL OPTION...
	local seconds=$1 signal=$2
	shift 2
	status=0
	lab exec scanner timeout --preserve-status -s "$signal" -k 5 "$seconds" "${xscan[@]}" \
		--resume "$state" --json - "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
}
until_ports() { # COMMAND that is true then
	local try
	for ((try = 0; try < 1000; try++)); do
		! "$@" >/dev/null || break
		sleep 0.01
	done
}
# Whole lines; a run that was killed may have left half of one.
keep_results() { # NAME of what is kept
	[ -z "$(tail -c 1 "$tmp/out")" ] || sed -i '$d' "$tmp/out"
	results "$tmp/out" | sort >"$tmp/$1"
}
in_both() { # NAME NAME: how many lines
	comm -12 "$tmp/$1" "$tmp/$2" | wc -l
}

fleet_up --net 198.18.8.0/23 --seed 22 --up 3/4 --silent 1/8

# On a link without ARP.
tools/lab exec scanner "$BUILD/tests/tun-host" tun tun >"$tmp/hosts" 2>&1 </dev/null &
hosts=$!
for ((try = 0; try < 100; try++)); do
	grep -qsx ready "$tmp/hosts" && break
	sleep 0.05
done
ip -n "$LAB" address add 198.19.1.1/24 dev tun
ip -n "$LAB" link set tun up
tun_scan=(-i tun --all -p 1-600 --rate 300 --timeout 0.5 198.19.1.7)
run_for 60 INT "${tun_scan[@]}"
keep_results whole
is "tun: control: the whole scan has all ports" "0 600" "$status $(wc -l <"$tmp/whole")"
begin --resume "$state" --json - "${tun_scan[@]}"
until_ports grep -F '"type":"port"' "$tmp/out"
sleep 0.5
kill -INT "$pid"
finish 10
exits "tun: the first run is interrupted" 130
keep_results first
is "tun: control: it has some results" yes \
	"$(awk 'END { print (NR && NR < 600 ? "yes" : NR) }' "$tmp/first")"
run_for 60 INT "${tun_scan[@]}"
exits "tun: the second run goes on, to its end" 0
keep_results second
cat "$tmp/first" "$tmp/second" >"$tmp/got"
same "tun: both runs together are one, each result once" "$tmp/whole" "$tmp/got"
kill "$hosts"
wait "$hosts" 2>/dev/null || true
hosts=
rm -f "$state"

# A run that is killed before it has saved anything new: the file of the run before is still good.
scan_options=(--all -p 1-60 --rate 6k --timeout 0.5 198.18.8.0/24)
scan --json - "${scan_options[@]}"
keep_results whole
sums=$(summary "$tmp/out" hosts_up replies open closed unanswered)
run_for 1.7 INT "${scan_options[@]}"
exits "killed early: the first run is interrupted" 130
keep_results first
cp "$state" "$tmp/saved"
for seconds in 0.3 0.5 0.7 0.9; do
	cp "$tmp/saved" "$state"
	run_for "$seconds" KILL "${scan_options[@]}"
	keep_results second
	run_for 60 INT "${scan_options[@]}"
	name="killed after $seconds s"
	exits "$name: the third run ends with 0" 0
	keep_results third
	is "$name: the second and third runs repeat nothing of the first" "0 0" \
		"$(in_both first second) $(in_both first third)"
	sort -u "$tmp/first" "$tmp/second" "$tmp/third" >"$tmp/got"
	same "$name: together the runs have all results" "$tmp/whole" "$tmp/got"
	is "$name: the last summary is that of the whole scan" "$sums" \
		"$(summary "$tmp/out" hosts_up replies open closed unanswered)"
done
echo "# first run $(wc -l <"$tmp/first") results of $(wc -l <"$tmp/whole")"
rm -f "$state"

# In each of three slices.
xscan=("$BUILD/tests/xscan-small-slices")
ports=1-60 per_slice=$((8192 / 60))
scan_options=(--all -p "$ports" --rate 6k --timeout 0.5 198.18.8.0/23)
scan --json - "${scan_options[@]}"
exits "slices: control: the whole scan ends with 0" 0
keep_results whole
fleet_list hosts | awk '{ print "\"ip\":\"" $1 "\"" }' >"$tmp/up"
slices=$((($(wc -l <"$tmp/up") + per_slice - 1) / per_slice))
is "slices: control: the scan needs three" 3 "$slices"
in_slice() { # NUMBER: has the run in the background printed ports of the slice?
	grep -F '"type":"port"' "$tmp/out" |
		grep -qFf <(tail -n "+$((($1 - 1) * per_slice + 1))" "$tmp/up" | head -n "$per_slice")
}
: >"$tmp/got"
for ((slice = 1; slice <= slices; slice++)); do
	begin --resume "$state" --json - "${scan_options[@]}"
	until_ports in_slice "$slice"
	kill -INT "$pid"
	finish 10
	exits "slice $slice: interrupted" 130
	keep_results run
	is "slice $slice: control: not in a later one" no \
		"$(in_slice $((slice + 1)) && echo yes || echo no)"
	cat "$tmp/run" >>"$tmp/got"
done
cp "$state" "$tmp/saved"
run_for 60 INT "${scan_options[@]}"
exits "slices: the last run ends with 0" 0
keep_results run
cat "$tmp/got" "$tmp/run" >"$tmp/all"
same "slices: all runs together are one, each result once" "$tmp/whole" "$tmp/all"
cp "$tmp/saved" "$state"
run_for 0.5 KILL "${scan_options[@]}"
keep_results killed
run_for 60 INT "${scan_options[@]}"
exits "slices, killed in the last: the run after that ends with 0" 0
keep_results run
sort "$tmp/got" >"$tmp/earlier"
is "slices, killed in the last: nothing of the earlier runs comes again" "0 0" \
	"$(in_both earlier killed) $(in_both earlier run)"
sort -u "$tmp/got" "$tmp/killed" "$tmp/run" >"$tmp/all"
same "slices, killed in the last: together the runs have all results" "$tmp/whole" "$tmp/all"

# Killed in its first second, and then nobody answers any more: what was known is not forgotten.
fleet_up --net 198.18.8.0/26
rm -f "$state"
run_for 0.8 KILL -p 1-600 --rate 5k 198.18.8.0/26
fleet_stop
scan --resume "$state" --json "$tmp/json" -p 1-600 --rate 5k 198.18.8.0/26
exits "killed early, then an outage: ends with 3" 3
is "killed early, then an outage: hosts are known" yes \
	"$([ "$(summary "$tmp/json" hosts_up)" -gt 20 ] && echo yes || tail -n 1 "$tmp/json")"

# Broken off in the second try, and then the host takes no SYNs any more: what was lost before is not known.
# Each try takes most of a second.
xscan=("$BUILD/xscan")
banned_scan=(-p 1-500 --rate 500 198.18.8.7)
faulty_up --net 198.18.8.7/32 --open-share 1/4 --silent --loss 0.01
rm -f "$state"
begin --resume "$state" --json - --stats-interval 0.1 "${banned_scan[@]}"
until_ports grep -F 'asking again' "$tmp/err"
sleep 0.2
kill -INT "$pid"
finish 10
exits "broken off in the second try: control: interrupted" 130
faulty_up --net 198.18.8.7/32 --open-share 1/4 --silent --ban 0.001
run_for 60 INT "${banned_scan[@]}"
exits "broken off in the second try, then a ban: ends with 3" 3
is "broken off in the second try, then a ban: the host is named" 1 \
	"$(grep -cE '^xscan: 198\.18\.8\.7 (fell silent|did not answer again)' "$tmp/err" || true)"
