#!/bin/bash
# --capture: frames that look like answers and are none, or no news, as capinfos and tshark read them.
# --capture-flow: all frames of one question. Wherever the matcher sits, and with both senders.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq tshark capinfos

columns=(number time_epoch interface_description comment packet_flags interface_queue verdict.ebpf_xdp
	verdict.ebpf_tc protocols)
more=(ip.src ip.dst ipv6.src ipv6.dst tcp.srcport tcp.dstport tcp.flags tcp.seq_raw tcp.ack_raw)

# The file can be read to its end, and holds as many frames as the scan says. $tmp/frames becomes an array of
# them, an object each, whose keys are the words of `columns` and `more` without their dots.
is_whole() { # NAME
	local keys
	capinfos -M -c -k -I "$tmp/capture" >"$tmp/info" 2>&1 || fail "$1: capinfos reads the file" "$tmp/info"
	tshark -r "$tmp/capture" -T fields "${columns[@]/#/-eframe.}" "${more[@]/#/-e}" >"$tmp/fields" \
		2>"$tmp/errors" || fail "$1: tshark reads the file" "$tmp/errors"
	keys=$(printf '%s\n' "${columns[@]}" "${more[@]}" | tr -d . | jq -R . | jq -s .)
	jq -R --argjson keys "$keys" 'split("\t") | [$keys, .] | transpose | map({key: .[0], value: .[1]}) |
		from_entries' "$tmp/fields" | jq -s . >"$tmp/frames"
	is "$1: as many frames as the scan says" "$(summary "$tmp/json" captured)" "$(jq length "$tmp/frames")"
	is "$1: an interface for each place, of nanoseconds" 3 "$(grep -c 'Time precision = nanoseconds' "$tmp/info")"
}
count() { # FILTER
	jq "map(select($1)) | length" "$tmp/frames"
}
ask() { # FILTER: its results on one line
	jq -r "$1" "$tmp/frames" | paste -sd ' '
}

ways="af_packet,native xdp,native af_packet,generic xdp,generic af_packet,tc"

