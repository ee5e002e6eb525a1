/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * match.h - the shared tables, and how an answer gets into them: find its question, mark the
 * answer, send an event if the answer is news. User space sets the sizes of the tables before it
 * loads a program.
 */
#ifndef XSCAN_BPF_MATCH_H
#define XSCAN_BPF_MATCH_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <xdp/xdp_helpers.h>

#include "abi.h"
#include "event.h"
#include "kind.h"
#include "observe.h"

/*
 * The verdicts of tc. TC_NEXT lets the filters behind ours decide (linux/pkt_cls.h: TC_ACT_UNSPEC
 * and TC_ACT_SHOT; linux/bpf.h for tcx: TCX_NEXT and TCX_DROP).
 */
enum { TC_NEXT = -1, TC_DROP = 2, TC_REDIRECT = 7 };

/* A table whose pages hold `contents`. The type shows in what bpftool prints of the table. */
#define TABLE(name, contents)                      \
	struct name##_page {                       \
		contents;                          \
	} __attribute__((aligned(TABLE_PAGE)));    \
	struct {                                   \
		__uint(type, BPF_MAP_TYPE_ARRAY);  \
		__uint(map_flags, BPF_F_MMAPABLE); \
		__uint(max_entries, 1);            \
		__type(key, __u32);                \
		__type(value, struct name##_page); \
	} name SEC(".maps")

enum { HOSTS_IN_PAGE = TABLE_PAGE / sizeof(struct host_entry) };

/* In a libxdp dispatcher, run before most other programs, and let them see what ours passes. */
struct {
	__uint(priority, 10);
	__uint(XDP_PASS, 1);
} XDP_RUN_CONFIG(xscan_xdp);

/*
 * Names that the kernel shows begin with xscan_, and have 15 characters at most. A struct host_list
 * is in the place of the first entries of a list of hosts.
 */
TABLE(xscan_stats, struct stats lanes[LANES]); /* a page for each possible CPU */
TABLE(xscan_lease, struct lease lease);
TABLE(xscan_near, struct host_entry hosts[HOSTS_IN_PAGE]); /* LANE_NEIGHBOURS */
TABLE(xscan_neighbour, struct neighbour hosts[TABLE_PAGE / sizeof(struct neighbour)]);
TABLE(xscan_hosts, struct host_entry hosts[HOSTS_IN_PAGE]); /* LANE_QUESTIONS */
TABLE(xscan_answers, __u8 states[TABLE_PAGE]);	 /* a byte a question: host * each + slot - 1 */
TABLE(xscan_slots, __u16 slots[TABLE_PAGE / 2]); /* by port: 1 + its index, or 0: not asked */

const volatile struct match_config match_config = {};

/* The configuration in memory. The barrier keeps the compiler from folding the zeros above. */
static __always_inline const struct match_config *configuration(void)
{
	const struct match_config *config = (const struct match_config *)&match_config;

	asm volatile("" : "+r"(config));
	return config;
}

/* The address of byte `offset` of a table; `offset` is a multiple of `size`, a power of two. */
static __always_inline void *table_at(void *table, __u64 offset, __u32 size)
{
	__u32 page = offset / TABLE_PAGE;
	__u8 *start = bpf_map_lookup_elem(table, &page);

	return start ? start + (offset & (TABLE_PAGE - size)) : NULL;
}

/* HELD_BY_BOTH: xscan_xdp may have entered the frame that xscan_tc gets. */
enum held { HELD_NOT, HELD, HELD_BY_BOTH };

/*
 * Does this program have the lease? Call only for frames that answer us: reading the clock costs.
 *
 * xscan_xdp sees each frame first. A frame that came before aside_ns was set is entered there, and
 * may be passed on to xscan_tc; a later frame is xscan_tc's alone. So no answer is lost, and
 * for a short time xscan_tc does not count what is in the table already.
 */
static __always_inline enum held lease_held(enum lane lane, enum place place)
{
	const volatile struct lease *l = table_at(&xscan_lease, 0, sizeof(*l));
	__u64 now, aside;

	if (!l)
		return HELD_NOT;
	now = bpf_ktime_get_ns();
	aside = l->aside_ns;
	if (now >= l->until_ns[lane] || (aside != 0) != (place == PLACE_TC))
		return HELD_NOT;
	return place == PLACE_TC && now < aside + HANDOVER_NS ? HELD_BY_BOTH : HELD;
}

static __always_inline struct stats *stats_here(enum lane lane)
{
	struct stats_page *page;

	page = table_at(&xscan_stats, (__u64)bpf_get_smp_processor_id() * TABLE_PAGE, TABLE_PAGE);
	return page ? &page->lanes[lane] : NULL;
}

/*
 * The index of an address among the hosts of a lane, and its flow. False: the address is no host of
 * the lane. The verifier walks every step of the loop, so `steps` is what this list needs and no
 * more.
 */
static __always_inline bool host_find(void *table, __u32 steps, __be32 addr, __u64 *index,
				      __u32 *flow)
{
	const struct host_list *list = table_at(table, 0, sizeof(*list));
	__u32 host = net_host32(addr), low = 0, high, step;

	if (!list)
		return false;
	high = list->n;
	for (step = 0; step < steps && low < high; step++) {
		__u32 middle = (low + high) / 2;
		const struct host_entry *entry;

		entry = table_at(table, sizeof(*list) + (__u64)middle * sizeof(*entry),
				 sizeof(*entry));
		if (!entry)
			return false;
		if (host < entry->first) {
			high = middle;
		} else if (host > entry->last) {
			low = middle + 1;
		} else {
			*index = entry->base + (host - entry->first);
			*flow = entry->flow & (FLOWS_MAX - 1);
			return true;
		}
	}
	return false;
}

/*
 * The upper half of an address in the list of hosts. If several links are searched, a link-local address has the
 * number of its interface there. An address that has a number already is nobody's: no host has a group's.
 */
static __always_inline __u64 scoped(__u64 hi, __u32 scope)
{
	if (!scope || hi >> 54 != 0xfe80 >> 6)
		return hi;
	return hi == 0xfe80ULL << 48 ? hi | scope : ~0ULL;
}

/* The same over IPv6. */
static __always_inline bool host_find6(void *table, __u32 steps, __u32 scope,
				       const struct net_addr6 *addr, __u64 *index, __u32 *flow)
{
	const struct host_list *list = table_at(table, 0, sizeof(*list));
	const __u64 hi = scoped((__u64)net_host32(net_get(&addr->word[0])) << 32 |
					net_host32(net_get(&addr->word[1])),
				scope);
	const __u64 lo = (__u64)net_host32(net_get(&addr->word[2])) << 32 |
			 net_host32(net_get(&addr->word[3]));
	__u32 low = 0, high, step;

	if (!list)
		return false;
	high = list->n;
	for (step = 0; step < steps && low < high; step++) {
		__u32 middle = (low + high) / 2;
		const struct host_entry6 *entry;

		entry = table_at(table, sizeof(*list) + (__u64)middle * sizeof(*entry),
				 sizeof(*entry));
		if (!entry)
			return false;
		if (hi < entry->first_hi || (hi == entry->first_hi && lo < entry->first_lo)) {
			high = middle;
		} else if (hi - entry->first_hi != (lo < entry->first_lo) ||
			   lo - entry->first_lo > entry->n_behind) {
			low = middle + 1;
		} else {
			*index = entry->base + (lo - entry->first_lo);
			*flow = entry->flow & (FLOWS_MAX - 1);
			return true;
		}
	}
	return false;
}

/* Find the host that an answer is about. */
static __always_inline bool host_of(void *table, const struct lane_config *lane,
				    const struct answer *answer, __u64 *index, __u32 *flow)
{
	if (is_ip6())
		return host_find6(table, lane->host_steps, configuration()->scope, &answer->addr6,
				  index, flow);
	return host_find(table, lane->host_steps, answer->addr, index, flow);
}

/* The try under way in a flow. */
static __always_inline __u8 attempt_now(__u32 flow)
{
	const struct host_list *list = table_at(&xscan_hosts, 0, sizeof(*list));

	return list ? list->attempt[flow] : 0;
}

/*
 * A known neighbour answers again. Another MAC address means another machine: report a conflict.
 * Count no frame that may have been counted.
 */
static __always_inline enum miss enter_again(struct neighbour *known, __u64 host,
					     const struct answer *answer, enum held held,
					     struct stats *count)
{
	unsigned int i;
	bool same = true;

	known->state |= ANSWER_ALIVE;
	count->seen += held == HELD;
	count->duplicates += held == HELD;
	for (i = 0; i < sizeof(known->mac); i++)
		same &= known->mac[i] == answer->mac[i];
	if (!same && (held == HELD_BY_BOTH || count->conflicts++ < CONFLICTS_TOLD))
		report(EVENT_CONFLICT, LANE_NEIGHBOURS, host, answer);
	return same ? MISS_NONE : MISS_MAC; /* neighbours are asked again now and then */
}

/* Enter the answer of a neighbour. Ignore addresses that were not asked for. */
static __always_inline enum miss enter_neighbour(const struct answer *answer,
						 const struct lane_config *lane, enum held held)
{
	struct stats *count = stats_here(LANE_NEIGHBOURS);
	struct neighbour *neighbour;
	union {
		struct neighbour as_struct;
		__u64 as_u64;
	} entry = {};
	__u64 host;
	__u32 flow;

	if (!count || !host_of(&xscan_near, lane, answer, &host, &flow))
		return MISS_NOT_ASKED;
	xscan_answer(answer);
	neighbour = table_at(&xscan_neighbour, host * sizeof(*neighbour), sizeof(*neighbour));
	if (!neighbour)
		return MISS_NOT_ASKED;
	if (neighbour->state != ANSWER_NONE)
		return enter_again(neighbour, host, answer, held, count);
	count->seen++;
	__builtin_memcpy(entry.as_struct.mac, answer->mac, sizeof(answer->mac));
	entry.as_struct.state = ANSWER_UP;
	*(volatile __u64 *)neighbour = entry.as_u64;
	count->answers[flow]++;
	if (!report(EVENT_ANSWER, LANE_NEIGHBOURS, host, answer))
		count->events_lost++;
	return MISS_NONE;
}

/* Send an event of an answer that is news, or of one in SAMPLE_EVERY others. */
static __always_inline void tell(const struct answer *answer, const struct lane_config *lane,
				 __u64 question, __u64 nth, const struct cursor *datagram,
				 struct stats *count)
{
	if (answer->state == ANSWER_OPEN || answer->state == ANSWER_UP || lane->report_all) {
		if (!report_answer(question, answer, datagram))
			count->events_lost++;
	} else if (nth % SAMPLE_EVERY == 0) {
		report(EVENT_ANSWER, LANE_QUESTIONS, question, answer);
	}
}

/*
 * A further answer to an answered question. Answers to pulses are nobody's duplicates. A pulse is
 * answered by an answer as good as the known one: a firewall's error does not prove that the target's
 * answer has come. A frame that may have been entered already is not counted again; a better answer
 * is another frame.
 */
static __always_inline enum miss enter_further(__u8 *state, const struct answer *answer,
					       const struct lane_config *lane, enum held held,
					       __u64 question, const struct cursor *datagram,
					       struct stats *count)
{
	const __u32 known = answer_rank(*state & ~ANSWER_MARKS), rank = answer_rank(answer->state);
	const bool to_pulse = answer->attempt >= lane->pulse;

	if (to_pulse) {
		count->pulses += held == HELD;
		if (rank >= known)
			*state |= ANSWER_ALIVE;
	} else if (held != HELD_BY_BOTH || rank > known) {
		count->seen++;
		count->duplicates++;
	}
	if (rank <= known)
		return to_pulse ? MISS_NONE : MISS_DUPLICATE;
	*state = answer->state;
	tell(answer, lane, question, 1, datagram, count);
	return MISS_NONE;
}

/*
 * Enter an answer whose proof was right. Do not count an answer to a question of an earlier slice
 * of the scan. Reading and writing the state is not one atomic step: Linux 5.10 has no
 * compare-and-swap in BPF. If two answers to one question arrive on two CPUs within nanoseconds,
 * both count as the first. User space reports the question once.
 */
static __always_inline enum miss enter_answer(const struct answer *answer,
					      const struct lane_config *lane, enum held held,
					      const struct cursor *datagram, struct stats *count)
{
	__u32 port = net_host16(answer->port);
	const __u16 *slot = table_at(&xscan_slots, port * sizeof(*slot), sizeof(*slot));
	__u64 host, question;
	__u8 *state;
	__u32 flow;
	bool late;

	if (!slot || !*slot || !host_of(&xscan_hosts, lane, answer, &host, &flow))
		return MISS_NOT_ASKED;
	question = host * lane->each + *slot - 1;
	state = table_at(&xscan_answers, question, 1);
	if (!state)
		return MISS_NOT_ASKED;
	if (*state != ANSWER_NONE)
		return enter_further(state, answer, lane, held, question, datagram, count);
	count->seen++;
	*state = answer->state;
	tell(answer, lane, question, count->answers[flow], datagram, count);
	late = answer->attempt < attempt_now(flow);
	if (late)
		count->late++;
	count->answers[flow]++;
	return late ? MISS_LATE : MISS_NONE;
}

/*
 * A tc program sees only the linear part of a packet. Some drivers leave little or nothing of a packet
 * there. An answer is never longer than this (RFC 1812, 4.3.2.3, for ICMP errors), but for a datagram, which
 * takes as much as a link does.
 */
enum { ANSWER_LEN_MAX = 14 + 576, DATAGRAM_LEN_MAX = 14 + 9000 };

/* Is it a datagram? The headers may be outside of the linear part. */
static __always_inline bool skb_is_datagram(struct __sk_buff *skb,
					    const struct match_config *config)
{
	const __u32 ip = config->bare ? 0 : sizeof(struct net_eth);
	__u8 protocol = 0;

	bpf_skb_load_bytes(
		skb,
		ip + (is_ip6() ? offsetof(struct net_ip6, next) : offsetof(struct net_ip4, proto)),
		&protocol, sizeof(protocol));
	return protocol == NET_PROTO_UDP;
}

/* May the packet be an answer, by its length? */
static __always_inline bool skb_may_answer(struct __sk_buff *skb, const struct match_config *config)
{
	if (skb->len <= ANSWER_LEN_MAX)
		return true;
	return event_has_payload() && skb->len <= DATAGRAM_LEN_MAX && skb_is_datagram(skb, config);
}

static __always_inline struct cursor skb_cursor(struct __sk_buff *skb,
						const struct match_config *config)
{
	const void *data = (const void *)(long)skb->data;
	const void *data_end = (const void *)(long)skb->data_end;
	long linear = data_end - data;

	if (linear < skb->len && skb_may_answer(skb, config))
		bpf_skb_pull_data(skb, skb->len);
	return (struct cursor){
		.pos = (const void *)(long)skb->data,
		.end = (const void *)(long)skb->data_end,
	};
}

static __always_inline struct cursor xdp_cursor(const struct xdp_md *ctx)
{
	return (struct cursor){
		.pos = (const void *)(long)ctx->data,
		.end = (const void *)(long)ctx->data_end,
	};
}

#endif
