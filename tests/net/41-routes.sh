#!/bin/bash
# Each target goes the way that the kernel would send it: by all tables, rules, and kinds of routes. What has no
# route is left out and counted; the rest is scanned.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq /usr/bin/python3

in_ns() {
	ip -n "$LAB" "$@"
}

# What the kernel says of each address: as for a connection, the source comes first, and then counts.
kernel_way() { # ADDRESS
	local addr=$1 source way
	way=$(in_ns route get "$addr" 2>/dev/null) || way=
	source=$(sed -n '1s/.* src \([^ ]*\).*/\1/p' <<<"$way")
	[ -z "$source" ] || way=$(in_ns route get "$addr" from "$source" 2>/dev/null) || way=
	awk -v addr="$addr" -v source="$source" '
		NR == 1 {
			for (i = 1; i < NF; i++)
				at[$i] = $(i + 1)
			kind = $1 ~ /^(local|broadcast|multicast|anycast|unreachable|prohibit|blackhole)$/
		}
		END {
			if (!("dev" in at) || kind)
				print addr, "none"
			else
				print addr, at["dev"], source, "via" in at ? at["via"] : "link"
		}' <<<"$way"
}

check_table() { # SEED FAMILY TARGETS
	local addr
	/usr/bin/python3 tests/net/routes.py make "$1" "$2" "${ifaces[@]}" |
		in_ns "-$2" -batch - -force >"$tmp/batch" 2>&1 || true
	/usr/bin/python3 tests/net/routes.py samples "$1" "$2" 60 | sort -u >"$tmp/samples"
	while read -r addr; do
		kernel_way "$addr"
	done <"$tmp/samples" >"$tmp/expected"
	scan --dry-run -v -p 80 "$3"
	exits "table $1, IPv$2: --dry-run ends with 0" 0
	/usr/bin/python3 tests/net/routes.py ways "$tmp/out" <"$tmp/samples" >"$tmp/found"
	same "table $1, IPv$2: each target goes the kernel's way" "$tmp/expected" "$tmp/found"
	cat "$tmp/found" >>"$tmp/all-found"
	in_ns "-$2" rule list | awk -F: '$1 >= 1000 && $1 < 2000 { print "rule del pref", $1 }' |
		in_ns "-$2" -batch -
	for table in 100 200; do
		in_ns "-$2" route flush table "$table" 2>/dev/null || true
	done
	in_ns "-$2" route list | grep -v 'proto kernel' | sed 's/ onlink//; s/^/route del /' |
		in_ns "-$2" -batch - -force 2>/dev/null || true
}

fleet_up --net 198.18.0.0/20 --up 1/1
ifaces=(eth0)
: >"$tmp/all-found"
for ((seed = 1; seed <= 4; seed++)); do
	check_table "$seed" 4 198.18.0.0/20
	check_table "$seed" 6 2001:db8::c612:0/116
done
for what in ' 198.18.0.20[0-3]$' ' 2001:db8::c612:c[89ab]$' ' link$' ' none$'; do
	is "control: some targets are behind$what" true \
		"$(grep -q "$what" "$tmp/all-found" && echo true || echo false)"
done

# What has no route is left out, told once, and counted; the others are found.
found() { # NAME GREP-PATTERN of addresses that are left out, OPTION...: hosts and open ports
	local name=$1 out=$2
	shift 2
	scan --budget off -p 80-89 --json "$tmp/json" "$@"
	exits "$name: ends with 0" 0
	fleet_list open 80-89 | grep '^198\.18\.1\.' | grep -Ev "$out" >"$tmp/expected"
	json_ports_of open "$tmp/json" >"$tmp/found"
	same "$name: the open ports of the others are found" "$tmp/expected" "$tmp/found"
}
in_ns route add blackhole 198.18.1.64/28
in_ns route add unreachable 198.18.1.80/28
in_ns route add prohibit 198.18.1.96/28
in_ns rule add pref 1000 to 198.18.1.112/28 prohibit
found "routes that lead nowhere" '\.(6[4-9]|[7-9][0-9]|10[0-9]|11[0-9]|12[0-7]) ' 198.18.1.0/24 198.18.0.1
is "routes that lead nowhere: counted" "64 1" "$(summary "$tmp/json" unroutable self)"
is "routes that lead nowhere: told once" 1 \
	"$(grep -c '^xscan: left out 198\.18\.1\.64 and 63 more: no route' "$tmp/err")"
