#!/bin/bash
# Next hops that go away or move before they have answered any port, or with few ports left; a gateway
# that moves; hosts that are there and slow. A scan never ends with 0 while answers are missing.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

# What went away is told, and is not taken for silence.
gone() { # NAME
	exits "$1: ends with 3" 3
	is "$1: a line tells of it" yes "$(grep -qE 'went away during the scan|hears nobody on its link' "$tmp/err" &&
		echo yes || echo no)"
	is "$1: coverage is not known" "true null" "$(tail -n 1 "$tmp/json" |
		jq -r '"\(.gone > 0) \(.coverage)"')"
}
all_open() { # NAME HOSTS
	exits "$1: ends with 0" 0
	is "$1: all open ports are found" "$2 0" "$(summary "$tmp/json" open unanswered)"
	sums_close "$1: the sums of the ledger close" "$tmp/json"
}

# Not one port of most hosts is asked before the second is over.
faulty_up --net 198.18.8.0/22 --hosts 40 --open 22 --mac-change 1
scan -p 1-100 --rate 500 --all --json "$tmp/json" 198.18.8.0/22
all_open "moved before the first port" 40

# All of many hosts move while they are asked. The rate falls to its least, since all answers stop. At that rate,
# asking 4,096 hosts for their new addresses would take 80 s.
faulty_up --net 198.18.64.0/20 --open 1 --mac-change 0.2
scan_seconds=60 scan --budget off --synack drop -p 1-4 --json "$tmp/json" 198.18.64.0/20
exits "4,096 hosts move: ends with 0" 0
is "4,096 hosts move: all open ports are found" "4096 0" "$(summary "$tmp/json" open unanswered)"
echo "# 4,096 hosts move: $(summary "$tmp/json" elapsed_s) s"

faulty_up --net 198.18.1.0/25 --hosts 5 --open 22,80 --go-away 1
scan -p 1-30,80 --rate 60 --json "$tmp/json" 198.18.1.0/25
gone "gone before the first port"

faulty_up --net 198.18.8.0/28 --open 16 --go-away 1
scan -p 1-16 --rate 150 --json "$tmp/json" 198.18.8.0/28
gone "few ports"

for retries in 0 1 2; do
	faulty_up --net 198.18.8.0/28 --open 16,17 --go-away 4
	scan -p 1-20 --rate 60 --retries "$retries" --json "$tmp/json" 198.18.8.0/28
	gone "gone in the last try, --retries $retries"
done

# Hosts that answer ARP late have not gone.
faulty_up --net 198.18.1.0/29 --hosts 5 --open 22,80 --arp-delay 1200000 --silent
scan -p 1-100 --json "$tmp/json" 198.18.1.0/29
exits "slow ARP: ends with 0" 0
is "slow ARP: all open ports are found" "10 490" "$(summary "$tmp/json" open unanswered)"

# A gateway gets another MAC address.
for tx in af_packet xdp; do
	bottleneck_up none --net 198.18.1.0/24
	(
		sleep 2
		ip -n "$LAB-router" link set eth0 address 52:54:00:12:00:99
	) &
	scan -p 1-100 --rate 1000 --tx "$tx" --all --json "$tmp/json" 198.18.1.0-50
	wait
	fleet_list open 1-100 | awk -F'[. ]' '$4 <= 50' >"$tmp/expected"
	json_ports_of open "$tmp/json" >"$tmp/found"
	exits "a gateway moves, --tx $tx: ends with 0" 0
	same "a gateway moves, --tx $tx: all open ports are found" "$tmp/expected" "$tmp/found"
	sums_close "a gateway moves, --tx $tx: the sums of the ledger close" "$tmp/json"
done

# A gateway that never answers: what is behind others is not asked again by the next run.
state=$tmp/state
LAB_ADDR=198.18.0.1/24 fleet_up --net 198.18.0.4/32,198.18.64.0/23
ip -n "$LAB" route add 198.18.64.0/24 via 198.18.0.3
ip -n "$LAB" route add 198.18.65.0/24 via 198.18.0.4
scan -p 1-20 --json - --resume "$state" 198.18.64.0/23
exits "a silent gateway: ends with 1" 1
is "a silent gateway: the others are scanned" yes \
	"$([ "$(json_ports_of open "$tmp/out" | wc -l)" -gt 100 ] && echo yes || echo no)"
scan -p 1-20 --json - --resume "$state" 198.18.64.0/23
exits "a silent gateway, again: ends with 1" 1
is "a silent gateway, again: no result comes twice" "" "$(json_ports_of open "$tmp/out")"
