// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* asking.c - run the sweep and, while it still listens, slice after slice. */
#include "asking.h"

#include "aside.h"
#include "outlet.h"
#include "phase.h"
#include "privilege.h"
#include "summary.h"
#include "tx_xdp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_NS 1000000000ULL

/* Does another plan follow, which needs programs of its own? */
static bool goes_on(const struct asking *a)
{
	const struct engine *e = a->engine;

	return e->plan + 1 < e->plans + e->n_plans;
}

int asking_make_ways(struct engine *e)
{
	size_t i;

	free(e->ways);
	e->ways = calloc(e->plan->paths.n_ways, sizeof(*e->ways));
	if (!e->ways)
		return -ENOMEM;
	for (i = 0; i < e->plan->paths.n; i++) {
		const struct path *path = &e->plan->paths.v[i];

		/* Without ARP the kernel sends to its own MAC address, too: the link looks at none. */
		if (!path->has_mac && plan_sweeps(e->plan, path))
			continue;
		memcpy(e->ways[path->way].mac,
		       path->has_mac ? path->mac : e->plan->net->ifaces[path->outlet].mac,
		       sizeof(path->mac));
		e->ways[path->way].reached = true;
	}
	return 0;
}

/*
 * Questions and hosts for which the sweep's program has room in tables of 4 MiB and 3 MiB. Loading and
 * attaching another program would take 20 ms: longer than asking 1,000 ports of a host.
 */
enum { READY_QUESTIONS = 4 << 20, READY_HOSTS = 1 << 16 };

/* Can the sweep's program also match all that the scan asks later? Then describe that in `lane`. */
static bool takes_all(const struct asking *a, struct matcher_lane *lane)
{
	const struct engine *e = a->engine;
	const struct plan *plan = e->plan;
	const struct plan_phase *phase = &plan->phases[0];

	if (e->n_plans != 1 || plan->n_phases != 1 || e->config->tx == TX_XDP || !phase->each->n ||
	    plan->hosts > READY_HOSTS || plan->hosts > ask_hosts_max(phase->each) ||
	    plan->hosts * phase->each->n > READY_QUESTIONS)
		return false;
	*lane = ask_lane_of(e, phase->kind, phase->each);
	lane->room = plan->hosts;
	return true;
}

/* Prepare the sweep. It asks the link, which is one way whatever the source addresses. */
int asking_prepare(struct asking *a, struct err *err)
{
	const struct paths *paths = &a->engine->plan->sweep;
	struct matcher_lane questions;
	struct hosts hosts = { 0 };
	int code = 0;
	size_t i;

	for (i = 0; i < paths->n && !code; i++)
		code = hosts_add(&hosts, &paths->v[i].hosts, &paths->v[i]);
	if (code) {
		hosts_free(&hosts);
		return err_set(err, code, "out of memory");
	}
	if (!hosts.n)
		return 0;
	ports_set_none(&a->once);
	a->parts.sweep = &a->sweep;
	code = ask_init(&a->sweep, a->engine, plan_sweep_kind(a->engine->plan), &hosts, &a->once,
			err);
	if (!code)
		a->closed = takes_all(a, &questions);
	if (!code)
		code = phase_load(a->engine, &a->sweep, a->closed ? &questions : NULL, err);
	a->engine->one_program = a->closed || (!a->engine->plan->n_phases && !goes_on(a));
	return code;
}

/* Without a sweep, the matcher is loaded with the first slice. */
int asking_begin(struct asking *a, struct err *err)
{
	struct engine *e = a->engine;
	const struct path *path;
	unsigned int i;
	int code = 0;

	if (slices_init(&a->slices, e, a->parts.sweep))
		return err_set(err, -ENOMEM, "out of memory");
	code = checkpoint_enter_sweep(&a->keeper, &a->parts, err);
	if (code || !a->parts.sweep)
		return code;
	/* An earlier run has waited for a gateway in vain: perhaps it answers now. */
	if (a->keeper.goes_on && ask_done(&a->sweep) && slices_hidden(&a->slices, &path))
		for (i = 0; i < a->sweep.hosts.n_flows; i++)
			flow_ask_anew(&a->sweep.flows[i], loop_now_ns());
	code = ask_begin(&a->sweep, NULL, err);
	return code ? code : phase_attach(e, err);
}

/* The rights that the scan needs from now on (enum privilege_use). */
unsigned int asking_uses(const struct asking *a, bool load)
{
	return (load ? PRIVILEGE_LOAD : 0) |
	       (outlets_need_netlink(a->engine->outlets) ? PRIVILEGE_DETACH : 0) |
	       (a->engine->config->resume || config_replaces(a->engine->config) ? PRIVILEGE_FILES
										: 0);
}

static bool sweep_done(const struct asking *a)
{
	return !a->parts.sweep || ask_done(&a->sweep);
}

/*
 * Is it time to begin a slice, or better to wait for more hosts? The first try finds most hosts.
 * But a long sweep lets no host wait longer than PATIENCE_NS.
 */
