#!/bin/bash
# Trouble in the middle of a scan: disks that fill, readers that leave, signals, links that go down.
# In each case the exit status says so, results are kept, and nothing stays behind.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need jq bpftool prlimit

net=198.18.1.0/24
ports=1-100
# A quarter of a minute: long enough to do things in the middle of the scan.
long=(-i eth0 --attach native --rate 1700 --all --tcp "$ports" --json "$tmp/json" "$net")
# One and a half seconds.
short=(-i eth0 --attach native --rate 10k --all --tcp 1-60 --json "$tmp/json" "$net")
wait_seconds=10

until_true() { # COMMAND...: status 1 if that takes too long
	local deadline=$((SECONDS + wait_seconds))
	until "$@"; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.01
	done
}

attached() { # INTERFACE
	ip -n "$LAB" link show dev "$1" | grep -q xdp
}
detached() { # INTERFACE
	! attached "$1"
}
ports_found() {
	[ -e "$tmp/json" ] && grep -q '"port"' "$tmp/json"
}

# Wait until the scan in the background has found the first ports.
until_in_the_middle() {
	until_true ports_found || fail "the scan in the background finds a port" "$tmp/err"
}

# BPF objects that the kernel holds for the process in the background: lines like "prog_id 17".
bpf_objects() {
	cat /proc/"$pid"/fdinfo/* 2>/dev/null |
		awk '/^(prog|map|link)_id:/ { print $1, $2 }' | sort -u
}
bpf_objects_gone() { # FILE
	local kind id
	while read -r kind id; do
		! bpftool "${kind%_id:}" show id "$id" >/dev/null 2>&1 || return 1
	done <"$1"
}

# Judgements

error_lines() { # lines on standard error other than the closing line, and that the scan gave way
	grep -cvE '^xscan: (incomplete: )?[0-9]+ of [0-9]+ hosts up|^xscan: gave way' "$tmp/err" || true
}

broke_off() { # NAME REGEX: how the last scan ended: status 1, and one line that says this
	{
		[ "$status" = 1 ] || echo "exit status $status, expected 1"
		[ "$(error_lines)" = 1 ] || echo "$(error_lines) error lines, expected 1"
		grep -qE "^xscan: ($2)" "$tmp/err" || echo "no line like this: xscan: $2"
	} >"$tmp/why"
	if [ -s "$tmp/why" ]; then
		head -n 5 "$tmp/err" | sed 's/^/  /' >>"$tmp/why"
		fail "$1" "$tmp/why"
	else
		pass "$1"
	fi
}

# The JSON of a scan that was stopped: valid to the last line, which is the summary, and true.
kept() { # NAME
	local total=$((256 * 100))
	jq -es --argjson total "$total" '
		(map(select(.type == "port")) | length) as $ports |
		(map(select(.type == "host")) | length) as $hosts |
		(map(select(.type == "port" and .state == "open")) | length) as $open |
		.[-1] | .type == "summary" and .complete == false and $ports > 0 and
			$ports < $total and .open == $open and .hosts_up == $hosts and
			.open + .closed + .filtered == $ports and .sent < .probes' \
		"$tmp/json" >"$tmp/why" 2>&1 || {
		tail -n 2 "$tmp/json" >>"$tmp/why"
		fail "$1" "$tmp/why"
		return 0
	}
	jq -r 'select(.type == "port") | "\(.ip) \(.port)"' "$tmp/json" >"$tmp/expected"
	awk -F'\t' '$2 ~ /\/tcp$/ { sub(/\/tcp/, "", $2); print $1, $2 }' "$tmp/out" >"$tmp/found"
	same "$1, and the table has the same ports" "$tmp/expected" "$tmp/found"
}

links() {
	ip -n "$LAB" -o link show | sed 's/\\.*//'
}

# Nothing of the scan is left: no attachment, no BPF object of it ($tmp/objects), no change of a link.
guest_left() { # NAME
	{
		until_true detached eth0 || ip -n "$LAB" link show dev eth0
		until_true bpf_objects_gone "$tmp/objects" || sed 's/^/still there: /' "$tmp/objects"
		links | diff "$tmp/links" - || true
	} >"$tmp/why"
	if [ -s "$tmp/why" ]; then
		fail "$1" "$tmp/why"
	else
		pass "$1"
	fi
}

