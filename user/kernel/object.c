// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* object.c - open the object under its name, by which the kernel shows its maps. */
#include "object.h"

#include "abi.h"
#include "xscan_arp.skel.h"
#include "xscan_echo.skel.h"
#include "xscan_echo6.skel.h"
#include "xscan_nd.skel.h"
#include "xscan_tcp.skel.h"
#include "xscan_tcp6.skel.h"
#include "xscan_udp.skel.h"
#include "xscan_udp6.skel.h"

#include <bpf/libbpf.h>
#include <errno.h>

static const void *elf_of(enum probe_kind kind, size_t *size)
{
	switch (kind) {
#define OBJECT_ELF(NAME, name, ethertype, protocol) \
	case PROBE_##NAME:                          \
		return xscan_##name##_bpf__elf_bytes(size);
		PROBE_KINDS(OBJECT_ELF)
#undef OBJECT_ELF
	default:
		return NULL;
	}
}

struct bpf_object *object_open(const struct match_config *config)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "xscan");
	const enum probe_kind asked = config->lanes[LANE_QUESTIONS].kind;
	size_t size;
	const void *elf = elf_of(asked ?: config->lanes[LANE_NEIGHBOURS].kind, &size);

	if (!elf) {
		errno = EINVAL;
		return NULL;
	}
	return bpf_object__open_mem(elf, size, &opts);
}