static bool is_time_for_slice(const struct asking *a, uint64_t now_ns)
{
	if (!a->engine->plan->n_phases || !slices_changed(&a->slices))
		return false;
	return sweep_done(a) || ask_first_try_settled(&a->sweep, now_ns) ||
	       now_ns - a->idle_ns > PATIENCE_NS;
}

/* Is this slice the last, as far as one knows? */
static bool is_last_slice(const struct asking *a)
{
	return a->parts.slice && sweep_done(a) && !slices_changed(&a->slices);
}

/* Does the attached program serve all that is still to be asked? Hosts found from now on fit it. */
static bool is_served(const struct asking *a)
{
	return a->engine->one_program ||
	       (!goes_on(a) && a->engine->plan->n_phases == 1 && is_last_slice(a));
}

/* Drop the rights to load programs as soon as none may be needed any more. */
static int limit(struct asking *a, uint64_t now_ns, struct err *err)
{
	if (a->limited || !is_served(a) || aside_waits(a->engine, now_ns))
		return 0;
	a->limited = true;
	a->closed |= a->parts.slice != NULL; /* a sweep alone has no program for slices */
	aside_prepare(a->engine);
	return privilege_limit(asking_uses(a, false), err);
}

/* Called every few milliseconds while asks run. 1: something else is to be done. */
static int look(void *ctx, uint64_t now_ns, struct err *err)
{
	struct asking *a = ctx;
	const bool is_due =
		a->parts.slice ? ask_done(a->parts.slice) : is_time_for_slice(a, now_ns);

	checkpoint_save_now_and_then(&a->keeper, &a->parts);
	return is_due ? 1 : limit(a, now_ns, err);
}

static int open_xdp(struct asking *a, struct err *err)
{
	const struct iface *iface = a->engine->plan->iface;

	if (a->xdp)
		a->xdp->ops->close(a->xdp);
	a->xdp = tx_xdp_open(a->engine->matcher.object, &a->engine->probe, iface->index,
			     iface->name, err);
	return a->xdp ? 0 : -EIO;
}

/* Make a matcher ready for the slice: the one that is attached, or load one to take its place. */
static int load_slice(struct asking *a, struct err *err)
{
	const struct matcher_lane lane = ask_lane(&a->slice);
	struct engine *e = a->engine;
	int code = 0;

	if (a->closed)
		phase_refill(e, &a->slice);
	else
		code = phase_load(e, a->parts.sweep, &lane, err);
	if (!code)
		code = checkpoint_enter_slice(&a->keeper, &a->parts, err);
	if (!code && e->config->tx == TX_XDP && !a->closed)
		code = open_xdp(a, err);
	return code;
}

static int start(struct asking *a, unsigned int phase, struct hosts *hosts, struct err *err)
{
	const struct plan_phase *wanted = &a->engine->plan->phases[phase];
	struct engine *e = a->engine;
	int code;

	a->parts.phase = phase;
	a->parts.slice = &a->slice;
	code = ask_init(&a->slice, e, wanted->kind, hosts, wanted->each, err);
	if (!code)
		code = load_slice(a, err);
	if (!code)
		code = ask_begin(&a->slice, a->xdp, err);
	return code || a->closed ? code : phase_attach(e, err);
}

static int begin_slice(struct asking *a, unsigned int phase, struct hosts *hosts, struct err *err)
{
	int code = start(a, phase, hosts, err);

	if (!code)
		return 0;
	/* The hosts of the slice already count as asked: a later run must begin before them. */
	a->in_between = true;
	a->engine->asks[LANE_QUESTIONS] = NULL;
	a->parts.slice = NULL;
	ask_free(&a->slice);
	return code;
}

/* Add the slice to the totals. */
static int leave_slice(struct asking *a, struct err *err)
{
	const bool ports = kinds[a->slice.kind].role == KIND_PORTS;
	const struct ledger ledger = ask_ledger(&a->slice);
	int code = slices_learn(&a->slices, &a->slice);

	ledger_add(ports ? &a->totals.ports : &a->totals.hosts, &ledger);
	ask_count(&a->slice, &a->totals.tally);
	ask_free(&a->slice);
	a->parts.slice = NULL;
	a->idle_ns = loop_now_ns();
	return code ? err_set(err, code, "out of memory") : 0;
}

static uint64_t room(const struct asking *a)
{
	return a->closed ? matcher_room(&a->engine->matcher, a->engine->plan->phases[0].each->n)
			 : UINT64_MAX;
}

static int choose(struct asking *a, unsigned int *phase, struct hosts *hosts, struct err *err)
{
	int code = slices_next(&a->slices, room(a), phase, hosts);

	return code < 0 ? err_set(err, code, "out of memory") : code;
}

