#!/bin/bash
# Frames that never left: the host's own filter drops some of them, or there is no carrier for a while. The
# scan knows it: it asks again what it can, says the rest, and wastes no time.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq nft

net=198.18.2.0/23
filtered=198.18.2.64/26

told() { # NAME REGEX: a line on standard error that says this
	is "$1" 1 "$(grep -cE "^xscan: $2" "$tmp/err")"
}
# Other work on this machine must not make these scans slower: some of them must not take long.
budget=(--budget off)

# What a scan takes, beyond the waits for answers that do not come.
within() { # NAME SECONDS
	echo "# $1: $(summary "$tmp/json" elapsed_s) s"
	is "$1: takes at most $2 s" true "$(tail -n 1 "$tmp/json" | jq --argjson s "$2" '.elapsed_s <= $s')"
}

# A filter on the way out

filter() { # RULE
	lab exec scanner nft -f - <<-END
		table netdev test {
			chain out {
				type filter hook egress device "eth0" priority 0; policy accept;
				$1
			}
		}
	END
}
no_filter() {
	lab exec scanner nft delete table netdev test
}

# As many lines as answers that the fleet gives to those who are asked.
states() { # PORTS: of hosts outside the filter
	fleet_states "$1" | awk -F '[. ]' '!($3 == 2 && $4 >= 64 && $4 < 128)'
}

fleet_up --net "$net"
if ! filter "ip daddr $filtered drop" 2>"$tmp/why"; then
	skip "a filter on the way out" "this kernel has no egress hook of nftables (Linux 5.16)"
else
	scan "${budget[@]}" -p 1 --retries 0 --all --json "$tmp/json" "$net"
	exits "64 of 512 targets filtered: ends with 3" 3
	told "64 of 512 targets filtered: a line says it" \
		'the interface refused probes to 198\.18\.2\.[0-9]+ and 63 more targets: '
	is "64 of 512 targets filtered: in the ledger" "64 64" "$(summary "$tmp/json" unanswered send_errors)"
	is "64 of 512 targets filtered: coverage is not known" null "$(tail -n 1 "$tmp/json" | jq .coverage)"
	sums_close "64 of 512 targets filtered: the sums of the ledger close" "$tmp/json"
	json_states_of "$tmp/json" | grep -v unanswered >"$tmp/found"
	states 1 >"$tmp/expected"
	same "64 of 512 targets filtered: the others are asked" "$tmp/expected" "$tmp/found"
	within "64 of 512 targets filtered" 1.5

	scan "${budget[@]}" -p 1-20 --all --json "$tmp/json" "$net"
	exits "with retries: ends with 3" 3
	told "with retries: a line says it" 'the interface refused probes to .* and 63 more targets: '
	is "with retries: nothing else is missing" "$((64 * 20)) 0" \
		"$(summary "$tmp/json" unanswered duplicates)"
	sums_close "with retries: the sums of the ledger close" "$tmp/json"
	within "with retries" 3
	no_filter

	# A port everywhere, and nothing else: the second port of each host is asked.
	filter "tcp dport 2 drop"
	scan "${budget[@]}" -p 1-3 --all --json "$tmp/json" "$net"
	exits "one port filtered: ends with 3" 3
	told "one port filtered: a line says it" 'the interface refused probes to .* and 511 more targets: '
	json_states_of "$tmp/json" >"$tmp/found"
	fleet_states 1-3 | sed -E 's/^(\S+ 2) .*/\1 unanswered no-response/' >"$tmp/expected"
	same "one port filtered: the others are asked" "$tmp/expected" "$tmp/found"
	within "one port filtered" 3
	no_filter

	filter "ip protocol tcp drop"
	scan "${budget[@]}" -p 1-40 --retries 0 --json "$tmp/json" "$net"
	exits "all is filtered: ends with 3" 3
	told "all is filtered: a line says it" 'the interface refused probes to .* and 511 more targets: '
	# A canary of each host is refused too.
	is "all is filtered: in the ledger" "20480 20992" "$(summary "$tmp/json" unanswered send_errors)"
	within "all is filtered" 5
	no_filter

	filter "ip daddr 198.18.2.64 drop"
	scan "${budget[@]}" -p 1-5 --json "$tmp/json" 198.18.2.64
	exits "the only target is filtered: ends with 3" 3
	told "the only target is filtered: a line says it" \
		'the interface refused probes to 198\.18\.2\.64: they were not sent \(a filter on the way out\?\)'
	no_filter

	filter "arp operation request arp daddr ip $filtered drop"
	scan "${budget[@]}" --json "$tmp/json" "$net"
	exits "ARP is filtered: ends with 3" 3
	told "ARP is filtered: a line says it" 'the interface refused probes to .* and 63 more targets: '
	is "ARP is filtered: the others are found" 448 "$(summary "$tmp/json" hosts_up)"
	no_filter
