# shellcheck shell=bash disable=SC2034,SC2154
# The rows of tools/bench for what xscan reaches: the link and hosts beyond it, over both families. All of them
# only on request. With --budget off: what others do on this machine must not count.

# A table of times: what each contender found, and how long xscan took beside it. `probes` of xscan is what left.
reach_table() { # WHAT-IS-FOUND BASE
	awk -F '\t' -v rounds="$ROUNDS" -v what="$1" -v truth="$truth" -v base="$2" "$awk_lib"'
		FILENAME ~ /sent$/ {
			cell[$1, $2, "sent"] = $3
			next
		}
		{
			remember_scan()
		}
		END {
			printf "\twall, s\tCPU, s\t%s of %s\tprobes sent\t%s to it, wall\n", what, commas(truth), base
			for (i = 1; i <= n_names; i++) {
				name = names[i]
				printf "%s\t%s\t%s\t", name, figure(typical(name, "wall")), figure(typical(name, "cpu"))
				if (least[name] != most[name])
					printf "%s to ", commas(least[name])
				printf "%s", commas(most[name])
				if (wrong[name])
					printf ", %s wrong", commas(wrong[name])
				printf "\t%s", (name, 1, "sent") in cell ? commas(typical(name, "sent")) : "-"
				printf "\t%s\n", name == base ? "-" : ratio(base, name, "wall")
			}
		}' "$tmp/sent" "$tmp/results" | markdown
	end
}
# What the summary of a scan with --json says of its probes.
enter_sent() { # NAME
	tail -n 1 "$tmp/json" | sed -n 's/.*"sent":\([0-9]*\).*/\1/p' |
		awk -v OFS='\t' -v name="$1" -v round="$round" '{ print name, round, $1 }' >>"$tmp/sent"
}

# Addresses alone: not each contender tells MAC addresses.
addresses() {
	python3 -c '
import ipaddress, sys
for line in sys.stdin:
    try:
        print(ipaddress.ip_address(line.split("%")[0].strip()))
    except ValueError:
        pass' | sort -u
}
xscan_addresses() { # NAME OPTION...
	measured "xscan $1" "$BUILD/xscan" --json "$tmp/json" "${@:2}" || return 0
	sed -n '/"type":"host"/ s/.*"ip":"\([^"]*\)".*/\1/p' "$tmp/json" | addresses | grep "${only:-.}" >"$tmp/list"
	enter_sent "xscan $1"
	enter "xscan $1"
}
# A contender whose lines have addresses: a sed script leaves these alone.
others_addresses() { # NAME SED-SCRIPT COMMAND...
	have "$3" || return 0
	measured "$1" "${@:3}" || return 0
	cat "$tmp/out" "$tmp/err" | sed -n "$2" | addresses >"$tmp/list"
	enter "$1"
	[ -n "${unknown_to:-}" ] || return 0
	comm -23 "$tmp/list" "$unknown_to" | sed "s/^/$1 alone found /" | while read -r line; do
		note "round $round: $line"
	done
}
nmap_addresses() { # NAME OPTION...
	others_addresses "$1" 's/^Host: \([^ ]*\) .*Status: Up.*/\1/p' nmap -n -sn "${@:2}" -oG -
}

