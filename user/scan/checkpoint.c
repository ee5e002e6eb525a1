// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* checkpoint.c - turn the parts of a scan into the file of --resume, and back. */
#include "checkpoint.h"

#include "trouble.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * How much work a crash may cost: as much time as the scan has run, within these limits. And how much
 * time saving may take: one fiftieth.
 */
#define SAVE_LEAST_NS 100000000ULL
#define SAVE_MOST_NS  5000000000ULL
enum { SAVE_SHARE = 50 };

static uint64_t mix_addr(uint64_t print, struct addr addr)
{
	return checkpoint_mix(checkpoint_mix(print, addr.hi), addr.lo);
}

static uint64_t mix_paths(uint64_t print, const struct paths *paths)
{
	size_t i, k;

	print = checkpoint_mix(print, paths->n);
	for (i = 0; i < paths->n; i++) {
		const struct path *path = &paths->v[i];

		print = mix_addr(checkpoint_mix(print, path->hop), path->gateway);
		print = checkpoint_mix(print, path->hosts.n);
		for (k = 0; k < path->hosts.n; k++)
			print = mix_addr(mix_addr(print, path->hosts.v[k].first),
					 path->hosts.v[k].last);
	}
	return print;
}

static uint64_t mix_plan(uint64_t print, const struct plan *plan)
{
	unsigned int i, k;

	print = checkpoint_mix(print, plan->n_phases);
	print = mix_paths(mix_paths(print, &plan->paths), &plan->sweep);
	for (i = 0; i < plan->n_phases; i++) {
		const struct ports *each = plan->phases[i].each;

		print = checkpoint_mix(print, plan->phases[i].kind);
		for (k = 0; k < each->n; k++)
			print = checkpoint_mix(print, each->list[k]);
		print = checkpoint_mix(print, ask_hosts_max(each));
	}
	return print;
}

/* The fingerprint of a scan: the hosts and questions, and the layout of the tables. */
static uint64_t fingerprint(const struct engine *e)
{
	uint64_t print = checkpoint_mix(e->config->tries.lossy, e->n_plans);
	unsigned int i;

	for (i = 0; i < e->n_plans; i++)
		print = mix_plan(print, &e->plans[i]);
	return print;
}

static int refuse_file(const struct checkpoint_keeper *k, struct err *err)
{
	return err_set(err, -EINVAL,
		       "%.128s: belongs to another scan: give the same options, or another file",
		       k->engine->config->resume);
}

int checkpoint_open(struct checkpoint_keeper *k, struct engine *e, checkpoint_warn warn, void *ctx,
		    struct err *err)
{
	const struct config *c = e->config;
	int code;

	*k = (struct checkpoint_keeper){ .engine = e, .warn = warn, .warn_ctx = ctx, .fd = -1 };
	if (!c->resume)
		return 0;
	k->scan = fingerprint(e);
	code = checkpoint_read(c->resume, &k->from, &k->fd, err);
	if (code)
		return code == -ENOENT ? 0 : code;
	if (k->from.head.scan != k->scan || k->from.head.plan >= e->n_plans ||
	    (c->seed_given && k->from.head.seed != c->seed))
		return refuse_file(k, err);
	k->goes_on = true;
	k->restores = true;
	e->plan = &e->plans[k->from.head.plan];
	k->pending = k->from.head.in_slice;
	e->seed = k->from.head.seed;
	return 0;
}

void checkpoint_close(struct checkpoint_keeper *k)
{
	checkpoint_free(&k->from);
	if (k->fd >= 0)
		close(k->fd);
	k->fd = -1;
}

/* Bytes of slices.taken: a number for each possible phase and each path. */
static size_t taken_size(const struct slices *s)
{
	return PROBE_KINDS_N * s->engine->plan->paths.n * sizeof(*s->taken);
}

