#!/bin/bash
# Two and three scans on one interface at the same time, of the same hosts and of different ones: each gets
# all of its own answers and no others.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq
pids=()
# shellcheck disable=SC2154 # $pid is of the trap itself
trap 'code=$?; for pid in "${pids[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
	clean_up "$code"' EXIT

ports=1-24
half=(198.18.1.0/25 198.18.1.128/25)
fleet_up --net 198.18.1.0/24 --open 1/4 --seed 5
for net in "${half[@]}"; do
	"$BUILD/fleet" --net "$net" --open 1/4 --seed 5 --list open --ports "$ports"
done | sed 's/\t/ /; s,/tcp,,' >"$tmp/open"

begin() { # NAME of its files, OPTION...
	local name=$1
	shift
	tools/lab exec scanner timeout -k 5 "$scan_seconds" "$BUILD/xscan" --rate 4k --tcp "$ports" \
		--json "$tmp/json.$name" "$@" >"$tmp/out.$name" 2>"$tmp/err.$name" </dev/null &
	pids+=($!)
}

# One XDP program has room: a scan that must have it comes before another one that takes it when it is free.
begin_at_xdp() { # as `begin`; waits until the scan is attached
	local try
	begin "$@"
	for ((try = 0; try < 200; try++)); do
		! ip -n "$LAB" -d link show dev eth0 | grep -q 'prog/xdp' || break
		sleep 0.01
	done
}

# All scans of $pids end well; scan N has all answers to its probes, and what the rest of the network
# answered to others is none of its business.
all_right() { # NAME ADDRESSES of scan 0, of scan 1...: "all", or the third number of the last byte
	local name=$1 i status running=0
	shift
	sleep 0.6
	for i in "${!pids[@]}"; do
		kill -0 "${pids[i]}" 2>/dev/null && running=$((running + 1))
	done
	is "$name: all ran at the same time" "${#pids[@]}" "$running"
	for i in "${!pids[@]}"; do
		status=0
		wait "${pids[i]}" || status=$?
		cp "$tmp/err.$i" "$tmp/err"
		exits "$name: scan $i ends with 0" 0
		awk -v half="$((i + 1))" -v which="${*:i+1:1}" -F'[. ]' '
			which == "all" || (which == 0) == ($4 < 128)' "$tmp/open" >"$tmp/expected"
		same "$name: scan $i finds what is open" "$tmp/expected" <(open_of "$tmp/out.$i")
		is "$name: scan $i has its answers and no others" "true 0 0 0" "$(tail -n 1 "$tmp/json.$i" |
			jq -r '"\(.complete) \(.probes - .replies) \(.duplicates) \(.rejected)"')"
	done
	pids=()
}

net=198.18.1.0/24
begin_at_xdp 0 --attach native "$net"
begin 1 "$net"
all_right "native and auto, the same hosts" all all
begin 0 "$net"
begin 1 "$net"
all_right "auto twice, the same hosts" all all
begin 0 --attach tc --synack drop "$net"
begin 1 --attach generic --synack reset "$net"
begin 2 --attach tc --synack reset "$net"
all_right "tc, generic and tc, the same hosts, other fates of a SYN-ACK" all all all
begin_at_xdp 0 --tx xdp "$net"
begin 1 "$net"
all_right "--tx xdp and auto, the same hosts" all all
begin 0 "${half[0]}"
begin 1 --synack drop "${half[1]}"
all_right "auto twice, different hosts" 0 1