fleet_up --net "$net"
links >"$tmp/links"

# Disk full

scan -i eth0 --json /dev/full 198.18.1.1
broke_off "full disk under --json" '/dev/full: .*No space left'
for format in '' '--json -'; do
	status=0
	# shellcheck disable=SC2086 # none or two words
	lab exec scanner timeout "$scan_seconds" "$BUILD/xscan" -i eth0 $format --tcp 1-9 198.18.1.1 \
		>/dev/full 2>"$tmp/err" </dev/null || status=$?
	broke_off "full disk under standard output ${format:-(table)}" 'standard output: .*No space left'
done
for option in --dry-run --help --version; do
	status=0
	lab exec scanner "$BUILD/xscan" -i eth0 "$option" >/dev/full 2>"$tmp/err" || status=$?
	broke_off "full disk under standard output, $option" 'standard output: .*No space left'
done
closed_stdout() { # REGEX ARGUMENT...: standard output is closed; one line says so
	local regex=$1
	shift
	status=0
	# shellcheck disable=SC2016 # expanded by the inner shell
	lab exec scanner sh -c '"$@" >&-' sh timeout "$scan_seconds" "$BUILD/xscan" -i eth0 "$@" \
		2>"$tmp/err" </dev/null || status=$?
	broke_off "closed standard output, ${*//$tmp\//}" "standard output: $regex"
}
closed_stdout '.*Bad file descriptor' --version
closed_stdout 'is closed' --dry-run
closed_stdout 'is closed' 198.18.1.1
closed_stdout 'is closed' --json - 198.18.1.1
closed_stdout 'is closed' -q --json "$tmp/json" 198.18.1.1
is "and the other output is not made" no "$([ -e "$tmp/json" ] && echo yes || echo no)"
closed_stdout 'is closed' -q --exclude 198.18.0.0/16 --tcp 1 198.19.0.9 # there is nothing to print
status=0
# Without /dev/null nothing stands in for standard output but a descriptor that takes nothing.
# shellcheck disable=SC2016 # expanded by the inner shell
lab exec scanner unshare --mount sh -c 'mount -t tmpfs xscan-test /dev && "$@" >&-' sh \
	timeout "$scan_seconds" "$BUILD/xscan" -i eth0 198.18.1.1 2>"$tmp/err" </dev/null || status=$?
broke_off "closed standard output, without /dev/null" 'standard output: is closed'
status=0
# shellcheck disable=SC2016 # expanded by the inner shell
lab exec scanner sh -c '"$@" <&-' sh "$BUILD/xscan" -i eth0 --targets - 2>"$tmp/err" || status=$?
is "closed standard input as targets: status 2 and a line that says so" "2 1" \
	"$status $(grep -c '^xscan: standard input: Bad file descriptor' "$tmp/err")"
scan -i eth0 --rate 10k --all --tcp "$ports" --json "$tmp/json" "$net"
exits "control: the scan for the small disk is complete" 0
is "control: and gives more than the small disk holds" yes \
	"$([ "$(wc -c <"$tmp/json")" -gt 131072 ] && echo yes || echo no)"
status=0
# A mount namespace of its own: the disk goes with the process. Descriptor 3 brings out its content.
# shellcheck disable=SC2016 # expanded by the inner shell
lab exec scanner unshare --mount timeout -k 5 "$scan_seconds" sh -c '
	mount -t tmpfs -o size=128k xscan-test "$1" || exit 99
	"$2" -i eth0 --rate 10k --all --tcp "$3" --json "$1/json" "$4" || status=$?
	cat "$1/json" >&3
	exit ${status:-0}' sh "$tmp" "$BUILD/xscan" "$ports" "$net" \
	>"$tmp/out" 2>"$tmp/err" 3>"$tmp/json" </dev/null || status=$?
broke_off "disk that fills during the scan" '.*/json: .*No space left'
is "what fitted is whole lines of JSON but for the last" 0 \
	"$(head -n -1 "$tmp/json" | jq -e .type >/dev/null 2>"$tmp/why"; echo $?)"
