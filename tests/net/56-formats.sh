#!/bin/bash
# --xml, --csv, --list and --json, several at once: programs that read such files read ours, and find in them
# what is there.
# shellcheck source=tests/net/formats.sh
. "$(dirname "$0")/formats.sh"

# Real hosts.

ports=1-1024,6379,8080
lab up
scan -q --budget off "${outputs[@]}" --tcp "$ports" -4 --iface eth0
exits "four formats beside the table: the scan ends with 0" 0
open_of "$tmp/out" >"$tmp/open"
is "the table has the open ports" 8 "$(wc -l <"$tmp/open")"
valid "a scan"
has_right_keys "JSON has the right keys" "$tmp/r.json"
jq -rs 'first | "\(.version) \(.ports.tcp) \(.targets | join(","))", .arguments[]' "$tmp/r.json" \
	>"$tmp/got"
{
	echo "$("$BUILD/xscan" --version | cut -d' ' -f2) $ports 198.18.0.2-198.18.0.254"
	printf '%s\n' -q --budget off "${outputs[@]}" --tcp "$ports" -4 --iface eth0
} >"$tmp/expected"
same "the start record says what was scanned" "$tmp/expected" "$tmp/got"

# nmap's XML of the same hosts: the same addresses, states and reasons of all ports, and services, but for
# 8080, which nmap names otherwise.
lab exec scanner nmap -sS -n -T4 -p "$ports" 198.18.0.10,20,30,40,50,60 -oX "$tmp/nmap.xml" >/dev/null 2>&1
read_with libnmap "$tmp/nmap.xml" | grep / | sed 's/http-proxy$/http-alt/' >"$tmp/expected"
read_with libnmap "$tmp/r.xml" | grep / >"$tmp/got"
same "libnmap reads of open ports what it reads in nmap's XML" "$tmp/expected" "$tmp/got"
is "libnmap reads how many hosts are up" "up 6 of 253" "$(read_with libnmap "$tmp/r.xml" | tail -n 1)"
read_with hosts "$tmp/nmap.xml" >"$tmp/expected"
read_with hosts "$tmp/r.xml" >"$tmp/got"
same "the hosts have the addresses and reasons of nmap's XML" "$tmp/expected" "$tmp/got"
read_with states "$tmp/nmap.xml" >"$tmp/expected"
read_with states "$tmp/r.xml" >"$tmp/got"
is "nmap's XML has all ports" "$((6 * 1026))" "$(wc -l <"$tmp/expected")"
same "all ports have the states and reasons of nmap's XML" "$tmp/expected" "$tmp/got"
if xsltproc -o "$tmp/page" /usr/share/nmap/nmap.xsl "$tmp/r.xml" 2>"$tmp/why"; then
	is "nmap.xsl makes a page of it" 6 "$(grep -c 'Ports</h3>' "$tmp/page")"
else
	fail "nmap.xsl makes a page of it" "$tmp/why"
fi

# CSV and list.
read_with csv "$tmp/r.csv" >"$tmp/got"
awk '/syn-ack$/ { print $1, $2 }' "$tmp/got" >"$tmp/found"
same "python reads the open ports in CSV" "$tmp/open" "$tmp/found"
grep -v syn-ack "$tmp/got" | sed 's/ /\t/; s/ /\t/' >"$tmp/found"
grep -v /tcp "$tmp/out" | sed 's/(unknown)/-/' >"$tmp/expected"
same "and the hosts, vendors with commas too" "$tmp/expected" "$tmp/found"
sqlite3 :memory: ".import --csv '$tmp/r.csv' r" \
	"select saddr || ' ' || sport from r where success and sport <> ''" >"$tmp/found" 2>&1
same "sqlite3 imports CSV" "$tmp/open" "$tmp/found"
awk '$1 == "open" { print $4, $3 }' "$tmp/r.list" >"$tmp/found"
same "the list has the open ports" "$tmp/open" "$tmp/found"
jq -r 'select(.type == "port") | "\(.ip) \(.port)"' "$tmp/r.json" >"$tmp/found"
same "jq reads the open ports in JSON" "$tmp/open" "$tmp/found"

# Hand-over: nmap looks at what xscan has found.
awk '$1 == "open" { print $4 }' "$tmp/r.list" | sort -u |
	lab exec scanner nmap -n -Pn -p "$(awk '$1 == "open" { print $3 }' "$tmp/r.list" | sort -nu |
		paste -sd ,)" --open -oG - -iL - 2>&1 | grep -o '^Host: [0-9.]*.*/open/.*' |
	awk '{ n = split($0, part, /[ ,]+/); for (i = 1; i <= n; i++) if (part[i] ~ /\/open\//) {
		sub(/\/.*/, "", part[i]); print $2, part[i] } }' >"$tmp/found"
same "nmap -iL takes the list's addresses, and finds the same" "$tmp/open" "$tmp/found"

# Two scans: what has changed.
cp "$tmp/r.xml" "$tmp/before.xml"
scan -q --budget off --tcp "$ports" --xml "$tmp/again.xml" -4 --iface eth0
sed -i 's/ start="[0-9]*" startstr="[^"]*"//' "$tmp/before.xml" "$tmp/again.xml"
status=0
ndiff "$tmp/before.xml" "$tmp/again.xml" >"$tmp/diff" 2>&1 || status=$?
is "ndiff finds nothing new in a second scan" 0 "$status"
lab exec web nft -f - <<-END
	table ip gone {
		chain input {
			type filter hook input priority 0; policy accept;
			tcp dport 8080 drop
		}
	}
