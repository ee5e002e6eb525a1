#!/bin/bash
# README's pipes, word for word: what they hand to other programs is what these take. Programs that Debian has
# run; zgrab2, httpx, and the other machines of a scan in parts have a stand-in. Then more readers of our
# files, and masscan's own list beside ours.
# shellcheck source=tests/net/formats.sh
. "$(dirname "$0")/formats.sh"
need parallel masscan promtool bpftool

# README's commands run in the scanner's namespace, in the folder $tmp/here, where these programs come first.
mkdir "$tmp/here" "$tmp/bin"
ln -s "$BUILD/xscan" "$tmp/bin/xscan"
stand_in() { # NAME LINE: a script
	printf '#!/bin/sh\n%s\n' "$2" >"$tmp/bin/$1"
	chmod +x "$tmp/bin/$1"
}
# shellcheck disable=SC2016 # the stand-ins expand it
{
	stand_in sudo 'exec "$@"'
	# As sshd does, it says which shell the user has: parallel runs its part by that.
	stand_in ssh 'export SHELL=/bin/sh
		while case $1 in -*) true ;; *) false ;; esac; do shift; done
		echo "$1" >>'"$tmp"'/machines; shift; [ "$1" != -- ] || shift; exec sh -c "$*"'
	stand_in zgrab2 'echo "$@" >'"$tmp/zgrab2.arguments; cat >$tmp/zgrab2"
	stand_in httpx "cat >$tmp/httpx"
}
run_here() { # COMMANDS: standard output in $tmp/out, $status set
	status=0
	(cd "$tmp/here" && PATH=$tmp/bin:$PATH "$OLDPWD/tools/lab" exec scanner timeout -k 5 "$scan_seconds" \
		sh -c "$1") >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
}

# From the line of README that begins so to an empty line or the end of the block. A sign `$ ` begins a command.
block() { # BEGIN
	awk -v begin="$1" '!on && index($0, begin) == 1 { on = 1 } on && (/^$/ || /^```/) { exit } on' README.md
}
commands() { # BEGIN
	block "$1" | sed 's/^\$ //' | tee "$tmp/commands"
	[ -s "$tmp/commands" ] || echo "exit 99 # README has no: $1"
}
shown() { # COMMAND-LINE: what README shows of its output
	block "\$ $1" | sed 1d | sed '/^\$ /,$d'
}
# The shape of some lines: each number is the same.
shape() {
	sed -E 's/[0-9]+(\.[0-9]+)*/N/g'
}

lab up

# The scan that writes four files.
run_here "$(commands 'sudo xscan --tcp 1-1024 198.18.0.0/24 --xml')"
exits "README, the scan with four files" 0
for file in xml csv list json; do
	is "README, the scan with four files: $file" true "$([ -s "$tmp/here/found.$file" ] && echo true)"
done
valid_xml "README, the scan with four files" "$tmp/here/found.xml"
json_ports_of open "$tmp/here/found.json" >"$tmp/open"
is "control: open ports were found" 5 "$(wc -l <"$tmp/open")"

run_here "$(commands '# nmap looks closer')"
exits "README, nmap looks closer" 0
awk '/^Nmap scan report for/ { ip = $NF } $2 == "open" { sub("/tcp", "", $1); print ip, $1 }' "$tmp/out" >"$tmp/got"
same "README, nmap looks closer: at the ports that are open" "$tmp/open" "$tmp/got"

sed 's/<port protocol="tcp" portid="22".*<\/port>//' "$tmp/here/found.xml" >"$tmp/here/before.xml"
run_here "$(commands '# what has changed since the last scan; a page' | grep -v xsltproc)"
exits "README, ndiff" 1
is "README, ndiff: tells the port that was not there" 1 "$(grep -cE '^\+22/tcp +open +ssh' "$tmp/out")"
run_here "$(commands '# what has changed since the last scan; a page' | grep -v ndiff)"
exits "README, xsltproc" 0
is "README, xsltproc: the page has the ports" 5 "$(grep -c 'class="open"' "$tmp/here/found.html")"

run_here "$(commands '# zgrab2 takes')"
exits "README, zgrab2" 0
jq -r 'select(.service == "http") | "\(.ip),,,\(.port)"' "$tmp/here/found.json" >"$tmp/expected"
is "control: web servers were found" 3 "$(wc -l <"$tmp/expected")"
same "README, zgrab2: gets ip,domain,tag,port" "$tmp/expected" "$tmp/zgrab2"
is "README, zgrab2: and a protocol" http "$(cat "$tmp/zgrab2.arguments")"
run_here "$(commands '# httpx and nuclei')"
exits "README, httpx" 0
sed 's/,,,/:/' "$tmp/zgrab2" >"$tmp/expected"
same "README, httpx: gets host:port" "$tmp/expected" "$tmp/httpx"

