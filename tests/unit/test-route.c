// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-route.c - lists that change while they are read. route.c is compiled into this test, with a
 * kernel that interrupts as many dumps as a test wants.
 */
#include "route.h"
#include "routing.h"

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
	uint8_t family; /* that it was asked for: the first byte of each question */
	uint16_t type;
	unsigned int interruptions;
	unsigned int dumps;
	unsigned int look_ups;
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
	kernel.family = *(const uint8_t *)mnl_nlmsg_get_payload(request);
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
	const bool ip4 = kernel.family == AF_INET;
	struct in6_addr ip6 = { .s6_addr = { 0x20, 1, 0x0d, 0xb8, [7] = (uint8_t)i } };
	uint32_t addr = htonl(0xc6120000 + (i << 8) + !routes);
	struct ifaddrmsg *ifa;
	struct rtmsg *rtm;

	ip6.s6_addr[15] = !routes;
	if (routes) {
		rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
		rtm->rtm_family = kernel.family;
		rtm->rtm_table = RT_TABLE_MAIN;
		rtm->rtm_type = RTN_UNICAST;
		rtm->rtm_dst_len = ip4 ? 24 : 64;
	} else {
		ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
		ifa->ifa_family = kernel.family;
		ifa->ifa_index = INDEX;
		ifa->ifa_prefixlen = ip4 ? 24 : 64;
	}
	mnl_attr_put(nlh, routes ? RTA_DST : IFA_ADDRESS, ip4 ? 4 : 16,
		     ip4 ? (void *)&addr : (void *)&ip6);
	if (routes)
		mnl_attr_put_u32(nlh, RTA_OIF, INDEX);
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
	if (kernel.asked.nlmsg_type == RTM_GETROUTE && !(kernel.asked.nlmsg_flags & NLM_F_DUMP)) {
		/* Each look-up finds another way. */
		add_row(buf, &len, 0);
		nlh = (struct nlmsghdr *)buf;
		nlh->nlmsg_flags = 0;
		*(uint32_t *)mnl_attr_get_payload(mnl_nlmsg_get_payload_tail(nlh) -
						  MNL_ALIGN(sizeof(struct nlattr) + 4)) =
			++kernel.look_ups;
		return (ssize_t)len;
	}
	for (i = 0; i < ROWS && kernel.asked.nlmsg_type != RTM_GETRULE; i++)
		add_row(buf, &len, i);
	nlh = add(buf, &len, NLMSG_DONE);
	mnl_nlmsg_put_extra_header(nlh, sizeof(int));
	if (kernel.asked.nlmsg_type == kernel.type) { /* a dump */
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
#include "routing.c"
#include "rtnl.c"

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
	assert_int_equal(iface.n_addrs, 2 * ROWS);
	for (i = 0; i < ROWS; i++) {
		const struct addr ip6 = { 0x20010db800000000 + i, 0 };

		assert_true(addr_equal(iface.addrs[i].addr, addr_ip4(0xc6120001 + (i << 8))));
		assert_true(addr_equal(iface.addrs[ROWS + i].addr, addr_add(ip6, 1)));
	}
	route_iface_free(&iface);
	return 0;
}

/* The routes of 198.18.0.0/22: each of its networks of 256 addresses is asked for once. */
static int find_interrupted(unsigned int interruptions, struct err *err)
{
	struct ranges targets = { 0 };
	struct routes routes = { 0 };
	unsigned int i;
	int code;

	kernel.type = RTM_GETROUTE;
	kernel.interruptions = interruptions;
	kernel.dumps = kernel.look_ups = 0;
	assert_int_equal(ranges_add(&targets, addr_ip4(0xc6120000), addr_ip4(0xc61203ff)), 0);
	ranges_settle(&targets);
	code = routing_find(&targets, NULL, 0, 0, NULL, &routes, err);
	assert_int_equal(kernel.look_ups, code ? 0 : ROWS + 1);
	assert_int_equal(routes.n, code ? 0 : ROWS + 1);
	for (i = 0; i < routes.n; i++) {
		assert_int_equal(routes.v[i].kind, ROUTE_OUT);
		assert_int_equal(routes.v[i].hop, ON_LINK);
		assert_int_equal(routes.v[i].ifindex, i + 1);
		assert_true(addr_equal(routes.v[i].first, addr_ip4(0xc6120000 + (i << 8))));
		assert_true(addr_equal(routes.v[i].last, addr_ip4(0xc61200ff + (i << 8))));
	}
	routes_free(&routes);
	ranges_free(&targets);
	return code;
}

/* Law: each address and each route is there once, however often the dump was interrupted. */
static void interrupted_dumps_are_read_again(void **state)
{
	unsigned int n;
	struct err err;

	(void)state;
	for (n = 0; n < 3; n++) {
		assert_int_equal(read_interrupted(RTM_GETADDR, n, &err), 0);
		assert_int_equal(kernel.dumps, n + 2); /* one for each family */
		assert_int_equal(find_interrupted(n, &err), 0);
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
	assert_int_equal(find_interrupted(1000, &err), -EINTR);
	assert_int_equal(kernel.dumps, 3);
	assert_string_equal(err.text,
			    "cannot read the routes: they change all the time: try again");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interrupted_dumps_are_read_again),
		cmocka_unit_test(but_not_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
