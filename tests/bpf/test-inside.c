// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-inside.c - what others see of a loaded matcher: names, types, and the points for tracers. */
#include "fixture.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <unistd.h>

static void each_map_has_a_name_and_a_type(void **state)
{
	struct bpf_map *map;
	unsigned int n = 0;
	struct fixture f;

	(void)state;
	fixture_load(&f, &sender, &(struct setup){ .capture = { .mode = CAPTURE_MISSES } });
	bpf_object__for_each_map(map, f.matcher.object)
	{
		const enum bpf_map_type type = bpf_map__type(map);
		struct bpf_map_info info = { 0 };
		__u32 len = sizeof(info);

		assert_int_equal(bpf_obj_get_info_by_fd(bpf_map__fd(map), &info, &len), 0);
		if (!bpf_map__is_internal(map)) {
			assert_int_equal(strncmp(info.name, "xscan", 5), 0);
			assert_string_equal(info.name, bpf_map__name(map));
		} else if (strcmp(info.name, "xscan.rodata") != 0) {
			assert_string_equal(info.name, ".rodata.xscan"); /* the payloads of UDP */
		}
		/* Neither kind has values whose type matters. */
		if (type != BPF_MAP_TYPE_RINGBUF && type != BPF_MAP_TYPE_DEVMAP)
			assert_int_not_equal(info.btf_value_type_id, 0);
		n++;
	}
	assert_int_equal(n, 13);
	fixture_close(&f);
}

/* The type of function `i` of a program is a BTF function of this name. */
static void check_function(const struct btf *btf, const struct bpf_func_info *function,
			   const char *name)
{
	const struct btf_type *type = btf__type_by_id(btf, function->type_id);

	assert_non_null(type);
	assert_true(btf_is_func(type));
	assert_string_equal(btf__name_by_offset(btf, type->name_off), name);
}

static void tracers_find_their_points(void **state)
{
	const struct hook *hook = *state;
	struct bpf_func_info functions[4];
	struct bpf_prog_info info = {
		.nr_func_info = 4,
		.func_info_rec_size = sizeof(functions[0]),
		.func_info = (uintptr_t)functions,
	};
	__u32 len = sizeof(info);
	struct fixture f;
	struct btf *btf;

	fixture_open(&f, hook, FATE_RESET, false);
	assert_int_equal(bpf_obj_get_info_by_fd(matcher_program_fd(&f.matcher), &info, &len), 0);
	assert_string_equal(info.name, hook->program);
	assert_int_equal(strncmp(info.name, "xscan_", 6), 0);
	btf = btf__load_from_kernel_by_id(info.btf_id);
	assert_non_null(btf);
	assert_int_equal(info.nr_func_info, 3);
	check_function(btf, &functions[0], hook->program);
	assert_int_not_equal(functions[1].type_id, functions[2].type_id);
	if (btf__find_by_name_kind(btf, "xscan_answer", BTF_KIND_FUNC) ==
	    (__s32)functions[1].type_id) {
		check_function(btf, &functions[1], "xscan_answer");
		check_function(btf, &functions[2], "xscan_rejected");
	} else {
		check_function(btf, &functions[1], "xscan_rejected");
		check_function(btf, &functions[2], "xscan_answer");
	}
	btf__free(btf);
	fixture_close(&f);
}

/* A program of a tracer, attached to a function of another program: it counts calls. */
struct tracer {
	int map_fd, program_fd, link_fd;
};

static struct tracer trace(int target_fd, const struct btf *btf, const char *function)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_FENTRY,
		    .attach_prog_fd = (__u32)target_fd);
	struct tracer t = {
		.map_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "calls", 4, sizeof(__u64), 1, NULL),
	};
	const struct bpf_insn count[] = {
		{ .code = BPF_LD | BPF_DW | BPF_IMM,
		  .dst_reg = BPF_REG_1,
		  .src_reg = BPF_PSEUDO_MAP_VALUE,
		  .imm = t.map_fd },
		{ 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = 1 },
		{ .code = BPF_STX | BPF_DW | BPF_ATOMIC,
		  .dst_reg = BPF_REG_1,
		  .src_reg = BPF_REG_2,
		  .imm = BPF_ADD },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	const __s32 id = btf__find_by_name_kind(btf, function, BTF_KIND_FUNC);

	assert_true(t.map_fd >= 0);
	assert_true(id > 0);
	opts.attach_btf_id = (__u32)id;
	t.program_fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "tracer", "GPL", count,
				     sizeof(count) / sizeof(count[0]), &opts);
	assert_true(t.program_fd >= 0);
	t.link_fd = bpf_raw_tracepoint_open(NULL, t.program_fd);
	assert_true(t.link_fd >= 0);
	return t;
}

static __u64 calls(const struct tracer *t)
{
	const __u32 key = 0;
	__u64 n = 0;

	assert_int_equal(bpf_map_lookup_elem(t->map_fd, &key, &n), 0);
	return n;
}

static void untrace(const struct tracer *t)
{
	close(t->link_fd);
	close(t->program_fd);
	close(t->map_fd);
}

/* fentry on the two points, as bpftrace attaches: each is called once for each frame of its kind. */
static void tracers_are_called(void **state)
{
	struct tracer answers, rejects;
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);
	struct frame frame;
	struct fixture f;
	struct btf *btf;

	if (libbpf_probe_bpf_prog_type(BPF_PROG_TYPE_TRACING, NULL) != 1) {
		print_message("this kernel has no fentry\n");
		skip();
	}
	fixture_open(&f, *state, FATE_DROP, false);
	assert_int_equal(bpf_obj_get_info_by_fd(matcher_program_fd(&f.matcher), &info, &len), 0);
	btf = btf__load_from_kernel_by_id(info.btf_id);
	assert_non_null(btf);
	answers = trace(matcher_program_fd(&f.matcher), btf, "xscan_answer");
	rejects = trace(matcher_program_fd(&f.matcher), btf, "xscan_rejected");
	make(&f, &frame, SYNACK, TARGET, TARGET_PORT, 0);
	assert_int_equal(run(&f, &frame), DROP);
	assert_int_equal(calls(&answers), 1);
	make(&f, &frame, ARP, TARGET, 0, 0);
	assert_int_equal(run(&f, &frame), PASS);
	assert_int_equal(calls(&answers), 2);
	assert_int_equal(calls(&rejects), 0);
	make(&f, &frame, SYNACK, TARGET, TARGET_PORT, 0);
	frame.bytes[offsetof(struct reply_synack_frame, tcp.ack)] ^= 1;
	assert_int_equal(run(&f, &frame), PASS);
	assert_int_equal(calls(&answers), 2);
	assert_int_equal(calls(&rejects), 1);
	untrace(&answers);
	untrace(&rejects);
	btf__free(btf);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_map_has_a_name_and_a_type),
		cmocka_unit_test_prestate(tracers_find_their_points, (void *)&xdp),
		cmocka_unit_test_prestate(tracers_find_their_points, (void *)&sender),
		cmocka_unit_test_prestate(tracers_find_their_points, (void *)&tc),
		cmocka_unit_test_prestate(tracers_are_called, (void *)&xdp),
		cmocka_unit_test_prestate(tracers_are_called, (void *)&tc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
