// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-plan.c - which hosts are asked which questions, from which source address and by which way.
 */
#include "world.h"

#include <stdio.h>
#include <sys/socket.h>

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
		       "(name ports with --tcp or --udp)");
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

/* eth1 beside eth0, with 198.19.0.1/24. */
static void add_eth1(struct world *w)
{
	static struct iface_addr addrs[] = {
		{ .addr = ADDR_IP4(FAR + 1), .subnet = ADDR_IP4(FAR + 1), ADDR_IP4_PREFIX + 24 },
	};
	struct iface *eth1 = &w->net.ifaces[w->net.n++];

	*eth1 = (struct iface){
		.name = "eth1",
		.index = IFINDEX + 1,
		.ethernet = true,
		.mac = { 2 },
		.mtu = 1500,
		.addrs = addrs,
		.n_addrs = 1,
	};
	add_route(w, FAR, 24, 0, FAR + 1);
	w->rows[w->n_rows - 1].route.ifindex = IFINDEX + 1;
}

/* Law: each path and each address of the sweep leaves by the interface of its route. */
static void assert_outlets(const struct world *w)
{
	const struct paths *both[] = { &w->plan.paths, &w->plan.sweep };
	const struct iface *iface;
	struct route route;
	struct err err;
	size_t i, k;

	for (i = 0; i < 2; i++)
		for (k = 0; k < both[i]->n; k++) {
			const struct path *path = &both[i]->v[k];

			iface = &w->net.ifaces[path->outlet];
			assert_int_equal(iface->index, path->ifindex);
			assert_int_equal(look_up((void *)w, path->hosts.v[0].first, &route, &err),
					 0);
			assert_int_equal(route.ifindex, path->ifindex);
		}
}

/* Targets over two interfaces: the links of both are swept, each from its own address, as a way of its own. */
static void targets_go_by_their_interfaces(void **state)
{
	struct world w;

	(void)state;
	begin_usual(&w);
	add_eth1(&w);
	add_route(&w, FAR + 0x100, 24, FAR + 254, FAR + 1);
	w.rows[w.n_rows - 1].route.ifindex = IFINDEX + 1;
	add_targets(&w, "198.18.0.10-198.18.0.14,198.19.0.0/24,198.19.1.0/28,203.0.113.1");
	ask_ports(&w, "80");
	assert_int_equal(plan(&w), 0);
	assert_int_equal(w.plan.hosts, 5 + 253 + 16 + 1);
	assert_int_equal(w.plan.self, 1); /* eth1's own */
	assert_int_equal(w.plan.paths.n, 4);
	assert_int_equal(w.plan.paths.n_ways, 4);
	assert_int_equal(plan_sweep_n(&w.plan), 5 + 253 + 1); /* and the gateway of eth0 */
	assert_int_equal(w.plan.sweep.n, 2);
	assert_int_equal(w.plan.sweep.v[1].way, 1);
	assert_true(addr_equal(w.plan.sweep.v[1].source, ADDR_IP4(FAR + 1)));
	assert_outlets(&w);
	end(&w);
}

/* The link of the second interface is way 1, also where no target is on the first one. */
static void a_link_has_the_number_of_its_interface(void **state)
{
	struct world w;

	(void)state;
	begin_usual(&w);
	add_eth1(&w);
	add_targets(&w, "198.19.0.7,203.0.113.1");
	ask_ports(&w, "80");
	assert_int_equal(plan(&w), 0);
	assert_int_equal(w.plan.paths.v[0].hop, ON_LINK);
	assert_int_equal(w.plan.paths.v[0].way, 1);
	assert_int_equal(w.plan.paths.v[1].way, 2);
	assert_int_equal(w.plan.paths.n_ways, 3);
	/* The gateway is asked on its own link. */
	assert_int_equal(w.plan.sweep.n, 2);
	assert_int_equal(w.plan.sweep.v[0].way, 0);
	assert_true(ranges_find(&w.plan.sweep.v[0].hosts, GATEWAY, NULL));
	end(&w);
}

