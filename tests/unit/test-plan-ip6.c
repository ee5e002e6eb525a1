// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-plan-ip6.c - plans over IPv6: of named targets, and of what is found on links. */
#include "world.h"

#include <sys/socket.h>

/* An address of IPv6 with the route of its prefix, on the link or by a gateway. */
static void add_route6(struct world *w, struct addr dst, unsigned int prefix_len,
		       const struct addr *gateway, struct addr source)
{
	assert_in_range(w->n_rows, 0, ROUTES_MAX - 1);
	w->rows[w->n_rows++] = (struct row){
		.dst = dst,
		.len = prefix_len,
		.route = {
			.kind = ROUTE_OUT,
			.ifindex = IFINDEX,
			.hop = gateway ? BY_GATEWAY : ON_LINK,
			.gateway = gateway ? *gateway : dst,
			.source = source,
		},
	};
}

static const struct addr ours6 = { 0x20010db800000000, 1 }, link6 = { 0xfe80ULL << 48, 1 },
			 gateway6 = { 0xfe80ULL << 48, 0xfe };

/* Over both families: 198.18.0.1/24, 2001:db8::1/64 and a link-local gateway. */
static void begin_both(struct world *w)
{
	begin_usual(w);
	w->addrs[w->iface->n_addrs++] = (struct iface_addr){ ours6, ours6, 64, false };
	w->addrs[w->iface->n_addrs++] = (struct iface_addr){ link6, link6, 64, false };
	add_route6(w, (struct addr){ ours6.hi, 0 }, 64, NULL, ours6);
	add_route6(w, (struct addr){ 0, 0 }, 0, &gateway6, ours6);
}

/* Each plan takes the targets of its family; over IPv6 by other kinds of question. */
static void each_family_has_its_plan(void **state)
{
	struct world w;

	(void)state;
	begin_both(&w);
	add_targets(&w, "198.18.0.0/24,2001:db8::0-2001:db8::9,2001:db8:5::/120");
	ask_ports(&w, "22,80");
	assert_true(plan_is_for(&w.config, &w.net, false));
	assert_true(plan_is_for(&w.config, &w.net, true));
	assert_int_equal(plan(&w), 0);
	assert_int_equal(w.plan.hosts, 253);
	assert_int_equal(w.plan.phases[0].kind, PROBE_TCP);
	assert_int_equal(plan_sweep_kind(&w.plan), PROBE_ARP);
	plan_free(&w.plan);

	w.ip6 = true;
	assert_int_equal(plan(&w), 0);
	assert_int_equal(w.plan.hosts, 9 + 256); /* our own is left out, and none for broadcast */
	assert_int_equal(w.plan.self, 1);
	assert_int_equal(w.plan.n_phases, 1);
	assert_int_equal(w.plan.phases[0].kind, PROBE_TCP6);
	assert_int_equal(w.plan.phases[0].each->n, 2);
	assert_int_equal(plan_sweep_kind(&w.plan), PROBE_ND);
	assert_int_equal(w.plan.paths.n, 2);
	assert_true(addr_equal(w.plan.paths.v[1].gateway, gateway6));
	assert_true(addr_equal(w.plan.paths.v[1].source, ours6));
	/* The gateway is asked from our link-local address, which is in its subnet. */
	assert_int_equal(plan_sweep_n(&w.plan), 9 + 1);
	assert_int_equal(w.plan.sweep.n, 2);
	assert_true(ranges_find(&w.plan.sweep.v[0].hosts, gateway6, NULL) !=
		    ranges_find(&w.plan.sweep.v[1].hosts, gateway6, NULL));
	assert_true(addr_equal(
		w.plan.sweep.v[!ranges_find(&w.plan.sweep.v[0].hosts, gateway6, NULL)].source,
		link6));
	end(&w);
}

