// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-plan.c - which hosts are asked which questions, from which source address and by which way.
 */
#include "world.h"

static void targets_go_their_ways(void **state)
{
	struct world w;

	(void)state;
	begin_usual(&w);
	add_targets(&w, "198.18.0.10-198.18.0.19,198.19.0.0/28");
	ask_ports(&w, "22,80");
	assert_int_equal(plan(&w), 0);
	assert_ptr_equal(w.plan.iface, w.iface);
	assert_int_equal(w.plan.hosts, 26);
	assert_int_equal(w.plan.self, 0);
	assert_int_equal(w.plan.paths.n, 2);
	assert_int_equal(w.plan.paths.n_ways, 2);
	assert_int_equal(w.plan.paths.v[0].hop, ON_LINK);
	assert_int_equal(ranges_count(&w.plan.paths.v[0].hosts), 10);
	assert_int_equal(w.plan.paths.v[1].hop, BY_GATEWAY);
	assert_true(addr_equal(w.plan.paths.v[1].gateway, GATEWAY));
	assert_true(addr_equal(w.plan.paths.v[1].source, SOURCE));
	assert_int_equal(ranges_count(&w.plan.paths.v[1].hosts), 16);

	/* ARP asks for the targets on the link and for the gateway, which is no target. */
	assert_int_equal(plan_sweep_n(&w.plan), 11);
	assert_swept_from(&w.plan, NET + 10, NET + 1);
	assert_swept_from(&w.plan, NET + 254, NET + 1);
	assert_null(swept_from(&w.plan, FAR + 1));
	assert_true(plan_tells_near(&w.plan, ADDR_IP4(NET + 10)));
	assert_false(plan_tells_near(&w.plan, GATEWAY) || plan_tells_far(&w.plan, GATEWAY));
	assert_true(plan_tells_far(&w.plan, ADDR_IP4(FAR + 1)));
	assert_false(plan_tells_near(&w.plan, ADDR_IP4(FAR + 1)));
	end(&w);
}

/* Without targets the subnets of the interface are meant. */
static void no_targets_are_the_subnets(void **state)
{
	struct world w;

	(void)state;
	begin_usual(&w);
	w.config.iface = "eth0";
	assert_int_equal(plan(&w), 0);
	assert_int_equal(w.plan.n_phases, 0);
	assert_int_equal(w.plan.hosts, 253);
	assert_int_equal(plan_sweep_n(&w.plan), 253);
	assert_null(swept_from(&w.plan, NET));
	assert_null(swept_from(&w.plan, NET + 1));
	assert_null(swept_from(&w.plan, NET + 255));
	assert_int_equal(w.plan.self, 1);
	assert_true(addr_equal(w.plan.self_first, SOURCE));
	end(&w);
}

/* Two subnets on one link: each is asked from its own address, one after the other on one way. */
static void each_subnet_has_its_source(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	add_subnet(&w, NET + 1, 24);
	add_subnet(&w, NET_1 + 7, 24);
	add_route(&w, FAR, 24, NET + 254, NET + 1);
	add_route(&w, FAR + 0x100, 24, NET_1 + 254, NET_1 + 7);
	add_targets(&w, "198.18.0.0/23,198.19.0.0/23");
	ask_ports(&w, "80");
	assert_int_equal(plan(&w), 0);
	assert_int_equal(w.plan.sweep.n, 2);
	assert_int_equal(w.plan.sweep.n_ways, 1);
	assert_int_equal(w.plan.paths.n_ways, 3);
	assert_int_equal(plan_sweep_n(&w.plan), 2 * 253);
	assert_swept_from(&w.plan, NET + 9, NET + 1);
	assert_swept_from(&w.plan, NET_1 + 9, NET_1 + 7);
	assert_swept_from(&w.plan, NET + 254, NET + 1);
	assert_swept_from(&w.plan, NET_1 + 254, NET_1 + 7);
	assert_int_equal(w.plan.self, 2);
	assert_true(addr_equal(w.plan.self_first, SOURCE));
	end(&w);
}

