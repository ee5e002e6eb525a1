// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* matcher.c - load the BPF object, share memory with it, read its events. */
#include "matcher.h"

#include "frames.h"
#include "handover.h"
#include "lack.h"
#include "object.h"
#include "sibling.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * Room for 26,000 events of 32 bytes and 8 of the ring's own: what an all-open scan at 1 Mpps finds
 * in 26 ms. Tests are built with a smaller ring.
 */
#ifndef RING_BYTES
#define RING_BYTES (1 << 20)
#endif

/* Descriptors that loading takes: for each map, the program, its types and a try of libbpf's. */
enum { DESCRIPTORS = 16 };

/* The program that both matches and sends. */
#define SENDER "xscan_send"

static int print_warnings(enum libbpf_print_level level, const char *fmt, va_list args)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, fmt, args) : 0;
}

/* Explain why the kernel refused a program that others take: name the oldest feature it lacks. */
static int explain_refusal(int code, struct err *err)
{
	/* libbpf tries out what the kernel can do, and takes any failure for a missing feature. */
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

/* Longer than a program run that saw the lease before it ended. */
enum { STOP_NS = 1000000 };

/* Write the list of hosts in the form that the programs search. */
static void fill_hosts(const struct table *table, const struct matcher_lane *lane)
{
	struct host_list *list = table->mem;

	if (probe_is_ip6(lane->kind))
		hosts_entries6(lane->hosts, (struct host_entry6 *)(list + 1));
	else
		hosts_entries(lane->hosts, (struct host_entry *)(list + 1));
	list->n = hosts_entries_n(lane->hosts);
}

/* In the worst case each host that a refill brings is a range of its own. */
static size_t entries(const struct matcher_lane *lane)
{
	const size_t n = lane->hosts ? hosts_entries_n(lane->hosts) : 0;

	return n < lane->room ? lane->room : n;
}

static int size_hosts(const struct matcher *m, const char *name, const struct matcher_lane *lane,
		      struct err *err)
{
	const size_t n = entries(lane);
	const size_t each =
		probe_is_ip6(lane->kind) ? sizeof(struct host_entry6) : sizeof(struct host_entry);

	if (n > HOST_ENTRIES_MAX)
		return err_set(err, -E2BIG,
			       "more than %u separate ranges of addresses: divide them (--shard)",
			       HOST_ENTRIES_MAX);
	return table_size(m->object, name, sizeof(struct host_list) + n * each, err);
}

static uint64_t count(const struct matcher_lane *lane)
{
	const uint64_t n = lane->hosts ? lane->hosts->n : 0;

	return (n < lane->room ? lane->room : n) * lane->each;
}

static int set_sizes(const struct matcher *m, const struct matcher_spec *spec, bool first,
		     bool new_sweep, struct err *err)
{
	const struct matcher_lane *near = &spec->lanes[LANE_NEIGHBOURS];
	const struct matcher_lane *questions = &spec->lanes[LANE_QUESTIONS];
	int code = 0, cpus = libbpf_num_possible_cpus();

	if (cpus < 0)
		return err_set(err, cpus, "cannot tell how many CPUs there are: %s",
			       strerror(-cpus));
	if (first)
		code = table_size(m->object, "xscan_stats", (size_t)cpus * TABLE_PAGE, err);
	if (!code && new_sweep)
		code = size_hosts(m, "xscan_near", near, err);
	if (!code && new_sweep)
		code = table_size(m->object, "xscan_neighbour",
				  count(near) * sizeof(struct neighbour), err);
	if (!code)
		code = size_hosts(m, "xscan_hosts", questions, err);
	if (!code)
		code = table_size(m->object, "xscan_answers", count(questions), err);
	if (!code)
		code = table_size(m->object, "xscan_slots", questions->slots ? SLOTS_SIZE : 0, err);
	if (!code && first)
		code = bpf_map__set_max_entries(
			bpf_object__find_map_by_name(m->object, "xscan_events"), RING_BYTES);
	return code;
}

/* Share the tables and the ring of the matcher before; those of its neighbours if they are no new ones. */
static int share(const struct matcher *m, const struct matcher *before, bool new_sweep,
		 struct err *err)
{
	static const char *const names[] = { "xscan_lease", "xscan_stats", "xscan_events",
					     "xscan_near", "xscan_neighbour" };
	const size_t n = sizeof(names) / sizeof(names[0]) - (new_sweep ? 2 : 0);
	size_t i;
	int code;

	for (i = 0; i < n; i++) {
		code = bpf_map__reuse_fd(bpf_object__find_map_by_name(m->object, names[i]),
					 bpf_object__find_map_fd_by_name(before->object, names[i]));
		if (code)
			return err_set(err, code, "%s: cannot share the table: %s", names[i],
				       strerror(-code));
	}
	return 0;
}

/*
 * Load only this program: loading the others and making the sender's maps would take milliseconds.
 */
static void choose_program(struct matcher *m, const char *name)
{
	static const char *const of_sender[] = { "xscan_queue", "xscan_device" };
	struct bpf_program *program;
	size_t i;

	bpf_object__for_each_program(program, m->object)
		bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), name));
	m->program = bpf_object__find_program_by_name(m->object, name);
	for (i = 0; strcmp(name, SENDER) && i < sizeof(of_sender) / sizeof(of_sender[0]); i++)
		bpf_map__set_autocreate(bpf_object__find_map_by_name(m->object, of_sender[i]),
					false);
}

