#!/bin/bash
# --resume FILE: a scan interrupted again and again, by SIGINT or SIGKILL, in the sweep or in the port scan,
# finds in the end what one run finds. A file of another scan, a broken one, one in use and one that others
# can write are refused. A save that fails is told once, and at the end.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

net=198.18.8.0/24
ports=1-60
state=$tmp/state
scan_options=(--all -p "$ports" --rate 6k --timeout 0.5 "$net")
fleet_up --net 198.18.8.0/23 --seed 21 --up 3/4 --silent 1/8

# Run until a signal after SECONDS, appending standard output to $tmp/joined; $status is set.
run_for() { # SECONDS SIGNAL OPTION...
	local seconds=$1 signal=$2
	shift 2
	status=0
	lab exec scanner timeout -s "$signal" -k 5 "$seconds" "$BUILD/xscan" --resume "$state" \
		--json - "$@" >>"$tmp/joined" 2>"$tmp/err" </dev/null || status=$?
}
results() { # FILE: each host and port as a line
	json_hosts_of "$1"
	json_states_of "$1"
}

scan --json - "${scan_options[@]}"
results "$tmp/out" >"$tmp/whole"

# Interrupted every so often: each result comes once.
: >"$tmp/joined"
runs=0
while ((runs < 30)); do
	runs=$((runs + 1))
	run_for "0.$((RANDOM % 6 + 3))" INT "${scan_options[@]}"
	[ "$status" = 0 ] && break
	[ -s "$state" ] || break
done
# timeout says 124 also when the signal came after all had been done.
is "SIGINT: the last run is complete" true "$(summary "$tmp/joined" complete)"
echo "# SIGINT: $runs runs, $(jq -s '[.[] | select(.type == "summary")] | last |
	"\(.sent) sent, \(.retransmits) again"' "$tmp/joined")"
is "SIGINT: it took several runs" true "$([ "$runs" -ge 3 ] && echo true || echo "$runs")"
results "$tmp/joined" >"$tmp/got"
same "SIGINT: all runs together are one, each result once" "$tmp/whole" "$tmp/got"
sums_close "SIGINT: the last summary is that of the whole scan" "$tmp/joined"
is "SIGINT: the file is gone in the end" no "$([ -e "$state" ] && echo yes || echo no)"

# Killed: what was found since the file was written is found again.
: >"$tmp/joined"
runs=0
while ((runs < 2)); do
	runs=$((runs + 1))
	run_for "$((RANDOM % 2 + 6))" KILL "${scan_options[@]}" --rate 1000
done
run_for 60 KILL "${scan_options[@]}"
exits "SIGKILL: the last run ends with 0" 0
results "$tmp/joined" | sort -u >"$tmp/got"
same "SIGKILL: all runs together have all results" "$tmp/whole" "$tmp/got"
is "SIGKILL: nothing is left" "" "$(find "$tmp" -name 'state*')"

# During the sweep.
: >"$tmp/joined"
scan --json - --arp --rate 300 --timeout 0.5 198.18.8.0/23
results "$tmp/out" >"$tmp/whole"
run_for 0.7 INT --rate 300 --timeout 0.5 198.18.8.0/23
exits "sweep: interrupted" 124
run_for 60 INT --rate 300 --timeout 0.5 198.18.8.0/23
exits "sweep: the last run ends with 0" 0
results "$tmp/joined" >"$tmp/got"
same "sweep: both runs together are one" "$tmp/whole" "$tmp/got"

# Into a file: the second run appends, whatever the first left at its end.
scan -p "$ports" --rate 6k 198.18.8.0/26
open_of "$tmp/out" >"$tmp/whole"
scan_seconds=1 scan -p "$ports" --rate 2k --json "$tmp/file" --resume "$state" 198.18.8.0/26
cp "$state" "$tmp/saved"
printf '{"type":"port","time":"20' >>"$tmp/file"
scan -p "$ports" --json "$tmp/file" --resume "$state" 198.18.8.0/26
exits "--json FILE: the second run ends with 0" 0
jq -r 'select(.type == "port" and .state == "open") | "\(.ip) \(.port)"' "$tmp/file" >"$tmp/got" \
	2>"$tmp/why" || fail "--json FILE: it is JSON" "$tmp/why"
