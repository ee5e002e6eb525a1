// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* scan.c - the order of things in a scan, and what it comes to in the end. */
#include "scan.h"

#include "attach.h"
#include "drivers.h"
#include "names.h"
#include "privilege.h"
#include "progress.h"
#include "source_ports.h"
#include "tx_af_packet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { PROBE_TTL = 64 };

struct scan {
	struct engine engine;
	struct loop loop;
	struct attach attach;
	struct report report;
	struct source_ports source_ports;
	struct probe_tcp probe;
	struct sweep sweep;
	struct portscan portscan; /* of the slice at hand */
	struct progress progress;
	bool ports_scanned;
};

static int on_second(void *ctx, struct err *err)
{
	struct scan *s = ctx;

	(void)err;
	progress_save_now_and_then(&s->progress);
	return 0;
}

static int choose_probe(struct scan *s, struct err *err)
{
	const struct config *c = s->engine.config;
	struct probe_tcp *probe = &s->probe;
	uint32_t random;
	int code;

	if (c->sweep_only)
		return 0;
	if (getrandom(&probe->key, sizeof(probe->key), 0) != sizeof(probe->key) ||
	    getrandom(&random, sizeof(random), 0) != sizeof(random))
		return err_set(err, -EIO, "no random numbers: %s", strerror(errno));
	code = source_ports_reserve(&s->source_ports, c->retries + 2, random, err);
	if (code)
		return code;
	probe->source_port = s->source_ports.first;
	probe->tries = (uint16_t)s->source_ports.n;
	probe->ttl = PROBE_TTL;
	memcpy(probe->source_mac, s->engine.plan->iface.mac, sizeof(probe->source_mac));
	return 0;
}

/* ARP requests always go over AF_PACKET; SYN probes too, unless --tx says otherwise. */
static int open_sender(struct scan *s, struct err *err)
{
	const struct iface *iface = &s->engine.plan->iface;

	s->engine.tx = tx_af_packet_open(iface, &s->probe, err);
	return s->engine.tx ? 0 : -EIO;
}

static int choose_attachment(struct scan *s, struct err *err)
{
	const struct iface *iface = &s->engine.plan->iface;
	const struct config *c = s->engine.config;
	char driver[DRIVER_NAME_LEN];
	const struct attach_wish wish = {
		.mode = c->attach,
		.ifindex = iface->index,
		.iface = iface->name,
		.ethernet = iface->ethernet,
		.sends = !c->sweep_only && c->tx == TX_XDP,
		.driver = driver,
	};
	int code;

	drivers_name(iface->name, driver);
	code = attach_choose(&s->attach, &wish, err);
	if (!code && c->verbose)
		attach_print(&s->attach, stderr);
	return code;
}

static int open_report(struct scan *s, struct err *err)
{
	const struct report_wish wish = {
		.json = s->engine.config->json,
		.resume = s->engine.config->resume,
		.lists = s->engine.config->lists,
		.n_lists = s->engine.config->n_lists,
		.signal_fd = s->loop.signal_fd,
		.goes_on = s->progress.goes_on,
	};

	return report_open(&s->report, &wish, err);
}

/* What can be known before the first packet fails here. */
static int set_up(struct scan *s, struct err *err)
{
	const struct iface *iface = &s->engine.plan->iface;
	int code;

	code = progress_begin(&s->progress, &s->engine, &s->sweep, &s->engine.seed, err);
	if (!code)
		code = privilege_raise(err);
	if (!code)
		code = loop_open(&s->loop, iface->index, iface->name, err);
	if (!code)
		code = choose_probe(s, err);
	if (!code)
		code = open_sender(s, err);
	if (!code)
		code = choose_attachment(s, err);
	if (!code)
		code = sweep_init(&s->sweep, &s->engine, err);
	if (code)
		return code;
	s->engine.names = names_new();
	if (!s->engine.names)
		return err_set(err, -ENOMEM, "out of memory");
	code = progress_enter_sweep(&s->progress, &s->sweep, err);
	if (!code)
		code = phase_attach(&s->sweep.phase, err);
	if (!code)
		code = privilege_lower(err);
	if (!code)
		code = open_report(s, err);
	/* Better to hear now than after an interruption that it cannot be written. */
	return code ? code : progress_save(&s->progress, err);
}

