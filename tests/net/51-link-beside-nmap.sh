#!/bin/bash
# The link's IPv6 hosts, beside nmap's four scripts that look for them: nothing that they find is missing.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq nmap
scripts=targets-ipv6-multicast
[ -e "/usr/share/nmap/scripts/$scripts-mld.nse" ] || {
	skip "$(basename "$0" .sh)" "nmap has no scripts $scripts-*"
	exit 0
}

lab link-up
# The fourth script sends a router advertisement, and hears who makes an address of it. So xscan goes first.
for host in h2 h7; do
	lab exec "$host" sysctl -qw net.ipv6.conf.eth0.accept_ra=1 net.ipv6.conf.eth0.autoconf=1 \
		net.ipv6.conf.eth0.accept_dad=1 net.ipv6.conf.eth0.dad_transmits=1
done
scan --budget off -6 --iface eth0 --json "$tmp/json"
exits "the link: ends with 0" 0
json_hosts_of "$tmp/json" | sort -u >"$tmp/found"

# "ip mac", as xscan writes them. The scripts end when no packet comes for a moment, so try several times.
theirs() { # SCRIPT
	local try
	for ((try = 0; try < 4; try++)); do
		lab exec scanner timeout 60 nmap -n -6 -sn --script "$scripts-$1" --script-args interface=eth0 \
			>"$tmp/nmap" 2>&1 || true
		! grep -q 'MAC: ' "$tmp/nmap" || break
	done
	sed -n 's/^|.* IP: \([^ ]*\) *MAC: \([0-9a-f]*\) .*/\1 \2/p' "$tmp/nmap" |
		python3 -c '
import ipaddress, sys
for line in sys.stdin:
    ip, mac = line.split()
    print(ipaddress.ip_address(ip), ":".join(mac[i:i + 2] for i in range(0, 12, 2)))' | sort -u
}
for script in echo invalid-dst mld slaac; do
	theirs "$script" >"$tmp/theirs"
	echo "# $script: nmap finds $(wc -l <"$tmp/theirs") addresses, xscan $(wc -l <"$tmp/found")"
	# nmap misses most of what answers the fourth one, and often all.
	[ "$script" = slaac ] || is "control: $script finds some" true "$([ -s "$tmp/theirs" ] && echo true)"
	same "$script: nothing that it finds is missing" /dev/null <(comm -23 "$tmp/theirs" "$tmp/found")
done
