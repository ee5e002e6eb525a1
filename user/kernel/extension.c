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
#include <stdlib.h>
#include <string.h>

/*
 * Copy the instructions of a program's main function without its calls of other functions, which are
 * the points for tracers (bpf/observe.h). They do nothing, and libbpf puts them behind the main function.
 * Returns how many instructions; 0: out of memory.
 */
static size_t copy_main(const struct bpf_program *program, struct bpf_insn **copy)
{
	const size_t n = bpf_program__insn_cnt(program);
	size_t i, end = n;

	*copy = malloc(n * sizeof(**copy));
	if (!*copy)
		return 0;
	memcpy(*copy, bpf_program__insns(program), n * sizeof(**copy));
	for (i = 0; i < end; i++) {
		struct bpf_insn *insn = *copy + i;
		const size_t callee = i + 1 + (size_t)insn->imm;

		if (insn->code != (BPF_JMP | BPF_CALL) || insn->src_reg != BPF_PSEUDO_CALL)
			continue;
		if (callee < end)
			end = callee;
		*insn = (struct bpf_insn){ .code = BPF_JMP | BPF_JA };
	}
	return end;
}

int extension_load(const struct extension_target *target, const struct bpf_object *object,
		   const struct bpf_program *program)
{
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
	struct bpf_insn *insns;
	size_t n;
	int fd;

	if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &len))
		return -errno;
	n = copy_main(program, &insns);
	if (!n)
		return -ENOMEM;
	fd = bpf_prog_load(BPF_PROG_TYPE_EXT, bpf_program__name(program), "Dual BSD/GPL", insns, n,
			   &opts);
	free(insns);
	return fd;
}
