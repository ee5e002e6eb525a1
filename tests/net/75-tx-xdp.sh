#!/bin/bash
# The in-kernel sender finds what the fleet holds: in both attach modes, at the fastest rate and at a slow one,
# and with more targets than one queue holds. It says so if a device cannot send.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

nets=198.19.0.0/18
ports=1-20

found_all() { # NAME
	exits "$1: ends with 0" 0
	open_of "$tmp/out" >"$tmp/found"
	same "$1: the open ports" "$tmp/open" "$tmp/found"
	is "$1: closed ports, in the summary" "$(wc -l <"$tmp/closed") 0 true xdp" \
		"$(summary "$tmp/json" closed unanswered complete tx)"
}

export LAB_ADDR=198.18.0.1/30 LAB_GATEWAY=198.18.0.2
fleet_up --gateway "$LAB_GATEWAY" --net "$nets"
fleet_list open "$ports" >"$tmp/open"
fleet_list closed "$ports" >"$tmp/closed"
for mode in native generic; do
	scan --dry-run --tx xdp --attach "$mode" --tcp "$ports" "$nets"
	exits "--tx xdp, $mode: a dry run ends with 0" 0
	scan --tx xdp --rate max --attach "$mode" --json "$tmp/json" --tcp "$ports" "$nets"
	found_all "16,384 hosts x 20 ports, --rate max, $mode"
done
scan --tx xdp --budget off --json "$tmp/json" --tcp "$ports" "$nets"
found_all "16,384 hosts x 20 ports, --rate auto"

fleet=(--net 198.19.0.0/26)
fleet_list open "$ports" >"$tmp/open"
fleet_list closed "$ports" >"$tmp/closed"
scan --tx xdp --rate 1000 --json "$tmp/json" --tcp "$ports" 198.19.0.0/26
found_all "1,280 probes at 1,000 a second"
# At --rate max the peer's queue may refuse a frame, which the scan then sends again.
is "1,280 probes at 1,000 a second: the interface took each frame" 0 "$(summary "$tmp/json" send_errors)"
is "1,280 probes at 1,000 a second: not faster" yes \
	"$(jq -r 'select(.type == "summary") | if .sent / .elapsed_s <= 1050 then "yes" else . end' \
		"$tmp/json")"

# A veth hands XDP frames over only if its other end polls: with GRO, or an XDP program of its own.
lab down
lab up
lab exec net ip -o link show type veth | awk -F '[ :@]+' '{ print $2 }' | while read -r device; do
	lab exec net ethtool -K "$device" gro off
done
sent() { # frames that left the scanner's interface
	lab exec scanner sed -n 's/^ *eth0://p' /proc/net/dev | awk '{ print $10 }'
}
# Before Linux 6.3 the kernel does not say what an interface can do: the first frame must prove it.
asked() {
	printf '%s\n' 6.3 "$(uname -r)" | sort -V -C
}
refuses() { # NAME
	exits "$1: ends with 1" 1
	is "$1: one line says it" 1 \
		"$(grep -c '^xscan: eth0: does not transmit XDP frames: use --tx af_packet' "$tmp/err")"
	! asked || is "$1: the output file is left as it was" 'results of the last scan' "$(cat "$tmp/json")"
}
echo 'results of the last scan' >"$tmp/json"
before=$(sent)
scan -q --tx xdp --tcp 22 --json "$tmp/json" 198.18.0.20
refuses "a device that takes no XDP frames"
! asked || is "a device that takes no XDP frames: nothing is sent" "$before" "$(sent)"

asked || exit 0

scan --dry-run --tx xdp --tcp 22 --json "$tmp/json" 198.18.0.20
refuses "a device that takes no XDP frames, a dry run"
is "a device that takes no XDP frames, a dry run: no plan is printed" "" "$(cat "$tmp/out")"

# What the host itself sends meanwhile is no proof that XDP frames leave.
echo 'results of the last scan' >"$tmp/json"
lab exec scanner timeout 10 bash -c 'for ((i = 0; i < 2000; i++)); do
	echo >/dev/udp/198.18.0.10/9; sleep 0.004; done' 2>/dev/null &
talker=$!
scan -q --tx xdp --tcp 22 --json "$tmp/json" 198.18.0.20
kill "$talker" 2>/dev/null || true
wait "$talker" 2>/dev/null || true
refuses "a device that takes no XDP frames, of a host that talks"
