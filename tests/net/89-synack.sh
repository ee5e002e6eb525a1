#!/bin/bash
# A scan leaves no half-open connection at its targets: --synack auto lets the matcher reset where its RST
# arrives, else the host's stack. A firewall of the host that drops what belongs to no connection keeps the
# stack from doing so.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need ethtool nft

lab up
names=$(lab hosts | awk '{ print $3 }')
half_open() {
	local name
	for name in $names; do
		lab exec "$name" ss -Htn state syn-recv
	done | wc -l
}
# Wait until the half-open connections of the test before are gone.
settle() {
	local deadline=$((SECONDS + 15))
	until [ "$(half_open)" = 0 ] || [ "$SECONDS" -ge "$deadline" ]; do
		sleep 0.2
	done
}
# Scan: how many ports are open, and how many are half open afterwards.
left_by() { # OPTION...
	settle
	scan -v "$@"
	sleep 0.1
	echo "$status $(open_of "$tmp/out" | wc -l) $(half_open)"
}
chose() { # NAME WORD: what auto chose, with a reason
	is "$1: -v says $2, and why" 1 "$(grep -c "^synack     $2: ." "$tmp/err")"
}
web=(--tcp '80,8080' 198.18.0.10)

# Real stacks, default settings

all=(--tcp '22,53,80,6379,8080' "$(lab hosts | awk '{ print $1 }' | paste -sd ,)")
is "default settings: no connection is half open" "0 8 0" "$(left_by "${all[@]}")"
chose "default settings" reset
# End the scan before the targets repeat their SYN-ACKs: the stack resets what comes later. A pulse leaves
# one more.
left_by --synack drop --retries 0 --timeout 0.2 "${all[@]}" >"$tmp/left"
is "control: --synack drop leaves one at each of 8 open ports" true \
	"$([ "$(cut -d ' ' -f 3 "$tmp/left")" -ge 8 ] && echo true || cat "$tmp/left")"
is "control: a choice has no reason" 1 "$(grep -cx 'synack     drop' "$tmp/err")"

# From here on connections stay half open for three seconds.
for name in $names; do
	lab exec "$name" sysctl -qw net.ipv4.tcp_synack_retries=1
done

# Each place; a veth transmits XDP frames while its other end, p-scanner here, has GRO on.

for gro in on off; do
	lab exec net ethtool -K p-scanner gro "$gro"
	for attach in native generic tc; do
		name="GRO $gro at the other end, --attach $attach"
		is "$name: no connection is half open" "0 2 0" "$(left_by --attach "$attach" "${web[@]}")"
		case "$gro $attach" in
		"off native") chose "$name" pass ;;
		*) chose "$name" reset ;;
		esac
	done
done
is "control: GRO off at the other end, --attach native --synack reset: no RST arrives" "0 2 2" \
	"$(left_by --attach native --synack reset "${web[@]}")"
lab exec net ethtool -K p-scanner gro on

# A device on the way fills in the checksums that local senders leave open.

lab exec net ethtool -K p-web tx off >"$tmp/null"
for attach in native generic tc; do
	is "checksums filled in on the way, --attach $attach: no connection is half open" "0 2 0" \
		"$(left_by --attach "$attach" --synack reset "${web[@]}")"
done
lab exec net ethtool -K p-web tx on >"$tmp/null"

# A firewall that drops what belongs to no connection, in either direction

# shellcheck disable=SC2016 # expanded by awk
invalid() { # packets that the host's connection tracking took for invalid
	local count sum=0
	for count in $(lab exec scanner awk '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == "invalid") column = i }
		NR > 1 { print $column }' /proc/net/stat/nf_conntrack); do
		sum=$((sum + 0x$count))
	done
	echo "$sum"
}
connections() {
	lab exec scanner cat /proc/sys/net/netfilter/nf_conntrack_count
}
for hook in input output; do
	lab exec scanner nft -f - <<-END
		table inet host {
			chain $hook {
				type filter hook $hook priority filter
				ct state invalid drop
			}
		}
	END
	for attach in native generic tc; do
		name="invalid packets are dropped at $hook, --attach $attach"
		is "control: $name: the stack's RSTs do not arrive" "0 2 2" \
			"$(left_by --attach "$attach" --synack pass "${web[@]}")"
		settle # the targets repeat their SYN-ACKs until then
		before=$(invalid)
		is "$name: no connection is half open" "0 2 0" "$(left_by --attach "$attach" "${web[@]}")"
		chose "$name" reset
		is "$name: connection tracking sees nothing" "0 more invalid, 0 connections" \
			"$(($(invalid) - before)) more invalid, $(connections) connections"
	done
	before=$(invalid)
	left_by --synack pass "${web[@]}" >"$tmp/null"
	is "control: invalid packets are dropped at $hook, --synack pass: tracking sees the answers" true \
		"$([ "$(invalid)" -gt "$before" ] && echo true || echo false)"
	lab exec scanner nft delete table inet host
done
