#!/bin/bash
# Behind a bottleneck, silent addresses cost only the time of their probes, and one timeout for each
# further try.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq tc

net=198.19.0.0/20
ports=81-84
retries=2 # at most so many tries follow here, by default settings
timeout=2

bottleneck_up 5mbit --net "$net" --seed 10 --up 1/2
fleet_list hosts | cut -d ' ' -f 1 >"$tmp/up"
fleet_list open "$ports" >"$tmp/expected"

check() { # NAME OPTION...: sets $seconds
	scan --budget off -p "$ports" --timeout "$timeout" --json "$tmp/json" "${@:2}"
	exits "$1: ends with 0" 0
	json_ports_of open "$tmp/json" >"$tmp/found"
	nearly_all "$1: open ports" "$tmp/expected" "$tmp/found"
	seconds=$(summary "$tmp/json" elapsed_s)
	echo "# $1: $(summary "$tmp/json" probes) probes, $(summary "$tmp/json" sent) sent, $seconds s;" \
		"the router's queue dropped $(dropped) so far"
}

check "the half that answers" --targets "$tmp/up"
alone=$seconds
check "with the half that does not" "$net"
echo "# ratio to the first scan and a timeout a retry:" \
	"$(jq -n "$seconds / ($alone + $retries * $timeout) * 100 | round / 100")"
is "with the half that does not: at most 3 times the first scan and a timeout a retry" true \
	"$(jq -n "$seconds <= 3 * ($alone + $retries * $timeout)")"