static int restore_found(const struct checkpoint *from, struct slices *s)
{
	const struct paths *paths = &s->engine->plan->paths;
	const struct range *v = from->tables[CHECKPOINT_FOUND];
	size_t i, n = from->head.table_size[CHECKPOINT_FOUND] / sizeof(*v);
	struct ranges all = { 0 };
	int code = 0;

	for (i = 0; i < n && !code; i++)
		code = addr_less(v[i].last, v[i].first) ? -EINVAL
							: ranges_add(&all, v[i].first, v[i].last);
	ranges_settle(&all);
	for (i = 0; i < paths->n && !code; i++)
		code = ranges_intersect(&all, &paths->v[i].hosts, &s->found[i]);
	ranges_free(&all);
	return code;
}

/* A zone is not saved. Link-local targets need one interface. */
static void restore_gone(const struct checkpoint *from, const struct engine *e)
{
	const struct network *net = e->plan->net;
	const char *zone = net->n == 1 ? net->ifaces[0].name : NULL;
	const struct result_gone *gone = from->tables[CHECKPOINT_GONE];
	size_t i, n = from->head.table_size[CHECKPOINT_GONE] / sizeof(*gone);

	for (i = 0; i < n; i++)
		if (gone[i].why < RESULT_LOSSES_N)
			trouble_gone(e->trouble, gone[i].addr,
				     addr_is_link_local(gone[i].addr) ? zone : NULL,
				     gone[i].unknown, (enum result_loss)gone[i].why);
}

int checkpoint_enter_sweep(struct checkpoint_keeper *k, const struct checkpoint_parts *p,
			   struct err *err)
{
	const struct checkpoint_head *head = &k->from.head;

	if (!k->restores)
		return 0;
	k->restores = false;
	if (p->sweep && ask_restore(p->sweep, &head->sweep, k->from.tables[CHECKPOINT_NEIGHBOURS],
				    head->table_size[CHECKPOINT_NEIGHBOURS]))
		return refuse_file(k, err);
	if (head->table_size[CHECKPOINT_TAKEN] != taken_size(p->slices) ||
	    restore_found(&k->from, p->slices))
		return refuse_file(k, err);
	restore_gone(&k->from, p->engine);
	memcpy(p->slices->taken, k->from.tables[CHECKPOINT_TAKEN], taken_size(p->slices));
	p->totals->hosts = head->hosts;
	p->totals->ports = head->ports;
	p->totals->tally = head->tally;
	p->totals->elapsed_ns = head->elapsed_ns;
	return 0;
}

int checkpoint_slice(const struct checkpoint_keeper *k, const struct checkpoint_parts *p,
		     unsigned int *phase, struct hosts *hosts, struct err *err)
{
	const struct checkpoint_head *head = &k->from.head;
	const struct range *v = k->from.tables[CHECKPOINT_SLICE];

	if (!k->pending)
		return 0;
	*phase = (unsigned int)head->phase;
	if (head->phase >= p->engine->plan->n_phases ||
	    slices_again(p->slices, v, head->table_size[CHECKPOINT_SLICE] / sizeof(*v), hosts))
		return refuse_file(k, err);
	return 1;
}

int checkpoint_enter_slice(struct checkpoint_keeper *k, const struct checkpoint_parts *p,
			   struct err *err)
{
	if (!k->pending)
		return 0;
	if (ask_restore(p->slice, &k->from.head.slice, k->from.tables[CHECKPOINT_ANSWERS],
			k->from.head.table_size[CHECKPOINT_ANSWERS]))
		return refuse_file(k, err);
	k->pending = false;
	return 0;
}

/* Put all ranges of some sets into one table. NULL: out of memory, or there are no ranges. */
static struct range *list_ranges(const struct ranges *const sets[], size_t n, uint64_t *size)
{
	struct range *table;
	size_t i, at = 0;

	for (i = 0; i < n; i++)
		at += sets[i]->n;
	*size = at * sizeof(*table);
	table = malloc(*size ? *size : 1);
	for (i = 0, at = 0; table && i < n; at += sets[i++]->n)
		if (sets[i]->n)
			memcpy(table + at, sets[i]->v, sets[i]->n * sizeof(*table));
	return table;
}