# Near misses. Each host answers ARP with a second MAC too, each port with a wrong number before the right
# one, and again 20 ms later.
faulty_up --net 198.18.1.0/24 --open 1-5 --wrong-cookie --two-macs --late-duplicate 20000
for way in $ways; do
	name="--tx ${way%,*} --attach ${way#*,}"
	scan --budget off --rate 2000 --retries 0 --tx "${way%,*}" --attach "${way#*,}" --json "$tmp/json" \
		--capture "$tmp/capture" -p 1-40 198.18.1.1-3
	exits "$name: ends with 0" 0
	is_whole "$name"
	read -r rejected duplicates < <(summary "$tmp/json" rejected duplicates)
	is "$name: a wrong cookie for each answer and more" true "$([ "$rejected" -ge 120 ] && echo true)"
	# The comment has the number that the frame acknowledges, and another one.
	is "$name: each that was rejected is there, with its number" "$rejected" "$(grep -F 'wrong cookie' "$tmp/fields" |
		awk -F '\t' '{ printf "%08x %s\n", ($NF + 4294967295) % 4294967296, $4 }' | awk '
			$0 ~ "^" $1 " wrong cookie: acknowledges 0x" $1 ", the probe was 0x" && $NF != "0x" $1' | wc -l)"
	is "$name: each duplicate is there" "$duplicates" "$(count '(.comment | test("^duplicate:")) and .tcpsrcport != ""')"
	is "$name: control: there are duplicates" true "$([ "$duplicates" -gt 0 ] && echo true)"
	is "$name: second machines are there" true "$(ask 'map(select(.comment | test("^wrong MAC:"))) |
		length >= 3 and all(.protocols == "eth:ethertype:arp")')"
	is "$name: nothing else" true "$(ask 'all(.comment | test("^(wrong cookie|duplicate|wrong MAC):"))')"
	is "$name: nothing was left out" "0 yes" "$(summary "$tmp/json" capture_left_out) $(
		grep -qx "xscan: captured $(summary "$tmp/json" captured) frames" "$tmp/err" && echo yes)"
	if [[ $way == *,tc ]]; then
		place="at tc" passed='.verdictebpf_tc == "-1" and .verdictebpf_xdp == ""'
	else
		place="at XDP" passed='.verdictebpf_xdp == "2" and .verdictebpf_tc == ""'
	fi
	is "$name: what is rejected is passed on" true \
		"$(ask "map(select(.comment | test(\"^wrong cookie\"))) | all($passed)")"
	is "$name: place and direction" "[\"$place\",\"0x00000001\"]" \
		"$(ask 'map([.interface_description, .packet_flags] | tojson) | unique[]')"
done

# One question, whose answer comes 20 ms after the probe.
faulty_up --net 198.18.1.0/24 --open 1-5 --delay 20000
for way in $ways; do
	name="--capture-flow, --tx ${way%,*} --attach ${way#*,}"
	scan --budget off --rate 2000 --retries 0 --tx "${way%,*}" --attach "${way#*,}" --synack reset \
		--json "$tmp/json" --capture "$tmp/capture" --capture-flow 198.18.1.2:3 -p 1-40 198.18.1.1-3
	exits "$name: ends with 0" 0
	is_whole "$name"
	is "$name: of this question alone" true "$(ask 'all(([.ipsrc, .ipdst] | index("198.18.1.2")) and
		([.tcpsrcport, .tcpdstport] | index("3")))')"
	is "$name: answers to probes, and a reset for each" true "$(ask '
		[map(select(.comment == "probe")), map(select(.packet_flags == "0x00000001")),
			map(select(.comment == "reset, made of the SYN-ACK"))] | map(length) |
		.[0] >= .[1] and .[1] == .[2] and .[1] > 0')"
	is "$name: the probe comes first, then its answer, then the reset" "0x0002 0x0012 0x0004" \
		"$(ask '.[:3][].tcpflags')"
	is "$name: they belong together" true "$(ask 'map([.tcpseq_raw, .tcpack_raw | tonumber]) |
		(.[0][0] + 1) % 4294967296 == .[1][1] and .[2][0] == .[1][1]')"
	is "$name: the kernel's times are in order, the delay between them" true "$(ask 'map(.time_epoch | tonumber) |
		.[1] - .[0] >= 0.0199 and .[2] >= .[1]')"
	is "$name: what we send has neither verdict nor queue" true "$(ask 'all(.packet_flags == "0x00000001" or
		.verdictebpf_tc + .verdictebpf_xdp + .interface_queue == "")')"
done
scan -q --retries 0 --json "$tmp/json" --capture "$tmp/capture" --capture-flow 198.18.1.2:9 -p 1-40 198.18.1.1-3
is_whole "a closed port"
is "a closed port: probe and RST" "probe answer" "$(ask '.[:2][].comment')"

# To standard output, in place of the table.
scan -q --retries 0 --capture - --capture-flow 198.18.1.2:3 -p 1-40 198.18.1.1-3
is "to standard output" probe "$(tshark -r "$tmp/out" -c 1 -T fields -e frame.comment 2>/dev/null)"

# IPv6 and UDP are asked in the same way.
lab down
lab up
scan -q --retries 0 --json "$tmp/json" --capture "$tmp/capture" --capture-flow '[2001:db8::198.18.0.10]:80' \
	-p 80 198.18.0.10 2001:db8::198.18.0.10 2001:db8::198.18.0.20
exits "IPv6 behind IPv4: ends with 0" 0
is_whole "IPv6 behind IPv4"
is "IPv6 behind IPv4: probe and answer of this address alone" "probe answer true" \
	"$(ask '.[:2][].comment, all([.ipv6src, .ipv6dst] | index("2001:db8::c612:a") != null)')"
for tx in af_packet xdp; do
	scan -q --retries 0 --tx "$tx" --json "$tmp/json" --capture "$tmp/capture" \
		--capture-flow 198.18.0.40:53 -p 53 -u 53,161 198.18.0.40
	is_whole "TCP and UDP, --tx $tx"
	is "TCP and UDP, --tx $tx: both questions" "tcp probe,tcp answer,udp probe,udp answer" "$(ask '
		group_by(.tcpsrcport == "") | map(.[:2])[][] | "\(if .tcpsrcport == "" then "udp" else "tcp" end) \(.comment)"' |
		sed 's/ \(tcp\|udp\)/,\1/g')"
