#!/bin/bash
# --rate auto gives way to a TCP transfer of the host through the scanned interface, says so, and has its rate
# again when the transfer ends. With --budget off, and beside no transfer, it does not.
#
# All namespaces share the CPUs, so a scan gives way to other work of the machine, too. Where a test needs the
# absence of such work, one of several scans must show what it asks for. How much throughput the transfer
# keeps is not tested here: see `make bench ROWS=tcp`.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need ethtool iperf3 jq ss

load=
trap 'code=$?; [ -z "$load" ] || kill -KILL "$load" 2>/dev/null || true; clean_up "$code"' EXIT

tries=6
wait_seconds=20
scan_on=(-v -i eth0 --json "$tmp/json" -p 1-60 198.19.0.0/16)

now_us() {
	echo "${EPOCHREALTIME/[.,]/}"
}
until_true() { # SECONDS COMMAND...: status 1 if that takes longer
	local deadline=$(($(now_us) + $1 * 1000000))
	shift
	until "$@"; do
		[ "$(now_us)" -lt "$deadline" ] || return 1
		sleep 0.02
	done
}
yes_if() { # COMMAND...
	if "$@"; then echo yes; else echo no; fi
}

server_listens() {
	lab exec peer ss -Hltn 'sport = :5201' | grep -q .
}
begin_transfer() {
	tools/lab exec scanner iperf3 -c 198.18.0.2 -t 60 >"$tmp/transfer" 2>&1 </dev/null &
	load=$!
	sleep 1 # until it is as fast as it gets
}
end_transfer() { # status 1 if it had ended by itself
	local was_there=0
	kill -TERM "$load" || was_there=1
	wait "$load" || true
	load=
	return "$was_there"
} 2>/dev/null

# The number of probes that the fleet has answered.
answered() {
	lab exec near ethtool -S eth0 | awk '/xdp_redirect:/ { n += $2 } END { printf "%d", n }'
}
probes_a_second() { # SECONDS: look for so long
	local start before
	start=$(now_us) before=$(answered)
	sleep "$1"
	echo $((($(answered) - before) * 1000000 / ($(now_us) - start)))
}

# What the scan says.
gives_way() {
	grep -qE '^rate       gives way \((cpu|path)\): [0-9]+ a second$' "$tmp/err"
}
is_free() {
	[ "$(grep '^rate       [gf]' "$tmp/err" | tail -n 1)" = 'rate       free again' ]
}
closing_line() {
	grep -cE "^xscan: gave way to the host's own work for [0-9.]+ of [0-9.]+ s \((CPUs|network|CPUs, network)\)$" \
		"$tmp/err" || true
}
gave_way_s() {
	tail -n 1 "$tmp/json" | jq '(.gave_way_cpu_s // 0) + (.gave_way_path_s // 0)'
}
says_nothing() {
	! grep -qE 'gives way|gave way|gave_way|free again' "$tmp/err" "$tmp/json"
}

interrupt() {
	kill -INT "$pid" 2>/dev/null || true
	finish "$wait_seconds"
}

# Scan beside a transfer until the scan gives way, and 1 s longer; end the transfer, and look for a second.
scan_beside() {
	begin_transfer
	begin "${scan_on[@]}"
	in_time=$(yes_if until_true 2 gives_way)
	sleep 1
	before=$(probes_a_second 0.5)
	was_there=$(yes_if end_transfer)
	after=$(probes_a_second 1)
	is_free_again=$(yes_if until_true 2 is_free)
	interrupt
	echo "# $before probes a second beside iperf3, $after in the second after it;" \
		"gave way for $(gave_way_s) s"
}

lab peer-up --net 198.19.0.0/16 --gateway 198.18.0.254
tools/lab exec peer iperf3 -s >"$tmp/server" 2>&1 </dev/null & # ends with the lab
until_true "$wait_seconds" server_listens || fail "iperf3 listens" "$tmp/server"

name="beside iperf3"
for ((try = 1; try <= tries; try++)); do
	scan_beside
	[ "$is_free_again" = no ] || [ "$after" -lt $((5 * before)) ] || break
done
exits "$name: an interrupted scan ends with 130" 130
is "control: $name: the transfer ran until it was ended" yes "$was_there"
is "$name: -v says within 2 s that the scan gives way" yes "$in_time"
is "$name: a part of the probes is sent nevertheless" yes "$(yes_if [ "$before" -gt 0 ])"
is "$name: a closing line says so, too" 1 "$(closing_line)"
is "$name: the summary says for how long: for more than 1 s, and not longer than the scan" true \
	"$(tail -n 1 "$tmp/json" | jq --argjson s "$(gave_way_s)" '$s > 1 and $s <= .elapsed_s')"
is "$name: -v says within 3 s of the end of iperf3 that the rate is free" yes "$is_free_again"
is "$name: in the second after its end, five times as many probes or more" yes \
	"$(yes_if [ "$after" -ge $((5 * before)) ])"

name="beside iperf3, --budget off"
begin_transfer
begin --budget off "${scan_on[@]}"
sleep 2
is "control: $name: the scan goes on beside the transfer" "yes yes" \
	"$(yes_if kill -0 "$pid") $(yes_if end_transfer)"
interrupt
exits "$name: an interrupted scan ends with 130" 130
is "$name: gives way to nothing" yes "$(yes_if says_nothing)"

name="beside iperf3, --rate 50k"
begin_transfer
begin --rate 50k "${scan_on[@]}"
sleep 2
is "control: $name: the scan goes on beside the transfer" "yes yes" \
	"$(yes_if kill -0 "$pid") $(yes_if end_transfer)"
interrupt
is "$name: gives way to nothing" yes "$(yes_if says_nothing)"

name="beside nothing"
for ((try = 1; try <= tries; try++)); do
	begin "${scan_on[@]}"
	sleep 1.5
	interrupt
	echo "# $name: gave way for $(gave_way_s) s"
	! says_nothing || break
done
exits "$name: an interrupted scan ends with 130" 130
is "control: $name: a scan of 1 s or more" true "$(tail -n 1 "$tmp/json" | jq '.elapsed_s > 1')"
is "$name: one of $tries scans gives way to nothing" yes "$(yes_if says_nothing)"
