/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * attach.h - hang a program on an interface, by a bpf_link: the kernel takes it away when this
 * process ends, however it ends.
 */
#ifndef XSCAN_ATTACH_H
#define XSCAN_ATTACH_H

#include "err.h"

#include <stdbool.h>

enum attach_mode { ATTACH_AUTO, ATTACH_NATIVE, ATTACH_GENERIC };

struct attach {
	int link_fd;	       /* -1: nothing is attached */
	enum attach_mode mode; /* what it is attached as; never ATTACH_AUTO */
};

/*
 * Attach a program, in the place of the one that was attached through `a` before, if any: on some
 * drivers attaching disturbs the link, changing the program does not. ATTACH_AUTO is native where
 * the driver has it, else generic. 0 or a negative errno with the reason in err.
 */
int attach_program(struct attach *a, int program_fd, int ifindex, const char *iface,
		   enum attach_mode mode, struct err *err);
/* Is it still there? Another program may have taken it away. */
bool attach_alive(const struct attach *a);

void attach_close(struct attach *a);

const char *attach_mode_name(enum attach_mode mode);

#endif