END
scan -q --budget off --tcp "$ports" --xml - --list "$tmp/list" 198.18.0.10-60
cp "$tmp/out" "$tmp/again.xml"
valid_xml "standard output" "$tmp/again.xml"
status=0
ndiff "$tmp/before.xml" "$tmp/again.xml" >"$tmp/diff" 2>&1 || status=$?
is "ndiff finds the port that a firewall took" "1 -8080/tcp open http-alt" \
	"$status $(grep '^-8080' "$tmp/diff" | tr -s ' ' | sed 's/ $//')"

# Both families and both protocols in one file.
scan -q --budget off --tcp 22,53,80,U:53 --xml "$tmp/u.xml" --csv "$tmp/u.csv" --json "$tmp/u.json" 198.18.0.20,198.18.0.40 \
	2001:db8::c612:14 2001:db8::c612:28
valid_xml "both families, TCP and UDP" "$tmp/u.xml"
jq -r 'select(.type == "port") | "\(.ip) \(.port)/\(.protocol) \(.service)"' "$tmp/u.json" >"$tmp/expected"
is "control: both families, TCP and UDP: open ports" 6 "$(wc -l <"$tmp/expected")"
read_with importer "$tmp/u.xml" >"$tmp/found"
same "both families, TCP and UDP: an importer reads the open ports" "$tmp/expected" "$tmp/found"
read_with libnmap "$tmp/u.xml" | awk 'NF > 4 { print $1, $3, $5 }' >"$tmp/found"
same "both families, TCP and UDP: libnmap reads them" "$tmp/expected" "$tmp/found"
read_with csv "$tmp/u.csv" | awk '$4 == "open" { print $1, $2 "/" $3 }' >"$tmp/found"
cut -d ' ' -f 1,2 "$tmp/expected" >"$tmp/ports"
same "both families, TCP and UDP: python reads them in CSV" "$tmp/ports" "$tmp/found"
if xsltproc -o "$tmp/page" /usr/share/nmap/nmap.xsl "$tmp/u.xml" 2>"$tmp/why"; then
	is "both families, TCP and UDP: nmap.xsl makes a page" 6 "$(grep -c 'class="open"' "$tmp/page")"
else
	fail "both families, TCP and UDP: nmap.xsl makes a page" "$tmp/why"
fi

# What the answer of a UDP port tells.
scan -q --budget off --udp 53 --xml "$tmp/u.xml" 198.18.0.40
valid_xml "a UDP scan" "$tmp/u.xml"
is "libnmap reads what the answer tells" "extrainfo: refused, recursion" "$(/usr/bin/python3 -c '
import sys, libnmap.parser
report = libnmap.parser.NmapParser.parse_fromfile(sys.argv[1])
print(*(s.banner for h in report.hosts for s in h.services))' "$tmp/u.xml" 2>&1)"

# Without ports: hosts. Standard output takes any format.
lab hosts | awk '{ print $1 }' >"$tmp/hosts"
scan -q --budget off --xml "$tmp/h.xml" --csv "$tmp/h.csv" --list - -4 --iface eth0
valid_xml "an ARP sweep" "$tmp/h.xml"
is "an ARP sweep: libnmap reads it" "up 6 of 253" "$(read_with libnmap "$tmp/h.xml")"
awk '$1 == "up" && $2 == "arp" { print $4 }' "$tmp/out" >"$tmp/found"
same "an ARP sweep: the list has the hosts" "$tmp/hosts" "$tmp/found"
read_with csv "$tmp/h.csv" | cut -d' ' -f1 >"$tmp/found"
same "an ARP sweep: CSV has the hosts" "$tmp/hosts" "$tmp/found"
scan -q --budget off --csv - -4 --iface eth0
is "--csv -: the header comes first" saddr,sport "$(head -n 1 "$tmp/out" | cut -d, -f1,2)"

# Many hosts, all states: as JSON has them.

fleet_up --net 198.18.8.0/24 --seed 22 --up 3/4 --silent 1/8 --unreachable 1/8
scan -q --budget off --all "${outputs[@]}" --tcp 1-60 198.18.8.0/24
exits "many hosts: the scan ends with 0" 0
valid "many hosts"
jq -r 'select(.type == "port") | "\(.ip) \(.port) \(.protocol) \(.state) \(.reason)"' "$tmp/r.json" \
	>"$tmp/expected"
is "many hosts: there are ports in all four states" 4 \
	"$(cut -d' ' -f4 "$tmp/expected" | sort -u | wc -l)"
read_with csv "$tmp/r.csv" | grep ' tcp ' >"$tmp/got"
same "many hosts: CSV has the ports of JSON" "$tmp/expected" "$tmp/got"
read_with states "$tmp/r.xml" >"$tmp/got"
sed 's/ unanswered / filtered /' "$tmp/expected" >"$tmp/in-nmaps-words"
same "many hosts: XML has the ports of JSON" "$tmp/in-nmaps-words" "$tmp/got"
scan -q --budget off --xml "$tmp/r.xml" --tcp 1-60 198.18.8.0/24
read_with states "$tmp/r.xml" >"$tmp/got"
same "many hosts: XML has them without --all, too" "$tmp/in-nmaps-words" "$tmp/got"
