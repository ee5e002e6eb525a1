#!/bin/bash
# UDP over IPv6: the services of the lab's hosts are found by both senders and each way to attach, as over
# IPv4; closed ports are told of by the host's own errors; both families and TCP in one scan.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need jq chronyd snmpd memcached dnsmasq

lab up
web=2001:db8::c612:a dns=2001:db8::c612:28 ssh=2001:db8::c612:14

serve() { # HOST COMMAND...
	local host=$1
	shift
	tools/lab exec "$host" setsid "$@" >>"$tmp/services" 2>&1 </dev/null &
	disown
}
printf '%s\n' 'allow' 'local stratum 8' 'cmdport 0' "pidfile $tmp/pid" "driftfile $tmp/drift" \
	>"$tmp/chrony.conf"
printf '%s\n' 'rocommunity6 public' "agentaddress udp6:[$web]:161" >"$tmp/snmpd.conf"
serve web chronyd -d -x -u root -f "$tmp/chrony.conf"
serve web snmpd -f -Lo -C -c "$tmp/snmpd.conf"
serve web memcached -u root -l "$web" -p 0 -U 11211
serve dns dnsmasq -d --conf-file=/dev/null --no-hosts --no-resolv --listen-address="$dns" \
	--bind-interfaces --user=root --pid-file="$tmp/dnsmasq"
# Without a limit of its errors a host tells of each closed port.
lab exec web sysctl -eqw net.ipv6.icmp.ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000 \
	net.ipv4.icmp_msgs_burst=100000
deadline=$((SECONDS + 20))
until [ "$(lab exec web ss -Hlun6 'sport = :123 or sport = :161 or sport = :11211' | wc -l)" = 3 ] &&
	[ "$(lab exec dns ss -Hlun6 'sport = :53' | wc -l)" -ge 1 ]; do
	[ "$SECONDS" -lt "$deadline" ] || {
		fail "the services listen" "$tmp/services"
		exit
	}
	sleep 0.05
done

cat >"$tmp/expected" <<-END
	$web 11211 number
	$web 123 number
	$web 161 number
	$dns 53 number
END
check() { # NAME OPTION...
	local name=$1
	shift
	scan --budget off "$@" --udp 1-200,11211 --all --retries 1 --json "$tmp/json" "$web" "$dns" "$ssh"
	exits "$name: ends with 0" 0
	jq -r 'select(.type == "port" and .state == "open") |
		"\(.ip) \(.port) \(.proof)"' "$tmp/json" >"$tmp/found"
	same "$name: each service is open, by its proof, and nothing else is" "$tmp/expected" "$tmp/found"
	jq -r 'select(.type == "port" and .info) | "\(.port) \(.info)"' "$tmp/json" | sort >"$tmp/info"
	is "$name: each answer tells of its service" "11211 version N,123 version 4, stratum 8,161 version 3, \
enterprise 8072,53 refused, recursion" "$(sed 's/version [0-9]*\.[0-9.]*$/version N/' "$tmp/info" | paste -sd,)"
	is "$name: a host without limits tells of all closed ports" "198 port-unreach" "$(jq -r --arg ip "$web" \
		'select(.type == "port" and .ip == $ip and .state == "closed") | .reason' "$tmp/json" |
		sort | uniq -c | sed 's/^ *//')"
	sums_close "$name: the sums close" "$tmp/json"
}
check "native" --attach native
check "generic" --attach generic
check "tc" --attach tc
check "--tx xdp" --tx xdp
has_right_keys "JSON has the right keys" "$tmp/json"
is "rows name port, protocol, state, service and what the answer tells" 1 \
	"$(grep -cx "$dns"$'\t53/udp\topen\tdomain\tudp-response\trefused, recursion' "$tmp/out")"
is "the silent ports of limited hosts have a probability, or none is known" true "$(
	jq -s 'map(select(.state == "unanswered")) | length > 0 and all(.closed_p == null or
		(.closed_p > 0 and .closed_p < 1))' "$tmp/json")"

scan --budget off --all --udp 53 --tcp 80 --json "$tmp/json" "$web" "$dns" 198.18.0.40 198.18.0.10
exits "both families, TCP and UDP: ends with 0" 0
jq -r 'select(.type == "port" and .state == "open") | "\(.ip) \(.port)/\(.protocol)"' "$tmp/json" >"$tmp/found"
printf '%s\n' "$web 80/tcp" "$dns 53/udp" "198.18.0.10 80/tcp" "198.18.0.40 53/udp" >"$tmp/expected"
same "both families, TCP and UDP: each is found" "$tmp/expected" "$tmp/found"
sums_close "both families, TCP and UDP: the sums close" "$tmp/json"

# The number of the question comes back with two bytes changed, or from the port beside.
lab exec dns nft -f - <<-END
	table ip6 lab {
		chain output { type filter hook output priority 0; policy accept; }
	}
END
lab exec dns nft add rule ip6 lab output udp sport 53 @th,64,16 set 0x5a5a
scan --budget off --udp 53 --all --json "$tmp/json" "$dns"
is "an answer with another number opens nothing" "unanswered true" "$(
	jq -r 'select(.type == "port") | .state' "$tmp/json") $(
	[ "$(summary "$tmp/json" rejected)" -gt 0 ] && echo true)"