/* A gateway that does not answer hides everything behind it. */
static int check_gateways(const struct scan *s, struct err *err)
{
	const struct paths *paths = &s->engine.plan->paths;
	char text[INET_ADDRSTRLEN];
	size_t i;

	for (i = 0; i < paths->n; i++) {
		uint32_t gateway = htonl(paths->v[i].gateway);

		if (!gateway || sweep_mac(&s->sweep, paths->v[i].gateway))
			continue;
		return err_set(err, -EHOSTUNREACH,
			       "gateway %s does not answer ARP: the %llu "
			       "targets behind it were not scanned",
			       inet_ntop(AF_INET, &gateway, text, sizeof(text)),
			       (unsigned long long)ranges_count(&paths->v[i].hosts));
	}
	return 0;
}

/* What rights are for, from now on (enum privilege_use). */
static unsigned int uses(const struct scan *s, bool load)
{
	return (load ? PRIVILEGE_LOAD : 0) | (s->attach.clsact.handle ? PRIVILEGE_DETACH : 0) |
	       (s->engine.config->resume ? PRIVILEGE_FILES : 0);
}

/* Scan some hosts, as many as one answer map holds; with the `last`, no more programs are loaded. */
static int scan_ports(struct scan *s, const struct ranges *hosts, bool last, struct err *err)
{
	struct portscan *portscan = &s->portscan;
	int code;

	code = portscan_init(portscan, &s->engine, &s->sweep, hosts, &s->probe, err);
	if (!code)
		code = progress_enter_slice(&s->progress, portscan, err);
	if (!code && last)
		code = privilege_limit(uses(s, false), err);
	if (!code) {
		code = portscan_run(portscan, err);
		if (code)
			code = progress_save_at_last(&s->progress, code, err);
		progress_leave_slice(&s->progress);
	}
	portscan_free(portscan);
	return code;
}

/*
 * A scan of more probes than one answer map holds is done in slices, one after the other, so that
 * the longest scan remembers its answers as the shortest does, in the same memory.
 */
static int scan_all_ports(struct scan *s, struct err *err)
{
	uint64_t slice = portscan_hosts_max(&s->engine), n, *first = &s->progress.first_host;
	struct ranges hosts = { 0 }, some;
	int code;

	s->ports_scanned = true;
	progress_enter_ports(&s->progress);
	code = portscan_choose_hosts(&s->engine, &s->sweep, &hosts);
	n = ranges_count(&hosts);
	for (; *first < n && !code; *first += slice) {
		some = (struct ranges){ 0 };
		code = ranges_slice(&hosts, *first, slice, &some);
		if (!code)
			code = scan_ports(s, &some, n - *first <= slice, err);
		ranges_free(&some);
	}
	ranges_free(&hosts);
	/* What an interruption kept from being looked at is still part of the scan. */
	s->progress.ports.questions = n * s->engine.plan->ports->n;
	return code == -ENOMEM ? err_set(err, code, "out of memory") : code;
}

/* Service names come through NSS, which may want any library and daemon: before the doors close. */
static int confine(const struct scan *s, struct err *err)
{
	if (!s->engine.config->sweep_only)
		names_service(s->engine.names, 0);
	return privilege_confine(uses(s, !s->engine.config->sweep_only), err);
}

static int run(struct scan *s, struct err *err)
{
	struct err gateway_err;
	int code, gateway;

	code = confine(s, err);
	if (code)
		return code;
	/* An earlier run may have swept to the end: then this one finds all flows done. */
	code = sweep_run(&s->sweep, err);
	if (code)
		code = progress_save_at_last(&s->progress, code, err);
	if (code || s->engine.config->sweep_only)
		return code ? code : loop_check_carrier(&s->loop, err);
	gateway = check_gateways(s, &gateway_err);
	code = scan_all_ports(s, err);
	if (!code && gateway) {
		*err = gateway_err;
		code = gateway;
	}
	return code ? code : loop_check_carrier(&s->loop, err);
}

