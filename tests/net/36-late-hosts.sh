#!/bin/bash
# Hosts that answer ARP when the sweep has long ended are asked for their ports all the same, also
# when the right to load programs has been given up.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

early=198.18.1.0/30 late=198.18.2.0/30
faulty_up --net "$early" --open 1-9
lab exec faulty "$BUILD/faulty" -i eth0 --net "$late" --open 1-7 --arp-delay 1900000 \
	>"$tmp/late" 2>&1 &
faulty=$!
for ((i = 0; i < 50; i++)); do
	! grep -q ready "$tmp/late" || break
	sleep 0.1
done
for ((i = 0; i < 4; i++)); do
	for port in {1..9}; do echo "198.18.1.$i $port"; done
	for port in {1..7}; do echo "198.18.2.$i $port"; done
done >"$tmp/expected"

# The sweep gives up after 3 times 0.4 s; the ports of those who are early take 4 s.
for options in '--attach auto' '--attach native' '--attach generic' '--tx xdp'; do
	# shellcheck disable=SC2086
	scan $options --timeout 0.4 --rate 2k -p 1-2000 --all --json "$tmp/json" "$early" "$late"
	exits "$options: ends with 0" 0
	json_ports_of open "$tmp/json" >"$tmp/found"
	same "$options: all open ports are found, those of late hosts too" "$tmp/expected" "$tmp/found"
	is "$options: all ports are closed or open" "8 16000 0" \
		"$(summary "$tmp/json" hosts_up asked unanswered)"
	sums_close "$options: the sums of the ledger close" "$tmp/json"
done
kill "$faulty"
wait "$faulty" 2>/dev/null || true
