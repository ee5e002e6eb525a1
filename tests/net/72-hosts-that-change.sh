#!/bin/bash
# Hosts that change during a scan. One gets another MAC address: the scan asks there from then on. One goes
# away: the scan says so. Two machines have one address: the scan reports a conflict.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

host=198.18.1.7
mac=02:00:c6:12:01:07 changed=02:01:c6:12:01:07 second=02:02:c6:12:01:07
long=(--all -p 1-20000 --rate 8k --json "$tmp/json" "$host") # two and a half seconds

faulty_up --net 198.18.1.0/28 --open 1-1000 --mac-change 1
scan "${long[@]}"
exits "another MAC during the scan: ends with 0" 0
is "another MAC: everything is answered" "1000 19000 0 true" \
	"$(summary "$tmp/json" open closed unanswered complete)"
scan --json "$tmp/json" --arp "$host"
is "another MAC: control: the host has changed it" "$host $changed" "$(json_hosts_of "$tmp/json")"

faulty_up --net 198.18.1.0/28 --open 1-1000 --go-away 1
scan "${long[@]}"
exits "host goes away during the scan: ends with 3" 3
is "host goes away: one line says so" 1 "$(grep -c 'went away during the scan' "$tmp/err")"
scan --arp "$host"
is "host goes away: control: it is silent" "" "$(cat "$tmp/out")"

# The conflicts in the JSON: lines "address MAC further-MACs", sorted.
conflicts() { # JSON-FILE
	jq -r 'select(.type == "host" and .also) | "\(.ip) \(([.mac] + [.also] | flatten | sort) | join(" "))"' "$1" |
		sort -u
}
conflict_lines() { # how many, and of these with the address and both MACs
	grep 'two machines answer for this address' "$tmp/err" >"$tmp/lines" || true
	echo "$(wc -l <"$tmp/lines") $(grep -F "$host" "$tmp/lines" | grep -F "$mac" | grep -cF "$second")"
}
faulty_up --net 198.18.1.0/28 --open 22 --two-macs
for options in --arp "--all -p 1-100"; do
	# shellcheck disable=SC2086 # one word or several
	scan $options --json "$tmp/json" "$host"
	exits "two machines, $options: ends with 0" 0
	is "two machines, $options: the host record has the second MAC" "$host $mac $second" \
		"$(conflicts "$tmp/json")"
	is "two machines, $options: one line names the address and both MACs" "1 1" "$(conflict_lines)"
	is "two machines, $options: the summary counts one host" 1 "$(summary "$tmp/json" hosts_up)"
done
is "two machines: the ports are as they are" "1 99 0" "$(summary "$tmp/json" open closed unanswered)"

# A reply that comes twice is no conflict, nor is one that comes late.
faulty_up --net 198.18.1.0/28 --arp-delay 300000
scan --json "$tmp/json" --timeout 1 198.18.1.0/28
exits "one machine, late: ends with 0" 0
is "one machine, late: no conflict" " 0 0" "$(conflicts "$tmp/json") $(conflict_lines)"
