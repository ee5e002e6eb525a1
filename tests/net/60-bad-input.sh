#!/bin/bash
# Bad input is refused before the first packet: one line that says what is wrong, the exit status of the
# contract, nothing on standard output.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need jq setpriv

host=198.18.1.7
# A resolver that does not answer must not hold up the test.
export RES_OPTIONS='timeout:1 attempts:1'

# Judge the last scan as one test; $frames_before is from before it.
judge() { # NAME STATUS REGEX of the line behind "xscan: "; STATUS is a regular expression too
	{
		[[ $status =~ ^$2$ ]] || echo "exit status $status, expected $2"
		[ ! -s "$tmp/out" ] || echo "$(wc -l <"$tmp/out") lines on standard output"
		[ "$(wc -l <"$tmp/err")" = 1 ] || echo "not one line on standard error"
		grep -qE "^xscan: ($3)" "$tmp/err" || echo "no line like this: xscan: $3"
		[ "$(frames)" = "$frames_before" ] || echo "frames sent: from $frames_before to $(frames)"
	} >"$tmp/why"
	if [ -s "$tmp/why" ]; then
		sed 's/^/  /' "$tmp/err" >>"$tmp/why"
		fail "$1" "$tmp/why"
	else
		pass "$1"
	fi
}

# What is in $tmp, but for the output of scans.
files() {
	find "$tmp" ! -path "$tmp" ! -name out ! -name err ! -name why ! -name said \
		-printf '%P %i %s %m %T@ %C@ %l\n' | sort
}

# A scan is refused, and so is its dry run, which changes nothing.
refused() { # NAME STATUS REGEX ARGUMENT...
	local name=$1 want=$2 regex=$3 files_before
	shift 3
	files_before=$(files)
	frames_before=$(frames)
	scan --dry-run "$@"
	[ "$(files)" = "$files_before" ] || echo "xscan: files changed: $(diff <(files) - <<<"$files_before")" >>"$tmp/err"
	judge "$name: the dry run" "$want" "$regex"
	cp "$tmp/err" "$tmp/said"
	frames_before=$(frames)
	scan "$@"
	cmp -s "$tmp/said" "$tmp/err" || cat "$tmp/said" >>"$tmp/err"
	judge "$name" "$want" "$regex"
}

