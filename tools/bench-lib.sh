# shellcheck shell=bash disable=SC2034,SC2119,SC2120,SC2154
# The parts of tools/bench that its rows share: labs, runs, contenders, tables. Needs BUILD, LAB, ROUNDS, $tmp, and $round in
# each run.

scanner_mac=52:54:00:12:00:01
gateway=198.18.0.254
run_seconds=180 # the longest that one run may take
awk_lib=$(cat tools/bench.awk)
work= # what a contender does; it precedes the name where one table has several works
runs=0
disturbed=0 # how many of them began while the machine did other things too

# Labs. $fleet is what the fleet stands for.

fleet_up() { # ADDRESS/LENGTH of the scanner, its GATEWAY or "", OPTION of fleet...
	tools/lab down
	fleet=("${@:3}")
	LAB_ADDR=$1 LAB_GATEWAY=$2 tools/lab fleet-up "${fleet[@]}"
	# An address for what sends by itself from the other end; see awake.
	ip -n "$LAB-fleet" address add 198.18.0.253/24 dev eth0
	ip -n "$LAB-fleet" neighbour replace 198.18.0.1 lladdr "$scanner_mac" dev eth0
}
far_fleet_up() { # OPTION of fleet...
	fleet_up 198.18.0.1/24 "$gateway" --net 198.19.0.0/16 --gateway "$gateway" "$@"
}
bottleneck_up() { # RATE OPTION of fleet...
	tools/lab down
	fleet=("${@:2}")
	tools/lab bottleneck-up "$1" 50ms "${fleet[@]}"
}
mac_of() { # ADDRESS
	"$BUILD/fleet" "${fleet[@]}" --list hosts | awk -v ip="$1" '$1 == ip { print $2 }'
}
truth_is() { # WHAT [--ports PORTS]: of the fleet's list
	"$BUILD/fleet" "${fleet[@]}" --list "$@" | cut -f 1,2 | sort >"$tmp/truth"
	truth=$(wc -l <"$tmp/truth")
}

# A sink in place of the fleet: it drops and counts. The gateway is the stack of that namespace.
sink_up() {
	far_fleet_up
	# shellcheck disable=SC2046 # a list
	kill $(ip netns pids "$LAB-fleet")
	while [ -n "$(ip netns pids "$LAB-fleet")" ]; do
		sleep 0.05
	done
	ip -n "$LAB-fleet" address add "$gateway/24" dev eth0
}

# Runs. A result is a line "name, round, wall, CPU, machine's CPU, RSS, start, load before, found,
# wrong, to be found"; the name is "work|contender" if $work is set. A run that does not count gets a note under the table.

begin() { # TITLE
	rm -f "$tmp"/results "$tmp"/notes "$tmp"/commands "$tmp"/sent
	touch "$tmp"/results "$tmp"/notes "$tmp"/commands "$tmp"/sent
	printf '\n### %s\n\n' "$1"
	[ ! -t 2 ] || echo "bench: $1" >&2
}
note() {
	local words="${work:+$work, }$*"
	grep -qxF -- "$words" "$tmp/notes" || echo "$words" >>"$tmp/notes"
}
have() { # PROGRAM
	command -v "$1" >/dev/null && return
	note "$1 is not installed: not measured"
	return 1
}
count_run() { # whose cost is in $tmp/cost
	runs=$((runs + 1))
	disturbed=$((disturbed + $(awk '{ print ($6 > 5) }' "$tmp/cost")))
}
remember_command() { # NAME COMMAND...
	local words
	words="${work:+$work, }$1: \`$(tr -s ' \t\n' ' ' <<<"${*:2}")"
	words="${words% }\`"
	words=${words//$tmp/TMP}
	words=${words//$BUILD\//}
	grep -qxF -- "$words" "$tmp/commands" || echo "$words" >>"$tmp/commands"
}
# Run a command in the scanner's namespace: $tmp/out, $tmp/err and $tmp/cost (see measure.c), $status.
# Fails if the run does not count: it was refused, broke off, or was not over in time.
measured() { # NAME COMMAND...
	local name=$1
	shift
	status=0
	rm -f "$tmp/list" "$tmp/cost"
	tools/lab exec scanner "$BUILD/measure" "$tmp/cost" "$run_seconds" "$@" \
		>"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	case $status in
	0) ;;
	1 | 126 | 127) note "$name: round $round not counted: $(last_words)" ;;
	2) note "$name: not counted: $(last_words)" ;;
	137) note "$name: round $round not counted: not over after $run_seconds s" ;;
	*) note "$name: round $round ended with status $status: $(last_words)" ;;
	esac
	[[ $status == 0 || ($status -gt 2 && $status -lt 124) ]] && [ -s "$tmp/cost" ] || return
	count_run
	remember_command "$name" "$@"
}
last_words() {
	tr '\r' '\n' <"$tmp/err" | tail -n 1 | cut -c 1-160
}
# $tmp/list holds what was found.
enter() { # NAME
	local found lines
	sort "$tmp/list" >"$tmp/sorted"
	found=$(comm -12 "$tmp/sorted" "$tmp/truth" | wc -l)
	lines=$(wc -l <"$tmp/sorted")
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "${work:+$work|}$1" "$round" \
		"$(tr ' ' '\t' <"$tmp/cost")" "$found" $((lines - found)) "$truth" >>"$tmp/results"
}

