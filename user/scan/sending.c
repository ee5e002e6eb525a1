// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* sending.c - what to do when the device does not take a frame. */
#include "sending.h"

#include <arpa/inet.h>
#include <string.h>

enum { REFUSALS_MAX = 250 }; /* of one frame: 50 ms */

static const uint8_t *next_hop(const struct ask *a, uint64_t host, const struct path *path)
{
	const struct neighbour *neighbours = a->engine->matcher.neighbours.mem;

	if (path->hop == ON_LINK && a->neighbours)
		return neighbours[a->neighbours[host]].mac;
	return a->engine->ways[path->way].mac;
}

static void fill_target(const struct ask *a, uint64_t index, struct probe_target *to)
{
	const uint64_t each = a->each->n, host = index / each;
	const struct path *path;
	struct addr addr = hosts_at(&a->hosts, host, &path);

	to->addr = htonl(addr_to_ip4(addr));
	to->source = htonl(addr_to_ip4(path->source));
	to->port = a->each->list[index % each];
	if (a->lane == LANE_QUESTIONS)
		memcpy(to->next_hop, next_hop(a, host, path), sizeof(to->next_hop));
}

/* Read the events that are there, and flush the outputs. */
static int take_in(struct ask *a, struct err *err)
{
	int code = matcher_consume(&a->engine->matcher);

	return code ? code : report_flush(a->engine->report, err);
}

int sending_send(struct ask *a, const uint64_t *indices, unsigned int n, uint8_t attempt,
		 struct err *err)
{
	unsigned int done = 0, refusals = 0, i;
	struct tx *tx = a->tx;
	int sent, code;

	while (done < n) {
		for (i = 0; i < n - done; i++)
			fill_target(a, indices[done + i], &tx->targets[i]);
		sent = tx->ops->send(tx, a->kind, n - done, attempt, err);
		if (sent < 0)
			return sent;
		done += (unsigned int)sent;
		a->counted.sent += (unsigned int)sent;
		if (done == n)
			break;
		/* A full queue drains; a frame refused again and again is dropped by a filter. */
		refusals = sent ? 0 : refusals + 1;
		if (refusals == REFUSALS_MAX) {
			a->counted.refused++;
			refusals = 0;
			done++;
			continue;
		}
		tx->ops->wait(tx);
		code = take_in(a, err);
		if (!code)
			code = loop_wait(a->engine->loop, 0, err);
		if (code)
			return code;
	}
	return 0;
}
