// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-probe-kinds.c - the laws of every kind of question: match(reply_to(build(t))) and
 * quoted(error_about(build(t))) give t back. Each kind has a reply_NAME_yes in reply.h; without it
 * this test does not build.
 */
#include "exchange.h"
#include "kinds.h"

/* One question of any kind. */
struct asked {
	enum probe_kind kind;
	struct probe_config config;
	struct probe_target target;
	__u8 attempt;
	union probe_frame probe;
};

static void random_question(uint64_t *state, enum probe_kind kind, struct asked *a)
{
	struct exchange x;

	random_exchange(state, &x);
	/* No port of ours is asked: a datagram from one to the other would be an answer by port. */
	if ((__u16)(x.target.port - x.config.source_port) < x.config.tries)
		x.target.port = 9;
	*a = (struct asked){
		.kind = kind, .config = x.config, .target = x.target, .attempt = x.attempt
	};
	random_bytes(state, &a->probe, sizeof(a->probe));
	probe_build(&a->probe, kind, &a->config, &a->target, a->attempt);
}

static unsigned int len_of(const struct asked *a)
{
	return probe_len(a->kind, &a->config, &a->target, a->attempt);
}

/* What a host that is up, or an open port, sends back. */
static size_t reply_yes(const struct asked *a, void *reply)
{
	switch (a->kind) {
#define REPLY_YES(NAME, name, ethertype, protocol) \
	case PROBE_##NAME:                         \
		return reply_##name##_yes(reply, &a->probe.name);
		PROBE_KINDS(REPLY_YES)
#undef REPLY_YES
	default:
		return 0;
	}
}

/* Only answers to ports tell which try and which port was asked. */
static void check_identity(const struct asked *a, const struct answer *answer)
{
	const bool neighbour = kinds[a->kind].role == KIND_NEIGHBOURS;

	if (probe_is_ip6(a->kind))
		assert_true(net_addr6_equal(&answer->addr6, &a->target.addr6));
	else
		assert_int_equal(answer->addr, a->target.addr);
	assert_int_equal(answer->attempt, neighbour ? 0 : a->attempt);
	assert_int_equal(answer->port,
			 kinds[a->kind].role == KIND_PORTS ? net_be16(a->target.port) : 0);
}

static void check_reply(const struct asked *a)
{
	const bool ports = kinds[a->kind].role == KIND_PORTS;
	__u8 reply[FRAME_MAX] = { 0 };
	size_t len = reply_yes(a, reply), cut;
	struct answer answer;
	enum probe_kind other;

	assert_in_range(len, ETH + 1, FRAME_MAX);
	assert_int_equal(match_bytes(reply, len, a->kind, &a->config, &answer), MATCH_ANSWER);
	check_identity(a, &answer);
	assert_int_equal(answer.state, ports ? ANSWER_OPEN : ANSWER_UP);
	if (kinds[a->kind].role == KIND_NEIGHBOURS)
		assert_memory_equal(answer.mac, reply_mac, 6);
	/* It answers questions of its own kind alone, and only as a whole. */
	for (other = PROBE_NONE; other <= PROBE_KINDS_N; other++)
		if (other != a->kind)
			assert_int_not_equal(match_bytes(reply, len, other, &a->config, &answer),
					     MATCH_ANSWER);
	for (cut = 0; cut < len; cut++)
		assert_int_equal(match_bytes(reply, cut, a->kind, &a->config, &answer),
				 MATCH_FOREIGN);
}

static void replies_match_their_question(void **state)
{
	enum probe_kind kind;
	uint64_t random = 31;
	struct asked a;
	unsigned int i;

	(void)state;
	for (kind = PROBE_NONE + 1; kind < PROBE_KINDS_N; kind++) {
		for (i = 0; i < 1000; i++) {
			random_question(&random, kind, &a);
			check_reply(&a);
		}
	}
}

