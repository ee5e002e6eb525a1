#!/bin/bash
# UDP answers that prove nothing give no result; 256 hosts with the kernel's own limit of ICMP errors are
# asked without a wait for them; canaries tell what silence means; ports that may be no service are doubtful.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need jq chronyd memcached

lab up
printf '%s\n' 'allow' 'local stratum 8' 'cmdport 0' "pidfile $tmp/pid" "driftfile $tmp/drift" \
	>"$tmp/chrony.conf"
# One Linux stack for a whole prefix. chronyd answers from the address that was asked, memcached does not.
lab exec web ip route add local 198.18.1.0/24 dev lo
lab exec scanner ip route add 198.18.1.0/24 via 198.18.0.10
tools/lab exec web setsid chronyd -d -x -u root -f "$tmp/chrony.conf" >"$tmp/chrony" 2>&1 </dev/null &
disown
tools/lab exec web setsid memcached -u root -p 0 -U 11211 >"$tmp/memcached" 2>&1 </dev/null &
disown
deadline=$((SECONDS + 20))
until [ "$(lab exec web ss -Hlun4 'sport = :123 or sport = :11211' | wc -l)" = 2 ]; do
	[ "$SECONDS" -lt "$deadline" ] || break
	sleep 0.05
done

open_udp() {
	jq -r 'select(.type == "port" and .state == "open") | "\(.ip) \(.port)"' "$tmp/json"
}

# If errors that stop at the limit counted as loss, this scan would take minutes.
scan --budget off --udp 1-1000 --json "$tmp/json" 198.18.0.10-60
exits "six hosts x 1,000 ports: the scan ends with 0" 0
is "six hosts x 1,000 ports: few questions are asked more than twice" true \
	"$([ "$(summary "$tmp/json" retransmits)" -lt 8000 ] && echo true)"

# With one retry: to be certain of silent ports takes a second for each.
scan --budget off --retries 1 --udp 1-98,123,11211 --all --json "$tmp/json" 198.18.1.0/24
exits "256 hosts x 100 ports: the scan ends with 0" 0
open_udp >"$tmp/found"
for i in {0..255}; do echo "198.18.1.$i 123"; done >"$tmp/expected"
same "256 hosts x 100 ports: NTP on each; answers from another address open nothing" \
	"$tmp/expected" "$tmp/found"
is "answers from another address are rejected" true \
	"$([ "$(summary "$tmp/json" rejected)" -ge 256 ] && echo true)"
sums_close "256 hosts x 100 ports: the sums close" "$tmp/json"
is "256 hosts x 100 ports: silent ports are told of" 1 "$(grep -c 'UDP ports stayed silent' "$tmp/err")"

scan --budget off --udp 123 --json "$tmp/json" 198.18.1.0/24
is "for one port there are no canaries" "256 256 true" "$(summary "$tmp/json" open asked) $(
	[ "$(summary "$tmp/json" host_probes)" -lt 64 ] && echo true)"

# Without a limit all closed ports are told of, canaries too. The ports that a filter drops are not closed.
lab exec web sysctl -eqw net.ipv4.icmp_ratemask=0 net.ipv4.icmp_msgs_per_sec=100000 \
	net.ipv4.icmp_msgs_burst=100000
lab exec web nft -f - <<-END
	table ip lab {
		chain input {
			type filter hook input priority 0; policy accept;
			udp dport 50-59 drop
		}
		chain output {
			type filter hook output priority 0; policy accept;
		}
	}
END
scan --budget off --udp 1-100 --all --json "$tmp/json" 198.18.0.10
exits "a host without limits: the scan ends with 0" 0
is "a host without limits: all closed ports are told of, no canary is" 90 \
	"$(json_ports_of closed "$tmp/json" | wc -l)"
is "a host without limits: ten silent ports, rather not closed" "10 true" "$(jq -s -r \
	'map(select(.state == "unanswered")) | "\(length) \(all(.closed_p > 0 and .closed_p < 0.4))"' \
	"$tmp/json")"
sums_close "a host without limits: the sums close" "$tmp/json"

# The number of the question comes back with one byte changed; or from the port beside.
lab exec web nft add rule ip lab output udp sport 123 @th,256,16 set 0x5a5a
scan --budget off --udp 123 --all --json "$tmp/json" 198.18.0.10
is "an answer with another number opens nothing" unanswered \
	"$(jq -r 'select(.type == "port") | .state' "$tmp/json")"
is "an answer with another number is rejected" true \
	"$([ "$(summary "$tmp/json" rejected)" -gt 0 ] && echo true)"
lab exec web nft flush chain ip lab output
lab exec web nft add rule ip lab output udp sport 123 udp sport set 124
scan --budget off --udp 122,123 --all --json "$tmp/json" 198.18.0.10
is "an answer from another port opens nothing" "122 closed 123 unanswered" \
	"$(jq -r 'select(.type == "port") | "\(.port) \(.state)"' "$tmp/json" | sort | paste -sd' ')"
lab exec web nft flush chain ip lab output

# Interrupted and resumed: each port once.
scan --budget off --rate 500 --udp 1-400 --all --json "$tmp/whole" 198.18.0.10
begin -q --budget off --rate 500 --udp 1-400 --all --resume "$tmp/state" --json "$tmp/json" 198.18.0.10
sleep 0.8
kill -TERM "$pid"
finish 20
exits "an interrupted scan ends with 130" 130
scan -q --budget off --rate 500 --udp 1-400 --all --resume "$tmp/state" --json "$tmp/json" 198.18.0.10
exits "resumed, it ends with 0" 0
json_states_of "$tmp/json" >"$tmp/found"
json_states_of "$tmp/whole" >"$tmp/expected"
same "resumed, it tells of each port once" "$tmp/expected" "$tmp/found"

# A host that answers at every port.
# shellcheck disable=SC2016 # perl's variables
tools/lab exec web setsid perl -MIO::Socket::INET -e '
	$s = IO::Socket::INET->new(Proto => "udp", LocalPort => 7777) or die;
	$s->send("hello") while defined $s->recv($d, 2048)' >"$tmp/perl" 2>&1 </dev/null &
disown
lab exec web nft add chain ip lab nat '{ type nat hook prerouting priority dstnat; }'
lab exec web nft add rule ip lab nat udp dport 200-65535 redirect to :7777
scan --budget off --udp 200-400 --json "$tmp/json" 198.18.0.10
is "a host that answers at random ports too: its open ports are doubtful, once that is known" true \
	"$(jq -s 'map(select(.type == "port")) | length > 190 and
		(map(select(.doubtful == "random ports answer too")) | length > 50)' "$tmp/json")"

# A SYN proxy for all ports, and a service without one.
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
scan --budget off --tcp 1-200 --json "$tmp/json" 198.18.0.10,198.18.0.50
is "all 200 ports of a SYN proxy are open, and doubtful" 200 "$(jq -r 'select(.type == "port" and
	.ip == "198.18.0.50" and .state == "open" and .doubtful == "window 0") | .port' "$tmp/json" | wc -l)"
is "a real service is not doubtful" "80 null" "$(jq -r 'select(.type == "port" and
	.ip == "198.18.0.10") | "\(.port) \(.doubtful)"' "$tmp/json")"
is "rows say why a port is doubtful" 200 "$(grep -c $'open\t.*\tsyn-ack\tdoubtful: window 0$' "$tmp/out")"
