/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * observe.h - places where others can look on: functions that do nothing, to which tracers attach
 * (fentry; in bpftrace fentry:bpf:xscan_answer).
 *
 * They are static: Linux 5.10 takes no pointer to the stack as argument of a global function.
 */
#ifndef XSCAN_BPF_OBSERVE_H
#define XSCAN_BPF_OBSERVE_H

#include "answer.h"

/* The assembly keeps the compiler from leaving out the call, and what the argument points to. */
#define OBSERVE_POINT(...) asm volatile("" : : __VA_ARGS__ : "memory")

/* A frame is about to be entered whose proof was right. */
static __noinline void xscan_answer(const struct answer *answer)
{
	OBSERVE_POINT("r"(answer));
}

/* A frame came to where we asked from, without proof. `answer` has the target, if it is known. */
static __noinline void xscan_rejected(const struct answer *answer, enum reject reason)
{
	OBSERVE_POINT("r"(answer), "r"(reason));
}

#endif
