#!/bin/bash
# A router rejects the first 2,300 or so questions, as it does while its routes change, and forwards all others.
# Nothing is silent that would show it. A scan is complete, or it says how much is missing.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/net/judge.sh
. tests/net/judge.sh
need jq nft

net=198.19.0.0/26
ports=1-100
reject() {
	lab exec router nft -f - <<-END
		table ip test {
			chain forward {
				type filter hook forward priority 0; policy accept;
				ip protocol tcp quota until 100 kbytes reject with icmp type host-unreachable
			}
		}
	END
}

bottleneck_up none --net "$net" --seed 9
fleet_list open "$ports" >"$tmp/expected"
# The router sends each error; by default it would send few a second.
lab exec router sysctl -qw net.ipv4.icmp_ratemask=0
for retries in 0 1 auto; do
	reject
	scan --budget off --rate 20k --retries "$retries" -p "$ports" --json "$tmp/json" "$net"
	lab exec router nft delete table ip test
	name="a router rejects at first, --retries $retries"
	complete_or_told "$name" "$tmp/expected"
	echo "# $name: exit status $status, $found found, $missing missing, coverage" \
		"$(summary "$tmp/json" coverage coverage_low)"
	if [ "$retries" = auto ]; then
		exits "$name: ends with 0" 0
		continue
	fi
	is "control: $name: it did" yes "$([ "$(summary "$tmp/json" filtered)" -gt 1000 ] && echo yes)"
	exits "$name: ends with 3" 3
	is "$name: the coverage is right within 0.05" true "$(tail -n 1 "$tmp/json" | jq \
		'.coverage as $c | ((.open + .closed) / .probes - $c) | fabs < 0.05')"
done

# A router that always rejects is no loss.
scan --budget off --retries 0 -p "$ports" --json "$tmp/json" "$net"
exits "a router that rejects nothing: ends with 0" 0
lab exec router nft -f - <<-END
	table ip test {
		chain forward {
			type filter hook forward priority 0; policy accept;
			tcp dport 50-100 reject with icmp type host-unreachable
		}
	}
END
scan --budget off --retries 0 -p "$ports" --json "$tmp/json" "$net"
exits "a router that always rejects some ports: ends with 0" 0
is "a router that always rejects some ports: the coverage is 1" 1 "$(summary "$tmp/json" coverage)"
