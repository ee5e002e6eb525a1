#!/bin/bash
# What a person sees: on a terminal one sorted table at the end, interrupted or not, and a status line that fits;
# status lines without a terminal; colours only where they are wanted.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need script

# Run xscan with standard output on a terminal of 60 columns; standard error too, if $watched is yes. What the
# terminal got is in $tmp/screen, standard error else in $tmp/err, the process id in $tmp/pid.
watched=no
on_terminal() { # ARGUMENT of xscan...
	cat >"$tmp/command" <<-'END'
		stty cols 60
		echo $$ >"$tmp/pid"
		[ "$watched" = yes ] || exec 2>"$tmp/err"
		exec env --default-signal=INT "$@"
	END
	: >"$tmp/err"
	status=0
	export tmp watched
	lab exec scanner timeout -k 5 "$scan_seconds" \
		script -qec "bash $tmp/command $(printf '%q ' "${xscan[@]}" "$@")" /dev/null \
		</dev/null >"$tmp/raw" || status=$?
	tr -d '\r' <"$tmp/raw" >"$tmp/screen"
}

# A host line begins in the first column, ports and sums are indented. "ip port" and "ip N closed…".
hosts_on() { # SCREEN
	awk '/^[0-9]/ { print $1 }' "$1"
}
ports_on() { # SCREEN
	awk '/^[0-9]/ { host = $1 } /^    [0-9]/ && $2 == "open" { sub("/tcp", "", $1); print host, $1 }' "$1"
}

lab up
export TERM=xterm
unset NO_COLOR
on_terminal -4 --budget off -i eth0 -p 1-1024,6379,8080
exits "a table: ends with 0" 0
sed 's/\x1b\[[0-9]*m//g' "$tmp/screen" >"$tmp/table"
is "a table: one heading" 1 "$(grep -c '^HOST' "$tmp/table")"
lab hosts | cut -f 1 | sort -t . -k 4n >"$tmp/hosts"
is "a table: the hosts, each once, by address" "$(cat "$tmp/hosts")" "$(hosts_on "$tmp/table")"
is "a table: the open ports, by address and number" \
	"$(printf '198.18.0.%s\n' '10 80' '10 8080' '20 22' '30 6379' '40 53' '50 80' '60 80' '60 8080')" \
	"$(ports_on "$tmp/table")"
is "a table: ports that are not shown are summed up" 1 \
	"$(grep -A 3 '^198.18.0.10 ' "$tmp/table" | grep -cx '    Not shown: 1024 closed')"
is "a table: filtered ports are summed up, too" 1 \
	"$(grep -cx '    Not shown: 924 closed, 100 filtered' "$tmp/table")"
is "a table: silent ports are summed up, too" 1 "$(grep -cx '    Not shown: 1025 unanswered' "$tmp/table")"
is "a table has colours" yes "$(grep -q $'\x1b\\[32mopen' "$tmp/screen" && echo yes || echo no)"
mapfile -t columns < <(grep -oE '^198[0-9.]+ +' "$tmp/table" | awk '{ print length($0) }' | sort -u)
is "a table: the second column is in one place" 1 "${#columns[@]}"

# Both families and both protocols: the addresses of one machine stand together, ports are in order.
on_terminal --budget off -p 22,53,80,U:53 198.18.0.20,198.18.0.40 2001:db8::c612:14 2001:db8::c612:28
exits "both families, TCP and UDP: ends with 0" 0
sed 's/\x1b\[[0-9]*m//g' "$tmp/screen" >"$tmp/table"
is "both families, TCP and UDP: the table" \
	"198.18.0.20 22/tcp 2001:db8::c612:14 22/tcp 198.18.0.40 53/tcp 53/udp 2001:db8::c612:28 53/tcp 53/udp" \
	"$(awk '/^[0-9]/ { print $1 } /^    [0-9]/ { print $1 }' "$tmp/table" | paste -sd ' ')"
is "both families, TCP and UDP: what the answer tells" 2 "$(grep -cx '    53/udp  open  domain  refused, recursion' "$tmp/table")"

for setting in NO_COLOR=1 TERM=dumb; do
	watched=yes
	export "${setting?}"
	on_terminal --budget off -i eth0 -p 80 198.18.0.10
	is "$setting: no colours" no "$(grep -qE $'\x1b\\[[0-9;]*m' "$tmp/screen" && echo yes || echo no)"
	is "$setting: a result" 1 "$(grep -c '^    80/tcp  open  http' "$tmp/screen")"
	export TERM=xterm
	unset NO_COLOR
