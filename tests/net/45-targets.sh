#!/bin/bash
# The targets in all their forms, from files too, without the excluded ones; and their order (--seed).
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq taskset unshare getent

hosts() { # PREFIX FIRST LAST
	seq -f "$1.%.0f" "$2" "$3"
}

# All hosts are up: hosts found by ARP, or with port 80 reported, are the hosts asked.
asks() { # NAME OPTION...: just those in $tmp/expected
	local name=$1 n
	shift
	scan --rate 20k -p 80 --all --json - "$@"
	exits "$name: ends with 0" 0
	jq -r 'select(.type == "host") | .ip' "$tmp/out" >"$tmp/found"
	same "$name: asks these by ARP" "$tmp/expected" "$tmp/found"
	jq -r 'select(.type == "port") | .ip' "$tmp/out" >"$tmp/found"
	same "$name: asks these for the port" "$tmp/expected" "$tmp/found"

	n=$(wc -l <"$tmp/expected")
	scan --dry-run -p 80 "$@"
	exits "$name: --dry-run ends with 0" 0
	is "$name: --dry-run counts them" "hosts $n, $n asked by ARP" \
		"$(awk '$1 == "hosts" { $1 = $1; print }' "$tmp/out")"
}

fleet_up --net 198.18.0.0/20

hosts 198.18.1 250 255 >"$tmp/expected"
hosts 198.18.2 0 9 >>"$tmp/expected"
asks "a range a.b.c.d-e.f.g.h" 198.18.1.250-198.18.2.9
hosts 198.18.3 10 50 >"$tmp/expected"
asks "a range a.b.c.10-50" 198.18.3.10-50
hosts 198.18.4 16 31 >"$tmp/expected"
echo 198.18.5.5 >>"$tmp/expected"
asks "a CIDR and an address" 198.18.4.20/28 198.18.5.5
hosts 198.18.6 0 255 >"$tmp/expected"
asks "targets that overlap" 198.18.6.0-99 198.18.6.64/26 198.18.6.0/24 198.18.6.7,198.18.6.7

cat >"$tmp/list" <<-END
	# a comment
	198.18.7.1 198.18.7.3,198.18.7.5 # three addresses

	198.18.7.8/30
	198.18.7.20-22
END
hosts 198.18.7 8 11 >"$tmp/expected"
hosts 198.18.7 20 22 >>"$tmp/expected"
printf '198.18.7.%d\n' 1 3 5 >>"$tmp/expected"
asks "--targets FILE" --targets "$tmp/list"
scan_input=$tmp/list asks "--targets -" --targets -
hosts 198.18.7 12 15 >>"$tmp/expected"
asks "--targets FILE and a target" --targets "$tmp/list" 198.18.7.8/29

# A byte order mark begins a file that some editors write; the first word counts nevertheless.
mark='\xef\xbb\xbf'
printf "$mark%s\r\n%s\r\n" 198.18.7.1 198.18.7.8/29 >"$tmp/list"
printf "$mark%s\r\n" 198.18.7.9 >"$tmp/exclude"
{
	echo 198.18.7.1
	echo 198.18.7.8
	hosts 198.18.7 10 15
} >"$tmp/expected"
asks "lists that begin with a byte order mark" --targets "$tmp/list" --exclude-file "$tmp/exclude"
scan_input=$tmp/list asks "--targets - that begins with a byte order mark" --targets - --exclude 198.18.7.9

# Names: only the first of several addresses is scanned, in the order in which the C library gives them to
# other programs (getent); a line says so. The scanner gets a file of hosts of its own.
many=$(printf '198.18.11.%d\n' {1..20})
{
	printf '%s one.test\n' 198.18.7.9
	printf '%s two.test\n' 198.18.7.2 198.18.9.1
	for addr in $many; do echo "$addr many.test"; done
} >"$tmp/hosts"
named=(unshare -m sh -c "mount --bind '$tmp/hosts' /etc/hosts && exec \"\$@\"" sh)
plain=("${xscan[@]}")
xscan=("${named[@]}" "${plain[@]}")
export RESOLV_MULTI=on
first_of() { # NAME: its addresses go to $tmp/order, the first of them to $tmp/expected
	lab exec scanner "${named[@]}" getent ahostsv4 "$1" | awk '$2 == "STREAM" { print $1 }' \
		>"$tmp/order"
	head -n 1 "$tmp/order" >"$tmp/expected"
}
said() { # the last scan's lines about names
	grep 'resolves to' "$tmp/err" || true
}

