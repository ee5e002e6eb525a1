#!/bin/bash
# On a kernel without tcx the filter of a scan outlives the scan, and a guardian removes it. A guardian that
# is stopped holds up nobody; if it is killed together with xscan, the next scan removes the dead filter,
# and no other. tests/net/no-tcx.c makes this kernel one without tcx.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need jq tc pgrep setpriv
pids=() # of other scans in the background
# shellcheck disable=SC2154 # $process is of the trap itself
trap 'code=$?; for process in "${pids[@]}"; do kill -KILL "$process" 2>/dev/null || true; done
	clean_up "$code"' EXIT

net=198.18.1.0/25
ports=1-20
end_seconds=5   # within which a scan that is told to end does so
left_seconds=20 # and a whole one
rate=2k
user=65534
capabilities=+net_admin,+net_raw,+bpf,+perfmon
as_root=(env "LD_PRELOAD=$tmp/no-tcx.so" "$tmp/xscan")
as_user=(setpriv --reuid "$user" --regid "$user" --clear-groups "--inh-caps=-all,$capabilities"
	"--ambient-caps=$capabilities" "${as_root[@]}")

there() {
	local process
	tc -n "$LAB" qdisc show dev eth0
	tc -n "$LAB" filter show dev eth0 ingress
	for process in $(ip netns pids "$LAB"); do
		grep -s xscan "/proc/$process/comm" || true
	done
}
is_as_before() {
	there | cmp -s "$tmp/before" -
}
nothing_is_left() { # NAME
	until_true is_as_before || true
	same "$1: nothing is left" "$tmp/before" <(there)
}
filters() {
	tc -n "$LAB" filter show dev eth0 ingress | grep -c 'xscan_tc:\[' || true
}
until_true() { # COMMAND...: status 1 if that takes too long
	local deadline=$((SECONDS + end_seconds))
	until "$@"; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.02
	done
}
found_a_port() {
	grep -qs '"type":"port"' "$tmp/json"
}
is_stopped() { # PID
	[[ $(ps -o stat= -p "$1") == T* ]]
}

# A scan that takes a second or more, and is asking for ports; sets $pid and $guardian.
begin_filtered() { # NAME
	begin -i eth0 --rate "$rate" --attach tc --tcp "$ports" --json "$tmp/json" "$net"
	until_true found_a_port || fail "$1: the scan finds a port" "$tmp/err"
	has_guardian || fail "$1: control: it has a guardian"
}
has_guardian() {
	guardian=$(pgrep -P "$pid" -r S -x xscan-guardian)
}
stop_guardian() {
	kill -STOP "$guardian"
	until_true is_stopped "$guardian"
}
# Both are stopped first: neither does anything when the other is gone.
kill_both() {
	kill -STOP "$guardian" "$pid"
	kill -KILL "$guardian"
	kill -KILL "$pid"
	wait "$pid" || true
	pid=
} 2>/dev/null
whole() { # NAME: the last scan found all
	exits "$1: the scan is complete" 0
	same "$1: the scan finds what is open" "$tmp/open" <(open_of "$tmp/out")
}

# The user may write there.
install -m 755 "$BUILD/xscan" "$BUILD/tests/no-tcx.so" "$tmp"
chmod 777 "$tmp"
fleet_up --net "$net" --open 1/4
fleet_list open "$ports" >"$tmp/open"
there >"$tmp/before"

for who in root user; do
	[ "$who" = root ] && xscan=("${as_root[@]}") || xscan=("${as_user[@]}")
	name="$who, guardian is stopped"
	begin_filtered "$name"
	is "$name: control: a filter is there" 1 "$(filters)"
	stop_guardian
	finish "$left_seconds"
	whole "$name"
	nothing_is_left "$name"

	name="$who, guardian is stopped, SIGTERM"
	begin_filtered "$name"
	stop_guardian
	kill -TERM "$pid"
	finish "$end_seconds"
	exits "$name: the scan ends soon" 130
	nothing_is_left "$name"

	name="$who, guardian is stopped, SIGKILL"
	begin_filtered "$name"
	stop_guardian
	kill -KILL "$pid"
	finish "$end_seconds"
	nothing_is_left "$name"

	name="$who, guardian is replaced and stopped"
	begin_filtered "$name"
	kill -KILL "$guardian"
	until_true has_guardian || fail "$name: control: there is a new one" "$tmp/err"
	stop_guardian
	kill -KILL "$pid"
	finish "$end_seconds"
	nothing_is_left "$name"
done

# The guardian is killed together with xscan.

leave_dead() { # NAME
	begin_filtered "$1"
	kill_both
	is "$1: control: the dead filter is there" "${2:-1}" "$(filters)"
}
for mode in native generic tc; do
	xscan=("${as_root[@]}")
	name="killed with its guardian, then --attach $mode"
	leave_dead "$name"
	scan --attach "$mode" --tcp "$ports" "$net"
	whole "$name"
	nothing_is_left "$name"
done
xscan=("${as_root[@]}")
leave_dead "root's, then a user's"
xscan=("${as_user[@]}")
scan --attach tc --tcp "$ports" "$net"
whole "root's, then a user's"
nothing_is_left "root's, then a user's"

# One lives, one is dead: the third removes the filter of the dead one alone.

xscan=("${as_root[@]}")
rate=600 begin_filtered "the first of three"
first=$pid
pids=("$first")
mv "$tmp/out" "$tmp/first.out"
mv "$tmp/err" "$tmp/first.err"
leave_dead "the second of three" 2
scan --attach tc --tcp "$ports" "$net"
whole "the third of three"
is "the third of three: removes one filter" 1 "$(filters)"
is "the first of three: was still under way" yes "$(kill -0 "$first" && echo yes || echo no)"
pid=$first
finish "$left_seconds"
pids=()
cp "$tmp/first.out" "$tmp/out"
cp "$tmp/first.err" "$tmp/err"
whole "the first of three"
nothing_is_left "the first of three"

# What nobody can remove is told.

name="no right to remove the filter"
xscan=(env NO_DETACH=1 "${as_root[@]}")
scan -q --attach tc --tcp "$ports" "$net"
exits "$name: the scan ends with 1" 1
same "$name: the scan finds what is open" "$tmp/open" <(open_of "$tmp/out")
is "$name: one line says so" "1 1" "$(wc -l <"$tmp/err") $(grep -c \
	"^xscan: eth0: cannot remove xscan's filter: Operation not permitted: remove it with " "$tmp/err")"
is "$name: control: the filter is left" 1 "$(filters)"
read -ra command < <(cut -d '`' -f 2 "$tmp/err")
is "$name: the command in that line is one of tc" tc "${command[0]}"
tc -n "$LAB" "${command[@]:1}"
is "$name: the command removes the filter" 0 "$(filters)"