static struct match_config configuration(const struct matcher_spec *spec)
{
	struct match_config config = {
		.probe = spec->probe,
		.capture = spec->capture,
		.bare = spec->bare,
		.scope = spec->scope,
	};
	unsigned int i;
	size_t hosts;

	for (i = 0; i < LANES; i++) {
		const struct matcher_lane *lane = &spec->lanes[i];

		config.lanes[i] = (struct lane_config){
			.kind = lane->kind,
			.each = lane->each,
			.fate_yes = (__u8)lane->fate_yes,
			.fate_no = (__u8)lane->fate_no,
			.report_all = lane->report_all,
			.pulse = lane->pulse,
		};
		for (hosts = entries(lane); hosts; hosts /= 2)
			config.lanes[i].host_steps++;
	}
	return config;
}

static int load(struct matcher *m, const struct matcher_spec *spec, const char *program,
		const struct matcher *before, struct err *err)
{
	int code;

	m->config = configuration(spec);
	m->object = object_open(&m->config);
	if (!m->object)
		return err_set(err, -errno, "cannot open the BPF program: %s", strerror(errno));
	choose_program(m, program);
	code = set_sizes(m, spec, !before, !before || spec->new_sweep, err);
	if (!code && before)
		code = share(m, before, spec->new_sweep, err);
	if (!code)
		code = frames_prepare(m, spec, before, err);
	if (code)
		return code;
	code = bpf_map__set_initial_value(bpf_object__find_map_by_name(m->object, ".rodata"),
					  &m->config, sizeof(m->config));
	if (!code)
		code = bpf_object__load(m->object);
	return code ? explain_refusal(code, err) : 0;
}

static int map_tables(struct matcher *m, const struct matcher_spec *spec, bool new_sweep,
		      struct err *err)
{
	const struct {
		struct table *table;
		const char *name;
	} tables[] = {
		{ &m->lease, "xscan_lease" },	  { &m->stats, "xscan_stats" },
		{ &m->near_hosts, "xscan_near" }, { &m->neighbours, "xscan_neighbour" },
		{ &m->hosts, "xscan_hosts" },	  { &m->answers, "xscan_answers" },
	};
	const struct matcher_lane *questions = &spec->lanes[LANE_QUESTIONS];
	struct table slots = { 0 };
	int code = 0;
	size_t i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]) && !code; i++)
		code = table_map(tables[i].table, m->object, tables[i].name, err);
	if (code)
		return code;
	if (new_sweep && spec->lanes[LANE_NEIGHBOURS].hosts)
		fill_hosts(&m->near_hosts, &spec->lanes[LANE_NEIGHBOURS]);
	if (!questions->slots)
		return 0;
	m->host_entries = entries(questions);
	if (questions->hosts)
		fill_hosts(&m->hosts, questions);
	code = table_map(&slots, m->object, "xscan_slots", err);
	if (!code)
		memcpy(slots.mem, questions->slots, SLOTS_SIZE);
	table_unmap(&slots);
	return code;
}

int matcher_open(struct matcher *m, const struct matcher_spec *spec, const char *program,
		 const struct matcher *before, struct err *err)
{
	const struct bpf_map *events;
	int code;

	*m = (struct matcher){ 0 };
	libbpf_set_print(spec->verbose ? print_warnings : NULL);
	code = load(m, spec, program, before, err);
	if (!code)
		code = map_tables(m, spec, !before || spec->new_sweep, err);
	if (code)
		goto fail;
	if (before)
		m->runs[LANE_NEIGHBOURS] = before->runs[LANE_NEIGHBOURS];
	else if (!strcmp(program, MATCHER_TC))
		handover_now(m, 1); /* long ago */
	events = bpf_object__find_map_by_name(m->object, "xscan_events");
	m->ring = ring_buffer__new(bpf_map__fd(events), spec->on_event, spec->ctx, NULL);
	if (!m->ring) {
		code = err_set(err, -errno, "cannot read the BPF ring buffer: %s", strerror(errno));
		goto fail;
	}
	code = frames_read(m, spec, err);
	if (code)
		goto fail;
	return 0;
fail:
	matcher_close(m);
	return code;
}

int matcher_add(struct matcher *m, const struct iface *iface, struct err *err)
{
	const char *name = bpf_program__name(m->program);
	struct match_config config = m->config;
	struct bpf_object *object;
	int code;

	memcpy(config.probe.source_mac, iface->mac, sizeof(config.probe.source_mac));
	config.bare = !iface->ethernet;
	if (config.scope)
		config.scope = (__u32)iface->index;
	config.capture.outlet = (__u8)(m->n_further + 1);
	if (!iface_has_neighbours(iface))
		config.lanes[LANE_NEIGHBOURS].kind = PROBE_NONE;
	object = sibling_load(m, name, &config, &code);
	if (!object)
		return explain_refusal(code, err);
	m->further[m->n_further++] = object;
	return 0;
}

