/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * capture.h - copies of frames for user space (--capture): what did not pass for an answer and why,
 * or all frames of one question. The mode is constant: if it is CAPTURE_OFF, the verifier cuts all
 * of this out.
 */
#ifndef XSCAN_BPF_CAPTURE_H
#define XSCAN_BPF_CAPTURE_H

#include "match.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, TABLE_PAGE);
} xscan_frames SEC(".maps");

/* What matching a frame has shown of it. */
struct note {
	__u8 miss; /* enum miss */
	__u8 kind; /* of the lane */
	bool of_flow;
};

/*
 * The assembly keeps the note in memory, written in code that the verifier cuts out. In registers each
 * path through the program would carry it.
 */
static __always_inline void capture_begin(const struct match_config *config, struct note *note)
{
	if (config->capture.mode == CAPTURE_OFF)
		return;
	*note = (struct note){ .miss = MISS_NONE };
	asm volatile("" : : "r"(note) : "memory");
}

/* Is this the target that --capture-flow names? */
static __always_inline bool capture_is_of_flow(const struct match_config *config,
					       const struct answer *answer)
{
	const struct capture_config *flow = &config->capture;

	if (answer->port != flow->port)
		return false;
	return is_ip6() ? net_addr6_equal(&answer->addr6, &flow->addr6)
			: answer->addr == flow->addr;
}

/* Note what an answer, or what pretends to be one, has been taken for. */
static __always_inline void capture_note(const struct match_config *config, enum lane lane,
					 const struct answer *answer, enum miss miss,
					 struct note *note)
{
	if (config->capture.mode == CAPTURE_OFF)
		return;
	note->miss = miss;
	note->kind = kind_of(config, lane);
	note->of_flow = config->capture.mode == CAPTURE_FLOW && lane == LANE_QUESTIONS &&
			capture_is_of_flow(config, answer);
}

/* May one more frame be kept in this second? */
static __always_inline bool capture_may(struct capture_stats *stats, __u64 now_ns)
{
	const __u64 second = now_ns / 1000000000;

	if (stats->second != second) {
		stats->second = second;
		stats->in_second = 0;
	}
	return stats->in_second++ < CAPTURE_A_SECOND;
}

/* Room for a copy, with its time; NULL: the frame is left out, and counted. */
static __always_inline struct captured *capture_reserve(const struct match_config *config,
							 enum place place)
{
	struct stats_page *page;
	struct captured *copy = NULL;
	__u64 now_ns;

	page = table_at(&xscan_stats, (__u64)bpf_get_smp_processor_id() * TABLE_PAGE, TABLE_PAGE);
	if (!page)
		return NULL;
	now_ns = bpf_ktime_get_ns();
	if (capture_may(&page->capture, now_ns))
		copy = bpf_ringbuf_reserve(&xscan_frames, sizeof(*copy), 0);
	if (!copy) {
		page->capture.left_out++;
		return NULL;
	}
	copy->time_ns = now_ns;
	copy->verdict = CAPTURE_NO_VERDICT;
	copy->miss = MISS_NONE;
	copy->place = place;
	copy->outlet = config->capture.outlet;
	copy->leaves = true;
	return copy;
}

/* Is the frame to be kept? */
static __always_inline bool capture_wants(const struct match_config *config,
					  const struct note *note)
{
	if (config->capture.mode == CAPTURE_OFF)
		return false;
	return config->capture.mode == CAPTURE_FLOW ? note->of_flow : note->miss != MISS_NONE;
}

/* Reserve room for a frame that has come in. */
static __always_inline struct captured *capture_take(const struct match_config *config,
						     const struct note *note, enum place place,
						     __u32 queue)
{
	struct captured *copy;

	if (!capture_wants(config, note))
		return NULL;
	copy = capture_reserve(config, place);
	if (!copy)
		return NULL;
	copy->miss = note->miss;
	copy->kind = note->kind;
	copy->queue = queue;
	copy->leaves = false;
	return copy;
}

/*
 * Copy the start of a frame of `len` bytes. Use no pointer into the frame afterwards, but read it anew
 * from the context: see copy_bytes.
 */
static __always_inline void capture_bytes(struct captured *copy, const void *from, const void *end,
					  __u32 len)
{
	long there = end - from;

	copy->len = len;
	copy->kept = there < CAPTURE_BYTES ? there : CAPTURE_BYTES;
	if (copy->kept > len)
		copy->kept = len;
	copy_bytes(copy->bytes, CAPTURE_BYTES, from, end);
}

#endif