static struct range *list_found(const struct slices *s, uint64_t *size)
{
	const size_t n = s->engine->plan->paths.n;
	const struct ranges **sets = calloc(n + 1, sizeof(*sets));
	struct range *table;
	size_t i;

	for (i = 0; sets && i < n; i++)
		sets[i] = &s->found[i];
	table = sets ? list_ranges(sets, n, size) : NULL;
	free(sets);
	return table;
}

static struct range *list_hosts(const struct hosts *h, uint64_t *size)
{
	const struct ranges **sets = calloc(h->n_groups + 1, sizeof(*sets));
	struct range *table;
	size_t i;

	for (i = 0; sets && i < h->n_groups; i++)
		sets[i] = &h->groups[i].addrs;
	table = sets ? list_ranges(sets, h->n_groups, size) : NULL;
	free(sets);
	return table;
}

/* Fill in the tables of neighbours, of hosts taken and of hosts found. */
static bool fill_hosts(const struct checkpoint_parts *p, struct checkpoint *to)
{
	struct trouble *trouble = p->engine->trouble;
	uint64_t *size = to->head.table_size;
	size_t bytes = 0;

	if (p->sweep) {
		ask_save(p->sweep, &to->head.sweep);
		to->tables[CHECKPOINT_NEIGHBOURS] = ask_table(p->sweep, &bytes);
	}
	size[CHECKPOINT_NEIGHBOURS] = bytes;
	to->tables[CHECKPOINT_TAKEN] = p->slices->taken;
	size[CHECKPOINT_TAKEN] = taken_size(p->slices);
	to->tables[CHECKPOINT_GONE] = trouble->gone;
	size[CHECKPOINT_GONE] = trouble->n_gone * sizeof(*trouble->gone);
	to->tables[CHECKPOINT_FOUND] = list_found(p->slices, &size[CHECKPOINT_FOUND]);
	return to->tables[CHECKPOINT_FOUND];
}

/* Fill in the slice under way, or the earlier run's slice if this run has not begun it yet. */
static bool fill_slice(const struct checkpoint_keeper *k, const struct checkpoint_parts *p,
		       struct checkpoint *to)
{
	uint64_t *size = to->head.table_size;
	size_t bytes;

	to->head.in_slice = p->slice || k->pending;
	if (p->slice) {
		to->head.phase = p->phase;
		ask_save(p->slice, &to->head.slice);
		to->tables[CHECKPOINT_ANSWERS] = ask_table(p->slice, &bytes);
		size[CHECKPOINT_ANSWERS] = bytes;
		to->tables[CHECKPOINT_SLICE] =
			list_hosts(&p->slice->hosts, &size[CHECKPOINT_SLICE]);
		return to->tables[CHECKPOINT_SLICE];
	}
	if (!k->pending)
		return true;
	to->head.phase = k->from.head.phase;
	to->head.slice = k->from.head.slice;
	to->tables[CHECKPOINT_ANSWERS] = k->from.tables[CHECKPOINT_ANSWERS];
	size[CHECKPOINT_ANSWERS] = k->from.head.table_size[CHECKPOINT_ANSWERS];
	to->tables[CHECKPOINT_SLICE] = k->from.tables[CHECKPOINT_SLICE];
	size[CHECKPOINT_SLICE] = k->from.head.table_size[CHECKPOINT_SLICE];
	return true;
}

static int save(struct checkpoint_keeper *k, const struct checkpoint_parts *p, struct err *err)
{
	const struct engine *e = p->engine;
	struct checkpoint to = {
		.head = {
			.scan = k->scan,
			.seed = e->seed,
			.plan = (uint64_t)(e->plan - e->plans),
			.elapsed_ns = p->totals->elapsed_ns + loop_now_ns() - p->start_ns,
			.hosts = p->totals->hosts,
			.ports = p->totals->ports,
			.tally = p->totals->tally,
		},
	};
	int code;

	if (fill_hosts(p, &to) && fill_slice(k, p, &to))
		code = checkpoint_write(e->config->resume, &to, &k->fd, err);
	else
		code = err_set(err, -ENOMEM, "out of memory");
	free(to.tables[CHECKPOINT_FOUND]);
	if (p->slice)
		free(to.tables[CHECKPOINT_SLICE]);
	return code;
}

