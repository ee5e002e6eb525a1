#!/bin/bash
# UDP probes that are longer than most: QUIC and RDP want a datagram of 1,200 bytes and more, WS-Discovery wants XML.
# Servers answer; each sender sends such probes beside short ones, over both families.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need jq nmap perl openssl gtlsserver python3

serve() { # HOST COMMAND...
	tools/lab exec "$1" setsid "${@:2}" >"$tmp/log-$(basename "$2")" 2>&1 </dev/null &
	disown
}

lab up
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=xscan \
	-keyout "$tmp/key" -out "$tmp/cert" 2>"$tmp/openssl"
serve web gtlsserver -q '*' 443 "$tmp/key" "$tmp/cert"
# What MS-RDPEUDP asks of a server: to a SYN of full length, SYN and ACK with its sequence number. There is no free
# server of that kind. Port 3390 sends back what came.
cat >"$tmp/rdp.pl" <<-'END'
	use IO::Socket::IP; use IO::Select;
	my @s = map { IO::Socket::IP->new(Proto => "udp", LocalHost => "::", LocalPort => $_, V6Only => 0) or die } 3389, 3390;
	for (;;) { for my $s (IO::Select->new(@s)->can_read) {
		my $from = recv($s, my $d, 2048, 0);
		if ($s->sockport == 3390) { send($s, $d, 0, $from); next }
		my ($ack, $window, $flags, $number) = unpack("NnnN", $d);
		next unless length($d) == 1232 && $flags == 1 && $ack == 0xffffffff && $d =~ /\0{1216}\z/;
		send($s, pack("NnnNnn", $number, 64, 5, 7, 1232, 1232), 0, $from);
	} }
END
serve ssh perl "$tmp/rdp.pl"
# A device of WS-Discovery: to a probe that is right by the letter it tells of itself, once for each message.
cat >"$tmp/wsd.py" <<-'END'
	import socket, xml.etree.ElementTree as tree
	soap, wsa = "{http://www.w3.org/2003/05/soap-envelope}", "{http://schemas.xmlsoap.org/ws/2004/08/addressing}"
	wsd = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
	s, seen = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM), set()
	s.bind(("::", 3702))
	while True:
	    data, peer = s.recvfrom(2048)
	    try:
	        root = tree.fromstring(data.decode())
	    except (tree.ParseError, UnicodeDecodeError):
	        continue
	    head = {e.tag: e.text for e in root.find(soap + "Header")}
	    name = head[wsa + "MessageID"]
	    if root.tag != soap + "Envelope" or root.find(soap + "Body")[0].tag != "{%s}Probe" % wsd or name in seen:
	        continue
	    if head[wsa + "To"] != "urn:schemas-xmlsoap-org:ws:2005:04:discovery" or head[wsa + "Action"] != wsd + "/Probe":
	        continue
	    seen.add(name)
	    s.sendto(b'<?xml version="1.0"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope">...', peer)
END
serve redis python3 "$tmp/wsd.py"
deadline=$((SECONDS + 20))
for place in web:443 ssh:3390 redis:3702; do
	until lab exec "${place%:*}" ss -Hlun "sport = :${place#*:}" | grep -q . || [ "$SECONDS" -ge "$deadline" ]; do
		sleep 0.05
	done
done

cat >"$tmp/expected4" <<-END
	198.18.0.10 443 number version 1
	198.18.0.20 3389 number null
	198.18.0.20 3390 port null
	198.18.0.30 3702 port null
	198.18.0.40 53 number refused, recursion
END
while read -r ip rest; do
	printf '2001:db8::c612:%x %s\n' "${ip##*.}" "$rest"
done <"$tmp/expected4" >"$tmp/expected6"
for way in "4 --tx af_packet" "6 --tx af_packet" "4 --tx xdp" "6 --tx xdp" "4 --attach tc" "6 --attach generic"; do
	family=${way%% *}
	mapfile -t targets < <(cut -d ' ' -f 1 "$tmp/expected$family" | uniq)
	# shellcheck disable=SC2086 # two words
	scan --budget off ${way#* } --udp 7,53,67,443,500,3389,3390,3702 --json "$tmp/json" "${targets[@]}"
	exits "IPv$way: ends with 0" 0
	# The drafts that the server speaks depend on its version.
	jq -r 'select(.type == "port" and .state == "open") | "\(.ip) \(.port) \(.proof) \(.info)"' "$tmp/json" |
		sed 's/ number .*version 1\>.*/ number version 1/' >"$tmp/found"
	same "IPv$way: each service is open, by its proof, and nothing else is" "$tmp/expected$family" "$tmp/found"
done
lab exec scanner nmap -sU -n -Pn -p 443,3389 -oG - 198.18.0.10 198.18.0.20 2>"$tmp/nmap" |
	grep -oE 'Host: [0-9.]+|[0-9]+/open/udp' | paste -sd' ' | sed 's/^/# nmap: /'

# The number of the question comes back with two bytes changed.
lab exec web nft -f - <<-END
	table ip lab {
		chain output { type filter hook output priority 0; udp sport 443 @th,112,16 set 0x5a5a; }
	}
END
scan --budget off --udp 443 --all --retries 1 --json "$tmp/json" 198.18.0.10
is "QUIC with another connection id opens nothing" "unanswered true" "$(
	jq -r 'select(.type == "port") | .state' "$tmp/json") $([ "$(summary "$tmp/json" rejected)" -gt 0 ] && echo true)"

# Frames of this length do not fit everywhere.
lab exec scanner ip link set eth0 mtu 1200
scan --udp 443 198.18.0.10
exits "a link with a small MTU: refused" 1
is "a link with a small MTU: one line says why" "xscan: eth0: its MTU of 1200 bytes is too small for the probe of UDP \
port 443, 1228 bytes: leave the port out, or raise the MTU" "$(cat "$tmp/err")"