# Contenders: each names itself, scans, and says what it found as "ip PORT/tcp" or "ip mac".

xscan_ports() { # NAME OPTION...
	measured "xscan $1" "$BUILD/xscan" "${@:2}" || return 0
	awk -F '\t' -v OFS='\t' '$2 ~ /\/(tcp|udp)$/ && $3 == "open" { print $1, $2 }' "$tmp/out" >"$tmp/list"
	enter "xscan $1"
}
xscan_json() { # NAME OPTION...
	measured "xscan $1" "$BUILD/xscan" --json "$tmp/json" "${@:2}" || return 0
	sed -n '/"type":"port"/ s,.*"ip":"\([0-9.]*\)".*"port":\([0-9]*\).*"state":"open".*,\1\t\2/tcp,p' \
		"$tmp/json" >"$tmp/list"
	rm -f "$tmp/json"
	enter "xscan $1"
}
nmap_ports() { # OPTION...
	have nmap || return 0
	measured nmap nmap -n -Pn -sS "$@" -oG "$tmp/nmap" || return 0
	awk -v OFS='\t' -F '\t' '/Ports: / {
		split($1, host, " ")
		n = split(substr($2, 8), ports, ", ")
		for (i = 1; i <= n; i++)
			if (split(ports[i], p, "/") && p[2] == "open")
				print host[2], p[1] "/tcp"
	}' "$tmp/nmap" >"$tmp/list"
	enter nmap
}
# masscan notices its end only when a packet comes in: on a quiet link it would hang.
awake() { # [NAMESPACE that sends]
	tools/lab exec "${1:-fleet}" bash -c 'exec 3<> <(:)
		while echo >/dev/udp/198.18.0.1/9; do read -rt 0.02 -u 3; done' >/dev/null 2>&1 &
	waker=$!
}
masscan_ports() { # MAC of the gateway, OPTION...
	local counted=1
	have masscan || return 0
	awake
	rm -f "$tmp/masscan"
	measured masscan masscan -e eth0 --adapter-ip 198.18.0.1 --adapter-mac "$scanner_mac" \
		--router-mac "$1" --rate 10000000 --wait 0 -oL "$tmp/masscan" "${@:2}" || counted=0
	kill "$waker" 2>/dev/null || true
	wait "$waker" || true
	[ "$counted" = 1 ] || return 0
	awk -v OFS='\t' '$1 == "open" { print $4, $3 "/tcp" }' "$tmp/masscan" >"$tmp/list"
	enter masscan
}
# One port a run, hence as many runs as ports. Each ends with a wait of 1 s, the least that loses nothing.
zmap_ports() { # MAC of the gateway, PORTS, TARGET
	have zmap || return 0
	echo 10.0.0.0/8 >"$tmp/blacklist" # Debian's own has 198.18.0.0/15 in it
	rm -f "$tmp"/zmap.*
	# shellcheck disable=SC2016 # expanded by the inner shell
	measured zmap bash -c 'for ((port = 1; port <= $1; port++)); do
			"${@:2}" -p $port -o '"$tmp"'/zmap.$port || exit 1; done' "" "$2" \
		zmap -C /dev/null -q --disable-syslog -i eth0 -S 198.18.0.1 -G "$1" -b "$tmp/blacklist" \
		-r 10000000 -c 1 -f saddr "$3" || return 0
	awk -v OFS='\t' '{ port = FILENAME; sub(/.*\./, "", port); print $1, port "/tcp" }' \
		"$tmp"/zmap.* >"$tmp/list"
	enter zmap
	awk -v wait="$2" '{ $1 -= wait; print }' "$tmp/cost" >"$tmp/cost.new"
	mv "$tmp/cost.new" "$tmp/cost"
	enter "zmap, without its $2 x 1 s of waiting"
}
xscan_hosts() { # NAME OPTION...
	measured "xscan $1" "$BUILD/xscan" "${@:2}" || return 0
	cut -f 1,2 "$tmp/out" >"$tmp/list"
	enter "xscan $1"
}
arp_scan_hosts() { # OPTION...
	have arp-scan || return 0
	measured arp-scan arp-scan -I eth0 -N -q -x "$@" || return 0
	cut -f 1,2 "$tmp/out" >"$tmp/list"
	enter arp-scan
}

