// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* progress.c - from the parts of a scan to the file of --resume, and back. */
#include "progress.h"

#include <errno.h>
#include <unistd.h>

/* How much a crash may cost, and how much of the time saving may take: a fiftieth. */
#define SAVE_NS 5000000000ULL
enum { SAVE_SHARE = 50 };

static uint64_t mix_addr(uint64_t print, struct addr addr)
{
	return resume_mix(resume_mix(print, addr.hi), addr.lo);
}

static uint64_t mix_ranges(uint64_t print, const struct ranges *r)
{
	size_t i;

	print = resume_mix(print, r->n);
	for (i = 0; i < r->n; i++)
		print = mix_addr(mix_addr(print, r->v[i].first), r->v[i].last);
	return print;
}

/* What makes a scan this one: who is asked what, and what the tables of answers look like. */
static uint64_t fingerprint(const struct engine *e)
{
	const struct plan *plan = e->plan;
	uint64_t print = resume_mix(e->config->retries, plan->ports != NULL);
	size_t i;

	for (i = 0; i < plan->paths.n; i++) {
		const struct path *path = &plan->paths.v[i];

		print = resume_mix(print, path->hop);
		if (path->hop == BY_GATEWAY)
			print = mix_addr(print, path->gateway);
		print = mix_ranges(print, &path->hosts);
	}
	print = mix_ranges(print, &plan->sweep);
	if (!plan->ports)
		return print;
	for (i = 0; i < plan->ports->n; i++)
		print = resume_mix(print, plan->ports->list[i]);
	return resume_mix(print, portscan_hosts_max(e));
}

static int refuse_file(const struct progress *p, struct err *err)
{
	return err_set(err, -EINVAL,
		       "%.128s: is of another scan: give the same options, or another file",
		       p->engine->config->resume);
}

int progress_begin(struct progress *p, const struct engine *e, const struct sweep *sweep,
		   uint64_t *seed, struct err *err)
{
	const struct config *c = e->config;
	int code;

	*p = (struct progress){ .engine = e, .sweep = sweep, .fd = -1 };
	if (!c->resume)
		return 0;
	code = resume_read(c->resume, &p->from, &p->fd, err);
	if (code)
		return code == -ENOENT ? 0 : code;
	if (p->from.head.scan != fingerprint(e) || (c->seed_given && p->from.head.seed != c->seed))
		return refuse_file(p, err);
	p->goes_on = true;
	*seed = p->from.head.seed;
	return 0;
}

void progress_free(struct progress *p)
{
	resume_free(&p->from);
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

int progress_enter_sweep(const struct progress *p, struct sweep *sweep, struct err *err)
{
	if (p->goes_on && phase_restore(&sweep->phase, &p->from.head.sweep, p->from.neighbours))
		return refuse_file(p, err);
	return 0;
}

void progress_enter_ports(struct progress *p)
{
	if (!p->goes_on || !p->from.head.ports_begun)
		return;
	p->first_host = p->from.head.first_host;
	p->ports = p->from.head.slices;
	p->tally = p->from.head.tally;
}

int progress_enter_slice(struct progress *p, struct portscan *portscan, struct err *err)
{
	const struct resume_head *from = &p->from.head;

	if (p->goes_on && from->ports_begun && from->first_host == p->first_host &&
	    phase_restore(&portscan->phase, &from->ports, p->from.answers))
		return refuse_file(p, err);
	p->portscan = portscan;
	return 0;
}

void progress_leave_slice(struct progress *p)
{
	const struct ledger ledger = phase_ledger(&p->portscan->phase);

	portscan_count(p->portscan, &p->tally);
	ledger_add(&p->ports, &ledger);
	p->portscan = NULL;
}

int progress_save(struct progress *p, struct err *err)
{
	const struct engine *e = p->engine;
	struct resume to = {
		.head = {
			.scan = fingerprint(e),
			.seed = e->seed,
			.ports_begun = p->portscan != NULL,
			.first_host = p->first_host,
			.slices = p->ports,
			.tally = p->tally,
		},
		.neighbours = p->sweep->phase.matcher.answers.mem,
	};
	uint64_t start = loop_now_ns(), took;
	int code;

	if (!e->config->resume)
		return 0;
	phase_save(&p->sweep->phase, &to.head.sweep);
	if (p->portscan) {
		phase_save(&p->portscan->phase, &to.head.ports);
		to.answers = p->portscan->phase.matcher.answers.mem;
	}
	code = report_sync(e->report, err);
	if (!code)
		code = resume_write(e->config->resume, &to, &p->fd, err);
	took = loop_now_ns() - start;
	p->save_due_ns = start + took + (took * SAVE_SHARE > SAVE_NS ? took * SAVE_SHARE : SAVE_NS);
	return code;
}

void progress_save_now_and_then(struct progress *p)
{
	struct err later;

	if (p->engine->config->resume && loop_now_ns() >= p->save_due_ns)
		progress_save(p, &later);
}

int progress_save_at_last(struct progress *p, int code, struct err *err)
{
	struct err later;
	int failed = progress_save(p, code == -EINTR ? err : &later);

	return code == -EINTR && failed ? failed : code;
}

void progress_end(struct progress *p)
{
	if (p->engine->config->resume)
		resume_remove(p->engine->config->resume, &p->fd);
}
