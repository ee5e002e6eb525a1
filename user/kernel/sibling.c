// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* sibling.c - open the BPF object once more, and give it the maps and a configuration. */
#include "sibling.h"

#include "matcher.h"
#include "object.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

/* Share all maps that the matcher has made. The configuration is a map of its own in each object. */
static int share(struct bpf_object *object, const struct matcher *m,
		 const struct match_config *config)
{
	struct bpf_map *map;
	int code = 0, fd;

	bpf_object__for_each_map(map, object)
	{
		fd = bpf_object__find_map_fd_by_name(m->object, bpf_map__name(map));
		if (map == bpf_object__find_map_by_name(object, ".rodata"))
			code = bpf_map__set_initial_value(map, config, sizeof(*config));
		else if (bpf_map__is_internal(map))
			continue; /* constants: the same in each object */
		else if (fd >= 0)
			code = bpf_map__reuse_fd(map, fd);
		else /* it is the sender's */
			code = bpf_map__set_autocreate(map, false);
		if (code)
			return code;
	}
	return 0;
}

static int load(struct bpf_object *object, const struct matcher *m, const char *name,
		const struct match_config *config)
{
	struct bpf_program *program;
	int code = share(object, m, config);

	if (code)
		return code;
	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), name));
	return bpf_object__load(object);
}

struct bpf_object *sibling_load(const struct matcher *m, const char *program,
				const struct match_config *config, int *code)
{
	struct bpf_object *object = object_open(&m->config);

	*code = object ? load(object, m, program, config) : -errno;
	if (!*code)
		return object;
	bpf_object__close(object);
	return NULL;
}

int sibling_fd(const struct bpf_object *object, const char *program)
{
	return bpf_program__fd(bpf_object__find_program_by_name(object, program));
}
