#!/bin/bash
# The path to the targets dies in the middle of a scan, for a while or for good. A scan is complete, or it
# says what is missing; and it ends soon. 73-fell-silent has a gateway that gets another MAC address.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/net/judge.sh
. tests/net/judge.sh
need jq

scan_seconds=30
ports=$(seq -s , 1 50 5000)

# Scan at a fixed rate and at the default one, while COMMAND runs in the background. Half a second is in
# the middle of either.
trouble() { # NAME UP-FUNCTION [COMMAND...]
	local up=$2 command=("${@:3}")
	net=198.18.1.0-7
	try "$1, --rate 10k" --rate 10k -p 1-5000
	net=198.18.1.0-4
	try "$1, --rate auto" --budget off -p -
}
more=() # options of each scan
try() { # NAME OPTION...
	local name=$1 helper=
	# shellcheck disable=SC2046 # a list
	pairs 198.18.1 0 "${net##*-}" $(seq 1 50 5000) >"$tmp/expected"
	"$up"
	if [ ${#command[@]} -gt 0 ]; then
		before=$(frames)
		"${command[@]}" >"$tmp/helper" 2>&1 &
		helper=$!
	fi
	scan "${more[@]}" "${@:2}" --json "$tmp/json" "$net"
	[ -z "$helper" ] || { kill "$helper" && wait "$helper"; } 2>/dev/null || true
	complete_or_told "$name" "$tmp/expected"
	echo "# $name: exit status $status, $found found, $missing missing;" \
		"$(summary "$tmp/json" elapsed_s coverage coverage_low) (seconds, coverage, at least)"
	fleet_stop
	is "control: $name: it came in the middle of the scan" yes \
		"$([ "$found" -gt 0 ] && [ "$((missing + $(counted dead banned)))" -gt 0 ] && echo yes)"
}

on_link() {
	faulty_up --net "$net" --open "$ports" "$@"
}
behind_gateway() {
	LAB_ADDR=198.18.0.1/24 LAB_GATEWAY=198.18.0.254 \
		faulty_up --net "$net" --gateway 198.18.0.254 --open "$ports" "$@"
}

gone() {
	on_link --go-away 0.5
}
trouble "hosts go away" gone

gateway_gone() {
	behind_gateway --go-away 0.5
}
trouble "the gateway goes away" gateway_gone

banned_on_link() {
	on_link --ban 0.5
}
trouble "a firewall bans us" banned_on_link

banned_behind() {
	behind_gateway --ban 0.5
}
trouble "a firewall behind the gateway bans us" banned_behind

banned_each() {
	on_link --ban-after 1000
}
trouble "each host bans us after 1,000 SYNs" banned_each

outage() {
	on_link --outage 0.5:4
}
trouble "everything is silent for 4 s" outage

# build/fleet that loses each frame, at the scanner's own interface. It comes when the scan has sent its
# first SYNs, behind the replies to ARP. A scan in native XDP would leave no room for it.
dropping_xdp() {
	until [ "$(frames)" -gt $((before + 2000)) ]; do
		sleep 0.02
	done
	exec tools/lab exec scanner "$BUILD/fleet" -i eth0 --net 198.19.255.254 --loss 1.0
}
more=(--attach tc)
trouble "somebody drops what comes in at our interface" on_link dropping_xdp
more=()
