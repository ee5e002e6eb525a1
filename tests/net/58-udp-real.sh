#!/bin/bash
# Real UDP services: each is found open, by the proof that its protocol allows, by both senders and at tc, and
# its answer tells what it is. Hosts whose UDP ports are silent end the scan with 0. nmap sees nothing open
# that xscan does not.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin:/usr/lib/ipsec
need nmap jq chronyd snmpd in.tftpd memcached rpcbind turnserver avahi-daemon nmbd charon miniupnpd

# A service in the namespace of a host; its /run is a folder of its own. All end with the lab.
serve() { # HOST COMMAND...
	local host=$1 dir
	shift
	dir=$tmp/run-$host-$(basename "$1")
	mkdir -p "$dir/dbus" "$dir/samba"
	# shellcheck disable=SC2016 # expanded by the inner shell
	tools/lab exec "$host" setsid unshare --mount sh -c 'mount --bind "$0" /run && exec "$@"' \
		"$dir" "$@" >"$dir.log" 2>&1 </dev/null &
	disown
}
wait_for() { # HOST PORT...
	local host=$1 port deadline=$((SECONDS + 20))
	shift
	for port; do
		until lab exec "$host" ss -Hlun "sport = :$port" | grep -q .; do
			[ "$SECONDS" -lt "$deadline" ] || {
				tail "$tmp"/run-*.log
				fail "a service listens on UDP port $port"
				exit
			}
			sleep 0.05
		done
	done
}

lab up
printf '%s\n' 'allow' 'local stratum 8' 'cmdport 0' 'pidfile /run/pid' 'driftfile /run/drift' \
	>"$tmp/chrony.conf"
printf '%s\n' 'rocommunity public' 'agentaddress udp:198.18.0.10:161' 'engineIDType 3' 'engineIDNic eth0' \
	>"$tmp/snmpd.conf"
printf '%s\n' '[server]' 'enable-dbus=no' 'use-ipv6=no' '[publish]' \
	'publish-workstation=yes' >"$tmp/avahi.conf"
printf '%s\n' '[global]' 'interfaces = eth0' 'netbios name = XSCAN' 'disable netbios = no' \
	"private dir = $tmp" "lock directory = $tmp" "state directory = $tmp" "cache directory = $tmp" \
	"pid directory = $tmp" "ncalrpc dir = $tmp" >"$tmp/smb.conf"
printf '%s\n' 'charon {' ' plugins { include /etc/strongswan.d/charon/*.conf' ' }' '}' >"$tmp/strongswan.conf"
printf '%s\n' 'ext_ifname=eth0' 'listening_ip=eth0' 'enable_natpmp=yes' 'enable_upnp=yes' \
	'uuid=00000000-0000-0000-0000-000000000000' >"$tmp/upnp.conf"
mkdir "$tmp/tftp"
serve web chronyd -d -x -u root -f "$tmp/chrony.conf"
serve web snmpd -f -Lo -C -c "$tmp/snmpd.conf"
serve web in.tftpd --foreground --listen --user root --address 198.18.0.10:69 --secure "$tmp/tftp"
serve web memcached -u root -p 0 -U 11211
serve web rpcbind -f -w
serve redis turnserver -n -S -L 198.18.0.30 --no-tls --no-dtls --no-cli --pidfile /run/pid \
	--log-file stdout --userdb /run/db
serve redis avahi-daemon --no-drop-root --no-chroot -f "$tmp/avahi.conf"
serve redis nmbd -F --no-process-group -s "$tmp/smb.conf" -l "$tmp" --debug-stdout
STRONGSWAN_CONF=$tmp/strongswan.conf serve redis charon
serve redis miniupnpd -d -f "$tmp/upnp.conf" -P /run/pid
wait_for web 123 161 69 11211 111
wait_for redis 3478 5353 137 500 4500 1900 5351
deadline=$((SECONDS + 20))
until grep -q 'Service "redis" .*established\|Server startup complete' "$tmp/run-redis-avahi-daemon.log" ||
	[ "$SECONDS" -ge "$deadline" ]; do
	sleep 0.05
done

cat >"$tmp/expected" <<-END
	198.18.0.10 111 number
	198.18.0.10 11211 number
	198.18.0.10 123 number
	198.18.0.10 161 number
	198.18.0.10 69 form
	198.18.0.30 137 number
	198.18.0.30 1900 port
	198.18.0.30 3478 number
	198.18.0.30 4500 number
	198.18.0.30 500 number
	198.18.0.30 5351 port
	198.18.0.30 5353 number
	198.18.0.40 53 number
