// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-names.c - what others see of a loaded matcher: names, types, and the points for tracers. */
#include "fixture.h"

#include <bpf/btf.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_map_has_a_name_and_a_type),
		cmocka_unit_test_prestate(tracers_find_their_points, (void *)&xdp),
		cmocka_unit_test_prestate(tracers_find_their_points, (void *)&sender),
		cmocka_unit_test_prestate(tracers_find_their_points, (void *)&tc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
