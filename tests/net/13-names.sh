#!/bin/bash
# --names: names of hosts by the resolver of this host, in every format; a resolver that is slow, silent or
# killed does not hold up the scan for long; without --names nobody asks.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq python3 script

# The resolver is that of this machine: give the scanner's namespace files of its own.
usual=("${xscan[@]}")
resolved_by() { # NAME SERVER: names from the file $tmp/hosts, then from this server
	printf 'nameserver %s\noptions timeout:1 attempts:1\n' "$2" >"$tmp/resolv.conf"
	printf 'hosts: files dns\n' >"$tmp/nsswitch.conf"
	cat >"$tmp/with-names" <<-'END'
		for file in hosts resolv.conf nsswitch.conf; do
			[ ! -e /etc/$file ] || mount --bind "$tmp/$file" /etc/$file
		done
		exec "$@"
	END
	export tmp
	xscan=(env --default-signal=INT unshare -m --propagation private bash "$tmp/with-names" "${usual[@]}")
}

lab up
cat >"$tmp/hosts" <<-END
	127.0.0.1 localhost
	198.18.0.10 web.example
	198.18.0.20 ssh.example
	2001:db8::c612:a web6.example
	198.18.0.30 $(printf 'a%.0s' {1..60}).example
END
resolved_by files 198.18.0.50

names_of() { # the file of JSON
	jq -r 'select(.type == "host" or .type == "port") | "\(.ip) \(.name // "-")"' "$1" | sort -u
}
printf '198.18.0.%s\n' '10 web.example' '20 ssh.example' >"$tmp/expected"

hosts=(198.18.0.10 198.18.0.20)
scan --budget off --names -p 22,80 --json "$tmp/json" --csv "$tmp/csv" --xml "$tmp/xml" "${hosts[@]}"
exits "names: ends with 0" 0
names_of "$tmp/json" >"$tmp/found"
same "names: JSON, hosts and ports" "$tmp/expected" "$tmp/found"
is "names: a host has one record" 2 "$(jq -c 'select(.type == "host")' "$tmp/json" | wc -l)"
python3 - "$tmp/csv" >"$tmp/found" <<-'END'
	import csv, sys
	for row in sorted({(r["saddr"], r["name"]) for r in csv.DictReader(open(sys.argv[1]))}):
	    print(*row)
END
same "names: CSV, hosts and ports" "$tmp/expected" "$tmp/found"
is "names: XML" "web.example PTR ssh.example PTR" \
	"$(python3 - "$tmp/xml" <<-'END'
		import sys, xml.etree.ElementTree as xml
		hosts = sorted(xml.parse(sys.argv[1]).findall("host"), key=lambda h: h.find("address").get("addr"))
		names = [n for h in hosts for n in h.findall("hostnames/hostname")]
		print(*[word for n in names for word in (n.get("name"), n.get("type"))])
	END
	)"
is "names: rows in a pipe: a fourth field of hosts" 2 \
	"$(awk -F '\t' 'NF == 4 && $4 ~ /^(web|ssh)\.example$/' "$tmp/out" | wc -l)"
is "names: rows in a pipe: rows of ports as ever" 2 "$(awk -F '\t' 'NF == 5' "$tmp/out" | wc -l)"

scan --budget off --names -q --json - 2001:db8::c612:a
is "names: IPv6" web6.example "$(jq -r 'select(.type == "host").name' "$tmp/out")"

lab exec scanner script -qec "$(printf '%q ' "${xscan[@]}" -q --budget off --names -p 22,80 "${hosts[@]}")" \
	/dev/null </dev/null 2>&1 | sed 's/\x1b\[[0-9;]*[mK]//g' | tr -d '\r' >"$tmp/screen"
is "names: the table has a column" 1 "$(grep -cE '^HOST +NAME +MAC +VENDOR$' "$tmp/screen")"
is "names: the table has the names" 1 "$(grep -cE '^198\.18\.0\.10  web\.example +52:54:' "$tmp/screen")"

# Another name is a difference. No difference is that one of two scans did not ask for names.
differences() { # OLD NEW
	"${usual[@]}" diff --json "$1" "$2" | jq -r 'select(.type == "change") | "\(.change) \(.what) \(.ip) \(.old) \(.new)"'
}
sed -i 's/web\.example/www.example/' "$tmp/hosts"
scan -q --budget off --names -p 22,80 --json "$tmp/renamed" "${hosts[@]}"
is "names: diff tells another name" "changed name 198.18.0.10 web.example www.example" \
	"$(differences "$tmp/json" "$tmp/renamed")"