END
# Versions are those of the installed programs. miniupnpd has no public address to tell of.
cat >"$tmp/told" <<-'END'
	198.18.0.10 111 version 2
	198.18.0.10 11211 version N
	198.18.0.10 123 version 4, stratum 8
	198.18.0.10 161 version 3, enterprise 8072, MAC 52:54:00:12:00:0a
	198.18.0.10 69 error 1, File not found
	198.18.0.30 137 name XSCAN, group WORKGROUP
	198.18.0.30 1900 SYSTEM UPnP/1.1 MiniUPnPd
	198.18.0.30 3478 mapped 198.18.0.1, Coturn-N
	198.18.0.30 4500 version 1, no proposal chosen
	198.18.0.30 500 version 1, no proposal chosen
	198.18.0.30 5351 error 3
	198.18.0.30 5353 _workstation._tcp
	198.18.0.40 53 refused, recursion
END
without_versions() {
	sed "s/version [0-9]*\.[0-9.]*$/version N/; s/Coturn-[0-9.]*\( '.*'\)\?$/Coturn-N/
		s,1900 .* UPnP/1.1 MiniUPnPd.*,1900 SYSTEM UPnP/1.1 MiniUPnPd,"
}
ports=7,53,67-70,111,123,137,161,500,1900,3478,4500,5351,5353,5683,11211
for way in "--tx af_packet" "--tx xdp" "--attach tc"; do
	tx=${way##* }
	# shellcheck disable=SC2086 # two words
	scan --budget off $way --udp "$ports" --json "$tmp/json.$tx" --xml "$tmp/xml" 198.18.0.10-60
	exits "$tx: the scan ends with 0" 0
	jq -r 'select(.type == "port" and .protocol == "udp" and .state == "open") |
		"\(.ip) \(.port) \(.proof)"' "$tmp/json.$tx" >"$tmp/found"
	same "$tx: each service is open, by its proof, and nothing else is" "$tmp/expected" "$tmp/found"
	jq -r 'select(.type == "port" and .state == "open") | "\(.ip) \(.port) \(.info)"' "$tmp/json.$tx" |
		without_versions | sort >"$tmp/info"
	same "$tx: each answer tells of its service" "$tmp/told" "$tmp/info"
done
is "rows name port, protocol, state, service and what the answer tells" 1 \
	"$(grep -cx $'198.18.0.40\t53/udp\topen\tdomain\tudp-response\trefused, recursion' "$tmp/out")"
is "XML has it as extra information of the service" 1 "$(grep -c \
	'portid="53">.*<service name="domain" extrainfo="refused, recursion" method="probed" conf="10"/>' \
	"$tmp/xml")"
is "a service without a name in /etc/services has that of its answer" "stun" \
	"$(jq -r 'select(.port == 3478) | .service' "$tmp/json.xdp")"

lab exec scanner nmap -sU -n -Pn -T4 --max-retries 1 -p "$ports" -oG - \
	198.18.0.10 198.18.0.30 198.18.0.40 2>"$tmp/nmap.err" |
	grep -oE 'Host: [0-9.]+|[0-9]+/open/udp' | awk -F'[ /]' '/Host/ { ip = $2; next } { print ip, $1 }' \
	>"$tmp/nmap"
awk '{ print $1, $2 }' "$tmp/found" | sort >"$tmp/ours"
sort "$tmp/nmap" | comm -23 - "$tmp/ours" >"$tmp/more"
same "nmap finds nothing open that xscan does not" /dev/null "$tmp/more"
echo "# open: xscan $(wc -l <"$tmp/ours"), nmap $(wc -l <"$tmp/nmap")"

# With TCP in one scan, and by the names of UDP services.
scan --budget off --tcp 80 --udp domain,ntp 198.18.0.10,198.18.0.40
exits "TCP and UDP in one scan: it ends with 0" 0
cut -f1,2,3 "$tmp/out" | grep open >"$tmp/found"
printf '%s\topen\n' $'198.18.0.10\t80/tcp' $'198.18.0.10\t123/udp' $'198.18.0.40\t53/udp' >"$tmp/expected"
same "TCP and UDP in one scan: both are found" "$tmp/expected" "$tmp/found"

# The whole host drops UDP.
lab exec ssh nft -f - <<<'table ip lab { chain input { type filter hook input priority 0; udp dport 1-65535 drop; }; }'
scan --budget off --udp 1-200 --all --json "$tmp/json" 198.18.0.20
exits "silent ports are no loss" 0
is "they are unanswered" 200 "$(json_ports_of unanswered "$tmp/json" | wc -l)"
is "a closing line tells of them" 1 "$(grep -c '^xscan: 200 UDP ports stayed silent' "$tmp/err")"
sums_close "the sums close" "$tmp/json"
