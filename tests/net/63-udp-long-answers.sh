#!/bin/bash
# UDP answers that are longer than an ICMP error can be, and in two parts of memory: each way to attach finds the
# port and tells how the answer begins.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq perl

lab up
# MSG_MORE: the bytes of the second call are behind the linear part of the packet.
# shellcheck disable=SC2016 # perl's variables
tools/lab exec web setsid perl -MIO::Socket::IP -MSocket -e '
	$s = IO::Socket::IP->new(Proto => "udp", LocalHost => "::", LocalPort => 7777, V6Only => 0) or die;
	while (defined($from = recv($s, $d, 2048, 0))) {
		send($s, "a" x 20, 0x8000, $from);
		send($s, "b" x 1100, 0, $from);
	}' >"$tmp/perl" 2>&1 </dev/null &
disown
deadline=$((SECONDS + 20))
until lab exec web ss -Hlun 'sport = :7777' | grep -q .; do
	[ "$SECONDS" -lt "$deadline" ] || {
		fail "the peer listens" "$tmp/perl"
		exit
	}
	sleep 0.05
done

begins=$(printf 'a%.0s' {1..20})bbb
for addr in 198.18.0.10 2001:db8::c612:a; do
	for way in "--attach native" "--attach generic" "--attach tc" "--tx xdp"; do
		# shellcheck disable=SC2086 # two words
		scan --budget off $way --udp 7777,7778 --json "$tmp/json" "$addr"
		exits "$addr, $way: ends with 0" 0
		is "$addr, $way: the port is open, by the whole answer" "7777 $begins ..." "$(jq -r \
			'select(.type == "port" and .state == "open") |
			"\(.port) \(.info[:23]) \(.info[-3:])"' "$tmp/json")"
	done
done
