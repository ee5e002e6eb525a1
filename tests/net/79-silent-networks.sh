#!/bin/bash
# A warning that comes always is none: networks where all is well, and most or all is silent, end a scan with 0
# and without an alarm. Where all answers, a scan sends at most 1 % more frames than it has questions.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/net/judge.sh
. tests/net/judge.sh
need jq

no_alarm() { # NAME OPTION...
	scan --budget off --json "$tmp/json" "${@:2}"
	exits "$1: ends with 0" 0
	is "$1: no alarm" "" "$(told_lines)"
	echo "# $1: $(summary "$tmp/json" elapsed_s) s, coverage $(summary "$tmp/json" coverage coverage_low)"
}

faulty_up --net 198.18.1.0/24 --hosts 1 --open 22,80
no_alarm "one host of a /24" -p 1-100 198.18.1.0/24
is "one host of a /24: its ports are found" "2 1" "$(summary "$tmp/json" open coverage)"
no_alarm "one host of a /24, --arp" --arp 198.18.1.0/24

faulty_up --net 198.18.1.0/28 --hosts 1 --silent
no_alarm "one host that drops all" -p 1-1000 198.18.1.0/28
is "one host that drops all: coverage is not known" null "$(tail -n 1 "$tmp/json" | jq .coverage)"

LAB_ADDR=198.18.0.1/24 LAB_GATEWAY=198.18.0.254 faulty_up --net 198.18.1.0/32 --gateway 198.18.0.254
no_alarm "a /16 with none" -p 80 198.19.0.0/16
is "a /16 with none: coverage is not known" null "$(tail -n 1 "$tmp/json" | jq .coverage)"
no_alarm "a /16 with none, --ping" --ping 198.19.0.0/16

fleet_up --net 198.18.64.0/24
no_alarm "all answer" --rate 20k -p 1-100 198.18.64.0/24
is "all answer: the coverage is 1" "1 1" "$(summary "$tmp/json" coverage coverage_low)"
is "all answer: at most 1 % more frames than questions" true "$(tail -n 1 "$tmp/json" |
	jq '.sent - .host_probes <= 1.01 * .probes')"
