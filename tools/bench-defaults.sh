# shellcheck shell=bash disable=SC2034,SC2154
# The rows of tools/bench for xscan as people type it: targets and ports, no other option. Beside it in the
# same rounds: its own `--rate max`, and the peers with their default settings or quicker ones. All works
# make one table.
#
# A contender whose run takes longer than $slow_seconds has one run in all: its time is mostly waits,
# which do not vary.

all_works="sweep closed ports net few dropped routed many absent empty"
slow_seconds=3

work_is() { # TITLE
	work=$1
	rm -f "$tmp"/slow.*
	[ ! -t 2 ] || echo "bench: $work" >&2
}
# What the time of `xscan default` is to be, as a share of the contender's.
wanted() { # CONTENDER SHARE, or "-" if none is told
	printf '%s|%s\t%s\n' "$work" "$1" "$2" >>"$tmp/wanted"
}
# A contender's turn in a round.
turn() { # FUNCTION ARGUMENT...
	local slow
	slow=$tmp/slow.$(cksum <<<"$*" | tr ' ' -)
	[ ! -e "$slow" ] || return 0
	rm -f "$tmp/cost"
	"$@"
	[ ! -s "$tmp/cost" ] || awk -v most=$slow_seconds '{ exit $1 > most }' "$tmp/cost" || touch "$slow"
}

# Contenders that tools/bench-lib.sh has not. $tmp/out or $tmp/nmap holds what they say.

# Of closed ports the scanners say only how many.
enter_closed() { # NAME COUNT
	head -n "${2:-0}" "$tmp/truth" >"$tmp/list"
	enter "$1"
}
xscan_closed() { # NAME OPTION...
	measured "xscan $1" "$BUILD/xscan" "${@:2}" || return 0
	enter_closed "xscan $1" "$(sed -n 's/.* \([0-9]*\) closed +.*/\1/p' "$tmp/err")"
}
nmap_closed() { # NAME OPTION...
	have nmap || return 0
	measured "$1" nmap -n -Pn -sS "${@:2}" -oG "$tmp/nmap" || return 0
	enter_closed "$1" "$(sed -n 's/.*Ignored State: closed (\([0-9]*\)).*/\1/p' "$tmp/nmap")"
}
nmap_hosts() { # NAME OPTION...
	have nmap || return 0
	measured "$1" nmap -n -sn "${@:2}" -oG "$tmp/nmap" || return 0
	awk '/Status: Up/ { print $2 }' "$tmp/nmap" >"$tmp/list"
	enter "$1"
}
# One port, at a rate that loses nothing.
zmap_port() { # NAME PORT TARGET OPTION...
	have zmap || return 0
	echo 10.0.0.0/8 >"$tmp/blacklist" # Debian's own has 198.18.0.0/15 in it
	measured "$1" zmap -C /dev/null -q --disable-syslog -i eth0 -S 198.18.0.1 \
		-G "$(mac_of "$gateway")" -b "$tmp/blacklist" "${@:4}" -p "$2" -f saddr \
		-o "$tmp/zmap.out" "$3" || return 0
	sed "s,\$,\t$2/tcp," "$tmp/zmap.out" >"$tmp/list"
	enter "$1"
}

# Each scan of ports, as people type it and with nmap beside it.
ports_in_turn() { # NMAP-WANTED OPTION...
	wanted "xscan --rate max" 1.15
	wanted nmap "$1"
	for ((round = 1; round <= ROUNDS; round++)); do
		turn xscan_ports default "${@:2}"
		turn xscan_ports "--rate max" --rate max "${@:2}"
		turn nmap_ports "${@:2}"
	done
}
hosts_in_turn() { # NMAP-WANTED (-: not measured) ARP-SCAN-WANTED TARGET
	wanted "xscan --rate max" 1.15
	[ "$1" = - ] || wanted "nmap -sn" "$1"
	wanted arp-scan "$2"
	for ((round = 1; round <= ROUNDS; round++)); do
		turn xscan_hosts default "$3"
		turn xscan_hosts "--rate max" --rate max "$3"
		[ "$1" = - ] || turn nmap_hosts "nmap -sn" "$3"
		turn arp_scan_hosts "$3"
	done
}

# Works.

