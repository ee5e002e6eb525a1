// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* capturing.c - from copies of frames to records. */
#include "capturing.h"

#include "frames.h"
#include "misses.h"
#include "outlet.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

bool capturing_is_on(const struct config *c)
{
	unsigned int i;

	for (i = 0; i < c->n_outputs; i++)
		if (c->outputs[i].ops->frame)
			return true;
	return false;
}

const char *capturing_title(struct engine *e)
{
	const struct config *c = e->config;
	char *text = e->capturing->title, addr[ADDR_TEXT];

	if (!c->flow_port)
		return NULL;
	snprintf(text, sizeof(e->capturing->title), "frames of %s port %u",
		 addr_text(c->flow_addr, addr), c->flow_port);
	return text;
}

static struct net_addr6 addr6_of(struct addr a)
{
	return (struct net_addr6){ { htonl((uint32_t)(a.hi >> 32)), htonl((uint32_t)a.hi),
				     htonl((uint32_t)(a.lo >> 32)), htonl((uint32_t)a.lo) } };
}

/* Keep what is sent to `flow`, whichever interface it leaves by. */
static int keep(struct engine *e, const struct capture_config *flow, struct err *err)
{
	unsigned int i;
	int code = 0;

	for (i = 0; i < e->outlets->n && !code; i++) {
		struct tx *tx = e->outlets->v[i].tx;

		code = tx->ops->keep(tx, flow, err);
	}
	return code;
}

/*
 * A plan of the other family than the question of --capture-flow has nothing to keep: its question has
 * no port. The mode stays, and with it the ring.
 */
int capturing_prepare(struct engine *e, struct err *err)
{
	const struct config *c = e->config;
	struct capture_config *to = &e->capturing->config;

	*to = (struct capture_config){ .mode = CAPTURE_OFF };
	if (!capturing_is_on(c))
		return 0;
	to->mode = c->flow_port ? CAPTURE_FLOW : CAPTURE_MISSES;
	if (!c->flow_port || addr_is_ip4(c->flow_addr) == e->plan->ip6)
		return keep(e, NULL, err);
	if (e->plan->ip6)
		to->addr6 = addr6_of(c->flow_addr);
	else
		to->addr = htonl(addr_to_ip4(c->flow_addr));
	to->port = htons(c->flow_port);
	return keep(e, to, err);
}

/* May one more frame of this time be kept? The matcher has a limit for each CPU, this is one for all. */
static bool may(struct capturing *c, uint64_t time_ns)
{
	const uint64_t second = time_ns / 1000000000;

	if (second > c->second) {
		c->second = second;
		c->in_second = 0;
	}
	if (c->in_second == CAPTURE_A_SECOND) {
		c->left_out++;
		return false;
	}
	c->in_second++;
	c->kept++;
	return true;
}

static uint64_t epoch_ns(const struct engine *e, uint64_t time_ns)
{
	return e->epoch_us * 1000 + time_ns;
}

/* Tell of the probes that were sent before this time. */
static int tell_waiting(struct engine *e, uint64_t before_ns)
{
	struct capturing *c = e->capturing;
	int code = 0;

	for (; !code && c->next < c->n_waiting; c->next++) {
		const struct tx_copy *sent = &c->waiting[c->next];
		const struct result_frame frame = {
			.time_ns = epoch_ns(e, sent->time_ns),
			.bytes = sent->bytes,
			.kept = sent->len < CAPTURE_BYTES ? sent->len : CAPTURE_BYTES,
			.len = sent->len,
			.comment = "probe",
			.leaves = true,
			.iface = c->outlet,
			.place = RESULT_AT_SOCKET,
		};

		if (sent->time_ns > before_ns)
			return 0;
		if (may(c, sent->time_ns))
			code = report_frame(e->report, &frame, e->event_err);
	}
	return code;
}

int capturing_frame(void *ctx, void *data, size_t size)
{
	struct engine *e = ctx;
	const struct captured *copy = data;
	const bool bare = !e->plan->net->ifaces[copy->outlet].ethernet;
	char text[MISS_TEXT];
	const struct result_frame frame = {
		.time_ns = epoch_ns(e, copy->time_ns),
		.bytes = copy->bytes,
		.kept = copy->kept,
		.len = copy->len,
		.comment = miss_text(copy, &e->probe, bare, text),
		.leaves = copy->leaves,
		.iface = copy->outlet,
		.place = copy->place == PLACE_TC ? RESULT_AT_TC : RESULT_AT_XDP,
		.verdict = copy->verdict,
		.queue = copy->queue,
	};
	int code = tell_waiting(e, copy->time_ns);

	(void)size;
	if (code || !may(e->capturing, copy->time_ns))
		return code;
	return report_frame(e->report, &frame, e->event_err);
}

/* An answer that is in the ring was sent after its probe: read the copies of probes first. */
int capturing_consume(struct engine *e)
{
	struct capturing *c = e->capturing;
	unsigned int i;
	int code;

	c->n_waiting = c->next = 0;
	/* One target leaves by one interface. */
	for (i = 0; i < e->outlets->n && !c->n_waiting; i++) {
		struct tx *tx = e->outlets->v[i].tx;

		c->outlet = i;
		while (tx->flow && c->n_waiting < CAPTURING_WAITING &&
		       tx->ops->copy(tx, &c->waiting[c->n_waiting]))
			c->n_waiting++;
	}
	code = matcher_consume(&e->matcher);
	return code ? code : tell_waiting(e, UINT64_MAX);
}

void capturing_sum_up(const struct engine *e, struct result_summary *sum)
{
	const struct capturing *c = e->capturing;

	sum->captures = capturing_is_on(e->config);
	sum->captured = c->kept;
	sum->capture_left_out = c->left_out + frames_left_out(&e->matcher);
}
