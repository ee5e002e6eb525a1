// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-named.c - results wait for names: all come out, once, each host's in their order, and never for long. */
#include "named.h"
#include "random.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define S  1000000000ULL
#define MS 1000000ULL

enum { HOSTS = 32, ROWS = 400, ROOM = 8 };

/* A resolver by lot: slow, of bounded room, and silent about some. */
struct world {
	uint64_t now_ns, random;
	struct addr asked[HOSTS];
	const char *zones[HOSTS];
	unsigned int n_asked, asked_ever;
	bool silent, gone, signal;
	uint16_t next[HOSTS]; /* of each host: the port that comes next */
	unsigned int out;
	unsigned int named;
};

static int ask(void *ctx, struct addr addr, const char *zone)
{
	struct world *w = ctx;

	if (w->gone)
		return -EPIPE;
	if (w->n_asked == ROOM)
		return -EAGAIN;
	w->zones[w->n_asked] = zone;
	w->asked[w->n_asked++] = addr;
	w->asked_ever++;
	return 0;
}

static int take(void *ctx, struct addr *addr, const char **zone, char name[NAMED_TEXT])
{
	struct world *w = ctx;

	if (w->gone)
		return -EPIPE;
	if (w->silent || !w->n_asked || next_random(&w->random) % 3)
		return 0;
	*addr = w->asked[--w->n_asked];
	*zone = w->zones[w->n_asked];
	snprintf(name, NAMED_TEXT, "host%u.example", (unsigned int)addr->lo & 0xff);
	return 1;
}

static int wait(void *ctx, unsigned int ms)
{
	struct world *w = ctx;

	w->now_ns += ms * MS;
	return w->signal ? -EINTR : 0;
}

static uint64_t now_ns(void *ctx)
{
	return ((struct world *)ctx)->now_ns;
}

static int result(void *ctx, const struct result_host *host, const struct result_port *port)
{
	struct world *w = ctx;
	const struct addr addr = host ? host->addr : port->addr;
	const char *name = host ? host->name : port->name;
	const unsigned int i = (unsigned int)addr.lo & 0xff;
	char expected[NAMED_TEXT];

	assert_int_equal(host ? 0 : port->port, w->next[i]++);
	snprintf(expected, sizeof(expected), "host%u.example", i);
	if (name)
		assert_string_equal(name, expected);
	w->named += name != NULL;
	w->out++;
	return 0;
}

/* Hand in a host, or one of its ports: it is held, or goes on at once. */
static void hand_in(struct named *n, struct world *w, unsigned int i, uint16_t port)
{
	struct result_host h = { .addr = addr_ip4(0xc6120000 + i) };
	struct result_port p = { .addr = h.addr, .port = port };
	const int held = port ? named_port(n, &p) : named_host(n, &h);

	assert_in_range(held, 0, 1);
	if (!held)
		result(w, port ? NULL : &h, port ? &p : NULL);
}

/* Hand in rows at random moments. Returns how many. */
static unsigned int drive(struct named *n, struct world *w, const struct named_out *out)
{
	uint16_t next[HOSTS] = { 0 };
	unsigned int k, i;

	for (k = 0; k < ROWS; k++) {
		i = (unsigned int)(next_random(&w->random) % HOSTS);
		hand_in(n, w, i, next[i]++);
		w->now_ns += MS;
		if (next_random(&w->random) % 2)
			assert_int_equal(named_turn(n, out), 0);
	}
	return k;
}

static void all_come_out_in_order(void **state)
{
	uint64_t seed;

	(void)state;
	for (seed = 1; seed <= 200; seed++) {
		struct world w = { .now_ns = S, .random = seed };
		const struct name_source source = { &w, ask, take, wait, now_ns };
		const struct named_out out = { result, &w };
		struct named *n = named_new(&source);
		unsigned int rows;

		assert_non_null(n);
		w.silent = seed % 4 == 1;
		w.gone = seed % 4 == 2;
		rows = drive(n, &w, &out);
		w.signal = seed % 8 == 1;
		assert_int_equal(named_end(n, &out), 0);
		assert_int_equal(w.out, rows);
		assert_true(w.now_ns < 7 * S);
		if (w.silent || w.gone)
			assert_int_equal(w.named, 0);
		else
			assert_int_equal(w.named, rows);
		assert_true(w.asked_ever <= HOSTS);
		named_free(n);
	}
}

