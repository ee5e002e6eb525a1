/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * attach.h - hang a program on an interface: where, and how, so that others notice least. It is gone
 * with this process, however that ends.
 */
#ifndef XSCAN_ATTACH_H
#define XSCAN_ATTACH_H

#include "attach_mode.h"
#include "clsact.h"
#include "dispatcher.h"
#include "err.h"

#include <stdbool.h>
#include <stdio.h>

/* What is wanted. */
struct attach_wish {
	enum attach_mode mode;
	int ifindex;
	const char *iface;
	bool ethernet;	    /* else its frames are bare IP packets: it must be tc */
	bool sends;	    /* the program sends as well: it must be XDP */
	const char *driver; /* see drivers.h */
};

struct attach {
	enum attach_mode mode; /* never ATTACH_AUTO */
	int ifindex;
	const char *iface;
	bool sends;
	int link_fd; /* -1: nothing is attached, or it is by clsact or in a dispatcher */
	struct clsact clsact;
	struct dispatcher dispatcher;
	char why[128];
};

/*
 * Decide how to attach, before a matcher is loaded: it is loaded for that. ATTACH_AUTO is what
 * others notice least. 0 or a negative errno with the reason in err; attach_close in either case.
 */
int attach_choose(struct attach *a, const struct attach_wish *wish, struct err *err);

/* Say what was chosen, and why. */
void attach_print(const struct attach *a, FILE *file);

/* Which of a matcher's programs it must be. */
const char *attach_program_name(const struct attach *a);

/* What it must be an extension of, or NULL. */
const struct extension_target *attach_target(const struct attach *a);

/*
 * Attach a program, in the place of the one before, if any: on some drivers attaching disturbs the
 * link, changing the program does not. 0 or a negative errno with the reason in err.
 */
int attach_program(struct attach *a, int program_fd, struct err *err);

/* Is it still there? Another program may have taken it away. */
bool attach_alive(struct attach *a);

void attach_close(struct attach *a);

const char *attach_mode_name(enum attach_mode mode);

#endif
