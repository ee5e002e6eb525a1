// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* drop_counters.c - qdisc, interface, CPUs. */
#include "drop_counters.h"

#include "netlink.h"

#include <fcntl.h>
#include <linux/gen_stats.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <unistd.h>

enum { SOFTNET_MAX = 65536 }; /* 700 CPUs */

void drop_counters_open(struct drop_counters *c, const struct iface *ifaces, unsigned int n)
{
	for (c->n = 0; c->n < n; c->n++)
		if (link_stats_open(&c->interfaces[c->n], ifaces[c->n].index))
			link_stats_close(&c->interfaces[c->n]);
	c->softnet_fd = open("/proc/net/softnet_stat", O_RDONLY | O_CLOEXEC);
}

void drop_counters_close(struct drop_counters *c)
{
	while (c->n)
		link_stats_close(&c->interfaces[--c->n]);
	if (c->softnet_fd >= 0)
		close(c->softnet_fd);
	c->softnet_fd = -1;
}

static void add(struct drops *d, unsigned int place, uint64_t value)
{
	drops_set(d, place, drops_get(d, place) + value);
}

struct look {
	int ifindex;
	struct drops *drops;
};

static void take_queue(struct drops *d, const struct nlattr *attr)
{
	struct gnet_stats_queue queue = { 0 };
	const size_t len = mnl_attr_get_payload_len(attr);

	memcpy(&queue, mnl_attr_get_payload(attr), len < sizeof(queue) ? len : sizeof(queue));
	add(d, DROPS_qdisc_dropped, queue.drops);
	add(d, DROPS_qdisc_requeued, queue.requeues);
}

/* The root of the interface has counted what all below it dropped. */
static int on_qdisc(const struct nlmsghdr *nlh, void *ctx)
{
	const struct tcmsg *tcm = mnl_nlmsg_get_payload(nlh);
	const struct look *look = ctx;
	const struct nlattr *attr, *inner;

	if (tcm->tcm_ifindex != look->ifindex || tcm->tcm_parent != TC_H_ROOT)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*tcm))
	{
		if (mnl_attr_get_type(attr) != TCA_STATS2)
			continue;
		mnl_attr_for_each_nested(inner, attr)
		{
			if (mnl_attr_get_type(inner) == TCA_STATS_QUEUE)
				take_queue(look->drops, inner);
		}
	}
	return MNL_CB_OK;
}

static void read_qdisc(int ifindex, struct drops *out)
{
	char buf[256] = { 0 };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct look look = { ifindex, out };
	struct tcmsg *tcm;

	nlh->nlmsg_type = RTM_GETQDISC;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	tcm = mnl_nlmsg_put_extra_header(nlh, sizeof(*tcm));
	tcm->tcm_ifindex = ifindex;
	netlink_ask(NETLINK_ROUTE, nlh, on_qdisc, &look);
}

static void read_interface(const struct link_stats_reader *r, struct drops *out)
{
	struct link_stats stats;

	if (!r->socket || link_stats_read(r, &stats))
		return;
	add(out, DROPS_interface_tx_dropped, stats.tx_dropped);
	add(out, DROPS_interface_tx_errors, stats.tx_errors);
	add(out, DROPS_interface_rx_dropped, stats.rx_dropped);
	add(out, DROPS_interface_rx_errors, stats.rx_errors);
}

static void read_softnet(int fd, struct drops *out)
{
	char text[SOFTNET_MAX];
	ssize_t len = fd < 0 ? -1 : pread(fd, text, sizeof(text) - 1, 0);

	if (len <= 0)
		return;
	text[len] = '\0';
	drops_read_softnet(out, text);
}

void drop_counters_read(const struct drop_counters *c, struct drops *out)
{
	unsigned int i;

	*out = (struct drops){ 0 };
	for (i = 0; i < c->n; i++) {
		read_qdisc(c->interfaces[i].ifindex, out);
		read_interface(&c->interfaces[i], out);
	}
	read_softnet(c->softnet_fd, out);
}
