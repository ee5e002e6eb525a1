#!/bin/bash
# IPv6 on the kernel's own TCP stack: the scan finds what nmap -6 finds on the same hosts and ports, also where a
# firewall drops or rejects, and each host with its MAC address. Forged answers count as rejected.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need nmap jq nft

ports=1-1024,6379,8080
address() { # A.B.C.D: the address of the same host over IPv6, as xscan and nmap print it
	# shellcheck disable=SC2046,SC2183 # two words
	printf '2001:db8::%02x%02x:%x\n' $(tr . ' ' <<<"${1%.*.*}") \
		$((${1##*.} + 256 * $(cut -d . -f 3 <<<"$1")))
}

lab up
lab hosts | while read -r ip mac _; do
	echo "$(address "$ip") $mac"
done >"$tmp/hosts"
cut -d ' ' -f 1 "$tmp/hosts" >"$tmp/targets"
# Each kind of REJECT has ten ports of the host that also rejects 100 to 199.
rejects=(no-route admin-prohibited addr-unreachable port-unreachable policy-fail reject-route)
for i in "${!rejects[@]}"; do
	echo "insert rule inet lab input tcp dport 3${i}0-3${i}9 reject with icmpv6 type ${rejects[i]}"
done | lab exec reject nft -f -
lab exec reject nft insert rule inet lab input tcp dport 390-399 reject with tcp reset
# It tells of each port: by default Linux sends at most 50 errors at once.
lab exec reject sysctl -eqw net.ipv4.icmp_msgs_per_sec=100000 net.ipv4.icmp_msgs_burst=100000

scan --targets "$tmp/targets" --json "$tmp/json"
exits "hosts: ends with 0" 0
same "hosts: all six, with their MAC addresses" "$tmp/hosts" <(json_hosts_of "$tmp/json")

lab exec scanner nmap -6 -sS -n -Pn -T4 -p "$ports" -iL "$tmp/targets" -oX "$tmp/nmap.xml" >"$tmp/nmap.out" 2>&1
nmap_states "$tmp/nmap.xml" >"$tmp/expected"
scan --targets "$tmp/targets" --all --tcp "$ports" --json "$tmp/json"
exits "ports: ends with 0" 0
xscan_states "$tmp/json" >"$tmp/found"
same "ports: those that are open for nmap, and as many closed and filtered ones" "$tmp/expected" "$tmp/found"
is "ports: nmap has found the open ones" 8 "$(grep -c 'open$' "$tmp/expected")"
reject=$(address 198.18.0.60)
is "ICMPv6 errors are read as filtered, with the reason" 100 "$(jq -r --arg ip "$reject" \
	'select(.type == "port" and .ip == $ip and .reason == "port-unreach" and .code == 4) | .port' \
	"$tmp/json" | grep -c '^1[0-9][0-9]$' || true)"

is "each kind of REJECT is read as filtered, with its code; a reset as closed" \
	"closed - 10 filtered 0 10 filtered 1 10 filtered 3 10 filtered 4 10 filtered 5 10 filtered 6 10" \
	"$(jq -r --arg ip "$reject" 'select(.type == "port" and .ip == $ip and (.port / 10 | floor) as $ten |
		($ten >= 30 and $ten <= 35) or $ten == 39) | "\(.state) \(.code // "-")"' "$tmp/json" |
		sort | uniq -c | awk '{ print $2, $3, $1 }' | paste -sd ' ')"

# A name has the family that -4 and -6 say. Nobody asks another resolver: the file has both.
echo "$(address 198.18.0.10) web.example
198.18.0.10 web.example" >"$tmp/names"
for family in 4 6; do
	status=0
	# shellcheck disable=SC2016 # expanded by the inner shell
	lab exec scanner unshare --mount sh -c 'mount --bind "$1" /etc/hosts && shift && exec "$@"' sh \
		"$tmp/names" timeout "$scan_seconds" "${xscan[@]}" "-$family" -p 80 web.example \
		>"$tmp/out" 2>"$tmp/err" || status=$?
	is "a name with -$family" "0 $([ $family = 4 ] && echo 198.18.0.10 || address 198.18.0.10) 80" \
		"$status $(open_of "$tmp/out")"
done

# What the web server says is changed on the way out: no answer has the right number any more.
web=$(address 198.18.0.10)
lab exec web nft -f - <<-END
	table inet forge {
		chain output {
			type filter hook output priority 0; policy accept;
			meta nfproto ipv6 tcp flags & rst == rst tcp ackseq set 4660
			meta nfproto ipv6 tcp flags & (syn | ack) == (syn | ack) tcp ackseq set 4660
		}
	}
END
scan --all -p 80-89 --retries 0 --timeout 0.3 --json "$tmp/json" "$web"
is "forged answers: counted as rejected, each port unanswered" "0 0 10 10" \
	"$(summary "$tmp/json" open closed unanswered rejected)"
scan --all -p 80-89 --retries 0 --json "$tmp/json" 198.18.0.10
is "control: over IPv4 the same ports answer" "1 9 0 0" \
	"$(summary "$tmp/json" open closed unanswered rejected)"
