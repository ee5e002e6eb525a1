#!/bin/bash
# A host behind a gateway dies during a UDP scan. Its ports stay silent, as most UDP ports do: yet the scan says
# that the host did not answer again what it had answered. A host that lives, and is slow to tell, is not told of.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq nft

lab up
# The gateway lives on when the addresses behind it die. None of them has a service.
lab exec web ip route add local 198.18.1.0/24 dev lo
lab exec scanner ip route add 198.18.1.0/24 via 198.18.0.10
lab exec web nft -f - <<-END
	table ip lab {
		set dead { type ipv4_addr; flags interval; }
		chain input {
			type filter hook input priority 0; policy accept;
			ip daddr @dead drop
			ip daddr 198.18.1.9 udp dport 1024-65535 drop
		}
	}
END
die() { # SECONDS ADDRESSES
	(
		sleep "$1"
		tools/lab exec web nft add element ip lab dead "{ $2 }"
	) &
	dies=$!
}
revive() {
	wait "$dies"
	lab exec web nft flush set ip lab dead
}

scan --budget off --udp 1-100 --json "$tmp/json" 198.18.1.1
exits "a host that lives: ends with 0" 0
echo "# a host that lives: $(summary "$tmp/json" elapsed_s) s"

# By then the kernel tells of six ports at once again.
sleep 7
die 0.7 198.18.1.1
scan --budget off --rate 100 --udp 1-200 --json "$tmp/json" 198.18.1.1
revive
exits "a host that dies: ends with 3" 3
is "a host that dies: a line tells of it" yes "$(grep -q '198.18.1.1 did not answer again' "$tmp/err" && echo yes)"

die 6 198.18.1.2
scan --budget off --udp 1-12 --all --json "$tmp/json" 198.18.1.2
revive
exits "a host that dies while certainty is sought: ends with 3" 3
is "a host that dies while certainty is sought: no port is rather open" 0 \
	"$(jq -s 'map(select(.closed_p)) | length' "$tmp/json")"

scan --budget off --udp 1-8 --all --json "$tmp/json" 198.18.1.9
exits "a filter drops high ports, canaries too: ends with 0" 0

scan --budget off --udp 1-8 --all --json "$tmp/json" 198.18.1.20-25
exits "six addresses of one host share its limit: ends with 0" 0
