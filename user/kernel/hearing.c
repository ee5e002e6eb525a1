// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hearing.c - AF_PACKET with a filter. */
#include "hearing.h"

#include "net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Thousands of hosts answer one question at the same moment. */
enum { BUFFER = 4 << 20 };

/* Where things are in a frame without VLAN tag. */
enum {
	AT_TYPE = 12,
	AT_IP4 = 14,
	AT_FRAGMENT = 20, /* IPv4 */
	AT_PROTOCOL = 23,
	AT_NEXT = 20, /* IPv6 */
	AT_BEHIND_IP = 54,
	AT_PORT = 56,
	AT_BEHIND_OPTIONS = 62,
};

#define LOAD_BYTE(at) BPF_STMT(BPF_LD | BPF_B | BPF_ABS, at)
#define LOAD_HALF(at) BPF_STMT(BPF_LD | BPF_H | BPF_ABS, at)
#define TAKE	      BPF_STMT(BPF_RET | BPF_K, 0x40000)
#define LEAVE	      BPF_STMT(BPF_RET | BPF_K, 0)
/* Go on if the loaded value is this one, else skip so many instructions. */
#define ELSE_SKIP(value, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, n)
#define TAKE_IF(value)	    ELSE_SKIP(value, 1), TAKE

/*
 * What link_answers_read reads: ARP; mDNS and DHCP over IPv4; over IPv6 these too, and ICMPv6, at once
 * or behind hop-by-hop options of 8 bytes.
 */
static struct sock_filter filter[] = {
	LOAD_HALF(AT_TYPE),
	TAKE_IF(ETH_P_ARP),
	ELSE_SKIP(ETH_P_IP, 13),
	LOAD_BYTE(AT_PROTOCOL),
	ELSE_SKIP(IPPROTO_UDP, 10),
	LOAD_HALF(AT_FRAGMENT),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x3fff, 8, 0),
	BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, AT_IP4),
	BPF_STMT(BPF_LD | BPF_H | BPF_IND, AT_IP4 + 2), /* the port it goes to */
	TAKE_IF(67),
	TAKE_IF(68),
	TAKE_IF(5353),
	LEAVE,
	ELSE_SKIP(ETH_P_IPV6, 8),
	LOAD_BYTE(AT_NEXT),
	ELSE_SKIP(IPPROTO_UDP, 7),
	LOAD_HALF(AT_PORT),
	TAKE_IF(547),
	TAKE_IF(5353),
	LEAVE,
	LEAVE,
	LOAD_BYTE(AT_NEXT),
	ELSE_SKIP(NET_PROTO_ICMP6, 18),
	LOAD_BYTE(AT_BEHIND_IP),
	TAKE_IF(4),   /* parameter problem */
	TAKE_IF(129), /* echo reply */
	TAKE_IF(131), /* report of groups */
	TAKE_IF(133), /* router solicitation */
	TAKE_IF(134), /* router advertisement */
	TAKE_IF(135), /* neighbour solicitation */
	TAKE_IF(136), /* neighbour advertisement */
	TAKE_IF(143), /* report of groups, version 2 */
	LEAVE,
	ELSE_SKIP(0, 7),
	LOAD_BYTE(AT_BEHIND_IP),
	ELSE_SKIP(NET_PROTO_ICMP6, 5),
	LOAD_BYTE(AT_BEHIND_OPTIONS),
	TAKE_IF(131),
	TAKE_IF(143),
	LEAVE,
};

/* Set up the filter before binding, so that no other packet gets in. */
static int set_up(int fd, const struct iface *iface, bool all)
{
	const struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]), filter };
	const struct packet_mreq groups = { .mr_ifindex = iface->index,
					    .mr_type = PACKET_MR_ALLMULTI };
	const struct sockaddr_ll addr = { .sll_family = AF_PACKET,
					  .sll_protocol = htons(all ? ETH_P_ALL : ETH_P_IPV6),
					  .sll_ifindex = iface->index };
	const int size = BUFFER, yes = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof(yes)))
		return -errno;
	/* A smaller buffer does too. */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &groups, sizeof(groups)))
		return -errno;
	return 0;
}

int hearing_open(const struct iface *iface, bool all, struct err *err)
{
	const int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	const int code = fd < 0 ? -errno : set_up(fd, iface, all);

	if (!code)
		return fd;
	if (fd >= 0)
		close(fd);
	return err_set(err, code, "%s: cannot hear who is on the link: %s", iface->name,
		       strerror(-code));
}

size_t hearing_read(int fd, uint8_t *frame, size_t size)
{
	const ssize_t len = recv(fd, frame, size, 0);

	return len > 0 ? (size_t)len : 0;
}

int hearing_send(int fd, const uint8_t *frame, size_t len)
{
	return send(fd, frame, len, 0) < 0 ? -errno : 0;
}

uint32_t hearing_lost(int fd)
{
	struct tpacket_stats stats;
	socklen_t len = sizeof(stats);

	if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len))
		return 0;
	return stats.tp_drops;
}