done

# What is broken off can be read. A disk that is full ends the scan, with one line.
faulty_up --net 198.18.1.0/24 --open 1-5 --wrong-cookie
begin -q --rate 100 --retries 0 --json "$tmp/json" --capture "$tmp/capture" -p 1-1000 198.18.1.1
for _ in {1..200}; do
	[ ! -s "$tmp/capture" ] || [ "$(stat -c %s "$tmp/capture")" -lt 2000 ] || break
	sleep 0.05
done
kill -INT "$pid"
finish 10
exits "interrupted: ends with 130" 130
is_whole "interrupted"
is "interrupted: there are frames" true "$(ask 'length > 0')"
scan -q --retries 0 --capture /dev/full -p 1-40 198.18.1.1
exits "a full device: ends with 1" 1
is "a full device: one line" "xscan: /dev/full: cannot write results: No space left on device" "$(cat "$tmp/err")"
mkdir "$tmp/small"
# shellcheck disable=SC2016 # the other shell expands it
xscan=(unshare -m sh -c 'mount -t tmpfs -o size=12k none "$0" && exec "$@"' "$tmp/small" "$BUILD/xscan")
scan -q --budget off --rate 1000 --retries 0 --capture "$tmp/small/capture" -p 1-2000 198.18.1.1
exits "a disk that fills: ends with 1" 1
is "a disk that fills: one line" "xscan: $tmp/small/capture: cannot write results: No space left on device" \
	"$(cat "$tmp/err")"
xscan=("$BUILD/xscan")

# A flood of forged answers: the scan is complete, little is kept, all is counted.
fleet=(--net "198.18.1.0/26,198.19.0.0/20" --gateway 198.18.0.254 --silent 1/64 --unreachable 1/64)
lab down
lab peer-up "${fleet[@]}"
fleet_states 1-8 >"$tmp/expected"
for way in native,1000000 tc,200000; do
	attach=${way%,*} frames=${way#*,}
	name="flood of $frames, --attach $attach"
	tools/lab exec net "$BUILD/flood" p-scanner "$frames" 198.18.1.0/25,198.19.0.0/20 198.18.2.0/24 \
		>"$tmp/counters" 2>"$tmp/flood-errors" &
	flood=$!
	scan --budget off --attach "$attach" --synack drop --all -p 1-8 --json "$tmp/json" --capture "$tmp/capture" \
		--rate $((33280 * 150000 / frames)) 198.18.1.0/25 198.19.0.0/20
	wait "$flood" || fail "$name: control: the flood was sent" "$tmp/flood-errors"
	exits "$name: ends with 0" 0
	same "$name: each port's state" "$tmp/expected" <(json_states_of "$tmp/json")
	is_whole "$name"
	read -r rejected duplicates late captured left_out < <(
		summary "$tmp/json" rejected duplicates late captured capture_left_out)
	arp=$(counted arp)
	echo "# $name: $(cat "$tmp/counters"); $rejected rejected, $captured captured, $left_out left out"
	is "$name: much was left out" true "$([ "$left_out" -gt "$captured" ] && echo true)"
	is "$name: kept and left out are all" true "$([ $((captured + left_out)) -ge "$rejected" ] &&
		[ $((captured + left_out)) -le $((rejected + arp + duplicates + late + 1000)) ] && echo true)"
	is "$name: at most 1,000 a second" true "$(ask 'map(.time_epoch | tonumber) |
		length <= 1000 * (last - first + 2)')"
	is "$name: a line says so" 1 "$(grep -cx "xscan: captured $captured frames, left out $left_out: at most 1000 a second are kept" \
		"$tmp/err")"
done

# Refusals.
scan --capture-flow 198.18.1.1:80 -p 80 198.18.1.1
exits "--capture-flow without a file is refused" 2
scan --capture "$tmp" -p 80 198.18.1.1
exits "a folder is refused" 1
