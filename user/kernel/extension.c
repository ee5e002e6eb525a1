// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * extension.c - load a program as an extension, from the instructions that libbpf has prepared.
 *
 * Do not use libbpf to load: it finds the target's function by asking for BTF by number, which
 * takes CAP_SYS_ADMIN. A scan has dropped that right when it loads its second program.
 */
#include "extension.h"

#include <bpf/bpf.h>
#include <errno.h>

int extension_load(const struct extension_target *target, const struct bpf_object *object,
		   const struct bpf_program *program)
{
	/* All functions of a matcher are inlined: there is one function. */
	struct bpf_func_info function = { 0 };
	struct bpf_prog_info info = {
		.nr_func_info = 1,
		.func_info_rec_size = sizeof(function),
		.func_info = (uintptr_t)&function,
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .attach_prog_fd = (__u32)target->program_fd,
		    .attach_btf_id = target->function,
		    .prog_btf_fd = (__u32)bpf_object__btf_fd(object), .func_info = &function,
		    .func_info_cnt = 1, .func_info_rec_size = sizeof(function));
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &len))
		return -errno;
	if (info.nr_func_info != 1)
		return -EINVAL;
	return bpf_prog_load(BPF_PROG_TYPE_EXT, bpf_program__name(program), "Dual BSD/GPL",
			     bpf_program__insns(program), bpf_program__insn_cnt(program), &opts);
}
