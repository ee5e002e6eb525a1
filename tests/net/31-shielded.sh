#!/bin/bash
# Hosts of the fleet that drop what is not for their two services, beside hosts that answer it: each port
# has the state that the fleet lists. Else the benchmark of such hosts would measure other work.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

fleet_up --net 198.18.16.1-198.18.16.3 --shielded 198.18.16.2
fleet_states 1-100 >"$tmp/expected"
scan -p 1-100 --all --json "$tmp/json" 198.18.16.1-198.18.16.3
exits "a scan of shielded hosts ends with 0" 0
json_states_of "$tmp/json" >"$tmp/found"
same "each port has its true state" "$tmp/expected" "$tmp/found"
is "control: the shielded host has two open ports, and the others are silent" "2 98" \
	"$(grep '^198.18.16.2 ' "$tmp/expected" | awk '{ n[$3]++ } END { print n["open"], n["unanswered"] }')"
is "control: the hosts beside it answer at each port" 200 \
	"$(grep -v '^198.18.16.2 ' "$tmp/expected" | grep -c -e ' open ' -e ' closed ')"
fleet_stop
is "the fleet counts the SYNs that the shielded host dropped" true \
	"$([ "$(counted silent)" -ge 98 ] && echo true)"
