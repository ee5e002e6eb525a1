#!/bin/bash
# --rate is never exceeded, in ARP sweeps and in port scans with and without silent ports. How near
# a scan comes to the rate depends on the machine: not tested.
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

frames() { # that the scanner's device has been given
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

before=$(frames)
scan --rate 1k --json "$tmp/json" 198.18.1.0-198.18.4.255
exits "1k/s, 1,024 hosts: ends with 0" 0
within "1k/s, 1,024 hosts" 1000 "$tmp/json"
is "1k/s, 1,024 hosts: the device was given as many frames as the summary says" \
	"$(summary "$tmp/json" sent)" "$(($(frames) - before))"

scan --rate 100k --json "$tmp/json" 198.18.0.0/19
exits "100k/s, 8,191 hosts: ends with 0" 0
within "100k/s, 8,191 hosts" 100000 "$tmp/json"

scan --rate 1k -p 1-1000 --timeout 0.2 --json "$tmp/json" 198.18.1.1
exits "1k/s, 1,000 ports: ends with 0" 0
within "1k/s, 1,000 ports" 1000 "$tmp/json"

before=$(frames)
scan --rate 100k -p - --timeout 0.1 --synack drop --json "$tmp/json" 198.18.1.1
exits "100k/s, 65,535 ports: ends with 0" 0
within "100k/s, 65,535 ports" 100000 "$tmp/json"
is "100k/s, 65,535 ports: the device was given as many frames as the summary says" \
	"$(summary "$tmp/json" sent)" "$(($(frames) - before))"
