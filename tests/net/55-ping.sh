#!/bin/bash
# --ping: ICMP echo finds hosts beyond the link, and only those are asked for ports. The targets are
# addresses of a Linux stack behind the router, or unused; one network is unreachable.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

up=198.18.200.0/26 targets=198.18.200.0/25 unreachable=198.18.201.0/28
lab bottleneck-up none 50ms --net 198.19.0.0/24
ip -n "$LAB-router" route add local "$up" dev lo
ip -n "$LAB-router" route add unreachable "$unreachable"
ip -n "$LAB-router" route add blackhole 198.18.200.64/26
for ((i = 0; i < 64; i++)); do
	echo "198.18.200.$i echo echo-reply"
done >"$tmp/expected"
found() { # JSON-FILE: "ip how reason" of hosts
	jq -r 'select(.type == "host") | "\(.ip) \(.how) \(.reason)"' "$1"
}

# As sums_close; but a gateway answers too, and so does a router with an ICMP error.
host_sums_close() { # NAME JSON-FILE
	is "$1: the sums of the ledger close" true "$(tail -n 1 "$2" | jq '.asked == .probes
		and .asked + .retransmits == .sent + .send_errors
		and .seen == .replies + .duplicates + .rejected
		and .replies > .hosts_up and .events_lost == .recovered')"
}

for tx in af_packet xdp; do
	scan --ping --tx "$tx" --json "$tmp/json" "$targets"
	exits "--tx $tx: ends with 0" 0
	same "--tx $tx: hosts that answer are found, and no others" "$tmp/expected" <(found "$tmp/json")
	has_right_keys "--tx $tx: JSON has the right keys" "$tmp/json"
	host_sums_close "--tx $tx" "$tmp/json"
	is "--tx $tx: the summary counts them" "64 129" \
		"$(summary "$tmp/json" hosts_up asked)" # and the gateway
	same "--tx $tx: the table has a row for each" <(cut -d ' ' -f 1 "$tmp/expected") \
		<(awk -F'\t' '$2 == "-" && $3 == "-" { print $1 }' "$tmp/out")
done

scan --ping --all -p 1-9 --json "$tmp/json" "$targets"
exits "with ports: ends with 0" 0
same "with ports: hosts that answer are found, and no others" "$tmp/expected" <(found "$tmp/json")
for ((i = 0; i < 64 * 9; i++)); do
	echo "198.18.200.$((i / 9)) $((i % 9 + 1))"
done >"$tmp/ports"
same "with ports: those are asked, and no others" "$tmp/ports" <(json_ports_of closed "$tmp/json")
sums_close "with ports: the sums of the ledger close" "$tmp/json"
is "with ports: each host is counted once" 64 "$(summary "$tmp/json" hosts_up)"

# Echo finds hosts that answer echo. Other hosts are asked for ports only without --ping.
lab exec router sysctl -qw net.ipv4.icmp_echo_ignore_all=1
scan --ping -p 1-3 --json "$tmp/json" "$up"
exits "echo ignored: ends with 0" 0
is "echo ignored: nobody is found" "0 0" "$(summary "$tmp/json" hosts_up asked)"
scan -p 1-3 --json "$tmp/json" "$up"
is "echo ignored: without --ping all ports are asked" "64 192" \
	"$(summary "$tmp/json" hosts_up asked)"
lab exec router sysctl -qw net.ipv4.icmp_echo_ignore_all=0

scan --ping --json "$tmp/json" "$unreachable"
exits "unreachable: ends with 0" 0
is "unreachable: nobody is up" "" "$(found "$tmp/json")"
host_sums_close "unreachable" "$tmp/json"

# On the link ARP suffices.
scan --ping --json "$tmp/json" 198.18.0.2
is "on the link: ARP alone" "198.18.0.2 arp arp-reply" "$(found "$tmp/json")"

# A scan interrupted while it asks by echo can be resumed.
state=$tmp/state
scan_seconds=1 scan --ping -p 1-9 --all --rate 60 --resume "$state" --json - "$targets"
cp "$tmp/out" "$tmp/joined"
is "interrupted: the file is there" yes "$([ -s "$state" ] && echo yes || echo no)"
scan --ping -p 1-9 --all --rate 600 --resume "$state" --json - "$targets"
exits "interrupted: the second run ends with 0" 0
cat "$tmp/out" >>"$tmp/joined"
same "interrupted: both runs together find each host once" "$tmp/expected" <(found "$tmp/joined")
same "interrupted: ports of all hosts are asked" "$tmp/ports" \
	<(json_ports_of closed "$tmp/joined")