/* Begin the slice that is due, if any. 1: it has begun; 0: there is nobody to ask now. */
static int next_slice(struct asking *a, struct err *err)
{
	struct matcher *m = &a->engine->matcher;
	struct hosts hosts = { 0 };
	unsigned int phase;
	int code;

	code = checkpoint_slice(&a->keeper, &a->parts, &phase, &hosts, err);
	if (!code && (sweep_done(a) || is_time_for_slice(a, loop_now_ns())))
		code = choose(a, &phase, &hosts, err);
	/* At the very end, look once more when no host can be found any more. */
	if (!code && sweep_done(a) && m->runs[LANE_NEIGHBOURS]) {
		matcher_stop(m, LANE_NEIGHBOURS);
		code = choose(a, &phase, &hosts, err);
	}
	if (code <= 0)
		return code;
	if (a->parts.sweep) /* its hosts may be asked for their MAC addresses again */
		matcher_start(m, LANE_NEIGHBOURS);
	code = begin_slice(a, phase, &hosts, err);
	hosts_free(&hosts);
	return code ? code : 1;
}

/* Ask until every host has been asked. 0 or a negative errno, reason in err. */
static int ask_everybody(struct asking *a, struct err *err)
{
	int code;

	for (;;) {
		code = next_slice(a, err);
		if (code < 0)
			return code;
		if (!code && sweep_done(a))
			return 0;
		code = phase_run(a->engine, look, a, err);
		if (code)
			return code;
		if (!a->parts.slice)
			continue;
		/* Late hosts may still be found while other slices follow. */
		if (is_last_slice(a))
			matcher_stop_all(&a->engine->matcher);
		code = phase_end(a->engine, &a->slice, 0, err);
		if (code)
			return code;
		code = leave_slice(a, err);
		if (code)
			return code;
	}
}

/* Check the gateways: a gateway that does not answer hides all hosts behind it. */
static int check_gateways(const struct asking *a, struct err *err)
{
	const struct path *path;
	uint64_t hidden = a->engine->plan->n_phases ? slices_hidden(&a->slices, &path) : 0;
	char text[ADDR_TEXT];

	if (!hidden)
		return 0;
	return err_set(
		err, -EHOSTUNREACH, "gateway %s does not answer %s: %llu target%s not scanned",
		addr_text(path->gateway, text),
		addr_is_ip4(path->gateway) ? "ARP" : "neighbour discovery",
		(unsigned long long)hidden, hidden == 1 ? " behind it was" : "s behind it were");
}

/* End the asks, also after an error. Keep what was found, for the outputs and for a later run. */
static int wind_up(struct asking *a, int code, struct err *err)
{
	struct err ignored;

	if (a->parts.slice)
		code = phase_end(a->engine, &a->slice, code, err);
	if (a->parts.sweep)
		code = phase_end(a->engine, &a->sweep, code, err);
	if (code && !a->in_between)
		code = checkpoint_save_at_last(&a->keeper, &a->parts, code, err);
	if (a->parts.slice)
		leave_slice(a, &ignored);
	return code;
}

int asking_run(struct asking *a, struct err *err)
{
	int code;

	a->idle_ns = loop_now_ns();
	if (!a->runs && !a->engine->config->listen_ns)
		a->parts.start_ns = a->idle_ns;
	a->runs = true;
	code = ask_everybody(a, err);
	if (!code)
		code = check_gateways(a, err);
	if (!code)
		code = loop_check_carrier(a->engine->loop, err);
	return wind_up(a, code, err);
}

/* Add the sweep of a plan to the totals. */
static void leave_sweep(struct asking *a)
{
	struct ledger ledger;

	if (a->parts.sweep) {
		ledger = ask_ledger(&a->sweep);
		ledger_add(&a->totals.hosts, &ledger);
		a->totals.tally.hosts_up += summary_neighbours_up(&a->sweep);
	}
	a->parts.sweep = NULL;
	ask_free(&a->sweep);
	slices_free(&a->slices);
}

int asking_go_on(struct asking *a, const struct plan *plan, struct err *err)
{
	int code;

	checkpoint_save_in_between(&a->keeper, &a->parts);
	leave_sweep(a);
	a->engine->plan = plan;
	code = asking_make_ways(a->engine);
	if (code)
		return err_set(err, code, "out of memory");
	code = asking_prepare(a, err);
	return code ? code : asking_begin(a, err);
}

void asking_init(struct asking *a, struct engine *e)
{
	*a = (struct asking){ .engine = e };
	e->parts = &a->parts;
	a->keeper.fd = -1;
	a->parts = (struct checkpoint_parts){
		.engine = e,
		.slices = &a->slices,
		.totals = &a->totals,
		.start_ns = loop_now_ns(),
	};
}

void asking_free(struct asking *a)
{
	ask_free(&a->slice);
	ask_free(&a->sweep);
	phase_close(a->engine);
	if (a->xdp)
		a->xdp->ops->close(a->xdp);
	slices_free(&a->slices);
	checkpoint_close(&a->keeper);
}
