// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* slices.c - choose whom to ask among those who are up. */
#include "slices.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int slices_init(struct slices *s, struct engine *e, const struct ask *sweep)
{
	const struct paths *paths = &e->plan->paths;
	size_t i;

	*s = (struct slices){ .engine = e, .sweep = sweep };
	s->taken = calloc(PROBE_KINDS_N * (paths->n + 1), sizeof(*s->taken));
	s->found = calloc(paths->n + 1, sizeof(*s->found));
	if (!s->taken || !s->found)
		return -ENOMEM;
	for (i = 0; i < paths->n; i++)
		e->ways[paths->v[i].way].reached |= !plan_sweeps(e->plan, &paths->v[i]);
	return 0;
}

void slices_free(struct slices *s)
{
	size_t i;

	for (i = 0; s->found && i < s->engine->plan->paths.n; i++)
		ranges_free(&s->found[i]);
	free(s->taken);
	free(s->found);
	s->taken = NULL;
	s->found = NULL;
}

static uint64_t sweep_answers(const struct slices *s)
{
	return s->sweep ? ask_answers(s->sweep) : 0;
}

bool slices_changed(const struct slices *s)
{
	return !s->looked || sweep_answers(s) != s->answers;
}

/* Mark the gateways that have answered as reached. */
static void note_gateways(const struct slices *s)
{
	const struct engine *e = s->engine;
	const struct neighbour *neighbours = e->matcher.neighbours.mem;
	uint64_t index;
	size_t i;

	for (i = 0; s->sweep && i < e->plan->paths.n; i++) {
		const struct path *path = &e->plan->paths.v[i];
		struct way *way = &e->ways[path->way];

		if (path->hop != BY_GATEWAY || way->reached ||
		    !hosts_find(&s->sweep->hosts, path->gateway, &index) ||
		    !ask_answered(s->sweep, index))
			continue;
		memcpy(way->mac, neighbours[index].mac, sizeof(way->mac));
		way->reached = true;
	}
}

/* The number of port phases before this phase. */
static unsigned int rank(const struct plan *plan, unsigned int phase)
{
	unsigned int i, n = 0;

	for (i = 0; i < phase; i++)
		n += kinds[plan->phases[i].kind].role == KIND_PORTS;
	return n;
}

/* Take neighbours that are up and have had all port phases before this one, but not this one. */
static int take_neighbours(const struct slices *s, unsigned int phase, uint64_t room,
			   struct ranges *out)
{
	struct neighbour *neighbours = s->engine->matcher.neighbours.mem;
	const unsigned int had = rank(s->engine->plan, phase);
	const struct path *path;
	uint64_t i;
	int code = 0;

	if (!s->sweep || kinds[s->engine->plan->phases[phase].kind].role != KIND_PORTS)
		return 0;
	for (i = 0; i < s->sweep->hosts.n && room && !code; i++) {
		struct addr addr;

		if (!ask_answered(s->sweep, i) || neighbours[i].taken != had)
			continue;
		neighbours[i].taken++;
		addr = hosts_at(&s->sweep->hosts, i, &path);
		if (!ranges_find(&s->engine->plan->on_link, addr, NULL))
			continue; /* a gateway that is no target */
		code = ranges_add(out, addr, addr);
		room--;
	}
	ranges_settle(out);
	return code;
}

/* The hosts beyond the link on this path that can be asked now: all, or those known to be up. */
static const struct ranges *candidates(const struct slices *s, unsigned int phase, size_t path)
{
	const struct plan *plan = s->engine->plan;
	const struct ranges *all = &plan->paths.v[path].hosts;
	static const struct ranges nobody;

	if (!phase || kinds[plan->phases[0].kind].role != KIND_HOSTS)
		return all;
	return s->taken[path] == ranges_count(all) ? &s->found[path] : &nobody;
}

static bool is_far(const struct slices *s, const struct path *path)
{
	return path->hop == BY_GATEWAY || !s->sweep || !plan_sweeps(s->engine->plan, path);
}

/* Add hosts beyond the link, as many as there is room for. 0; -ENOSPC: no flow is left; -ENOMEM. */
static int take_far(const struct slices *s, unsigned int phase, uint64_t room, struct hosts *hosts)
{
	const struct paths *paths = &s->engine->plan->paths;
	struct ranges some;
	size_t i;
	int code = 0;

	for (i = 0; i < paths->n && hosts->n < room && !code; i++) {
		const struct path *path = &paths->v[i];
		uint64_t *taken = &s->taken[phase * paths->n + i];

		if (!is_far(s, path) || !s->engine->ways[path->way].reached)
			continue;
		some = (struct ranges){ 0 };
		code = ranges_slice(candidates(s, phase, i), *taken, room - hosts->n, &some);
		if (!code)
			code = hosts_add(hosts, &some, path);
		if (!code)
			*taken += ranges_count(&some);
		ranges_free(&some);
	}
	return code;
}