run_here "$(commands '# a database')"
exits "README, sqlite3" 0
jq -r 'select(.state == "open") | .service' "$tmp/here/found.json" | sort | uniq -c | awk '{ print $2 "|" $1 }' >"$tmp/expected"
same "README, sqlite3: counts the open ports of each service" "$tmp/expected" "$tmp/out"

# IPv6 has brackets before a port. One file with both families, as importers of nmap's XML read it.
run_here "xscan -q --tcp 22,80 198.18.0.0/26 2001:db8::c612:0/122 --json found.json --xml found.xml --csv found.csv --list found.list"
exits "both families" 0
run_here "$(commands '# httpx and nuclei')"
is "both families, httpx: IPv6 in brackets" "[2001:db8::c612:32]:80 [2001:db8::c612:3c]:80 [2001:db8::c612:a]:80" \
	"$(grep '^\[' "$tmp/httpx" | sort | paste -sd ' ')"
# As README says it for IPv6; without -sV, which takes seconds a port.
# shellcheck disable=SC2016 # words of awk
run_here "$(commands '# nmap looks closer' | sed 's/{ print $4 }/\&\& $4 ~ \/:\/ &/; s/nmap -sV/nmap -6/')"
exits "both families, nmap looks closer over IPv6" 0
awk '/^Nmap scan report for/ { ip = $NF } $2 == "open" { sub("/tcp", "", $1); print ip, $1 }' "$tmp/out" >"$tmp/got"
awk '$1 == "open" && $4 ~ /:/ { print $4, $3 }' "$tmp/here/found.list" >"$tmp/expected"
is "control: both families: ports over IPv6" 4 "$(wc -l <"$tmp/expected")"
same "both families, nmap looks closer over IPv6: at the ports that are open" "$tmp/expected" "$tmp/got"
jq -r 'select(.type == "port" and .state == "open") | "\(.ip) \(.port)/\(.protocol) \(.service)"' "$tmp/here/found.json" >"$tmp/expected"
is "control: both families were found" "4 4" "$(grep -c ^198 "$tmp/expected") $(grep -c ^2001 "$tmp/expected")"
for reader in importer python-nmap perl; do
	if [ "$reader" = python-nmap ] && ! /usr/bin/python3 -c 'import nmap' 2>/dev/null; then
		skip "both families, XML: python-nmap" "python3-nmap is not installed"
		continue
	fi
	if [ "$reader" = perl ] && ! perl -MNmap::Parser -e 1 2>/dev/null; then
		skip "both families, XML: perl" "libnmap-parser-perl is not installed"
		continue
	fi
	if [ "$reader" = perl ]; then
		perl -MNmap::Parser -e 'my $np = Nmap::Parser->new; $np->parsefile($ARGV[0]);
			for my $h ($np->all_hosts("up")) { for ($h->tcp_open_ports) {
				printf "%s %d/tcp %s\n", $h->addr, $_, $h->tcp_service($_)->name } }' \
			"$tmp/here/found.xml" >"$tmp/got" 2>&1 || true
	else
		read_with "$reader" "$tmp/here/found.xml" >"$tmp/got"
	fi
	same "both families, XML: $reader reads the open ports" "$tmp/expected" "$tmp/got"
done