# Run a command against the sink; $arrivals is what that says (see ceiling.c).
into_sink() { # NAME COMMAND...
	local sink deadline=$((SECONDS + 15)) counted=1
	tools/lab exec fleet "$BUILD/ceiling" sink eth0 >"$tmp/sink" 2>"$tmp/sink.err" &
	sink=$!
	until grep -qsx ready "$tmp/sink.err"; do
		if [ "$SECONDS" -ge "$deadline" ] || ! kill -0 "$sink" 2>/dev/null; then
			die "the sink did not start: $(cat "$tmp/sink.err")"
		fi
		sleep 0.05
	done
	measured "$@" || counted=0
	rm -f "$tmp/sink.err"
	kill "$sink" 2>/dev/null || true
	wait "$sink" || true
	read -r -a arrivals <"$tmp/sink"
	[ "$counted" = 1 ]
}

# Tables. Each is made as lines of tab-separated cells, the first of them the head.

markdown() {
	awk -F '\t' '
		{
			for (i = 1; i <= NF; i++) {
				cell[NR, i] = $i
				if (length($i) > width[i])
					width[i] = length($i)
			}
			columns = NF
		}
		END {
			for (row = 1; row <= NR; row++) {
				for (i = 1; i <= columns; i++)
					printf i == 1 ? "| %-" width[i] "s " : "| %" width[i] "s ", cell[row, i]
				print "|"
				if (row > 1)
					continue
				for (i = 1; i <= columns; i++) {
					line = sprintf("%" width[i] "s", "")
					gsub(/ /, "-", line)
					printf i == 1 ? "| %s " : "| %s: ", i == 1 ? line : substr(line, 2)
				}
				print "|"
			}
		}'
}
# Under each table: what went wrong, and the commands.
end() {
	echo
	[ ! -s "$tmp/notes" ] || sed 's/^/- Note: /' "$tmp/notes"
	sed 's/^/- /' "$tmp/commands"
}
scans_table() { # PROBES WHAT-IS-FOUND BASE... (names to compare with)
	local bases
	bases=$(printf '%s\n' "${@:3}")
	awk -F '\t' -v rounds="$ROUNDS" -v probes="$1" -v what="$2" -v truth="$truth" -v bases="$bases" \
		"$awk_lib"'
		{
			remember_scan()
			cell[$1, $2, "machine"] = $5
			cell[$1, $2, "rss"] = $6
		}
		END {
			n_bases = split(bases, base, "\n")
			printf "\twall, s\tCPU a probe, us\tmachine a probe, us"
			printf "\t%s of %s\tpeak RSS, MB", what, commas(truth)
			for (b = 1; b <= n_bases; b++)
				printf "\tto %s", base[b]
			print ""
			for (i = 1; i <= n_names; i++) {
				name = names[i]
				printf "%s\t%s", name, figure(typical(name, "wall"))
				printf "\t%s", figure(typical(name, "cpu") / probes * 1e6)
				printf "\t%s\t", figure(typical(name, "machine") / probes * 1e6)
				if (least[name] != most[name])
					printf "%s to ", commas(least[name])
				printf "%s", commas(most[name])
				if (wrong[name])
					printf ", %s wrong", commas(wrong[name])
				printf "\t%s", figure(typical(name, "rss") * 1024 / 1e6)
				for (b = 1; b <= n_bases; b++)
					printf "\t%s / %s / %s", ratio(name, base[b], "wall"),
						ratio(name, base[b], "cpu"), ratio(name, base[b], "machine")
				print ""
			}
		}' "$tmp/results" | markdown
	end
}