same "--json FILE: it has the results of both runs, each once" "$tmp/whole" "$tmp/got"

# What is refused, and kept.
refused() { # NAME PATTERN OPTION...
	local name=$1 pattern=$2 before
	shift 2
	before=$(cksum <"$state" 2>/dev/null || true)
	scan --dry-run --resume "$state" "$@"
	exits "$name: a dry run is refused" 1
	cp "$tmp/err" "$tmp/said"
	scan --resume "$state" "$@"
	exits "$name: refused" 1
	same "$name: the dry run said the same" "$tmp/err" "$tmp/said"
	is "$name: one line says why" true "$([ "$(wc -l <"$tmp/err")" = 1 ] &&
		grep -q "$pattern" "$tmp/err" && echo true || cat "$tmp/err")"
	is "$name: the file is kept" "$before" "$(cksum <"$state" 2>/dev/null || true)"
}
cp "$tmp/saved" "$state"
scan --dry-run --resume "$state" -p "$ports" 198.18.8.0/26
exits "a dry run of the same scan ends with 0" 0
same "a dry run keeps the file" "$tmp/saved" "$state"
refused "other ports" "another scan" -p 1-61 198.18.8.0/26
refused "other targets" "another scan" -p "$ports" 198.18.8.0/25
refused "another seed" "another scan" --seed 1 -p "$ports" 198.18.8.0/26
refused "no ports" "another scan" 198.18.8.0/26
head -c 100 "$tmp/saved" >"$state"
refused "half a file" "not a whole file" -p "$ports" 198.18.8.0/26
head -c 10000 /dev/urandom >"$state"
refused "garbage" "not a whole file" -p "$ports" 198.18.8.0/26
: >"$state"
refused "an empty file" "not a whole file" -p "$ports" 198.18.8.0/26
rm "$state"
mkdir "$state"
refused "a folder" "no regular file" -p "$ports" 198.18.8.0/26
rmdir "$state"
cp "$tmp/saved" "$state"
ln "$state" "$tmp/hard"
refused "a file with a second name" "hard link" -p "$ports" 198.18.8.0/26
rm "$tmp/hard"
chown 65534 "$state"
refused "a file of another user" "another user" -p "$ports" 198.18.8.0/26
rm "$state"
ln -s saved "$state"
refused "a symbolic link" "symbolic link" -p "$ports" 198.18.8.0/26
rm "$state"
cp "$tmp/saved" "$state"
ln -s saved "$state.new"
refused "a symbolic link where it would write" "state.new: is a symbolic link" -p "$ports" 198.18.8.0/26
rm "$state" "$state.new"
echo half >"$state.new"
scan --resume "$state" -p 1 198.18.8.1
exits "what a killed run left where it would write: the scan is complete" 0
is "and that is gone" "" "$(find "$tmp" -name 'state*')"
for option in "" --dry-run; do
	scan $option --resume "$tmp/none/state" -p 1 198.18.8.1
	exits "no such folder: refused $option" 1
done

cp "$tmp/saved" "$state"
lab exec scanner "$BUILD/xscan" --resume "$state" -p "$ports" --rate 500 198.18.8.0/26 \
	>/dev/null 2>&1 &
first=$!
sleep 1
for option in "" --dry-run; do
	scan $option --resume "$state" -p "$ports" --rate 500 198.18.8.0/26
	exits "a file in use: refused $option" 1
	is "a file in use: one line says so $option" true \
		"$(grep -q 'another xscan is using it' "$tmp/err" && echo true || cat "$tmp/err")"
done
kill -INT "$first"
wait "$first" || true
rm -f "$state"

# A save fails: the scan goes on.