static void fill_summary(const struct scan *s, struct result_summary *sum, int code)
{
	const struct ledger sweep = phase_ledger(&s->sweep.phase);
	const struct ledger *l = s->ports_scanned ? &s->progress.ports : &sweep;
	const struct resume_tally *tally = &s->progress.tally;
	double coverage = ledger_coverage(l);
	const struct config *c = s->engine.config;

	/* A host that was not found by ARP was not asked for its ports either. */
	if (s->ports_scanned && !isnan(ledger_coverage(&sweep)))
		coverage *= ledger_coverage(&sweep);
	*sum = (struct result_summary){
		.time_us = s->engine.epoch_us + loop_now_ns() / 1000,
		.ports_scanned = s->ports_scanned,
		.hosts = ranges_count(&s->engine.plan->told),
		.hosts_up = sweep_hosts_up(&s->sweep) + tally->hosts_up,
		.open = tally->open,
		.closed = tally->closed,
		.filtered = tally->filtered,
		.unanswered = ledger_unanswered(l),
		.probes = l->questions,
		.sent = l->sent,
		.asked = l->asked,
		.send_errors = l->refused + l->dropped,
		.retransmits = l->retransmits,
		.replies = l->answers,
		.seen = l->seen,
		.late = l->late,
		.duplicates = l->duplicates,
		.rejected = l->rejected,
		.events_lost = l->events_lost,
		.recovered = l->recovered,
		.sampled = l->sampled,
		.sample_found = l->sample_found,
		.missing = l->missing,
		.coverage = code ? NAN : coverage,
		.lossy = ledger_lossy(l) || ledger_lossy(&sweep),
		.elapsed_s = (double)(sweep.elapsed_ns + s->progress.ports.elapsed_ns) / 1e9,
		.rate_pps = ledger_rate_pps(l),
		.attach = attach_mode_name(s->attach.mode),
		.tx = config_tx_name(s->ports_scanned ? c->tx : TX_AF_PACKET),
		.complete = code == 0,
	};
}

static uint64_t epoch_offset_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000 - loop_now_ns() / 1000;
}

static void tear_down(struct scan *s)
{
	sweep_free(&s->sweep);
	attach_close(&s->attach);
	if (s->engine.tx)
		s->engine.tx->ops->close(s->engine.tx);
	names_free(s->engine.names);
	progress_free(&s->progress);
	source_ports_release(&s->source_ports);
	loop_close(&s->loop);
}

int scan_run(const struct config *c, const struct plan *p, struct result_summary *summary,
	     bool *started, struct err *err)
{
	struct scan *s = calloc(1, sizeof(*s)); /* too large for a small stack */
	int code, failed;
	struct err later;

	if (!s)
		return err_set(err, -ENOMEM, "out of memory");
	s->engine = (struct engine){
		.config = c,
		.plan = p,
		.seed = c->seed,
		.epoch_us = epoch_offset_us(),
		.on_second = on_second,
		.ctx = s,
		.loop = &s->loop,
		.attach = &s->attach,
		.report = &s->report,
		.progress = !c->quiet && isatty(STDERR_FILENO),
	};
	s->progress = (struct progress){ .fd = -1 };
	s->loop = (struct loop){ -1, -1, -1, -1, -1, NULL };
	s->attach = (struct attach){ .link_fd = -1 };
	code = set_up(s, err);
	*started = code == 0;
	if (!code)
		code = run(s, err);
	if (*started) {
		fill_summary(s, summary, code);
		failed = report_close(&s->report, summary, code ? &later : err);
		if (failed && (!code || code == -EINTR)) {
			if (code)
				*err = later;
			code = failed;
		}
		if (!code)
			progress_end(&s->progress);
	}
	tear_down(s);
	free(s);
	return code;
}
