#!/bin/bash
# Interfaces and addresses of many kinds: what xscan finds, nmap finds. Routes that depend on more than the target
# are in 41-routes.sh, neighbours by hand in 44, addresses of this host in 46, tun in 49.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq nmap

hosts= # build/tests/tun-host, in the background
trap 'code=$?; [ -z "$hosts" ] || kill -KILL "$hosts" 2>/dev/null || true; clean_up "$code"' EXIT
on() { # NAMESPACE ARGUMENT of ip...
	local ns=$LAB-$1
	[ "$1" != scanner ] || ns=$LAB
	ip -n "$ns" "${@:2}"
}
# A cable of its own between the scanner and the host with a web server. Behind that host are more addresses.
lab up
lab exec web ip route add local 198.18.65.0/29 dev lo
begin_setup() {
	on scanner link del e1 2>/dev/null || true
	on scanner link add e1 type veth peer name e1 netns "$LAB-web"
	on scanner link set e1 up
	on web link set e1 up
}
compare() { # NAME TARGET...
	local name=$1
	shift
	scan --budget off --all -p 79-81 --json "$tmp/json" "$@"
	exits "$name: ends with 0" 0
	xscan_states "$tmp/json" >"$tmp/found"
	lab exec scanner nmap -n ${pn:+"$pn"} -sS -p 79-81 -oX "$tmp/xml" "$@" >/dev/null 2>&1
	# Of its own addresses nmap says what is open there; xscan leaves them out.
	nmap_states "$tmp/xml" | grep -v -F "${own:-none} " >"$tmp/expected" || true
	same "$name: as nmap" "$tmp/expected" "$tmp/found"
	is "$name: control: a port is open" true "$(grep -q open "$tmp/found" && echo true)"
}
lacks() { # NAME TYPE: this kernel cannot make it
	skip "$1" "this kernel has no $2"
}

begin_setup
on scanner address add 198.18.64.0/31 dev e1
on web address add 198.18.64.1/31 dev e1
own=198.18.64.0 compare "a /31" 198.18.64.0/31
own=198.18.64.0 compare "a /31, --iface" 198.18.64.1

begin_setup
on scanner address add 198.18.64.1 peer 198.18.64.2 dev e1
on web address add 198.18.64.2 peer 198.18.64.1 dev e1
compare "a peer" 198.18.64.2

begin_setup
on scanner address add 198.18.64.1/32 dev e1
on web address add 198.18.64.2/32 dev e1
on web route add 198.18.64.1 dev e1
on scanner route add 198.18.65.0/29 via 198.18.64.2 dev e1 onlink
compare "a /32 and an onlink gateway" 198.18.65.0-7
on scanner route add 198.18.64.2 dev e1
compare "a /32 and a route of the device" 198.18.64.2 198.18.65.1

begin_setup
on scanner address add 198.18.64.1/24 dev e1
on web address add 198.18.64.2/24 dev e1
on web address add 198.18.64.3/24 dev e1
on scanner route add default via 198.18.64.2 metric 20
on scanner route add default via 198.18.64.99 metric 30 # nobody is there
compare "two default routes" 198.18.64.2 198.18.65.0-7
on scanner route del default metric 20
on scanner route del default metric 30
on scanner route add 198.18.65.0/29 via 198.18.64.99
on scanner route add 198.18.65.0/29 via 198.18.64.3 table 77
on scanner rule add pref 1000 to 198.18.65.0/30 lookup 77
compare "a rule by destination" 198.18.65.0-3
# nmap does not ask for the source address that it will have; a connection does.
on scanner rule add pref 1001 from 198.18.64.1 to 198.18.65.4/30 lookup 77
scan --budget off -p 80 --json "$tmp/json" 198.18.65.4-7
exits "a rule by source: ends with 0" 0
is "a rule by source: all are found" 4 "$(json_ports_of open "$tmp/json" | grep -c '^198.18.65.[4-7] 80$')"
on scanner rule del pref 1000
on scanner rule del pref 1001

# A more specific route leads elsewhere. With --iface the link of the interface counts, as for nmap -e.
on scanner route add 198.18.64.2/32 via 198.18.0.20 dev eth0
scan --budget off -i e1 -p 80 --json "$tmp/json" 198.18.64.0/29
exits "a more specific route elsewhere, --iface: ends with 0" 0
is "a more specific route elsewhere, --iface: the link is scanned" "198.18.64.2 80
198.18.64.3 80" "$(json_ports_of open "$tmp/json" | sort)"
on scanner route del 198.18.64.2/32

begin_setup
on web address add 198.18.64.2/24 dev e1
if on scanner link add br1 type bridge forward_delay 0 2>/dev/null; then
	on scanner link set e1 master br1
	on scanner link set br1 up
	on scanner address add 198.18.64.1/24 dev br1
	compare "a bridge" 198.18.64.2-3
	on scanner link del br1
else
	lacks "a bridge" bridges
fi

begin_setup
on web address add 198.18.64.2/24 dev e1
if on scanner link add link e1 name mac1 type macvlan mode bridge 2>/dev/null; then
	on scanner link set mac1 up
	on scanner address add 198.18.64.1/24 dev mac1
	compare "a macvlan" 198.18.64.2-3
else
	lacks "a macvlan" macvlan
fi

begin_setup
on scanner address add 198.18.66.1/24 dev e1
on web address add 198.18.66.2/24 dev e1
if on scanner link add vx1 type vxlan id 7 remote 198.18.66.2 local 198.18.66.1 dstport 4789 dev e1 2>/dev/null; then
	on web link add vx1 type vxlan id 7 remote 198.18.66.1 local 198.18.66.2 dstport 4789 dev e1
	on web address add 198.18.64.2/24 dev vx1
	on web link set vx1 up
	on scanner link set vx1 up
	on scanner address add 198.18.64.1/24 dev vx1
	compare "a vxlan" 198.18.64.2-3
else
	lacks "a vxlan" vxlan
fi
# Hosts that a program stands for, without Ethernet and with it.
for kind in tun tap; do
	tools/lab exec scanner "$BUILD/tests/tun-host" "$kind" "$kind" >"$tmp/hosts" 2>&1 </dev/null &
	hosts=$!
	for ((try = 0; try < 200; try++)); do
		! grep -qsx ready "$tmp/hosts" || break
		sleep 0.05
	done
	on scanner address add 198.18.67.1/24 dev "$kind"
	on scanner link set "$kind" up
	pn=-Pn compare "$kind" 198.18.67.7-9
	kill "$hosts"
	wait "$hosts" 2>/dev/null || true
	hosts=
done