until_said() { # PATTERN: on standard error of the scan in the background
	local try
	for ((try = 0; try < 200; try++)); do
		! grep -q "$1" "$tmp/err" || return 0
		sleep 0.1
	done
}
until_file() { # PATH
	local try
	for ((try = 0; try < 200; try++)); do
		[ ! -e "$1" ] || return 0
		sleep 0.1
	done
}
told() { # NAME PATTERN...: standard error has these lines, besides the closing one, and no others
	local name=$1
	shift
	grep -v ' hosts up, ' "$tmp/err" >"$tmp/lines" || true
	{
		[ "$(wc -l <"$tmp/lines")" = $# ] || echo "not $# lines"
		for pattern; do
			grep -qE "^xscan: .*$pattern" "$tmp/lines" || echo "no line like this: $pattern"
		done
	} >"$tmp/why"
	[ ! -s "$tmp/why" ] || {
		cat "$tmp/err" >>"$tmp/why"
		fail "$name" "$tmp/why"
		return 0
	}
	pass "$name"
}
slow=(--all -p "$ports" --rate 300 198.18.8.0/24)
mkdir "$tmp/folder"
begin --resume "$tmp/folder/state" "${slow[@]}"
until_file "$tmp/folder/state"
rm -r "$tmp/folder"
until_said 'tries again'
mkdir "$tmp/folder"
until_file "$tmp/folder/state"
rm -r "$tmp/folder"
sleep 6 # told once: the next save fails, too
mkdir "$tmp/folder"
kill -INT "$pid" || true # it may have ended
finish 10
exits "a save fails, the last does not: interrupted" 130
told "a save fails, the last does not: told once" \
	'/folder/state\.new: No such file or directory: xscan goes on, and tries again$'
is "a save fails, the last does not: there is a file" yes \
	"$([ -s "$tmp/folder/state" ] && echo yes || echo no)"

# The disk is full to the end. A mount namespace of its own: the disk goes with the processes.
# shellcheck disable=SC2016 # expanded by the inner shell
lab exec scanner unshare --mount sh -c '
	disk=$1 out=$2
	shift 2
	mount -t tmpfs -o size=64k xscan-test "$disk" || exit 99
	env --default-signal=TERM "$@" --rate 300 >"$out/out" 2>"$out/err" </dev/null &
	for try in 1 2 3 4 5 6 7 8 9 10; do
		[ -e "$disk/state" ] || sleep 0.5
	done
	head -c 1000000 /dev/zero >"$disk/fill" 2>/dev/null
	sleep 7
	kill -TERM $!
	wait $!
	echo $? >"$out/status"
	rm "$disk/fill"
	"$@" --rate 6k >"$out/out2" 2>"$out/err2" </dev/null
	echo $? >>"$out/status"' sh "$tmp/folder" "$tmp" "$BUILD/xscan" --resume "$tmp/folder/state" \
	--all -p "$ports" 198.18.8.0/25
is "disk full: status 1, and the next run goes on from the file before" "1 0" \
	"$(paste -sd ' ' "$tmp/status")"
told "disk full: told once, and at the end" \
	'/folder/state: cannot write .*: No space left on device: xscan goes on, and tries again$' \
	'/folder/state: cannot write .*: No space left on device: the last save was [0-9]+ s ago$'

# Standard output takes nothing: what it lacks must not count as found.
mkfifo "$tmp/pipe"
exec 8<>"$tmp/pipe" # a reader who never reads
tools/lab exec scanner env --default-signal=TERM "$BUILD/xscan" --resume "$state" "${slow[@]}" --rate 50k \
	>&8 2>"$tmp/err" </dev/null 8>&- &
pid=$!
sleep 1.5
kill -TERM "$pid" || true
finish 10
exec 8>&-
exits "standard output takes nothing, interrupted: status 1" 1
told "standard output takes nothing, interrupted: told" \
	'/state: not saved, because results could not be written: the last save was [0-9]+ s ago$'
