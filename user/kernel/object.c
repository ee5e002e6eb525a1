// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* object.c - open the object under its name, by which the kernel shows its maps. */
#include "object.h"

#include "abi.h"
#include "xscan.skel.h"

#include <bpf/libbpf.h>

struct bpf_object *object_open(void)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "xscan");
	size_t size;
	const void *elf = xscan_bpf__elf_bytes(&size);

	return bpf_object__open_mem(elf, size, &opts);
}
