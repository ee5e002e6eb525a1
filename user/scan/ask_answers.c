// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* ask_answers.c - make results from the answers of an ask. */
#include "ask.h"
#include "info.h"
#include "names.h"
#include "observing.h"
#include "search.h"
#include "sending.h"
#include "trouble.h"
#include "tx.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What is known of the silent ports of one host. */
struct host_silence {
	bool known;
	uint64_t host;
	double closed_p;
};

static uint64_t time_us(const struct ask *a, uint64_t time_ns)
{
	return a->engine->epoch_us + time_ns / 1000;
}

struct round_trip {
	int64_t ns; /* -1: unknown */
	bool echoed;
};

/* Do answers name the try? Those of neighbours do not, nor those to a port that several tries have. */
static bool names_try(const struct ask *a)
{
	return a->lane != LANE_NEIGHBOURS &&
	       !try_ports_are_few(a->engine->ports, a->engine->config->tries);
}

/*
 * The round trip of an answer: by the timestamp in the answer, else by the send log. Nobody waits longer
 * than the timeout, so an older timestamp is a false one: then the round trip is unknown.
 */
static struct round_trip round_trip_of(struct ask *a, const struct event *event)
{
	struct flow *f = ask_flow_of(a, event->question);
	const uint64_t age_ns = (uint64_t)(event->age - 1) << PROBE_TCP_TICK_BITS;
	struct round_trip trip = { .ns = -1, .echoed = event->age };

	/* If the answer names no try, its round trip is known after the first try alone. */
	if (!names_try(a) && flow_asked_again(f, event->question))
		trip.ns = -1;
	else
		trip.ns = flow_rtt_ns(f, event->question, event->attempt, event->time_ns);
	if (trip.echoed)
		trip.ns = age_ns <= a->engine->config->timeout_ns ? (int64_t)age_ns : -1;
	return trip;
}

static int64_t rtt_us(const struct round_trip *trip)
{
	return trip->ns < 0 ? -1 : trip->ns / 1000;
}

/*
 * Is this address reported? Not if it is a gateway and no target, nor if another shard reports it.
 */
static bool is_told(const struct ask *a, struct addr addr)
{
	return a->lane == LANE_NEIGHBOURS ? plan_tells_near(a->engine->plan, addr)
					  : plan_tells_far(a->engine->plan, addr);
}

struct addr ask_address(const struct ask *a, uint64_t host, const char **zone)
{
	const struct path *path;
	const struct addr addr = hosts_at(&a->hosts, host, &path);

	return plan_place(a->engine->plan, path, addr, zone);
}

static int report_one_host(struct ask *a, uint64_t index, struct result_host *host, struct err *err)
{
	const struct neighbour *neighbours = a->engine->matcher.neighbours.mem;
	const struct path *path;

	if (!is_told(a, hosts_at(&a->hosts, index, &path)))
		return 0;
	host->addr = ask_address(a, index, &host->zone);
	host->kind = a->kind;
	if (a->lane == LANE_NEIGHBOURS) {
		host->has_mac = true;
		memcpy(host->mac, neighbours[index].mac, sizeof(host->mac));
		host->vendor = names_vendor(a->engine->names, host->mac);
	}
	if (a->engine->search)
		host->how = search_found(a->engine->search, path->outlet, host);
	return report_host(a->engine->report, host, err);
}

int ask_report_moved(struct ask *a, uint64_t index, struct err *err)
{
	struct result_host host = { .time_us = time_us(a, loop_now_ns()), .rtt_us = -1 };

	return report_one_host(a, index, &host, err);
}

/* The service by its port, or else by its answer. */
static int report_one_port(struct ask *a, uint64_t index, struct result_port *port, struct err *err)
{
	const char *service;

	port->kind = a->kind;
	port->state = ask_state(a, index);
	port->addr = ask_address(a, index / a->each->n, &port->zone);
	port->port = a->each->list[index % a->each->n];
	service = kind_is_udp(a->kind) ? names_udp_service(a->engine->names, port->port)
				       : names_service(a->engine->names, port->port);
	port->service = service ?: port->service;
	return report_port(a->engine->report, port, err);
}

