/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * attach.h - attach a program to an interface, where and how others notice least. The program goes
 * with this process, however the process ends. The exception is a filter of clsact.h if the guardian
 * is killed too: attach_choose removes that one at the next time.
 */
#ifndef XSCAN_ATTACH_H
#define XSCAN_ATTACH_H

#include "attach_mode.h"
#include "clsact.h"
#include "dispatcher.h"
#include "err.h"

#include <stdbool.h>
#include <stdio.h>

/* What the program needs. */
struct attach_wish {
	enum attach_mode mode;
	int ifindex;
	const char *iface;
	bool ethernet;	    /* false: frames are bare IP packets, so it must be tc */
	bool sends;	    /* the program also sends, so it must be XDP */
	const char *driver; /* see drivers.h */
};

struct attach {
	enum attach_mode mode; /* the choice; never ATTACH_AUTO */
	int ifindex;
	const char *iface;
	bool sends;
	int link_fd; /* -1: not attached, or attached by clsact or in a dispatcher */
	struct clsact clsact;
	struct dispatcher dispatcher;
	char why[128];
};

/*
 * Refuse what attach_choose and attach_program would refuse, as far as the kernel tells it to
 * anybody. Needs no rights and changes nothing. 0 or a negative errno with the reason in err.
 */
int attach_check(const struct attach_wish *wish, struct err *err);

/* Will the interface be able to send XDP frames just if it is so now, before attaching? */
bool attach_keeps_features(const struct attach_wish *wish);

/*
 * Choose how to attach. Call before loading a matcher: its program depends on the choice.
 * ATTACH_AUTO chooses what others notice least. 0 or a negative errno with the reason in err; call
 * attach_close in either case.
 */
int attach_choose(struct attach *a, const struct attach_wish *wish, struct err *err);

/* Print what was chosen, and why. */
void attach_print(const struct attach *a, FILE *file);

/* The program of the matcher that the choice needs. */
const char *attach_program_name(const struct attach *a);

/* The function that the program must extend, or NULL. */
const struct extension_target *attach_target(const struct attach *a);

/*
 * Attach a program in the place of the one before, if any: attaching disturbs the link on some
 * drivers, replacing the program does not. 0 or a negative errno with the reason in err.
 */
int attach_program(struct attach *a, int program_fd, struct err *err);

/* Is the program still attached? Another program may have removed it. */
bool attach_alive(struct attach *a);

/* Detach. 0 or a negative errno: err says what remains, and how to remove it. */
int attach_close(struct attach *a, struct err *err);

const char *attach_mode_name(enum attach_mode mode);

#endif
