# shellcheck shell=bash
# In a libxdp dispatcher with other programs: xscan joins, the others go on, and xscan leaves no trace,
# whichever of its processes is killed, and whenever. Sourced by tests/kernels/guest.
# shellcheck disable=SC2154 # variables of its

kill_step=${KILL_STEP:-17} # 1: kill at each step, which takes some minutes

members() { # the programs in the dispatcher: name, id
	lab exec scanner xdp-loader status eth0 | awk '$1 == "=>" { print $3, $4 }'
}
others() {
	members | grep somebody_else || true
}
joined() { # N: are so many of ours there?
	[ "$(members | grep -c '^xscan_' || true)" = "$1" ]
}
frames() { # that the other program has seen
	bpftool -j map dump name others_frames | jq '.[0].formatted.value'
}
sees_more() { # THAN
	[ "$(frames)" -gt "$1" ]
}
load_other() { # MODE [FILE...]
	lab exec scanner xdp-loader load --mode "$1" eth0 "${@:2}" "$BUILD/pass.bpf.o" \
		>"$tmp/loader" 2>&1
}
unload() {
	lab exec scanner xdp-loader unload eth0 --all >"$tmp/loader" 2>&1 || true
}

# What there is of BPF: a dispatcher that changes is replaced, so what it is called counts, not its
# number; pins by the number of folders and of what is in them.
inventory() {
	local kind
	for kind in prog map link; do
		bpftool -j "$kind" list | jq -r --arg kind "$kind" '.[] | "\($kind) \(.name // .type)"'
	done | sort
	find /sys/fs/bpf | sed 's/dispatch-[0-9]*-[0-9]*/dispatch/' | sort
	others
	ip -n "$LAB" link show dev eth0 | grep -o 'xdp[a-z]*' || true
	ours
}
# What there is when nothing goes away any more: the kernel frees a program some time after its last user.
inventory_at_rest() {
	local try
	inventory >"$tmp/before"
	for ((try = 0; try < 20; try++)); do
		sleep 0.5
		! inventory_is "$tmp/before" || break
		cp "$tmp/inventory" "$tmp/before"
	done
}
inventory_is() { # FILE
	inventory >"$tmp/inventory"
	cmp -s "$tmp/inventory" "$1"
}
ours() { # [COMM]: xscan's processes, or one kind of them
	local pid comm
	for pid in $(ip netns pids "$LAB"); do
		comm=$(cat "/proc/$pid/comm" 2>/dev/null) || continue
		# shellcheck disable=SC2053 # a pattern
		[[ $comm != ${1:-xscan*} ]] || echo "$pid"
	done
}
there_is() { # COMM
	[ -n "$(ours "$1")" ]
}
holds() { # NAME COMMAND...
	if "${@:2}"; then
		pass "$1"
	else
		fail "$1" "$tmp/err"
	fi
}
is_as_before() { # NAME: the kernel takes its time to free what nobody uses any more
	local deadline=$((SECONDS + wait_seconds))
	until inventory_is "$tmp/before"; do
		if [ "$SECONDS" -ge "$deadline" ]; then
			diff "$tmp/before" "$tmp/inventory" >"$tmp/why" || true
			fail "$1" "$tmp/why"
			return
		fi
		sleep 0.1
	done
	pass "$1"
}

begin_scan() { # a long one, $scanner
	rm -f "$tmp/json"
	nsenter --net="/run/netns/$LAB" "$BUILD/xscan" -v --rate 20 --all --json "$tmp/json" \
		--tcp "$ports" "$net" >"$tmp/out" 2>"$tmp/err" </dev/null &
	scanner=$!
}
is_joined() { # NAME: the scan under way, and has found something
	until_true ports_found || fail "$1: the scan finds a port before" "$tmp/err"
	joined 1 || fail "$1: control: is in the dispatcher" "$tmp/err"
}

joins() { # NAME ATTACH [OPTION...]
	local seen
	seen=$(frames)
	scan -v --retries 3 --all --json "$tmp/json" --tcp "$ports" "${@:3}" "$net"
	exits "$1: ends with 0" 0
	json_states_of "$tmp/json" >"$tmp/found" || true
	same "$1: each port's state and reason" "$tmp/expected" "$tmp/found"
	is "$1: the summary" "true $2" "$(summary "$tmp/json" complete attach)"
	is "$1: says beside whom" 1 \
		"$(grep -cE "^attach     $2: joins the dispatcher of .somebody_else" "$tmp/err")"
	holds "$1: the other program saw what was passed on" sees_more "$seen"
	is_as_before "$1: afterwards all is as before"
}

falls_to_tc() { # NAME REGEX
	scan -v --retries 3 --all --json "$tmp/json" --tcp "$ports" "$net"
	exits "$1: ends with 0" 0
	is "$1: it is tc" "true tc" "$(summary "$tmp/json" complete attach)"
	is "$1: says why" 1 "$(grep -cE "^attach     tc: .*$2" "$tmp/err")"
}

kill_in_the_middle() { # COMM
	local seen
	begin_scan
	is_joined "SIGKILL of $1"
	kill -KILL "$(ours "$1")"
	if [ "$1" = xscan-guardian ]; then
		until_true there_is "$1" || fail "SIGKILL of $1: there is a new one"
		kill -TERM "$scanner"
	fi
	status=0
	wait "$scanner" || status=$?
	case $1 in
	xscan-agent)
		is "SIGKILL of $1: the scan breaks off" "1 1" \
			"$status $(grep -c 'somebody detached xscan' "$tmp/err")"
		;;
	xscan-guardian) exits "SIGKILL of $1: the scan goes on until it is interrupted" 130 ;;
	esac
	is_as_before "SIGKILL of $1: nothing is left"
	seen=$(frames)
	scan --tcp "$ports" "$net"
	holds "SIGKILL of $1: the other program sees frames" sees_more "$seen"
}

