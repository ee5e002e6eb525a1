// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* scan.c - the order of things in a scan, and what it comes to in the end. */
#include "scan.h"

#include "names.h"
#include "portscan.h"
#include "source_ports.h"
#include "sweep.h"
#include "tx_af_packet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/capability.h>
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
	struct portscan portscan;
	bool scanning_ports; /* portscan is set up */
};

/* Root has them all; so may a process whose file or parent was given just these. */
static int check_privilege(struct err *err)
{
	static const cap_value_t needed[] = { CAP_NET_ADMIN, CAP_NET_RAW, CAP_BPF };
	cap_t caps = cap_get_proc();
	cap_flag_value_t has = CAP_SET;
	unsigned int i;

	for (i = 0; caps && has == CAP_SET && i < sizeof(needed) / sizeof(needed[0]); i++)
		if (cap_get_flag(caps, needed[i], CAP_EFFECTIVE, &has))
			has = CAP_CLEAR;
	cap_free(caps);
	if (has == CAP_SET)
		return 0;
	return err_set(err, -EPERM,
		       "needs CAP_NET_ADMIN, CAP_NET_RAW and CAP_BPF: run it with "
		       "sudo");
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
	code = source_ports_reserve(&s->source_ports, c->retries + 1, random, err);
	if (code)
		return code;
	probe->source_port = s->source_ports.first;
	probe->tries = (uint16_t)s->source_ports.n;
	probe->ttl = PROBE_TTL;
	memcpy(probe->source_mac, s->engine.plan->iface.mac, sizeof(probe->source_mac));
	return 0;
}

static int open_senders(struct scan *s, struct err *err)
{
	const struct iface *iface = &s->engine.plan->iface;

	s->engine.tx = tx_af_packet_open(iface->index, iface->name, &s->probe, err);
	if (!s->engine.tx)
		return -EIO;
	return s->engine.tx ? 0 : -EIO;
}

/* Everything that can fail does so here, before the first packet. */
static int set_up(struct scan *s, struct err *err)
{
	const struct iface *iface = &s->engine.plan->iface;
	const struct config *c = s->engine.config;
	int code;

	code = check_privilege(err);
	if (!code)
		code = loop_open(&s->loop, iface->index, iface->name, err);
	if (!code)
		code = choose_probe(s, err);
	if (!code)
		code = open_senders(s, err);
	if (!code)
		code = sweep_init(&s->sweep, &s->engine, err);
	if (code)
		return code;
	s->engine.names = names_new();
	if (!s->engine.names)
		return err_set(err, -ENOMEM, "out of memory");
	code = phase_attach(&s->sweep.phase, &s->engine, err);
	return code ? code : report_open(&s->report, c, err);
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

static int run(struct scan *s, struct err *err)
{
	const struct config *c = s->engine.config;
	struct err gateway_err;
	int code, gateway;

	code = sweep_run(&s->sweep, err);
	if (code || c->sweep_only)
		return code;
	gateway = check_gateways(s, &gateway_err);
	code = portscan_init(&s->portscan, &s->engine, &s->sweep, &s->probe, err);
	if (code)
		return code;
	s->scanning_ports = true;
	code = portscan_run(&s->portscan, err);
	if (!code && gateway) {
		*err = gateway_err;
		code = gateway;
	}
	return code;
}

/*
 * Of the answers that could be had, the share that was. A question that was answered only when
 * asked again lost its probe or its answer the first time; if the tries that went unanswered lost
 * theirs as often, this is what the last try left over.
 */
static double coverage(const struct phase *p, uint64_t replies)
{
	double lost_once, loss;

	if (!replies || !p->asked)
		return 1.0;
	lost_once = (double)(replies - p->answers_before_retry);
	loss = lost_once / (double)replies;
	return (1.0 - pow(loss, p->tries)) * (double)p->asked / (double)p->n;
}

static void fill_summary(const struct scan *s, struct result_summary *sum, int code)
{
	const struct plan *plan = s->engine.plan;
	const struct phase *p = s->scanning_ports ? &s->portscan.phase : &s->sweep.phase;
	struct stats stats = matcher_stats(&p->matcher);
	uint64_t elapsed_ns = s->sweep.phase.elapsed_ns;

	*sum = (struct result_summary){
		.time_us = s->engine.epoch_us + loop_now_ns() / 1000,
		.ports_scanned = s->scanning_ports,
		.hosts = plan->hosts,
		.probes = p->n,
		.sent = p->sent,
		.send_errors = p->send_errors,
		.retransmits = p->retransmits,
		.duplicates = stats.duplicates,
		.rejected = stats.rejected,
		.events_lost = stats.events_lost,
		.attach = attach_mode_name(s->attach.mode),
		.tx = s->scanning_ports ? s->portscan.tx->ops->name : s->engine.tx->ops->name,
		.complete = code == 0,
	};
	if (s->scanning_ports) {
		struct portscan_tally tally = portscan_count(&s->portscan);

		elapsed_ns += p->elapsed_ns;
		sum->hosts_up = tally.hosts_up;
		sum->open = tally.open;
		sum->closed = tally.closed;
		sum->filtered = tally.filtered;
		sum->replies = tally.open + tally.closed + tally.filtered;
		sum->unanswered = p->asked > sum->replies ? p->asked - sum->replies : 0;
	} else {
		sum->hosts_up = sum->replies = stats.answers;
	}
	sum->coverage = coverage(p, sum->replies);
	sum->elapsed_s = (double)elapsed_ns / 1e9;
	sum->rate_pps = p->elapsed_ns ? (double)p->sent / ((double)p->elapsed_ns / 1e9) : 0;
}

static uint64_t epoch_offset_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000 - loop_now_ns() / 1000;
}

static void tear_down(struct scan *s)
{
	portscan_free(&s->portscan);
	sweep_free(&s->sweep);
	attach_close(&s->attach);
	if (s->engine.tx)
		s->engine.tx->ops->close(s->engine.tx);
	names_free(s->engine.names);
	source_ports_release(&s->source_ports);
	loop_close(&s->loop);
}

int scan_run(const struct config *c, const struct plan *p, struct result_summary *summary,
	     bool *started, struct err *err)
{
	struct scan s = {
		.engine = { .config = c, .plan = p, .epoch_us = epoch_offset_us() },
		.loop = { -1, -1, -1, -1, -1, NULL },
		.attach = { .link_fd = -1 },
	};
	int code, failed;
	struct err later;

	s.engine.loop = &s.loop;
	s.engine.attach = &s.attach;
	s.engine.report = &s.report;
	s.engine.progress = !c->quiet && isatty(STDERR_FILENO);
	code = set_up(&s, err);
	*started = code == 0;
	if (!code)
		code = run(&s, err);
	if (*started) {
		fill_summary(&s, summary, code);
		failed = report_close(&s.report, summary, code ? &later : err);
		if (failed && (!code || code == -EINTR)) {
			if (code)
				*err = later;
			code = failed;
		}
	}
	tear_down(&s);
	return code;
}
