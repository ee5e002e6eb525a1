#!/bin/bash
# Who looks into a running scan finds it by name, and reads its counters by their fields.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need jq bpftool

fleet_up --net 198.18.1.0/24 --open 1

begin -q --rate 100 --retries 0 --attach native --json "$tmp/json" -p 1-4000 198.18.1.1
# Other scans may run on this machine: take what is at this one's interface.
program=
for _ in {1..100}; do
	program=$(ip -n "$LAB" -j -d link show dev eth0 | jq -r '.[0].xdp.prog.id // empty')
	[ -z "$program" ] || break
	sleep 0.1
done
sleep 1 # then the program of the questions is there
program=$(ip -n "$LAB" -j -d link show dev eth0 | jq -r '.[0].xdp.prog.id // empty')
prog=$(bpftool -j prog show id "${program:-0}")
is "the program has a name" xscan_xdp "$(jq -r .name <<<"$prog")"
for id in $(jq -r '.map_ids[]' <<<"$prog"); do
	bpftool -j map show id "$id"
done | jq -r .name | sort >"$tmp/names"
is "each map of the program has a name that begins with xscan, but for the payloads of UDP" .rodata.xscan \
	"$(grep -v '^xscan[._]' "$tmp/names" || true)"
is "control: there are maps" true "$([ "$(wc -l <"$tmp/names")" -ge 8 ] && echo true)"
stats=
for id in $(jq -r '.map_ids[]' <<<"$prog"); do
	[ "$(bpftool -j map show id "$id" | jq -r .name)" != xscan_stats ] || stats=$id
done
sleep 1
seen=$(bpftool -j map dump id "${stats:-0}" | jq '[.[].formatted.value.lanes[1].seen] | add')
is "bpftool reads the counter of answers by its name" true "$([ "${seen:-0}" -gt 0 ] && echo true)"
kill -INT "$pid"
finish 10
is "the counter was not more than what the scan says in the end" true \
	"$([ "${seen:-0}" -le "$(summary "$tmp/json" seen)" ] && echo true)"

# --cost: each packet of others is a run of the program, and so is each answer. Datagrams are the others.

cost() { # KEY
	jq "select(.type == \"cost\") | $1" "$tmp/json"
}
lab down
lab up
for way in "native xscan_xdp" "generic xscan_xdp" "tc xscan_tc" "native xscan_send"; do
	read -r mode program <<<"$way"
	tx=$([ "$program" = xscan_send ] && echo xdp || echo af_packet)
	name="--cost --attach $mode --tx $tx"
	begin --cost --attach "$mode" --tx "$tx" --rate 500 --json "$tmp/json" -p 1-1000 198.18.0.10
	sleep 0.5
	# shellcheck disable=SC2016 # the other shell expands it
	lab exec web bash -c 'for _ in {1..300}; do echo >/dev/udp/198.18.0.1/9; done'
	finish 20
	exits "$name: ends with 0" 0
	has_right_keys "$name: JSON has the right keys" "$tmp/json"
	is "$name: the program" "\"$program\"" "$(cost .program)"
	is "$name: 300 datagrams are packets of others, and few more" true "$(cost '.foreign >= 280 and .foreign < 350')"
	is "$name: runs and time go together" true \
		"$(cost '.runs >= 1300 and (.run_ns / .runs - .ns_a_run | fabs) < 0.1')"
	is "$name: three lines say so" 3 "$(grep -c '^cost       ' "$tmp/err")"
done
scan --attach native -p 1-10 --json "$tmp/json" 198.18.0.10
is "without --cost: no record, no line" "0 0" \
	"$(jq -s 'map(select(.type == "cost")) | length' "$tmp/json") $(grep -c '^cost' "$tmp/err" || true)"
is "the kernel counts no more when scans are over" 0 "$(cat /proc/sys/kernel/bpf_stats_enabled)"