static int on_host(struct ask *a, const struct event *event, const struct round_trip *trip,
		   struct err *err)
{
	struct result_host host = { .time_us = time_us(a, event->time_ns), .rtt_us = rtt_us(trip) };

	if (event->state != ANSWER_UP || !ask_mark_reported(a, event->question))
		return 0;
	return report_one_host(a, event->question, &host, err);
}

/* Read what the answer tells of its service. 0 or -ENOMEM. */
static int read_info(struct ask *a, const struct event_payload *told, struct result_port *port)
{
	const uint16_t number = a->each->list[told->event.question % a->each->n];
	const struct info_payload payload = { told->bytes, told->kept, told->len };
	struct info info;

	info_read(&info, number, told->event.attempt, &payload);
	port->service = info.service;
	if (!*info.text)
		return 0;
	port->info = words_keep(&a->engine->infos, info.text);
	return port->info ? 0 : -ENOMEM;
}

static int on_port(struct ask *a, const struct event *event, const struct round_trip *trip,
		   struct err *err)
{
	struct result_port port = {
		.time_us = time_us(a, event->time_ns),
		.detailed = true,
		.doubtful = ask_doubt(a, event->question, event),
		.ttl = event->ttl,
		.window = event->window,
		.mss = event->mss,
		.rtt_us = rtt_us(trip),
		.rtt_echoed = trip->echoed,
	};

	/* Other states come as samples, for the round trip alone. */
	if (event->state != ANSWER_OPEN && !a->engine->config->all)
		return 0;
	if (!ask_mark_reported(a, event->question) || ask_is_canary(a, event->question))
		return 0;
	if (event->state == ANSWER_OPEN)
		ask_count_open(a, event->question);
	if (event->type == EVENT_PAYLOAD && read_info(a, (const void *)event, &port))
		return err_set(err, -ENOMEM, "out of memory");
	return report_one_port(a, event->question, &port, err);
}

/* Another machine answers for the address of a neighbour. */
static int on_conflict(struct ask *a, const struct event *event, struct err *err)
{
	const struct neighbour *neighbours = a->engine->matcher.neighbours.mem;
	struct result_host host = { .time_us = time_us(a, event->time_ns), .rtt_us = -1 };
	const struct result_conflict *conflict;
	const char *zone;
	const struct addr addr = ask_address(a, event->question, &zone);

	conflict = trouble_conflict(a->engine->trouble, addr, zone, neighbours[event->question].mac,
				    event->mac);
	if (!conflict)
		return 0;
	host.also = conflict->macs + 1;
	host.n_also = conflict->n - 1;
	return report_one_host(a, event->question, &host, err);
}

int ask_event(struct ask *a, const struct event *event, struct err *err)
{
	struct round_trip trip;

	if (event->question >= a->hosts.n * a->each->n)
		return 0;
	if (event->type == EVENT_CONFLICT)
		return on_conflict(a, event, err);
	trip = round_trip_of(a, event);
	observing_answer(a->engine, a->kind, event,
			 ask_is_canary(a, event->question) ? -1 : rtt_us(&trip));
	if (ask_steady(a, event->question))
		flow_learn(ask_flow_of(a, event->question), event->question);
	return kinds[a->kind].role == KIND_PORTS ? on_port(a, event, &trip, err)
						 : on_host(a, event, &trip, err);
}

/* The probability that silent ports of this host are closed; 0: unknown. The last one is kept. */
static double closed_p(const struct ask *a, uint64_t host, struct host_silence *last)
{
	if (!kinds[a->kind].quiet || !a->each->canaries || ask_is_lost(a, host))
		return 0;
	if (!last->known || last->host != host) {
		const struct silence s = ask_silence(a, host);

		*last = (struct host_silence){ true, host, silence_closed_p(&s) };
	}
	return last->closed_p;
}

/* Report an answer that had no event, or an unanswered question. */
static int report_late(struct ask *a, uint64_t index, struct host_silence *last, struct err *err)
{
	uint64_t now_us = time_us(a, loop_now_ns());
	struct result_port port = { .time_us = now_us, .rtt_us = -1 };
	struct result_host host = { .time_us = now_us, .rtt_us = -1 };

	if (kinds[a->kind].role != KIND_PORTS)
		return report_one_host(a, index, &host, err);
	port.doubtful = ask_doubt(a, index, NULL);
	if (ask_state(a, index) == ANSWER_NONE)
		port.closed_p = closed_p(a, index / a->each->n, last);
	return report_one_port(a, index, &port, err);
}

