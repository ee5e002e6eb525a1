#!/bin/bash
# ARP sweeps of thousands of hosts: exactly the hosts that are up are found, each with its MAC address,
# and no excluded address is asked.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

# The summary says what the lines above it say.
check_summary() { # NAME FILE HOSTS-ASKED
	local up
	up=$(grep -c '"type":"host"' "$2")
	is "$1" "true $up $up $3 0 true" "$(tail -n 1 "$2" | jq -r '
		[(.type == "summary"), .hosts_up, .replies, .probes, .send_errors,
			(.complete and .sent == .probes + .retransmits
			and .coverage > 0 and .coverage <= 1
			and .elapsed_s > 0 and .rate_pps > 0)] |
		join(" ")')"
}

some=198.18.8.0-198.18.23.255
of_some() { # of lines that begin with an address, those of $some
	awk -F'[. ]' '$3 >= 8 && $3 < 24'
}

export LAB_ADDR=198.18.0.1/19
fleet_up --net 198.18.0.0/19
fleet_list hosts >"$tmp/all"
of_some <"$tmp/all" >"$tmp/expected"
for attach in native generic tc; do
	sweep="sweep of 4,096 hosts, $attach"
	scan --attach "$attach" --rate 100k --json "$tmp/json" "$some"
	exits "$sweep: ends with 0" 0
	hosts_of "$tmp/out" >"$tmp/found"
	same "$sweep: finds all and their MAC addresses" "$tmp/expected" "$tmp/found"
	json_hosts_of "$tmp/json" >"$tmp/found"
	same "$sweep: JSON has all, too" "$tmp/expected" "$tmp/found"
	has_right_keys "$sweep: JSON has the right keys" "$tmp/json"
	check_summary "$sweep: the summary is right" "$tmp/json" 4096
done

# The fleet would answer for two of the three.
sweep="sweep of the interface's subnet"
grep -vE '^198\.18\.(0\.0|0\.1|31\.255) ' "$tmp/all" >"$tmp/expected"
scan -4 --iface eth0 --rate 100k --json -
exits "$sweep: ends with 0" 0
json_hosts_of "$tmp/out" >"$tmp/found"
same "$sweep: not the scanner, network or broadcast address" "$tmp/expected" "$tmp/found"
has_right_keys "$sweep: standard output is JSON alone" "$tmp/out"
check_summary "$sweep: three addresses are not asked" "$tmp/out" 8189

sweep="sweep of hosts of which a quarter is down"
fleet_up --net 198.18.0.0/19 --up 3/4 --seed 7
fleet_list hosts | of_some >"$tmp/expected"
scan --rate 100k --timeout 0.3 --retries 2 --json "$tmp/json" "$some"
exits "$sweep: ends with 0" 0
hosts_of "$tmp/out" >"$tmp/found"
same "$sweep: finds the others" "$tmp/expected" "$tmp/found"
has_right_keys "$sweep: JSON has the right keys" "$tmp/json"
check_summary "$sweep: the summary is right" "$tmp/json" 4096