# The fourth of nmap's scripts sends a router advertisement; the hosts here make no addresses of one.
row_Q() {
	local script scripts=targets-ipv6-multicast all='' name mac kind ip ips unknown_to=$tmp/ours only=:
	begin "Q. The IPv6 hosts of a link: 12 hosts, some with firewalls"
	tools/lab down
	tools/lab link-up
	while IFS=$'\t' read -r mac name kind ip ips; do
		ip -n "$LAB-$name" -6 -o address show dev eth0
	done < <(tools/lab link-hosts) | awk '{ sub("/.*", "", $4); print $4 }' | addresses >"$tmp/truth"
	truth=$(wc -l <"$tmp/truth")
	for script in echo invalid-dst mld slaac; do
		all+=${all:+,}$scripts-$script
	done
	for ((round = 1; round <= ROUNDS; round++)); do
		xscan_addresses "-6" -6 --budget off --iface eth0
		xscan_addresses "both families" --budget off --iface eth0
		cp "$tmp/list" "$unknown_to"
		others_addresses "scan6 -L" 's/^\([0-9a-f:]*\).*/\1/p' scan6 -i eth0 -L -e
		others_addresses "atk6-alive6" 's/^Alive: \([^ ]*\) .*/\1/p' atk6-alive6 eth0
		others_addresses "nmap, four scripts" 's/^|.*IP: \([^ ]*\) .*/\1/p' \
			nmap -n -6 -sn --script "$all" --script-args interface=eth0
	done
	reach_table "addresses" "xscan -6"
}
row_R() {
	begin "R. 4,096 addresses on the link by neighbour solicitation, all answer"
	fleet_up 198.18.0.1/16 "" --net 198.18.16.0/20
	"$BUILD/fleet" "${fleet[@]}" --ip6 --list hosts | cut -f 1 | sort >"$tmp/truth"
	truth=$(wc -l <"$tmp/truth")
	for ((round = 1; round <= ROUNDS; round++)); do
		xscan_addresses default --budget off 2001:db8::198.18.16.0/116
		xscan_addresses "--rate max" --rate max 2001:db8::198.18.16.0/116
		nmap_addresses "nmap -6 -sn" -6 2001:db8::198.18.16.0/116
		nmap_addresses "nmap -6 -sn -T5" -6 -T5 --min-hostgroup 4096 2001:db8::198.18.16.0/116
	done
	reach_table "hosts" "xscan default"
}
# Each round has a fleet of its own.
row_S() {
	local tx
	begin "S. A /120 on the link, 1,024 ports each, over IPv6 and over IPv4; $ROUNDS seeds"
	for ((round = 1; round <= ROUNDS; round++)); do
		fleet_up 198.18.0.1/16 "" --net 198.18.16.0/24 --silent 1/64 --unreachable 1/64 --seed "$round"
		for tx in xdp af_packet; do
			truth_is open --ports 1-1024 --ip6
			xscan_ports "--tx $tx, IPv6" --tx $tx "${fast[@]}" -p 1-1024 2001:db8::198.18.16.0/120
			truth_is open --ports 1-1024
			xscan_ports "--tx $tx, IPv4" --tx $tx "${fast[@]}" -p 1-1024 198.18.16.0/24
		done
	done
	note_missing
	scans_table $((256 * 1024)) "open ports of the last seed" "xscan --tx xdp, IPv4" "xscan --tx af_packet, IPv4"
}
# Where the truth differs between rounds: say whether each run found all.
note_missing() {
	awk -F '\t' '{ missing += $11 - $9; wrong += $10; n++ }
		END { printf "in %d runs %d ports were missing, %d were too much\n", n, missing, wrong }' \
		"$tmp/results" >>"$tmp/notes"
}
# fping asks one address after the other; quicker than this it runs out of sequence numbers.
row_T() {
	begin "T. 65,536 addresses behind a gateway, 5 % answer: ICMP echo"
	far_fleet_up --up 0.05
	"$BUILD/fleet" "${fleet[@]}" --list hosts | cut -f 1 | grep '^198\.19\.' | sort >"$tmp/truth"
	truth=$(wc -l <"$tmp/truth")
	for ((round = 1; round <= ROUNDS; round++)); do
		xscan_addresses "--ping" --ping --budget off 198.19.0.0/16
		# shellcheck disable=SC2016 # expanded by the inner shell; status 1: some are not there
		! have fping || others_addresses "fping -i 0.2" 's/^\([0-9.]*\)$/\1/p' \
			bash -c '"$@" || [ $? = 1 ]' '' fping -a -q -r 1 -i 0.2 -g 198.19.0.0 198.19.255.255
		nmap_addresses "nmap -sn -PE -T5" -PE -T5 --max-retries 1 --min-hostgroup 4096 198.19.0.0/16
	done
	reach_table "hosts" "xscan --ping"
}
row_U() {
	begin "U. The same with the ports 1 to 100, with --ping and without"
	far_fleet_up --up 0.05
	truth_is open --ports 1-100
	for ((round = 1; round <= ROUNDS; round++)); do
		for name in "--ping" ""; do
			measured "xscan $name" "$BUILD/xscan" $name --budget off --json "$tmp/json" -p 1-100 198.19.0.0/16 || continue
			sed -n '/"type":"port"/ s,.*"ip":"\([0-9.]*\)".*"port":\([0-9]*\).*"state":"open".*,\1\t\2/tcp,p' \
				"$tmp/json" >"$tmp/list"
			enter_sent "xscan $name"
			enter "xscan $name"
		done
	done
	reach_table "open ports" "xscan --ping"
}
row_V() {
	local tx
	begin "V. 65,536 hosts behind a gateway, 30 ports each, both families in one scan"
	far_fleet_up
	truth_is open --ports 1-30 --ip6
	cp "$tmp/truth" "$tmp/truth6"
	truth_is open --ports 1-30
	sort -m "$tmp/truth" "$tmp/truth6" -o "$tmp/truth"
	truth=$(wc -l <"$tmp/truth")
	for ((round = 1; round <= ROUNDS; round++)); do
		for tx in xdp af_packet; do
			xscan_ports "--tx $tx, both families" --tx $tx "${fast[@]}" -p 1-30 \
				198.19.0.0/16 2001:db8::198.19.0.0/112
		done
	done
	scans_table $((2 * 65536 * 30)) "open ports" "xscan --tx xdp, both families"
}
