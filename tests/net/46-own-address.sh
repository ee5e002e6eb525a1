#!/bin/bash
# An address of the scanner's own among the targets is left out. A line on standard error says so; of
# several shards exactly one counts the address in its summary.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

own=198.18.0.1
said() { # how often
	grep -cxF "xscan: left out $own: an address of this host" "$tmp/err" || true
}
fleet_up --net 198.18.0.8/29

for options in --arp "-p 1-10"; do
	# shellcheck disable=SC2086 # one word or several
	scan $options --json "$tmp/json" 198.18.0.0/28
	exits "$options: ends with 0" 0
	is "$options: said once" 1 "$(said)"
	is "$options: counted" 1 "$(summary "$tmp/json" self)"
done
scan -p 1-10 --json "$tmp/json" 198.18.0.8/29
is "control: another range leaves nothing out" "0 " "$(said) $(summary "$tmp/json" self | grep -vx 0)"

# The shares of addresses, then those of ports: there are too few addresses.
for targets in 198.18.0.0/28 "$own,198.18.0.9"; do
	sum=0
	for share in 1 2 3 4; do
		scan --shard "$share/4" -p 1-40 --json "$tmp/json" "$targets"
		exits "$targets: share $share ends with 0" 0
		sum=$((sum + $(summary "$tmp/json" self | grep . || echo 0)))
	done
	is "$targets: over four shares self sums up to 1" 1 "$sum"
done
