#!/bin/bash
# What the kernel would choose, and the user says instead: the source address, with the routes that depend on
# it; the gateway's MAC address; the TTL.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq nft

lab up
mac=52:54:00:12:00:0a web=198.18.0.10 second=198.18.0.77
expect() { # RULE: count the probes at the host that are like this
	lab exec web nft -f - <<-END
		table inet seen {
		}
		delete table inet seen
		table inet seen {
			chain in {
				type filter hook input priority 0;
				tcp dport 80 tcp flags syn $1 counter
			}
		}
	END
}
seen() { # whether there were such probes
	lab exec web nft -j list table inet seen |
		jq -r '[.nftables[].rule.expr? // empty | .[].counter.packets? // empty] | if add > 0 then "yes" else "no" end'
}

# TTL
expect 'ip ttl 7'
scan --budget off -p 80 "$web"
is "control: without --ttl no probe has it" no "$(seen)"
for version in 4 6; do
	target=$web like='ip ttl 7'
	[ "$version" = 4 ] || target=2001:db8::c612:a like='ip6 hoplimit 7'
	expect "$like"
	scan --budget off --ttl 7 -p 80 --json "$tmp/json" "$target"
	exits "--ttl, IPv$version: ends with 0" 0
	is "--ttl, IPv$version: probes have it" yes "$(seen)"
	is "--ttl, IPv$version: the port is found" "$target 80" "$(json_ports_of open "$tmp/json")"
done

# Source address
ip -n "$LAB" address add "$second/24" dev eth0
for options in '' '-i eth0' '--tx xdp'; do
	expect "ip saddr $second"
	# shellcheck disable=SC2086 # words
	scan --budget off $options --source-ip "$second" -p 80 --json "$tmp/json" "$web"
	exits "--source-ip $options: ends with 0" 0
	is "--source-ip $options: probes leave from it" yes "$(seen)"
	is "--source-ip $options: the port is found" "$web 80" "$(json_ports_of open "$tmp/json")"
done
scan --budget off --source-ip "$second" --json "$tmp/json" "$web"
is "--source-ip, hosts: found" "$web" "$(jq -r 'select(.type == "host") | .ip' "$tmp/json")"

# A rule for this source: another way, to a host that nothing else leads to.
lab exec web ip route add local 198.18.1.0/29 dev lo
ip -n "$LAB" route add 198.18.1.0/24 via "$web" table 77
ip -n "$LAB" rule add from "$second" lookup 77
scan --budget off -i eth0 -p 80 198.18.1.1-6
exits "control: without --source-ip there is no way" 1
scan --budget off --source-ip "$second" -p 80 --json "$tmp/json" 198.18.1.1-6
exits "--source-ip, a rule for it: ends with 0" 0
is "--source-ip, a rule for it: the ports are found" 6 "$(json_ports_of open "$tmp/json" | wc -l)"

# The gateway answers no ARP.
lab exec web sysctl -qw net.ipv4.conf.all.arp_ignore=8
scan --budget off --source-ip "$second" -p 80 198.18.1.1-6
exits "control: the gateway is silent" 1
scan --budget off --source-ip "$second" --gateway-mac "$mac" -p 80 --json "$tmp/json" 198.18.1.1-6
exits "--gateway-mac: ends with 0" 0
is "--gateway-mac: the ports are found" 6 "$(json_ports_of open "$tmp/json" | wc -l)"

refuses() { # NAME STATUS REGEX OPTION...
	local name=$1 status=$2 regex=$3
	shift 3
	scan "$@"
	exits "$name: refused" "$status"
	is "$name: one line says why" "1 1" "$(wc -l <"$tmp/err") $(grep -cE "^xscan: $regex" "$tmp/err" || true)"
}
refuses "--gateway-mac without a gateway" 1 '--gateway-mac: no target is behind a gateway' \
	--gateway-mac "$mac" -p 80 198.18.0.20
refuses "a source address of another host" 1 "--source-ip $web: is no address of this host" \
	--source-ip "$web" -p 80 198.18.0.20
refuses "a source address of the other family" 2 '--source-ip 198\.18\.0\.77: is no address to ask IPv6' \
	--source-ip "$second" -p 80 2001:db8::c612:a
refuses "a source address for the link of IPv6" 2 '--source-ip 2001:db8::1: .*name targets' \
	--source-ip 2001:db8::1 -i eth0
for mac in 01:00:5e:00:00:01 00:00:00:00:00:00 52:54:00:12:00 52:54:00:12:00:0a:0b 52-54-00-12-00-0a ' 2:0:0:0:0:1'; do
	refuses "--gateway-mac '$mac'" 2 "--gateway-mac $mac: not the MAC address of a host" \
		--gateway-mac "$mac" -p 80 198.18.1.1
done
for ttl in 0 256 -1 1.5 x; do
	refuses "--ttl $ttl" 2 "--ttl $ttl: not a number from 1 to 255" --ttl="$ttl" -p 80 "$web"
done
