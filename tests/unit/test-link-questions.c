// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-link-questions.c - questions to all hosts, the answers that a stack gives, and forged ones. */
#include "../random.h"
#include "candidates.h"
#include "csum.h"
#include "link_formats.h"
#include "link_questions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TOKEN 0x0123456789abcdefULL

static const uint8_t ours[6] = { 2, 0, 0, 0, 0, 1 }, theirs[6] = { 2, 0, 0, 0, 0, 2 };
static const struct addr our_addr = { 0xfe80ULL << 48, 1 }, their_addr = { 0xfe80ULL << 48, 2 };

struct frame {
	uint8_t bytes[512];
	size_t len;
};

static void put_addr(struct net_addr6 *to, struct addr a)
{
	const uint64_t half[] = { __builtin_bswap64(a.hi), __builtin_bswap64(a.lo) };

	memcpy(to, half, sizeof(*to));
}

static struct frame question(enum link_question q)
{
	struct frame f = { 0 };

	f.len = link_question_build(q, ours, our_addr, TOKEN, f.bytes);
	assert_true(f.len <= LINK_FRAME_MAX);
	return f;
}

/* An answer to us, with this payload. */
static struct frame answer(uint8_t next, const void *payload, size_t len)
{
	struct frame f = { .len = sizeof(struct link_heads) + len };
	struct link_heads *heads = (void *)f.bytes;

	assert_true(f.len <= sizeof(f.bytes));
	memcpy(heads->eth.dst, ours, 6);
	memcpy(heads->eth.src, theirs, 6);
	heads->eth.type = net_be16(NET_ETH_IP6);
	heads->ip.version_class_flow = net_be32(0x60000000);
	heads->ip.payload_len = net_be16(len);
	heads->ip.next = next;
	heads->ip.hop_limit = 255;
	put_addr(&heads->ip.src, their_addr);
	put_addr(&heads->ip.dst, our_addr);
	memcpy(f.bytes + sizeof(*heads), payload, len);
	return f;
}

static void to_all(struct frame *f)
{
	f->bytes[0] = f->bytes[1] = 0x33;
}

/* What the frame tells, of exactly `len` bytes of memory. */
static unsigned int read_part(const struct frame *f, size_t len, struct sighting *out)
{
	uint8_t *copy = malloc(len ? len : 1);
	unsigned int n;

	assert_non_null(copy);
	memcpy(copy, f->bytes, len);
	n = link_answers_read(copy, len, TOKEN, ours, out);
	free(copy);
	return n;
}

/* The frame tells of these addresses alone, found in this way; cut short, of no others. */
static void assert_tells(const struct frame *f, enum sighted how, const struct addr *addrs,
			 unsigned int n)
{
	struct sighting out[LINK_ANSWERS_MAX];
	unsigned int i, found;
	size_t len;

	assert_int_equal(read_part(f, f->len, out), n);
	for (i = 0; i < n; i++) {
		assert_true(addr_equal(out[i].addr, addrs[i]));
		assert_memory_equal(out[i].mac, theirs, 6);
		assert_int_equal(out[i].how, how);
	}
	for (len = 0; len < f->len; len++) {
		found = read_part(f, len, out);
		assert_in_range(found, 0, n);
		for (i = 0; i < found; i++)
			assert_true(addr_equal(out[i].addr, addrs[i]));
	}
}

static uint64_t sum_of(const struct frame *f, size_t at)
{
	const struct link_heads *heads = (const void *)f->bytes;
	uint64_t sum = csum_pseudo6(&heads->ip.src, &heads->ip.dst, NET_PROTO_ICMP6,
				    (uint16_t)(f->len - at));

	for (; at < f->len; at += 4)
		sum = csum_add_words(sum, f->bytes + at, 1);
	return sum;
}

static void questions_are_whole(void **state)
{
	static const size_t at[] = { [LINK_ECHO] = 54, [LINK_OPTION] = 62, [LINK_MLD] = 62 };
	enum link_question q;

	(void)state;
	for (q = 0; q < LINK_QUESTIONS_N; q++) {
		struct frame f = question(q);
		const struct link_heads *heads = (const void *)f.bytes;

		assert_memory_equal(heads->eth.dst, "\x33\x33\0\0\0\1", 6);
		assert_memory_equal(heads->eth.src, ours, 6);
		assert_int_equal(net_host16(heads->ip.payload_len), f.len - sizeof(*heads));
		/* The sum over a message with its checksum is 0. */
		assert_int_equal(csum_fold(sum_of(&f, at[q])), 0);
	}
}

/* The router keeps its office, and no delay is 0. */
static void the_query_disturbs_nobody(void **state)
{
	const struct frame f = question(LINK_MLD);
	const struct link_heads *heads = (const void *)f.bytes;
	const struct link_query *query = (const void *)(f.bytes + 62);

	(void)state;
	assert_int_equal(heads->ip.hop_limit, 1);
	assert_memory_equal(&heads->ip.src, "\xfe\x80\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff",
			    16);
	assert_int_equal(query->type, LINK_MLD_QUERY);
	assert_true(net_host16(query->max_delay_ms) > 0);
	assert_int_equal(f.len - 62, 28); /* the length says the version */
}

