#!/bin/bash
# One frame in 20 is lost each way, ARP included. By default settings so many tries follow that hardly a
# question stays unanswered. If only the answer was lost, nothing may be counted twice.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

loss=(--seed 8 --loss 0.05)

# Lost frames of all that could be: one in 20, give or take a fifth of that.
lost_as_wanted() { # NAME LOST ALL
	echo "# $1: $2 of $3 lost"
	is "control: $1: one in 20 was lost" true \
		"$([ "$(($2 * 1000))" -ge "$(($3 * 40))" ] && [ "$(($2 * 1000))" -le "$(($3 * 60))" ] &&
			echo true || echo "$2 of $3")"
}

check() { # NAME NET PORTS OPTION...
	local name=$1 ports=$3
	scan --all -p "$ports" --json "$tmp/json" "${@:4}" "$2"
	exits "$name: ends with 0" 0
	sums_close "$name: the sums of the ledger close" "$tmp/json"
	fleet_states "$ports" | cut -d ' ' -f 1-3 >"$tmp/expected"
	json_states_of "$tmp/json" | awk '$3 != "unanswered" { print $1, $2, $3 }' >"$tmp/found"
	nearly_all "$name: open and closed ports" "$tmp/expected" "$tmp/found"
	echo "# $name: $(summary "$tmp/json" probes) probes, $(summary "$tmp/json" retransmits)" \
		"asked again, coverage $(summary "$tmp/json" coverage), $(summary "$tmp/json" elapsed_s) s"
	fleet_stop
	lost_as_wanted "$name: frames to the fleet" "$(counted lost-requests)" \
		"$(counted open closed arp ignored lost-requests)"
	lost_as_wanted "$name: answers of the fleet" "$(counted lost-answers)" \
		"$(counted open closed arp)"
}

for rate in 20k auto; do
	fleet_up --net 198.18.32.0/19 "${loss[@]}"
	# Resets for so many hosts would fill the kernel's table of neighbours, which all labs share.
	check "8,192 hosts on link, --rate $rate" 198.18.32.0/19 81-86 --rate "$rate" --synack drop
done
export LAB_ADDR=198.18.0.1/24 LAB_GATEWAY=198.18.0.254
for rate in 20k auto; do
	fleet_up --gateway "$LAB_GATEWAY" --net 198.19.0.0/20 "${loss[@]}"
	check "4,096 hosts behind a gateway, --rate $rate" 198.19.0.0/20 81-92 --rate "$rate"
done
