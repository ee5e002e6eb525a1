// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* sweep.c - ARP requests out, neighbours in. */
#include "sweep.h"

#include "names.h"
#include "sweep.skel.h"
#include "tx_af_packet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

/* The kernel writes these while we read. */
static uint8_t state_of(const struct sweep *s, uint64_t index)
{
	const struct neighbour *neighbours = s->phase.matcher.answers.mem;

	return __atomic_load_n(&neighbours[index].state, __ATOMIC_ACQUIRE);
}

static bool answered(const void *ctx, uint64_t index)
{
	return state_of(ctx, index) != ANSWER_NONE;
}

static int send_some(void *ctx, struct tx *tx, const uint64_t *indices, unsigned int n,
		     unsigned int attempt, struct err *err)
{
	struct probe_arp_target targets[TX_AF_PACKET_BATCH];
	const struct sweep *s = ctx;
	const struct plan *plan = s->engine->plan;
	unsigned int i;

	(void)attempt;
	for (i = 0; i < n; i++) {
		struct addr addr = ranges_at(&plan->sweep, indices[i]);

		targets[i].addr = htonl(addr_to_ip4(addr));
		targets[i].source = htonl(addr_to_ip4(plan_source(plan, addr)));
	}
	return tx_af_packet_send_arp(tx, plan->iface.mac, targets, n, err);
}

static const struct phase_ops ops = {
	.kind = PROBE_ARP,
	.answered = answered,
	.skip = answered,
	.send = send_some,
};

/* A gateway that is no target is no result, nor is what another shard tells of. */
static bool is_told(const struct sweep *s, struct addr addr)
{
	const struct plan *plan = s->engine->plan;

	return ranges_find(&plan->on_link, addr, NULL) && ranges_find(&plan->told, addr, NULL);
}

/* Report a neighbour once. */
static int report(struct sweep *s, uint64_t index, uint64_t time_us, int64_t rtt_us,
		  struct err *err)
{
	struct neighbour *neighbour = (struct neighbour *)s->phase.matcher.answers.mem + index;
	struct result_host host = {
		.time_us = time_us,
		.addr = ranges_at(&s->engine->plan->sweep, index),
		.kind = ops.kind,
		.has_mac = true,
		.rtt_us = rtt_us,
	};

	if (neighbour->state & ANSWER_REPORTED)
		return 0;
	neighbour->state |= ANSWER_REPORTED;
	if (!is_told(s, host.addr))
		return 0;
	host.vendor = names_vendor(s->engine->names, neighbour->mac);
	memcpy(host.mac, neighbour->mac, sizeof(host.mac));
	return report_host(s->engine->report, &host, err);
}

static int on_event(void *ctx, void *data, size_t size)
{
	const struct event *event = data;
	struct sweep *s = ctx;
	int64_t rtt_us = -1;
	uint64_t index;

	(void)size;
	if (!ranges_find(&s->engine->plan->sweep, addr_ip4(ntohl(event->answer.addr)), &index))
		return 0;
	/* A reply does not say which of several requests it answers. */
	if (!phase_asked_again(&s->phase, index))
		rtt_us = phase_rtt_us(&s->phase, index, 0, event->time_ns);
	return report(s, index, s->engine->epoch_us + event->time_ns / 1000, rtt_us, s->err);
}

int sweep_init(struct sweep *s, const struct engine *e, struct err *err)
{
	struct matcher_spec spec = {
		.hosts = &s->hosts,
		.answers_size = ranges_count(&e->plan->sweep) * sizeof(struct neighbour),
		.on_event = on_event,
		.ctx = s,
		.verbose = e->config->verbose,
	};

	*s = (struct sweep){ .engine = e, .err = err };
	spec.elf = sweep_bpf__elf_bytes(&spec.elf_size);
	if (hosts_add(&s->hosts, &e->plan->sweep, &e->plan->sweep))
		return err_set(err, -ENOMEM, "out of memory");
	return phase_init(&s->phase, &ops, s, e, &spec, 1, err);
}

void sweep_free(struct sweep *s)
{
	phase_free(&s->phase);
	hosts_free(&s->hosts);
}

/* What no event told, because the ring had no room. */
static int report_rest(struct sweep *s, struct err *err)
{
	uint64_t i, now_us = s->engine->epoch_us + loop_now_ns() / 1000;
	int code;

	for (i = 0; i < s->hosts.n; i++) {
		if (state_of(s, i) != ANSWER_UP)
			continue;
		s->phase.counted.recovered++;
		code = report(s, i, now_us, -1, err);
		if (code)
			return code;
	}
	return 0;
}

int sweep_run(struct sweep *s, struct err *err)
{
	int code = phase_run(&s->phase, s->engine->tx, err);
	struct err later;
	int failed;

	/* Also when it broke off: what was found is kept. The first error is the one to tell. */
	failed = report_rest(s, code && code != -EINTR ? &later : err);
	return code && code != -EINTR ? code : failed ? failed : code;
}

const uint8_t *sweep_mac(const struct sweep *s, struct addr addr)
{
	const struct neighbour *neighbours = s->phase.matcher.answers.mem;
	static const uint8_t none[6];
	uint64_t index;

	if (!s->engine->plan->iface.ethernet)
		return none;
	if (!ranges_find(&s->engine->plan->sweep, addr, &index) || !answered(s, index))
		return NULL;
	return neighbours[index].mac;
}

uint64_t sweep_hosts_up(const struct sweep *s)
{
	uint64_t up = 0, i;

	for (i = 0; i < s->hosts.n; i++)
		up += answered(s, i) && is_told(s, hosts_at(&s->hosts, i));
	return up;
}
