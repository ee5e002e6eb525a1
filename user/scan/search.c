// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* search.c - questions to all hosts, their answers, and the rounds. */
#include "search.h"

#include "candidates.h"
#include "hearing.h"
#include "link_questions.h"
#include "names.h"
#include "neighbours.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

/* All hosts are asked so often, since a frame may be lost; the last answers come a while later. */
enum { ASK_ALL = 2 };
#define ASK_AGAIN_NS 300000000ULL
#define WAIT_NS	     1000000000ULL
/* If no other plan goes before, the first round asks while answers still come: the next takes them. */
#define FIRST_WAIT_NS 100000000ULL
#define LOOK_NS	      5000000ULL
/* What all hosts said so long before the first round may hold no more: ask them again. */
#define STALE_NS 30000000000ULL

enum { FRAME_MAX = 2048, READ_MAX = 4096 /* frames, at once */ };

void search_init(struct search *s, struct engine *e, void (*warn)(void *, const struct err *),
		 void *ctx)
{
	*s = (struct search){ .engine = e, .warn = warn, .ctx = ctx };
}

void search_close(struct search *s)
{
	while (s->n) {
		struct search_link *link = &s->links[--s->n];

		if (link->fd >= 0)
			close(link->fd);
		sightings_free(&link->sightings);
		ranges_free(&link->asked);
		ranges_free(&link->answered);
	}
}

static void on_neighbour(void *ctx, struct addr addr, const uint8_t mac[6])
{
	struct search_link *link = ctx;

	if (candidates_may_be(addr))
		sightings_add(&link->sightings, addr, mac, SIGHTED_KNOWN);
}

/* --listen hears each link. A search hears those that it asks, so it may leave out others. */
static int open_link(struct search *s, const struct iface *iface, const struct cookie_key *key,
		     struct err *err)
{
	struct search_link *link = &s->links[s->n];
	const uint64_t listen_ns = s->engine->config->listen_ns;

	*link = (struct search_link){ .iface = iface, .fd = -1 };
	link->asks = s->asks && plan_searches(&s->engine->plans[s->engine->n_plans - 1], s->n);
	s->n++;
	if (sightings_init(&link->sightings, key))
		return err_set(err, -ENOMEM, "out of memory");
	if (!listen_ns && !link->asks)
		return 0;
	if (!iface->ethernet)
		return err_set(err, -EINVAL, "%s: has no Ethernet: --listen does not work there",
			       iface->name);
	link->fd = hearing_open(iface, listen_ns, err);
	if (link->fd < 0)
		return link->fd;
	/* Without the table a search finds less, but it works. */
	if (link->asks)
		neighbours_read(iface->index, on_neighbour, link);
	return 0;
}

int search_open(struct search *s, struct err *err)
{
	const struct network *net = s->engine->plan->net;
	struct cookie_key key;
	unsigned int i;
	int code = 0;

	if (getrandom(&key, sizeof(key), 0) != sizeof(key) ||
	    getrandom(&s->token, sizeof(s->token), 0) != sizeof(s->token))
		return err_set(err, -EIO, "no random numbers: %s", strerror(errno));
	for (i = 0; i < net->n && !code; i++)
		code = open_link(s, &net->ifaces[i], &key, err);
	return code;
}

/* One question from one address. A frame that does not leave is asked again with the others. */
static void ask(const struct search *s, const struct search_link *link, enum link_question question,
		struct addr source)
{
	uint8_t frame[LINK_FRAME_MAX];
	const size_t len = link_question_build(question, link->iface->mac, source, s->token, frame);

	hearing_send(link->fd, frame, len);
}

/* A host answers from the address that is most like the source: so ask from each prefix. */
static void ask_link(const struct search *s, const struct search_link *link)
{
	struct link_source sources[LINK_PREFIXES_MAX];
	const size_t n = plan_link_sources(link->iface, sources);
	enum link_question question;
	size_t i;

	for (question = 0; question < LINK_QUESTIONS_N; question++)
		for (i = 0; i < n && (!i || link_question_is_by_source(question)); i++)
			ask(s, link, question, sources[i].addr);
}

static void ask_all(const struct search *s)
{
	unsigned int i;

	for (i = 0; i < s->n; i++)
		if (s->links[i].asks)
			ask_link(s, &s->links[i]);
}

/* Does another interface of ours speak on this link? Then both are on one Ethernet. */
static bool is_ours(const struct search *s, const uint8_t *frame, size_t len)
{
	const struct net_eth *eth = (const void *)frame;
	unsigned int i;

	for (i = 0; i < s->n && len >= sizeof(*eth); i++)
		if (s->links[i].iface->ethernet && net_mac_equal(eth->src, s->links[i].iface->mac))
			return true;
	return false;
}

