/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * multiprog.h - the libxdp dispatcher of an interface: list its programs, join, leave. Needs root's
 * rights, and may block while others do the same.
 *
 * A dispatcher never changes. A process that joins or leaves makes a new dispatcher, pins its
 * programs in a folder of its own, attaches it in the place of the old one, and removes the old
 * one's folder. A process killed in between leaves a folder that nobody needs.
 */
#ifndef XSCAN_MULTIPROG_H
#define XSCAN_MULTIPROG_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>

enum { MULTIPROG_MAX = 10 /* libxdp's limit */ };

/* Programs, by their ids in the kernel. */
struct multiprog {
	uint32_t id; /* of the dispatcher itself */
	uint32_t members[MULTIPROG_MAX];
	unsigned int n;
	char first[BPF_OBJ_NAME_LEN]; /* the name of the first program */
	bool generic;
};

/* List the programs. 0, -ENOENT if there is no dispatcher, or another negative errno. */
int multiprog_get(int ifindex, struct multiprog *out);

bool multiprog_has(const struct multiprog *m, uint32_t program);

/* Put a loaded extension into an existing dispatcher. 0 or a negative errno. */
int multiprog_join(int ifindex, int program_fd);

/* Take the program out, if it is there. 0 or a negative errno. */
int multiprog_leave(int ifindex, uint32_t program);

/*
 * Remove what a killed process left of these programs: folders of dispatchers that are not attached
 * and hold only these programs and those of the attached dispatcher.
 */
void multiprog_tidy(int ifindex, const uint32_t *programs, unsigned int n);

#endif
