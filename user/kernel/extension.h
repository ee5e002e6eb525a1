/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * extension.h - a program that takes the place of a function of another one. That is what the
 * programs in a libxdp dispatcher are.
 */
#ifndef XSCAN_EXTENSION_H
#define XSCAN_EXTENSION_H

#include <bpf/libbpf.h>
#include <stdint.h>

/* The function: it may be another one, in another dispatcher, when the program is attached. */
struct extension_target {
	int program_fd;
	uint32_t function; /* its id in the BTF of the program */
};

/*
 * Load a program of a loaded object once more, as an extension; the copies share their maps. Returns
 * the descriptor, which the caller closes, or a negative errno.
 */
int extension_load(const struct extension_target *target, const struct bpf_object *object,
		   const struct bpf_program *program);

#endif
