/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * clsact.h - a program as a filter at the ingress of an interface, for kernels without tcx (before
 * Linux 6.6). A filter stays when its process ends, and so does the queueing discipline it hangs on
 * (clsact, which delays nothing): a guardian takes both away.
 *
 * The discipline is one for all. It goes with the last filter if it came with an xscan.
 */
#ifndef XSCAN_CLSACT_H
#define XSCAN_CLSACT_H

#include "guardian.h"

#include <stdbool.h>
#include <stdint.h>

struct clsact {
	int ifindex;
	uint32_t handle; /* of the filter; 0: there is none */
	uint32_t priority;
	bool ours; /* the discipline came with us, or with another xscan that was here first */
	struct guardian guardian;
};

/* 0 or a negative errno; then nothing is left. */
int clsact_attach(struct clsact *c, int ifindex, int program_fd);

/* Put a program in the place of the one before. 0 or a negative errno. */
int clsact_replace(struct clsact *c, int program_fd);

/* Is the filter still there? And is the guardian? If not, there is a new one. */
bool clsact_alive(struct clsact *c);

void clsact_detach(struct clsact *c);

#endif