/* Without targets the subnets of all interfaces are meant. */
static void no_targets_are_the_subnets_of_all(void **state)
{
	struct world w;

	(void)state;
	begin_usual(&w);
	add_eth1(&w);
	w.config.iface = "eth0";
	assert_int_equal(plan(&w), 0);
	assert_int_equal(w.plan.hosts, 2 * 253);
	assert_int_equal(w.plan.self, 2);
	assert_int_equal(plan_sweep_n(&w.plan), 2 * 253);
	assert_outlets(&w);
	end(&w);
}

/* Without Ethernet nobody is swept: neither targets of eth1 nor its gateway. */
static void only_ethernet_is_swept(void **state)
{
	struct world w;

	(void)state;
	begin_usual(&w);
	add_eth1(&w);
	w.net.ifaces[1].ethernet = false;
	add_route(&w, FAR + 0x100, 24, FAR + 254, FAR + 1);
	w.rows[w.n_rows - 1].route.ifindex = IFINDEX + 1;
	add_targets(&w, "198.18.0.10,198.19.0.7,198.19.1.1");
	ask_ports(&w, "80");
	assert_int_equal(plan(&w), 0);
	assert_int_equal(w.plan.hosts, 3);
	assert_int_equal(plan_sweep_n(&w.plan), 1);
	assert_true(plan_tells_near(&w.plan, ADDR_IP4(NET + 10)));
	assert_true(plan_tells_far(&w.plan, ADDR_IP4(FAR + 7)));
	end(&w);

	begin_usual(&w);
	add_eth1(&w);
	w.net.ifaces[1].ethernet = false;
	w.config.asked[PROBE_ARP] = true;
	add_targets(&w, "198.18.0.10,198.19.0.7");
	assert_refused(&w, -ENETUNREACH,
		       "not all targets are on the link of eth0,eth1: ARP does not reach beyond it "
		       "(name ports with --tcp or --udp)");
}

/* The tables tell neighbours by their address: none may be on two links. */
static void a_gateway_on_two_links_is_refused(void **state)
{
	static const char *const targets[] = { "198.19.1.1,203.0.113.1",
					       "198.19.0.254,198.19.1.1" };
	static const char *const gateways[] = { "198.18.0.254", "198.19.0.254" };
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		char line[128];
		struct world w;

		begin_usual(&w);
		add_eth1(&w);
		/* Behind a gateway of eth0's that eth1 has too: as a gateway, or as a target. */
		add_route(&w, FAR + 0x100, 24, i ? FAR + 254 : NET + 254, NET + 1);
		w.rows[w.n_rows - 1].route.ifindex = i ? IFINDEX : IFINDEX + 1;
		add_targets(&w, targets[i]);
		ask_ports(&w, "80");
		snprintf(line, sizeof(line),
			 "%s: is on the links of %s: scan from one interface at a time (--iface)",
			 gateways[i], "eth0 and eth1");
		assert_refused(&w, -EINVAL, line);
	}
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
			for (i = 0; i < each->n; i++)
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
		cmocka_unit_test(targets_go_their_ways),
		cmocka_unit_test(each_family_has_its_plan),
		cmocka_unit_test(one_family_may_be_excluded),
		cmocka_unit_test(a_link_may_be_excluded),
		cmocka_unit_test(a_path_needs_a_source),
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
		cmocka_unit_test(targets_go_by_their_interfaces),
		cmocka_unit_test(a_link_has_the_number_of_its_interface),
		cmocka_unit_test(no_targets_are_the_subnets_of_all),
		cmocka_unit_test(only_ethernet_is_swept),
		cmocka_unit_test(a_gateway_on_two_links_is_refused),
		cmocka_unit_test(phases_have_their_own_ports),
		cmocka_unit_test(shares_are_the_whole),
		cmocka_unit_test(an_empty_share_is_a_plan),
		cmocka_unit_test(found_hosts_are_on_the_link),
		cmocka_unit_test(found_hosts_may_be_excluded),
		cmocka_unit_test(hosts_of_several_links_are_told_apart),
		cmocka_unit_test(links_that_can_be_searched_are),
		cmocka_unit_test(a_link_has_its_families),
		cmocka_unit_test(the_link_is_asked_from_each_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