/* Should this state have made an event? */
static bool is_news(const struct ask *a, uint8_t state)
{
	if (kinds[a->kind].role != KIND_PORTS)
		return state == ANSWER_UP;
	return state == ANSWER_OPEN || (state != ANSWER_NONE && a->engine->config->all);
}

/* Is the host behind an interface that was lost? Then its questions may not have been asked. */
static bool is_cut_off(const struct ask *a, uint64_t host)
{
	const struct loop *loop = a->engine->loop;

	return loop->n_lost &&
	       loop_is_lost(loop, a->hosts.flows[hosts_flow_of(&a->hosts, host)].outlet);
}

static int report_rest(struct ask *a, bool complete, struct err *err)
{
	const bool silent = complete && a->engine->config->all && kinds[a->kind].role == KIND_PORTS;
	struct host_silence last = { 0 };
	uint64_t index;
	int code;

	for (index = 0; index < a->hosts.n * a->each->n; index++) {
		uint8_t state = ask_state(a, index);

		if (!is_news(a, state) && !(silent && state == ANSWER_NONE))
			continue;
		if (state == ANSWER_NONE && is_cut_off(a, index / a->each->n))
			continue;
		if (!ask_mark_reported(a, index))
			continue;
		a->counted.recovered += state != ANSWER_NONE;
		if (ask_is_canary(a, index))
			continue;
		code = report_late(a, index, &last, err);
		if (code)
			return code;
	}
	return 0;
}

/* A broken-off scan may not have asked all ports. `states` has room for a host's. */
static int report_done_ports(struct ask *a, uint64_t host, uint8_t *states, bool whole,
			     struct err *err)
{
	const struct plan *plan = a->engine->plan;
	const struct config *c = a->engine->config;
	const struct path *path;
	struct result_done done = {
		.time_us = time_us(a, loop_now_ns()),
		.kind = a->kind,
		.ports = a->each,
		.states = states,
		.whole = whole,
		.told = whole && c->all,
		.last = a->kind == plan->phases[plan->n_phases - 1].kind,
	};
	uint32_t i;

	hosts_at(&a->hosts, host, &path);
	done.addr = ask_address(a, host, &done.zone);
	done.up = path->hop != BY_GATEWAY || c->asked[PROBE_ECHO];
	for (i = 0; i < a->each->n; i++)
		states[i] = ask_state(a, host * a->each->n + i);
	return report_done(a->engine->report, &done, err);
}

/* Tell the outputs which hosts are done with this kind of port. */
static int report_done_hosts(struct ask *a, bool whole, struct err *err)
{
	uint8_t *states;
	uint64_t host;
	int code = 0;

	if (kinds[a->kind].role != KIND_PORTS || !report_wants_done(a->engine->report))
		return 0;
	states = malloc(a->each->n);
	if (!states)
		return err_set(err, -ENOMEM, "out of memory");
	for (host = 0; host < a->hosts.n && !code; host++)
		code = report_done_ports(a, host, states, whole && !is_cut_off(a, host), err);
	free(states);
	return code;
}

/* A packet socket says at once what the device refuses. */
static void count_dropped(struct ask *a)
{
	uint64_t dropped = a->xdp ? a->xdp->ops->errors(a->xdp) : 0;

	dropped = dropped < a->counted.sent ? dropped : a->counted.sent;
	a->counted.sent -= dropped;
	a->counted.dropped += dropped;
}

int ask_end(struct ask *a, bool complete, struct err *err)
{
	int code;

	sending_end(a);
	if (a->lane == LANE_QUESTIONS)
		count_dropped(a);
	if (a->start_ns)
		a->counted.elapsed_ns += loop_now_ns() - a->start_ns;
	a->start_ns = 0;
	ask_hand_on(a);
	code = report_rest(a, complete, err);
	return code ? code : report_done_hosts(a, complete, err);
}
