#!/bin/bash
# --listen: who speaks on the link is heard, by ARP, neighbour discovery, mDNS and DHCP, and nothing is sent; then,
# if something is asked for, it is asked.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq nft

lab link-up

# Send frames from h1, one a line: the last byte of the MAC address of the host that it stands for, the
# destination, and what is behind the source address, in hexadecimal digits.
send() {
	lab exec h1 python3 -c '
import socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("eth0", 0))
for line in sys.stdin:
    host, destination, frame = line.split(maxsplit=2)
    s.send(bytes.fromhex(destination) + bytes.fromhex("0200000006" + host) + bytes.fromhex(frame.strip()))'
}
# An IPv4 datagram to a group or to all, from SOURCE (8 digits); the checksum counts for nobody here.
udp4() { # SOURCE DESTINATION-PORT
	echo "0800 4500001c 00000000 ff11 0000 $1 e00000fb $(printf '%04x%04x' "$2" "$2") 0008 0000"
}

begin --listen 4 --iface eth0 --json "$tmp/json"
until [ -e "$tmp/json" ] && grep -q '"type":"start"' "$tmp/json" || [ "$SECONDS" -gt 60 ]; do sleep 0.02; done
before=$(frames)
# h1 asks for an address by ARP, h3 by neighbour solicitation; h5 and h7 speak mDNS, h8 DHCP; h9 tries an address.
{
	echo "01 ffffffffffff 0806 0001 0800 06 04 0001 020000000601 c612000b 000000000000 c61200fa"
	echo "03 3333ff0000fa 86dd 60000000 0018 3a ff fe80000000000000000000fffe000603" \
		"ff0200000000000000000001ff0000fa 8700 0000 00000000 fe8000000000000000000000000000fa"
	echo "05 01005e0000fb $(udp4 c612000f 5353)"
	echo "07 3333000000fb 86dd 60000000 0008 11 ff 20010db8000a00000000000000000005" \
		"ff0200000000000000000000000000fb 14e914e9 0008 0000"
	echo "08 ffffffffffff $(udp4 c6120012 67)"
	echo "09 3333ff0000fb 86dd 60000000 0018 3a ff 00000000000000000000000000000000" \
		"ff0200000000000000000001ff0000fb 8700 0000 00000000 20010db8000b000000000000000000fb"
	# None of these tells of a host: one that tries an IPv4 address, another port, a group as a source.
	echo "0a ffffffffffff 0806 0001 0800 06 04 0001 02000000060a 00000000 000000000000 c61200fc"
	echo "0a 01005e0000fb $(udp4 c61200fd 5354)"
	echo "0a 01005e0000fb $(udp4 e00000fb 5353)"
} | send
after=$(frames)
finish 20
exits "--listen: ends with 0" 0
cat >"$tmp/expected" <<-END
	198.18.0.11 02:00:00:00:06:01 heard
	fe80::ff:fe00:603 02:00:00:00:06:03 heard
	198.18.0.15 02:00:00:00:06:05 heard
	2001:db8:a::5 02:00:00:00:06:07 heard
	198.18.0.18 02:00:00:00:06:08 heard
	2001:db8:b::fb 02:00:00:00:06:09 heard
END
found() {
	jq -r 'select(.type == "host") | "\(.ip) \(.mac) \(.how)"' "$tmp/json"
}
# The kernels of the hosts may speak as well, from their link-local addresses: not wanted, and no error.
lab link-hosts | while read -r mac _; do
	echo "fe80::ff:fe00:6${mac##*:} $mac heard"
done | grep -vxFf "$tmp/expected" >"$tmp/by-themselves"
same "--listen: each sender, its MAC address, and that it was heard" "$tmp/expected" \
	<(found | grep -vxFf "$tmp/by-themselves")
is "--listen: nothing is sent" "$before" "$after"
is "--listen: the closing line counts them" 1 \
	"$(grep -c "^xscan: $(found | wc -l) addresses heard in " "$tmp/err")"
is "--listen: the table has the zone" 1 "$(grep -c '^fe80::ff:fe00:603%eth0' "$tmp/out")"
has_right_keys "--listen: JSON has the right keys" "$tmp/json"

# With a question: it is asked after that, and the sender is heard, not found by chance.
begin --listen 3 --budget off --arp --iface eth0 --json "$tmp/json"
until [ -e "$tmp/json" ] && grep -q '"type":"start"' "$tmp/json" || [ "$SECONDS" -gt 90 ]; do sleep 0.02; done
echo "01 ffffffffffff 0806 0001 0800 06 04 0001 020000000601 c612000b 000000000000 c61200fa" | send
finish 40
exits "--listen --arp: ends with 0" 0
is "--listen --arp: who spoke was heard" heard "$(found | sed -n 's/^198.18.0.11 .* //p')"
is "--listen --arp: the others were asked" "6 25" \
	"$(found | grep -c '^198') $(found | grep -vc '^198')"
sums_close "--listen --arp: the sums of the ledger close" "$tmp/json"

begin --listen 60 --iface eth0
sleep 0.5
kill -INT "$pid"
finish 10
exits "interrupted: ends with 130" 130
scan --listen 1 --iface eth0 --resume "$tmp/state"
exits "--listen --resume: is refused" 2
scan --listen nothing --iface eth0
exits "--listen without a number: is refused" 2
