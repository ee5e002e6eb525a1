#!/bin/bash
# Twenty gateways on the link, more than a scan keeps apart (FLOWS_MAX): the hosts behind each are found.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

gateways=20
bottleneck_up none --net 198.18.8.0/22 --seed 88 --up 1/2
ip -n "$LAB" address add 198.18.64.254/24 dev eth0
for ((i = 1; i <= gateways; i++)); do
	ip -n "$LAB-router" address add "198.18.64.$i/24" dev eth0
	ip -n "$LAB" route add "198.18.8.$((i * 8))/29" via "198.18.64.$i"
done
targets=198.18.8.8-198.18.8.$((gateways * 8 + 7))
within() { # of lines that begin with an address, those of the targets
	awk -F'[. ]' -v last=$((gateways * 8 + 7)) '$3 == 8 && $4 >= 8 && $4 <= last'
}

for rate in auto max; do
	scan --rate "$rate" --all -p 1-200 --json "$tmp/json" "$targets"
	exits "--rate $rate: ends with 0" 0
	fleet_list open 1-200 | within >"$tmp/expected"
	json_ports_of open "$tmp/json" >"$tmp/found"
	same "--rate $rate: all open ports are found" "$tmp/expected" "$tmp/found"
	sums_close "--rate $rate: the sums of the ledger close" "$tmp/json"
done
scan --dry-run -p 1-200 "$targets"
is "control: each gateway is a path" "$gateways" "$(grep -c '^path .*gateway' "$tmp/out")"
