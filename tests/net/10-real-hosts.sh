#!/bin/bash
# Real services on the kernel's own TCP stack: ARP finds all hosts, and the SYN scan finds what nmap finds
# on the same hosts and ports.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need nmap jq

ports=1-1024,6379,8080

lab up
# The host that rejects tells of each port: by default Linux sends at most 50 errors at once.
lab exec reject sysctl -eqw net.ipv4.icmp_msgs_per_sec=100000 net.ipv4.icmp_msgs_burst=100000
lab hosts | awk '{ print $1, $2 }' >"$tmp/hosts"

scan -4 --iface eth0
exits "ARP sweep ends with 0" 0
hosts_of "$tmp/out" >"$tmp/found"
same "ARP sweep finds the six hosts and their MAC addresses" "$tmp/hosts" "$tmp/found"

awk '{ print $1 }' "$tmp/hosts" |
	lab exec scanner nmap -sS -n -Pn -T4 -p "$ports" -iL - -oX "$tmp/nmap.xml" >"$tmp/nmap.out" 2>&1
nmap_states "$tmp/nmap.xml" >"$tmp/expected"
awk '/open$/ { print $1, $2 }' "$tmp/expected" >"$tmp/open"

scan -4 --iface eth0 --tcp "$ports"
exits "scan of the subnet ends with 0" 0
open_of "$tmp/out" >"$tmp/found"
same "scan of the subnet finds the open ports that nmap finds" "$tmp/open" "$tmp/found"
hosts_of "$tmp/out" >"$tmp/found"
same "scan of the subnet finds the six hosts" "$tmp/hosts" "$tmp/found"

scan --all --json "$tmp/json" --iface eth0 --tcp "$ports" 198.18.0.10-60
exits "scan of the range with --all ends with 0" 0
xscan_states "$tmp/json" >"$tmp/found"
same "open, closed and filtered ports of each host are as many as nmap's" "$tmp/expected" "$tmp/found"
is "ICMP errors are read as filtered, with the reason" 100 "$(jq -r \
	'select(.type == "port" and .ip == "198.18.0.60" and .reason == "port-unreach") | .port' \
	"$tmp/json" | grep -c '^1[0-9][0-9]$' || true)"