void matcher_close(struct matcher *m)
{
	if (m->extension_fd)
		close(m->extension_fd);
	ring_buffer__free(m->ring);
	table_unmap(&m->lease);
	table_unmap(&m->stats);
	table_unmap(&m->near_hosts);
	table_unmap(&m->neighbours);
	table_unmap(&m->hosts);
	table_unmap(&m->answers);
	while (m->n_further)
		bpf_object__close(m->further[--m->n_further]);
	bpf_object__close(m->tc_object);
	bpf_object__close(m->object);
	*m = (struct matcher){ 0 };
}

uint64_t matcher_room(const struct matcher *m, unsigned int each)
{
	/* In the worst case each host is a range of its own. */
	uint64_t room = m->answers.size / each;

	return room < m->host_entries ? room : m->host_entries;
}

void matcher_refill(struct matcher *m, const struct matcher_lane *questions)
{
	static const struct stats none;

	memset(m->hosts.mem, 0, sizeof(struct host_list));
	fill_hosts(&m->hosts, questions);
	memset(m->answers.mem, 0, m->answers.size);
	matcher_set_stats(m, LANE_QUESTIONS, &none);
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

static void set_lease(struct matcher *m, enum lane lane, uint64_t until_ns)
{
	struct lease *lease = m->lease.mem;

	__atomic_store_n(&lease->until_ns[lane], until_ns, __ATOMIC_RELAXED);
}

void matcher_renew(struct matcher *m, uint64_t now_ns)
{
	unsigned int lane;

	for (lane = 0; lane < LANES; lane++)
		if (m->runs[lane])
			set_lease(m, lane, now_ns + MATCHER_LEASE_NS);
}

void matcher_start(struct matcher *m, enum lane lane)
{
	m->runs[lane] = true;
}

static bool end_lease(struct matcher *m, enum lane lane)
{
	if (!m->runs[lane])
		return false;
	m->runs[lane] = false;
	set_lease(m, lane, 0);
	return true;
}

static void wait_for_running_programs(void)
{
	const struct timespec moment = { .tv_nsec = STOP_NS };

	nanosleep(&moment, NULL);
}

void matcher_stop(struct matcher *m, enum lane lane)
{
	if (end_lease(m, lane))
		wait_for_running_programs();
}

void matcher_stop_all(struct matcher *m)
{
	bool ended = false;
	unsigned int lane;

	for (lane = 0; lane < LANES; lane++)
		ended |= end_lease(m, lane);
	if (ended)
		wait_for_running_programs();
}

int matcher_program_fd(const struct matcher *m)
{
	return m->extension_fd ? m->extension_fd : bpf_program__fd(m->program);
}

int matcher_fd_at(const struct matcher *m, unsigned int i)
{
	return i ? sibling_fd(m->further[i - 1], bpf_program__name(m->program))
		 : matcher_program_fd(m);
}

int matcher_tc_fd(const struct matcher *m)
{
	return m->tc_object
		       ? bpf_program__fd(bpf_object__find_program_by_name(m->tc_object, MATCHER_TC))
		       : -1;
}

int matcher_consume(struct matcher *m)
{
	int n = ring_buffer__consume(m->ring);

	return n < 0 ? n : 0;
}

void matcher_set_attempt(struct matcher *m, enum lane lane, unsigned int flow, uint8_t attempt)
{
	struct host_list *list = lane == LANE_NEIGHBOURS ? m->near_hosts.mem : m->hosts.mem;

	__atomic_store_n(&list->attempt[flow], attempt, __ATOMIC_RELAXED);
}

struct stats matcher_stats(const struct matcher *m, enum lane lane)
{
	struct stats sum = { 0 };
	unsigned int flow;
	size_t offset;

	for (offset = 0; offset < m->stats.size; offset += TABLE_PAGE) {
		const struct stats_page *page = (const void *)((const char *)m->stats.mem + offset);
		const volatile struct stats *cpu = &page->lanes[lane];

		for (flow = 0; flow < FLOWS_MAX; flow++)
			sum.answers[flow] += cpu->answers[flow];
		sum.seen += cpu->seen;
		sum.late += cpu->late;
		sum.pulses += cpu->pulses;
		sum.duplicates += cpu->duplicates;
		sum.rejected += cpu->rejected;
		sum.events_lost += cpu->events_lost;
		sum.conflicts += cpu->conflicts;
	}
	return sum;
}

/* Each CPU has its own page of the table; while the lane is stopped, no CPU writes there. */
void matcher_set_stats(struct matcher *m, enum lane lane, const struct stats *from)
{
	static const struct stats none;
	size_t offset;

	for (offset = 0; offset < m->stats.size; offset += TABLE_PAGE) {
		struct stats_page *page = (void *)((char *)m->stats.mem + offset);

		page->lanes[lane] = offset ? none : *from;
	}
}
