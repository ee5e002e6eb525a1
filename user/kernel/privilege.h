/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * privilege.h - no more rights than a scan needs at the time.
 *
 * In order: privilege_begin; privilege_raise, set up, privilege_lower, open the user's files;
 * privilege_confine, and from here on packets are read; privilege_limit when less will do.
 */
#ifndef XSCAN_PRIVILEGE_H
#define XSCAN_PRIVILEGE_H

#include "err.h"

/* What is still to be done, and takes rights. */
enum privilege_use {
	PRIVILEGE_LOAD = 1,   /* load programs and attach them */
	PRIVILEGE_DETACH = 2, /* detach by netlink what no bpf_link holds */
	PRIVILEGE_FILES = 4,  /* write new files, and put them in the place of old ones */
	PRIVILEGE_JOIN = 8,   /* join and leave a libxdp dispatcher: all that there are */
};

/*
 * First of all. -EPERM if this program is set-uid or set-gid. What file capabilities gave it beyond
 * the rights of its user is put aside: the files that the user names are opened without.
 */
int privilege_begin(struct err *err);

/* Take up the capabilities that a scan needs. -EPERM with the line to tell if one is missing. */
int privilege_raise(struct err *err);

/* Put them aside again. */
int privilege_lower(struct err *err);

/*
 * For good: keep the capabilities for `uses` (of enum privilege_use) alone, never to be had again by
 * this process or a program it starts, and no system calls but those that a scan makes.
 */
int privilege_confine(unsigned int uses, struct err *err);

/* Drop the capabilities that these uses do not need. */
int privilege_limit(unsigned int uses, struct err *err);

#endif