/* Waiting for one host does not wait for the others for longer than is due. */
static void one_host_is_waited_for(void **state)
{
	struct world w = { .now_ns = S, .random = 1, .silent = true };
	const struct name_source source = { &w, ask, take, wait, now_ns };
	const struct named_out out = { result, &w };
	struct named *n = named_new(&source);

	(void)state;
	assert_non_null(n);
	hand_in(n, &w, 1, 0);
	hand_in(n, &w, 2, 0);
	assert_int_equal(named_turn(n, &out), 0);
	assert_int_equal(w.out, 0);
	w.silent = false;
	assert_int_equal(named_wait_for(n, addr_ip4(0xc6120001), NULL, &out), 0);
	assert_true(w.out >= 1 && w.now_ns < 2 * S);
	assert_int_equal(named_wait_for(n, addr_ip4(0xc6120009), NULL, &out), 0);
	assert_int_equal(named_let_go(n, &out), 0);
	assert_int_equal(w.out, 2);
	named_free(n);
}

/* A link-local address on two links is two hosts: each has the name that its link gives it. */
static int take_zone(void *ctx, struct addr *addr, const char **zone, char name[NAMED_TEXT])
{
	struct world *w = ctx;

	if (!w->n_asked)
		return 0;
	*addr = w->asked[--w->n_asked];
	*zone = w->zones[w->n_asked];
	snprintf(name, NAMED_TEXT, "at-%s.example", *zone);
	return 1;
}

static int check_zone(void *ctx, const struct result_host *host, const struct result_port *port)
{
	char expected[NAMED_TEXT];

	(void)port;
	snprintf(expected, sizeof(expected), "at-%s.example", host->zone);
	assert_string_equal(host->name, expected);
	++*(unsigned int *)ctx;
	return 0;
}

static void links_are_told_apart(void **state)
{
	struct world w = { .now_ns = S };
	const struct name_source source = { &w, ask, take_zone, wait, now_ns };
	struct result_host h = { .addr = { ADDR_LINK_LOCAL_HI, 1 } };
	unsigned int n_told = 0;
	const struct named_out out = { check_zone, &n_told };
	struct named *n = named_new(&source);

	(void)state;
	assert_non_null(n);
	h.zone = "eth0";
	assert_int_equal(named_host(n, &h), 1);
	h.zone = "eth1";
	assert_int_equal(named_host(n, &h), 1);
	assert_int_equal(named_end(n, &out), 0);
	assert_int_equal(n_told, 2);
	named_free(n);
}

/* Names that would break a row are none; the zone of an address is no part of its name. */
static const char *spelled;
static int take_spelled(void *ctx, struct addr *addr, const char **zone, char name[NAMED_TEXT])
{
	struct world *w = ctx;

	if (!w->n_asked)
		return 0;
	*addr = w->asked[--w->n_asked];
	*zone = w->zones[w->n_asked];
	strcpy(name, spelled);
	return 1;
}

static const char *got;
static char copy[NAMED_TEXT];
static int note(void *ctx, const struct result_host *host, const struct result_port *port)
{
	(void)ctx;
	(void)port;
	got = host->name ? strcpy(copy, host->name) : NULL;
	return 0;
}

static void hostile_names_are_none(void **state)
{
	static const struct {
		const char *spelled, *name;
	} names[] = {
		{ "a.example", "a.example" },
		{ "a.example%eth0", "a.example" },
		{ "", NULL },
		{ "a b", NULL },
		{ "a\tb", NULL },
		{ "a\nb", NULL },
		{ "\x1b[31m", NULL },
		{ "b\xc3\xbc.example", NULL },
		{ "%eth0", NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct world w = { .now_ns = S };
		const struct name_source source = { &w, ask, take_spelled, wait, now_ns };
		const struct named_out out = { note, NULL };
		struct named *n = named_new(&source);

		assert_non_null(n);
		spelled = names[i].spelled;
		hand_in(n, &w, 1, 0);
		assert_int_equal(named_turn(n, &out), 0);
		if (names[i].name)
			assert_string_equal(got, names[i].name);
		else
			assert_null(got);
		named_free(n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_come_out_in_order),
		cmocka_unit_test(one_host_is_waited_for),
		cmocka_unit_test(links_are_told_apart),
		cmocka_unit_test(hostile_names_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