/* A family whose targets are all excluded is a plan of nothing, if the other has some left. */
static void one_family_may_be_excluded(void **state)
{
	struct world w;

	(void)state;
	begin_both(&w);
	w.ip6 = true;
	add_targets(&w, "198.18.0.9,2001:db8::9");
	assert_int_equal(targets_parse("2001:db8::/32", NULL, &w.config.exclude, &w.err), 0);
	ranges_settle(&w.config.exclude);
	find_routes(&w);
	assert_int_equal(plan_make(&w.plan, &w.config, &w.net, true, &w.err), 0);
	assert_int_equal(w.plan.hosts, 0);
	assert_int_equal(plan_need_targets(&w.plan, 1, &w.config, &w.err), -EDESTADDRREQ);
	end(&w);
}

/* The search for the IPv6 hosts of a link finds something only if not all of IPv6 is excluded. */
static void a_link_may_be_excluded(void **state)
{
	static const struct {
		const char *exclude;
		int code;
	} rows[] = {
		{ "::/0", -EDESTADDRREQ },
		{ "::/1,8000::/1", -EDESTADDRREQ },
		{ "0.0.0.0/0,::/0", -EDESTADDRREQ },
		{ "0.0.0.0/0", 0 },
		{ "::/1", 0 },
	};
	const struct plan plan = { .link = true };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct config config = { .shard = { .n = 1 } };
		struct err err;

		assert_int_equal(targets_parse(rows[i].exclude, NULL, &config.exclude, &err), 0);
		ranges_settle(&config.exclude);
		assert_int_equal(plan_need_targets(&plan, 1, &config, &err), rows[i].code);
		ranges_free(&config.exclude);
	}
}

static void a_path_needs_a_source(void **state)
{
	struct world w;
	size_t i;

	(void)state;
	begin_both(&w);
	w.ip6 = true;
	add_targets(&w, "2001:db8::9");
	for (i = 0; i < w.n_rows; i++)
		w.rows[i].route.source = (struct addr){ 0, 0 };
	assert_int_equal(plan(&w), -EADDRNOTAVAIL);
	assert_string_equal(w.err.text, "eth0: has no IPv6 address to scan from");
	end(&w);
}

static struct addr nth6(struct addr prefix, uint64_t n)
{
	return (struct addr){ prefix.hi, n };
}

static const struct path *path_to(const struct plan *p, struct addr addr)
{
	const struct path *found = NULL;
	size_t i;

	for (i = 0; i < p->paths.n; i++) {
		if (!ranges_find(&p->paths.v[i].hosts, addr, NULL))
			continue;
		assert_null(found);
		found = &p->paths.v[i];
	}
	return found;
}

/* Each found address is asked from ours in its prefix, a foreign one from the link-local address. */
static void found_hosts_are_on_the_link(void **state)
{
	const struct addr foreign = { 0x20010db8000f0000, 9 };
	const struct addr found[] = { nth6(ours6, 7), nth6(link6, 8), foreign };
	const struct addr *sources[] = { &ours6, &link6, &link6 };
	struct ranges candidates = { 0 };
	struct world w;
	size_t i;

	(void)state;
	begin_both(&w);
	ask_ports(&w, "22,80");
	for (i = 0; i < 3; i++)
		ranges_add(&candidates, found[i], found[i]);
	ranges_add(&candidates, ours6, ours6); /* left out */
	ranges_settle(&candidates);
	assert_int_equal(plan_link(&w.plan, &w.config, &w.net, &candidates, &w.err), 0);
	assert_int_equal(w.plan.hosts, 3);
	assert_int_equal(plan_sweep_n(&w.plan), 3);
	assert_int_equal(plan_sweep_kind(&w.plan), PROBE_ND);
	assert_int_equal(w.plan.phases[0].kind, PROBE_TCP6);
	for (i = 0; i < 3; i++) {
		const struct path *path = path_to(&w.plan, found[i]);

		assert_non_null(path);
		assert_int_equal(path->hop, ON_LINK);
		assert_true(addr_equal(path->source, *sources[i]));
		assert_true(plan_tells_near(&w.plan, found[i]));
	}
	ranges_free(&candidates);
	end(&w);
}

