#!/bin/bash
# The host's own work goes on during a scan: 500 HTTP requests, each a connection of its own, to hosts and
# ports that are being scanned. For each way to attach, for each fate of a SYN-ACK, and behind a stateful
# firewall, whose table of connections knows nothing of the scan.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need curl jq nft

lab up
targets=198.18.0.10,198.18.0.50,198.18.0.60 # web, drop, reject: each has an nginx

# Scan again and again until a file is gone. Each scan must be complete and find the web servers.
scan_on() { # FILE OPTION...
	local file=$1
	shift
	while [ -e "$file" ]; do
		lab exec scanner timeout -k 5 30 "$BUILD/xscan" --quiet -p 1-1024,8080 --rate 20k \
			--timeout 0.1 "$@" --json - "$targets" 2>>"$tmp/scan-errors" |
			jq -r 'select(.type == "port" and (.port == 80 or .port == 8080)) |
				"\(.ip) \(.port)"' | sort >"$tmp/last" || true
		cksum <"$tmp/last" >>"$tmp/scans"
		mv "$tmp/last" "$tmp/found"
	done
}

requests() { # URL...: how many there were, and how many failed
	local url urls=()
	for url; do
		urls+=(-o /dev/null "$url")
	done
	lab exec scanner curl -s --http1.0 -H 'Connection: close' --max-time 5 \
		-w '%{http_code} %{exitcode}\n' "${urls[@]}" 2>/dev/null | awk '
		$1 != 200 || $2 != 0 { failed++ }
		END { print NR, failed + 0 }'
}

check() { # ATTACH SYNACK [WHERE]
	local name="${3:+$3: }--attach $1 --synack $2"

	touch "$tmp/go-on"
	: >"$tmp/scans"
	: >"$tmp/found"
	: >"$tmp/scan-errors"
	scan_on "$tmp/go-on" --attach "$1" --synack "$2" &
	scanner=$!
	until [ -s "$tmp/found" ]; do
		sleep 0.05 # the first scan has begun
	done
	is "$name: 500 requests, how many fail" "500 0" "$(requests \
		'http://198.18.0.10/?[1-150]' 'http://198.18.0.10:8080/?[1-150]' \
		'http://198.18.0.50/?[1-100]' 'http://198.18.0.60:8080/?[1-100]')"
	rm "$tmp/go-on"
	wait "$scanner"
	is "$name: each scan meanwhile finds the five servers" "5 1" \
		"$(wc -l <"$tmp/found") $(sort -u "$tmp/scans" | wc -l)"
	is "$name: no scan complains" "" "$(cat "$tmp/scan-errors")"
	echo "# $name: $(wc -l <"$tmp/scans") scans meanwhile"
}

for attach in native generic tc; do
	for synack in pass drop reset; do
		check "$attach" "$synack"
	done
done

lab exec scanner nft -f - <<-END
	table inet host {
		chain input {
			type filter hook input priority filter; policy drop
			ct state established,related accept
		}
	}
END
connections() {
	lab exec scanner cat /proc/sys/net/netfilter/nf_conntrack_count
}
for attach in native tc; do
	for synack in pass reset; do
		scan --quiet -p 1-1024 --attach "$attach" --synack "$synack" "$targets"
		exits "stateful firewall: --attach $attach --synack $synack: ends with 0" 0
		is "stateful firewall: --attach $attach --synack $synack: it knows no connection" 0 \
			"$(connections)"
	done
done
requests 'http://198.18.0.10/' >/dev/null
is "control: stateful firewall: it knows a connection of the host's" 1 "$(connections)"
for attach in native tc; do
	check "$attach" pass "stateful firewall"
done
