# shellcheck shell=bash
# Kinds of interfaces that not every kernel can make: VLAN, bond, ipvlan, WireGuard, VRF. What nmap finds there,
# xscan finds. Sourced by tests/kernels/guest.
# shellcheck disable=SC2154 # variables of its

on() { # NAMESPACE ARGUMENT of ip...
	local ns=$LAB-$1
	[ "$1" != scanner ] || ns=$LAB
	ip -n "$ns" "${@:2}"
}
# A cable of its own between the scanner and the namespace that listens on ports 7 and 9.
begin_setup() {
	local dev
	for dev in e1 e2; do
		on scanner link del $dev 2>/dev/null || true
		on scanner link add $dev type veth peer name $dev netns "$LAB-fleet"
		on scanner link set $dev up
		on fleet link set $dev up
	done
	ours=() theirs=()
}
# The addresses of both ends: the scanner's is the first, two more are at the other end.
address() { # DEVICE of the scanner, DEVICE at the other end
	on scanner address add 198.18.64.1/24 dev "$1"
	on scanner address add 2001:db8:64::1/64 dev "$1" nodad
	local i
	for i in 2 3; do
		on fleet address add "198.18.64.$i/24" dev "$2"
		on fleet address add "2001:db8:64::$i/64" dev "$2" nodad
	done
}
both=(198.18.64.2 198.18.64.3)
both6=(2001:db8:64::2 2001:db8:64::3)