static size_t error_about(const struct asked *a, void *out, __u8 code)
{
	const struct net_addr6 router = { { net_be32(0x20010db8), 0, 0, net_be32(0xfe) } };

	if (probe_is_ip6(a->kind))
		return reply_icmp6(out, &a->probe, len_of(a), &router, code);
	reply_icmp(out, &a->probe, net_be32(0xc61200fe), code);
	return sizeof(struct reply_icmp_frame);
}

static void check_error(const struct asked *a, __u8 code)
{
	__u8 error[FRAME_MAX] = { 0 };
	const size_t len = error_about(a, error, code);
	struct answer answer;
	enum probe_kind other;
	size_t cut;

	assert_int_equal(match_bytes(error, len, a->kind, &a->config, &answer), MATCH_ANSWER);
	check_identity(a, &answer);
	assert_int_equal(answer.state, ANSWER_FILTERED + code);
	for (other = PROBE_NONE; other <= PROBE_KINDS_N; other++)
		if (other != a->kind)
			assert_int_not_equal(match_bytes(error, len, other, &a->config, &answer),
					     MATCH_ANSWER);
	for (cut = 0; cut < len; cut++)
		assert_int_equal(match_bytes(error, cut, a->kind, &a->config, &answer),
				 MATCH_FOREIGN);
}

/* No error quotes a question to neighbours. */
static bool can_fail(enum probe_kind kind)
{
	return kinds[kind].role != KIND_NEIGHBOURS;
}

static void errors_match_the_question_they_quote(void **state)
{
	enum probe_kind kind;
	uint64_t random = 32;
	struct asked a;
	unsigned int i;

	(void)state;
	for (kind = PROBE_NONE + 1; kind < PROBE_KINDS_N; kind++) {
		for (i = 0; can_fail(kind) && i < 1000; i++) {
			random_question(&random, kind, &a);
			check_error(&a, (__u8)(i % 16));
		}
	}
}

/* The probe that leaves is no answer to itself. */
static void probes_are_no_answers(void **state)
{
	enum probe_kind kind;
	uint64_t random = 33;
	struct answer answer;
	struct asked a;
	unsigned int i;

	(void)state;
	for (kind = PROBE_NONE + 1; kind < PROBE_KINDS_N; kind++) {
		for (i = 0; i < 1000; i++) {
			random_question(&random, kind, &a);
			assert_int_not_equal(
				match_bytes(&a.probe, len_of(&a), kind, &a.config, &answer),
				MATCH_ANSWER);
		}
	}
}

/* Without long datagrams, frames are short; those of this question must have room. */
static void shorten(struct asked *a)
{
	const unsigned int len = len_of(a);

	a->config.longs = 0;
	a->config.longs = len > probe_room(a->kind, &a->config);
}

/* Frames are built over old ones, so all that is sent must be written, and nothing behind the room. */
static void every_byte_is_written(void **state)
{
	union probe_frame over[2];
	enum probe_kind kind;
	uint64_t random = 34;
	struct asked a;
	unsigned int i, k, room;

	(void)state;
	for (kind = PROBE_NONE + 1; kind < PROBE_KINDS_N; kind++) {
		for (i = 0; i < 1000; i++) {
			random_question(&random, kind, &a);
			if (i % 2)
				shorten(&a);
			for (k = 0; k < 2; k++) {
				memset(&over[k], k ? 0x55 : 0xaa, sizeof(over[k]));
				probe_build(&over[k], kind, &a.config, &a.target, a.attempt);
			}
			room = probe_room(kind, &a.config);
			assert_in_range(room, ETH + 1, probe_room_any(&a.config));
			assert_in_range(len_of(&a), ETH + 1, room);
			assert_memory_equal(&over[0], &over[1], len_of(&a));
			for (k = room; k < sizeof(over[0]); k++)
				assert_int_equal(((__u8 *)&over[0])[k], 0xaa);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies_match_their_question),
		cmocka_unit_test(errors_match_the_question_they_quote),
		cmocka_unit_test(probes_are_no_answers),
		cmocka_unit_test(every_byte_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
