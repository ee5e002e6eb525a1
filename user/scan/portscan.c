// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* portscan.c - SYN out, states in. */
#include "portscan.h"

#include "names.h"
#include "portscan.skel.h"
#include "tx_xdp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * The answer map's largest size. Kernel memory, so not more than a busy host can spare. A test is
 * built with less.
 */
#ifndef ANSWERS_MAX
#define ANSWERS_MAX (64ULL << 20)
#endif

enum { SILENT_ASKED_AGAIN = 16 };

static uint8_t state_of(const struct portscan *s, uint64_t index)
{
	return __atomic_load_n((const uint8_t *)s->phase.matcher.answers.mem + index,
			       __ATOMIC_RELAXED);
}

static bool answered(const void *ctx, uint64_t index)
{
	return state_of(ctx, index) != ANSWER_NONE;
}

/*
 * A host that has answered anything is asked again for whatever is missing. One that has not is
 * likely absent, or drops everything: it is asked again a few times, not as often as it has ports.
 */
static void begin_try(void *ctx)
{
	const struct portscan *s = ctx;
	const uint64_t ports = s->engine->plan->ports->n;
	uint64_t host, port;

	for (host = 0; host < s->hosts.n; host++) {
		for (port = 0; port < ports; port++)
			if (answered(s, host * ports + port))
				break;
		if (port < ports)
			s->answering[host / 8] |= (uint8_t)(1 << host % 8);
	}
}

static bool skip(const void *ctx, uint64_t index)
{
	const struct portscan *s = ctx;
	const uint64_t ports = s->engine->plan->ports->n, host = index / ports;

	return answered(s, index) ||
	       (!(s->answering[host / 8] & 1 << host % 8) && index % ports >= SILENT_ASKED_AGAIN);
}

static int send_some(void *ctx, struct tx *tx, const uint64_t *indices, unsigned int n,
		     unsigned int attempt, struct err *err)
{
	const struct portscan *s = ctx;
	const struct ports *ports = s->engine->plan->ports;
	unsigned int i;

	for (i = 0; i < n; i++) {
		uint32_t addr = hosts_at(&s->hosts, indices[i] / ports->n);
		const struct path *path = paths_find(&s->engine->plan->paths, addr);
		const uint8_t *mac = sweep_mac(s->sweep, path->gateway ? path->gateway : addr);

		tx->targets[i] = (struct probe_tcp_target){
			.addr = htonl(addr),
			.source = htonl(path->source),
			.port = ports->list[indices[i] % ports->n],
		};
		memcpy(tx->targets[i].next_hop, mac, sizeof(tx->targets[i].next_hop));
	}
	return tx->ops->send(tx, n, (uint8_t)attempt, err);
}

static const struct phase_ops ops = {
	.name = "SYN scan",
	.answered = answered,
	.begin_try = begin_try,
	.skip = skip,
	.send = send_some,
};

int portscan_choose_hosts(const struct engine *e, const struct sweep *sweep, struct ranges *out)
{
	uint64_t i, n = ranges_count(&e->plan->on_link);
	size_t p;
	int code = 0;

	for (i = 0; i < n && !code; i++) {
		uint32_t addr = ranges_at(&e->plan->on_link, i);

		if (sweep_mac(sweep, addr))
			code = ranges_add(out, addr, addr);
	}
	for (p = 0; p < e->plan->paths.n; p++) {
		const struct path *path = &e->plan->paths.v[p];

		if ((!path->gateway && e->plan->iface.ethernet) || !sweep_mac(sweep, path->gateway))
			continue;
		if (!code)
			code = ranges_add_all(out, &path->hosts);
	}
	ranges_settle(out);
	return code;
}

uint64_t portscan_hosts_max(const struct engine *e)
{
	return ANSWERS_MAX / (e->plan->ports->n ? e->plan->ports->n : 1);
}

/* Report the state of question `index`, once. */
static int report(struct portscan *s, uint64_t index, struct result_port *port, struct err *err)
{
	const struct ports *ports = s->engine->plan->ports;
	uint8_t *state = (uint8_t *)s->phase.matcher.answers.mem + index;

	if (*state & ANSWER_REPORTED)
		return 0;
	port->state = *state;
	*state |= ANSWER_REPORTED;
	port->addr = hosts_at(&s->hosts, index / ports->n);
	port->port = ports->list[index % ports->n];
	port->service = names_service(s->engine->names, port->port);
	return report_port(s->engine->report, port, err);
}

static int on_event(void *ctx, void *data, size_t size)
{
	const struct event *event = data;
	const struct answer *answer = &event->answer;
	struct portscan *s = ctx;
	const struct ports *ports = s->engine->plan->ports;
	uint16_t slot = ports->slot[ntohs(answer->port)];
	struct result_port port = {
		.time_us = s->engine->epoch_us + event->time_ns / 1000,
		.detailed = true,
		.ttl = answer->ttl,
		.window = answer->window,
		.mss = answer->mss,
	};
	uint64_t host, index;

	(void)size;
	if (!slot || !hosts_find(&s->hosts, ntohl(answer->addr), &host))
		return 0;
	index = host * ports->n + slot - 1;
	port.rtt_us = phase_rtt_us(&s->phase, index, answer->attempt, event->time_ns);
	if (answer->state != ANSWER_OPEN && !s->engine->config->all)
		return 0; /* it came for its round trip alone */
	return report(s, index, &port, s->err);
}

