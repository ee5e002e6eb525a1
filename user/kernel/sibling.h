/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * sibling.h - load a program for the tables of a matcher that is loaded: for another place (handover.h),
 * or for another interface.
 */
#ifndef XSCAN_SIBLING_H
#define XSCAN_SIBLING_H

#include "abi.h"

struct bpf_object;
struct matcher;

/*
 * Load this program with this config. It has all tables of the matcher. Takes the rights to load
 * programs. NULL, and *code is a negative errno. The caller closes the object.
 */
struct bpf_object *sibling_load(const struct matcher *m, const char *program,
				const struct match_config *config, int *code);

/* The descriptor of this program. */
int sibling_fd(const struct bpf_object *object, const char *program);

#endif