sums=0
for share in 1 2 3; do
	scan --shard "$share/3" -p 80 --json "$tmp/json" 198.18.1.0/24
	sums=$((sums + $(summary "$tmp/json" unroutable | grep . || echo 0)))
done
is "routes that lead nowhere: three shares leave out as many" 64 "$sums"
in_ns rule del pref 1000

# With --iface the kernel takes an address without a route for one on the link; xscan does not.
scan --dry-run -i eth0 -p 80 198.18.1.0/28 203.0.113.0/28
is "no route, --iface: left out" 16 "$(awk '$1 == "unroutable" { print $2 }' "$tmp/out")"

# Many small routes: every other address of 16,384 leads nowhere.
for ((i = 0; i < 16384; i += 2)); do
	echo "route add blackhole 198.18.$((64 + i / 256)).$((i % 256))"
done | in_ns -batch -
scan --dry-run -p 80 198.18.64.0/18
is "8,192 small routes: each is seen" 8192 "$(awk '$1 == "unroutable" { print $2 }' "$tmp/out")"
in_ns route flush type blackhole
in_ns route flush type unreachable
in_ns route flush type prohibit

# IPv4 by a next hop that has an IPv6 address, with targets on the link beside it and without.
if [ -e /proc/sys/net/ipv6 ]; then
	via=2001:db8::c612:c8
	in_ns route add 198.18.1.0/25 via inet6 "$via" dev eth0
	scan --dry-run -p 80 198.18.1.0/25
	is "an IPv6 next hop: in the plan" 1 "$(grep -c "^path .* 128 hosts by eth0 from 198.18.0.1, gateway $via\$" "$tmp/out")"
	found "an IPv6 next hop" none 198.18.1.0/24
	found "an IPv6 next hop alone, --tx xdp" '\.(12[89]|1[3-9].|2..) ' --tx xdp 198.18.1.0/25
	in_ns -6 neigh flush all
	in_ns route replace 198.18.1.0/25 via inet6 2001:db8:ffff::1 dev eth0 onlink
	scan --budget off -p 80-89 --json "$tmp/json" 198.18.1.0/24
	exits "a silent IPv6 next hop: ends with 1" 1
	is "a silent IPv6 next hop: one line says so" 1 \
		"$(grep -c '^xscan: gateway 2001:db8:ffff::1 does not answer neighbour discovery: 128 targets' "$tmp/err")"
	fleet_list open 80-89 | grep -E '^198\.18\.1\.(12[89]|1[3-9].|2..) ' >"$tmp/expected"
	json_ports_of open "$tmp/json" >"$tmp/found"
	same "a silent IPv6 next hop: the open ports of the others are found" "$tmp/expected" "$tmp/found"
	in_ns route del 198.18.1.0/25
fi

# The address is on another interface.
in_ns address flush dev eth0
in_ns address add 198.18.0.1/32 dev lo
in_ns route add 198.18.1.0/24 dev eth0
found "an interface without an address" none 198.18.1.0/24
found "an interface without an address, --iface" none -i eth0 198.18.1.0/24
in_ns address del 198.18.0.1/32 dev lo
in_ns address add 198.18.0.1/15 dev eth0

if in_ns link add vrf0 type vrf table 300 2>/dev/null; then
	in_ns link set vrf0 up
	in_ns link set eth0 master vrf0
	in_ns route add 198.18.1.0/25 via 198.18.0.200 table 300
	scan --dry-run -i eth0 -p 80 198.18.1.0/24
	is "VRF: its table counts" 1 "$(grep -c '^path .* 128 .*gateway 198.18.0.200' "$tmp/out")"
else
	skip "VRF: its table counts" "this kernel has no VRF"
fi
