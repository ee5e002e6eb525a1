#!/bin/bash
# Forged answers, FLOOD_FRAMES (120,000) a scan: SYN-ACKs, RSTs and ICMP errors without the right
# cookie; ARP replies of hosts that were never asked, or are no longer asked. A scan finds exactly what there is.
# Each forged frame reaches the host's stack, whose connections go on.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need curl jq nft

frames=${FLOOD_FRAMES:-120000}
ports=1-8
targets=(198.18.1.0/25 198.19.0.0/20) # of those on the link the first half is up
fleet=(--net "198.18.1.0/26,198.19.0.0/20" --gateway 198.18.0.254 --silent 1/64 --unreachable 1/64)
probes=$(((64 + 4096) * 8))
# The scan lasts for as long as a flood of this many frames a second takes, which a machine with seven
# times as much to do as it can is still able to send.
slowest=40000
scan_seconds=$((60 + 3 * frames / slowest))

# What the scanner's stack gets to see of the flood. Of true answers it sees none but those of ARP.
count_passed() {
	lab exec scanner nft -f - <<-END
		table ip flood
		delete table ip flood
		table ip flood {
			counter forged_syn_ack {}
			counter forged_reset {}
			counter forged_unreachable {}
			chain prerouting {
				type filter hook prerouting priority raw; policy accept;
				iif eth0 tcp dport 61000-65535 tcp flags & (syn | rst) == syn counter name forged_syn_ack
				iif eth0 tcp dport 61000-65535 tcp flags & (syn | rst) == rst counter name forged_reset
				iif eth0 icmp type destination-unreachable counter name forged_unreachable
			}
		}
		table arp flood
		delete table arp flood
		table arp flood {
			counter forged_arp {}
			chain input {
				type filter hook input priority filter; policy accept;
				arp operation reply arp saddr ether 02:00:00:00:00:66 counter name forged_arp
			}
		}
	END
}
passed() { # COUNTER
	lab exec scanner nft list counters | awk -v name="$1" '
		$1 == "counter" { mine = $2 == name }
		$1 == "packets" && mine { print $2 }'
}

# Requests over connections of the scanner's own, 50 each, until the file is gone: "CODE EXIT-CODE".
request_on() { # FILE
	while [ -e "$1" ]; do
		lab exec scanner curl -s -o /dev/null --max-time 10 -w '%{http_code} %{exitcode}\n' \
			'http://198.18.0.2/?[1-50]' 2>/dev/null || true
	done >"$tmp/requests"
}

check() { # ATTACH
	local name="--attach $1" flood requests kind
	count_passed
	tools/lab exec net "$BUILD/flood" p-scanner "$frames" "$(IFS=, && echo "${targets[*]}")" \
		198.18.2.0/24 >"$tmp/counters" 2>"$tmp/flood-errors" &
	flood=$!
	touch "$tmp/go-on"
	request_on "$tmp/go-on" &
	requests=$!
	scan --attach "$1" --synack drop --all -p "$ports" --json "$tmp/json" \
		--rate $((probes * slowest / frames)) "${targets[@]}"
	is "$name: control: the flood was over before the scan" over \
		"$(kill -0 "$flood" 2>/dev/null && echo "under way" || echo over)"
	rm "$tmp/go-on"
	wait "$requests"
	wait "$flood" || fail "$name: control: the flood was sent" "$tmp/flood-errors"

	is "$name: control: as many frames were sent as there should be" "$frames" \
		"$(counted syn-ack reset unreachable arp)"
	exits "$name: ends with 0" 0
	same "$name: the hosts on the link, and no other" "$tmp/hosts" <(json_hosts_of "$tmp/json")
	same "$name: each port's state" "$tmp/expected" <(json_states_of "$tmp/json")
	is "$name: rejected is what was addressed to the scan's ports" "$(counted aimed)" \
		"$(summary "$tmp/json" rejected)"
	sums_close "$name: the sums of the ledger close" "$tmp/json"
	for kind in syn-ack reset unreachable arp; do
		is "$name: the stack gets to see each forged $kind" "$(counted "$kind")" \
			"$(passed "forged_${kind/-/_}")"
	done
	is "$name: control: the host made requests meanwhile" true \
		"$([ "$(wc -l <"$tmp/requests")" -ge 50 ] && echo true || wc -l <"$tmp/requests")"
	same "$name: the host's own connections go on" /dev/null <(grep -vx '200 0' "$tmp/requests")
	echo "# $name: $(cat "$tmp/counters")"
	echo "# $name: $(wc -l <"$tmp/requests") requests; $(tail -n 1 "$tmp/err")"
}

lab peer-up "${fleet[@]}"
fleet_list hosts | grep '^198\.18\.1\.' >"$tmp/hosts"
fleet_states "$ports" >"$tmp/expected"
for attach in native generic tc; do
	check "$attach"
done
