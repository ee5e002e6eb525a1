#!/bin/bash
# Ports that may be no service: those of a SYN proxy, and those of a host that has too many. 200 open ports of a
# real host are not doubtful.
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
doubts() { # REASON: open ports, and how many are doubtful for this reason; of all hosts, or of HOST
	jq -s -r --arg why "$1" --arg host "${2:-}" '
		map(select(.type == "port" and .state == "open" and ($host == "" or .ip == $host))) |
		"\(length) \(map(select(.doubtful // "" | test($why))) | length)"' "$tmp/json"
}
for ports in 1000-1199,80,9999 - 1-1199; do
	scan --budget off --tcp "$ports" --json "$tmp/json" 198.18.0.10
	exits "200 open ports, --tcp $ports: ends with 0" 0
	read -r open doubtful <<<"$(doubts .)"
	is "200 open ports of a host and few more, --tcp $ports: none is doubtful" "yes 0" \
		"$([ "$open" -ge 201 ] && [ "$open" -lt 210 ] && echo yes || echo "$open") $doubtful"
done

# Four hosts whose ports are all open, with a window as any. With all ports asked there is no canary, and ports
# that are told before this shows are not doubtful.
lab down
lab fleet-up --net 198.18.1.0/30 --open 1/1
scan --budget off --tcp - --json "$tmp/json" 198.18.1.0/30
exits "all ports are open, --tcp -: ends with 0" 0
for host in 198.18.1.{0..3}; do
	read -r open doubtful <<<"$(doubts "too many open ports" "$host")"
	is "$host, --tcp -: all are open, and at least 64000 doubtful" "65535 yes" \
		"$open $([ "$doubtful" -ge 64000 ] && [ "$doubtful" -lt 65535 ] && echo yes || echo "$doubtful")"
done

# Canaries go ahead of the ports.
for ports in 1-32 1-100 1-1000; do
	scan --budget off --tcp "$ports" --json "$tmp/json" 198.18.1.0/30
	exits "all ports are open, --tcp $ports: ends with 0" 0
	n=$((4 * ${ports#*-}))
	is "all ports are open, --tcp $ports: each is doubtful, no canary is told of" "$n $n" \
		"$(doubts "random ports answer too")"
	sums_close "all ports are open, --tcp $ports: the sums close" "$tmp/json"
done
scan --budget off --tcp 1-31 --json "$tmp/json" 198.18.1.0/30
is "31 ports, all open: too few to tell" "124 0" "$(doubts .)"

# A scan that goes on still knows how many were open.
begin --rate 10k --budget off --tcp 1-20000 --resume "$tmp/state" --json "$tmp/json" 198.18.1.0
until [ -s "$tmp/json" ] && [ "$(grep -c '"open"' "$tmp/json")" -gt 5000 ] || [ "$SECONDS" -gt 100 ]; do sleep 0.05; done
kill -INT "$pid"
finish 10
exits "interrupted: ends with 130" 130
first=$(grep -c '"state":"open"' "$tmp/json")
scan --rate 10k --budget off --tcp 1-20000 --resume "$tmp/state" --json "$tmp/json" 198.18.1.0
exits "resumed: ends with 0" 0
is "resumed: each port that was open after that is doubtful" "20000 $((20000 - first))" \
	"$(grep -c '"state":"open"' "$tmp/json") \
$(grep '"state":"open"' "$tmp/json" | tail -n "+$((first + 1))" | grep -c '"doubtful":"random ports answer too"')"
