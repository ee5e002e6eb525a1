#!/bin/bash
# SYN scans of a /24 and 1,024 ports, with each way to attach and each fate of a SYN-ACK: every
# port is reported with its true state. The scanner lies in the network that it scans.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

ports=1-1024
n_hosts=253 # of the subnet, without the scanner itself and the two addresses of nobody
export LAB_ADDR=198.18.0.1/24

new_fleet() { # SEED
	seed=$1
	fleet_up --net 198.18.0.0/24 --seed "$seed" --open 1/16 --silent 1/64 --unreachable 1/64
	fleet_states "$ports" | grep -vE '^198\.18\.0\.(0|1|255) ' >"$tmp/expected"
	awk '$3 == "open" { print $1, $2 }' "$tmp/expected" >"$tmp/open"
}

count() { # STATE
	grep -c " $1 " "$tmp/expected"
}

resets() { # how many RSTs the scanner's own stack has sent
	lab exec scanner cat /proc/net/snmp | awk '/^Tcp: [0-9]/ { print $15 }'
}

check_scan() { # ATTACH SYNACK
	local name="seed $seed, $1, SYN-ACK $2" resets_before want
	resets_before=$(resets)
	scan --attach "$1" --synack "$2" -p "$ports" --all --json "$tmp/json" \
		--rate 200k --timeout 0.2 --retries 2 198.18.0.0/24
	exits "$name: ends with 0" 0
	open_of "$tmp/out" >"$tmp/found"
	same "$name: the open ports" "$tmp/open" "$tmp/found"
	json_states_of "$tmp/json" >"$tmp/found"
	same "$name: each port's state and reason" "$tmp/expected" "$tmp/found"

	want="$n_hosts $(count open) $(count closed) $(count filtered) $(count unanswered)"
	want+=" $((n_hosts * 1024)) $1 true"
	is "$name: the summary" "$want" "$(summary "$tmp/json" \
		hosts_up open closed filtered unanswered probes attach complete)"
	sums_close "$name: the sums of the ledger close" "$tmp/json"
	is "$name: does the stack see SYN-ACKs and reset them" "$2" \
		"$([ "$(resets)" -gt "$resets_before" ] && echo pass || echo drop)"
}

new_fleet 1
check_scan native pass
check_scan generic drop
check_scan tc pass
new_fleet 2
check_scan native drop
check_scan tc drop
new_fleet 3
check_scan generic pass