/* By one gateway from two addresses: it is asked once, and from an address of its own subnet. */
static void a_gateway_is_asked_once(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	add_subnet(&w, NET + 1, 24);
	add_subnet(&w, NET_1 + 7, 24);
	add_route(&w, FAR, 24, NET_1 + 254, NET_1 + 7);
	add_route(&w, FAR + 0x100, 24, NET_1 + 254, NET + 1);
	add_targets(&w, "198.19.0.0/23");
	ask_ports(&w, "80");
	assert_int_equal(plan(&w), 0);
	assert_int_equal(w.plan.paths.n, 2);
	assert_int_equal(w.plan.paths.n_ways, 2); /* the link, without targets, and the gateway */
	assert_int_equal(plan_sweep_n(&w.plan), 1);
	assert_int_equal(ranges_count(&w.plan.on_link), 0);
	assert_swept_from(&w.plan, NET_1 + 254, NET_1 + 7);
	end(&w);
}

/* The route's own source is right if it is in the gateway's subnet; so it is if none of ours is. */
static void a_gateway_is_asked_from_the_routes_source(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	add_subnet(&w, NET + 1, 24);
	add_addr(&w, NET + 2, NET + 2, 24);
	add_addr(&w, NET + 3, NET + 3, 24);
	add_route(&w, FAR, 24, NET + 254, NET + 2);
	add_route(&w, FAR + 0x100, 24, NET_1 + 254, NET + 3);
	add_targets(&w, "198.19.0.0/23");
	ask_ports(&w, "80");
	assert_int_equal(plan(&w), 0);
	assert_int_equal(plan_sweep_n(&w.plan), 2);
	assert_swept_from(&w.plan, NET + 254, NET + 2);
	assert_swept_from(&w.plan, NET_1 + 254, NET + 3);
	end(&w);
}

/* ARP alone needs no gateway, and does not reach beyond it. */
static void arp_does_not_reach_beyond_the_link(void **state)
{
	struct world w;

	(void)state;
	begin_usual(&w);
	w.config.asked[PROBE_ARP] = true;
	add_targets(&w, "198.18.0.10,198.19.0.1");
	assert_refused(&w, -ENETUNREACH,
		       "not all targets are on the link of eth0: ARP does not reach beyond it "
		       "(ask by --ping, --tcp or --udp)");
}

/* Targets without a route are left out, and counted; the others are scanned. */
static void unroutable_targets_are_left_out(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	add_subnet(&w, NET + 1, 24);
	add_targets(&w, "198.18.0.10,198.19.0.1-198.19.0.5");
	ask_ports(&w, "80");
	assert_int_equal(plan(&w), 0);
	assert_int_equal(w.plan.hosts, 1);
	assert_int_equal(w.plan.unroutable, 5);
	assert_true(addr_equal(w.plan.unroutable_first, ADDR_IP4(FAR + 1)));
	assert_false(plan_tells_far(&w.plan, ADDR_IP4(FAR + 1)));
	end(&w);

	begin(&w);
	add_subnet(&w, NET + 1, 24);
	w.config.iface = "eth0";
	add_targets(&w, "198.19.0.1-198.19.0.5");
	ask_ports(&w, "80");
	assert_refused(&w, -ENETUNREACH, "198.19.0.1: no route to it through eth0");
}

/* An address that the kernel delivers to this host is one of its own, on whichever interface. */
static void what_is_local_is_left_out(void **state)
{
	struct world w;

	(void)state;
	begin_usual(&w);
	add_route(&w, FAR, 30, 0, 0);
	w.rows[w.n_rows - 1].route.kind = ROUTE_SELF;
	add_route(&w, FAR + 7, 32, 0, 0);
	w.rows[w.n_rows - 1].route.kind = ROUTE_NO_HOST;
	add_targets(&w, "198.19.0.0/28");
	ask_ports(&w, "80");
	assert_int_equal(plan(&w), 0);
	assert_int_equal(w.plan.hosts, 16 - 4 - 1);
	assert_int_equal(w.plan.self, 4);
	assert_int_equal(w.plan.unroutable, 0);
	end(&w);
}

