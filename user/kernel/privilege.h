/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * privilege.h - hold only the rights that a scan needs at the time.
 *
 * Call in this order: privilege_begin; privilege_raise, set up, privilege_lower; open the user's
 * files; privilege_confine. Only then read packets. Call privilege_limit when fewer rights will do.
 */
#ifndef XSCAN_PRIVILEGE_H
#define XSCAN_PRIVILEGE_H

#include "err.h"

/* Uses of rights that are still to come. */
enum privilege_use {
	PRIVILEGE_LOAD = 1,   /* load programs and attach them */
	PRIVILEGE_DETACH = 2, /* detach by netlink what no bpf_link holds */
	PRIVILEGE_FILES = 4,  /* write new files and rename them over old ones */
	PRIVILEGE_JOIN = 8,   /* join and leave a libxdp dispatcher: takes all rights */
};

/*
 * Call first. -EPERM if this program is set-uid or set-gid. Put aside rights that file capabilities
 * add to the user's: the user's files are opened without them.
 */
int privilege_begin(struct err *err);

/*
 * Instead of a scan: give up, for good, the rights that file capabilities add to the user's. Call after
 * privilege_begin.
 */
int privilege_renounce(struct err *err);

/* Take up the capabilities that a scan needs. -EPERM with the reason in err if one is missing. */
int privilege_raise(struct err *err);

/* Put the capabilities aside again. */
int privilege_lower(struct err *err);

/*
 * Drop, for good, all capabilities but those for `uses` (of enum privilege_use), and all system
 * calls but those of a scan. Neither this process nor its children can get them back.
 */
int privilege_confine(unsigned int uses, struct err *err);

/* Drop the capabilities that `uses` does not need. */
int privilege_limit(unsigned int uses, struct err *err);

#endif
