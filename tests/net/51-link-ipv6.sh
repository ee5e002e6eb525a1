#!/bin/bash
# The link alone, without targets: its IPv4 and IPv6 hosts in one run, each with its MAC address and how it was
# found; beside the tools that look for IPv6 hosts, none of which finds more.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq nft

lab link-up

# "ip mac how" of each address that a host has. `how` follows from what its firewall lets in.
truth() {
	local mac name kind ip ips how addr
	while IFS=$'\t' read -r mac name kind ip ips; do
		case $kind in
		plain) how=multicast-echo ;;
		quiet) how=unknown-option ;;
		*) how=nd ;;
		esac
		[ "$ip" = - ] || echo "$ip $mac arp"
		for addr in $ips; do
			echo "$addr $mac $how"
		done
		[ "$kind" != mld ] || how=mld
		echo "$(link_local "$name") $mac $how"
	done < <(lab link-hosts) | while read -r addr mac how; do
		echo "$(plain "$addr") $mac $how"
	done
}
link_local() { # NAME
	ip -n "$LAB-$1" -6 -j address show dev eth0 scope link | jq -r '.[].addr_info[].local // empty'
}
plain() { # ADDRESS: as xscan writes it
	python3 -c 'import ipaddress, sys; print(ipaddress.ip_address(sys.argv[1]))' "$1"
}
found() { # JSON-FILE
	jq -r 'select(.type == "host") | "\(.ip) \(.mac) \(.how)"' "$1"
}
truth >"$tmp/truth"
grep -v 'arp$' "$tmp/truth" >"$tmp/truth6"

scan --budget off --iface eth0 --json "$tmp/json"
exits "the link: ends with 0" 0
same "the link: each address, its MAC address, and how it was found" "$tmp/truth" <(found "$tmp/json")
has_right_keys "the link: JSON has the right keys" "$tmp/json"
sums_close "the link: the sums of the ledger close" "$tmp/json"
is "the link: link-local addresses have their zone" \
	"$(grep -c '^fe80' "$tmp/truth")" "$(cut -f 1 "$tmp/out" | grep -c '^fe80:.*%eth0$')"
is "the link: the start names its prefixes" "2001:db8:a::/64 2001:db8:b::/64 fe80::/64" \
	"$(jq -r 'select(.type == "start") | .targets[]' "$tmp/json" | grep : | sort | paste -sd ' ')"
cut -d ' ' -f 1 "$tmp/truth" >"$tmp/asked"
scan -q --budget off --iface eth0 --all --json "$tmp/ports" --tcp 22
same "the link with ports: each address of both families is asked" "$tmp/asked" \
	<(jq -r 'select(.type == "port") | .ip' "$tmp/ports")

# Not what only IPv4 hints at: the MAC address of h11, and the IPv4 address of h8. By now the scanner's
# neighbour table may know h11.
without_h11() {
	grep -v 'ff:fe00:60b'
}
grep -v -e '60b ' -e 'c612:12 ' "$tmp/truth6" >"$tmp/expected"
scan --budget off -6 --iface eth0 --json "$tmp/json"
exits "-6: ends with 0" 0
same "-6: each address that IPv6 alone can tell" "$tmp/expected" <(found "$tmp/json" | without_h11)
scan --budget off -4 --iface eth0 --json "$tmp/json"
same "-4: IPv4 alone" <(grep 'arp$' "$tmp/truth") <(found "$tmp/json")
scan --budget off -6 --iface eth0 --exclude 2001:db8:a::/64 --tx xdp --tcp 22 --all --json "$tmp/json"
exits "-6 --tx xdp: ends with 0" 0
same "-6 --exclude: no excluded address" <(grep -v '2001:db8:a:' "$tmp/expected" | cut -d ' ' -f 1) \
	<(jq -r 'select(.type == "port") | .ip' "$tmp/json" | without_h11)

# No packet of ours is a router advertisement, or takes the office of asking for groups.
lab exec h1 nft -f - <<-END
	table ip6 watch {
		chain input {
			type filter hook prerouting priority -300;
			icmpv6 type nd-router-advert counter comment "advert"
			icmpv6 type mld-listener-query ip6 saddr fe80::ffff:ffff:ffff:ffff counter comment "highest"
			icmpv6 type mld-listener-query ip6 saddr != fe80::ffff:ffff:ffff:ffff counter comment "other"
		}
	}
