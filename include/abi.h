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
#include "probe_tcp.h"

enum { TABLE_PAGE = 4096 };

/*
 * Addresses first..last, host order, inclusive. `base` is the index of `first` among all hosts, and
 * `flow` counts the answers: which way they come.
 */
struct host_entry {
	__u32 first;
	__u32 last;
	__u32 base;
	__u32 flow;
};

enum { FLOWS_MAX = 16 };

/*
 * How a table of hosts begins; `n` entries follow, sorted and disjoint, for a binary search. They
 * are aligned to their size, so that none straddles two pages.
 */
struct host_list {
	__u64 n;
	__u64 pad;
	__u8 attempt[FLOWS_MAX]; /* the try under way, by flow: what answers an earlier one is late */
};

enum { HOST_ENTRIES_MAX = 1 << 20 };

/* One 64-bit store writes it whole. `state` is ANSWER_NONE or ANSWER_UP. */
struct neighbour {
	__u8 mac[6];
	__u8 state;
	__u8 pad;
};

/* Set by user space in the byte of an answer once a sink has it; the kernel never sets it. */
enum { ANSWER_REPORTED = 0x80 };

/* What becomes of a matched SYN-ACK. A matched RST or ICMP error is always dropped. */
enum synack { SYNACK_PASS, SYNACK_DROP, SYNACK_RESET };

/* Constant while a program is loaded (.rodata). Only the port scan reads more than host_steps. */
struct match_config {
	struct probe_tcp tcp;
	__u32 host_steps; /* how often the list of hosts can be halved: bounds the search for one */
	__u32 ports;	 /* how many ports a host is asked for */
	__u8 synack;	 /* enum synack */
	__u8 bare;	 /* frames have no Ethernet header: tc only */
	__u8 report_all; /* every new answer is news, not only open ports and hosts */
};

/*
 * Until when a matcher works. User space renews it while it lives; should a matcher ever outlive it,
 * everything passes from then on.
 */
struct lease {
	__u64 until_ns; /* CLOCK_MONOTONIC */
};

/* Of the answers that are no news, one in so many is told all the same, for its round trip. */
enum { SAMPLE_EVERY = 64 };

/* One page a CPU, written by that CPU alone. */
struct stats {
	__u64 answers[FLOWS_MAX]; /* first answers to a question, by flow */
	__u64 seen;	   /* frames addressed to our source ports, or ARP replies of hosts asked */
	__u64 late;	   /* first answers that came when their question was about to be asked again */
	__u64 duplicates;  /* further answers of the same */
	__u64 rejected;	   /* proving nothing, or answering what was not asked */
	__u64 events_lost; /* news for which the ring had no room; the tables have them */
};

struct event {
	__u64 time_ns; /* CLOCK_MONOTONIC */
	struct answer answer;
	__u32 pad;
};

/* What the in-kernel sender reads: one run of it sends `n` targets from the start of the list. */
enum { SEND_QUEUE = 4096, SEND_SPARE = 1 };

struct send_queue {
	__u32 next; /* target of the next frame; set to 0 before a run, counted up by the program */
	__u32 attempt;
	__u64 pad;
	struct probe_tcp_target targets[SEND_QUEUE];
};

#endif
