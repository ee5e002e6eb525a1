#!/bin/bash
# --source-port: all probes leave from these ports, and nothing else changes. Ports that a socket of this host
# has are refused.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq nft /usr/bin/python3

lab up
web=198.18.0.10 dns=198.18.0.40 shielded=198.18.0.50

watch() { # HOST RULE: count probes that are like this, and all
	lab exec "$1" nft -f - <<-END
		table inet seen {
		}
		delete table inet seen
		table inet seen {
			chain in {
				type filter hook input priority -10;
				meta l4proto { tcp, udp } $2 counter
				meta l4proto { tcp, udp } counter
			}
		}
	END
}
seen() { # HOST: which of them were like this
	lab exec "$1" nft -j list table inet seen |
		jq -r '[.nftables[].rule.expr? // empty | .[].counter.packets? // empty] |
			if .[0] == 0 then "none" elif .[0] == .[1] then "all" else "some" end'
}

# The states without --source-port are those with it. The host with a firewall stays silent: it is asked again.
states() { # OPTION...
	scan --budget off --all --json "$tmp/json" "$@"
	jq -r 'select(.type == "port") | "\(.ip) \(.protocol) \(.port) \(.state)"' "$tmp/json"
}
wanted=(-p "1-300,8080" "$web" "2001:db8::c612:a" "$shielded")
[ -e /proc/sys/net/ipv6 ] || wanted=(-p "1-300,8080" "$web" "$shielded")
watch web 'th sport 2000'
states "${wanted[@]}" >"$tmp/expected"
is "control: without --source-port no probe has it" none "$(seen web)"
for options in '--source-port 2000' '--source-port 2000 --tx xdp' '--source-port 53 --attach tc' \
	'--source-port 2000-2003' '--source-port 2000-2100 --retries 2'; do
	ports=${options#--source-port }
	watch web "th sport ${ports%% *}"
	# shellcheck disable=SC2086 # words
	states $options "${wanted[@]}" >"$tmp/found"
	exits "$options: ends with 0" 0
	same "$options: the same states" "$tmp/expected" "$tmp/found"
	sums_close "$options: the sums of the ledger close" "$tmp/json"
	is "$options: all probes have it" all "$(seen web)"
done
watch dns 'th sport 4000'
scan --budget off --source-port 4000 -u 53,80 --json "$tmp/json" "$dns"
is "UDP: the port is found" "$dns 53" "$(json_ports_of open "$tmp/json")"
is "UDP: all probes have it" all "$(seen dns)"

refuses() { # NAME STATUS REGEX OPTION...
	local name=$1 status=$2 regex=$3
	shift 3
	scan "$@"
	exits "$name: refused" "$status"
	is "$name: one line says why" "1 1" "$(wc -l <"$tmp/err") $(grep -cE "^xscan: $regex" "$tmp/err" || true)"
}
refuses "no ports are asked" 2 '--source-port is about TCP and UDP' --source-port 53 "$web"
refuses "no port" 2 '--source-port 0: not a port' --source-port 0 -p 80 "$web"

# A socket that listens, a connection of this host, and a socket of UDP. They are there until their input ends.
mkfifo "$tmp/hold"
tools/lab exec scanner /usr/bin/python3 -c '
import socket, sys
a = socket.socket(); a.bind(("127.0.0.1", 5001)); a.listen()
b = socket.socket(); b.bind(("198.18.0.1", 5002)); b.connect(("198.18.0.10", 80))
c = socket.socket(type=socket.SOCK_DGRAM); c.bind(("198.18.0.1", 5003))
print("ready", flush=True)
sys.stdin.read()' <"$tmp/hold" >"$tmp/ready" &
exec 7>"$tmp/hold"
for ((i = 0; i < 100; i++)); do
	[ ! -s "$tmp/ready" ] || break
	sleep 0.1
done
is "control: the sockets are there" ready "$(cat "$tmp/ready")"
for port in 5001 5002; do
	refuses "port $port of a socket" 1 "--source-port $port: a socket of this host has" \
		--source-port "$port" -p 80 "$web"
done
refuses "port 5003 of a socket, UDP" 1 '--source-port 5003: a socket of this host has' \
	--source-port 5003 -u 53 "$dns"
scan --budget off --source-port 5003 -p 80 --json "$tmp/json" "$web"
exits "a socket of UDP is in nobody's way for TCP" 0
scan --budget off --source-port 5000-5099 -p 80 --json "$tmp/json" "$web"
is "a range that has enough other ports" "$web 80" "$(json_ports_of open "$tmp/json")"
exec 7>&-

# One frame in 20 is lost each way: with one port for all tries nothing else is lost, nor counted twice.
fleet_up --net 198.18.4.0/22 --seed 8 --loss 0.05
for ports in 40000 40000-40004; do
	scan --budget off --all --source-port "$ports" -p 81-90 --json "$tmp/json" 198.18.4.0/22
	exits "loss, $ports: ends with 0" 0
	sums_close "loss, $ports: the sums of the ledger close" "$tmp/json"
	fleet_states 81-90 | cut -d ' ' -f 1-3 >"$tmp/expected"
	json_states_of "$tmp/json" | awk '$3 != "unanswered" { print $1, $2, $3 }' >"$tmp/found"
	nearly_all "loss, $ports" "$tmp/expected" "$tmp/found"
done
