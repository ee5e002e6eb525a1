#!/bin/bash
# Hosts that limit their ICMP errors: where certainty is asked for, each closed port is told of at the host's own
# rate. Where it is not, silence has a probability that holds. The limits here are the kernel's own, some made
# quicker.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need jq chronyd python3

lab up

# Four hosts x 100 ports, 3 open each, the kernel's own limits. The answer has the number of the question.
hosts=(web ssh redis dns) addresses=(198.18.0.10 198.18.0.20 198.18.0.30 198.18.0.40)
cat >"$tmp/echo.py" <<-END
	import select, socket
	sockets = []
	for port in 7, 77, 99:
	    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	    s.bind(("", port))
	    sockets.append(s)
	while True:
	    for s in select.select(sockets, [], [])[0]:
	        data, peer = s.recvfrom(2048)
	        s.sendto(data, peer)
END
for host in "${hosts[@]}"; do
	tools/lab exec "$host" setsid python3 "$tmp/echo.py" >>"$tmp/echo" 2>&1 </dev/null &
	disown
done
deadline=$((SECONDS + 20))
for host in "${hosts[@]}"; do
	until [ "$(lab exec "$host" ss -Hlun4 'sport = :7 or sport = :77 or sport = :99' | wc -l)" = 3 ] ||
		[ "$SECONDS" -ge "$deadline" ]; do
		sleep 0.05
	done
done
for address in "${addresses[@]}"; do
	printf "$address %s\n" 7 77 99
done >"$tmp/open"
scan --budget off --udp 1-51,54-102 --all --retries 1 --json "$tmp/json" "${addresses[@]}"
exits "the kernel's own limits: ends with 0" 0
same "the kernel's own limits: all open ports are found" "$tmp/open" <(json_ports_of open "$tmp/json")
is "the kernel's own limits: most ports are silent, and none of them is open" true "$(jq -s 'map(select(
	.state == "unanswered")) | length > 300 and all(.port != 7 and .port != 77 and .port != 99)' "$tmp/json")"

printf '%s\n' 'allow' 'local stratum 8' 'cmdport 0' "pidfile $tmp/pid" "driftfile $tmp/drift" \
	>"$tmp/chrony.conf"
tools/lab exec web setsid chronyd -d -x -u root -f "$tmp/chrony.conf" >"$tmp/chrony" 2>&1 </dev/null &
disown
deadline=$((SECONDS + 20))
until lab exec web ss -Hlun4 'sport = :123' | grep -q . || [ "$SECONDS" -ge "$deadline" ]; do
	sleep 0.05
done
lab exec web nft -f - <<-END
	table inet lab {
		chain input { type filter hook input priority 0; udp dport 50-59 drop; }
	}
END

# 100 errors a second to each peer; the limit for all peers together is out of the way.
lab exec web sysctl -eqw net.ipv4.icmp_ratelimit=10 net.ipv6.icmp.ratelimit=10 \
	net.ipv4.icmp_msgs_per_sec=100000 net.ipv4.icmp_msgs_burst=100000
certain() { # NAME TARGET OPEN CLOSED
	scan --budget off --udp 1-400 --all --json "$tmp/json" "$2"
	exits "$1: ends with 0" 0
	echo "# $(summary "$tmp/json" elapsed_s retransmits)"
	is "$1: each open and closed port is told of, what a filter drops stays silent" "$3 $4 10" "$(
		for state in open closed unanswered; do
			json_ports_of "$state" "$tmp/json" | wc -l
		done | paste -sd' ')"
	is "$1: silent ports are hardly closed" true "$(jq -s 'map(select(.state == "unanswered")) |
		all(.port >= 50 and .port < 60 and .closed_p < 0.01)' "$tmp/json")"
	sums_close "$1: the sums close" "$tmp/json"
}
certain "certainty over IPv4" 198.18.0.10 4 386
certain "certainty over IPv6" 2001:db8::c612:a 1 389

# Interrupted and resumed, it goes on at the host's rate.
begin -q --budget off --udp 1-400 --all --resume "$tmp/state" --json "$tmp/json" 198.18.0.10
sleep 2
kill -TERM "$pid"
finish 20
exits "interrupted: ends with 130" 130
scan -q --budget off --udp 1-400 --all --resume "$tmp/state" --json "$tmp/json" 198.18.0.10
exits "resumed: ends with 0" 0
is "resumed: each closed port is told of" 386 "$(json_ports_of closed "$tmp/json" | wc -l)"

# --retries N says how often: no certainty.
scan --budget off --udp 1-400 --all --retries 1 --json "$tmp/json" 198.18.0.10
echo "# retransmits $(summary "$tmp/json" retransmits)"
is "--retries 1: questions are asked twice, and few pulses" true \
	"$([ "$(summary "$tmp/json" retransmits)" -le 420 ] && echo true)"
