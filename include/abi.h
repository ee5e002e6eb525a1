/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * abi.h - what the BPF programs and user space say to each other: configuration, shared tables,
 * counters, events.
 *
 * Shared memory is made of tables: BPF arrays of 4096-byte pages (an array map would round each
 * smaller value up to 8 bytes), mmapped by user space and addressed by byte offset on both sides.
 * Integers are in host order unless their type says otherwise.
 */
#ifndef XSCAN_ABI_H
#define XSCAN_ABI_H

#include "answer.h"
#include "probe.h"

enum { TABLE_PAGE = 4096 };

/*
 * Two lanes can work at the same time. LANE_NEIGHBOURS finds out which hosts are on the link, until
 * the scan ends. LANE_QUESTIONS carries the questions to hosts that are up.
 */
enum lane { LANE_NEIGHBOURS, LANE_QUESTIONS, LANES };

/*
 * Addresses first..last, host order, inclusive. `base` is the index of `first` among all hosts of
 * the lane. `flow` (a flow is the questions of one way) selects the counter of answers.
 */
struct host_entry {
	__u32 first;
	__u32 last;
	__u32 base;
	__u32 flow;
};

/*
 * The same over IPv6, host order: the first address, and how many follow it.
 */
struct host_entry6 {
	__u64 first_hi, first_lo;
	__u32 n_behind;
	__u32 base;
	__u32 flow;
	__u32 pad;
};

enum { FLOWS_MAX = 16 };

/*
 * The head of a lane's table of hosts. `n` entries follow, host_entry or host_entry6 by the family
 * of the lane's kind, sorted and disjoint, for a binary search. Each is aligned to its size, so no
 * entry straddles two pages.
 */
struct host_list {
	__u64 n;
	__u64 pad;
	__u8 attempt
		[FLOWS_MAX]; /* by flow: the try under way; an answer to an earlier try is late */
};

enum { HOST_ENTRIES_MAX = 1 << 20 };

/*
 * The answers of LANE_NEIGHBOURS, by host. The kernel writes an entry whole, by one 64-bit store, and
 * only while its state is ANSWER_NONE.
 */
struct neighbour {
	__u8 mac[6];
	__u8 state; /* ANSWER_NONE or ANSWER_UP, and the marks below */
	__u8 taken; /* by user space: how many port phases have had this host */
};

/*
 * Marks on a state. User space sets ANSWER_REPORTED once a sink has the answer. The kernel sets
 * ANSWER_ALIVE when an answered question is answered again: for TCP and echo, when the answer is to
 * a pulse (pulse.h). User space clears ANSWER_ALIVE before it sends the pulse. A better answer
 * clears both marks.
 */
enum {
	ANSWER_REPORTED = 0x80,
	ANSWER_ALIVE = 0x40,
	ANSWER_MARKS = ANSWER_REPORTED | ANSWER_ALIVE,
};

/* What to do with a frame that has matched. */
enum fate {
	FATE_PASS,
	FATE_DROP,
	FATE_RESET, /* turn a SYN-ACK into the RST that answers it, and send it back */
};

struct lane_config {
	__u32 kind;	  /* enum probe_kind; PROBE_NONE: the lane is not used */
	__u32 host_steps; /* how often the list of hosts can be halved: bounds the search */
	__u32 each;	  /* questions for each host */
	__u8 fate_yes;	  /* enum fate, of an answer that says ANSWER_OPEN or ANSWER_UP */
	__u8 fate_no;	  /* enum fate, of all other answers */
	__u8 report_all;  /* every new answer makes an event, not only open ports and hosts */
	__u8 pulse;	  /* pulses have this or a higher number in place of a try */
};

/* What --capture keeps of frames. */
enum capture_mode {
	CAPTURE_OFF,
	CAPTURE_MISSES, /* frames that look like answers and are none, or none that is news */
	CAPTURE_FLOW,	/* frames from and to one port of one target */
};

/* Addresses and port in network order; they count with CAPTURE_FLOW. The family is the lane's. */
struct capture_config {
	union {
		__be32 addr;
		struct net_addr6 addr6;
	};
	__be16 port;
	__u8 mode;   /* enum capture_mode */
	__u8 outlet; /* the interface's place among those of the scan */
	__u8 pad[4];
};

/* The configuration of a loaded program (.rodata): constant for the verifier. */
struct match_config {
	struct probe_config probe;
	struct lane_config lanes[LANES];
	struct capture_config capture;
	__u8 bare; /* frames have no Ethernet header: tc only */
	__u8 pad[3];
	__u32 scope; /* of link-local addresses of hosts here, as in addr.h; 0: none */
};

/*
 * Until when each lane works. User space renews the lease while it lives. If a matcher outlives
 * user space, all frames pass once the lease has ended. 0 stops a lane.
 *
 * While a program of XDP and one of tc are attached, one of both matches. Times are of
 * CLOCK_MONOTONIC.
 */
struct lease {
	__u64 until_ns[LANES];
	__u64 pad;
	__u64 aside_ns; /* since when xscan_tc matches; 0: xscan_xdp or xscan_send does */
};

/*
 * So long after aside_ns, xscan_tc may still get a frame that xscan_xdp has entered and passed on:
 * longer than a frame waits between both.
 */
