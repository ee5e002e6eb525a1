// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* matcher.c - load a BPF object, share memory with it, read its events. */
#include "matcher.h"

#include "lack.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * Room for 26,000 events of 40 bytes: what an all-open scan at 1 Mpps finds in 26 ms. A test is built
 * with less.
 */
#ifndef RING_BYTES
#define RING_BYTES (1 << 20)
#endif

/* What loading takes: a descriptor for each map, for the program, its types and a try of libbpf's. */
enum { DESCRIPTORS = 16 };

static int print_warnings(enum libbpf_print_level level, const char *fmt, va_list args)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, fmt, args) : 0;
}

/* Why would a kernel refuse a program that others take? The oldest thing it lacks, if any. */
static int explain_refusal(int code, struct err *err)
{
	/* libbpf tries out what the kernel can do, and takes each failure for "nothing of that kind". */
	int lack = lack_of(DESCRIPTORS, 0);

	if (lack)
		code = lack;
	if (code == -EMFILE || code == -ENOMEM || code == -ENFILE)
		return err_set(err, code, "cannot load the BPF program: %s", strerror(-code));
	if (code == -EPERM || code == -EACCES)
		return err_set(err, code, "the kernel refused the BPF program: %s (-v shows why)",
			       strerror(-code));
	if (libbpf_probe_bpf_prog_type(BPF_PROG_TYPE_XDP, NULL) == 0)
		return err_set(err, code,
			       "this kernel has no XDP: xscan needs Linux 5.10 or later");
	if (libbpf_probe_bpf_map_type(BPF_MAP_TYPE_RINGBUF, NULL) == 0)
		return err_set(err, code,
			       "this kernel has no BPF ring buffer (Linux 5.8): xscan "
			       "needs Linux 5.10 or later");
	return err_set(err, code,
		       "the kernel refused the BPF program: %s (-v shows why; xscan "
		       "needs Linux 5.10 or later)",
		       strerror(-code));
}

/* The list of hosts, as the programs search it. */
static void fill_hosts(const struct matcher *m, const struct hosts *hosts)
{
	struct host_list *list = m->hosts.mem;

	hosts_entries(hosts, (struct host_entry *)(list + 1));
	list->n = hosts_entries_n(hosts);
}

static int set_sizes(const struct matcher *m, const struct matcher_spec *spec, struct err *err)
{
	size_t n = hosts_entries_n(spec->hosts);
	size_t hosts_size = sizeof(struct host_list) + n * sizeof(struct host_entry);
	int code, cpus = libbpf_num_possible_cpus();

	if (n > HOST_ENTRIES_MAX)
		return err_set(err, -E2BIG, "more than %u separate ranges of addresses",
			       HOST_ENTRIES_MAX);
	if (cpus < 0)
		return err_set(err, cpus, "cannot tell how many CPUs there are: %s",
			       strerror(-cpus));
	code = table_size(m->object, "stats", (size_t)cpus * TABLE_PAGE, err);
	if (!code)
		code = table_size(m->object, "hosts", hosts_size, err);
	if (!code)
		code = table_size(m->object, "answers", spec->answers_size, err);
	if (!code && spec->ports_size)
		code = table_size(m->object, "ports", spec->ports_size, err);
	return code;
}

/* To load the others too would take milliseconds. */
static void choose_program(struct matcher *m, const char *name)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, m->object)
		bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), name));
	m->program = bpf_object__find_program_by_name(m->object, name);
}

static int load(struct matcher *m, const struct matcher_spec *spec, const char *program,
		struct err *err)
{
	struct match_config config = spec->config;
	size_t hosts;
	int code;

	for (hosts = hosts_entries_n(spec->hosts); hosts; hosts /= 2)
		config.host_steps++;
	m->object = bpf_object__open_mem(spec->elf, spec->elf_size, NULL);
	if (!m->object)
		return err_set(err, -errno, "cannot open the BPF program: %s", strerror(errno));
	choose_program(m, program);
	code = set_sizes(m, spec, err);
	if (code)
		return code;
	code = bpf_map__set_max_entries(bpf_object__find_map_by_name(m->object, "events"),
					RING_BYTES);
	if (!code)
		code = bpf_map__set_initial_value(
			bpf_object__find_map_by_name(m->object, ".rodata"), &config,
			sizeof(config));
	if (!code)
		code = bpf_object__load(m->object);
	return code ? explain_refusal(code, err) : 0;
}