static void nothing_left_is_refused(void **state)
{
	struct world w;

	(void)state;
	begin_usual(&w);
	add_targets(&w, "198.18.0.1,198.18.0.255,127.0.0.1");
	assert_refused(&w, -EINVAL,
		       "no target is left: all are excluded, reserved, or this host itself");
}

static void a_sweep_has_its_bound(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	add_subnet(&w, 0x14000001, 7);	      /* 20.0.0.1/7 */
	add_targets(&w, "20.0.1.0-21.0.1.0"); /* 2^24 + 1 */
	assert_refused(&w, -E2BIG,
		       "16777217 addresses to ask by ARP are more than the 16777216 of one sweep: "
		       "divide them (--shard)");
}

/* The longest probe needs 1,260 bytes; without the ports of long ones any link will do. */
static void long_probes_need_a_link_that_takes_them(void **state)
{
	static const char *const ports[] = { "53,443", "-", "53,444-3000" };
	unsigned int i, mtu;
	struct world w;

	(void)state;
	for (i = 0; i < 3; i++)
		for (mtu = 0; mtu <= 1500; mtu += 1500) {
			begin_usual(&w);
			w.iface->mtu = mtu;
			add_targets(&w, "198.18.0.10");
			ask_ports_by(&w, PROBE_UDP, ports[i]);
			assert_int_equal(plan(&w), 0);
			end(&w);
		}
	begin_usual(&w);
	w.iface->mtu = 1227;
	add_targets(&w, "198.18.0.10");
	ask_ports_by(&w, PROBE_UDP, ports[0]);
	assert_refused(
		&w, -EMSGSIZE,
		"eth0: its MTU of 1227 bytes is too small for the probe of UDP port 443, 1228 "
		"bytes: leave the port out, or raise the MTU");
	begin_usual(&w);
	w.iface->mtu = 576;
	add_targets(&w, "198.18.0.10");
	ask_ports_by(&w, PROBE_UDP, ports[2]);
	assert_int_equal(plan(&w), 0);
	end(&w);
}

/* Own addresses are counted if they would be targets: what is excluded is not. */
static void this_host_is_left_out(void **state)
{
	struct world w;

	(void)state;
	begin_usual(&w);
	add_addr(&w, NET + 3, NET + 3, 24);
	add_targets(&w, "198.18.0.1-198.18.0.4");
	ask_ports(&w, "80");
	assert_int_equal(ranges_add(&w.config.exclude, SOURCE, SOURCE), 0);
	ranges_settle(&w.config.exclude);
	assert_int_equal(plan(&w), 0);
	assert_int_equal(w.plan.hosts, 2);
	assert_int_equal(w.plan.self, 1);
	assert_true(addr_equal(w.plan.self_first, ADDR_IP4(NET + 3)));
	assert_null(swept_from(&w.plan, NET + 3));
	assert_false(plan_tells_near(&w.plan, ADDR_IP4(NET + 3)));
	end(&w);
}

/* RFC 3021: both addresses of a /31 are hosts' own; a /32 leads to its peer alone. */
static void small_subnets_are_whole(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	add_subnet(&w, NET, 31);
	w.config.iface = "eth0";
	assert_int_equal(plan(&w), 0);
	assert_int_equal(w.plan.hosts, 1);
	assert_swept_from(&w.plan, NET + 1, NET);
	end(&w);

	begin(&w);
	add_addr(&w, NET + 1, NET_1 + 255, 32); /* the peer's */
	add_route(&w, NET_1 + 255, 32, 0, NET + 1);
	w.config.iface = "eth0";
	assert_int_equal(plan(&w), 0);
	assert_int_equal(w.plan.hosts, 1);
	assert_swept_from(&w.plan, NET_1 + 255, NET + 1);
	assert_int_equal(w.plan.self, 0);
	end(&w);
}