END
scan -q --budget off -6 --iface eth0
counters=$(lab exec h1 nft list table ip6 watch | sed -n 's/.*packets \([0-9]*\) .*comment "\(.*\)"/\2 \1/p' |
	paste -sd ' ')
is "no router advertisement is sent; groups are asked for from the highest address" \
	"advert 0 highest 2 other 0" "$counters"

# Found hosts cannot be divided, nor resumed.
scan --iface eth0 --shard 1/2
is "--shard: says that it asks IPv4 alone" 1 "$(grep -c -e '^xscan: --shard: asks the IPv4' "$tmp/err")"
scan --iface eth0 --resume "$tmp/state"
is "--resume: says that it asks IPv4 alone" 1 "$(grep -c -e '^xscan: --resume: asks the IPv4' "$tmp/err")"
scan -6 --iface eth0 --resume "$tmp/state"
exits "-6 --resume: is refused" 2
scan -6 --budget off --iface eth0 --udp 53 --json "$tmp/json"
exits "-6 --udp: ends with 0" 0
is "-6 --udp: asks each address of IPv6" true \
	"$(jq -n "$(summary "$tmp/json" probes) >= $(grep -c : "$tmp/expected")")"

# An address that was only heard of, since its host tries whether it is free, and that does not answer before the
# last round: the firewall of h12 drops the first three questions.
lab exec h12 ip address add 2001:db8:b::4d21:7fb dev eth0 nodad
lab exec h12 nft -f - <<-END
	table ip6 late {
		chain input {
			type filter hook prerouting priority -300;
			icmpv6 type nd-neighbor-solicit @th,64,128 0x20010db8000b0000000000004d2107fb quota until 280 bytes counter drop
		}
	}
END
begin --budget off -6 --iface eth0 --retries 2 --json "$tmp/json"
until [ -s "$tmp/json" ] && grep -q '"type":"start"' "$tmp/json" || [ "$SECONDS" -gt 100 ]; do sleep 0.02; done
lab exec h12 python3 -c '
import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("eth0", 0))
s.send(bytes.fromhex("3333ff2107fb" "02000000060c" "86dd" "60000000" "0018" "3a" "ff" + 32 * "0" +
                     "ff0200000000000000000001ff2107fb" "8700" "0000" "00000000"
                     "20010db8000b0000000000004d2107fb"))'
finish 30
exits "an address that was heard: ends with 0" 0
is "an address that was heard: it is asked once again" "2001:db8:b::4d21:7fb 02:00:00:00:06:0c heard" \
	"$(found "$tmp/json" | grep 4d21)"
is "control: its firewall has dropped questions" 3 \
	"$(lab exec h12 nft -j list table ip6 late | jq '[.nftables[].rule.expr? // empty | .[].counter.packets? // empty] | add')"
sums_close "an address that was heard: the sums of the ledger close" "$tmp/json"
lab exec h12 nft delete table ip6 late
lab exec h12 ip address del 2001:db8:b::4d21:7fb dev eth0

# Interrupted while it waits for all hosts: what was found is printed.
begin --budget off --iface eth0 --json "$tmp/json"
until [ -s "$tmp/json" ] && grep -q '"type":"host"' "$tmp/json" || [ "$SECONDS" -gt 100 ]; do sleep 0.02; done
kill -INT "$pid"
finish 10
exits "interrupted: ends with 130" 130
is "interrupted: the summary is there" summary "$(tail -n 1 "$tmp/json" | jq -r .type)"

# An interface without IPv4, and one without IPv6.
ip -n "$LAB" address del 198.18.0.1/24 dev eth0
scan --budget off --iface eth0 --json "$tmp/json"
same "without IPv4: IPv6 alone" "$tmp/expected" <(found "$tmp/json" | without_h11)
ip -n "$LAB" address add 198.18.0.1/24 dev eth0
ip -n "$LAB" -6 address flush dev eth0
scan --budget off --iface eth0 --json "$tmp/json"
same "without IPv6: IPv4 alone" <(grep 'arp$' "$tmp/truth") <(found "$tmp/json")
scan -6 --iface eth0
is "without IPv6: -6 says why not" 1 "$(grep -c 'has no IPv6 address' "$tmp/err")"
