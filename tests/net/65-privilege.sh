#!/bin/bash
# Rights: a user without root scans with the capabilities of the file and opens files with the user's own
# rights; a scan drops each right that it no longer needs.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need jq setpriv setcap tc pgrep

user=65534
net=198.18.1.0/26
ports=1-20
capabilities=cap_net_admin,cap_net_raw,cap_bpf,cap_perfmon
wait_seconds=20

# Copies of xscan: with file capabilities, set-uid, set-gid and as it is. $tmp/user is the user's.
chmod 711 "$tmp"
for copy in plain capable; do
	install -m 755 "$BUILD/xscan" "$tmp/$copy"
done
install -m 4755 "$BUILD/xscan" "$tmp/set-uid"
install -m 2755 "$BUILD/xscan" "$tmp/set-gid"
mkdir -m 700 "$tmp/user"
chown "$user:$user" "$tmp/user"

# Kernels before 5.11 count maps of BPF against this limit.
ulimit -l unlimited 2>/dev/null || true

# A user with no rights but those of the file.
unprivileged=(setpriv --reuid "$user" --regid "$user" --clear-groups --inh-caps=-all)
as_user() { # COPY ARGUMENT...: as `scan`
	local copy=$1
	shift
	status=0
	lab exec scanner "${unprivileged[@]}" timeout -k 5 "$scan_seconds" "$tmp/$copy" "$@" \
		>"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
}

refused() { # NAME STATUS REGEX COPY ARGUMENT...: one line, and nothing was sent
	local name=$1 want=$2 regex=$3 before
	shift 3
	before=$(frames)
	as_user "$@"
	{
		[ "$status" = "$want" ] || echo "exit status $status, expected $want"
		[ ! -s "$tmp/out" ] || echo "$(wc -l <"$tmp/out") lines on standard output"
		# SANITIZE=1 adds lines that it cannot look for leaks in a process that is set-gid.
		[ "$(grep -cv ^== "$tmp/err")" = 1 ] || echo "not one line on standard error"
		grep -qE "^xscan: ($regex)" "$tmp/err" || echo "no line like this: xscan: $regex"
		[ "$(frames)" = "$before" ] || echo "frames sent: from $before to $(frames)"
	} >"$tmp/why"
	if [ -s "$tmp/why" ]; then
		sed 's/^/  /' "$tmp/err" >>"$tmp/why"
		fail "$name" "$tmp/why"
	else
		pass "$name"
	fi
}

# Scans in the background, at a rate that keeps one for long in the sweep or in the port scan.

slow=5
fast=100
attach=native
begin() { # RATE COMMAND...: xscan and what it is run by; sets $pid, which is xscan's in the end
	local rate=$1
	shift
	tools/lab exec scanner "$@" -i eth0 --attach "$attach" --rate "$rate" --json "$tmp/user/json" "$net" \
		>"$tmp/out" 2>"$tmp/err" </dev/null &
	pid=$!
}
until_true() { # COMMAND...: status 1 if that takes too long
	local deadline=$((SECONDS + wait_seconds))
	until "$@"; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.01
	done
}
found() { # TYPE of result
	grep -qs "\"type\":\"$1\"" "$tmp/user/json"
}
until_found() { # TYPE of result
	until_true found "$1" || fail "the scan in the background finds a $1" "$tmp/err"
}
finish() {
	kill -KILL "$pid" || true
	wait "$pid" || true
	rm -f "$tmp/user/json"
} 2>/dev/null # where the shell says how its job ended

rights() { # SET...: what /proc says of the scan in the background, or of process $of
	local name
	for name; do
		awk -v name="$name:" '$1 == name { print name $2 }' "/proc/${of:-$pid}/status"
	done | paste -sd ' '
}

none=0000000000000000
loading=000000c000001000 # CAP_NET_ADMIN, CAP_PERFMON, CAP_BPF
files=000000000000000a # CAP_DAC_OVERRIDE, CAP_FOWNER
case $(uname -r) in
5.*) # some want CAP_BPF for each call of bpf()
	none_left='000000[08]000000000'
	files='000000[08]00000000a'
	;;
*) none_left=$none ;;
esac
case $(uname -r) in
5.[0-9].* | 5.1[0-2].*) no_tc='before Linux 5.13 answers of the fleet arrive at native XDP alone' ;;
*) no_tc= ;;
esac

has_only() { # NAME REGEX: the capabilities of the scan in the background, in use and in reserve
	local got
	got=$(rights CapInh CapPrm CapEff CapAmb)
	if [[ $got =~ ^CapInh:$none\ CapPrm:($2)\ CapEff:($2)\ CapAmb:$none$ ]]; then
		pass "$1"
	else
		echo "$got" >"$tmp/why"
		fail "$1" "$tmp/why"
	fi
}
is_filtered() { # NAME
	if grep -q seccomp_load "$BUILD/xscan"; then
		is "$1" "Seccomp:2 NoNewPrivs:1" "$(rights Seccomp NoNewPrivs)"
	else
		skip "$1" "built with SECCOMP=off"
	fi
}