work_sweep() {
	work_is "ARP sweep, 4,096 answer"
	fleet_up 198.18.0.1/16 "" --net 198.18.16.0/20
	truth_is hosts
	wanted "xscan --rate max" 1.15
	wanted arp-scan 0.333
	for ((round = 1; round <= ROUNDS; round++)); do
		turn xscan_hosts default 198.18.16.0/20
		turn xscan_hosts "--rate max" --rate max 198.18.16.0/20
		turn arp_scan_hosts --bandwidth=100M 198.18.16.0/20
	done
}
work_closed() {
	work_is "one host, 1,000 closed ports"
	fleet_up 198.18.0.1/16 "" --net 198.18.16.5 --open 0
	truth_is closed --ports 1-1000
	wanted "xscan --rate max" 1.15
	wanted nmap 0.333
	for ((round = 1; round <= ROUNDS; round++)); do
		turn xscan_closed default -v -p 1-1000 198.18.16.5
		turn xscan_closed "--rate max" --rate max -v -p 1-1000 198.18.16.5
		turn nmap_closed nmap -p 1-1000 198.18.16.5
		turn nmap_closed "nmap -T4" -T4 -p 1-1000 198.18.16.5
	done
}
work_ports() {
	work_is "one host, 65,535 ports"
	fleet_up 198.18.0.1/16 "" --net 198.18.16.5
	truth_is open --ports 1-65535
	ports_in_turn 0.2 -p 1-65535 198.18.16.5
}
work_net() {
	work_is "/24 x 1,024 ports, all answer"
	fleet_up 198.18.0.1/16 "" --net 198.18.16.0/24
	truth_is open --ports 1-1024
	ports_in_turn 0.167 -p 1-1024 198.18.16.0/24
}
# A /24 with ten hosts. Most of the wait is for hosts that are not there.
ten_hosts_up() { # OPTION of fleet...
	local i nets=()
	for ((i = 1; i <= 10; i++)); do
		nets+=(--net "198.18.16.$((i * 23))")
	done
	fleet_up 198.18.0.1/16 "" "${nets[@]}" "$@"
	truth_is open --ports 1-1000
}
work_few() {
	work_is "/24, ten hosts, two of them drop all but 2 of 1,000 ports"
	ten_hosts_up --shielded 198.18.16.69,198.18.16.184
	ports_in_turn 0.2 -p 1-1000 198.18.16.0/24
}
work_dropped() {
	work_is "/24, ten hosts, all drop all but 2 of 1,000 ports"
	ten_hosts_up --shielded 198.18.16.0/24
	ports_in_turn 0.125 -p 1-1000 198.18.16.0/24
}
work_routed() {
	work_is "65,536 routed addresses, 5 % answer, one port"
	far_fleet_up --up 0.05 --open 1/1
	truth_is open --ports 80
	wanted "xscan --rate max" 1.15
	wanted "zmap -r 50000" 0.333
	wanted "zmap -r 50000 -c 2" 0.333
	for ((round = 1; round <= ROUNDS; round++)); do
		turn xscan_ports default -p 80 198.19.0.0/16
		turn xscan_ports "--rate max" --rate max -p 80 198.19.0.0/16
		turn zmap_port "zmap -r 50000" 80 198.19.0.0/16 -r 50000
		turn zmap_port "zmap -r 50000 -c 2" 80 198.19.0.0/16 -r 50000 -c 2
	done
}
work_many() {
	work_is "65,536 routed hosts x 30 ports, all answer"
	far_fleet_up
	truth_is open --ports 1-30
	wanted "xscan --rate max" 1.15
	for ((round = 1; round <= ROUNDS; round++)); do
		turn xscan_ports default -p 1-30 198.19.0.0/16
		turn xscan_ports "--rate max" --rate max -p 1-30 198.19.0.0/16
	done
}
work_absent() {
	work_is "one absent host on the link"
	fleet_up 198.18.0.1/16 "" --net 198.18.32.1
	: >"$tmp/truth"
	truth=0
	hosts_in_turn 1 - 198.18.16.5
}
work_empty() {
	work_is "an empty /24 on the link"
	fleet_up 198.18.0.1/16 "" --net 198.18.32.1
	: >"$tmp/truth"
	truth=0
	hosts_in_turn - 1 198.18.16.0/24
}

works_table() {
	awk -F '\t' -v rounds="$ROUNDS" "$awk_lib"'
		FILENAME ~ /wanted$/ {
			wanted[$1] = $2
			next
		}
		{
			remember_scan()
			truth[$1] = $11
		}
		END {
			print "\tby\truns\twall, s\tCPU, s\tfound\txscan default to it\twanted"
			for (i = 1; i <= n_names; i++) {
				name = names[i]
				split(name, part, "|")
				base = part[1] "|xscan default"
				printf "%s\t%s", part[1] == last ? "" : part[1], part[2]
				last = part[1]
				printf "\t%d\t%s", runs[name], figure(typical(name, "wall"))
				printf "\t%s\t", figure(typical(name, "cpu"))
				if (least[name] != most[name])
					printf "%s to ", commas(least[name])
				printf "%s of %s", commas(most[name]), commas(truth[name])
				if (wrong[name])
					printf ", %s wrong", commas(wrong[name])
				part[3] = "-"
				if (name != base && base in runs)
					part[3] = figure(typical(base, "wall") / typical(name, "wall"))
				printf "\t%s\t%s\n", part[3], wanted[name]
			}
		}' "$tmp/wanted" "$tmp/results" | markdown
}
row_defaults() { # WORK...
	local each
	begin "Default settings"
	: >"$tmp/wanted"
	for each; do
		"work_$each"
	done
	work=
	works_table
	end
}