/* Save at `start`, and set when the next save is due. */
static int save_at(struct checkpoint_keeper *k, const struct checkpoint_parts *p, uint64_t start,
		   struct err *err)
{
	int code = save(k, p, err);
	const uint64_t took = loop_now_ns() - start;
	uint64_t pause = start - p->start_ns;

	if (!code)
		k->saved_ns = start;
	if (pause < SAVE_LEAST_NS)
		pause = SAVE_LEAST_NS;
	if (pause > SAVE_MOST_NS)
		pause = SAVE_MOST_NS;
	if (pause < took * SAVE_SHARE)
		pause = took * SAVE_SHARE;
	k->save_due_ns = start + took + pause;
	return code;
}

int checkpoint_save(struct checkpoint_keeper *k, const struct checkpoint_parts *p, struct err *err)
{
	uint64_t start = loop_now_ns();
	int code;

	if (!k->engine->config->resume)
		return 0;
	code = report_sync(p->engine->report, err);
	if (!code)
		code = save_at(k, p, start, err);
	/* There is nothing in it yet. */
	k->save_due_ns = loop_now_ns() + SAVE_LEAST_NS;
	return code;
}

/* Results that cannot be written end the scan by themselves. */
void checkpoint_save_in_between(struct checkpoint_keeper *k, const struct checkpoint_parts *p)
{
	const uint64_t now = loop_now_ns();
	struct err reason, line;

	if (!k->engine->config->resume)
		return;
	if (report_sync(p->engine->report, &reason) || !save_at(k, p, now, &reason) || k->warned)
		return;
	k->warned = true;
	err_set(&line, 0, "%.200s: xscan goes on, and tries again", reason.text);
	k->warn(k->warn_ctx, &line);
}

void checkpoint_save_now_and_then(struct checkpoint_keeper *k, const struct checkpoint_parts *p)
{
	/* During a recheck the answers of hosts that are asked again are missing in the table. */
	if (loop_now_ns() >= k->save_due_ns && !(p->slice && recheck_is_asking(p->slice)))
		checkpoint_save_in_between(k, p);
}

/* Say that the file is not up to date, and since when. */
static int set_stale(const struct checkpoint_keeper *k, int code, const char *reason,
		     struct err *err)
{
	const uint64_t ns = loop_now_ns() - k->saved_ns;

	return err_set(err, code, "%.200s: the last save was %llu s ago", reason,
		       (unsigned long long)((ns + 999999999) / 1000000000));
}

/* `unsynced`: the outputs lack results. The file must not count those as found. */
static int save_at_last(struct checkpoint_keeper *k, const struct checkpoint_parts *p, int unsynced,
			struct err *err)
{
	struct err reason;
	int code;

	if (unsynced)
		code = err_set(&reason, -EAGAIN,
			       "%.128s: not saved, because results could not be written",
			       k->engine->config->resume);
	else
		code = save_at(k, p, loop_now_ns(), &reason);
	return code ? set_stale(k, code, reason.text, err) : 0;
}

int checkpoint_save_at_last(struct checkpoint_keeper *k, const struct checkpoint_parts *p, int code,
			    struct err *err)
{
	struct err results, line;
	int unsynced, failed;

	if (!k->engine->config->resume)
		return code;
	unsynced = report_sync(p->engine->report, &results);
	failed = save_at_last(k, p, unsynced, &line);
	if (!failed)
		return code;
	/* An output that takes nothing (EINTR) has no error of its own. */
	if (code == -EINTR && (!unsynced || unsynced == -EINTR)) {
		*err = line;
		return failed;
	}
	k->warn(k->warn_ctx, &line);
	if (code != -EINTR)
		return code;
	*err = results;
	return unsynced;
}

void checkpoint_end(struct checkpoint_keeper *k)
{
	struct err reason;

	if (k->engine->config->resume &&
	    checkpoint_remove(k->engine->config->resume, &k->fd, &reason))
		k->warn(k->warn_ctx, &reason);
}