#define HANDOVER_NS 20000000ULL

/* Of the answers that make no event, one in SAMPLE_EVERY still makes one, for its round trip. */
enum { SAMPLE_EVERY = 64 };

/* Statistics of one CPU and one lane. */
struct stats {
	__u64 answers[FLOWS_MAX]; /* first answers to a question, by flow */
	__u64 seen;		  /* frames that answer questions of this lane, or pretend to */
	__u64 late;		  /* first answers to an earlier try than the one under way */
	__u64 duplicates;	  /* further answers to the same question */
	__u64 rejected;		  /* the proof was wrong, or the question was never asked */
	__u64 pulses;		  /* answers to pulses: no duplicates, and not in `seen` */
	__u64 events_lost; /* events for which the ring had no room; the tables have the answers */
	__u64 conflicts;   /* answers of a neighbour with another MAC address than its first */
};

/* What one CPU has done for --capture. */
struct capture_stats {
	__u64 second;	 /* of CLOCK_MONOTONIC: the last in which a frame was to be kept */
	__u64 in_second; /* frames in it */
	__u64 left_out;	 /* frames beyond CAPTURE_A_SECOND, or that the ring had no room for */
};

/* A CPU's page of the table of statistics, written by that CPU alone. */
struct stats_page {
	struct stats lanes[LANES];
	struct capture_stats capture;
};

enum event_type {
	EVENT_ANSWER,	/* the first answer to a question */
	EVENT_CONFLICT, /* a known neighbour answers with another MAC address */
	EVENT_PAYLOAD, /* the first answer to a question, with what it says: struct event_payload */
};

/* A CPU reports this many conflicts, and only counts the others. */
enum { CONFLICTS_TOLD = 1024 };

struct event {
	__u8 type; /* enum event_type */
	__u8 lane; /* enum lane */
	__u8 state;
	__u8 attempt;
	__u8 ttl;
	__u8 pad;
	__u16 window;
	__u64 time_ns;	/* CLOCK_MONOTONIC */
	__u32 question; /* index of the question */
	__u32 age;	/* 1 + ticks since the probe left, as the answer says; 0: unknown */
	__u16 mss;
	__u8 mac[6];
};

/*
 * The event of a datagram that opens a UDP port: the first bytes of its payload are behind the event.
 * If the ring is half full, such an answer makes a plain event: news come before words.
 */
enum { EVENT_PAYLOAD_BYTES = 208 };

struct event_payload {
	struct event event;
	__u16 len;  /* of the payload; the first bytes of it are kept */
	__u16 kept; /* at most EVENT_PAYLOAD_BYTES */
	__u8 pad[4];
	__u8 bytes[EVENT_PAYLOAD_BYTES];
};

/*
 * Why a frame is no answer, or no news: enum reject, and what shows only when its question is looked
 * up.
 */
enum miss {
	MISS_NONE = REJECT_NONE,
	MISS_HEADER = REJECT_HEADER,
	MISS_COOKIE = REJECT_COOKIE,
	MISS_FLAGS = REJECT_FLAGS,
	MISS_NOT_ASKED, /* nobody asks this host, or this port */
	MISS_DUPLICATE, /* the question is answered already */
	MISS_LATE,	/* the first answer, but to an earlier try than the one under way */
	MISS_MAC,	/* a neighbour has another MAC address than in its first answer */
	MISSES_N,
};

/* Where a frame was seen. */
enum place { PLACE_XDP, PLACE_TC };

/*
 * A copy of a frame for --capture, in a ring of its own. `verdict` is that of XDP or of tc, as the
 * place says; of a frame that leaves, CAPTURE_NO_VERDICT.
 */
enum { CAPTURE_A_SECOND = 1000, CAPTURE_BYTES = 256, CAPTURE_NO_VERDICT = 0x7fffffff };

struct captured {
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u32 len;     /* of the frame; the first bytes of it are kept */
	__u32 kept;
	__s32 verdict;
	__u32 queue; /* of the interface */
	__u8 miss;   /* enum miss */
	__u8 place;  /* enum place */
	__u8 kind;   /* enum probe_kind, of the lane that it has to do with */
	__u8 leaves; /* we send it */
	__u8 bytes[CAPTURE_BYTES];
	__u8 outlet; /* see struct capture_config */
	__u8 pad[3];
};

/* Bytes of the table of slots: a __u16 for each port. */
enum { SLOTS_SIZE = 65536 * sizeof(__u16) };

/* What the in-kernel sender reads: a run sends `n` targets from the start of the list. */
enum { SEND_QUEUE = 4096, SEND_SPARE = 1 };

/* The program reads the clock each SEND_CLOCK frames, and keeps the time each SEND_MARK frames. */
enum { SEND_CLOCK = 16, SEND_MARK = 256 };

struct send_queue {
	__u32 next; /* target of the next frame; user space sets 0, the program counts up */
	__u32 attempt;
	__u64 now_ns;				/* the last reading */
	__u64 times_ns[SEND_QUEUE / SEND_MARK]; /* when frame 0, 256, 512 ... was made */
	struct probe_target targets[SEND_QUEUE];
};

#endif
