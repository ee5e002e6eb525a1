#!/bin/bash
# The host's own work goes on while it scans: 500 HTTP requests, each a connection of its own, to
# hosts and ports that are being scanned; for each way to attach and each fate of a SYN-ACK.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need curl jq

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

check() { # ATTACH SYNACK
	local name="--attach $1 --synack $2"

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
