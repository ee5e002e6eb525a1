#!/bin/bash
# A scan of two paths, one of them slow: the results of the fast one do not wait for it.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq tc

near=198.18.16.0/20
far=198.19.0.0/20
ports=81-92
options=(--seed 9)
# With --synack pass the scanner's kernel would look for the hosts too, to reset their connections. Its
# table of neighbours is shared with the router's, and once it is full, neither finds the other.
scan_options=(--all --synack drop --budget off)

# Seconds from the start of the program to the last port of an address that begins so.
last_result() { # PREFIX JSON-FILE
	jq -rn --arg prefix "$1" --arg start "$started" '
		def seconds: (.[0:19] + "Z" | fromdate) + (.[19:26] | tonumber);
		[inputs | select(.type == "port" and (.ip | startswith($prefix))) | .time | seconds]
			| max - ($start | tonumber) | . * 1000 | round / 1000' "$2"
}

check() { # NAME NETS TARGET...
	local name=$1
	started=$EPOCHREALTIME
	scan "${scan_options[@]}" -p "$ports" --json "$tmp/json" "${@:3}"
	exits "$name: ends with 0" 0
	fleet=(--net "$2" "${options[@]}")
	fleet_states "$ports" | cut -d ' ' -f 1-3 >"$tmp/expected"
	json_states_of "$tmp/json" | awk '$3 != "unanswered" { print $1, $2, $3 }' >"$tmp/found"
	nearly_all "$name: open and closed ports" "$tmp/expected" "$tmp/found"
}

lab two-paths-up 5mbit 50ms "$near" "$far" "${options[@]}"
check "on link alone" "$near" "$near"
near_alone=$(last_result 198.18. "$tmp/json")
check "behind 5mbit alone" "$far" "$far"
far_alone=$(last_result 198.19. "$tmp/json")
check "both" "$near,$far" "$near" "$far"
near_both=$(last_result 198.18. "$tmp/json")
far_both=$(last_result 198.19. "$tmp/json")

ratio() { # TIME TIME
	jq -n "$1 / $2 * 100 | round / 100"
}
echo "# last result on link: $near_alone s alone, $near_both s with the other:" \
	"$(ratio "$near_both" "$near_alone") x"
echo "# last result behind 5mbit: $far_alone s alone, $far_both s with the other:" \
	"$(ratio "$far_both" "$far_alone") x; the router's queue dropped $(dropped)"
is "on link: the last result comes in at most 3 times the time it takes alone" true \
	"$(jq -n "$near_both <= 3 * $near_alone")"
is "behind 5mbit: the last result comes in at most 3 times the time it takes alone" true \
	"$(jq -n "$far_both <= 3 * $far_alone")"
is "control: the path behind the router is the slower one" true "$(jq -n "$far_alone > $near_alone")"
