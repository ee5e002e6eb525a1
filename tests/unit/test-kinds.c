// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-kinds.c - every byte that the table of answers can hold has a name and a reason. */
#include "kinds.h"

#include "answer.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const struct {
	uint8_t state;
	const char *name;
	const char *reason;
} cases[] = {
	{ ANSWER_NONE, "unanswered", "no-response" },
	{ ANSWER_OPEN, "open", "syn-ack" },
	{ ANSWER_CLOSED, "closed", "reset" },
	{ ANSWER_FILTERED + 0, "filtered", "net-unreach" },
	{ ANSWER_FILTERED + 1, "filtered", "host-unreach" },
	{ ANSWER_FILTERED + 2, "filtered", "proto-unreach" },
	{ ANSWER_FILTERED + 3, "filtered", "port-unreach" },
	{ ANSWER_FILTERED + 4, "filtered", "dest-unreach" },
	{ ANSWER_FILTERED + 8, "filtered", "dest-unreach" },
	{ ANSWER_FILTERED + 9, "filtered", "net-prohibited" },
	{ ANSWER_FILTERED + 10, "filtered", "host-prohibited" },
	{ ANSWER_FILTERED + 11, "filtered", "dest-unreach" },
	{ ANSWER_FILTERED + 12, "filtered", "dest-unreach" },
	{ ANSWER_FILTERED + 13, "filtered", "admin-prohibited" },
	{ ANSWER_FILTERED + 14, "filtered", "dest-unreach" },
	{ ANSWER_FILTERED + 15, "filtered", "dest-unreach" },
	{ ANSWER_TIME_EXCEEDED, "filtered", "time-exceeded" },
};

static void known_states(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_string_equal(kind_state_name(cases[i].state), cases[i].name);
		assert_string_equal(kind_reason(PROBE_TCP, cases[i].state), cases[i].reason);
	}
}

/* Of an ICMPv6 error. */
static void states_over_ip6(void **unused)
{
	static const char *const reasons[] = { "no-route",     "admin-prohibited", "beyond-scope",
					       "addr-unreach", "port-unreach",	   "failed-policy",
					       "reject-route", "dest-unreach",	   "dest-unreach" };
	uint8_t code;

	(void)unused;
	for (code = 0; code < sizeof(reasons) / sizeof(*reasons); code++)
		assert_string_equal(kind_reason(PROBE_TCP6, ANSWER_FILTERED + code), reasons[code]);
	assert_string_equal(kind_reason(PROBE_TCP6, ANSWER_FILTERED + 15), "dest-unreach");
	assert_string_equal(kind_reason(PROBE_TCP6, ANSWER_TIME_EXCEEDED), "time-exceeded");
	assert_string_equal(kind_reason(PROBE_TCP6, ANSWER_OPEN), "syn-ack");
	assert_true(kind_is_rejected(PROBE_TCP6, ANSWER_FILTERED + 4));
	assert_false(kind_is_rejected(PROBE_TCP6, ANSWER_FILTERED + 3));
	assert_true(kind_is_rejected(PROBE_TCP, ANSWER_FILTERED + 3));
	assert_false(kind_is_rejected(PROBE_TCP, ANSWER_FILTERED + 4));
	assert_false(kind_is_rejected(PROBE_TCP, ANSWER_CLOSED));
	assert_false(kind_is_rejected(PROBE_TCP, ANSWER_TIME_EXCEEDED));
	assert_false(kind_is_rejected(PROBE_TCP6, ANSWER_TIME_EXCEEDED));
	assert_int_equal(kind_icmp_code(ANSWER_FILTERED + 13), 13);
	assert_int_equal(kind_icmp_code(ANSWER_TIME_EXCEEDED),
			 0); /* of time exceeded, not of unreachable */
}

static void other_bytes_are_unanswered(void **unused)
{
	(void)unused;
	for (unsigned int state = 0; state < 256; state++) {
		bool filtered = state >= ANSWER_FILTERED && state <= ANSWER_FILTERED_LAST;

		if (state == ANSWER_OPEN || state == ANSWER_CLOSED || state == ANSWER_UP)
			continue;
		assert_int_equal(kind_is_filtered(state), filtered);
		assert_string_equal(kind_state_name(state), filtered ? "filtered" : "unanswered");
		if (!filtered)
			assert_string_equal(kind_reason(PROBE_TCP, state), "no-response");
		else
			assert_string_not_equal(kind_reason(PROBE_TCP, state), "no-response");
	}
}

/* A kind names what its role has: results, the help and closing lines print these words. */
static void each_kind_has_its_words(void **unused)
{
	enum probe_kind kind, other;

	(void)unused;
	for (kind = PROBE_NONE + 1; kind < PROBE_KINDS_N; kind++) {
		const struct kind *k = &kinds[kind];

		assert_non_null(k->title);
		/* Options are those of the kind over IPv4. */
		assert_true(probe_is_ip6(kind) == !k->option && probe_is_ip6(kind) == !k->help);
		assert_true(probe_is_ip6(kind) == !k->ip6);
		if (k->ip6) {
			assert_true(probe_is_ip6(k->ip6));
			assert_int_equal(kinds[k->ip6].role, k->role);
		}
		assert_non_null(k->yes);
		if (k->role == KIND_PORTS) {
			assert_non_null(k->protocol);
			assert_true(probe_is_ip6(kind) == !k->argument);
			assert_non_null(k->no);
			assert_null(k->how);
		} else {
			assert_non_null(k->how);
			assert_null(k->protocol);
			assert_null(k->argument);
		}
		for (other = PROBE_NONE + 1; other < kind; other++) {
			assert_string_not_equal(kinds[other].title, k->title);
			assert_true(!k->option || !kinds[other].option ||
				    strcmp(kinds[other].option, k->option));
			assert_true(!k->key || k->key != kinds[other].key);
		}
	}
	assert_string_equal(kind_reason(PROBE_ARP, ANSWER_UP), "arp-reply");
	assert_string_equal(kinds[PROBE_ARP].how, "arp");
	assert_string_equal(kinds[PROBE_TCP].protocol, "tcp");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_states),
		cmocka_unit_test(states_over_ip6),
		cmocka_unit_test(each_kind_has_its_words),
		cmocka_unit_test(other_bytes_are_unanswered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