/*
 * How many hosts a slice can have: as many as its table of answers holds. A list of single
 * addresses may be longer than the list that the kernel searches.
 */
static uint64_t hosts_max(const struct plan *plan, unsigned int phase)
{
	const uint64_t max = ask_hosts_max(plan->phases[phase].each);
	size_t i, entries = 0;

	for (i = 0; i < plan->paths.n; i++)
		entries += plan->paths.v[i].hosts.n;
	return entries > HOST_ENTRIES_MAX && max > HOST_ENTRIES_MAX ? HOST_ENTRIES_MAX : max;
}

/* Take hosts for the next slice. 0; 1: there was no room for all; or -ENOMEM. */
static int take(const struct slices *s, unsigned int phase, uint64_t most, struct hosts *hosts)
{
	const struct plan *plan = s->engine->plan;
	const uint64_t max = hosts_max(plan, phase), room = most < max ? most : max;
	struct ranges near = { 0 };
	size_t i;
	int code;

	code = take_neighbours(s, phase, room, &near);
	for (i = 0; i < plan->paths.n && !code; i++)
		if (!is_far(s, &plan->paths.v[i]))
			code = hosts_add(hosts, &near, &plan->paths.v[i]);
	ranges_free(&near);
	if (!code)
		code = take_far(s, phase, room, hosts);
	if (code)
		return code == -ENOSPC ? 1 : code;
	return hosts->n >= room;
}

int slices_next(struct slices *s, uint64_t most, unsigned int *phase, struct hosts *hosts)
{
	const struct plan *plan = s->engine->plan;
	unsigned int i;
	int code;

	*hosts = (struct hosts){ 0 };
	s->answers = sweep_answers(s);
	note_gateways(s);
	for (i = 0; i < plan->n_phases; i++) {
		if (!plan->phases[i].each->n)
			continue;
		code = take(s, i, most, hosts);
		if (code < 0) {
			hosts_free(hosts);
			return code;
		}
		*phase = i;
		/* Somebody may be left: for this phase, or for one behind it. */
		s->looked = !code && i + 1 == plan->n_phases;
		if (hosts->n)
			return 1;
	}
	s->looked = true;
	return 0;
}

int slices_learn(struct slices *s, const struct ask *slice)
{
	const struct path *path;
	uint64_t i;
	size_t p;
	int code = 0;

	if (kinds[slice->kind].role != KIND_HOSTS)
		return 0;
	for (i = 0; i < slice->hosts.n && !code; i++) {
		struct addr addr = hosts_at(&slice->hosts, i, &path);

		if (ask_state(slice, i) == ANSWER_UP)
			code = ranges_add(&s->found[path - s->engine->plan->paths.v], addr, addr);
	}
	for (p = 0; p < s->engine->plan->paths.n; p++)
		ranges_settle(&s->found[p]);
	s->looked = false;
	return code;
}

int slices_again(const struct slices *s, const struct range *v, size_t n, struct hosts *hosts)
{
	const struct paths *paths = &s->engine->plan->paths;
	struct ranges all = { 0 };
	size_t i;
	int code = 0;

	*hosts = (struct hosts){ 0 };
	note_gateways(s);
	for (i = 0; i < n && !code; i++)
		code = addr_less(v[i].last, v[i].first) ? -EINVAL
							: ranges_add(&all, v[i].first, v[i].last);
	ranges_settle(&all);
	for (i = 0; i < paths->n && !code; i++)
		code = hosts_add(hosts, &all, &paths->v[i]);
	ranges_free(&all);
	return code;
}

uint64_t slices_hidden(const struct slices *s, const struct path **path)
{
	const struct plan *plan = s->engine->plan;
	uint64_t hidden = 0;
	size_t i;

	note_gateways(s);
	for (i = 0; i < plan->paths.n; i++) {
		const struct path *p = &plan->paths.v[i];

		if (p->hop != BY_GATEWAY || s->engine->ways[p->way].reached ||
		    loop_is_lost(s->engine->loop, p->outlet))
			continue;
		if (!hidden)
			*path = p;
		hidden += ranges_count(&p->hosts);
	}
	return hidden;
}