/* Excluded addresses are never asked, found or not. */
static void found_hosts_may_be_excluded(void **state)
{
	struct ranges candidates = { 0 };
	struct world w;

	(void)state;
	begin_both(&w);
	ranges_add(&candidates, nth6(ours6, 7), nth6(ours6, 9));
	ranges_add(&w.config.exclude, nth6(ours6, 8), nth6(ours6, 8));
	ranges_settle(&candidates);
	ranges_settle(&w.config.exclude);
	assert_int_equal(plan_link(&w.plan, &w.config, &w.net, &candidates, &w.err), 0);
	assert_int_equal(w.plan.hosts, 2);
	assert_null(path_to(&w.plan, nth6(ours6, 8)));
	ranges_free(&candidates);
	end(&w);
}

static const struct addr other6 = { 0x20010db8000c0000, 1 }, link6b = { ADDR_LINK_LOCAL_HI, 2 };

/* Another link: 2001:db8:c::1/64, and fe80::2 where eth0 has fe80::1. */
static void add_link(struct world *w)
{
	static struct iface_addr addrs[2];

	addrs[0] = (struct iface_addr){ other6, other6, 64 };
	addrs[1] = (struct iface_addr){ link6b, link6b, 64 };
	add_eth1(w);
	w->net.ifaces[1].addrs = addrs;
	w->net.ifaces[1].n_addrs = 2;
}

static void assert_found(const struct world *w, unsigned int iface, struct addr addr,
			 struct addr source, const char *zone)
{
	const struct addr scoped = addr_scoped(addr, plan_scope(&w->plan, iface));
	const struct path *path = path_to(&w->plan, scoped);
	const char *told;

	assert_non_null(path);
	assert_int_equal(path->outlet, iface);
	assert_int_equal(path->way, iface);
	assert_true(addr_equal(path->source, source));
	assert_true(plan_tells_near(&w->plan, scoped));
	assert_true(addr_equal(plan_place(&w->plan, path, scoped, &told), addr));
	if (zone)
		assert_string_equal(told, zone);
	else
		assert_null(told);
}

/* One link-local address on two links is two hosts, each asked on its link; ours on one may be a host of another. */
static void hosts_of_several_links_are_told_apart(void **state)
{
	const struct addr both = nth6(link6, 8), foreign = { 0x20010db8000f0000, 9 };
	const struct addr found[2][5] = { { nth6(ours6, 7), both, link6, link6b, foreign },
					  { nth6(other6, 7), both, link6, link6b, both } };
	struct ranges candidates[2] = { { 0 }, { 0 } };
	struct world w;
	unsigned int i;

	(void)state;
	begin_both(&w);
	add_link(&w);
	ask_ports(&w, "22,80");
	for (i = 0; i < 10; i++)
		ranges_add(&candidates[i / 5], found[i / 5][i % 5], found[i / 5][i % 5]);
	ranges_settle(&candidates[0]);
	ranges_settle(&candidates[1]);
	assert_int_equal(plan_link(&w.plan, &w.config, &w.net, candidates, &w.err), 0);
	assert_int_equal(w.plan.hosts, 4 + 3);
	assert_int_equal(w.plan.self, 2);
	assert_int_equal(plan_sweep_n(&w.plan), 7);
	assert_found(&w, 0, nth6(ours6, 7), ours6, NULL);
	assert_found(&w, 0, both, link6, "eth0");
	assert_found(&w, 0, link6b, link6, "eth0");
	assert_found(&w, 0, foreign, link6, NULL);
	assert_found(&w, 1, nth6(other6, 7), other6, NULL);
	assert_found(&w, 1, both, link6b, "eth1");
	assert_found(&w, 1, link6, link6b, "eth1");
	plan_free(&w.plan);

	/* An exclusion holds on each link. */
	ranges_add(&w.config.exclude, both, both);
	ranges_settle(&w.config.exclude);
	assert_int_equal(plan_link(&w.plan, &w.config, &w.net, candidates, &w.err), 0);
	assert_int_equal(w.plan.hosts, 3 + 2);
	ranges_free(&candidates[0]);
	ranges_free(&candidates[1]);
	end(&w);
}