static struct tx *open_sender(const struct portscan *s, struct err *err)
{
	const struct iface *iface = &s->engine->plan->iface;

	if (s->engine->config->tx == TX_AF_PACKET)
		return s->engine->tx;
	return tx_xdp_open(s->phase.matcher.object, iface->index, iface->name, err);
}

int portscan_init(struct portscan *s, const struct engine *e, const struct sweep *sweep,
		  const struct ranges *hosts, const struct probe_tcp *probe, struct err *err)
{
	const struct ports *ports = e->plan->ports;
	struct matcher_spec spec = {
		.config = {
			.tcp = *probe,
			.ports = ports->n,
			.synack = e->config->synack,
			.bare = !e->plan->iface.ethernet,
			.report_all = e->config->all,
		},
		.hosts = &s->hosts,
		.answers_size = ranges_count(hosts) * ports->n,
		.ports_size = sizeof(ports->slot),
		.sends = e->config->tx == TX_XDP,
		.on_event = on_event,
		.ctx = s,
		.verbose = e->config->verbose,
	};
	int code = 0;
	size_t i;

	*s = (struct portscan){ .engine = e, .sweep = sweep, .err = err };
	for (i = 0; i < e->plan->paths.n && !code; i++)
		code = hosts_add(&s->hosts, hosts, &e->plan->paths.v[i].hosts);
	s->answering = calloc(s->hosts.n / 8 + 1, 1);
	if (code || !s->answering)
		return err_set(err, -ENOMEM, "out of memory");
	spec.elf = portscan_bpf__elf_bytes(&spec.elf_size);
	code = phase_init(&s->phase, &ops, s, e, &spec, ports->n, err);
	if (code)
		return code;
	memcpy(s->phase.matcher.ports.mem, ports->slot, sizeof(ports->slot));
	s->tx = open_sender(s, err);
	return s->tx ? phase_attach(&s->phase, err) : -EIO;
}

void portscan_free(struct portscan *s)
{
	if (s->tx && s->tx != s->engine->tx)
		s->tx->ops->close(s->tx);
	phase_free(&s->phase);
	hosts_free(&s->hosts);
	free(s->answering);
	s->answering = NULL;
}

/* What no event told: the ring had no room, or there was no answer. */
static int report_rest(struct portscan *s, bool unanswered, struct err *err)
{
	bool all = s->engine->config->all;
	uint64_t index;
	int code;

	for (index = 0; index < s->hosts.n * s->engine->plan->ports->n; index++) {
		struct result_port port = { .rtt_us = -1 };
		uint8_t state = state_of(s, index);

		if (state & ANSWER_REPORTED || !(state == ANSWER_OPEN || all) ||
		    (state == ANSWER_NONE && !unanswered))
			continue;
		s->phase.counted.recovered += state != ANSWER_NONE;
		port.time_us = s->engine->epoch_us + loop_now_ns() / 1000;
		code = report(s, index, &port, err);
		if (code)
			return code;
	}
	return 0;
}

int portscan_run(struct portscan *s, struct err *err)
{
	int code = phase_run(&s->phase, s->tx, err);
	struct err later;
	int failed;

	/*
	 * Also when it broke off: what was found is kept; but then silence means little, since the
	 * question may not have been asked. The first error is the one to tell.
	 */
	failed = report_rest(s, code == 0, code && code != -EINTR ? &later : err);
	return code && code != -EINTR ? code : failed ? failed : code;
}

/* The sweep tells of the hosts on link, another shard perhaps of some others. */
static bool is_told(const struct plan *plan, uint32_t addr)
{
	return ranges_find(&plan->told, addr, NULL) && !ranges_find(&plan->on_link, addr, NULL);
}

void portscan_count(const struct portscan *s, struct resume_tally *tally)
{
	const uint64_t ports = s->engine->plan->ports->n, hosts = s->hosts.n;
	uint64_t host, port;

	for (host = 0; host < hosts; host++) {
		uint64_t open = tally->open, closed = tally->closed;

		for (port = 0; port < ports; port++) {
			uint8_t state = state_of(s, host * ports + port) & ~ANSWER_REPORTED;

			tally->open += state == ANSWER_OPEN;
			tally->closed += state == ANSWER_CLOSED;
			tally->filtered += state >= ANSWER_FILTERED;
		}
		/* A router answers for others with ICMP: that shows no host. */
		if (tally->open == open && tally->closed == closed)
			continue;
		tally->hosts_up += is_told(s->engine->plan, hosts_at(&s->hosts, host));
	}
}
