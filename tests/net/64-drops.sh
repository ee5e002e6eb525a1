#!/bin/bash
# What this host's own queues drop during a scan: the record has the kernel's figures, as differences.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq tc promtool

drops() { # KEY
	jq "select(.type == \"drops\") | .$1" "$tmp/json"
}
# Counters before the scan are not the scan's.
link_counter() { # rx|tx COUNTER
	ip -n "$LAB" -s -s -j link show dev eth0 | jq ".[0].stats64.$1.$2"
}
qdisc_counter() { # COUNTER
	lab exec scanner tc -s -j qdisc show dev eth0 | jq "map(select(.root)) | .[0].$1"
}

fleet_up --net 198.18.1.0/24 --open 1

scan -v --budget off --rate 2000 --json "$tmp/json" -p 1-100 198.18.1.0/30
exits "nothing in the way: ends with 0" 0
has_right_keys "nothing in the way: JSON has the right keys" "$tmp/json"
is "nothing in the way: one record, before the summary" "drops summary" \
	"$(jq -r .type "$tmp/json" | tail -n 2 | paste -sd ' ')"
is "nothing in the way: the queueing discipline and the interface drop nothing" "0 0 0" \
	"$(drops qdisc_dropped) $(drops interface_tx_dropped) $(drops interface_rx_errors)"
is "nothing in the way: -v has a line" 1 "$(grep -c '^drops  ' "$tmp/err")"

# A queueing discipline without room. It has dropped others' frames before the scan.
lab exec scanner tc qdisc add dev eth0 root tbf rate 2mbit burst 2kb limit 6kb
datagrams() { # NUMBER SIZE
	# shellcheck disable=SC2016 # the other shell expands it
	lab exec scanner bash -c 'for ((i = 0; i < $1; i++)); do printf "%*s" "$2" x >/dev/udp/198.18.1.1/9; done' \
		sh "$1" "$2" 2>/dev/null || true
}
datagrams 100 1400
before=$(qdisc_counter drops)
is "control: the queueing discipline has dropped others' frames" true "$([ "$before" -gt 0 ] && echo true)"
scan -v --rate max --retries 0 --json "$tmp/json" --metrics "$tmp/prom" -p 1-20 198.18.1.0/25
exits "a full queue: ends with 0" 0
dropped=$(($(qdisc_counter drops) - before))
is "control: a full queue: it has dropped frames" true "$([ "$dropped" -gt 100 ] && echo true)"
is "a full queue: the record has what tc counts" "$dropped" "$(drops qdisc_dropped)"
is "a full queue: it had no room for the packet socket" true "$([ "$(drops socket_full)" -gt 0 ] && echo true)"
is "a full queue: -v says so" 1 \
	"$(grep -cE "^drops  .* [0-9]+ times no room behind the packet socket, $dropped dropped by the queueing discipline" \
		"$tmp/err")"
is "a full queue: nothing is missing, since these frames were offered again" "0 0" \
	"$(summary "$tmp/json" unanswered send_errors)"
is "a full queue: the metrics have the record's figures" "$(drops qdisc_dropped) $(drops socket_full)" \
	"$(awk '/^xscan_qdisc_dropped_total/ { a = $2 } /^xscan_socket_full_total/ { b = $2 } END { print a, b }' \
		"$tmp/prom")"
promtool check metrics <"$tmp/prom" >"$tmp/why" 2>&1 || true
same "a full queue: promtool has nothing to say" /dev/null "$tmp/why"
lab exec scanner tc qdisc del dev eth0 root

# The interface drops frames that its other end cannot take: others' large ones.
ip -n "$LAB-fleet" link set eth0 mtu 100
datagrams 50 1000
before=$(link_counter tx dropped)
is "control: the interface has dropped others' frames" true "$([ "$before" -ge 50 ] && echo true)"
begin --budget off --rate 100 --retries 0 --json "$tmp/json" -p 1-500 198.18.1.1
sleep 1
datagrams 60 1000
finish 20
exits "the interface drops frames: ends with 0" 0
dropped=$(($(link_counter tx dropped) - before))
is "the interface drops frames: the record has what ip counts" "$dropped" "$(drops interface_tx_dropped)"
is "the interface drops frames: those of others count, those before the scan do not" true \
	"$([ "$(drops interface_tx_dropped)" -ge 60 ] && [ "$(drops interface_tx_dropped)" -lt 100 ] && echo true)"
