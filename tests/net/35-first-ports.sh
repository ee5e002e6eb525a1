#!/bin/bash
# The ports of a host are asked as soon as the host is known, without waiting for silent addresses of the
# network.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq

faulty_up --net 198.18.1.0/24 --hosts 10 --open 22,80
scan -p 1-1000 --json - 198.18.1.0/24
exits "ends with 0" 0
{
	printf '198.18.1.%d 22\n' {0..9}
	printf '198.18.1.%d 80\n' {0..9}
} >"$tmp/expected"
json_ports_of open "$tmp/out" >"$tmp/found"
same "all open ports are found" "$tmp/expected" "$tmp/found"
ms=$(jq -s 'def ms: (sub("\\.[0-9]+"; "") | fromdate) * 1000 +
		(capture("\\.(?<us>[0-9]+)").us | tonumber / 1000);
	(map(select(.type == "port"))[0].time | ms) - (map(select(.type == "host"))[0].time | ms) |
	round' "$tmp/out")
echo "# the first port came $ms ms after the first host"
is "the first port comes less than 500 ms after the first host" yes \
	"$([ "$ms" -lt 500 ] && echo yes || echo "$ms ms")"
