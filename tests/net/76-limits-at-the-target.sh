#!/bin/bash
# Hosts that take few SYNs or send few answers a second. A scan finds all that is open, or says what is
# missing.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/net/judge.sh
. tests/net/judge.sh
need jq

host=198.18.1.1
net=198.18.1.0/30

# A limit was met; else the scan has shown nothing.
was_limited() { # NAME
	fleet_stop
	is "control: $1: the limit was met" yes "$([ "$(counted limited)" -gt 0 ] && echo yes)"
}

# A host that drops what is not open, as nftables does with `limit rate 500/second`.
mapfile -t open < <(seq 125 250 5000)
pairs 198.18.1 1 1 "${open[@]}" >"$tmp/expected"
faulty_up --net "$net" --silent --syn-limit 500 --open "$(IFS=,; echo "${open[*]}")"
scan -p 1-5000 --json "$tmp/json" "$host"
complete "500 SYNs a second, the rest silent" "$tmp/expected"
was_limited "500 SYNs a second"

# A firewall that limits new connections, and lets further SYNs of a connection that it knows pass.
faulty_up --net "$net" --silent --syn-limit 500 --stateful --open "$(IFS=,; echo "${open[*]}")"
scan -p 1-5000 --json "$tmp/json" "$host"
complete "500 new connections a second, the rest silent" "$tmp/expected"
was_limited "500 new connections a second"

# How many answers the scan says are missing: in a line, or by its coverage. Nothing: it does not say.
missing_by_its_word() {
	local word
	word=$(told_lines | sed -n 's/^xscan: about \([0-9]\+\) more.*/\1/p')
	echo "${word:-$(tail -n 1 "$tmp/json" |
		jq -r 'select(.coverage) | .replies / .coverage - .replies | round')}"
}

faulty_up --net "$net" --syn-limit 50 --open "1-1000"
pairs 198.18.1 1 1 {1..1000} >"$tmp/expected"
scan -p 1-1000 --json "$tmp/json" "$host"
complete_or_told "50 SYNs a second" "$tmp/expected"
word=$(missing_by_its_word)
echo "# 50 SYNs a second: exit status $status, $missing missing, by its word ${word:-unknown}"
[ "$status" = 0 ] || is "50 SYNs a second: the number is right within a factor of 1.5" yes \
	"$([ "$((${word:-0} * 3))" -ge "$((missing * 2))" ] && [ "$((${word:-0} * 2))" -le "$((missing * 3))" ] &&
		echo yes || echo "$missing missing, it says ${word:-nothing}")"
was_limited "50 SYNs a second"

# RSTs are limited, as BSD does it; open ports always answer.
faulty_up --net "$net" --rst-limit 200 --open "$(IFS=,; echo "${open[*]}")"
pairs 198.18.1 1 1 "${open[@]}" >"$tmp/expected"
scan -p 1-5000 --json "$tmp/json" "$host"
complete_or_told "200 RSTs a second" "$tmp/expected"
is "200 RSTs a second: all that is open is found" 0 "$missing"
was_limited "200 RSTs a second"

faulty_up --net "$net" --reject 1-900 --icmp-limit 1 --open 901-910
pairs 198.18.1 1 1 {901..910} >"$tmp/expected"
scan -p 1-910 --json "$tmp/json" "$host"
complete_or_told "1 ICMP error a second" "$tmp/expected"
exits "1 ICMP error a second: ends with 3" 3
told "1 ICMP error a second: a line names the host" "${host//./\\.}"
was_limited "1 ICMP error a second"