first_of one.test
is "control: one name has one address" 198.18.7.9 "$(cat "$tmp/order")"
asks "a name with one address" one.test
is "a name with one address: nothing is said" "" "$(said)"
first_of two.test
is "control: one name has two addresses" 2 "$(wc -l <"$tmp/order")"
line="xscan: two.test resolves to $(paste -sd, "$tmp/order" | sed 's/,/, /')"
line="$line: scanning $(cat "$tmp/expected")"
asks "a name with two addresses" two.test
is "a name with two addresses: a dry run says so" "$line" "$(said)"
echo two.test >"$tmp/list"
asks "a name with two addresses, in a list" --targets "$tmp/list"
is "a name with two addresses, in a list: a dry run says so" "$line" "$(said)"
scan -p 80 two.test
is "a name with two addresses: a scan says so" "$line" "$(said)"
is "a name with two addresses: on standard error" "" "$(grep resolves "$tmp/out" || true)"
scan -q -p 80 two.test
exits "a name with two addresses, --quiet: ends with 0" 0
is "a name with two addresses, --quiet: says nothing" "" "$(cat "$tmp/err")"
first_of many.test
is "control: one name has twenty addresses" 20 "$(wc -l <"$tmp/order")"
asks "a name with twenty addresses" many.test
line="xscan: many.test resolves to $(head -n 8 "$tmp/order" | paste -sd, | sed 's/,/, /g')"
is "a name with twenty addresses: eight are said, the rest is counted" \
	"$line and 12 more: scanning $(cat "$tmp/expected")" "$(said)"
xscan=("${plain[@]}")

hosts 198.18.8 0 9 >"$tmp/expected"
hosts 198.18.8 20 99 >>"$tmp/expected"
hosts 198.18.8 128 255 >>"$tmp/expected"
asks "--exclude" --exclude 198.18.8.10-19,198.18.8.100-198.18.8.127 198.18.8.0/24
printf '%s\n' "198.18.8.20/30 # four" 198.18.9.0/24 >"$tmp/exclude"
grep -vE '\.2[0-3]$' "$tmp/expected" >"$tmp/fewer"
mv "$tmp/fewer" "$tmp/expected"
asks "--exclude and --exclude-file" --exclude 198.18.8.10-19,198.18.8.100-198.18.8.127 \
	--exclude-file "$tmp/exclude" 198.18.8.0/24 198.18.9.7
hosts 198.18.7 1 7 >"$tmp/expected"
hosts 198.18.7 12 30 >>"$tmp/expected"
echo 198.18.7.8/30 >"$tmp/exclude"
scan_input=$tmp/exclude asks "--exclude-file -" --exclude-file - 198.18.7.1-30

# On one CPU, packets stay in order all the way. The scanner's own RSTs must not be among them.
order() { # SEED FILE: of the answers
	scan --seed "$1" --rate 2000 --synack drop -p 1-200 --all --json "$tmp/json" 198.18.10.1
	exits "--seed $1: ends with 0" 0
	jq -r 'select(.type == "port") | .port' "$tmp/json" >"$2"
	is "--seed $1: all answers are first answers" "200 0" \
		"$(summary "$tmp/json" replies retransmits)"
}
cpu=$(taskset -pc $$ | sed 's/.*: //; s/[-,].*//')
taskset -pc "$cpu" $$ >/dev/null
order 42 "$tmp/order"
order 42 "$tmp/same"
order 43 "$tmp/other"
is "--seed: the same order again" "$(tr '\n' ' ' <"$tmp/order")" "$(tr '\n' ' ' <"$tmp/same")"
is "--seed: another order for another seed" no \
	"$(cmp -s "$tmp/order" "$tmp/other" && echo yes || echo no)"
is "--seed: the order is not that of the numbers" no \
	"$(cmp -s "$tmp/order" <(seq 200) && echo yes || echo no)"
