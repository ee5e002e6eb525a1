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
	while (s->n)
		close(s->fd[--s->n]);
	sightings_free(&s->sightings);
	ranges_free(&s->asked);
	ranges_free(&s->answered);
}

static void on_neighbour(void *ctx, struct addr addr, const uint8_t mac[6])
{
	struct search *s = ctx;

	if (candidates_may_be(addr))
		sightings_add(&s->sightings, addr, mac, SIGHTED_KNOWN);
}

/* Listen on one more interface. A search asks on one alone, which is the first. */
static int listen_on(struct search *s, const struct iface *iface, struct err *err)
{
	int fd;

	if (!iface->ethernet)
		return err_set(err, -EINVAL, "%s: has no Ethernet: --listen does not work there",
			       iface->name);
	fd = hearing_open(iface, s->engine->config->listen_ns, err);
	if (fd < 0)
		return fd;
	s->fd[s->n++] = fd;
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
	if (sightings_init(&s->sightings, &key))
		return err_set(err, -ENOMEM, "out of memory");
	for (i = 0; i < net->n && !code; i++)
		code = listen_on(s, &net->ifaces[i], err);
	/* Without the table a search finds less, but it works. */
	if (!code && s->asks)
		neighbours_read(net->ifaces[0].index, on_neighbour, s);
	return code;
}

/* One question from one address. A frame that does not leave is asked again with the others. */
static void ask(const struct search *s, enum link_question question, struct addr source)
{
	uint8_t frame[LINK_FRAME_MAX];
	const size_t len =
		link_question_build(question, s->engine->plan->iface->mac, source, s->token, frame);

	hearing_send(s->fd[0], frame, len);
}

/* A host answers from the address that is most like the source: so ask from each prefix. */
static void ask_all(const struct search *s)
{
	struct link_source sources[LINK_PREFIXES_MAX];
	const size_t n = plan_link_sources(s->engine->plan->iface, sources);
	enum link_question question;
	size_t i;

	for (question = 0; question < LINK_QUESTIONS_N; question++)
		for (i = 0; i < n && (!i || link_question_is_by_source(question)); i++)
			ask(s, question, sources[i].addr);
}

static void hear_at(struct search *s, unsigned int iface)
{
	const uint8_t *own_mac = s->engine->plan->net->ifaces[iface].mac;
	struct sighting found[LINK_ANSWERS_MAX];
	uint8_t frame[FRAME_MAX];
	unsigned int frames, i, n;
	size_t len;

	for (frames = 0; frames < READ_MAX; frames++) {
		len = hearing_read(s->fd[iface], frame, sizeof(frame));
		if (!len)
			return;
		n = link_answers_read(frame, len, s->token, own_mac, found);
		for (i = 0; i < n; i++)
			sightings_add(&s->sightings, found[i].addr, found[i].mac, found[i].how);
	}
}

static void hear(struct search *s)
{
	unsigned int i;

	for (i = 0; i < s->n; i++)
		hear_at(s, i);
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
	struct err err;
	unsigned int i;

	for (i = 0; i < s->n; i++)
		s->lost += hearing_lost(s->fd[i]);
	if (s->told || (!s->lost && !s->sightings.left_out))
		return;
	s->told = true;
	network_names(s->engine->plan->net, name);
	if (s->sightings.left_out)
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

/* Report one that was heard, unless it is a group or excluded. *n_hosts counts the reported. */
static int report(struct search *s, const struct sighting *heard, unsigned int iface,
		  uint64_t *n_hosts, struct err *err)
{
	const struct engine *e = s->engine;
	struct result_host host = {
		.time_us = e->epoch_us + loop_now_ns() / 1000,
		.addr = heard->addr,
		.zone = addr_is_link_local(heard->addr) ? e->plan->net->ifaces[iface].name : NULL,
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

/* Hear who is new at each interface, and report them. */
static int report_heard(struct search *s, size_t *told, uint64_t *n_hosts, struct err *err)
{
	unsigned int i;
	int code = 0;

	for (i = 0; i < s->n; i++) {
		hear_at(s, i);
		while (s->engine->plan->silent && *told < s->sightings.n && !code)
			code = report(s, &s->sightings.v[(*told)++], i, n_hosts, err);
	}
	return code ? code : report_flush(s->engine->report, err);
}

int search_listen(struct search *s, uint64_t *n_hosts, struct err *err)
{
	uint64_t now = loop_now_ns();
	const uint64_t end_ns = now + s->engine->config->listen_ns;
	size_t told = 0;
	int code = 0, failed = 0;

	while (now < end_ns && !code && !failed) {
		code = loop_wait(s->engine->loop, now + LOOK_NS, err);
		failed = report_heard(s, &told, n_hosts, err);
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
static int choose(const struct search *s, struct ranges *out)
{
	struct link_source sources[LINK_PREFIXES_MAX];
	struct link_prefix prefixes[LINK_PREFIXES_MAX];
	const size_t n = plan_link_sources(s->engine->plan->iface, sources);
	size_t i;
	int code;

	for (i = 0; i < n; i++)
		prefixes[i] = sources[i].prefix;
	code = candidates_make(&s->sightings, prefixes, n, out);
	return code ? code : ranges_subtract(out, &s->asked);
}

/* Whoever has spoken and did not answer. 0 or -ENOMEM. */
static int choose_again(struct search *s, struct ranges *out)
{
	struct ranges both = { 0 };
	size_t i;
	int code = 0;

	for (i = 0; i < s->sightings.n && !code; i++) {
		const struct sighting *heard = &s->sightings.v[i];

		if (heard->how == SIGHTED_HEARD && candidates_may_be(heard->addr))
			code = ranges_add(out, heard->addr, heard->addr);
	}
	ranges_settle(out);
	ranges_settle(&s->answered);
	if (!code)
		code = ranges_subtract(out, &s->answered);
	if (!code)
		code = ranges_intersect(out, &s->asked, &both);
	s->n_again = ranges_count(&both);
	ranges_free(&both);
	return code;
}

int search_plan(struct search *s, struct plan *plan, struct err *err)
{
	const struct engine *e = s->engine;
	const struct network *net = plan->net;
	struct ranges candidates = { 0 };
	int code = wait_for_all(s, err);

	if (code)
		return code;
	s->rounds++;
	tell_limits(s);
	code = s->rounds < SEARCH_ROUNDS ? choose(s, &candidates) : choose_again(s, &candidates);
	if (!code)
		code = ranges_add_all(&s->asked, &candidates);
	ranges_settle(&s->asked);
	if (code) {
		err_set(err, code, "out of memory");
	} else {
		plan_free(plan);
		code = plan_link(plan, e->config, net, &candidates, err);
	}
	ranges_free(&candidates);
	return code;
}

const char *search_found(struct search *s, const struct result_host *host)
{
	const struct sighting *known;
	const char *word;

	hear(s);
	known = sightings_find(&s->sightings, host->addr);
	word = known ? sighted_word(known->how) : NULL;
	if (host->has_mac)
		sightings_add(&s->sightings, host->addr, host->mac, SIGHTED_ASKED);
	/* Out of memory: then it is asked once more, and answers once more. */
	if (!addr_is_ip4(host->addr))
		ranges_add(&s->answered, host->addr, host->addr);
	return word;
}
