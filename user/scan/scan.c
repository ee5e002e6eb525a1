// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* scan.c - the order of steps in a scan. */
#include "scan.h"

#include "aside.h"
#include "asking.h"
#include "capturing.h"
#include "gateways.h"
#include "meanwhile.h"
#include "name_asker.h"
#include "names.h"
#include "observing.h"
#include "outlet.h"
#include "payloads.h"
#include "privilege.h"
#include "search.h"
#include "source_ports.h"
#include "start.h"
#include "summary.h"
#include "synack.h"
#include "trouble.h"
#include "yield.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

struct scan {
	struct engine engine;
	struct loop loop;
	struct outlets outlets;
	struct aside aside;
	struct yield yield;
	struct observing observing;
	struct capturing capturing;
	struct report report;
	struct name_asker name_asker;
	struct source_ports source_ports;
	struct trouble trouble;
	struct asking asking;
	struct search search;
	const struct scan_listener *listener;
};

/* Say at once what does not end the scan. */
static void warn(void *ctx, const struct err *err)
{
	struct scan *s = ctx;

	report_pause(&s->report);
	s->listener->warned(s->listener->ctx, err);
}

/* Set up: errors that can be known before the first packet appear here. */

static int choose_probe(struct scan *s, struct err *err)
{
	const struct config *c = s->engine.config;
	struct probe_config *probe = &s->engine.probe;
	uint32_t random;
	int code;

	memcpy(probe->source_mac, s->engine.plan->iface->mac, sizeof(probe->source_mac));
	if (!s->engine.plan->n_phases)
		return 0;
	if (getrandom(&probe->key, sizeof(probe->key), 0) != sizeof(probe->key) ||
	    getrandom(&random, sizeof(random), 0) != sizeof(random))
		return err_set(err, -EIO, "no random numbers: %s", strerror(errno));
	code = source_ports_reserve(&s->source_ports, &c->source_ports,
				    c->tries.lossy + PULSE_PORTS, c->ports[PROBE_UDP], random, err);
	if (code)
		return code;
	s->engine.ports = try_ports_share(c->tries, s->source_ports.n);
	probe->source_port = s->source_ports.first;
	probe->tries = (uint16_t)s->source_ports.n;
	probe->ttl = c->ttl;
	probe->stamps = c->rtt;
	probe->longs = c->ports[PROBE_UDP] && payload_longest(c->ports[PROBE_UDP]);
	return 0;
}

/* Neighbours are always asked over AF_PACKET; hosts too, unless --tx says otherwise. */
static bool sends_by_xdp(const struct scan *s)
{
	return s->engine.plan->n_phases && s->engine.config->tx == TX_XDP;
}

/* Call when the attachment is chosen: it decides what the matcher can do. */
static void choose_synack(struct scan *s)
{
	const struct config *c = s->engine.config;
	struct synack synack;
	unsigned int i;

	/* One that does for all: if one interface cannot send, the stack answers. */
	for (i = 0; i < s->outlets.n; i++) {
		synack = synack_choose(c->synack, &s->outlets.v[i].attach);
		if (synack.fate == FATE_PASS)
			break;
	}
	s->engine.synack = synack.fate;
	if (c->verbose && c->ports[PROBE_TCP])
		synack_print(&synack, stderr);
}

/* Does the terminal take escape sequences? */
static bool takes_escapes(void)
{
	const char *term = getenv("TERM");

	return term && strcmp(term, "dumb") != 0;
}

/* NO_COLOR counts if it is not empty. */
static bool colour_is_wanted(void)
{
	const char *no = getenv("NO_COLOR");

	return takes_escapes() && (!no || !*no);
}

static struct report_wish report_wish(const struct scan *s)
{
	const struct config *c = s->engine.config;
	const bool watched = !c->quiet && isatty(STDERR_FILENO);

	return (struct report_wish){
		.files = c->outputs,
		.n_files = c->n_outputs,
		.resume = c->resume,
		.lists = c->lists,
		.n_lists = c->n_lists,
		.signal_fd = s->loop.signal_fd,
		.warn = warn,
		.warn_ctx = (void *)s,
		.goes_on = s->asking.keeper.goes_on,
		.progress = watched && takes_escapes(),
		.finds = watched && c->verbose && isatty(STDOUT_FILENO),
		.interval_s = c->stats_interval_s,
		.colour = colour_is_wanted(),
		.names = name_asker_source(&s->name_asker),
	};
}

static int check_report(const struct scan *s, struct err *err)
{
	const struct report_wish wish = report_wish(s);

	return report_check(&wish, err);
}

