// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-route.c - lists that change while they are read. route.c is compiled into this test, with a
 * kernel that interrupts as many dumps as a test wants.
 */
#include "route.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

enum { INDEX = 7, ROWS = 3 };

/* The kernel: what it was asked last, and how many dumps of this type it is still to interrupt. */
static struct {
	struct nlmsghdr asked;
	uint16_t type;
	unsigned int interruptions;
	unsigned int dumps;
} kernel;

static struct mnl_socket *fake_open(int protocol, int flags)
{
	(void)flags;
	assert_int_equal(protocol, NETLINK_ROUTE);
	return (struct mnl_socket *)&kernel;
}

static int fake_bind(struct mnl_socket *nl, unsigned int groups, pid_t pid)
{
	(void)nl, (void)groups, (void)pid;
	return 0;
}

static unsigned int fake_port(const struct mnl_socket *nl)
{
	(void)nl;
	return 0;
}

static ssize_t fake_send(const struct mnl_socket *nl, const void *request, size_t len)
{
	(void)nl;
	memcpy(&kernel.asked, request, sizeof(kernel.asked));
	return (ssize_t)len;
}

static struct nlmsghdr *add(char *buf, size_t *len, uint16_t type)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf + *len);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_MULTI;
	nlh->nlmsg_seq = kernel.asked.nlmsg_seq;
	return nlh;
}

static void add_row(char *buf, size_t *len, uint32_t i)
{
	bool routes = kernel.asked.nlmsg_type == RTM_GETROUTE;
	struct nlmsghdr *nlh = add(buf, len, routes ? RTM_NEWROUTE : RTM_NEWADDR);
	struct ifaddrmsg *ifa;
	struct rtmsg *rtm;

	if (routes) {
		rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
		rtm->rtm_table = RT_TABLE_MAIN;
		rtm->rtm_type = RTN_UNICAST;
		rtm->rtm_dst_len = 24;
		mnl_attr_put_u32(nlh, RTA_DST, htonl(0xc6120000 + (i << 8)));
		mnl_attr_put_u32(nlh, RTA_OIF, INDEX);
	} else {
		ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
		ifa->ifa_index = INDEX;
		ifa->ifa_prefixlen = 24;
		mnl_attr_put_u32(nlh, IFA_ADDRESS, htonl(0xc6120001 + (i << 8)));
	}
	*len += NLMSG_ALIGN(nlh->nlmsg_len);
}

static ssize_t fake_receive(const struct mnl_socket *nl, void *buf, size_t size)
{
	struct ifinfomsg *ifi;
	struct nlmsghdr *nlh;
	size_t len = 0;
	uint32_t i;

	(void)nl;
	memset(buf, 0, size);
	if (kernel.asked.nlmsg_type == RTM_GETLINK) {
		nlh = add(buf, &len, RTM_NEWLINK);
		ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
		ifi->ifi_index = INDEX;
		ifi->ifi_type = ARPHRD_ETHER;
		ifi->ifi_flags = IFF_UP | IFF_RUNNING;
		return nlh->nlmsg_len;
	}
	for (i = 0; i < ROWS; i++)
		add_row(buf, &len, i);
	nlh = add(buf, &len, NLMSG_DONE);
	mnl_nlmsg_put_extra_header(nlh, sizeof(int));
	if (kernel.asked.nlmsg_type == kernel.type) {
		kernel.dumps++;
		if (kernel.interruptions) {
			kernel.interruptions--;
			nlh->nlmsg_flags |= NLM_F_DUMP_INTR;
		}
	}
	return (ssize_t)(len + nlh->nlmsg_len);
}

static int fake_close(struct mnl_socket *nl)
{
	(void)nl;
	return 0;
}

static unsigned int fake_index(const char *name)
{
	(void)name;
	return INDEX;
}

#define mnl_socket_open2      fake_open
#define mnl_socket_bind	      fake_bind
#define mnl_socket_get_portid fake_port
#define mnl_socket_sendto     fake_send
#define mnl_socket_recvfrom   fake_receive
#define mnl_socket_close      fake_close
#define if_nametoindex	      fake_index
#include "netlink.c"
#include "route.c"

static int read_interrupted(uint16_t type, unsigned int interruptions, struct err *err)
{
	struct iface iface;
	size_t i;
	int code;

	kernel.type = type;
	kernel.interruptions = interruptions;
	kernel.dumps = 0;
	code = route_iface_read("eth0", &iface, err);
	if (code)
		return code;
	assert_int_equal(iface.n_addrs, ROWS);
	assert_int_equal(iface.n_routes, ROWS);
	for (i = 0; i < ROWS; i++) {
		assert_int_equal(addr_to_ip4(iface.addrs[i].addr), 0xc6120001 + (i << 8));
		assert_int_equal(addr_to_ip4(iface.routes[i].dst), 0xc6120000 + (i << 8));
	}
	route_iface_free(&iface);
	return 0;
}

/* Law: each address and each route is there once, however often the dump was interrupted. */
static void interrupted_dumps_are_read_again(void **state)
{
	static const uint16_t types[] = { RTM_GETADDR, RTM_GETROUTE };
	unsigned int i, n;
	struct err err;

	(void)state;
	for (i = 0; i < 2; i++)
		for (n = 0; n < 3; n++) {
			assert_int_equal(read_interrupted(types[i], n, &err), 0);
			assert_int_equal(kernel.dumps, n + 1);
		}
}

static void but_not_for_ever(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(read_interrupted(RTM_GETADDR, 1000, &err), -EINTR);
	assert_int_equal(kernel.dumps, 3);
	assert_string_equal(err.text,
			    "eth0: cannot read its addresses: they change all the time: try again");
	assert_int_equal(read_interrupted(RTM_GETROUTE, 1000, &err), -EINTR);
	assert_string_equal(err.text,
			    "eth0: cannot read its routes: they change all the time: try again");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interrupted_dumps_are_read_again),
		cmocka_unit_test(but_not_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
