// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-plan-several.c - plans of a host with several interfaces: each target leaves by its own. */
#include "world.h"

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
		       "(ask by --ping, --tcp or --udp)");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets_go_by_their_interfaces),
		cmocka_unit_test(a_link_has_the_number_of_its_interface),
		cmocka_unit_test(no_targets_are_the_subnets_of_all),
		cmocka_unit_test(only_ethernet_is_swept),
		cmocka_unit_test(a_gateway_on_two_links_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