fleet_up --net "$net"

# Root

begin "$slow" "$tmp/plain" --tcp "$ports"
until_found host
has_only "root, ARP sweep before a port scan that needs no other program: no capability is left" \
	"$none_left"
finish
begin "$slow" "$tmp/plain" --ping --tcp "$ports"
until_found host
has_only "root, ARP sweep before a port scan: what loads programs" "$loading"
is "root: no program that is executed gets any more" "CapBnd:$none" "$(rights CapBnd)"
is_filtered "root, ARP sweep: system calls are filtered"
finish
begin "$fast" "$tmp/plain" --tcp "$ports"
until_found port
has_only "root, port scan: no capability is left" "$none_left"
is_filtered "root, port scan: system calls are filtered"
finish
begin "$slow" "$tmp/plain"
until_found host
has_only "root, ARP sweep alone: no capability is left" "$none_left"
finish

# Before Linux 6.6, tc needs a filter that stays until somebody takes it away.
left_with_tc() {
	begin "$fast" "$tmp/plain" --tcp "$ports"
	until_found port
	if tc -n "$LAB" filter show dev eth0 ingress | grep -q xscan_tc; then
		has_only "root, --attach tc: what takes the filter away is left" \
			'000000[08]000001000'
		of=$(pgrep -P "$pid") has_only "root, --attach tc: its guardian has the same" \
			'000000[08]000001000'
	else
		has_only "root, --attach tc: no capability is left" "$none_left"
	fi
	finish
}
if [ -n "$no_tc" ]; then
	skip "root, --attach tc" "$no_tc"
else
	attach=tc left_with_tc
fi

# --resume writes its file aside, and removes it in the end, in whosever folder it is.
begin "$fast" "$tmp/plain" --tcp "$ports" --resume "$tmp/user/state"
until_found port
has_only "root, port scan with --resume: what replaces files is left" "$files"
finish
rm -f "$tmp"/user/state*
scan -i eth0 --attach native --tcp "$ports" --resume "$tmp/user/state" "$net"
exits "root, --resume in the folder of another user: the scan is complete" 0
is "its file is gone in the end" "" "$(ls "$tmp/user")"

# No rights

refused "a user without capabilities" 1 \
	'needs CAP_NET_ADMIN, CAP_NET_RAW, CAP_BPF and CAP_PERFMON: run it with sudo$' plain -i eth0

if [[ ,$(findmnt -nro OPTIONS -T "$tmp"), == *,nosuid,* ]]; then
	skip "set-uid, set-gid and file capabilities" "$tmp is on a file system mounted nosuid"
	exit 0
fi
for kind in uid gid; do
	for option in '-i eth0' --version; do
		# shellcheck disable=SC2086 # words
		refused "set-$kind, $option" 1 \
			"is installed set-$kind: remove that \(chmod ${kind:0:1}-s\) and give it cap" \
			"set-$kind" $option
	done
done
is "set-uid, but run by root: nothing is gained, so it runs" "xscan" \
	"$("$tmp/set-uid" --version | cut -d ' ' -f 1)"

# File capabilities

if ! setcap "$capabilities+ep" "$tmp/capable" 2>"$tmp/why"; then
	skip "file capabilities" "$(head -n 1 "$tmp/why")"
	exit 0
fi
as_user capable -i eth0 --attach native --tcp "$ports" --json "$tmp/user/json" "$net"
exits "a user with file capabilities: the scan is complete" 0
fleet_list hosts >"$tmp/expected"
hosts_of "$tmp/out" >"$tmp/got"
same "it finds all hosts" "$tmp/expected" "$tmp/got"
fleet_list open "$ports" >"$tmp/expected"
open_of "$tmp/out" >"$tmp/got"
same "it finds all open ports" "$tmp/expected" "$tmp/got"
is "its output file is the user's" "$user:$user" "$(stat -c %u:%g "$tmp/user/json")"
is "and complete" true "$(summary "$tmp/user/json" complete)"
rm "$tmp/user/json"
as_user capable -i eth0 --tx xdp --tcp "$ports" "$net"
if grep -q 'live XDP frames' "$tmp/err"; then
	skip "with --tx xdp too" "$(sed 's/^xscan: //; q' "$tmp/err")"
else
	exits "with --tx xdp too" 0
	open_of "$tmp/out" >"$tmp/got"
	same "it finds all open ports" "$tmp/expected" "$tmp/got"
fi
if [ -n "$no_tc" ]; then
	skip "with --attach tc too" "$no_tc"