# The other pipes of README, with the output that it shows.
as_shown() { # NAME COMMAND-LINE [SED]: the output has the shape that README shows
	run_here "$(commands "\$ $2" | head -n 1)"
	exits "README, $1" 0
	shown "$2" | shape | sed -E "${3:-}" >"$tmp/expected"
	is "control: README, $1: there is output" true "$([ -s "$tmp/expected" ] && echo true)"
	shape <"$tmp/out" | sed -E "${3:-}" >"$tmp/got"
	same "README, $1: as shown" "$tmp/expected" "$tmp/got"
}
as_shown "rows in a pipe" 'sudo xscan --tcp ssh,http 198.18.0.20 2>/dev/null | cat'
# The host limits its ICMP errors: whether the closed port is known as closed varies.
as_shown "records of UDP ports" 'sudo xscan --quiet --udp domain,ntp --all --json - 198.18.0.40 | grep' 's/,"state":.*//'
run_here "$(commands '$ sudo xscan --metrics xscan.prom' | head -n 1)"
exits "README, a scan with --metrics" 0
as_shown "promtool" 'promtool check metrics < xscan.prom && grep'
run_here "$(commands '$ sudo xscan --trace scan.json' | head -n 1)"
exits "README, a scan with --trace" 0
as_shown "jq reads a trace" 'jq -c '"'.[] | select(.ph ==" 's/"[a-z]+"/WORD/'
tools/lab exec scanner "$BUILD/xscan" --rate 200 -p 1-1024,8080 198.18.0.0/24 >/dev/null 2>&1 </dev/null &
pid=$!
# Other scans on this host may have tables of that name: a stand-in dumps the one of this scan.
stats_id() {
	local id
	for id in $(sed -n 's/^map_id:\t//p' "/proc/$pid/fdinfo"/* 2>/dev/null); do
		[ "$(bpftool -j map show id "$id" 2>/dev/null | jq -r .name)" != xscan_stats ] || echo "$id"
	done
}
for ((try = 0; try < 200; try++)); do
	[ -z "$(stats_id)" ] || break
	sleep 0.05
done
sleep 1 # then the tables of the questions are there
# shellcheck disable=SC2016 # the stand-in expands it
stand_in bpftool '[ "$*" = "-j map dump name xscan_stats" ] && exec '"$(command -v bpftool) -j map dump id $(stats_id | tail -n 1)"
as_shown "bpftool and jq read the counters" 'sudo bpftool -j map dump name xscan_stats | jq' '$!d'
kill "$pid"
finish 20

# A scan in parts: on machines that parallel reaches, as an array of Slurm, as a Job of Kubernetes. A smaller
# network than README's; the parts make the whole.
echo 198.18.0.0/24 >"$tmp/here/net.txt"
run_here "xscan -q --tcp 1-1024 --json whole.json --targets net.txt"
exits "the whole" 0
smaller() {
	sed 's,198\.18\.0\.0/16,198.18.0.0/24,'
}
is_whole() { # NAME FILE NUMBER: without a difference, and with each part
	is "README, $1: parts" "$3" "$(grep -c '"type":"summary"' "$tmp/here/$2")"
	run_here "xscan diff whole.json $2"
	exits "README, $1: the parts make the whole" 0
}
run_here "$(commands '# GNU parallel, on four machines' | smaller)"
exits "README, parallel" 0
is "README, parallel: on four machines" "a b c d" "$(sort -u "$tmp/machines" | paste -sd ' ')"
is_whole "parallel" all.json 4
commands '# scan.sh of a Slurm array' | sed 1d >"$tmp/here/scan.sh"
run_here "seq 16 | xargs -P 4 -I {} env SLURM_ARRAY_TASK_ID={} sh scan.sh && $(commands '# when all parts are done')"
exits "README, Slurm" 0
is_whole "Slurm" all.json 16
commands '# a Kubernetes Job' | smaller >"$tmp/here/job.sh"
# A shell in the container expands the index.
run_here "seq 0 7 | xargs -P 4 -I {} sh -c 'JOB_COMPLETION_INDEX={} sh job.sh >part-{}.json' && cat part-*.json >jobs.json"
exits "README, Kubernetes" 0
is_whole "Kubernetes" jobs.json 8

# masscan's own list of a network, and ours. masscan notices its end only when a packet comes in.
fleet_up --net 198.18.8.0/27 --seed 3 --open 1/8
scan -q --budget off --list "$tmp/ours" --tcp 1-40 198.18.8.0/27
ip -n "$LAB-fleet" address add 198.18.0.2/15 dev eth0
scanner_mac=$(ip -n "$LAB" -j link show dev eth0 | jq -r '.[].address')
tools/lab exec fleet timeout 60 bash -c 'while echo >/dev/udp/198.18.0.1/9; do sleep 0.05; done' >/dev/null 2>&1 &
waker=$!
lab exec scanner timeout 60 masscan -e eth0 --adapter-ip 198.18.0.1 --adapter-mac "$scanner_mac" \
	--router-mac "$(fleet_list hosts | awk 'NR == 1 { print $2 }')" --rate 5000 --wait 2 -oL "$tmp/theirs" \
	-p 1-40 198.18.8.0/27 >/dev/null 2>&1 </dev/null || true
kill "$waker" || true
wait "$waker" 2>/dev/null || true
is "masscan's list: the first and the last line" "$(sed -n '1p;$p' "$tmp/theirs")" "$(sed -n '1p;$p' "$tmp/ours")"
for list in ours theirs; do
	sed -E 's/ 1[0-9]{9}$/ TIME/' "$tmp/$list" >"$tmp/$list.timeless"
done
is "control: masscan's list has ports" true "$([ "$(grep -c ^open "$tmp/theirs")" -gt 50 ] && echo true)"
comm -13 <(sort "$tmp/ours.timeless") <(sort -u "$tmp/theirs.timeless") >"$tmp/got"
same "masscan's list has no line that ours has not" /dev/null "$tmp/got"