scan -q --budget off -p 22,80 --json "$tmp/nameless" "${hosts[@]}"
is "names: diff with a scan without names" "" \
	"$(differences "$tmp/json" "$tmp/nameless" && differences "$tmp/nameless" "$tmp/renamed")"
"${usual[@]}" report "$tmp/json" "$tmp/renamed" >"$tmp/page"
is "names: the page of a report has them" "2 1" \
	"$(grep -c '^\["198\.18.*"\(www\|ssh\)\.example"' "$tmp/page") $(grep -c '"old":"web.example","new":"www.example"' "$tmp/page")"
sed -i 's/www\.example/web.example/' "$tmp/hosts"

# Names that are not in the file are asked of DNS, at a server that drops what it gets.
scan --budget off --names -p 80 --json "$tmp/json" 198.18.0.10 198.18.0.40 198.18.0.60
exits "a silent DNS server: ends with 0" 0
printf '198.18.0.%s\n' '10 web.example' '40 -' '60 -' >"$tmp/expected"
names_of "$tmp/json" >"$tmp/found"
same "a silent DNS server: results without a name" "$tmp/expected" "$tmp/found"

# Without --names: no name, no process, no question.
scan --budget off -p 80 --json "$tmp/json" 198.18.0.10
is "without --names: no name" 0 "$(jq -c 'select(has("name"))' "$tmp/json" | wc -l)"
is "without --names: three fields" 0 "$(awk -F '\t' 'NF == 4' "$tmp/out" | wc -l)"

# A DNS server that takes half a second for each name, and many names: they are asked side by side.
fleet_up --net 198.18.4.0/26 --seed 1 --open 80
: >"$tmp/hosts"
resolved_by dns 127.0.0.1
cat >"$tmp/server.py" <<-'END'
	import socket, threading, time
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	s.bind(("127.0.0.1", 53))
	s.settimeout(60)
	def answer(query, to):
	    labels, at = [], 12
	    while query[at]:
	        labels.append(query[at + 1:at + 1 + query[at]].decode())
	        at += 1 + query[at]
	    name = ("host" + labels[0]).encode()
	    data = bytes([len(name)]) + name + b"\x07example\x00"
	    time.sleep(0.5)
	    s.sendto(query[:2] + b"\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00" + query[12:at + 5] +
	             b"\xc0\x0c\x00\x0c\x00\x01\x00\x00\x00\x3c" + len(data).to_bytes(2, "big") + data, to)
	while True:
	    threading.Thread(target=answer, args=s.recvfrom(512), daemon=True).start()
END
lab exec scanner ip link set lo up
tools/lab exec scanner python3 "$tmp/server.py" >/dev/null 2>&1 &
server=$!
for ((try = 0; try < 200; try++)); do
	[ -z "$(lab exec scanner ss -Hlun 'sport = :53')" ] || break
	sleep 0.05
done
fleet_list hosts | cut -d ' ' -f 1 | awk -F . '{ print $0, "host" $4 ".example" }' >"$tmp/expected"
scan --budget off --names --json "$tmp/json" 198.18.4.0/26
exits "a slow DNS server: ends with 0" 0
names_of "$tmp/json" >"$tmp/found"
is "control: a slow DNS server: many hosts" yes "$([ "$(wc -l <"$tmp/expected")" -ge 40 ] && echo yes || echo no)"
same "a slow DNS server: all names, each with its host" "$tmp/expected" "$tmp/found"

# Interrupted: what was found comes at once, without names. No process is left, also after SIGKILL.
helpers() {
	ip netns pids "$LAB" | xargs -r ps -o comm= -p | grep -c '^xscan-names' || true
}
kill "$server"
wait "$server" 2>/dev/null || true
resolved_by dns 198.18.4.200
begin --budget off --names --rate 20 --json "$tmp/json" -p 80,443 198.18.4.0/26
until_helpers() { # NUMBER
	for ((try = 0; try < 200; try++)); do
		[ "$(helpers)" != "$1" ] || break
		sleep 0.05
	done
}
until_helpers 1
is "control: a process asks for names" 1 "$(helpers)"
kill -INT "$pid"
finish 20
exits "interrupted: ends with 130" 130
is "interrupted: the summary is there" summary "$(tail -n 1 "$tmp/json" | jq -r .type)"
is "interrupted: no process asks for names any more" 0 "$(helpers)"
begin --budget off --names --rate 20 --json "$tmp/json" -p 80,443 198.18.4.0/26
until_helpers 1
kill -KILL "$pid"
finish 20
until_helpers 0
is "killed: no process asks for names any more" 0 "$(helpers)"