static void an_echo_reply_repeats_the_token(void **state)
{
	const struct frame q = question(LINK_ECHO);
	struct frame f = answer(NET_PROTO_ICMP6, q.bytes + 54, q.len - 54);
	size_t i;

	(void)state;
	f.bytes[54] = NET_ICMP6_ECHO_REPLY;
	assert_tells(&f, SIGHTED_ECHO, &their_addr, 1);
	for (i = f.len - sizeof(uint64_t); i < f.len; i++) {
		f.bytes[i] ^= 1;
		assert_tells(&f, SIGHTED_ECHO, NULL, 0);
		f.bytes[i] ^= 1;
	}
	f.bytes[54] = NET_ICMP6_ECHO_REQUEST;
	assert_tells(&f, SIGHTED_ECHO, NULL, 0);
}

static void a_refusal_quotes_the_question(void **state)
{
	const struct frame q = question(LINK_OPTION);
	uint8_t payload[256] = { LINK_PARAMETER_PROBLEM, LINK_UNKNOWN_OPTION };
	struct frame f;

	(void)state;
	memcpy(payload + 8, q.bytes + 14, q.len - 14);
	f = answer(NET_PROTO_ICMP6, payload, 8 + q.len - 14);
	assert_tells(&f, SIGHTED_OPTION, &their_addr, 1);
	f.bytes[55] = 1; /* another problem */
	assert_tells(&f, SIGHTED_OPTION, NULL, 0);
	f.bytes[55] = LINK_UNKNOWN_OPTION;
	f.bytes[f.len - 1] ^= 1;
	assert_tells(&f, SIGHTED_OPTION, NULL, 0);
}

static void reports_tell_groups(void **state)
{
	const struct addr group = { 0xff02ULL << 48, 0x1ff123456 }, all = { 0xff02ULL << 48, 0xfb };
	const struct addr told[] = { their_addr, group };
	uint8_t payload[8 + 8 + 20 + 20 + 32] = { NET_PROTO_ICMP6, 0, 5, 2, 0, 0, 1, 0,
						  LINK_MLD2_REPORT };
	struct link_record *records = (void *)(payload + 16);
	struct link_report one = { .type = LINK_MLD_REPORT };
	struct frame f;

	(void)state;
	payload[15] = 2;
	records[0].type = 4;
	records[0].n_sources = net_be16(0);
	put_addr(&records[0].group, all);
	records[1].n_sources = net_be16(2);
	put_addr(&records[1].group, group);
	f = answer(LINK_HOP_OPTIONS, payload, sizeof(payload));
	to_all(&f);
	assert_tells(&f, SIGHTED_MLD, told, 2);
	records[0].n_sources = net_be16(0xffff); /* more than there are */
	f = answer(LINK_HOP_OPTIONS, payload, sizeof(payload));
	assert_tells(&f, SIGHTED_MLD, told, 1);

	memcpy(&one.group, &records[1].group, sizeof(one.group));
	f = answer(NET_PROTO_ICMP6, &one, sizeof(one));
	to_all(&f);
	assert_tells(&f, SIGHTED_MLD, told, 2);
}

static void neighbours_are_heard(void **state)
{
	const struct addr target = { 0x20010db8ULL << 32, 7 }, nobody = { 0, 0 };
	struct net_nd nd = { .type = NET_ICMP6_SOLICIT };
	struct frame f;

	(void)state;
	put_addr(&nd.target, target);
	f = answer(NET_PROTO_ICMP6, &nd, sizeof(nd));
	assert_tells(&f, SIGHTED_HEARD, NULL, 0); /* to us: about a question of ours */
	to_all(&f);
	assert_tells(&f, SIGHTED_HEARD, &their_addr, 1);
	put_addr(&((struct link_heads *)f.bytes)->ip.src, nobody);
	assert_tells(&f, SIGHTED_HEARD, &target, 1);
	f.bytes[54] = NET_ICMP6_ADVERTISE;
	assert_tells(&f, SIGHTED_HEARD, &target, 1);
	((struct link_heads *)f.bytes)->ip.hop_limit = 254; /* passed on by a router */
	assert_tells(&f, SIGHTED_HEARD, NULL, 0);
}