# xscan as a user who is not root. The build folder may be one that others cannot enter.
chmod 711 "$tmp"
install -m 755 "$BUILD/xscan" "$tmp/xscan"
scan_as_nobody() { # CAPABILITIES (net_raw,bpf… or none) ARGUMENT...
	local caps=+${1//,/,+}
	[ "$caps" != +none ] || caps=-all
	shift
	status=0
	lab exec scanner setpriv --reuid 65534 --regid 65534 --clear-groups \
		--inh-caps="$caps" --ambient-caps="$caps" timeout -k 5 "$scan_seconds" \
		"$tmp/xscan" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
}

# Interfaces that xscan refuses: down, without carrier (its peer is down), without an address.
fleet_up --net 198.18.1.0/24
for pair in down idle bare; do
	ip -n "$LAB" link add "${pair}0" type veth peer name "${pair}1"
done
ip -n "$LAB" address add 198.19.1.1/24 dev down0
ip -n "$LAB" address add 198.19.2.1/24 dev idle0
ip -n "$LAB" link set idle0 up
ip -n "$LAB" link set bare0 up
ip -n "$LAB" link set bare1 up
ip -n "$LAB" -6 address flush dev bare0

# Without this one, "nothing was sent" would prove nothing.
frames_before=$(frames)
scan -i eth0 --synack drop --tcp 1-10 "$host"
exits "control: a scan of one host ends with 0" 0
is "control: it sends an ARP request and ten SYNs at least" yes \
	"$([ "$(frames)" -ge $((frames_before + 11)) ] && echo yes || echo no)"

# Interfaces

refused "unknown interface" 1 'eth9: no such interface$' -i eth9
refused "empty interface name" 2 '-i: needs a value: --iface IFACE$' -i ''
refused "interface name that is too long" 1 'interface-with-a-long-name.*: no such interface$' \
	-i interface-with-a-long-name
refused "interface name with control characters" 1 'eth.*9: no such interface$' -i $'eth\n\e[31m9'
refused "interface that is down" 1 'down0: .*down' -i down0
refused "interface without carrier" 1 'idle0: .*carrier' -i idle0
refused "loopback interface" 1 'lo: .*loopback' -i lo
refused "loopback address" 1 '127\.0\.0\.1: .*this host' 127.0.0.1
refused "interface without an address" 1 'bare0: .*no IPv4 address' -4 -i bare0
if ip -n "$LAB" tuntap add dev tun0 mode tun 2>"$tmp/why"; then
	ip -n "$LAB" address add 198.19.3.1/24 dev tun0
	ip -n "$LAB" link set tun0 up
	refused "tun device with nobody behind it" 1 'tun0: no carrier' -i tun0 --tcp 80
else
	skip "interface that is not Ethernet" "no tun device: $(head -n 1 "$tmp/why")"
fi

# Targets

refused "nothing to scan" 2 'nothing to scan'
refused "address with a number above 255" 2 '300\.1\.1\.1: .*address' 300.1.1.1
refused "address with three numbers" 2 '198\.18\.1: .*address' 198.18.1
refused "address with a leading zero" 2 '198\.18\.01\.7: .*address' 198.18.01.7
refused "address in hexadecimal" 2 '0x7f\.1: .*address' 0x7f.1
refused "prefix length of 33" 2 '10\.0\.0\.0/33: .*prefix' 10.0.0.0/33
refused "prefix length that is missing" 2 '10\.0\.0\.0/: .*prefix' 10.0.0.0/
refused "range that ends before it begins" 2 '198\.18\.1\.9-3: .*ends before' 198.18.1.9-3
refused "range without an end" 2 '198\.18\.1\.9-: .*range' 198.18.1.9-
refused "empty target" 2 'empty list of addresses$' ''
refused "target of commas" 2 'empty list of addresses$' ,,
refused "IPv6 address that is none" 2 '2001:db8:::1: not an IPv6 address$' 2001:db8:::1
refused "IPv6 prefix that is too large" 2 '2001:db8::/64: more than 2.24 addresses: .*--targets' 2001:db8::/64
refused "IPv6 zone of an interface that is not there" 1 'nowhere0: no such interface' fe80::1%nowhere0
refused "link-local address without a zone" 2 'fe80::1: is on one link alone: .*%' fe80::1
refused "zones of two interfaces" 2 'zones eth0 and eth1: .*' fe80::1%eth0 fe80::2%eth1
refused "zone beside another interface" 2 'zone eth0 and --iface eth1: .*' -i eth1 fe80::1%eth0
refused "IPv6 target with -4" 2 '2001:db8::1: is no IPv4 address' -4 2001:db8::1
refused "IPv4 target with -6" 2 '198.18.0.2: is no IPv6 address' -6 198.18.0.2
refused "-6 without targets or interface" 2 'nothing to scan' -6
refused "both -4 and -6" 2 '-4 and -6: give one' -4 -6 198.18.0.2
refused "host name with control characters" 2 'a.b.*: .*name' $'a\001b\e[31m'
refused "host name of 300 characters" 2 'a+….*too long' "$(printf 'a%.0s' {1..300})"
refused "host name that cannot be resolved" 2 'no-such-host\.invalid: .' no-such-host.invalid
refused "second target wrong" 2 'x/y: ' "$host" x/y
refused "interface as a target" 2 'eth0: is an interface: say --iface eth0$' eth0
refused "target without a route" 1 '203\.0\.113\.1: .*no route' --tcp 80 203.0.113.1
refused "target without a route through the interface" 1 '203\.0\.113\.1: .*no route.*eth0' \
	-i eth0 --tcp 80 203.0.113.1
refused "all targets excluded" 2 'no target is left' -i eth0 --exclude 198.18.0.0/15 "$host"
refused "all targets excluded, without --iface" 2 'no target is left' --exclude 198.18.1.0/24 "$host"
refused "all IPv6 targets excluded, without --iface" 2 'no target is left' --exclude ::/0 2001:db8::1
refused "the whole link excluded" 2 'no target is left' -i eth0 --exclude 0.0.0.0/0,::/0
refused "the whole link excluded, -6" 2 'no target is left' -6 -i eth0 --exclude ::/0
refused "only this host as a target" 1 '.*this host' -i eth0 198.18.0.1
refused "malformed exclusion" 2 '198\.18\.0\.0/99: ' -i eth0 --exclude 198.18.0.0/99
refused "empty exclusion" 2 '--exclude: needs a value: --exclude LIST$' -i eth0 --exclude ''
refused "host name as exclusion" 2 'localhost: .*no host names' -i eth0 --exclude localhost

# Ports

refused "range of ports that ends before it begins" 2 '5-1: .*ends before' -p 5-1 "$host"
refused "port 0" 2 '0: not a port' -p 0 "$host"
refused "port 65536" 2 '65536: not a port' -p 65536 "$host"
refused "port range up to 65536" 2 '1-65536: ' -p 1-65536 "$host"
refused "port of thirty digits" 2 '1{30}: not a port' -p "$(printf '1%.0s' {1..30})" "$host"
refused "empty element in the ports" 2 '80,,: empty element' -p 80,, "$host"
refused "empty list of ports" 2 '-p: needs a value: --tcp PORTS$' -p '' "$host"
refused "negative port" 2 '--5: ' -p --5 "$host"
refused "range of three ports" 2 '1-2-3: ' -p 1-2-3 "$host"
refused "blank before a port" 2 ' 80: ' -p ' 80' "$host"
refused "UDP port 0" 2 '0: not a port' -u 0 "$host"
refused "range of UDP ports that ends before it begins" 2 '5-1: .*ends before' --udp 5-1 "$host"
refused "empty list of UDP ports" 2 '--udp: needs a value: --udp PORTS$' --udp '' "$host"
refused "a service without a UDP port" 2 'no-such-service: no such' -u no-such-service "$host"
refused "UDP ports given twice" 2 '--udp: given twice' -p U:53 -u 123 "$host"
refused "unknown service" 2 'no-such-service: no such' -p no-such-service "$host"

# Files

: >"$tmp/empty"
printf '# nobody\n\n' >"$tmp/comments"
printf '%s\n\0\n' "$host" >"$tmp/nul"
printf '%s\n%s\n' "$host" 10.0.0.0/33 >"$tmp/second"
mark='\xef\xbb\xbf'
printf "%s\n$mark%s\n" "$host" "$host" >"$tmp/mark"
printf '\xff\xfe1\0.\0' >"$tmp/wide"
echo localhost >"$tmp/names"
head -c 20000000 /dev/zero | tr '\0' a >"$tmp/line"
mkdir "$tmp/folder"
refused "empty file of targets" 2 '.*/empty: no address' --targets "$tmp/empty"
refused "file of targets with comments only" 2 '.*/comments: no address' --targets "$tmp/comments"
refused "empty standard input as targets" 2 'standard input: no address' --targets -
refused "missing file of targets" 2 '.*/none: No such file' --targets "$tmp/none"
refused "file name that is empty" 2 '--targets: needs a value: --targets FILE$' --targets ''
refused "folder as a file of targets" 2 '.*/folder: Is a directory' --targets "$tmp/folder"
refused "file of targets with a NUL byte" 2 '.*/nul:2: .*NUL' --targets "$tmp/nul"
refused "file of targets with a malformed line" 2 '.*/second:2: 10\.0\.0\.0/33: ' \
	--targets "$tmp/second"
refused "file of targets with a byte order mark in the middle" 2 '.*/mark:2: .*byte order mark' \
	--targets "$tmp/mark"
refused "file of targets in UTF-16" 2 '.*/wide: is UTF-16 text: save it as UTF-8$' --targets "$tmp/wide"
refused "file of exclusions in UTF-16" 2 '.*/wide: is UTF-16' -i eth0 --exclude-file "$tmp/wide"
refused "file of targets that is one long line" 2 '.*/line:1: .*too long' --targets "$tmp/line"
refused "missing file of exclusions" 2 '.*/none: No such file' -i eth0 --exclude-file "$tmp/none"
refused "folder as a file of exclusions" 2 '.*/folder: Is a dir' -i eth0 --exclude-file "$tmp/folder"
refused "file of exclusions with a NUL byte" 2 '.*/nul:2: .*NUL' -i eth0 --exclude-file "$tmp/nul"
refused "file of exclusions with a host name" 2 '.*/names:1: localhost: ' \
	-i eth0 --exclude-file "$tmp/names"
for file in /dev/stdout "$tmp/out"; do
	refused "--json $(basename "$file") where standard output goes to a file" 2 \
		'.*: is where standard output goes' --json "$file" "$host"
done
for file in new old new.new; do
	rm -f "$tmp/new" "$tmp/new.new"
	echo kept >"$tmp/old"
	refused "--json $file where --resume writes it" 2 '.*: is ' \
		--json "$tmp/./$file" --resume "$tmp/${file%.new}" "$host"
	is "and it makes no file" "" "$(find "$tmp" -name 'new*')"
done
is "a file that cannot be resumed from is kept" kept "$(cat "$tmp/old")"

# Lists that are read are never written, whatever name is used.
mkdir "$tmp/lists"
echo "$host" >"$tmp/lists/list"
ln "$tmp/lists/list" "$tmp/lists/hard"
ln -s list "$tmp/lists/soft"
ln -s list "$tmp/lists/state.new"
cp "$tmp/lists/list" "$tmp/lists/before"
for file in list hard soft; do
	for option in "--targets" "-i eth0 --exclude-file"; do
		# shellcheck disable=SC2086 # an option or two
		refused "--json $file where ${option##* } reads it" 2 '.*: is read by --targets or --ex' \
			$option "$tmp/lists/list" --json "$tmp/lists/$file" 198.18.1.8
	done
done
appends_to() { # FILE ARGUMENT...: as `scan`, with standard output at the end of FILE
	local file=$1
	shift
	status=0
	: >"$tmp/out"
	lab exec scanner timeout -k 5 "$scan_seconds" "${xscan[@]}" "$@" >>"$file" 2>"$tmp/err" \
		</dev/null || status=$?
}
for run in "" --dry-run; do
	for option in "--targets" "-i eth0 --exclude-file"; do
		frames_before=$(frames)
		# shellcheck disable=SC2086 # an option or two
		appends_to "$tmp/lists/hard" $run $option "$tmp/lists/list" 198.18.1.8
		judge "standard output where ${option##* } reads $run" 2 \
			'standard output: is read by --targets or --ex'
	done
	for file in new new.new; do
		rm -f "$tmp/new" "$tmp/new.new"
		frames_before=$(frames)
		# shellcheck disable=SC2086 # an option or none
		appends_to "$tmp/$file" $run --resume "$tmp/new" "$host"
		judge "standard output goes to $file where --resume writes it $run" 2 \
			'standard output: is written by --resume'
	done
done
rm -f "$tmp/new" "$tmp/new.new"
scan_input=$tmp/lists/list
refused "--json where --targets reads standard input" 2 '.*: is read by --targets or --ex' \
	--targets - --json "$tmp/lists/hard"
scan_input=
refused "--resume where --targets reads what it would write" 2 '.*: is read by --targets or --ex' \
	--targets "$tmp/lists/list" --resume "$tmp/lists/state"
same "the lists are kept" "$tmp/lists/before" "$tmp/lists/list"
scan -i eth0 -q --exclude-file /dev/null --json /dev/null "$host"
exits "what is no file may be read and written" 0

install -m 600 "$tmp/second" "$tmp/secret"
frames_before=$(frames)
scan_as_nobody none --targets "$tmp/secret"
judge "file of targets that may not be read" 2 '.*/secret: Permission denied'

# Options

refused "unknown long option" 2 '.*frobnicate' --frobnicate "$host"
refused "unknown short option" 2 '.*Z' -Z "$host"
refused "unknown option with a line feed in it" 2 '.*frob' $'--frob\nnicate' "$host"
refused "ambiguous abbreviation" 2 '.*--exc' --exc 198.18.1.9 "$host"
refused "missing argument of a long option" 2 '--iface: needs a value: --iface IFACE$' --iface
refused "missing argument of a short option" 2 '-p: needs a value: --tcp PORTS$' "$host" -p
for option in rate budget host-rate retries timeout seed attach synack shard; do
	refused "--$option ''" 2 "--$option: needs a value: --$option [A-Z/]+\$" --"$option" '' "$host"
done
refused "argument where none belongs" 2 '--dry-run: takes no value$' --dry-run=5 "$host"
for value in 0 -1 1e9 nan inf 0x10 10q 10kk k ' 5' '5 ' 1,000; do
	refused "--rate '$value'" 2 "--rate ${value//./\\.}: " --rate="$value" "$host"
done
for value in 0 101 -1 0.5 1k x OFF 5%; do
	refused "--budget '$value'" 2 "--budget ${value//./\\.}: not off or a percentage \(1 to 100\)$" \
		--budget="$value" "$host"
done
for value in 0 -1 1e12 nan inf auto max off x; do
	refused "--host-rate '$value'" 2 "--host-rate $value: not a number of probes per second" \
		--host-rate="$value" "$host"
done
for argument in --budget={off,1,2.5,100} --host-rate={0.01,1,100,1.5k,100M}; do
	frames_before=$(frames)
	scan --dry-run "$argument" "$host"
	is "control: $argument: a dry run ends with 0, prints a plan, and no frame is sent" "0 interface 0 0" \
		"$status $(head -n 1 "$tmp/out" | cut -d ' ' -f 1) $(wc -l <"$tmp/err") $(($(frames) - frames_before))"
done
for value in -1 16 1.5 x 1k; do
	refused "--retries '$value'" 2 "--retries ${value//./\\.}: " --retries="$value" "$host"
done
for value in 0 -1 0.0001 3601 1s inf; do
	refused "--timeout '$value'" 2 "--timeout ${value//./\\.}: " --timeout="$value" "$host"
done
for value in -1 18446744073709551616 1.5 abc; do
	refused "--seed '$value'" 2 "--seed ${value//./\\.}: " --seed="$value" "$host"
done
for option in --attach --synack; do
	for value in sideways AUTO 'pass '; do
		refused "$option '$value'" 2 "$option $value: " "$option=$value" "$host"
	done
done
refused "one interface twice" 2 '--iface lo: given twice$' -i lo -i lo "$host"
refused "two lists of ports" 2 '--tcp: given twice: .*comma' -p 22 --tcp 80 "$host"
refused "one file for two outputs" 2 '.*is given for two outputs' \
	--json "$tmp/new" --json "$tmp/new" "$host"
refused "standard output for two outputs" 2 '--json -: standard output is taken already' \
	--json - --json - "$host"
refused "two files of --resume" 2 '--resume: given twice: ' --resume "$tmp/new" --resume "$tmp/b" "$host"
refused "--tx xdp with --attach tc" 2 '--tx xdp .*--attach tc' --tx xdp --attach tc --tcp 80 "$host"
refused "option value with control characters" 2 '--rate 1.k: ' --rate $'1\nk' "$host"

scan -q --json "$tmp/new" --json - "$host"
exits "two outputs: ends with 0" 0
same "two outputs: each has all" "$tmp/new" "$tmp/out"
rm -f "$tmp/new"

# Of two plain values the last counts: a script's defaults can be changed by adding an option.
scan --dry-run -i eth0 --rate 10 --rate 20 --retries 3 --retries 0 --shard 1/2 --shard 2/3 \
	--seed 1 --seed 2 --tcp 80 "$host"
exits "plain values given twice: ends with 0" 0
is "plain values given twice: the last counts" "20 3 0" "$(awk '
	$1 == "rate" { rate = $2 } $1 == "share" { share = $4 } 
	$1 == "probes" { for (i = 2; i <= NF; i++) if ($i ~ /^retries/) n = $(i - 1) }
	END { print rate, share, n }' "$tmp/out")"

# Output files

refused "output file in a missing folder" 1 '.*/no/file: .*No such file' \
	-i eth0 --json "$tmp/no/file" "$host"
refused "standard output for two outputs" 2 '--json -: standard output is taken' \
	-i eth0 --json - --json - "$host"
refused "a file for two outputs" 2 '.*/twice: is given for two outputs' \
	-i eth0 --json "$tmp/twice" --json "$tmp/./twice" "$host"
# shellcheck disable=SC2046 # two words a time
refused "seventeen outputs" 2 '--json: at most 16' \
	-i eth0 $(printf -- "--json $tmp/out%d " {1..17}) "$host"
refused "folder as output file" 1 '.*/folder: .*Is a directory' -i eth0 --json "$tmp/folder" "$host"
echo kept >"$tmp/kept"
refused "second output file in a missing folder" 1 '.*/no/file: .*No such file' \
	-i eth0 --json "$tmp/kept" --json "$tmp/no/file" "$host"
refused "output file in a file" 1 '.*/kept/file: .*Not a directory' -i eth0 --json "$tmp/kept/file" "$host"
is "the first output file is left as it was" kept "$(cat "$tmp/kept")"
refused "folder that is missing as output file" 1 '.*/new/: .*Is a directory' -i eth0 --json "$tmp/new/" "$host"
refused "--resume in a missing folder" 1 '.*/no/state\.new: No such file' -i eth0 --resume "$tmp/no/state" "$host"
refused "output file with an empty name" 2 '--json: needs a value: --json FILE$' -i eth0 --json '' "$host"

# Privilege: the line names what is missing, and with just that it works.

frames_before=$(frames)
scan_as_nobody none -i eth0 "$host"
judge "no privilege" 1 '.*CAP_NET_ADMIN, CAP_NET_RAW.* CAP_BPF'
named=$(grep -o 'CAP_[A-Z_]*' "$tmp/err" | sed 's/^CAP_//' | tr 'A-Z\n' 'a-z,' | sed 's/,$//')
for missing in ${named//,/ }; do
	frames_before=$(frames)
	scan_as_nobody "$(tr , '\n' <<<"$named" | grep -vx "$missing" | paste -sd,)" -i eth0 "$host"
	judge "all privileges but $missing" 1 ".*CAP_${missing^^}"
done
scan_as_nobody "$named" -i eth0 --synack drop --tcp 1-10 "$host"
exits "the capabilities that the line names are enough" 0

# A dry run is for everyone, and silent on the wire.

frames_before=$(frames)
scan_as_nobody none --dry-run -i eth0 --tcp 80 198.18.1.0/24
exits "dry run without privilege ends with 0" 0
is "it prints a plan with the interface" eth0 "$(awk '$1 == "interface" { print $2 }' "$tmp/out")"
is "it says nothing on standard error" 0 "$(wc -l <"$tmp/err")"
scan --dry-run -i eth0 --tcp - 198.18.0.0/15 --json "$tmp/plan"
exits "dry run of a large scan ends with 0" 0
is "it makes no output file" no "$([ -e "$tmp/plan" ] && echo yes || echo no)"
is "dry runs send nothing" "$frames_before" "$(frames)"

# Files that are there stay as they are, and none is made. What only opening shows, a dry run does not know.
echo 'results of an earlier run' >"$tmp/old"
mkfifo "$tmp/pipe"
ln -s none "$tmp/dangling"
before=$(files)
scan --dry-run -i eth0 --tcp 80 "$host" --json "$tmp/old" --json "$tmp/fresh" --json "$tmp/pipe" \
	--json "$tmp/dangling" --json /dev/null --json /dev/null
exits "dry run with outputs ends with 0" 0
scan --dry-run -i eth0 --tcp 80 "$host" --json "$tmp/old" --resume "$tmp/state"
exits "dry run with --resume ends with 0" 0
is "dry runs change no file" "$before" "$(files)"
frames_before=$(frames)
chmod 600 "$tmp/old"
scan_as_nobody none --dry-run -i eth0 --json "$tmp/old" "$host"
judge "dry run with an output that may not be written" 1 '.*/old: .*Permission denied'
scan_as_nobody none --dry-run -i eth0 --json "$tmp/fresh" "$host"
judge "dry run with an output that may not be made" 1 '.*/fresh: .*Permission denied'
scan_as_nobody none --dry-run -i eth0 --resume "$tmp/state" "$host"
judge "dry run with a --resume that may not be made" 1 '.*/state\.new: Permission denied'

# An interface whose driver has no native XDP, as Linux 6.3 and newer tell.

ip -n "$LAB" link add br0 type bridge
ip -n "$LAB" link add port0 type veth peer name port1
ip -n "$LAB" link set port0 master br0
ip -n "$LAB" address add 198.19.4.1/24 dev br0
for device in br0 port0 port1; do
	ip -n "$LAB" link set "$device" up
done
until_up() { # a bridge takes a while to notice
	for ((try = 0; try < 100; try++)); do
		[ "$(lab exec scanner cat /sys/class/net/br0/carrier 2>/dev/null)" != 1 ] || return 0
		sleep 0.05
	done
}
until_up
scan --dry-run -i br0
exits "control: a dry run on a bridge ends with 0" 0
if printf '%s\n' 6.3 "$(uname -r)" | sort -V -C; then
	refused "interface without native XDP, --attach native" 1 \
		'br0: its driver has no native XDP: use --attach tc$' -i br0 --attach native
	refused "interface without native XDP, --tx xdp" 1 \
		'br0: its driver has no native XDP: use --tx af_packet$' -i br0 --tx xdp --tcp 80 198.19.4.9
	refused "interface without native XDP, --tx xdp --attach generic" 1 \
		'br0: does not transmit XDP frames: use --tx af_packet' \
		-i br0 --tx xdp --attach generic --tcp 80 198.19.4.9
else
	skip "interface without native XDP" "before Linux 6.3 the kernel does not tell"
fi

# An interface that another XDP program holds. The fleet is one.

attached() { # the ID of the XDP program at the scanner's interface
	ip -n "$LAB" -d link show dev eth0 | grep -o 'prog/xdp id [0-9]*'
}
tools/lab exec scanner "$BUILD/fleet" -i eth0 --net 198.18.9.0/24 >"$tmp/fleet.log" 2>&1 &
other=$!
for ((try = 0; try < 100; try++)); do
	grep -qx ready "$tmp/fleet.log" && break
	sleep 0.05
done
echo 'results of the last scan' >"$tmp/results"
attached >"$tmp/before" || true
is "another program is attached" 1 "$(wc -l <"$tmp/before")"
refused "interface taken by another program, --tx xdp" 1 'eth0: .*XDP.*--tx af_packet' \
	-i eth0 --tx xdp --tcp 80 --json "$tmp/results" "$host"
for mode in native generic; do
	refused "interface taken by another program, --attach $mode" 1 'eth0: .*XDP.*' \
		-i eth0 --attach "$mode" --json "$tmp/results" "$host"
done
frames_before=$(frames)
scan_as_nobody none --dry-run -i eth0 --attach native "$host"
judge "interface taken by another program, a dry run without privilege" 1 \
	'eth0: another XDP program is attached; xscan leaves it alone: use --attach tc'
scan_as_nobody none --dry-run -i eth0 "$host"
exits "interface taken by another program: a dry run of --attach auto ends with 0" 0
attached >"$tmp/after" || true
same "the other program stays attached" "$tmp/before" "$tmp/after"
is "the output file is left as it was" 'results of the last scan' "$(cat "$tmp/results")"
kill "$other"
wait "$other" || true
