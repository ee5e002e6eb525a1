#!/bin/bash
# Round trips against a peer whose answers have a known delay: by the send log and by --rtt, with both
# senders, wherever the matcher sits. The peer may be late when the machine is busy, never early: so a bound
# above is wide, and each median is printed.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

# The round trips in us of ports in a state, by where they come from: "number median".
trips() { # STATE FROM
	jq -s -r --arg state "$1" --arg from "$2" '
		[.[] | select(.type == "port" and .state == $state and .rtt_from == $from) | .rtt_us] | sort |
		"\(length) \(.[length / 2 | floor])"' "$tmp/json"
}
# As many as there must be, and the median not less than the delay (20 us for the log) nor 30 ms more.
check() { # NAME DELAY STATE FROM EXPECTED
	local n median
	read -r n median < <(trips "$3" "$4")
	echo "# $1, $3 by $4: $n round trips, median $median us"
	is "$1, $3 by $4: $5 round trips" "$5" "$n"
	is "$1, $3 by $4: the median is at least the delay, and not much more" true \
		"$([ "${median:-0}" -ge "$(($2 - 20))" ] && [ "$median" -lt "$(($2 + 30000))" ] && echo true)"
}

for delay in 100 1000 10000 100000; do
	faulty_up --net 198.18.1.0/24 --delay "$delay" --open 1-100
	for way in af_packet,native xdp,native af_packet,generic xdp,generic af_packet,tc; do
		name="delay $delay us, --tx ${way%,*} --attach ${way#*,}"
		scan -q --budget off --rtt --rate 5000 --tx "${way%,*}" --attach "${way#*,}" --retries 0 --all \
			--json "$tmp/json" -p 1-200 198.18.1.1
		exits "$name: ends with 0" 0
		check "$name" "$delay" open echo 100
		check "$name" "$delay" closed log 100
	done
	has_right_keys "delay $delay us: JSON has the right keys" "$tmp/json"
	scan -q --budget off --rate 5000 --retries 0 --all --json "$tmp/json" -p 1-200 198.18.1.1
	check "delay $delay us, without --rtt" "$delay" open log 100
done

# --histogram counts the round trips that the results have; its percentiles are near theirs.
hist() { # NAME KEY FILTER
	jq -r --arg name "@$1" --arg key "$2" 'select(.type == "histogram" and .data[$name] and
		($key == "" or .data[$name][$key])) | .bins = (.data[$name] | if $key == "" then . else .[$key] end) |
		'"$3" "$tmp/json"
}
name="--histogram"
scan --budget off --histogram --rate 5000 --retries 0 --all --json "$tmp/json" -p 1-200 198.18.1.1
exits "$name: ends with 0" 0
has_right_keys "$name: JSON has the right keys" "$tmp/json"
for state in open closed; do
	is "$name, $state: as many round trips as results" 100 "$(hist rtt_us "$state" .n)"
	is "$name, $state: intervals are powers of two, and add up" true "$(hist rtt_us "$state" '
		([.bins[].count] | add) == .n and (.bins | all(.max == .min * 2 - 1 and .count > 0))')"
	is "$name, $state: none is shorter than the delay" true \
		"$(hist rtt_us "$state" '.bins[0].min >= 65536')"
	read -r _ median < <(trips "$state" log)
	is "$name, $state: the median is within 12.5 % of that of the results" true \
		"$(hist rtt_us "$state" "(.p50 - $median | fabs) <= $median * 0.125 + 1")"
done
# 200 ports, the gateway, and two canaries.
is "$name: each event has waited in the ring" 203 "$(hist ring_us "" .n)"
is "$name: batches" true "$(hist batch "" '.n > 0')"
is "$name: the same in words" "@batch: @ring_us: @rtt_us[arp]: @rtt_us[closed]: @rtt_us[open]: " \
	"$(grep '^@' "$tmp/err" | sort | tr -d '\n')"
is "$name: the bars are where bpftrace has them" 0 \
	"$(grep '^\[' "$tmp/err" | grep -cvE '^.{16} {0,7}[0-9]+ \|@* *\|$' || true)"

# Who echoes a false timestamp has no round trip, and is found.
faulty_up --net 198.18.1.0/24 --open 1-200 --false-echo
scan -q --budget off --rtt --retries 0 --json "$tmp/json" -p 1-200 198.18.1.1
exits "false echoes: ends with 0" 0
is "false echoes: all open ports are found" 200 "$(summary "$tmp/json" open)"
n=$(jq -s 'map(select(.type == "port" and has("rtt_us"))) | length' "$tmp/json")
is "false echoes: hardly a round trip" true "$([ "$n" -le 3 ] && echo true || echo "$n")"

# Who does not know the cookie: rejected, and nothing comes of it.
faulty_up --net 198.18.1.0/24 --open 1-100 --wrong-cookie
scan -q --budget off --rtt --rate 5000 --retries 0 --json "$tmp/json" -p 1-200 198.18.1.1
exits "wrong cookies: ends with 0" 0
is "wrong cookies: the answers behind them count" "100 100" "$(summary "$tmp/json" open closed)"
is "wrong cookies: each is rejected" true "$([ "$(summary "$tmp/json" rejected)" -ge 200 ] && echo true)"

scan --rtt --arp 198.18.1.0/24
exits "--rtt without ports is refused" 2