static void hear_on(const struct search *s, struct search_link *link)
{
	struct sighting found[LINK_ANSWERS_MAX];
	uint8_t frame[FRAME_MAX];
	unsigned int frames, i, n;
	size_t len;

	for (frames = 0; frames < READ_MAX && link->fd >= 0; frames++) {
		len = hearing_read(link->fd, frame, sizeof(frame));
		if (!len)
			return;
		if (is_ours(s, frame, len))
			continue;
		n = link_answers_read(frame, len, s->token, link->iface->mac, found);
		for (i = 0; i < n; i++)
			sightings_add(&link->sightings, found[i].addr, found[i].mac, found[i].how);
	}
}

static void hear(struct search *s)
{
	unsigned int i;

	for (i = 0; i < s->n; i++)
		hear_on(s, &s->links[i]);
}

void search_look(struct search *s, uint64_t now_ns)
{
	if (!s->asks) {
		hear(s);
		return;
	}
	if (!s->began_ns) {
		s->began_ns = now_ns;
		s->asked_all = 0;
	}
	if (s->asked_all < ASK_ALL && now_ns >= s->began_ns + s->asked_all * ASK_AGAIN_NS) {
		s->asked_all++;
		ask_all(s);
	}
	hear(s);
}

/* Say once what the search left out. */
static void tell_limits(struct search *s)
{
	char name[NETWORK_NAMES];
	uint64_t left_out = 0;
	struct err err;
	unsigned int i;

	for (i = 0; i < s->n; i++) {
		if (s->links[i].fd >= 0)
			s->lost += hearing_lost(s->links[i].fd);
		left_out += s->links[i].sightings.left_out;
	}
	if (s->told || (!s->lost && !left_out))
		return;
	s->told = true;
	network_names(s->engine->plan->net, name);
	if (left_out)
		err_set(&err, -ENOSPC,
			"%s: more than %d addresses have shown themselves: others may be missing",
			name, SIGHTINGS_MAX);
	else
		err_set(&err, -ENOSPC,
			"%s: hosts answered faster than they could be read: some may be missing, "
			"scan again",
			name);
	s->warn(s->ctx, &err);
}

/* Is it reported from another link? A link-local address stands for another host on each. */
static bool is_told(const struct search *s, unsigned int link, const size_t told[IFACES_MAX],
		    struct addr addr)
{
	const struct sighting *known;
	unsigned int i;

	for (i = 0; i < s->n && !addr_is_link_local(addr); i++) {
		known = i == link ? NULL : sightings_find(&s->links[i].sightings, addr);
		if (known && (size_t)(known - s->links[i].sightings.v) < told[i])
			return true;
	}
	return false;
}

/* Report one that was heard, unless it is a group or excluded. *n_hosts counts the reported. */
static int report(struct search *s, const struct sighting *heard, unsigned int link,
		  uint64_t *n_hosts, struct err *err)
{
	const struct engine *e = s->engine;
	struct result_host host = {
		.time_us = e->epoch_us + loop_now_ns() / 1000,
		.addr = heard->addr,
		.zone = addr_is_link_local(heard->addr) ? s->links[link].iface->name : NULL,
		.kind = addr_is_ip4(heard->addr) ? PROBE_ARP : PROBE_ND,
		.how = sighted_word(SIGHTED_HEARD),
		.has_mac = true,
		.vendor = names_vendor(e->names, heard->mac),
		.rtt_us = -1,
	};

	if (candidates_is_group(heard->addr) || ranges_find(&e->config->exclude, heard->addr, NULL))
		return 0;
	memcpy(host.mac, heard->mac, sizeof(host.mac));
	++*n_hosts;
	return report_host(e->report, &host, err);
}

/* Hear who is new on each link, and report them. `told`: how many of each link are reported. */
static int report_heard(struct search *s, size_t told[IFACES_MAX], uint64_t *n_hosts,
			struct err *err)
{
	unsigned int i;
	int code = 0;

	for (i = 0; i < s->n; i++) {
		const struct sightings *heard = &s->links[i].sightings;

		hear_on(s, &s->links[i]);
		while (s->engine->plan->silent && told[i] < heard->n && !code) {
			const struct sighting *one = &heard->v[told[i]++];

			if (!is_told(s, i, told, one->addr))
				code = report(s, one, i, n_hosts, err);
		}
	}
	return code ? code : report_flush(s->engine->report, err);
}

int search_listen(struct search *s, uint64_t *n_hosts, struct err *err)
{
	uint64_t now = loop_now_ns();
	const uint64_t end_ns = now + s->engine->config->listen_ns;
	size_t told[IFACES_MAX] = { 0 };
	int code = 0, failed = 0;

	while (now < end_ns && !code && !failed) {
		code = loop_wait(s->engine->loop, now + LOOK_NS, err);
		failed = report_heard(s, told, n_hosts, err);
		now = loop_now_ns();
	}
	tell_limits(s);
	return code ? code : failed;
}