else
	as_user capable -i eth0 --attach tc --tcp "$ports" "$net"
	exits "with --attach tc too" 0
	open_of "$tmp/out" >"$tmp/got"
	same "it finds all open ports" "$tmp/expected" "$tmp/got"
	is "and takes its filter away" "" "$(tc -n "$LAB" filter show dev eth0 ingress)"
fi
# shellcheck disable=SC2016 # expanded by the inner shell
lab exec scanner "${unprivileged[@]}" sh -c '"$1" -i eth0 --json /dev/stdout 198.18.1.1 | cat' \
	sh "$tmp/capable" >"$tmp/out" 2>"$tmp/err" </dev/null
is "a pipe of the user by its name in /dev" true "$(summary "$tmp/out" complete)"
status=0
# shellcheck disable=SC2016 # expanded by the inner shell
lab exec scanner "${unprivileged[@]}" sh -c '"$@" >&-' sh "$tmp/capable" -i eth0 198.18.1.1 \
	2>"$tmp/err" </dev/null || status=$?
is "closed standard output is an error" "1 xscan: standard output: is closed" \
	"$status $(cut -d : -f 1-3 "$tmp/err")"
as_user capable --dry-run -i eth0 --tcp "$ports" "$net"
exits "a dry run" 0

begin "$slow" "${unprivileged[@]}" "$tmp/capable" --ping --tcp "$ports"
until_found host
has_only "file capabilities, ARP sweep before a port scan: what loads programs" "$loading"
is_filtered "file capabilities, ARP sweep: system calls are filtered"
finish
begin "$fast" "${unprivileged[@]}" "$tmp/capable" --tcp "$ports" --resume "$tmp/user/state"
until_found port
is "file capabilities: the file of --resume is the user's" "$user:$user 600" \
	"$(stat -c '%u:%g %a' "$tmp/user/state")"
has_only "file capabilities, port scan: no capability is left" "$none_left"
is_filtered "file capabilities, port scan: system calls are filtered"
finish

# The user's files with the user's rights. CAP_NET_ADMIN opens all of /proc/sys/net.

install -m 600 /dev/null "$tmp/roots"
echo 'of root' >"$tmp/roots"
refused "output file that only root may write" 1 '.*/roots: .*Permission denied' \
	capable -i eth0 --json "$tmp/roots"
is "it is as it was" "of root" "$(cat "$tmp/roots")"
refused "output file in a folder that only root may write" 1 '.*/new: .*Permission denied' \
	capable -i eth0 --json "$tmp/new"
refused "file of --resume that only root may read" 1 '.*/roots: Permission denied' \
	capable -4 -i eth0 --resume "$tmp/roots"
install -m 666 /dev/null "$tmp/everybodys"
refused "file of --resume of another user" 1 '.*/everybodys: belongs to another user' \
	capable -4 -i eth0 --resume "$tmp/everybodys"
refused "file of targets that only root may read" 2 '.*/roots: Permission denied' \
	capable -i eth0 --targets "$tmp/roots"
refused "file of exclusions that only root may read" 2 '.*/roots: Permission denied' \
	capable -i eth0 --exclude-file "$tmp/roots"
secret=/proc/sys/net/ipv4/tcp_fastopen_key
is "control: CAP_NET_ADMIN opens $secret" yes "$(lab exec scanner setpriv --reuid "$user" --regid "$user" \
	--clear-groups --inh-caps=-all,+net_admin --ambient-caps=+net_admin cat "$secret" >/dev/null &&
	echo yes)"
refused "it is no file of targets for a user" 2 "$secret: Permission denied" \
	capable -i eth0 --targets "$secret"
knob=/proc/sys/net/ipv4/ip_forward
refused "nor are others of its kind output files" 1 "$knob: .*Permission denied" \
	capable -i eth0 --json "$knob"
refused "nor files of --resume" 1 "$secret: Permission denied" capable -4 -i eth0 --resume "$secret"
refused "nor does the kernel count what a scan costs" 1 '.*--cost needs CAP_SYS_ADMIN: run it with sudo' \
	capable -i eth0 --cost

# More capabilities than a scan needs are of no use to anybody.
setcap "$capabilities,cap_dac_override,cap_dac_read_search+ep" "$tmp/capable"
refused "file capabilities that open all files do not" 2 '.*/roots: Permission denied' \
	capable -i eth0 --targets "$tmp/roots"
refused "not for writing either" 1 '.*/roots: .*Permission denied' \
	capable -i eth0 --json "$tmp/roots"
begin "$fast" "${unprivileged[@]}" "$tmp/capable" --tcp "$ports" --resume "$tmp/user/state"
until_found port
has_only "nor are they there for --resume" "$none_left"
finish