/* Neither on an interface without Ethernet nor on one that is set to NOARP. */
static void without_neighbours_nobody_is_swept(void **state)
{
	static const char *const lines[] = {
		"tun0: has no Ethernet: ARP does not work there (name ports with --tcp or --udp)",
		"tun0: is set to NOARP: ARP does not work there (name ports with --tcp or --udp)",
	};
	struct world w;
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		begin_usual(&w);
		strcpy(w.iface->name, "tun0");
		w.iface->ethernet = i;
		w.iface->no_arp = true;
		add_targets(&w, "198.18.0.10,198.19.0.1");
		ask_ports(&w, "80");
		assert_int_equal(plan(&w), 0);
		assert_int_equal(w.plan.hosts, 2);
		assert_int_equal(w.plan.sweep.n, 0);
		assert_int_equal(plan_sweep_n(&w.plan), 0);
		assert_true(plan_tells_far(&w.plan, ADDR_IP4(NET + 10)));
		end(&w);

		begin_usual(&w);
		strcpy(w.iface->name, "tun0");
		w.iface->ethernet = i;
		w.iface->no_arp = true;
		w.config.asked[PROBE_ARP] = true;
		add_targets(&w, "198.18.0.10");
		assert_refused(&w, -EINVAL, lines[i]);
	}
}

/* A permanent neighbour is its own gateway: ARP asks neither for it nor for a known gateway. */
static void known_neighbours_are_not_swept(void **state)
{
	struct known known[] = {
		{ ADDR_IP4(NET + 12), IFINDEX, { 2, 0, 0, 0, 0, 12 } },
		{ ADDR_IP4(NET + 254), IFINDEX, { 2, 0, 0, 0, 0, 254 } },
		{ ADDR_IP4(NET + 13), IFINDEX + 1, { 2, 0, 0, 0, 0, 13 } },
	};
	struct world w;
	unsigned int i, n = 0;

	(void)state;
	begin_usual(&w);
	w.net.known = (struct known_list){ .v = known, .n = 3 };
	add_targets(&w, "198.18.0.10-198.18.0.14,198.19.0.0/28");
	ask_ports(&w, "22,80");
	assert_int_equal(plan(&w), 0);
	assert_int_equal(w.plan.hosts, 5 + 16);
	assert_int_equal(w.plan.paths.n, 3);
	assert_int_equal(w.plan.paths.n_ways, 3);
	assert_int_equal(plan_sweep_n(&w.plan), 4);
	assert_null(swept_from(&w.plan, NET + 12));
	assert_null(swept_from(&w.plan, NET + 254));
	assert_true(plan_tells_far(&w.plan, ADDR_IP4(NET + 12)));
	for (i = 0; i < w.plan.paths.n; i++) {
		const struct path *path = &w.plan.paths.v[i];

		assert_int_equal(path->has_mac, path->hop == BY_GATEWAY);
		if (!path->has_mac)
			continue;
		assert_int_equal(path->mac[5], (uint8_t)path->gateway.lo);
		n += path_is_own_gateway(path);
	}
	assert_int_equal(n, 1);
	end(&w);

	/* Without ports ARP asks for evidence. */
	begin_usual(&w);
	w.net.known = (struct known_list){ .v = known, .n = 3 };
	w.config.asked[PROBE_ARP] = true;
	add_targets(&w, "198.18.0.10-198.18.0.14");
	assert_int_equal(plan(&w), 0);
	assert_swept_from(&w.plan, NET + 12, NET + 1);
	end(&w);
}

/* The plan may outlive the command line. */
static void phases_have_their_own_ports(void **state)
{
	struct world w;

	(void)state;
	begin_usual(&w);
	w.config.asked[PROBE_ARP] = true; /* who is on the link is asked anyway */
	add_targets(&w, "198.18.0.10");
	ask_ports(&w, "22,80,443");
	assert_int_equal(plan(&w), 0);
	assert_int_equal(w.plan.n_phases, 1);
	assert_int_equal(w.plan.phases[0].kind, PROBE_TCP);
	assert_ptr_not_equal(w.plan.phases[0].each, w.config.ports[PROBE_TCP]);
	memset(w.config.ports[PROBE_TCP], 0, sizeof(struct ports));
	assert_int_equal(w.plan.phases[0].each->n, 3);
	assert_int_equal(w.plan.phases[0].each->list[2], 443);
	assert_int_equal(w.plan.phases[0].each->slot[443], 3);
	end(&w);
}

