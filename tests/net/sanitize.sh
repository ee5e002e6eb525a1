#!/bin/bash
# Whole and interrupted scans under a tool that finds wrong use of memory, leaks and undefined
# behaviour: sanitize.sh asan (build/asan/xscan, with ASan and UBSan) or sanitize.sh valgrind
# (build/unfiltered/xscan, without the filter on system calls, which valgrind does not know).
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need jq

tool=$1
found_status=99 # how xscan ends if the tool has found something
case $tool in
asan)
	xscan=("$BUILD/asan/xscan")
	options=exitcode=$found_status:log_path=$tmp/report:print_stacktrace=1
	export ASAN_OPTIONS=$options:detect_leaks=1 LSAN_OPTIONS=$options UBSAN_OPTIONS=$options
	;;
valgrind)
	need valgrind
	xscan=(valgrind -q --error-exitcode="$found_status" --log-file="$tmp/report.%p"
		--leak-check=full --suppressions="$PWD/tests/net/valgrind.supp"
		"$BUILD/unfiltered/xscan")
	;;
esac

net=198.19.0.0/26
ports=1-40
pid=

# Stop what runs in the background before the lab goes.
trap '[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null || true; clean_up' EXIT

# What the tool has said, without valgrind's remarks on bpf() commands that it does not know.
report() {
	cat "$tmp"/report.* 2>/dev/null | grep -v '^--[0-9]*-- WARNING: unhandled eBPF command' || true
}

# The last scan ended like this, and the tool found nothing.
clean() { # NAME STATUS
	{
		[ "$status" = "$2" ] || echo "exit status $status, expected $2"
		report
	} >"$tmp/why"
	rm -f "$tmp"/report.*
	if [ -s "$tmp/why" ]; then
		cat "$tmp/err" >>"$tmp/why"
		fail "$tool: $1" "$tmp/why"
	else
		pass "$tool: $1"
	fi
}

scans() { # NAME STATUS OPTION...
	local name=$1 want=$2
	shift 2
	scan "$@"
	clean "$name" "$want"
}

until_true() { # COMMAND...: status 1 if that takes too long
	local deadline=$((SECONDS + 60))
	until "$@"; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.05
	done
}
ports_found() {
	[ -e "$tmp/json" ] && grep -q '"port"' "$tmp/json"
}

interrupt() {
	kill -INT "$pid"
}

# A scan that takes a minute, in the background until it has found a port; then do as asked. It can be
# gone on with by --resume.
breaks_off() { # NAME STATUS COMMAND...
	local name=$1 want=$2
	shift 2
	rm -f "$tmp/json" "$tmp/state"
	tools/lab exec scanner env --default-signal=INT "${xscan[@]}" -i eth0 --rate 50 --all \
		--tcp "$ports" --json "$tmp/json" --resume "$tmp/state" "$net" \
		>"$tmp/out" 2>"$tmp/err" </dev/null &
	pid=$!
	until_true ports_found || fail "$tool: the scan in the background finds a port" "$tmp/err"
	"$@"
	status=0
	wait "$pid" || status=$?
	pid=
	clean "$name" "$want"
	is "$tool: $name, the last line is an incomplete summary" false "$(summary "$tmp/json" complete)"
}

# Control: of a program that leaks and one that overflows a number, the tool says so.
see_faults() {
	local fault right=("${xscan[@]}") flags=()
	[ "$tool" != asan ] || flags=(-fsanitize=address -fsanitize=undefined
		-fno-sanitize-recover=undefined)
	for fault in 'malloc(argc) ? 0 : 1' 'argc + 0x7fffffff'; do
		echo "#include <stdlib.h>
			int main(int argc, char **argv) { (void)argv; return $fault; }" |
			cc "${flags[@]}" -x c -o "$tmp/faulty" -
		xscan=("${right[@]::${#right[@]}-1}" "$tmp/faulty")
		scan
		is "control: $tool finds fault with $fault" "$found_status" "$status"
		rm -f "$tmp"/report.*
		[ "$tool" = asan ] || break # valgrind knows nothing of the C language's rules
	done
	xscan=("${right[@]}")
}

states_are_right() { # NAME
	json_states_of "$tmp/json" >"$tmp/states"
	same "$tool: $1, what it found" "$tmp/expected" "$tmp/states"
}

# On link

fleet_up --net 198.18.1.0/24
see_faults
scans "ARP sweep" 0 -i eth0 198.18.1.0/24
fleet_list hosts >"$tmp/expected"
hosts_of "$tmp/out" >"$tmp/hosts"
same "$tool: ARP sweep, what it found" "$tmp/expected" "$tmp/hosts"
printf '%s\n' '# a list' 198.18.1.1-9,198.18.1.20/30 198.18.1.7 >"$tmp/list"
scan_input=$tmp/list scans "targets from files, some excluded" 0 --targets - \
	--targets "$tmp/list" --exclude 198.18.1.4 --exclude-file "$tmp/list" --rate 1000 \
	--tcp ssh,http,8000-8010 --seed 7 --shard 1/2 -v 198.18.1.100-120
scans "one host, all ports" 0 -i eth0 --budget off --tcp - 198.18.1.1

# Behind a gateway: answers of all kinds, probes sent again

export LAB_ADDR=198.18.0.1/30 LAB_GATEWAY=198.18.0.2
fleet_up --gateway "$LAB_GATEWAY" --net "$net" --closed 1/2 --open 1/4 --unreachable 1/8 --silent 1/8
fleet_states "$ports" >"$tmp/expected"
for way in "--rate auto --budget off" "--rate 20k --attach generic --synack drop" \
	"--rate 20k --attach tc --synack reset" "--tx xdp --rate 20k"; do
	# shellcheck disable=SC2086 # several words
	scans "all states, $way" 0 $way --tcp "$ports" --all --json "$tmp/json" --xml "$tmp/xml" --csv "$tmp/csv" \
		--list "$tmp/list" "$net"
	states_are_right "all states, $way"
done
scans "--dry-run" 0 --dry-run --tcp 1-1024 "$net"
scans "--dry-run with files" 0 --dry-run --tcp 1-1024 --json "$tmp/dry" --resume "$tmp/dry.state" "$net"
scans "--dry-run that is refused" 1 --dry-run --tcp 1-1024 --resume "$tmp/none/state" "$net"
breaks_off "SIGINT" 130 interrupt
scans "going on" 0 -i eth0 --all --tcp "$ports" --json "$tmp/json" --resume "$tmp/state" "$net"
states_are_right "going on"
breaks_off "the interface goes down" 1 ip -n "$LAB" link set eth0 down
ip -n "$LAB" link set eth0 up

# What does not begin, or not to its end

scans "--help" 0 --help
scans "wrong option" 2 --nothing
scans "wrong target" 2 --tcp 1-9 198.18.0.0/33
scans "wrong list" 2 --targets "$BUILD/xscan"
scans "no such interface" 1 -i eth9 "$net"
scans "a file that is none of --resume" 1 -i eth0 --resume "$BUILD/xscan" "$net"
scans "full disk" 1 -i eth0 --tcp 1-9 --json /dev/full "$net"
scans "full disk, XML" 1 -i eth0 --tcp 1-9 --xml /dev/full "$net"
scans "output file in a missing folder" 1 -i eth0 --json "$tmp/no/file" "$net"