static int open_report(struct scan *s, struct err *err)
{
	const struct report_wish wish = report_wish(s);

	return report_open(&s->report, &wish, err);
}

static int prepare_ways(struct scan *s, struct err *err)
{
	struct engine *e = &s->engine;

	e->names = names_new();
	if (!e->names || asking_make_ways(e))
		return err_set(err, -ENOMEM, "out of memory");
	if (!e->config->rate_auto)
		pacer_init(&e->pacer, e->config->rate_pps, loop_now_ns());
	return 0;
}

/*
 * Refuse what can be refused without rights and without changing anything: all that a dry run does.
 * A refusal that needs neither belongs here, so that dry runs have it too.
 */
static int check(struct scan *s, struct err *err)
{
	const char *resume = s->engine.config->resume;
	int code = check_report(s, err);

	if (!code)
		code = checkpoint_open(&s->asking.keeper, &s->engine, warn, s, err);
	if (!code && resume)
		code = checkpoint_check(resume, err);
	if (!code)
		code = outlets_check(&s->outlets, s->engine.config, sends_by_xdp(s), err);
	return code;
}

/* A neighbour's vendor is asked for as soon as the first one answers; before, nobody uses the names. */
static void read_vendors(void *ctx)
{
	static const uint8_t any_mac[6];

	names_vendor(ctx, any_mac);
}

static int begin(struct scan *s, struct err *err)
{
	const struct plan *plan = s->engine.plan;
	struct meanwhile meanwhile;
	int code;

	if (!plan->link && !(plan->paths.n && plan->paths.v[0].hop == ON_LINK))
		return asking_begin(&s->asking, err);
	meanwhile_begin(&meanwhile, read_vendors, s->engine.names);
	code = asking_begin(&s->asking, err);
	meanwhile_end(&meanwhile);
	return code;
}

static int set_up(struct scan *s, struct err *err)
{
	const struct plan *plan = s->engine.plan;
	const struct iface *iface = plan->iface;
	int code;

	aside_open(&s->aside, iface->index, loop_now_ns());
	code = check(s, err);
	if (!code && s->engine.config->names)
		code = name_asker_open(&s->name_asker, plan->net, &s->loop.signal_fd, err);
	if (!code)
		code = privilege_raise(err);
	if (!code)
		code = loop_open(&s->loop, plan->net->ifaces, plan->net->n, err);
	/* A state of a scan cannot say that some targets were not asked. */
	s->loop.goes_on = !s->engine.config->resume;
	if (!code)
		code = choose_probe(s, err);
	if (!code)
		code = outlets_open_senders(&s->outlets, &s->engine.probe, err);
	if (!code && s->engine.search)
		code = search_open(s->engine.search, err);
	if (!code)
		code = outlets_choose(&s->outlets, s->engine.config, sends_by_xdp(s),
				      aside_is_quiet(&s->aside, loop_now_ns()), err);
	if (!code)
		choose_synack(s);
	if (!code)
		code = observing_open(&s->engine, err);
	if (!code)
		code = gateways_resolve(&s->engine, warn, s, err);
	if (!code)
		code = prepare_ways(s, err);
	if (!code)
		code = asking_prepare(&s->asking, err);
	if (!code)
		code = begin(s, err);
	if (!code && sends_by_xdp(s))
		code = outlets_check_xdp(&s->outlets, err);
	if (!code)
		code = privilege_lower(err);
	if (!code)
		code = open_report(s, err);
	/* Write the file once now: an error must not appear only after an interruption. */
	return code ? code : checkpoint_save(&s->asking.keeper, &s->asking.parts, err);
}

/* Drop rights. First read service names: NSS may need any library and daemon. */
static int confine(struct scan *s, struct err *err)
{
	const bool loads = !s->engine.one_program || aside_is_possible(&s->engine);

	if (s->engine.plan->n_phases)
		names_service(s->engine.names, 0);
	yield_open(&s->engine, loop_now_ns());
	observing_start(&s->engine);
	s->asking.limited = !loads;
	return privilege_confine(asking_uses(&s->asking, loads), err);
}

/* The first plan has begun in set_up. A plan of the link is made when its turn comes. */
static int run_plan(struct scan *s, struct plan *plan, bool first, struct err *err)
{
	int code = 0;

	if (plan->silent || (plan->link && first))
		return 0;
	if (plan->link)
		code = search_plan(s->engine.search, plan, err);
	if (code || (plan->link && !plan->hosts))
		return code;
	if (!first)
		code = asking_go_on(&s->asking, plan, err);
	return code ? code : asking_run(&s->asking, err);
}