fi

# The in-kernel sender goes past such filters.
for tx in af_packet xdp; do
	scan "${budget[@]}" -p 1-20 --tx "$tx" --json "$tmp/json" "$net"
	exits "control: without a filter, --tx $tx: ends with 0" 0
	is "control: without a filter, --tx $tx: all is answered" "0 0" \
		"$(summary "$tmp/json" unanswered send_errors)"
done

# A full queue is no filter: it loses nothing.
lab exec scanner tc qdisc add dev eth0 root tbf rate 2mbit burst 2kb limit 6kb
scan "${budget[@]}" -p 1-20 --rate max --retries 0 --json "$tmp/json" 198.18.2.0/25
refused=$(lab exec scanner tc -s -j qdisc show dev eth0 | jq '.[0].drops')
lab exec scanner tc qdisc del dev eth0 root
is "control: the queue was full" true "$([ "$refused" -gt 100 ] && echo true || echo "$refused refused")"
exits "a full queue: ends with 0" 0
is "a full queue: all is answered" "0 0" "$(summary "$tmp/json" unanswered send_errors)"

# No carrier for a while: the other end of the veth goes down and comes up again

peer() { # up|down
	ip -n "$LAB-fleet" link set eth0 "$1"
}
until_found() { # NUMBER: wait for so many lines on standard output
	local deadline=$((SECONDS + 10))
	until [ "$(wc -l <"$tmp/out")" -ge "$1" ] || [ "$SECONDS" -ge "$deadline" ]; do
		sleep 0.01
	done
}
all_found() { # NAME
	exits "$1: ends with 0" 0
	json_ports_of open "$tmp/json" >"$tmp/found"
	same "$1: all open ports are found" "$tmp/expected" "$tmp/found"
	is "$1: all is answered" 0 "$(summary "$tmp/json" unanswered)"
	told "$1: a line says it" 'eth0 had no carrier for [0-9.]+ s: what was asked then was asked again'
}

ports=1-128
fleet_list open "$ports" >"$tmp/expected"
for tx in af_packet xdp; do
	for options in '--retries 0 --rate 20k' '--retries 0' '--rate 20k'; do
		name="no carrier for 2 s, --tx $tx $options"
		# shellcheck disable=SC2086 # words
		begin "${budget[@]}" --tx "$tx" $options -p "$ports" --json "$tmp/json" "$net"
		until_found 900
		peer down
		sleep 2
		peer up
		finish 60
		all_found "$name"
		grep 'had no carrier' "$tmp/err" | sed 's/^/# /'
	done
	# Too short for the kernel to tell of it.
	begin "${budget[@]}" --tx "$tx" --retries 0 --rate 20k -p "$ports" --json "$tmp/json" "$net"
	until_found 900
	peer down
	peer up
	finish 60
	all_found "no carrier for a moment, --tx $tx"
done

begin "${budget[@]}" --rate 20k -p "$ports" --json "$tmp/json" "$net"
until_found 900
peer down
finish 10
peer up
exits "no carrier for good: ends with 1" 1
told "no carrier for good: a line says it" 'eth0: lost its carrier during the scan'
is "no carrier for good: no other cause is named" 0 \
	"$(grep -c -e '--rate' -e 'a filter on the way out' "$tmp/err")"
is "no carrier for good: asked is what was sent, and no more" true \
	"$(tail -n 1 "$tmp/json" | jq '.complete == false and .asked < .probes / 2')"
