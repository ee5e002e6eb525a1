#!/bin/bash
# --shard I/N: the results of N machines, joined by cat, are those of one machine, each once; for divided
# addresses and for divided ports.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

# Scan in N shares, into $tmp/joined; the largest share's probes in $most, the summaries' sum in $sum.
scan_shares() { # N OPTION...
	local n=$1 i
	shift
	: >"$tmp/joined"
	for ((i = 1; i <= n; i++)); do
		scan --shard "$i/$n" --seed "$i" --json - "$@"
		[ "$status" = 0 ] || break
		cat "$tmp/out" >>"$tmp/joined"
	done
	most=$(jq -s '[.[] | select(.type == "summary") | .probes] | max' "$tmp/joined")
	sum=$(jq -sr '[.[] | select(.type == "summary")] |
		[([.[].probes] | add), ([.[].hosts_up] | add)] | join(" ")' "$tmp/joined")
}

check() { # NAME N OPTION...
	local name=$1 n=$2 whole
	shift 2
	scan --json - "$@"
	exits "$name: the whole ends with 0" 0
	whole=$(summary "$tmp/out" probes hosts_up)
	{
		json_hosts_of "$tmp/out"
		json_states_of "$tmp/out"
	} >"$tmp/whole"
	scan_shares "$n" "$@"
	exits "$name: each share ends with 0" 0
	{
		json_hosts_of "$tmp/joined"
		json_states_of "$tmp/joined"
	} >"$tmp/shares"
	same "$name: joined, they are the whole, each result once" "$tmp/whole" "$tmp/shares"
	is "$name: so are the sums" "$whole" "$sum"
	is "$name: no share is more than a fair one and a host's" true \
		"$(jq -n --argjson most "$most" --argjson n "$n" --arg whole "$whole" \
			'($whole | split(" ")[0] | tonumber) as $all | $most <= $all / $n * 1.1 + 16')"
}

fleet_up --net 198.18.8.0/23 --seed 11 --up 1/2 --silent 1/16
check "addresses on link" 3 --arp 198.18.8.0/23
check "addresses, five ports" 4 --all -p 81-85 198.18.8.0/24
check "more shares than ports of one host" 5 --all -p 81-83 "$(fleet_list hosts | awk 'NR == 1 { print $1 }')"
check "ports of one host" 4 --all -p 1-1000 "$(fleet_list hosts | awk 'NR == 1 { print $1 }')"
check "ports of three hosts" 7 --all -p 1-300 \
	"$(fleet_list hosts | awk 'NR <= 3 { print $1 }' | paste -sd,)"
scan --shard 3/4 --dry-run -p 1-100 198.18.8.0/24
is "the plan says which share it is" "share      3 of 4" "$(grep share "$tmp/out")"
