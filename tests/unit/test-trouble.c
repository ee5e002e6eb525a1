// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-trouble.c - each conflict and each host that went away is kept once, as far as there is
 * room; targets refused by the interface are counted.
 */
#include "trouble.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOST ADDR_IP4(0xc6120002)

static const uint8_t first[6] = { 2, 0, 0, 0, 0, 1 };

static const struct result_conflict *answer(struct trouble *t, struct addr addr, uint8_t last)
{
	const uint8_t mac[6] = { 2, 0, 0, 0, 0, last };

	return trouble_conflict(t, addr, NULL, first, mac);
}

static struct trouble *new_trouble(void)
{
	struct trouble *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	return t;
}

static void a_conflict_is_told_once(void **state)
{
	struct trouble *t = new_trouble();
	const struct result_conflict *c = answer(t, HOST, 2);

	(void)state;
	assert_non_null(c);
	assert_true(addr_equal(c->addr, HOST));
	assert_int_equal(c->n, 2);
	assert_memory_equal(c->macs[0], first, 6);
	assert_int_equal(c->macs[1][5], 2);
	assert_null(answer(t, HOST, 2));
	assert_int_equal(t->n_conflicts, 1);
	assert_int_equal(c->n, 2);
	/* A third machine is news, the second one still is not. */
	assert_ptr_equal(answer(t, HOST, 3), c);
	assert_null(answer(t, HOST, 2));
	assert_int_equal(c->n, 3);
	assert_int_equal(c->macs[2][5], 3);
	free(t);
}

/* One machine alone is no conflict, whoever says so. */
static void the_same_machine_is_no_conflict(void **state)
{
	struct trouble *t = new_trouble();

	(void)state;
	assert_null(answer(t, HOST, first[5]));
	assert_int_equal(t->n_conflicts, 0);
	assert_non_null(answer(t, HOST, 2));
	assert_null(answer(t, HOST, first[5]));
	assert_int_equal(t->conflicts[0].n, 2);
	free(t);
}

/* A link-local address on two links is two hosts. */
static void links_are_told_apart(void **state)
{
	const uint8_t mac[6] = { 2, 0, 0, 0, 0, 2 };
	struct trouble *t = new_trouble();
	char again[] = "eth0";

	(void)state;
	assert_non_null(trouble_conflict(t, HOST, "eth0", first, mac));
	assert_non_null(trouble_conflict(t, HOST, "eth1", first, mac));
	assert_null(trouble_conflict(t, HOST, again, first, mac));
	assert_int_equal(t->n_conflicts, 2);
	assert_string_equal(t->conflicts[1].zone, "eth1");
	trouble_gone(t, HOST, "eth0", 1, RESULT_FELL_SILENT);
	trouble_gone(t, HOST, NULL, 2, RESULT_FELL_SILENT);
	trouble_gone(t, HOST, again, 3, RESULT_WENT_AWAY);
	assert_int_equal(t->n_gone, 2);
	assert_int_equal(t->gone[0].unknown, 3);
	assert_string_equal(t->gone_zones[0], "eth0");
	assert_null(t->gone_zones[1]);
	free(t);
}

static void machines_are_bounded(void **state)
{
	struct trouble *t = new_trouble();
	unsigned int i;

	(void)state;
	for (i = 2; i <= CONFLICT_MACS_MAX; i++)
		assert_non_null(answer(t, HOST, (uint8_t)i));
	for (; i < 250; i++)
		assert_null(answer(t, HOST, (uint8_t)i));
	assert_int_equal(t->conflicts[0].n, CONFLICT_MACS_MAX);
	/* What lies behind is another conflict's. */
	assert_non_null(answer(t, ADDR_IP4(1), 9));
	assert_memory_equal(t->conflicts[1].macs[0], first, 6);
	free(t);
}

static void conflicts_are_bounded(void **state)
{
	struct trouble *t = new_trouble();
	unsigned int i;

	(void)state;
	for (i = 0; i < CONFLICTS_MAX; i++)
		assert_non_null(answer(t, addr_ip4(i), 2));
	assert_null(answer(t, addr_ip4(i), 2));
	assert_int_equal(t->n_conflicts, CONFLICTS_MAX);
	for (i = 0; i < CONFLICTS_MAX; i++) {
		assert_true(addr_equal(t->conflicts[i].addr, addr_ip4(i)));
		assert_int_equal(t->conflicts[i].n, 2);
		assert_int_equal(t->conflicts[i].macs[1][5], 2);
	}
	/* Those that are kept still learn. */
	assert_non_null(answer(t, addr_ip4(0), 3));
	free(t);
}

static void the_gone_are_bounded(void **state)
{
	struct trouble *t = new_trouble();
	unsigned int i;

	(void)state;
	for (i = 0; i < GONE_MAX + 5; i++)
		trouble_gone(t, addr_ip4(i), NULL, i + 1, RESULT_FELL_SILENT);
	assert_int_equal(t->n_gone, GONE_MAX);
	for (i = 0; i < GONE_MAX; i++) {
		assert_true(addr_equal(t->gone[i].addr, addr_ip4(i)));
		assert_int_equal(t->gone[i].unknown, i + 1);
	}
	free(t);
}

static void refused_targets_are_counted(void **state)
{
	struct trouble *t = new_trouble();

	(void)state;
	assert_int_equal(t->refused, 0);
	trouble_refused(t, HOST, NULL);
	trouble_refused(t, ADDR_IP4(1), NULL);
	assert_int_equal(t->refused, 2);
	assert_true(addr_equal(t->refused_first, HOST));
	free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_conflict_is_told_once),
		cmocka_unit_test(the_same_machine_is_no_conflict),
		cmocka_unit_test(links_are_told_apart),
		cmocka_unit_test(machines_are_bounded),
		cmocka_unit_test(conflicts_are_bounded),
		cmocka_unit_test(the_gone_are_bounded),
		cmocka_unit_test(refused_targets_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
