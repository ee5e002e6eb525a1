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
	bool quiet;	    /* nobody else uses the interface now (core/traffic.h) */
	const char *driver; /* see drivers.h */
	bool several; /* the scan has other interfaces too: one way to attach must do for all */
};

struct attach {
	enum attach_mode mode; /* the choice; never ATTACH_AUTO */
	int ifindex;
	const char *iface;
	bool sends;
	int link_fd;	 /* -1: not attached, or attached by clsact or in a dispatcher */
	int tc_fd;	 /* between attach_beside and attach_step_aside: the link of tc; else -1 */
	bool falls_back; /* to tc, as long as no program is attached */
	bool yields;	 /* to others: if they come, step aside */
	bool yields_by_clsact;
	struct clsact clsact;
	struct dispatcher dispatcher;
	char why[192];
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

/*
 * The choice `falls_back`, and nothing is attached: choose tc, since `why`. Perhaps the driver has refused
 * attach_program. Drivers refuse for many reasons, such as too large an MTU or too few queues.
 */
void attach_fall_back(struct attach *a, const char *why);

/*
 * Step aside: go over from native XDP to tc, in two steps, if `yields` says that others need it. After
 * attach_beside both programs are attached; then tell them which of them matches. An error of
 * attach_beside, a negative errno, changes nothing.
 *
 * Removing the program of XDP may lose frames that are on their way through the driver. The kernel waits
 * for running programs, 5 to 20 ms.
 */
int attach_beside(struct attach *a, int tc_program_fd);
void attach_step_aside(struct attach *a);

/* Call with this program once loaded, and with all rights; then attach_needs_netlink knows. */
void attach_hold_ready(struct attach *a, int tc_program_fd);

/* Does detaching or stepping aside take CAP_NET_ADMIN? */
bool attach_needs_netlink(const struct attach *a);

/* Is the program still attached? Another program may have removed it. */
bool attach_alive(struct attach *a);

/* Detach. 0 or a negative errno: err says what remains, and how to remove it. */
int attach_close(struct attach *a, struct err *err);

const char *attach_mode_name(enum attach_mode mode);

#endif