static int map_tables(struct matcher *m, const struct matcher_spec *spec, struct err *err)
{
	int code;

	code = table_map(&m->lease, m->object, "lease", err);
	if (!code)
		code = table_map(&m->stats, m->object, "stats", err);
	if (!code)
		code = table_map(&m->hosts, m->object, "hosts", err);
	if (!code)
		code = table_map(&m->answers, m->object, "answers", err);
	if (!code && spec->ports_size)
		code = table_map(&m->ports, m->object, "ports", err);
	if (!code)
		fill_hosts(m, spec->hosts);
	return code;
}

int matcher_open(struct matcher *m, const struct matcher_spec *spec, const char *program,
		 struct err *err)
{
	const struct bpf_map *events;
	int code;

	*m = (struct matcher){ 0 };
	libbpf_set_print(spec->verbose ? print_warnings : NULL);
	code = load(m, spec, program, err);
	if (!code)
		code = map_tables(m, spec, err);
	if (code)
		goto fail;
	events = bpf_object__find_map_by_name(m->object, "events");
	m->ring = ring_buffer__new(bpf_map__fd(events), spec->on_event, spec->ctx, NULL);
	if (!m->ring) {
		code = err_set(err, -errno, "cannot read the BPF ring buffer: %s", strerror(errno));
		goto fail;
	}
	return 0;
fail:
	matcher_close(m);
	return code;
}

void matcher_close(struct matcher *m)
{
	if (m->extension_fd)
		close(m->extension_fd);
	ring_buffer__free(m->ring);
	table_unmap(&m->lease);
	table_unmap(&m->stats);
	table_unmap(&m->hosts);
	table_unmap(&m->answers);
	table_unmap(&m->ports);
	bpf_object__close(m->object);
	*m = (struct matcher){ 0 };
}

int matcher_extend(struct matcher *m, const struct extension_target *target, struct err *err)
{
	int fd;

	if (!target)
		return 0;
	fd = extension_load(target, m->object, m->program);
	if (fd < 0)
		return err_set(err, fd, "the kernel refused the BPF program as an extension: %s",
			       strerror(-fd));
	m->extension_fd = fd;
	return 0;
}

void matcher_renew(struct matcher *m, uint64_t now_ns)
{
	struct lease *lease = m->lease.mem;

	__atomic_store_n(&lease->until_ns, now_ns + MATCHER_LEASE_NS, __ATOMIC_RELAXED);
}

int matcher_program_fd(const struct matcher *m)
{
	return m->extension_fd ? m->extension_fd : bpf_program__fd(m->program);
}

int matcher_consume(struct matcher *m)
{
	int n = ring_buffer__consume(m->ring);

	return n < 0 ? n : 0;
}

void matcher_set_attempt(struct matcher *m, unsigned int flow, uint8_t attempt)
{
	struct host_list *list = m->hosts.mem;

	__atomic_store_n(&list->attempt[flow], attempt, __ATOMIC_RELAXED);
}

/* A page of the table belongs to one CPU; before the program is attached, to nobody. */
void matcher_add_stats(struct matcher *m, const struct stats *from)
{
	*(struct stats *)m->stats.mem = *from;
}

struct stats matcher_stats(const struct matcher *m)
{
	struct stats sum = { 0 };
	unsigned int flow;
	size_t offset;

	for (offset = 0; offset < m->stats.size; offset += TABLE_PAGE) {
		const volatile struct stats *cpu =
			(const volatile void *)((const char *)m->stats.mem + offset);

		for (flow = 0; flow < FLOWS_MAX; flow++)
			sum.answers[flow] += cpu->answers[flow];
		sum.seen += cpu->seen;
		sum.late += cpu->late;
		sum.duplicates += cpu->duplicates;
		sum.rejected += cpu->rejected;
		sum.events_lost += cpu->events_lost;
	}
	return sum;
}