static int wait_for_all(struct search *s, struct err *err)
{
	const bool early = !s->rounds && s->engine->plans[0].link;
	const uint64_t wait_ns = early ? FIRST_WAIT_NS : WAIT_NS;
	uint64_t now = loop_now_ns();
	int code = 0;

	if (!s->rounds && s->began_ns && now - s->began_ns > STALE_NS)
		s->began_ns = 0;
	search_look(s, now);
	while (now < s->began_ns + wait_ns && !code) {
		code = loop_wait(s->engine->loop, now + LOOK_NS, err);
		now = loop_now_ns();
		search_look(s, now);
	}
	return code;
}

/* The candidates that no round before has asked. 0 or -ENOMEM. */
static int choose(const struct search_link *link, struct ranges *out)
{
	struct link_source sources[LINK_PREFIXES_MAX];
	struct link_prefix prefixes[LINK_PREFIXES_MAX];
	const size_t n = plan_link_sources(link->iface, sources);
	size_t i;
	int code;

	for (i = 0; i < n; i++)
		prefixes[i] = sources[i].prefix;
	code = candidates_make(&link->sightings, prefixes, n, out);
	return code ? code : ranges_subtract(out, &link->asked);
}

/* Whoever has spoken and did not answer. 0 or -ENOMEM. */
static int choose_again(struct search_link *link, struct ranges *out)
{
	size_t i;
	int code = 0;

	for (i = 0; i < link->sightings.n && !code; i++) {
		const struct sighting *heard = &link->sightings.v[i];

		if (heard->how == SIGHTED_HEARD && candidates_may_be(heard->addr))
			code = ranges_add(out, heard->addr, heard->addr);
	}
	ranges_settle(out);
	ranges_settle(&link->answered);
	return code ? code : ranges_subtract(out, &link->answered);
}

/*
 * Leave out what this round asks on links before, and what has answered on any: but link-local addresses
 * stand for another host on each link. 0 or -ENOMEM.
 */
static int leave_to_others(const struct search *s, unsigned int link, struct ranges *chosen)
{
	struct ranges others = { 0 };
	unsigned int i;
	int code = 0;

	for (i = 0; i < s->n && !code; i++) {
		if (i < link)
			code = ranges_add_all(&others, &chosen[i]);
		if (i != link && !code)
			code = ranges_add_all(&others, &s->links[i].answered);
	}
	ranges_settle(&others);
	if (!code)
		code = ranges_drop_link_local(&others);
	if (!code)
		code = ranges_subtract(&chosen[link], &others);
	ranges_free(&others);
	return code;
}

/* Note what this round asks, and how much of it once again. 0 or -ENOMEM. */
static int note_asked(struct search *s, struct search_link *link, const struct ranges *chosen)
{
	struct ranges both = { 0 };
	int code = ranges_intersect(chosen, &link->asked, &both);

	s->n_again += ranges_count(&both);
	ranges_free(&both);
	if (!code)
		code = ranges_add_all(&link->asked, chosen);
	ranges_settle(&link->asked);
	return code;
}

static int choose_on_links(struct search *s, struct ranges *chosen)
{
	unsigned int i;
	int code = 0;

	for (i = 0; i < s->n && !code; i++) {
		struct search_link *link = &s->links[i];

		if (!link->asks || loop_is_lost(s->engine->loop, i))
			continue;
		code = s->rounds < SEARCH_ROUNDS ? choose(link, &chosen[i])
						 : choose_again(link, &chosen[i]);
		if (!code)
			code = leave_to_others(s, i, chosen);
		if (!code)
			code = note_asked(s, link, &chosen[i]);
	}
	return code;
}

int search_plan(struct search *s, struct plan *plan, struct err *err)
{
	const struct engine *e = s->engine;
	const struct network *net = plan->net;
	struct ranges candidates[IFACES_MAX] = { 0 };
	unsigned int i;
	int code = wait_for_all(s, err);

	if (code)
		return code;
	s->rounds++;
	tell_limits(s);
	code = choose_on_links(s, candidates);
	if (code) {
		err_set(err, code, "out of memory");
	} else {
		plan_free(plan);
		code = plan_link(plan, e->config, net, candidates, err);
	}
	for (i = 0; i < IFACES_MAX; i++)
		ranges_free(&candidates[i]);
	return code;
}

const char *search_found(struct search *s, unsigned int i, const struct result_host *host)
{
	struct search_link *link = &s->links[i];
	const struct sighting *known;
	const char *word;

	hear(s);
	known = sightings_find(&link->sightings, host->addr);
	word = known ? sighted_word(known->how) : NULL;
	if (host->has_mac)
		sightings_add(&link->sightings, host->addr, host->mac, SIGHTED_ASKED);
	/* Out of memory: then it is asked once more, and answers once more. */
	if (!addr_is_ip4(host->addr))
		ranges_add(&link->answered, host->addr, host->addr);
	return word;
}
