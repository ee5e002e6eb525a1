// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* frames.c - a second ring beside that of the events, so that no frame takes room from an answer. */
#include "frames.h"

#include "matcher.h"

#include <bpf/libbpf.h>
#include <string.h>

#define FRAMES "xscan_frames"

/* Room for 3,500 frames: what a machine with 3 CPUs keeps in a second. */
enum { FRAMES_BYTES = 1 << 20 };

int frames_prepare(const struct matcher *m, const struct matcher_spec *spec,
		   const struct matcher *before, struct err *err)
{
	struct bpf_map *map = bpf_object__find_map_by_name(m->object, FRAMES);
	int code;

	if (spec->capture.mode == CAPTURE_OFF)
		code = bpf_map__set_autocreate(map, false);
	else if (before)
		code = bpf_map__reuse_fd(map,
					 bpf_object__find_map_fd_by_name(before->object, FRAMES));
	else
		code = bpf_map__set_max_entries(map, FRAMES_BYTES);
	return code ? err_set(err, code, FRAMES ": cannot make the ring: %s", strerror(-code)) : 0;
}

int frames_read(const struct matcher *m, const struct matcher_spec *spec, struct err *err)
{
	int code;

	if (spec->capture.mode == CAPTURE_OFF)
		return 0;
	code = ring_buffer__add(m->ring, bpf_object__find_map_fd_by_name(m->object, FRAMES),
				spec->on_frame, spec->ctx);
	return code ? err_set(err, code, FRAMES ": cannot read the ring: %s", strerror(-code)) : 0;
}

uint64_t frames_left_out(const struct matcher *m)
{
	uint64_t n = 0;
	size_t offset;

	for (offset = 0; offset < m->stats.size; offset += TABLE_PAGE) {
		const volatile struct stats_page *page =
			(const void *)((const char *)m->stats.mem + offset);

		n += page->capture.left_out;
	}
	return n;
}
