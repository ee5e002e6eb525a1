#!/bin/bash
# Few that answer among many that do not, with loss; hosts that answer ARP late; an ICMP error before the
# SYN-ACK; ARP that answers nobody's request.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/net/judge.sh
. tests/net/judge.sh
need jq

# One frame in five is lost each way. Seven tries leave 1 in 1,276 unanswered, so that in one run of ten
# one of the 128 is missing.
fleet=(--net 198.19.0.0/16 --seed 7 --up 1/512)
LAB_ADDR=198.18.0.1/24 LAB_GATEWAY=198.18.0.254 \
	faulty_up "${fleet[@]}" --gateway 198.18.0.254 --open 80 --loss 0.2
fleet_list hosts | sed 's/ .*/ 80/' >"$tmp/expected"
scan --budget off -p 80 --json "$tmp/json" 198.19.0.0/16
compare "$tmp/expected"
echo "# few among many: exit status $status, $found found, $missing missing," \
	"$(summary "$tmp/json" elapsed_s) s"
is "few among many, with loss: at most one is missing, none is false" yes \
	"$([ "$missing" -le 1 ] && [ "$false_results" = 0 ] && echo yes || echo "$missing, $false_results")"
is "few among many, with loss: ends with 0, or one is missing and it says so" yes \
	"$(case $status$missing in 00 | 31 | 01) echo yes ;; *) echo "$status, $missing missing" ;; esac)"

# A third of all frames is lost each way, ARP too, and nothing else is wrong: no line names another cause.
for loss in 0.15 0.33; do
	faulty_up --net 198.18.1.0/28 --seed 5 --open 1-10 --reject 11-60 --loss "$loss"
	scan --budget off --rate 5k -p 1-60 --json "$tmp/json" 198.18.1.1-14
	echo "# loss $loss: exit status $status, $(summary "$tmp/json" elapsed_s) s"
	is "plain loss of $loss each way names no other cause" "" \
		"$(grep -E 'went away|fell silent|limits its ICMP|brings no more|hears nobody' "$tmp/err")"
	fleet_stop
	is "control: loss $loss: frames were lost" yes "$([ "$(counted lost-in)" -gt 50 ] && echo yes)"
done

# One of several links is dead: what the path spreads over them is always lost, or never.
# Which pairs are dead depends on the ports. With others, one scan in 40 cannot tell that nothing is missing.
pairs 198.18.1 1 4 {1..10} >"$tmp/expected"
faulty_up --net 198.18.1.0/29 --open 1-10 --dead-flows 0.3
scan --seed 1 --source-port 40000-40099 -p 1-200 --json "$tmp/json" 198.18.1.1-4
complete "three of ten pairs of ports are dead" "$tmp/expected"
fleet_stop
is "control: dead pairs of ports lost SYNs" yes "$([ "$(counted dead-flows)" -gt 100 ] && echo yes)"

# Ten hosts answer ARP after 1.2 s.
slow_up() { # OPTION of the slow hosts' faulty...
	lab exec faulty "$BUILD/faulty" -i eth0 --net 198.18.1.231-240 --open 22,80 "$@" >"$tmp/slow" 2>&1 &
	slow=$!
	until grep -qx ready "$tmp/slow" || ! kill -0 "$slow" 2>/dev/null; do
		sleep 0.05
	done
}
faulty_up --net 198.18.1.0-230 --open 22,80
slow_up --arp-delay 1200000
pairs 198.18.1 0 240 22 80 >"$tmp/expected"
scan -p 1-100 --json "$tmp/json" 198.18.1.0-240
complete "ten of 241 hosts answer ARP after 1.2 s" "$tmp/expected"
scan --arp --json "$tmp/json" 198.18.1.0-240
is "the same with --arp: all hosts" "0 241" "$status $(summary "$tmp/json" hosts_up)"
kill "$slow"
wait "$slow" 2>/dev/null || true
faulty_up --net 198.18.1.250/32 --open 22,80
slow_up --arp-delay 1200000
pairs 198.18.1 231 240 22 80 >"$tmp/expected"
scan -p 1-100 --json "$tmp/json" 198.18.1.0-240
complete "the only ten of 241 addresses answer ARP after 1.2 s" "$tmp/expected"
kill "$slow"
wait "$slow" 2>/dev/null || true

# An ICMP error comes before the SYN-ACK.
pairs 198.18.1 1 4 {1..50} >"$tmp/expected"
faulty_up --net 198.18.1.0/29 --open 1-50 --icmp-first 5000
scan -p 1-200 --json "$tmp/json" 198.18.1.1-4
complete "an ICMP error 5 ms before the SYN-ACK" "$tmp/expected"
is "an ICMP error first: each port is counted once" "200 600 0 0" \
	"$(summary "$tmp/json" open closed filtered unanswered)"
is "an ICMP error first: each open port has one record" "" \
	"$(json_ports_of open "$tmp/json" | sort | uniq -d)"
fleet_stop
is "control: an ICMP error first: the host sent both" yes \
	"$([ "$(counted answers)" -ge 1000 ] && echo yes || echo "$(<"$tmp/counters")")"

# Gratuitous ARP, replies to others, of no machine and of our own make no host.
fleet=(--net 198.18.1.0/25 --seed 3 --up 1/4)
faulty_up "${fleet[@]}" --open 22 --arp-noise
fleet_list hosts >"$tmp/expected.hosts"
sed 's/ .*/ 22/' "$tmp/expected.hosts" >"$tmp/expected"
scan -p 1-30 --json "$tmp/json" 198.18.1.0/25
complete "ARP that answers nobody" "$tmp/expected"
json_hosts_of "$tmp/json" >"$tmp/hosts"
same "ARP that answers nobody makes no host" "$tmp/expected.hosts" "$tmp/hosts"
fleet_stop
is "control: there was ARP that answers nobody" yes \
	"$([ "$(counted noise)" -gt 300 ] && echo yes || echo "$(<"$tmp/counters")")"