finds() { # NAME TARGET...: with the options $ours
	scan --budget off --all -p 6-10 --json "$tmp/json" "${ours[@]}" "${@:2}"
	exits "$1: ends with 0" 0
	xscan_states "$tmp/json" >"$tmp/found"
	is "$1: control: ports are open" $((2 * ($# - 1))) "$(grep -c 'open$' "$tmp/found")"
}
compare() { # NAME TARGET...: nmap has the options $theirs
	local six=()
	[[ $2 != *:* ]] || six=(-6)
	finds "$@"
	lab exec scanner nmap -n -sS "${six[@]}" "${theirs[@]}" -p 6-10 -oX "$tmp/xml" "${@:2}" \
		>"$tmp/nmap" 2>&1 || true
	nmap_states "$tmp/xml" >"$tmp/expected"
	same "$1: as nmap" "$tmp/expected" "$tmp/found"
}
compare_both() { # NAME
	compare "$1" "${both[@]}"
	compare "$1, IPv6" "${both6[@]}"
}

vlan() {
	local end id
	begin_setup
	for end in scanner fleet; do
		for id in 7 8; do
			on "$end" link add link e1 name "e1.$id" type vlan id "$id"
			on "$end" link set "e1.$id" up
		done
	done
	address e1.7 e1.7
	compare_both "VLAN"
	ours=(--attach generic)
	finds "VLAN, --attach generic" "${both[@]}"
	# The answers come back by another VLAN.
	on scanner address add 198.18.65.1/24 dev e1.8
	on fleet route add 198.18.64.1/32 dev e1.8
	ours=(-i e1.7 -i e1.8)
	finds "VLAN, answers come back by another" "${both[@]}"
	ours=(--attach generic -i e1.7 -i e1.8)
	finds "VLAN, answers come back by another, --attach generic" "${both[@]}"
}

bond() {
	local dev
	begin_setup
	on scanner link add b1 type bond mode active-backup miimon 50
	on fleet link add br1 type bridge forward_delay 0
	on scanner link set b1 up
	on fleet link set br1 up
	for dev in e1 e2; do
		on scanner link set $dev down
		on scanner link set $dev master b1
		on fleet link set $dev master br1
	done
	address b1 br1
	compare_both "bond"
	ours=(--attach generic)
	finds "bond, --attach generic" "${both[@]}"
	if linux 5 15; then
		ours=(--attach native --synack reset)
		finds "bond, --attach native" "${both[@]}"
	fi
	on scanner link del b1
	on fleet link del br1
}

# In mode L3 the interface below routes: it is in a namespace between the two.
ipvlan() {
	begin_setup
	on scanner link add link e1 name ipv1 type ipvlan mode l2
	on scanner link set ipv1 up
	address ipv1 e1
	compare_both "ipvlan, L2"

	begin_setup
	address e1 e1
	ip netns add "$LAB-between"
	on scanner link set e1 netns "$LAB-between"
	on between link set e1 up
	on between address add 198.18.64.1/24 dev e1
	on between address add 2001:db8:64::1/64 dev e1 nodad
	on between link add link e1 name ipv1 type ipvlan mode l3
	on between link set ipv1 netns "$LAB"
	on scanner link set ipv1 up
	on scanner address add 198.18.65.1/24 dev ipv1
	on scanner address add 2001:db8:65::1/64 dev ipv1 nodad
	on scanner route add 198.18.64.0/24 dev ipv1
	on scanner -6 route add 2001:db8:64::/64 dev ipv1
	on fleet route add 198.18.65.0/24 via 198.18.64.1
	on fleet -6 route add 2001:db8:65::/64 via 2001:db8:64::1
	compare_both "ipvlan, L3"
	scan --arp -i ipv1 198.18.64.2
	is "ipvlan, L3: --arp is refused" "1 1" "$status $(grep -c 'ipv1: is set to NOARP' "$tmp/err")"
	ip netns del "$LAB-between"
}

wireguard() {
	local end
	begin_setup
	on scanner address add 198.18.66.1/24 dev e1
	on fleet address add 198.18.66.2/24 dev e1
	for end in scanner fleet; do
		(umask 077 && wg genkey >"$tmp/$end.key")
		wg pubkey <"$tmp/$end.key" >"$tmp/$end.pub"
		on "$end" link add wg1 type wireguard
	done
	lab exec scanner wg set wg1 private-key "$tmp/scanner.key" listen-port 51820 \
		peer "$(cat "$tmp/fleet.pub")" allowed-ips 198.18.64.0/24,2001:db8:64::/64 endpoint 198.18.66.2:51820
	lab exec fleet wg set wg1 private-key "$tmp/fleet.key" listen-port 51820 \
		peer "$(cat "$tmp/scanner.pub")" allowed-ips 198.18.64.0/24,2001:db8:64::/64
	on scanner link set wg1 up
	on fleet link set wg1 up
	address wg1 wg1
	theirs=(-Pn)
	compare_both "WireGuard"
	on scanner link del wg1
	on fleet link del wg1
}

# In a VRF nmap finds a link over IPv4. Beyond it makes connections, as a process of the VRF. Over IPv6 it takes open
# ports for filtered there.
vrf() {
	begin_setup
	on scanner link add v1 type vrf table 77
	on scanner link set v1 up
	on scanner link set e1 master v1
	address e1 e1
	on fleet route add local 198.18.67.0/30 dev lo
	on scanner route add 198.18.67.0/30 via 198.18.64.3 table 77
	ours=(-i e1) theirs=(-e e1)
	compare "VRF, an interface of it" "${both[@]}"
	mount -t cgroup2 none /sys/fs/cgroup
	as_nmap_connects "VRF" "${both[@]}" 198.18.67.{0..3}
	umount /sys/fs/cgroup
	scan -i v1
	is "VRF: without targets it is refused" "1 1" "$status $(grep -c 'v1: is a VRF' "$tmp/err")"
	ours=(--source-ip 198.18.64.1 -i v1)
	finds "VRF, --source-ip" "${both[@]}"
	on scanner link del v1
}
# The path of ip: busybox's timeout would run its own.
as_nmap_connects() { # NAME TARGET...
	local way name=$1
	lab exec scanner ip vrf exec v1 nmap -n -Pn -sT -p 6-10 -oX "$tmp/xml" "${@:2}" \
		>"$tmp/nmap" 2>&1 || true
	nmap_states "$tmp/xml" >"$tmp/theirs"
	for way in "-i e1" "-i v1" "ip vrf exec v1"; do
		ours=()
		if [[ $way == -i* ]]; then
			read -r -a ours <<<"$way"
		else
			xscan=("$(command -v ip)" vrf exec v1 "${xscan[@]}")
		fi
		finds "$name, $way" "${@:2}"
		same "$name, $way: as nmap" "$tmp/theirs" "$tmp/found"
		finds "$name, $way, IPv6" "${both6[@]}"
	done
	use "$BUILD"
}

setups() {
	stack_up
	# These take more than one connection.
	# shellcheck disable=SC2046 # a list
	kill $(ip netns pids "$LAB-fleet")
	until_true fleet_is_gone
	tools/lab exec fleet httpd -f -p 7 &
	tools/lab exec fleet httpd -f -p 9 &
	until_true listens 7
	until_true listens 9
	lab exec scanner sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
	lab exec fleet sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
	vlan
	bond
	ipvlan
	wireguard
	vrf
}
