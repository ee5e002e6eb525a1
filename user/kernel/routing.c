// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * routing.c - ask for one address between two places where routes begin or end.
 *
 * These places come from the lists of all routes, of all tables, and of all rules. The lists say
 * nothing else: which route wins is what the look-up says. A look-up could also tell the prefix that
 * has matched (RTM_F_FIB_MATCH). But that prefix says nothing of longer ones within it, and the
 * answer lacks the source address that the kernel would choose.
 */
#include "routing.h"

#include "netlink.h"
#include "rtnl.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <string.h>
#include <sys/socket.h>

struct asker {
	struct mnl_socket *socket;
	int family;
	const int *via;
	unsigned int n_via;
	int vrf;		   /* of which the tables are; 0: none */
	const struct addr *source; /* NULL: the kernel chooses */
	struct addr first, last;   /* of the targets: cuts elsewhere do not count */
	struct cuts cuts;
	bool by_source; /* routes or rules ask for the source address */
	bool multipath; /* some routes have several next hops */
};

/* Collect the places. */

static int add_cut(struct asker *a, struct addr dst, unsigned int len)
{
	const struct addr first = addr_prefix_first(dst, len), last = addr_prefix_last(dst, len);

	if (addr_less(last, a->first) || addr_less(a->last, first))
		return MNL_CB_OK;
	return cuts_add(&a->cuts, first, last) ? MNL_CB_ERROR : MNL_CB_OK;
}

static unsigned int prefix_len(const struct asker *a, unsigned int len)
{
	return a->family == AF_INET ? ADDR_IP4_PREFIX + len : len;
}

static int on_listed_route(const struct nlmsghdr *nlh, void *ctx)
{
	const struct nlattr *attrs[RTA_MAX + 1] = { 0 };
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct asker *a = ctx;
	struct addr dst;

	/* A kernel without IPv6 answers with the lists of other families. */
	if (rtm->rtm_family != a->family || rtm->rtm_flags & RTM_F_CLONED)
		return MNL_CB_OK;
	mnl_attr_parse(nlh, sizeof(*rtm), rtnl_on_attr, attrs);
	a->by_source |= rtm->rtm_src_len != 0;
	a->multipath |= attrs[RTA_MULTIPATH] != NULL;
	rtnl_addr(attrs[RTA_DST], a->family, &dst);
	return add_cut(a, dst, prefix_len(a, rtm->rtm_dst_len));
}

static int on_rule(const struct nlmsghdr *nlh, void *ctx)
{
	const struct nlattr *attrs[RTA_MAX + 1] = { 0 };
	const struct fib_rule_hdr *rule = mnl_nlmsg_get_payload(nlh);
	struct asker *a = ctx;
	struct addr dst;

	if (rule->family != a->family)
		return MNL_CB_OK;
	mnl_attr_parse(nlh, sizeof(*rule), rtnl_on_attr, attrs);
	a->by_source |= rule->src_len != 0;
	if (!rtnl_addr(attrs[FRA_DST], a->family, &dst))
		return MNL_CB_OK;
	return add_cut(a, dst, prefix_len(a, rule->dst_len));
}

static int list(struct asker *a, uint16_t type, mnl_cb_t on_row)
{
	char buf[256];
	/* Both messages begin with the family and have 12 bytes. */
	struct nlmsghdr *nlh = rtnl_request(buf, type, NLM_F_DUMP, sizeof(struct rtmsg));
	struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);

	rtm->rtm_family = (uint8_t)a->family;
	return netlink_ask(NETLINK_ROUTE, nlh, on_row, a);
}

static int collect(void *ctx)
{
	struct asker *a = ctx;
	int code;

	a->cuts.n = 0; /* of a list that was interrupted */
	code = list(a, RTM_GETROUTE, on_listed_route);
	if (code)
		return code;
	code = list(a, RTM_GETRULE, on_rule);
	return code == -EOPNOTSUPP ? 0 : code; /* a kernel without rules */
}

/* Look up one address. */

/* The answer to RTM_GETROUTE. */
struct answer {
	int family;
	struct route route;
	int ifindex;	     /* of on_hops: by this interface, */
	struct addr gateway; /* not this one */
};

static enum route_kind kind_of(const struct rtmsg *rtm)
{
	switch (rtm->rtm_type) {
	case RTN_UNICAST:
		return ROUTE_OUT;
	case RTN_LOCAL:
		return ROUTE_SELF;
	case RTN_BROADCAST:
	case RTN_MULTICAST:
	case RTN_ANYCAST:
		return ROUTE_NO_HOST;
	default:
		return ROUTE_NONE;
	}
}

