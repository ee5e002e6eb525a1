/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * handover.h - hand the matching over from XDP to tc in the middle of a scan. Both programs have the
 * same tables. While both are attached, one word in the lease says which of them matches: see
 * lease_held (bpf/match.h).
 */
#ifndef XSCAN_HANDOVER_H
#define XSCAN_HANDOVER_H

#include "err.h"

#include <stdint.h>

struct matcher;

/*
 * Load xscan_tc for the tables of a loaded matcher, if that was not done before. Takes the rights to
 * load programs. Returns its descriptor, which belongs to the matcher, or a negative errno with the
 * reason in err.
 */
int handover_load(struct matcher *m, struct err *err);

/* From now on the program at tc matches. Call when it is attached, and before XDP is detached. */
void handover_now(const struct matcher *m, uint64_t now_ns);

#endif
