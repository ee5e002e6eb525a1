#!/bin/bash
# Ports that may be no service: all 65,535 of a SYN proxy are doubtful; 200 open ports of a real host are not.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need jq nft

lab up
lab exec drop nft -f - <<-END
	flush ruleset
	table ip lab {
		chain raw {
			type filter hook prerouting priority raw; policy accept;
			tcp flags syn / syn,ack notrack
		}
		chain input {
			type filter hook input priority 0; policy accept;
			ct state invalid,untracked synproxy mss 1460 wscale 7 timestamp sack-perm
		}
	}
END
# One server behind 200 ports: each answer is one of the host's own stack.
lab exec web nft -f - <<-END
	table ip lab {
		chain nat {
			type nat hook prerouting priority dstnat;
			tcp dport 1000-1199 redirect to :80
		}
	}
END
for tx in af_packet xdp; do
	scan --budget off --tx $tx --tcp - --json "$tmp/json" 198.18.0.50
	exits "SYN proxy, --tx $tx: ends with 0" 0
	is "SYN proxy, --tx $tx: all ports are open, and each is doubtful for its window" "65535 65535" "$(jq -s -r '
		map(select(.type == "port" and .state == "open")) |
		"\(length) \(map(select(.doubtful == "window 0")) | length)"' "$tmp/json")"
done
scan --budget off --tcp 1000-1199,80,9999 --json "$tmp/json" 198.18.0.10
exits "200 open ports: ends with 0" 0
is "200 open ports of a host and one more: none is doubtful" "201 0" "$(jq -s -r '
	map(select(.type == "port" and .state == "open")) |
	"\(length) \(map(select(.doubtful)) | length)"' "$tmp/json")"
