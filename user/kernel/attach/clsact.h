/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * clsact.h - attach a program as a filter at the ingress of an interface, for kernels without tcx
 * (before Linux 6.6). The filter and its queueing discipline (clsact, which delays nothing) outlive
 * the process: a guardian removes both.
 *
 * All filters share one discipline. If an xscan brought it, it goes with the last filter.
 *
 * If the guardian is killed together with its process, the next xscan removes the dead filter.
 */
#ifndef XSCAN_CLSACT_H
#define XSCAN_CLSACT_H

#include "guardian.h"

#include <stdbool.h>
#include <stdint.h>

struct mnl_socket;

struct clsact {
	int ifindex;
	uint32_t handle; /* of the filter; 0: no filter */
	uint32_t priority;
	bool ours;		  /* this xscan, or another one before it, brought the discipline */
	struct mnl_socket *owner; /* proves that this process lives; NULL: no filter */
	struct guardian guardian;
};

/* Attach a program. 0 or a negative errno; after an error nothing is left. */
int clsact_attach(struct clsact *c, int ifindex, int program_fd);

/* Replace the program. 0 or a negative errno. */
int clsact_replace(struct clsact *c, int program_fd);

/* Is the filter still there? Also start a new guardian if the old one is gone. */
bool clsact_alive(struct clsact *c);

/* Remove the filter. A negative errno: it is still there. */
int clsact_detach(struct clsact *c);

/*
 * Remove the filters of killed processes at an interface, and the discipline if one of them brought
 * it and nobody uses it.
 */
void clsact_remove_dead(int ifindex);

#endif
