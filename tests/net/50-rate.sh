#!/bin/bash
# --rate is never exceeded, in ARP sweeps and in port scans with and without silent ports. On average no host
# gets more probes than --host-rate allows. How near a scan comes to either rate depends on the machine: not
# tested.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

# Count all time, also the wait for answers: then the bound holds on a busy machine too.
within() { # NAME RATE JSON-FILE
	is "$1: sent / elapsed_s is at most 1.05 x $2" true "$(tail -n 1 "$3" |
		jq --argjson rate "$2" '.sent > 0 and .sent <= .elapsed_s * $rate * 1.05')"
	is "$1: rate_pps is at most 1.05 x $2" true "$(tail -n 1 "$3" |
		jq --argjson rate "$2" '.rate_pps <= $rate * 1.05')"
}

frames_given() { # that the scanner's device has been given
	lab exec scanner ip -s -j link show eth0 | jq '.[0].stats64.tx | .packets + .dropped'
}

microseconds() {
	echo "${EPOCHREALTIME/[.,]/}"
}

fleet_up --net 198.18.0.0/19 --silent 1/64

before=$(microseconds)
scan --rate 10 --json "$tmp/json" 198.18.0.11-25
took=$(($(microseconds) - before))
exits "10/s, 15 hosts: ends with 0" 0
is "10/s, 15 hosts: takes 1.3 s or more" true \
	"$([ "$took" -ge 1300000 ] && echo true || echo "$took us")"
is "10/s, 15 hosts: elapsed_s is not more than what the clock says" true \
	"$(tail -n 1 "$tmp/json" | jq ".elapsed_s >= 1.3 and .elapsed_s * 1000000 <= $took + 1000")"

before=$(frames_given)
scan --rate 1k --json "$tmp/json" 198.18.1.0-198.18.4.255
exits "1k/s, 1,024 hosts: ends with 0" 0
within "1k/s, 1,024 hosts" 1000 "$tmp/json"
is "1k/s, 1,024 hosts: the device was given as many frames as the summary says" \
	"$(summary "$tmp/json" sent)" "$(($(frames_given) - before))"

scan --rate 100k --json "$tmp/json" 198.18.0.0/19
exits "100k/s, 8,191 hosts: ends with 0" 0
within "100k/s, 8,191 hosts" 100000 "$tmp/json"

scan --rate 1k -p 1-1000 --timeout 0.2 --json "$tmp/json" 198.18.1.1
exits "1k/s, 1,000 ports: ends with 0" 0
within "1k/s, 1,000 ports" 1000 "$tmp/json"

before=$(frames_given)
scan --rate 100k -p - --timeout 0.1 --synack drop --json "$tmp/json" 198.18.1.1
exits "100k/s, 65,535 ports: ends with 0" 0
within "100k/s, 65,535 ports" 100000 "$tmp/json"
is "100k/s, 65,535 ports: the device was given as many frames as the summary says" \
	"$(summary "$tmp/json" sent)" "$(($(frames_given) - before))"

# --host-rate: what the fleet was asked, and the clock. Without a limit the same scan is faster.

# Frames of these counters a second and host. Starting xscan counts as time: the bound holds for less.
per_host() { # HOSTS COUNTER...
	fleet_stop
	echo $(($(counted "${@:2}") * 1000000 / took / $1))
}
timed_scan() { # ARGUMENT...
	before=$(microseconds)
	scan --budget off --json "$tmp/json" "$@"
	took=$(($(microseconds) - before))
}
at_most() { # NAME MOST GOT
	is "$1: at most $2" true "$([ "$3" -gt 0 ] && [ "$3" -le "$2" ] && echo true || echo "$3")"
}
ports_of() { # HOSTS TARGET OPTION...
	local name="--rate $4, hosts: $1" got
	fleet_up --net 198.18.1.0/24
	timed_scan "${@:3}" -p 1-300 "$2"
	got=$(per_host "$1" open closed)
	is "control: $name: more than 300 probes a second and host" true \
		"$([ "$got" -gt 300 ] && echo true || echo "$got")"
	fleet_up --net 198.18.1.0/24
	timed_scan "${@:3}" --host-rate 100 -p 1-300 "$2"
	exits "$name, --host-rate 100: ends with 0" 0
	got=$(per_host "$1" open closed)
	at_most "$name, --host-rate 100: probes a second and host" 100 "$got"
	is "control: $name, --host-rate 100: all ports have answered" "$((300 * $1))" "$(summary "$tmp/json" replies)"
}
for rate in auto 10k; do
	ports_of 1 198.18.1.1 --rate "$rate"
	ports_of 10 198.18.1.1-10 --rate "$rate"
done

# Two of ten hosts are asked again: what all ten may get is too much for two.
fleet_up --net 198.18.1.0/24 --shielded 198.18.1.1-2 --open 1
timed_scan --host-rate 100 -p 1-300 198.18.1.1-10
exits "two of ten hosts are silent, --host-rate 100: ends with 0" 0
at_most "two of ten hosts are silent, --host-rate 100: probes a second and silent host" 100 "$(per_host 2 silent)"
asked=$(counted silent)
is "control: two of ten hosts are silent: they are asked twice or more" true \
	"$([ "$asked" -ge $((2 * 2 * 298)) ] && echo true || echo "$asked")"

faulty_up --net 198.18.1.0/24
timed_scan --host-rate 0.01 --arp 198.18.1.0/24
is "--host-rate 0.01: does not limit ARP: 256 hosts, 5 s or less" "256 true" \
	"$(summary "$tmp/json" hosts_up) $([ "$took" -le 5000000 ] && echo true || echo "$took us")"

LAB_ADDR=198.18.0.1/24 LAB_GATEWAY=198.18.0.254 faulty_up --net 198.19.0.0/24 --gateway 198.18.0.254
for host_rate in 100k 0.5; do
	timed_scan --host-rate "$host_rate" --ping 198.19.0.1-10
	exits "--ping --host-rate $host_rate: ends with 0" 0
	is "--ping --host-rate $host_rate: ten hosts answer" 10 "$(summary "$tmp/json" hosts_up)"
	[ "$host_rate" = 100k ] || break
	is "control: --ping --host-rate $host_rate: takes less than 1.8 s" true \
		"$([ "$took" -lt 1800000 ] && echo true || echo "$took us")"
done
is "--ping --host-rate 0.5: ten hosts are asked in 1.8 s or more" true \
	"$([ "$took" -ge 1800000 ] && echo true || echo "$took us")"