ended() { # PID of a job: not running any more
	[[ $(awk '$1 == "State:" { print $2 }' "/proc/$1/status" 2>/dev/null) == @(Z|) ]]
}

# The scan ends while one of its processes is stopped; then that one goes on. A stopped agent does not say
# that it is there: the scan may break off before it is interrupted.
stop_in_the_middle() { # COMM
	begin_scan
	is_joined "SIGSTOP to $1"
	kill -STOP "$(ours "$1")"
	kill -TERM "$scanner"
	holds "SIGSTOP to $1: the scan ends" until_true ended "$scanner"
	kill -KILL "$scanner" 2>/dev/null || true
	status=0
	wait "$scanner" || status=$?
	[ "$1 $status" != "xscan-agent 1" ] || status=130
	exits "SIGSTOP to $1: its status" 130
	is_as_before "SIGSTOP to $1: nothing is left"
}

# Before each of the calls by which programs come and go, or every so many of them, to the last.
kill_at_each_step() { # COMM STEPS
	local at killed=no
	for ((at = 1; at <= $2; at += kill_step)); do
		KILL_NAME=$1 KILL_AT=$at LD_PRELOAD=$BUILD/kill-at.so scan -v --tcp "$ports" "$net"
		! grep -q severed "$tmp/err" || killed=yes # what the agent's end is called
		is_as_before "SIGKILL of $1 before step $at: nothing is left"
	done
	[ "$1" != xscan-agent ] || is "SIGKILL of $1: control: it was killed" yes "$killed"
}

two_at_once() {
	local first
	begin_scan
	first=$scanner
	is_joined "two at once"
	mv "$tmp/json" "$tmp/first.json"
	scan --retries 3 --all --json "$tmp/json" --tcp "$ports" "$net"
	exits "two at once: the second ends with 0" 0
	is "two at once: the second is in the dispatcher, too" "true native" \
		"$(summary "$tmp/json" complete attach)"
	holds "two at once: the first is still there" joined 1
	status=0
	wait "$first" || status=$?
	exits "two at once: the first ends with 0" 0
	json_states_of "$tmp/first.json" >"$tmp/found" || true
	same "two at once: the first finds each port's state" "$tmp/expected" "$tmp/found"
	is_as_before "two at once: afterwards all is as before"
}

taken_out() {
	local id
	begin_scan
	is_joined "taken out by somebody"
	id=$(members | awk '/^xscan_/ { print $2 }')
	lab exec scanner xdp-loader unload eth0 --id "$id" >"$tmp/loader" 2>&1
	status=0
	wait "$scanner" || status=$?
	is "taken out by somebody: the scan breaks off" "1 1" \
		"$status $(grep -c 'somebody detached xscan' "$tmp/err")"
	is_as_before "taken out by somebody: nothing is left"
}

others_leave() {
	begin_scan
	is_joined "others leave"
	lab exec scanner xdp-loader unload eth0 --id "$(others | cut -d ' ' -f 2)" >"$tmp/loader" 2>&1
	joined 1 || fail "others leave: xscan is there alone" "$tmp/loader"
	kill -TERM "$scanner"
	wait "$scanner" || true
	is "others leave: the dispatcher goes with xscan" "" \
		"$(ip -n "$LAB" link show dev eth0 | grep -o 'prog/xdp' || true)$(find /sys/fs/bpf -name 'dispatch*')"
}

beside_another_program() {
	local process
	target_up native
	unload
	load_other native
	inventory_at_rest
	is "dispatcher: control: another program is in it" 1 "$(others | grep -c . || true)"
	scan_is_refused "dispatcher, --attach native" 'eth0: the XDP dispatcher .* is attached' \
		--attach native
	scan_is_whole "dispatcher, --attach tc" tc af_packet
	is_as_before "dispatcher, --attach tc: afterwards all is as before"
	if linux 5 18; then
		scan_is_refused "dispatcher, --tx xdp" 'eth0: the XDP dispatcher .* is attached' --tx xdp
	fi
	joins "dispatcher" native
	joins "dispatcher, --capture-flow" native --capture "$tmp/capture" --capture-flow 198.18.1.3:1
	is "dispatcher, --capture-flow: probe and answer are captured" true \
		"$([ "$(summary "$tmp/json" captured)" -ge 2 ] && echo true)"
	for process in xscan xscan-agent xscan-guardian; do
		kill_in_the_middle "$process"
	done
	stop_in_the_middle xscan-guardian
	stop_in_the_middle xscan-agent
	taken_out
	two_at_once
	kill_at_each_step xscan-agent 80
	kill_at_each_step xscan-guardian 20
	mount -t tmpfs none /sys/fs/bpf
	falls_to_tc "no bpffs" 'another XDP program|dispatcher'
	umount /sys/fs/bpf
	is_as_before "no bpffs: afterwards all is as before"
	load_other native "$BUILD"/pass.bpf.o{,,,,,,,}
	inventory_at_rest
	falls_to_tc "ten programs in it" 'takes no more: No space'
	is_as_before "ten programs in it: afterwards all is as before"
	unload
	if linux 5 13; then
		load_other skb
		inventory_at_rest
		joins "dispatcher in generic mode" generic
		unload
	fi
	load_other native
	others_leave
}
