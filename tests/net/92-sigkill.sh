#!/bin/bash
# SIGKILL to a process of a scan at a random moment, in each mode. The scan leaves no program, map, link,
# filter, queueing discipline or process; everything else is as before.
#
# SIGKILLS (60): the number of kills.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need bpftool tc
pid=
trap 'code=$?; [ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null || true; clean_up "$code"' EXIT

kills=${SIGKILLS:-60}
modes=("--attach auto" "--attach native" "--attach generic" "--attach tc" "--tx xdp"
	"--attach tc --synack reset" "--attach native --synack drop")
moment_max_ms=300
net=198.18.1.0/24

# What is at the interface, as tools see it.
there() {
	ip -n "$LAB" -d link show
	tc -n "$LAB" qdisc show
	tc -n "$LAB" filter show dev eth0 ingress
	tc -n "$LAB" filter show dev eth0 egress
	lab exec scanner bpftool net
}

# What the kernel holds of BPF for a process: lines like "prog_id 17".
bpf_objects() { # PID...
	local pid
	for pid; do
		cat /proc/"$pid"/fdinfo/* 2>/dev/null
	done | awk '/^(prog|map|link)_id:/ { print $1, $2 }' | sort -u
}

# What is left of $tmp/objects and of the processes $family; empty if nothing is.
left() {
	local kind id process
	while read -r kind id; do
		! bpftool "${kind%_id:}" show id "$id" >"$tmp/null" 2>&1 || echo "$kind $id"
	done <"$tmp/objects"
	for process in $family; do
		[[ $(ps -o stat= -p "$process") == [!Z]* ]] && echo "process $process"
	done
	there | diff "$tmp/before" - || true
}

# Stop a scan at a moment, note what it has, and kill one of its processes. If that is a child of the
# scan, the scan has to come to its end.
kill_once() { # OPTION...
	local victim status=0
	tools/lab exec scanner "$BUILD/xscan" -i eth0 --rate 20k --tcp 1-20 "$@" "$net" \
		>"$tmp/out" 2>"$tmp/err" </dev/null &
	pid=$!
	sleep "$(printf '0.%03d' $((RANDOM % moment_max_ms)))"
	kill -STOP "$pid" 2>/dev/null || true
	family="$pid $(cat "/proc/$pid/task/$pid/children" 2>/dev/null || true)"
	# shellcheck disable=SC2086 # a list
	bpf_objects $family >"$tmp/objects"
	cut -d _ -f 1 "$tmp/objects" >>"$tmp/kinds"
	victim=$(tr ' ' '\n' <<<"$family" | grep . | shuf -n 1)
	kill -KILL "$victim" 2>/dev/null || true
	kill -CONT "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || status=$?
	if [ "$victim" = "$pid" ]; then
		[[ $status == @(0|137) ]] || echo "$*: exit status $status" >>"$tmp/odd"
		[ "$status" = 0 ] || killed=$((killed + 1))
	elif [ "$status" != 0 ]; then
		echo "$*: exit status $status after a child was killed" >>"$tmp/odd"
	fi
	pid=
}

nothing_is_left() { # OPTION...
	local deadline=$((SECONDS + 3))
	while left >"$tmp/left"; [ -s "$tmp/left" ] && [ "$SECONDS" -lt "$deadline" ]; do
		sleep 0.05
	done
	[ ! -s "$tmp/left" ] || {
		echo "$*:"
		cat "$tmp/left"
	} >>"$tmp/odd"
}

killed=0
for scene in "nothing else" "others' programs"; do
	: >"$tmp/odd"
	fleet_up --net "$net"
	if [ "$scene" != "nothing else" ]; then
		tc -n "$LAB" qdisc add dev eth0 clsact
		tc -n "$LAB" filter add dev eth0 ingress bpf da bytecode '1,6 0 0 4294967295'
	fi
	there >"$tmp/before"
	for ((i = 0; i < kills / 2; i++)); do
		# shellcheck disable=SC2086 # a list
		set -- ${modes[i % ${#modes[@]}]}
		kill_once "$@"
		nothing_is_left "$scene, $*"
		[ ! -s "$tmp/odd" ] || break
	done
	is "$i times SIGKILL, with $scene at the interface: nothing is left" "" "$(head -n 20 "$tmp/odd")"
done
is "control: most scans were killed and not at their end" yes \
	"$([ $((killed * 2)) -ge "$kills" ] && echo yes || echo "$killed of $kills")"
is "control: programs, maps and links were looked for" "link map prog" \
	"$(sort -u "$tmp/kinds" | paste -sd ' ')"
scan -i eth0 --tcp 1-20 "$net"
exits "the next scan is complete" 0
