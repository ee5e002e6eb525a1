// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * tun-host.c - for tests: hosts behind a tun or tap device. For any address of either family, port
 * 3n is open, 3n + 1 is closed, 3n + 2 answers with an ICMP error. On tap there are Ethernet and
 * ARP, and all but the first bytes of an answer reach the kernel as a fragment of the packet, as
 * from drivers that receive into pages.
 *
 *	tun-host NAME tun|tap		make the device; ends when it is killed
 *
 * Prints "ready", and "reset PORT" for each right RST to one of its SYN-ACKs.
 */
#include "reply.h"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

enum { ETH = sizeof(struct net_eth), CODE = 13, CODE6 = 1 };

struct device {
	int fd;
	bool tap;
	__be32 expected[65536]; /* by port: the number of the RST to come over IPv4; 0: none */
};

static int device_open(const char *name, bool tap)
{
	struct ifreq request = { 0 };
	int fd = open("/dev/net/tun", O_RDWR);

	strncpy(request.ifr_name, name, sizeof(request.ifr_name) - 1);
	request.ifr_flags = IFF_NO_PI | (tap ? IFF_TAP | IFF_NAPI | IFF_NAPI_FRAGS : IFF_TUN);
	return fd < 0 || ioctl(fd, TUNSETIFF, &request) ? -1 : fd;
}

static void send_frame(const struct device *d, const union reply_frame *f, size_t len)
{
	const struct iovec parts[] = {
		{ (void *)f->bytes, ETH },
		{ (void *)(f->bytes + ETH), len - ETH },
	};

	if (writev(d->fd, parts + !d->tap, 1 + d->tap) < 0)
		perror("tun-host: write");
}

/* A checksum over what carries its own comes to 0. */
static bool is_right_reset(const union reply_frame *f, size_t len, __be32 expected)
{
	const struct reply_rst_frame *r = &f->rst;

	return expected && len == sizeof(*r) && r->ip.version_ihl == 0x45 &&
	       net_host16(r->ip.total_len) == len - ETH && r->tcp.flags == NET_TCP_RST &&
	       r->tcp.seq == expected && !csum_fold(csum_add_words(0, &r->ip, 5)) &&
	       !csum_fold(csum_add_words(csum_pseudo_tcp(r->ip.src, r->ip.dst, sizeof(r->tcp)),
					 &r->tcp, 5));
}

static void on_syn(struct device *d, const struct probe_tcp_frame *syn)
{
	__u16 port = net_host16(syn->tcp.dst);
	union reply_frame out;

	switch (port % 3) {
	case 0:
		reply_synack(&out.synack, syn);
		d->expected[port] = out.synack.tcp.ack;
		send_frame(d, &out, sizeof(out.synack));
		break;
	case 1:
		reply_rst(&out.rst, syn);
		send_frame(d, &out, sizeof(out.rst));
		break;
	default:
		reply_icmp(&out.icmp, syn, syn->ip.dst, CODE);
		send_frame(d, &out, sizeof(out.icmp));
	}
}

static void on_syn6(const struct device *d, const struct probe_tcp6_frame *syn)
{
	union {
		union reply_frame frame;
		struct reply_synack6_frame synack;
		struct reply_rst6_frame rst;
		struct reply_icmp6_frame icmp;
	} out;

	switch (net_host16(syn->tcp.dst) % 3) {
	case 0:
		send_frame(d, &out.frame, reply_tcp6_yes(&out, syn));
		break;
	case 1:
		reply_rst6(&out.rst, syn);
		send_frame(d, &out.frame, sizeof(out.rst));
		break;
	default:
		send_frame(d, &out.frame,
			   reply_icmp6(&out.icmp, syn, sizeof(*syn), &syn->ip.dst, CODE6));
	}
}

/* A SYN over IPv6? What else comes, such as reports of groups, is none. */
static bool is_syn6(const union reply_frame *f, size_t len)
{
	const struct probe_tcp6_frame *syn = (const void *)f;

	return len >= sizeof(*syn) && *(const __u8 *)&syn->ip >> 4 == 6 &&
	       syn->ip.next == NET_PROTO_TCP && syn->tcp.flags == NET_TCP_SYN;
}

static void on_frame(struct device *d, const union reply_frame *f, size_t len)
{
	const __u8 mac[6] = { 2, 0, 0, 0, 0, 9 };
	union reply_frame out;
	__u16 port;

	if (d->tap && f->eth.type == net_be16(NET_ETH_ARP) && len >= sizeof(f->arp) &&
	    f->arp.arp.op == net_be16(NET_ARP_REQUEST)) {
		reply_arp(&out.arp, &f->arp, mac);
		send_frame(d, &out, sizeof(out.arp));
	}
	if (!d->tap && is_syn6(f, len)) {
		on_syn6(d, (const void *)f);
		return;
	}
	if ((d->tap && f->eth.type != net_be16(NET_ETH_IP4)) || len < sizeof(f->rst) ||
	    f->tcp.ip.version_ihl != 0x45 || f->tcp.ip.proto != NET_PROTO_TCP)
		return;
	port = net_host16(f->tcp.tcp.dst);
	if (f->tcp.tcp.flags == NET_TCP_SYN) {
		on_syn(d, &f->tcp);
	} else if (is_right_reset(f, len, d->expected[port])) {
		printf("reset %d\n", port);
		d->expected[port] = 0;
	}
}

int main(int argc, char **argv)
{
	static struct device d;
	size_t skip;

	if (argc != 3)
		return 2;
	d.tap = !strcmp(argv[2], "tap");
	d.fd = device_open(argv[1], d.tap);
	if (d.fd < 0) {
		perror("tun-host: /dev/net/tun");
		return 1;
	}
	skip = d.tap ? 0 : ETH;
	setlinebuf(stdout);
	printf("ready\n");
	for (;;) {
		union reply_frame in = { { 0 } };
		ssize_t n = read(d.fd, in.bytes + skip, sizeof(in) - skip);

		if (n < 0)
			return 1;
		on_frame(&d, &in, (size_t)n + skip);
	}
}