status=0
lab exec scanner prlimit --fsize=4096 "$BUILD/xscan" -i eth0 --all --tcp "$ports" \
	--json "$tmp/json" "$net" >/dev/null 2>"$tmp/err" </dev/null || status=$?
broke_off "limit of file sizes reached during the scan" '.*/json: .*File too large'

# Readers that leave, or do not read

for format in '' '--json -'; do
	# shellcheck disable=SC2016,SC2086 # expanded by the inner shell; none or two words
	lab exec scanner bash -c '"$@" | head -n 1; echo "${PIPESTATUS[0]}" >&2' bash \
		timeout -k 5 10 "$BUILD/xscan" -i eth0 --rate 1700 --all --tcp "$ports" $format "$net" \
		>"$tmp/out" 2>"$tmp/err" </dev/null
	status=$(tail -n 1 "$tmp/err")
	sed -i '$d' "$tmp/err"
	broke_off "reader that leaves after a line ${format:-(table)}" 'standard output: '
done

mkfifo "$tmp/pipe"
exec 8<>"$tmp/pipe" # a reader who never reads
rm -f "$tmp/json"
tools/lab exec scanner env --default-signal=TERM "$BUILD/xscan" -i eth0 --rate 50k --all --tcp "$ports" \
	"$net" >&8 2>"$tmp/err" </dev/null 8>&- &
pid=$!
sleep 1 # by now it waits for room in the pipe
kill -TERM "$pid"
finish 3
is "SIGTERM ends a scan whose reader does not read" yes \
	"$([ "$status" != 137 ] && echo yes || echo no)"
exec 8>&-
tools/lab exec scanner env --default-signal=TERM "$BUILD/xscan" -i eth0 --json "$tmp/pipe" "$net" \
	>/dev/null 2>"$tmp/err" </dev/null &
pid=$!
sleep 0.5
kill -TERM "$pid" 2>/dev/null || true # it may refuse a pipe that nobody reads at once
finish 3
is "a scan whose output file has no reader ends" yes \
	"$([ "$status" != 137 ] && echo yes || echo no)"

# Signals

for signal in INT TERM HUP QUIT; do
	begin "${long[@]}"
	until_in_the_middle
	bpf_objects >"$tmp/objects"
	kill -"$signal" "$pid"
	finish "$wait_seconds"
	exits "SIG$signal: exit status 130" 130
	is "SIG$signal: no error line" 0 "$(error_lines)"
	kept "SIG$signal: what was found is kept"
	guest_left "SIG$signal: nothing is left behind"
done
is "control: programs, maps and a link were looked for" "link_id: map_id: prog_id:" \
	"$(cut -d ' ' -f 1 "$tmp/objects" | sort -u | paste -sd ' ')"

begin "${long[@]}" --quiet
until_true attached eth0 || fail "the scan attaches its program" "$tmp/err"
kill -INT "$pid"
finish "$wait_seconds"
exits "SIGINT during the ARP sweep: exit status 130" 130
is "SIGINT during the ARP sweep: the last record is an incomplete summary" false \
	"$(tail -n 1 "$tmp/json" | jq -r 'select(.type == "summary") | .complete')"

# nohup: a signal that was ignored when the program began stays ignored.
tools/lab exec scanner env --ignore-signal=HUP "$BUILD/xscan" "${short[@]}" \
	>"$tmp/out" 2>"$tmp/err" </dev/null &
pid=$!
until_in_the_middle
kill -HUP "$pid"
finish "$wait_seconds"
exits "SIGHUP under nohup: the scan goes on to its end" 0

# SIGKILL, at moments that depend on the clock and at two that do not.
for moment in 0 0.01 0.03 0.06 0.1 0.2 "attached eth0" ports_found; do
	begin "${long[@]}"
	# shellcheck disable=SC2086 # a command
	case $moment in
	[0-9]*) sleep "$moment" ;;
	*) until_true $moment || fail "the scan comes to the moment: $moment" "$tmp/err" ;;
	esac
	bpf_objects >"$tmp/objects"
	kill -KILL "$pid"
	finish "$wait_seconds"
	[ "$status" = 137 ] || fail "SIGKILL ends the scan"
	guest_left "SIGKILL at ${moment//_/ }: nothing is left behind"
done
scan -i eth0 --tcp 1-10 198.18.1.1
exits "the next scan after all that is complete" 0