static int run(struct scan *s, struct err *err)
{
	const ptrdiff_t begun =
		s->engine.plan - s->engine.plans; /* --resume: perhaps a later one */
	int code = confine(s, err);
	ptrdiff_t i;

	if (!code && s->engine.config->listen_ns)
		code = search_listen(&s->search, &s->asking.totals.tally.hosts_up, err);
	for (i = begun; i < s->engine.n_plans && !code; i++)
		code = run_plan(s, &s->engine.plans[i], i == begun, err);
	return code ? code : loop_check_lost(&s->loop, err);
}

static uint64_t epoch_offset_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000 - loop_now_ns() / 1000;
}

static struct scan *scan_new(const struct config *c, struct plan *plans, unsigned int n_plans)
{
	struct scan *s = calloc(1, sizeof(*s)); /* too large for a small stack */

	if (!s)
		return NULL;
	s->engine = (struct engine){
		.config = c,
		.plans = plans,
		.n_plans = n_plans,
		.plan = plans,
		.ports = try_ports_share(c->tries, c->tries.lossy + PULSE_PORTS),
		.seed = c->seed,
		.epoch_us = epoch_offset_us(),
		.loop = &s->loop,
		.outlets = &s->outlets,
		.aside = &s->aside,
		.yield = &s->yield,
		.observing = &s->observing,
		.capturing = &s->capturing,
		.report = &s->report,
		.trouble = &s->trouble,
	};
	asking_init(&s->asking, &s->engine);
	search_init(&s->search, &s->engine, warn, s);
	s->search.asks = plans[n_plans - 1].link;
	if (s->search.asks || c->listen_ns)
		s->engine.search = &s->search;
	s->loop = (struct loop){ -1, -1, -1, -1, -1 };
	outlets_init(&s->outlets, plans->net);
	s->observing.drop_counters.softnet_fd = -1;
	return s;
}

static void close_senders(void *ctx)
{
	outlets_close_senders(ctx);
}

struct detaching {
	struct outlets *outlets;
	struct err *err;
	int code;
};

static void detach(void *ctx)
{
	struct detaching *d = ctx;

	d->code = outlets_detach(d->outlets, d->err);
}

/*
 * Free all while the kernel detaches and closes sockets, for which it waits. 0 or a negative errno: err says
 * what remains attached.
 */
static int scan_free(struct scan *s, struct err *err)
{
	struct detaching detaching = { &s->outlets, err, 0 };
	struct meanwhile closes, detaches;

	meanwhile_begin(&detaches, detach, &detaching);
	meanwhile_begin(&closes, close_senders, &s->outlets);
	asking_free(&s->asking);
	search_close(&s->search);
	aside_close(&s->aside);
	yield_close(&s->yield);
	observing_close(&s->engine);
	names_free(s->engine.names);
	words_free(&s->engine.infos);
	name_asker_close(&s->name_asker);
	free(s->engine.ways);
	source_ports_release(&s->source_ports);
	loop_close(&s->loop);
	meanwhile_end(&closes);
	meanwhile_end(&detaches);
	free(s);
	return detaching.code;
}

/* Add a failure at the end of the scan to its outcome: the first failure counts. */
static int worse(int code, int failed, const struct err *later, struct err *err)
{
	if (!failed || (code && code != -EINTR))
		return code;
	*err = *later;
	return failed;
}

int scan_check(const struct config *c, struct plan *plans, unsigned int n_plans, struct err *err)
{
	struct scan *s = scan_new(c, plans, n_plans);
	struct err ignored; /* nothing is attached that could remain */
	int code;

	if (!s)
		return err_set(err, -ENOMEM, "out of memory");
	code = check(s, err);
	scan_free(s, &ignored);
	return code;
}

int scan_run(const struct config *c, struct plan *plans, unsigned int n_plans,
	     const struct scan_listener *listener, struct err *err)
{
	struct scan *s = scan_new(c, plans, n_plans);
	struct result_summary summary;
	struct err later;
	int code, failed;

	if (!s)
		return err_set(err, -ENOMEM, "out of memory");
	s->listener = listener;
	code = set_up(s, err);
	if (!code) {
		code = start_report(&s->engine, s->asking.keeper.goes_on, err);
		if (!code)
			code = run(s, err);
		summary_fill(&summary, &s->asking.parts, code);
		capturing_sum_up(&s->engine, &summary);
		failed = observing_end(&s->engine, &s->asking.parts, s->asking.keeper.goes_on,
				       &summary, &later);
		code = worse(code, failed, &later, err);
		code = worse(code, report_close(&s->report, &summary, &later), &later, err);
		if (!code)
			checkpoint_end(&s->asking.keeper);
		listener->told(listener->ctx, &summary);
	}
	return worse(code, scan_free(s, &later), &later, err);
}
