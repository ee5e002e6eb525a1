# shellcheck shell=bash disable=SC2154
# The rows of tools/bench for the host's own work while a scan runs: TCP transfers, and requests and
# answers. Needs what tools/bench-lib.sh needs.

# shellcheck disable=SC2034 # tools/bench reads it
all_beside="tcp tcp-100 tcp-20 answer join"
peer=peer # the namespace of the host's own work: the other end of its connections
peer_ip=198.18.0.2
responder=near # the namespace of the fleet that answers probes
from=scanner   # the namespace of the scan
pairs=10
slice_seconds=0.3
settle_seconds=0.4 # what starting and ending a scan costs is not looked at
target=198.19.0.0/16
whole=() # a scan that is to find all while a transfer runs; none

# Labs.

listening() { # PORT COMMAND...: in the peer's namespace
	tools/lab exec "$peer" "${@:2}" >/dev/null 2>&1 &
	until tools/lab exec "$peer" ss -Hltn "sport = :$1" | grep -q .; do
		kill -0 $! 2>/dev/null || die "$2 does not listen"
		sleep 0.05
	done
}
# Beside scanner and fleet a third host, the peer.
peer_up() {
	tools/lab down
	peer=peer peer_ip=198.18.0.2 responder=near
	fleet=(--net "$target" --gateway "$gateway")
	tools/lab peer-up "${fleet[@]}"
	echo 10.0.0.0/8 >"$tmp/blacklist"
}
# Probes and transfer go through one bottleneck in each direction. The peer is the stack of the fleet's
# namespace.
shared_bottleneck_up() { # RATE
	bottleneck_up "$1" --net "$target"
	peer=fleet peer_ip=198.18.130.2 responder=fleet
	ip -n "$LAB-router" address add 198.18.130.1/24 dev fleet
	ip -n "$LAB-fleet" address add $peer_ip/24 dev eth0
	ip -n "$LAB-fleet" route add default via 198.18.130.1
	tools/lab exec router tc qdisc add dev eth0 root tbf rate "$1" burst 5kb latency 50ms
}

# A transfer of the host, without a scan and with one by turns. It stays one connection: then all else that
# decides its speed (the scheduler, other tenants) is the same with and without a scan. The slices are
# short, because such influences change within a second. A result is a
# line "name, way, per cent of the slices before and after, Gbit/s of those, answered probes a second, how
# busy the CPUs were (per cent)"; or "name, way, whole, seconds, found".