# The link

begin "${long[@]}"
until_in_the_middle
ip -n "$LAB" link set eth0 down
finish "$wait_seconds"
broke_off "interface goes down" 'eth0: .*down'
kept "interface goes down: what was found is kept"
ip -n "$LAB" link set eth0 up

begin "${short[@]}"
until_in_the_middle
ip -n "$LAB-fleet" link set eth0 down
finish 20
ip -n "$LAB-fleet" link set eth0 up
is "cable pulled: the scan ends with 1, or 3 for lost answers" yes \
	"$([[ $status == [13] ]] && echo yes || echo "$status")"
is "cable pulled: it is not told as complete" false \
	"$(tail -n 1 "$tmp/json" | jq -r 'select(.type == "summary") | .complete')"

fleet_up --net "$net" # with links as they were at first
links >"$tmp/links"
ip -n "$LAB" link add gone0 type veth peer name gone1
ip -n "$LAB" address add 198.19.1.1/24 dev gone0
ip -n "$LAB" link set gone0 up
ip -n "$LAB" link set gone1 up
begin -i gone0 --attach native --rate 50 --json "$tmp/json"
until_true attached gone0 || fail "the scan attaches its program" "$tmp/err"
ip -n "$LAB" link delete gone0
finish "$wait_seconds"
broke_off "interface is deleted" 'gone0: '

# Two at once

begin -i eth0 --attach native --rate 10k --tcp 1-100 --json "$tmp/json" "$net"
until_in_the_middle
status=0
lab exec scanner "$BUILD/xscan" -i eth0 --attach native --tcp 1-100 "$net" \
	>"$tmp/out2" 2>"$tmp/err2" </dev/null || status=$?
is "second scan on the interface ends with 1" 1 "$status"
is "it says what is in its way, in one line" 1 "$(grep -cE '^xscan: eth0: .*XDP' "$tmp/err2")"
is "and nothing else" 1 "$(cat "$tmp/err2" "$tmp/out2" | wc -l)"
finish 20
exits "the first scan is complete" 0
fleet_list open 1-100 >"$tmp/expected"
open_of "$tmp/out" >"$tmp/found"
same "the first scan finds all that is open" "$tmp/expected" "$tmp/found"

# Too much

# More questions than answers have room: xscan says so or copes, but does not crash.
ip -n "$LAB" route add 198.19.0.0/16 via 198.18.1.1
status=0
lab exec scanner timeout --preserve-status -k 10 2 "$BUILD/xscan" -i eth0 --tcp - 198.19.0.0/16 \
	>"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
is "four billion probes: refused with a line, or stopped by SIGTERM" yes \
	"$(case $status-$(error_lines) in 1-1 | 130-0) echo yes ;; *) echo "$status: $(error_lines)" ;; esac)"

# The host's own connections to a host that is being scanned

lab down
lab up
fetch() { # SECONDS of waiting between request and answer: a connection of the kernel's own
	# shellcheck disable=SC2016 # expanded by the inner shell
	lab exec scanner timeout 10 bash -c '
		exec 3<>/dev/tcp/198.18.0.10/80 || exit 1
		eval "$1"
		printf "GET / HTTP/1.0\r\n\r\n" >&3
		tail -n 1 <&3' bash "$1" 2>/dev/null
}
begin -i eth0 --rate 10k --tcp 1-15000 --json "$tmp/json" 198.18.0.10
fetch 'sleep 2.5' >"$tmp/long" &
slow=$!
answers=0 tries=0
while kill -0 "$pid" 2>/dev/null; do
	tries=$((tries + 1))
	[ "$(fetch :)" != web ] || answers=$((answers + 1))
done
finish "$wait_seconds"
exits "scan of a host that the kernel talks to is complete" 0
is "control: connections were made during the scan" yes \
	"$([ "$tries" -ge 10 ] && echo yes || echo "$tries")"
is "the kernel's connections to that host all work" "$tries" "$answers"
wait "$slow" || true
is "a connection from before the scan outlives it" web "$(cat "$tmp/long")"
same "the scan finds what listens" <(printf '%s\n' '198.18.0.10 80' '198.18.0.10 8080') \
	<(open_of "$tmp/out")
