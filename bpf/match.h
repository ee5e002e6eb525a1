/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * match.h - what all matchers share: the tables user space reads, the ring of events, the search in
 * the list of hosts. User space sets the sizes before it loads a program.
 */
#ifndef XSCAN_BPF_MATCH_H
#define XSCAN_BPF_MATCH_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <xdp/xdp_helpers.h>

#include "abi.h"

/* What becomes of a frame, whichever hook saw it. */
enum verdict {
	VERDICT_PASS,
	VERDICT_DROP,
	VERDICT_RESET, /* answered with a RST, in its own place */
};

/*
 * The verdicts of tc, which has more filters to ask and asks them next (linux/pkt_cls.h:
 * TC_ACT_UNSPEC and TC_ACT_SHOT; of tcx, linux/bpf.h: TCX_NEXT and TCX_DROP).
 */
enum { TC_NEXT = -1, TC_DROP = 2 };

#define TABLE(name)                                                                                \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_ARRAY);                                                  \
		__uint(map_flags, BPF_F_MMAPABLE);                                                 \
		__uint(max_entries, 1);                                                            \
		__uint(key_size, sizeof(__u32));                                                   \
		__uint(value_size, TABLE_PAGE);                                                    \
	} name SEC(".maps")

/* In a libxdp dispatcher: before most others, and they see what ours passes. */
struct {
	__uint(priority, 10);
	__uint(XDP_PASS, 1);
} XDP_RUN_CONFIG(match_xdp);

TABLE(stats);	/* struct stats, a page for each possible CPU */
TABLE(hosts);	/* struct host_list: who is asked */
TABLE(lease);	/* struct lease */
TABLE(answers); /* who or what has answered, by index: see each matcher */

const volatile struct match_config match_config = {};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, TABLE_PAGE);
} events SEC(".maps");

/* The configuration, read as it is in memory: the compiler must not fold the zeros above. */
static __always_inline const struct match_config *configuration(void)
{
	const struct match_config *config = (const struct match_config *)&match_config;

	asm volatile("" : "+r"(config));
	return config;
}

/* Where `offset` lies in a table; `size` is a power of two that offset is a multiple of. */
static __always_inline void *table_at(void *table, __u64 offset, __u32 size)
{
	__u32 page = offset / TABLE_PAGE;
	__u8 *start = bpf_map_lookup_elem(table, &page);

	return start ? start + (offset & (TABLE_PAGE - size)) : NULL;
}

/* To be asked only about frames that are ours: reading the clock costs. */
static __always_inline bool lease_holds(void)
{
	const volatile struct lease *l = table_at(&lease, 0, sizeof(*l));

	return l && bpf_ktime_get_ns() < l->until_ns;
}

static __always_inline struct stats *stats_here(void)
{
	return table_at(&stats, (__u64)bpf_get_smp_processor_id() * TABLE_PAGE, TABLE_PAGE);
}

/*
 * The index of an address among the hosts asked, and its flow; false: it is none of them. The
 * verifier walks through every step there can be, so there are no more than this list needs.
 */
static __always_inline bool host_find(__be32 addr, __u64 *index, __u32 *flow)
{
	const __u32 steps = configuration()->host_steps;
	const struct host_list *list = table_at(&hosts, 0, sizeof(*list));
	__u32 host = net_host32(addr), low = 0, high, step;

	if (!list)
		return false;
	high = list->n;
	for (step = 0; step < steps && low < high; step++) {
		__u32 middle = (low + high) / 2;
		const struct host_entry *entry;

		entry = table_at(&hosts, sizeof(*list) + (__u64)middle * sizeof(*entry),
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

/* Which try is under way on the way of a host? */
static __always_inline __u8 attempt_now(__u32 flow)
{
	const struct host_list *list = table_at(&hosts, 0, sizeof(*list));

	return list ? list->attempt[flow] : 0;
}

/* False: the ring has no room. */
static __always_inline bool report(const struct answer *answer)
{
	/* User space polls; waking it for every event would cost more than the event. */
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return false;
	event->time_ns = bpf_ktime_get_ns();
	event->answer = *answer;
	event->pad = 0;
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	return true;
}

/*
 * A tc program sees the linear part of a packet, which of some drivers' short packets is little
 * more than nothing; an answer is never longer than this (RFC 1812, 4.3.2.3: of an ICMP error).
 */
enum { ANSWER_LEN_MAX = 14 + 576 };

static __always_inline struct cursor skb_cursor(struct __sk_buff *skb)
{
	const void *data = (const void *)(long)skb->data;
	const void *data_end = (const void *)(long)skb->data_end;
	long linear = data_end - data;

	if (linear < skb->len && skb->len <= ANSWER_LEN_MAX)
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