/* Over both families, by ARP and by what speaks to all. */
static void speakers_are_heard(void **state)
{
	const struct addr speaker = ADDR_IP4(0xc6120007);
	struct frame f = { .len = sizeof(struct net_eth) + 24 + sizeof(struct link_udp) };
	struct net_eth *eth = (void *)f.bytes;
	struct net_ip4 *ip = (void *)(eth + 1);
	struct net_arp *arp = (void *)(eth + 1);
	struct link_udp *udp = (void *)((uint8_t *)(ip + 1) + 4), udp6 = { 0 };
	static const uint16_t ports[] = { LINK_MDNS, LINK_DHCP_SERVER, LINK_DHCP_CLIENT };
	size_t i;

	(void)state;
	memset(eth->dst, 0xff, 6);
	memcpy(eth->src, theirs, 6);
	eth->type = net_be16(NET_ETH_IP4);
	ip->version_ihl = 0x46; /* with options */
	ip->proto = LINK_UDP;
	ip->src = net_be32(0xc6120007);
	for (i = 0; i < 3; i++) {
		udp->dst = net_be16(ports[i]);
		assert_tells(&f, SIGHTED_HEARD, &speaker, 1);
	}
	udp->dst = net_be16(LINK_MDNS + 1);
	assert_tells(&f, SIGHTED_HEARD, NULL, 0);
	udp->dst = net_be16(LINK_MDNS);
	ip->frag = net_be16(1);
	assert_tells(&f, SIGHTED_HEARD, NULL, 0);
	ip->frag = 0;
	ip->src = net_be32(0xe00000fb); /* a group */
	assert_tells(&f, SIGHTED_HEARD, NULL, 0);
	ip->src = 0;
	assert_tells(&f, SIGHTED_HEARD, NULL, 0);
	ip->src = net_be32(0xc6120007);
	memcpy(eth->dst, ours, 6);
	assert_tells(&f, SIGHTED_HEARD, NULL, 0);

	memset(eth->dst, 0xff, 6);
	eth->type = net_be16(NET_ETH_ARP);
	*arp = (struct net_arp){ .hw_type = net_be16(1),
				 .proto = net_be16(NET_ETH_IP4),
				 .hw_len = 6,
				 .proto_len = 4,
				 .op = net_be16(NET_ARP_REQUEST),
				 .sender_ip = net_be32(0xc6120007) };
	assert_tells(&f, SIGHTED_HEARD, &speaker, 1);
	arp->sender_ip = 0; /* tries an address */
	assert_tells(&f, SIGHTED_HEARD, NULL, 0);

	udp6.dst = net_be16(LINK_MDNS);
	f = answer(LINK_UDP, &udp6, sizeof(udp6));
	assert_tells(&f, SIGHTED_HEARD, NULL, 0); /* to us alone */
	to_all(&f);
	assert_tells(&f, SIGHTED_HEARD, &their_addr, 1);
}

/* Frames of ours, of groups, and of no address tell nothing. */
static void senders_are_hosts(void **state)
{
	struct net_nd nd = { .type = LINK_SOLICIT_ROUTER };
	struct frame f = answer(NET_PROTO_ICMP6, &nd, sizeof(nd));
	struct link_heads *heads = (void *)f.bytes;

	(void)state;
	to_all(&f);
	assert_tells(&f, SIGHTED_HEARD, &their_addr, 1);
	put_addr(&heads->ip.src, (struct addr){ 0xff02ULL << 48, 1 });
	assert_tells(&f, SIGHTED_HEARD, NULL, 0);
	put_addr(&heads->ip.src, their_addr);
	heads->eth.src[0] |= 1;
	assert_tells(&f, SIGHTED_HEARD, NULL, 0);
	memcpy(heads->eth.src, ours, 6);
	assert_tells(&f, SIGHTED_HEARD, NULL, 0);
}

/* Any bytes: what is found can be a host or a group, and is bounded. */
static void any_frame_is_read(void **state)
{
	struct sighting out[LINK_ANSWERS_MAX];
	uint64_t seed = 1;
	unsigned int i, k, n;

	(void)state;
	for (i = 0; i < 200000; i++) {
		uint8_t payload[300];
		struct frame f;

		random_bytes(&seed, payload, sizeof(payload));
		payload[0] = (uint8_t)(next_random(&seed) % 2 ? 128 + next_random(&seed) % 16
							      : NET_PROTO_ICMP6);
		f = answer(payload[0] == NET_PROTO_ICMP6 ? LINK_HOP_OPTIONS : NET_PROTO_ICMP6,
			   payload, next_random(&seed) % sizeof(payload));
		to_all(&f);
		n = read_part(&f, f.len, out);
		assert_in_range(n, 0, LINK_ANSWERS_MAX);
		for (k = 0; k < n; k++)
			assert_true(candidates_may_be(out[k].addr) ||
				    candidates_is_group(out[k].addr));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_are_whole),
		cmocka_unit_test(the_query_disturbs_nobody),
		cmocka_unit_test(an_echo_reply_repeats_the_token),
		cmocka_unit_test(a_refusal_quotes_the_question),
		cmocka_unit_test(reports_tell_groups),
		cmocka_unit_test(neighbours_are_heard),
		cmocka_unit_test(speakers_are_heard),
		cmocka_unit_test(senders_are_hosts),
		cmocka_unit_test(any_frame_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