static bool read_gateway(const struct nlattr *attrs[], int family, struct addr *out)
{
	return rtnl_addr(attrs[RTA_GATEWAY], family, out) || rtnl_via(attrs[RTA_VIA], out);
}

/* Read one of several next hops. */
static void add_hop(struct answer *answer, const struct rtnexthop *hop, const void *end)
{
	const char *at = (const char *)RTNH_DATA(hop), *behind = (const char *)hop + hop->rtnh_len;
	const struct nlattr *attrs[RTA_MAX + 1] = { 0 };
	struct hops *to = &answer->route.others;

	if (behind > (const char *)end || hop->rtnh_flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN) ||
	    hop->rtnh_ifindex != answer->ifindex || to->n == HOPS_MAX)
		return;
	mnl_attr_parse_payload(at, (size_t)(behind - at), rtnl_on_attr, attrs);
	if (read_gateway(attrs, answer->family, &to->v[to->n]) &&
	    !addr_equal(to->v[to->n], answer->gateway))
		to->n++;
}

/* Read the next hops besides the one that the kernel has chosen. */
static int on_hops(const struct nlmsghdr *nlh, void *ctx)
{
	const struct nlattr *attrs[RTA_MAX + 1] = { 0 };
	const struct nlattr *list;
	const struct rtnexthop *hop;
	const char *end;

	mnl_attr_parse(nlh, sizeof(struct rtmsg), rtnl_on_attr, attrs);
	list = attrs[RTA_MULTIPATH];
	if (!list)
		return MNL_CB_STOP;
	end = (const char *)mnl_attr_get_payload(list) + mnl_attr_get_payload_len(list);
	for (hop = mnl_attr_get_payload(list);
	     (const char *)(hop + 1) <= end && hop->rtnh_len >= sizeof(*hop); hop = RTNH_NEXT(hop))
		add_hop(ctx, hop, end);
	return MNL_CB_STOP;
}

static int on_route(const struct nlmsghdr *nlh, void *ctx)
{
	const struct nlattr *attrs[RTA_MAX + 1] = { 0 };
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct answer *answer = ctx;
	struct route *out = &answer->route;

	mnl_attr_parse(nlh, sizeof(*rtm), rtnl_on_attr, attrs);
	out->kind = kind_of(rtm);
	if (out->kind != ROUTE_OUT)
		return MNL_CB_STOP;
	if (!attrs[RTA_OIF] && !attrs[RTA_MULTIPATH]) {
		out->kind = ROUTE_NONE;
		return MNL_CB_STOP;
	}
	if (attrs[RTA_OIF])
		out->ifindex = (int)mnl_attr_get_u32(attrs[RTA_OIF]);
	if (read_gateway(attrs, answer->family, &out->gateway))
		out->hop = BY_GATEWAY;
	rtnl_addr(attrs[RTA_PREFSRC], answer->family, &out->source);
	return MNL_CB_STOP;
}

/* What the kernel says if there is no route, or one that refuses. */
static bool is_refusal(int code)
{
	return code == -ENETUNREACH || code == -EHOSTUNREACH || code == -EACCES ||
	       code == -EINVAL || code == -EOPNOTSUPP || code == -EAFNOSUPPORT;
}

/* `ifindex` 0: by any interface, or any of the VRF; `source` NULL: the kernel chooses. Flags: RTM_F_... */
static int request(const struct asker *a, struct addr addr, int ifindex, const struct addr *source,
		   unsigned int flags, mnl_cb_t on_answer, struct answer *answer)
{
	const uint8_t bits = a->family == AF_INET ? 32 : 128;
	char buf[256];
	struct nlmsghdr *nlh = rtnl_request(buf, RTM_GETROUTE, 0, sizeof(struct rtmsg));
	struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);

	rtm->rtm_family = (uint8_t)a->family;
	rtm->rtm_dst_len = bits;
	rtm->rtm_flags = flags;
	rtnl_put_addr(nlh, RTA_DST, addr);
	if (ifindex || a->vrf)
		mnl_attr_put_u32(nlh, RTA_OIF, (uint32_t)(ifindex ?: a->vrf));
	if (source) {
		rtm->rtm_src_len = bits;
		rtnl_put_addr(nlh, RTA_SRC, *source);
	}
	return netlink_ask_on(a->socket, nlh, on_answer, answer);
}

