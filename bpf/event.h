/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* event.h - tell user space of an answer, by the ring. */
#ifndef XSCAN_BPF_EVENT_H
#define XSCAN_BPF_EVENT_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "abi.h"
#include "kind.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, TABLE_PAGE);
} xscan_events SEC(".maps");

static __always_inline void event_fill(struct event *event, enum event_type type, enum lane lane,
				       __u64 question, const struct answer *answer)
{
	event->type = type;
	event->lane = lane;
	event->state = answer->state;
	event->attempt = answer->attempt;
	event->ttl = answer->ttl;
	event->pad = 0;
	event->window = answer->window;
	event->time_ns = bpf_ktime_get_ns();
	event->question = (__u32)question;
	event->age = answer->sent ? probe_tcp_tick(event->time_ns) - answer->sent + 1 : 0;
	event->mss = answer->mss;
	__builtin_memcpy(event->mac, answer->mac, sizeof(event->mac));
}

/* Send an event. False: the ring has no room. */
static __always_inline bool report(enum event_type type, enum lane lane, __u64 question,
				   const struct answer *answer)
{
	/* No wakeup: user space polls, and a wakeup would cost more than the event. */
	struct event *event = bpf_ringbuf_reserve(&xscan_events, sizeof(*event), 0);

	if (!event)
		return false;
	event_fill(event, type, lane, question, answer);
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	return true;
}

/*
 * Copy the bytes from `from` to the end of the packet, but no more than `room`, an even number. Use no
 * pointer into the frame afterwards: the verifier would walk what follows for each length.
 */
static __always_inline void copy_bytes(__u8 *to, __u32 room, const void *from, const void *end)
{
	const __u8 *at = from;
	__u32 i;

	for (i = 0; i < room; i += 2) {
		const __u8 *next = at + 2;

		/* See probe_udp_repeats: let no compiler compute with the end of the packet. */
		asm volatile("" : "+r"(next));
		if ((const void *)next > end)
			break;
		*(__u16 *)(to + i) = *(const __u16 *)(next - 2);
		at = next;
	}
	if (i < room && (const void *)(at + 1) <= end)
		to[i] = *at;
}

/* Have answers to the kind of this object a payload? */
static __always_inline bool event_has_payload(void)
{
	return KIND == PROBE_UDP || KIND == PROBE_UDP6;
}

/*
 * Keep the place behind the IP header, if answers have a payload. The assembly keeps it in memory.
 */
static __always_inline void event_keep_place(const struct cursor *place, struct cursor *kept)
{
	if (!event_has_payload())
		return;
	*kept = *place;
	asm volatile("" : : "r"(kept) : "memory");
}

/* Is the ring less than half full? Else leave it to events without a payload. */
static __always_inline bool event_has_room(void)
{
	return bpf_ringbuf_query(&xscan_events, BPF_RB_AVAIL_DATA) <
	       bpf_ringbuf_query(&xscan_events, BPF_RB_RING_SIZE) / 2;
}

/*
 * Send the event of an answer with its payload; the length in its UDP header is right. False: the
 * payload is empty, or there is no room.
 */
static __always_inline bool report_payload(__u64 question, const struct answer *answer,
					   const struct cursor *datagram)
{
	struct cursor c = *datagram;
	const struct net_udp *udp = cursor_pull_udp(&c);
	struct event_payload *told;
	__u32 len;
	long there;

	if (!udp || net_host16(udp->len) <= sizeof(*udp) || !event_has_room())
		return false;
	told = bpf_ringbuf_reserve(&xscan_events, sizeof(*told), 0);
	if (!told)
		return false;
	event_fill(&told->event, EVENT_PAYLOAD, LANE_QUESTIONS, question, answer);
	there = c.end - c.pos;
	len = net_host16(udp->len) - sizeof(*udp);
	told->len = len;
	if (len > EVENT_PAYLOAD_BYTES)
		len = EVENT_PAYLOAD_BYTES;
	told->kept = there < len ? there : len;
	__builtin_memset(told->pad, 0, sizeof(told->pad));
	copy_bytes(told->bytes, EVENT_PAYLOAD_BYTES, c.pos, c.end);
	bpf_ringbuf_submit(told, BPF_RB_NO_WAKEUP);
	return true;
}

/* Send the event of an answer to a question; `datagram`: see event_keep_place. */
static __always_inline bool report_answer(__u64 question, const struct answer *answer,
					  const struct cursor *datagram)
{
	if (event_has_payload() && answer->state == ANSWER_OPEN &&
	    report_payload(question, answer, datagram))
		return true;
	return report(EVENT_ANSWER, LANE_QUESTIONS, question, answer);
}

#endif