enum { SHARE_HOSTS = 64, SHARE_PORTS = 100 };

/* How often each port of each host is asked, and each host told of, by all shares together. */
struct sum {
	unsigned int asked[SHARE_HOSTS][SHARE_PORTS + 1], told[SHARE_HOSTS];
};

static void add_share(struct sum *sum, const struct plan *p)
{
	const struct ports *each = p->phases[0].each;
	uint32_t host, i;
	size_t path;

	for (host = 0; host < SHARE_HOSTS; host++) {
		sum->told[host] += plan_tells_near(p, addr_ip4(NET + host));
		for (path = 0; path < p->paths.n; path++) {
			if (!ranges_find(&p->paths.v[path].hosts, addr_ip4(NET + host), NULL))
				continue;
			for (i = 0; i < ports_named(each); i++)
				sum->asked[host][each->list[i]]++;
		}
	}
}

/* `hosts` targets, 100 ports, so many shares: each question in one share, each host told by one. */
static void check_shares(uint32_t hosts, uint32_t n, bool by_ports)
{
	struct sum *sum = calloc(1, sizeof(*sum));
	uint32_t i, host, port;
	struct world w;

	assert_non_null(sum);
	for (i = 0; i < n; i++) {
		begin_usual(&w);
		w.config.shard = (struct shard){ i, n };
		assert_int_equal(
			ranges_add(&w.config.targets, ADDR_IP4(NET), addr_ip4(NET + hosts - 1)), 0);
		ranges_settle(&w.config.targets);
		ask_ports(&w, "1-100");
		assert_int_equal(shard_by_ports(&w.config.shard, hosts, SHARE_PORTS), by_ports);
		assert_int_equal(plan(&w), 0);
		add_share(sum, &w.plan);
		end(&w);
	}
	for (host = 0; host < hosts; host++) {
		/* Neither the network's address nor our own is asked by any share. */
		assert_int_equal(sum->told[host], host > 1);
		for (port = 1; port <= SHARE_PORTS; port++)
			assert_int_equal(sum->asked[host][port], host > 1);
	}
	free(sum);
}

static void shares_are_the_whole(void **state)
{
	(void)state;
	check_shares(64, 1, false);
	check_shares(64, 4, false);
	check_shares(64, 7, true);
	check_shares(3, 3, false);
	check_shares(3, 10, true);
	check_shares(5, 250, true); /* some shares are of no port */
}

/* Nothing to do is no error for a machine among several. */
static void an_empty_share_is_a_plan(void **state)
{
	struct world w;

	(void)state;
	begin_usual(&w);
	w.config.shard = (struct shard){ 1, 2 };
	w.config.asked[PROBE_ARP] = true;
	add_targets(&w, "198.18.0.10");
	assert_int_equal(plan(&w), 0);
	assert_int_equal(w.plan.hosts, 0);
	assert_int_equal(w.plan.paths.n, 0);
	assert_int_equal(plan_sweep_n(&w.plan), 0);
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets_go_their_ways),
		cmocka_unit_test(no_targets_are_the_subnets),
		cmocka_unit_test(each_subnet_has_its_source),
		cmocka_unit_test(a_gateway_is_asked_once),
		cmocka_unit_test(a_gateway_is_asked_from_the_routes_source),
		cmocka_unit_test(arp_does_not_reach_beyond_the_link),
		cmocka_unit_test(unroutable_targets_are_left_out),
		cmocka_unit_test(what_is_local_is_left_out),
		cmocka_unit_test(nothing_left_is_refused),
		cmocka_unit_test(a_sweep_has_its_bound),
		cmocka_unit_test(long_probes_need_a_link_that_takes_them),
		cmocka_unit_test(this_host_is_left_out),
		cmocka_unit_test(small_subnets_are_whole),
		cmocka_unit_test(without_neighbours_nobody_is_swept),
		cmocka_unit_test(known_neighbours_are_not_swept),
		cmocka_unit_test(phases_have_their_own_ports),
		cmocka_unit_test(shares_are_the_whole),
		cmocka_unit_test(an_empty_share_is_a_plan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