static int look_up(const struct asker *a, struct addr addr, int ifindex, const struct addr *source,
		   unsigned int flags, struct route *out)
{
	struct answer answer = { .family = a->family };
	const int code = request(a, addr, ifindex, source, flags, on_route, &answer);

	*out = answer.route;
	if (is_refusal(code))
		*out = (struct route){ .kind = ROUTE_NONE };
	return is_refusal(code) ? 0 : code;
}

/* Ask for the further next hops of a route that was found. An error: then it has none. */
static void look_up_hops(const struct asker *a, struct addr addr, int ifindex,
			 const struct addr *source, struct route *route)
{
	struct answer answer = {
		.family = a->family,
		.ifindex = route->ifindex,
		.gateway = route->gateway,
	};

	if (!a->multipath || route->kind != ROUTE_OUT || route->hop != BY_GATEWAY)
		return;
	if (!request(a, addr, ifindex, source, RTM_F_FIB_MATCH, on_hops, &answer))
		route->others = answer.route.others;
}

static bool has_source(const struct route *route)
{
	return route->source.hi || (uint32_t)route->source.lo;
}

/*
 * The way of a packet to `addr`. As for a connection, the source address is chosen first, and then
 * rules and routes may ask for it. IPv6 with a source address may leave by any interface.
 */
static int find_by(const struct asker *a, struct addr addr, int ifindex, struct route *out)
{
	const bool may_ask = a->family == AF_INET || !ifindex;
	const struct addr *given = may_ask ? a->source : NULL;
	struct addr source;
	int code;

	/* IPv4 takes an address without a route for one on the link, if the interface is given. */
	if (ifindex && a->family == AF_INET) {
		code = look_up(a, addr, ifindex, given, RTM_F_FIB_MATCH, out);
		if (code || out->kind != ROUTE_OUT)
			return code;
	}
	code = look_up(a, addr, ifindex, given, 0, out);
	source = a->source ? *a->source : out->source;
	if (!code && out->kind == ROUTE_OUT && !given && may_ask && a->by_source && has_source(out))
		code = look_up(a, addr, ifindex, &source, 0, out);
	if (out->kind == ROUTE_OUT)
		out->source = source;
	if (!code && ifindex && out->kind == ROUTE_OUT && out->ifindex != ifindex)
		out->kind = ROUTE_NONE;
	if (!code)
		look_up_hops(a, addr, ifindex, may_ask && has_source(out) ? &source : NULL, out);
	return code;
}

static bool is_via(const struct asker *a, int ifindex)
{
	unsigned int i;

	for (i = 0; i < a->n_via; i++)
		if (a->via[i] == ifindex)
			return true;
	return false;
}

static int find(const struct asker *a, struct addr addr, struct route *out)
{
	unsigned int i;
	int code = 0;

	if (a->n_via != 1) {
		code = find_by(a, addr, 0, out);
		if (code || !a->n_via || out->kind == ROUTE_SELF ||
		    (out->kind == ROUTE_OUT && is_via(a, out->ifindex)))
			return code;
	}
	for (i = 0; i < a->n_via; i++) {
		code = find_by(a, addr, a->via[i], out);
		if (code || out->kind != ROUTE_NONE)
			return code;
	}
	return 0;
}

/* A routes_ask: ctx is an asker. */
static int ask(void *ctx, struct addr addr, struct route *out, struct err *err)
{
	char text[ADDR_TEXT];
	int code = find(ctx, addr, out);

	return code ? err_set(err, code, "%s: cannot look up the route: %s", addr_text(addr, text),
			      strerror(-code))
		    : 0;
}

int routing_find(const struct ranges *targets, const int *via, unsigned int n_via, int vrf,
		 const struct addr *source, struct routes *out, struct err *err)
{
	struct asker a = { .via = via, .n_via = n_via, .vrf = vrf, .source = source };
	int code;

	if (!targets->n)
		return 0;
	a.first = targets->v[0].first;
	a.last = targets->v[targets->n - 1].last;
	a.family = addr_is_ip4(a.first) ? AF_INET : AF_INET6;
	code = netlink_retry(collect, &a);
	if (code) {
		cuts_free(&a.cuts);
		return err_set(err, code, "cannot read the routes: %s",
			       code == -EINTR ? "they change all the time: try again"
					      : strerror(-code));
	}
	cuts_settle(&a.cuts);
	a.socket = netlink_open(NETLINK_ROUTE);
	if (a.socket)
		code = routes_walk(out, targets, &a.cuts, ask, &a, err);
	else
		code = err_set(err, -errno, "cannot ask for routes: %s", strerror(errno));
	if (a.socket)
		mnl_socket_close(a.socket);
	cuts_free(&a.cuts);
	return code;
}
