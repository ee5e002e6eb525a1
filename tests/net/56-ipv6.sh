#!/bin/bash
# IPv6: the same hosts and ports are found as over IPv4, on the link and behind a router, by both senders and
# each way to attach; with loss; both families in one scan.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

ports=1-128
export LAB_ADDR=198.18.0.1/24

# What the fleet holds over IPv6. $skip: addresses that no host has.
list6() { # WHAT [PORTS]
	"$BUILD/fleet" "${fleet[@]}" --ip6 --list "$1" ${2:+--ports "$2"} | sed 's/\t/ /; s,/tcp,,' |
		grep -v '^2001:db8::c612:1 '
}
states6() {
	list6 open "$1" | sed 's/$/ open syn-ack/'
	list6 closed "$1" | sed 's/$/ closed reset/'
	list6 silent "$1" | sed 's/$/ unanswered no-response/'
	list6 unreachable "$1" | sed 's/$/ filtered port-unreach 4/'
}

fleet_up --net 198.18.0.0/26 --open 1/16 --silent 1/64 --unreachable 1/64 --up 1/2
list6 hosts >"$tmp/hosts"
states6 "$ports" >"$tmp/states"
list6 open "$ports" >"$tmp/open"

scan --json "$tmp/json" 2001:db8::198.18.0.0/122
exits "hosts on the link: ends with 0" 0
same "hosts on the link: each is found, with its MAC address" "$tmp/hosts" <(json_hosts_of "$tmp/json")
same "hosts on the link: the table has the same" "$tmp/hosts" <(hosts_of "$tmp/out")
is "hosts on the link: how they were found" "nd nd-reply" \
	"$(jq -r 'select(.type == "host") | "\(.how) \(.reason)"' "$tmp/json" | sort -u)"
has_right_keys "hosts on the link: JSON has the right keys" "$tmp/json"

check() { # NAME OPTION...
	local name=$1
	shift
	scan --all -p "$ports" --json "$tmp/json" --budget off --timeout 0.2 --retries 1 "$@" \
		2001:db8::198.18.0.0/122
	exits "$name: ends with 0" 0
	same "$name: each port's state and reason" "$tmp/states" <(json_states_of "$tmp/json")
	same "$name: the open ports" "$tmp/open" <(open_of "$tmp/out")
	sums_close "$name: the sums of the ledger close" "$tmp/json"
}
check "native, reset" --attach native --synack reset
check "generic, drop" --attach generic --synack drop
check "tc, pass" --attach tc --synack pass
check "--tx xdp" --tx xdp
has_right_keys "JSON has the right keys" "$tmp/json"

# Both families: IPv4 first, then IPv6; one report, one summary.
scan --all -p 1-64 --json "$tmp/json" 2001:db8::198.18.0.0/122 198.18.0.0/26
exits "both families: ends with 0" 0
{
	states6 1-64
	fleet_states 1-64 | grep -vE '^198\.18\.0\.(0|1) '
} >"$tmp/expected"
same "both families: each port's state and reason" "$tmp/expected" <(json_states_of "$tmp/json")
sums_close "both families: the sums of the ledger close" "$tmp/json"
{
	cat "$tmp/hosts"
	fleet_list hosts | grep -vE '^198\.18\.0\.(0|1) '
} >"$tmp/expected"
same "both families: each host" "$tmp/expected" <(json_hosts_of "$tmp/json")
is "both families: the summary counts both" "$(wc -l <"$tmp/expected")" "$(summary "$tmp/json" hosts_up)"
is "both families: one summary" 1 "$(jq -c 'select(.type == "summary")' "$tmp/json" | wc -l)"
is "both families: one closing line" 1 "$(grep -c 'hosts up' "$tmp/err")"

# Shards of both families are the whole.
for i in 1 2 3; do
	scan -q --seed 5 --shard "$i/3" --json "$tmp/json" -p 1-64 2001:db8::198.18.0.0/122 198.18.0.0/26
	exits "shard $i: ends with 0" 0
	json_ports_of open "$tmp/json"
done >"$tmp/shards.log"
grep '^ok\|^not ok' "$tmp/shards.log"
{
	list6 open 1-64
	fleet_list open 1-64 | grep -vE '^198\.18\.0\.(0|1) '
} >"$tmp/expected"
same "shards: the open ports" "$tmp/expected" <(grep -v '^ok\|^not ok' "$tmp/shards.log")

# Link-local addresses: only with their link.
zone=$(ip -n "$LAB-fleet" -6 -j address show dev eth0 scope link |
	jq -r '.[].addr_info[].local // empty' | head -n 1)
scan --json "$tmp/json" "$zone%eth0"
is "a zone: found, and said" "$zone eth0" "$(jq -r 'select(.type == "host") | "\(.ip) \(.zone)"' "$tmp/json")"
is "a zone: in the table" "$zone%eth0" "$(cut -f 1 "$tmp/out")"

# Loss: asked again until it is there.
fleet_up --net 198.18.0.0/26 --open 1/16 --loss 0.05
list6 open 1-64 >"$tmp/open"
scan -p 1-64 --budget off 2001:db8::198.18.0.0/122
nearly_all "loss" "$tmp/open" <(open_of "$tmp/out")

# Behind a router: 2,048 hosts.
bottleneck_up none --net 198.18.64.0/21 --open 1/16 --up 1/4
list6 open 1-4 >"$tmp/open"
for tx in af_packet xdp; do
	scan --tx "$tx" -p 1-4 --json "$tmp/json" 2001:db8::198.18.64.0/117
	same "behind a router, --tx $tx: the open ports" "$tmp/open" <(json_ports_of open "$tmp/json")
done
list6 hosts | cut -d ' ' -f 1 | grep -v c612:8002 >"$tmp/hosts"
scan --ping --json "$tmp/json" 2001:db8::198.18.64.0/117
same "behind a router: --ping finds the hosts" "$tmp/hosts" \
	<(jq -r 'select(.type == "host" and .how == "echo") | .ip' "$tmp/json")
list6 open 1-4 >"$tmp/open"
scan --ping -p 1-4 --json "$tmp/json" 2001:db8::198.18.64.0/117
same "behind a router: --ping with ports" "$tmp/open" <(json_ports_of open "$tmp/json")
is "behind a router: --ping asks only hosts that are up" $((4 * $(wc -l <"$tmp/hosts"))) \
	"$(summary "$tmp/json" asked)"
