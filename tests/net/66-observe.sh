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
is "each map of the program has a name that begins with xscan" "0" \
	"$(grep -cv '^xscan[._]' "$tmp/names" || true)"
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