inside() { # NAMESPACE COMMAND...
	nsenter --net="/run/netns/$LAB${1:+-$1}" "${@:2}"
}
# The figures so far: seconds, bytes that the receiver has, probes that the fleet answered, idle seconds of
# a CPU.
counters() { # WAY
	local receiver=
	[ "$1" = in ] || receiver=$peer
	echo "$EPOCHREALTIME" \
		"$(inside "$receiver" ss -Hntie '( sport = :5201 or dport = :5201 )' |
			awk -F bytes_received: 'NF > 1 { n += $2 } END { print n + 0 }')" \
		"$(inside "$responder" ethtool -S eth0 |
			awk '/xdp_redirect:/ { n += $2 } END { printf "%d", n }')" \
		"$(awk -v hz="$(getconf CLK_TCK)" '/^cpu / { print ($5 + $6 + $9) / hz }' /proc/stat)"
}
slice() { # KIND WAY
	local before
	sleep "$settle_seconds"
	before=$(counters "$2")
	sleep "$slice_seconds"
	echo "$1 $before $(counters "$2")" >>"$tmp/slices"
}
# Slices as lines "kind, seconds, Gbit/s, probes a second, CPUs busy in per cent".
rates() {
	awk -v OFS='\t' -v cpus="$(nproc)" '{
		seconds = $6 - $2
		print $1, seconds, ($7 - $3) * 8 / seconds / 1e9, ($8 - $4) / seconds,
			100 * (1 - ($9 - $5) / seconds / cpus)
	}' "$tmp/slices"
}
scan_starts() { # COMMAND...
	tools/lab exec "$from" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null &
	scan=$!
}
scan_ends() { # NAME: false if it had ended by itself
	if kill "$scan" 2>/dev/null; then
		wait "$scan" || true
	else
		note "$1: round $round not counted: over too early: $(last_words)"
		return 1
	fi
}
transfer_starts() { # WAY
	# shellcheck disable=SC2046 # none or one word
	tools/lab exec scanner iperf3 -c "$peer_ip" -C cubic -t "$run_seconds" \
		$([ "$1" = out ] || echo -R) >"$tmp/transfer" 2>&1 &
	transfer=$!
}
transfer_ends() { # NAME: false if it had ended by itself
	local running=1
	if ! kill "$transfer" 2>/dev/null; then
		note "$1: round $round not counted: iperf3: $(tail -n 1 "$tmp/transfer")"
		running=0
	fi
	wait "$transfer" || true
	[ $running = 1 ]
}
# Do not count a scan that ends too early.
slice_beside() { # WAY NAME COMMAND...
	scan_starts "${@:3}"
	slice with "$1"
	scan_ends "$2"
}
whole_beside() { # WAY NAME
	local start=$EPOCHREALTIME
	[ ${#whole[@]} -gt 0 ] || return 0
	tools/lab exec scanner timeout 60 "${whole[@]}" >"$tmp/out" 2>"$tmp/err" </dev/null ||
		note "$2, ${whole[*]##*/}: round $round ended with status $?: $(last_words)"
	cut -f 1,2 "$tmp/out" | sort | comm -12 - "$tmp/truth" | awk -v OFS='\t' -v name="$2" \
		-v way="$1" -v seconds="$(awk "BEGIN { print $EPOCHREALTIME - $start }")" \
		'END { print name, way, "whole", seconds, NR }' >>"$tmp/results"
}
transfers() { # NAME COMMAND...
	local name=$1 way transfer scan pair
	remember_command "$@"
	for way in out in; do
		"$BUILD/measure" "$tmp/cost" 1 true # waits for the machine to be quiet
		count_run
		transfer_starts $way
		rm -f "$tmp/slices"
		sleep 1 # until it is as fast as it gets
		slice without $way
		for ((pair = 1; pair <= pairs; pair++)); do
			slice_beside $way "$@" || break
			slice without $way
		done
		whole_beside $way "$name"
		transfer_ends "$name" || : >"$tmp/slices"
		rates | awk -F '\t' -v OFS='\t' -v name="$name" -v way=$way '
			{
				kind[NR] = $1
				speed[NR] = $3
				probes[NR] = $4
				busy[NR] = $5
			}
			END {
				for (i = 2; i < NR; i++) {
					without = (speed[i - 1] + speed[i + 1]) / 2
					if (kind[i] == "with" && without > 0)
						print name, way, 100 * speed[i] / without, without, probes[i],
							busy[i]
				}
			}' >>"$tmp/results"
	done
}
transfers_table() {
	awk -F '\t' -v truth="${truth:-0}" "$awk_lib"'
		$3 == "whole" {
			r = ++whole_runs[$1, $2]
			rounds = r > rounds ? r : rounds
			cell[$1, r, "seconds" $2] = $4
			if (!($1 in least) || $5 < least[$1])
				least[$1] = $5
			next
		}
		{
			remember($1)
			r = ++n[$1, $2]
			rounds = r > rounds ? r : rounds
			cell[$1, r, "kept" $2] = $3
			cell[$1, r, "speed" $2] = $4
			cell[$1, r, "probes" $2] = $5
			cell[$1, r, "busy" $2] = $6
		}
		function one(name, column, format) {
			return (name, 1, column) in cell ? sprintf(format, typical(name, column)) : "-"
		}
		function both(name, column, format) {
			return one(name, column "out", format) ", " one(name, column "in", format)
		}
		END {
			printf "\tkept: out, in, %%\tof Gbit/s\tprobes/s\tCPUs busy, %%"
			print "\twhole scan beside it, s\tleast it found"
			for (i = 1; i <= n_names; i++) {
				name = names[i]
				printf "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", name, both(name, "kept", "%.1f"),
					both(name, "speed", "%.3g"), both(name, "probes", "%d"),
					both(name, "busy", "%d"), both(name, "seconds", "%.2f"),
					name in least ? commas(least[name]) " of " commas(truth) : "-"
			}
		}' "$tmp/results" | markdown
	end
}

# Rows. Controls run in the first round only.

knows_budget() {
	"$BUILD/xscan" --help | grep -q -- --budget
}
# A scan with the options is long enough for a slice, and `whole` is one to its end.
transfers_beside() { # NAME OPTION...
	whole=("$BUILD/xscan" "${@:2}" -p 1-16 198.19.0.0/24)
	transfers "xscan $1" "$BUILD/xscan" "${@:2}" -p 1-60 $target
	whole=()
}
# How many probes a second a scan makes beside a transfer.
rate_beside() { # NAME
	awk -F '\t' -v name="$1" '$1 == name && $3 != "whole" { sum += $5; n++ }
		END { printf "%d", n ? sum / n : 0 }' "$tmp/results"
}
whole_truth_is() {
	truth_is open --ports 1-16
	grep '^198\.19\.0\.' "$tmp/truth" >"$tmp/near"
	mv "$tmp/near" "$tmp/truth"
	truth=$(wc -l <"$tmp/truth")
}
# The same scan at the same rate from another host: what scan and lab cost by sharing the CPUs.
elsewhere() { # FUNCTION: transfers or answers
	local rate
	rate=$(rate_beside "xscan default")
	[ "$rate" -gt 0 ] || return 0
	from=other
	"$1" "control: from another host" "$BUILD/xscan" --rate "$rate" -p 1-60 $target
	from=scanner
}
beside_tcp() {
	begin "The host's TCP through the interface of a default scan (wanted: 95 % kept)"
	have iperf3 || { end && return; }
	peer_up
	listening 5201 iperf3 -s
	whole_truth_is
	pairs=3
	for ((round = 1; round <= ROUNDS; round++)); do
		transfers_beside default
		[ $round = 1 ] || continue
		! knows_budget || transfers_beside "--budget off" --budget off
		elsewhere transfers
	done
	transfers_table
}
beside_shared() { # MBIT/S
	begin "The same, and both behind a shared $1 Mbit/s (wanted: 95 % kept)"
	have iperf3 || { end && return; }
	shared_bottleneck_up "$1mbit"
	listening 5201 iperf3 -s
	whole_truth_is
	pairs=1 slice_seconds=1 settle_seconds=0.6
	for ((round = 1; round <= ROUNDS; round++)); do
		transfers_beside default
		[ $round = 1 ] || continue
		! knows_budget || transfers_beside "--budget off" --budget off
	done
	slice_seconds=0.3 settle_seconds=0.4
	transfers_table
}
beside_tcp-100() {
	beside_shared 100
}
beside_tcp-20() {
	beside_shared 20
}

# Lines: name; round trips without a scan, median and 99th percentile (us), and with one; probes a second
# where rate_beside looks for them.
ask_peer() {
	tools/lab exec scanner "$BUILD/measure" ask "$peer_ip" 7 "$slice_seconds"
}
answers() { # NAME COMMAND...
	local pair scan figures
	remember_command "$@"
	for ((pair = 1; pair <= pairs; pair++)); do
		figures=$(ask_peer)
		scan_starts "${@:2}"
		sleep "$settle_seconds"
		figures+=" $(counters in) $(ask_peer) $(counters in)"
		scan_ends "$1" || return 0
		awk -v OFS='\t' -v name="$1" '{
				print name, $2, $3, $10, ($15 - $7) / ($13 - $5), $11
			}' <<<"$figures" >>"$tmp/results"
	done
}
beside_answer() {
	begin "TCP requests and answers of one byte, while a default scan runs (wanted: p99 at most 1.1)"
	peer_up
	listening 7 "$BUILD/measure" serve 7
	pairs=3 slice_seconds=0.5
	for ((round = 1; round <= ROUNDS; round++)); do
		answers "xscan default" "$BUILD/xscan" -p 1-60 $target
		[ $round = 1 ] || continue
		! knows_budget || answers "xscan --budget off" "$BUILD/xscan" --budget off -p 1-60 $target
		elsewhere answers
		answers "control: no scan" sleep 60
	done
	slice_seconds=0.3
	awk -F '\t' "$awk_lib"'
		{
			remember($1)
			r = runs[$1]
			rounds = r > rounds ? r : rounds
			for (i = 2; i <= NF; i++)
				cell[$1, r, i] = $i
			cell[$1, r, "p50"] = $4 / $2
			cell[$1, r, "p99"] = $6 / $3
		}
		END {
			print "\tpairs\tp50 without, us\twith\tratio\tp99 without, us\twith\tratio\tprobes/s"
			for (i = 1; i <= n_names; i++) {
				name = names[i]
				printf "%s\t%d\t%.1f\t%.1f\t%.2f\t%.1f\t%.1f\t%.2f\t%d\n", name, runs[name],
					typical(name, 2), typical(name, 4), typical(name, "p50"),
					typical(name, 3), typical(name, 6), typical(name, "p99"),
					typical(name, 5)
			}
		}' "$tmp/results" | markdown
	end
}

# A transfer to the host starts when a scan has had the interface for itself, and ends. Lines: name, Gbit/s
# 2 s after the start of one without a scan and of one in mid scan; probes a second before, during, and 1 s
# after it; how the scan was attached at the end.
attachment() {
	sed -n 's/^place  *\(native\|generic\|tc\).*/\1/p' "$tmp/err"
}
joins() { # NAME COMMAND...
	local scan transfer
	remember_command "$@"
	rm -f "$tmp/slices"
	transfer_starts in
	sleep 2
	slice alone in
	transfer_ends "$1" || return 0
	scan_starts "${@:2}"
	slice before in
	transfer_starts in
	sleep 2
	slice during in
	transfer_ends "$1" || return 0
	sleep 1
	slice after in
	scan_ends "$1" || return 0
	rates | awk -F '\t' -v OFS='\t' -v name="$1" -v how="$(attachment)" '
		{
			speed[$1] = $3
			probes[$1] = $4
		}
		END {
			if (NR == 4)
				print name, speed["alone"], speed["during"], probes["before"],
					probes["during"], probes["after"], how
		}' >>"$tmp/results"
}
beside_join() {
	begin "iperf3 to the host starts in mid scan, and ends (wanted: 90 % within 2 s; probes 100 % after 1 s)"
	have iperf3 || { end && return; }
	peer_up
	listening 5201 iperf3 -s
	settle_seconds=0.3
	for ((round = 1; round <= ROUNDS; round++)); do
		joins "xscan default" "$BUILD/xscan" -v -p 1-120 $target
		[ $round = 1 ] || continue
		# shellcheck disable=SC2046 # two words or none
		joins "control: xscan --attach native" "$BUILD/xscan" -v --attach native \
			$(! knows_budget || echo --budget off) -p 1-120 $target
	done
	settle_seconds=0.4
	awk -F '\t' "$awk_lib"'
		{
			remember($1)
			r = runs[$1]
			rounds = r > rounds ? r : rounds
			for (i = 2; i < NF; i++)
				cell[$1, r, i] = $i
			cell[$1, r, "kept"] = 100 * $3 / $2
			cell[$1, r, "again"] = 100 * $6 / $4
			how[$1] = $7
		}
		END {
			print "\truns\tkept, %\tof Gbit/s\tprobes/s before\tduring\tafter\tafter, %\tattached"
			for (i = 1; i <= n_names; i++) {
				name = names[i]
				printf "%s\t%d\t%.1f\t%.3g\t%d\t%d\t%d\t%.1f\t%s\n", name, runs[name],
					typical(name, "kept"), typical(name, 2), typical(name, 4),
					typical(name, 5), typical(name, 6), typical(name, "again"), how[name]
			}
		}' "$tmp/results" | markdown
	end
}
