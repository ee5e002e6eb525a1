/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * extension.h - a program that replaces a function of another program. Programs in a libxdp
 * dispatcher are extensions.
 */
#ifndef XSCAN_EXTENSION_H
#define XSCAN_EXTENSION_H

#include <bpf/libbpf.h>
#include <stdint.h>

/* The function to replace. It may be in another dispatcher by the time the program is attached. */
struct extension_target {
	int program_fd;
	uint32_t function; /* id of the function in the program's BTF */
};

/*
 * Load a program of a loaded object once more, as an extension; both copies share their maps.
 * Returns the descriptor, which the caller closes, or a negative errno.
 */
int extension_load(const struct extension_target *target, const struct bpf_object *object,
		   const struct bpf_program *program);

#endif
