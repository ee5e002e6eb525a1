// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* table.c - BPF arrays of pages, mapped into this process. */
#include "table.h"

#include "abi.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

int table_size(struct bpf_object *object, const char *name, size_t size, struct err *err)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, name);
	size_t pages = size ? (size + TABLE_PAGE - 1) / TABLE_PAGE : 1;
	int code;

	if (pages > UINT32_MAX)
		return err_set(err, -E2BIG, "%s: a table of %zu bytes is too large", name, size);
	code = bpf_map__set_max_entries(map, (__u32)pages);
	return code ? err_set(err, code, "%s: cannot size the table: %s", name, strerror(-code))
		    : 0;
}

int table_map(struct table *t, struct bpf_object *object, const char *name, struct err *err)
{
	const struct bpf_map *map = bpf_object__find_map_by_name(object, name);
	int code;

	t->size = (size_t)bpf_map__max_entries(map) * TABLE_PAGE;
	t->mem = mmap(NULL, t->size, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
	if (t->mem != MAP_FAILED)
		return 0;
	code = -errno;
	t->mem = NULL;
	return err_set(err, code, "%s: cannot map the table of %zu KiB: %s", name, t->size / 1024,
		       strerror(-code));
}

void table_unmap(struct table *t)
{
	if (t->mem)
		munmap(t->mem, t->size);
	*t = (struct table){ 0 };
}