done
is "TERM=dumb: no escape sequences at all" no "$(grep -q $'\x1b' "$tmp/screen" && echo yes || echo no)"

# The status line: never as wide as the terminal. The shell sets 60 columns before xscan starts.
watched=yes
on_terminal --budget off --rate 400 --retries 0 -i eth0 -p 1-600 198.18.0.10
is "the status line is drawn" yes "$(tr '\r' '\n' <"$tmp/raw" | grep -q '^SYN scan [0-9]* %, ' && echo yes || echo no)"
is "it tells the time left" yes "$(tr '\r' '\n' <"$tmp/raw" | grep -q '^SYN scan .* s left, ' && echo yes || echo no)"
is "it fits" 0 "$(tr '\r' '\n' <"$tmp/raw" | grep '^SYN scan ' | sed 's/\x1b\[K.*//' | awk 'length($0) > 59' | wc -l)"

# -v: finds come before the end; the table comes all the same.
on_terminal -v --budget off --rate 400 --retries 0 -i eth0 -p 1-600 198.18.0.10
is "-v: a find as it comes" 1 "$(sed 's/.*\x1b\[K//' "$tmp/screen" | grep -cx 'port         198.18.0.10  80/tcp  open  http')"
is "-v: the host as well" 1 "$(sed 's/.*\x1b\[K//' "$tmp/screen" | grep -c '^host         198.18.0.10  52:54:')"
is "-v: and the table" 1 "$(grep -c '    80/tcp  ' "$tmp/screen")"

# Interrupted: the table of what was found, once.
until_there() { # FILE
	for ((try = 0; try < 400; try++)); do
		[ ! -s "$1" ] || return 0
		sleep 0.05
	done
}
watched=no
rm -f "$tmp/pid" "$tmp/json"
(
	until_there "$tmp/pid"
	for ((try = 0; try < 400; try++)); do
		! grep -qs '"type":"port"' "$tmp/json" || break
		sleep 0.05
	done
	kill -INT "$(cat "$tmp/pid")"
) &
on_terminal --budget off --rate 100 -i eth0 --json "$tmp/json" -p 80,8080,1000-1400 198.18.0.10 198.18.0.60
wait
exits "interrupted: ends with 130" 130
sed 's/\x1b\[[0-9]*m//g' "$tmp/screen" >"$tmp/table"
is "interrupted: one table" 1 "$(grep -c '^HOST' "$tmp/table")"
json_ports_of open "$tmp/json" >"$tmp/found"
is "interrupted: control: a port was found" yes "$([ -s "$tmp/found" ] && echo yes || echo no)"
ports_on "$tmp/table" >"$tmp/shown"
same "interrupted: the table has what was found" "$tmp/found" "$tmp/shown"

# Without a terminal: no line but on request.
begin --budget off --rate 100 --retries 0 -i eth0 -p 1-300 198.18.0.10
for ((try = 0; try < 400; try++)); do
	[ "$((0x$(awk '/^SigBlk/ { print $2 }' "/proc/$pid/status") & 1 << 9))" = 0 ] || break
	sleep 0.01
done
kill -USR1 "$pid"
sleep 1
kill -USR1 "$pid"
finish 20
exits "SIGUSR1: the scan goes on and is complete" 0
is "SIGUSR1: two status lines" 2 "$(grep -cE '^xscan: (ARP sweep|SYN scan) [0-9]+ %, .* probes/s' "$tmp/err")"
usual=("${xscan[@]}")
xscan=(env "LD_PRELOAD=$BUILD/tests/early-signal.so" "${usual[@]}")
scan --budget off --rate 100 --retries 0 -i eth0 -p 1-50 198.18.0.10
exits "SIGUSR1 while libraries are loaded: the scan is complete" 0
is "SIGUSR1 while libraries are loaded: a status line" 1 "$(grep -c '^xscan: .* probes/s' "$tmp/err")"
xscan=("${usual[@]}")
scan --budget off --rate 100 --retries 0 --stats-interval 0.5 -i eth0 -p 1-300 198.18.0.10
is "--stats-interval: lines come" yes \
	"$([ "$(grep -cE '^xscan: SYN scan [0-9]+ %, ' "$tmp/err")" -ge 3 ] && echo yes || echo no)"
scan --budget off --rate 100 --retries 0 -i eth0 -p 1-200 198.18.0.10
is "no wish: no status line" 0 "$(grep -c ' %, ' "$tmp/err" || true)"
scan -q --stats-interval 0 -i eth0 198.18.0.10
exits "--stats-interval 0: is refused" 2
