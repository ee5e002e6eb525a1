#!/bin/bash
# One host and all its ports; then hosts behind a gateway, alone, together with hosts on link, and
# behind a gateway that is not there.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

one=198.18.0.130
on_link=198.18.0.128/26
off_link=198.19.0.0/20
ports=21-25,80,110,143,443,8080
quick=(--rate 200k --timeout 0.2 --retries 2)
# With this many silent ports some hosts behind the gateway do not show that they are up.
shares=(--open 1/16 --unreachable 1/16 --silent 3/4)

expect() { # NETS PORTS: what a scan of them finds
	fleet=(--net "$1" "${shares[@]}")
	fleet_states "$2" >"$tmp/expected"
	fleet_list open "$2" >"$tmp/open"
}

found_all() { # NAME HOSTS-UP COMPLETE: the last scan found what was expected
	open_of "$tmp/out" >"$tmp/found"
	same "$1: the open ports" "$tmp/open" "$tmp/found"
	is "$1: without --all, open ports alone" "$(wc -l <"$tmp/open")" \
		"$(grep -c '"type":"port"' "$tmp/json")"
	awk -v up="$2" -v complete="$3" '{ n[$3]++ } END {
		print up, n["open"], n["closed"], n["filtered"], n["unanswered"], NR, complete
	}' "$tmp/expected" >"$tmp/sums"
	is "$1: the summary" "$(cat "$tmp/sums")" \
		"$(summary "$tmp/json" hosts_up open closed filtered unanswered probes complete)"
}

# Without ARP, a host is known to be up if one of its ports answered.
alive() {
	awk '$3 == "open" || $3 == "closed" { print $1 }' "$tmp/expected" | sort -u | wc -l
}

export LAB_ADDR=198.18.0.1/24 LAB_GATEWAY=198.18.0.254
fleet_up --gateway "$LAB_GATEWAY" --net "$on_link,$off_link" "${shares[@]}"

expect "$one" -
scan -p - --json "$tmp/json" "${quick[@]}" "$one"
exits "one host, 65,535 ports: ends with 0" 0
found_all "one host, 65,535 ports" 1 true
has_right_keys "one host, 65,535 ports: JSON has the right keys" "$tmp/json"
is "one host, 65,535 ports: what is told of an open port is what its SYN-ACK says" \
	"tcp 64 64240 1460" "$(jq -r 'select(.ttl) | [.protocol, .ttl, .window, .mss] |
		join(" ")' "$tmp/json" | sort -u)"

expect "$off_link" "$ports"
scan -p "$ports" --json "$tmp/json" "${quick[@]}" "$off_link"
exits "4,096 hosts behind a gateway: ends with 0" 0
found_all "4,096 hosts behind a gateway" "$(alive)" true
is "4,096 hosts behind a gateway: the gateway is no result" "" "$(json_hosts_of "$tmp/json")"

off_link_alive=$(alive)
expect "$on_link,$off_link" "$ports"
scan -p "$ports" --json "$tmp/json" "${quick[@]}" "$on_link" "$off_link"
exits "hosts on link and behind a gateway: ends with 0" 0
found_all "hosts on link and behind a gateway" $((64 + off_link_alive)) true
fleet=(--net "$on_link")
fleet_list hosts >"$tmp/expected"
hosts_of "$tmp/out" >"$tmp/found"
same "hosts on link and behind a gateway: ARP finds those on link" "$tmp/expected" "$tmp/found"

lab exec scanner ip route replace default via 198.18.0.253
expect "$on_link" "$ports"
scan -p "$ports" --json "$tmp/json" "${quick[@]}" "$on_link" "$off_link"
exits "a silent gateway: ends with 1" 1
is "a silent gateway: one line says it" \
	"xscan: gateway 198.18.0.253 does not answer ARP: 4096 targets behind it were not scanned" \
	"$(grep gateway "$tmp/err")"
found_all "a silent gateway: hosts on link" 64 false

scan -p "$ports" --json "$tmp/json" "${quick[@]}" "$off_link"
exits "a silent gateway, nothing else: ends with 1" 1
is "a silent gateway, nothing else: ARP alone is sent" "0 0 true false" "$(tail -n 1 "$tmp/json" |
	jq -r '"\(.hosts_up) \(.asked) \(.sent == .host_probes) \(.complete)"')"