/* Of several links, those that can be searched are; one that cannot hides only its own hosts. */
static void links_that_can_be_searched_are(void **state)
{
	const struct ranges none[2] = { { 0 }, { 0 } };
	struct world w;

	(void)state;
	begin_usual(&w);
	add_link(&w);
	assert_true(plan_is_for(&w.config, &w.net, false));
	assert_true(plan_is_for(&w.config, &w.net, true));
	assert_int_equal(plan_link(&w.plan, &w.config, &w.net, none, &w.err), 0);
	assert_int_equal(w.plan.hosts, 0);
	assert_false(plan_searches(&w.plan, 0)); /* has no IPv6 address */
	assert_true(plan_searches(&w.plan, 1));
	plan_free(&w.plan);
	w.net.ifaces[1].ethernet = false;
	assert_false(plan_is_for(&w.config, &w.net, true));
	w.net.ifaces[1].ethernet = true;
	w.net.ifaces[1].n_addrs = 0;
	assert_false(plan_is_for(&w.config, &w.net, true));
	assert_int_equal(plan_link(&w.plan, &w.config, &w.net, none, &w.err), -EADDRNOTAVAIL);
	assert_string_equal(w.err.text, "eth0,eth1: has no IPv6 address to scan from");
	end(&w);
}

/* The link is asked over each family that it has, unless one is wanted or the other cannot be. */
static void a_link_has_its_families(void **state)
{
	struct world w;

	(void)state;
	begin_usual(&w);
	assert_true(plan_is_for(&w.config, &w.net, false));
	assert_false(plan_is_for(&w.config, &w.net, true));
	end(&w);

	begin_both(&w);
	assert_true(plan_is_for(&w.config, &w.net, false));
	assert_true(plan_is_for(&w.config, &w.net, true));
	w.config.family = AF_INET;
	assert_false(plan_is_for(&w.config, &w.net, true));
	w.config.family = AF_INET6;
	assert_false(plan_is_for(&w.config, &w.net, false));
	assert_true(plan_is_for(&w.config, &w.net, true));
	w.config.family = AF_UNSPEC;
	w.config.shard.n = 2;
	assert_false(plan_is_for(&w.config, &w.net, true));
	w.config.shard.n = 1;
	w.config.resume = "file";
	assert_false(plan_is_for(&w.config, &w.net, true));
	w.config.resume = NULL;
	w.iface->ethernet = false;
	assert_false(plan_is_for(&w.config, &w.net, true));
	w.iface->ethernet = true;
	w.addrs[0] = w.addrs[--w.iface->n_addrs]; /* no IPv4 address */
	assert_false(plan_is_for(&w.config, &w.net, false));
	assert_true(plan_is_for(&w.config, &w.net, true));
	end(&w);
}

/* One source of each prefix: link-local first, and none that must not be used. */
static void the_link_is_asked_from_each_prefix(void **state)
{
	const struct addr other = { 0x20010db8000b0000, 1 };
	struct link_source sources[LINK_PREFIXES_MAX];
	struct world w;

	(void)state;
	begin(&w);
	w.addrs[w.iface->n_addrs++] = (struct iface_addr){ ours6, ours6, 64, .deprecated = true };
	w.addrs[w.iface->n_addrs++] = (struct iface_addr){ nth6(ours6, 2), ours6, 64 };
	w.addrs[w.iface->n_addrs++] = (struct iface_addr){ other, other, 64, .no_source = true };
	w.addrs[w.iface->n_addrs++] = (struct iface_addr){ link6, link6, 64 };
	assert_int_equal(plan_link_sources(w.iface, sources), 2);
	assert_true(addr_equal(sources[0].addr, link6));
	assert_true(addr_equal(sources[1].addr, nth6(ours6, 2)));
	assert_true(addr_equal(sources[1].prefix.first, nth6(ours6, 0)));
	assert_int_equal(sources[1].prefix.len, 64);
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_family_has_its_plan),
		cmocka_unit_test(one_family_may_be_excluded),
		cmocka_unit_test(a_link_may_be_excluded),
		cmocka_unit_test(a_path_needs_a_source),
		cmocka_unit_test(found_hosts_are_on_the_link),
		cmocka_unit_test(found_hosts_may_be_excluded),
		cmocka_unit_test(hosts_of_several_links_are_told_apart),
		cmocka_unit_test(links_that_can_be_searched_are),
		cmocka_unit_test(a_link_has_its_families),
		cmocka_unit_test(the_link_is_asked_from_each_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
