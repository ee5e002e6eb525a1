/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * table.h - memory that user space and the BPF programs share (see abi.h).
 *
 * Order of calls: table_size, load the BPF object, table_map.
 */
#ifndef XSCAN_TABLE_H
#define XSCAN_TABLE_H

#include "err.h"

#include <stddef.h>

struct bpf_object;

struct table {
	void *mem; /* zeroed when new; NULL: not mapped */
	size_t size;
};

/* Call before loading: make the object's table `name` hold at least `size` bytes. */
int table_size(struct bpf_object *object, const char *name, size_t size, struct err *err);

/* Call after loading: map the table. Both return 0 or a negative errno with the reason in err. */
int table_map(struct table *t, struct bpf_object *object, const char *name, struct err *err);

void table_unmap(struct table *t);

#endif
