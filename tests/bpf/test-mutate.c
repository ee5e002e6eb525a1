// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-mutate.c - each program in the kernel against frames that are nearly answers: right answers
 * to probes of the test's key, changed at random. The same matchers, compiled for the host, say
 * what each frame is. Not an answer: verdict pass, no change of a table, no event. An answer: its
 * state, and one event.
 *
 * MUTATIONS (200,000): the number of frames for each program. The order is the same in each run.
 */
#include "fixture.h"

#include "random.h"

#include <sched.h>

enum { PULSE = TRIES - 1, MUTATIONS_DEFAULT = 200000, SEED = 1, CHANGES_MAX = 4 };

struct program {
	const char *name;
	const struct hook *hook;
	struct setup setup;
};

static const struct program programs[] = {
	{ "sweep, XDP", &xdp, { .no_questions = true } },
	{ "sweep, tc", &tc, { .no_questions = true } },
	{ "port scan, XDP", &xdp, { .no_sweep = true } },
	{ "port scan, tc", &tc, { .no_sweep = true } },
	{ "both, XDP", &xdp, { .fate_yes = FATE_PASS } },
	{ "both, tc", &tc, { .fate_yes = FATE_PASS } },
	{ "both, XDP, --synack drop", &xdp, { .fate_yes = FATE_DROP } },
	{ "both, tc, --synack drop", &tc, { .fate_yes = FATE_DROP } },
	{ "both, XDP, --synack reset", &xdp, { .fate_yes = FATE_RESET } },
	{ "both, tc, --synack reset", &tc, { .fate_yes = FATE_RESET } },
	{ "port scan, tc, --synack reset, bare IP",
	  &tc,
	  { .no_sweep = true, .fate_yes = FATE_RESET, .bare = true } },
};

/* What the program under test must have done up to now. */
struct model {
	const struct program *program;
	__u8 answers[HOSTS * PORTS];
	struct neighbour neighbours[HOSTS];
	struct stats stats[LANES];
	__u64 hits; /* with a right cookie, or replies to ARP: asked or not */
};

/* What must come of a frame. */
struct outcome {
	enum verdict verdict;
	bool news;
	struct event event; /* if news, but for its time */
};

/* Frames */

/* A right answer; of the addresses, ports and tries some were never asked for. */
static void make_answer(const struct fixture *f, uint64_t *random, struct frame *frame)
{
	static const __u32 addrs[] = { 0xc6120002U, TARGET, 0xc6120005U, 0xc6120009U, OTHER };
	static const __u16 ports[] = { 22, 80, 8000, NOT_A_PORT };
	const enum kind kind = (enum kind)(next_random(random) % 4);
	const __u32 addr = addrs[next_random(random) % 5];
	const __u16 port = ports[next_random(random) % 4];

	make(f, frame, kind, addr, port, (__u8)(next_random(random) % (TRIES + 1)));
}

static __u32 place(const struct frame *frame, uint64_t *random)
{
	return (__u32)(next_random(random) % frame->len);
}

static void set_byte(struct frame *frame, uint64_t *random)
{
	static const __u8 values[] = { 0, 1, 2, 4, 6, 0x40, 0x45, 0x46, 0x50, 0x7f, 0x80, 0xff };
	const __u64 choice = next_random(random) % (2 * sizeof(values));

	frame->bytes[place(frame, random)] =
		choice < sizeof(values) ? values[choice] : (__u8)next_random(random);
}

/* A little more or less, across the bytes of a 32-bit field. */
static void add_number(struct frame *frame, uint64_t *random)
{
	const __u32 at = place(frame, random) & ~1U;
	__be32 field;

	if (at + sizeof(field) > frame->len)
		return;
	memcpy(&field, frame->bytes + at, sizeof(field));
	field = htonl(ntohl(field) + (__u32)(next_random(random) % 9) - 4);
	memcpy(frame->bytes + at, &field, sizeof(field));
}

static void swap_fields(struct frame *frame, uint64_t *random)
{
	const __u32 size = 1U << (1 + next_random(random) % 2);
	const __u32 a = place(frame, random) & ~1U, b = place(frame, random) & ~1U;
	__u8 field[4], other[4];

	if (a + size > frame->len || b + size > frame->len)
		return;
	memcpy(field, frame->bytes + a, size);
	memcpy(other, frame->bytes + b, size);
	memcpy(frame->bytes + a, other, size);
	memcpy(frame->bytes + b, field, size);
}

/* BPF_PROG_RUN wants an Ethernet header at least. */
static void truncate_frame(struct frame *frame, uint64_t *random)
{
	frame->len -= (__u32)(next_random(random) % (frame->len - sizeof(struct net_eth) + 1));
}

/* Words put in somewhere, as options are, or behind the end. */
static void grow_frame(struct frame *frame, uint64_t *random)
{
	const __u32 by = 4 * (__u32)(1 + next_random(random) % 10);
	const __u32 at = place(frame, random) & ~1U;

	if (frame->len + by > FRAME_MAX)
		return;
	memmove(frame->bytes + at + by, frame->bytes + at, frame->len - at);
	random_bytes(random, frame->bytes + at, by);
	frame->len += by;
}

/* IP options as they should be: the lengths know of them. */
static void grow_header(struct frame *frame, uint64_t *random)
{
	struct net_ip4 *ip = (struct net_ip4 *)(frame->bytes + sizeof(struct net_eth));
	const __u32 by = 4 * (__u32)(1 + next_random(random) % 10);

	if (frame->len < sizeof(struct net_eth) + sizeof(*ip) || frame->len + by > FRAME_MAX)
		return;
	memmove((__u8 *)(ip + 1) + by, ip + 1, frame->len - sizeof(struct net_eth) - sizeof(*ip));
	random_bytes(random, ip + 1, by);
	ip->version_ihl = (__u8)(ip->version_ihl + by / 4);
	ip->total_len = htons((__u16)(ntohs(ip->total_len) + by));
	frame->len += by;
}

/* The beginning of one answer and the rest of another. */
static void splice(const struct fixture *f, struct frame *frame, uint64_t *random)
{
	struct frame other;
	__u32 at;

	make_answer(f, random, &other);
	at = place(&other, random);
	if (at > frame->len)
		return;
	memcpy(frame->bytes + at, other.bytes + at, other.len - at);
	frame->len = other.len;
}

static void change(const struct fixture *f, struct frame *frame, uint64_t *random)
{
	switch (next_random(random) % 10) {
	case 0:
	case 1:
		frame->bytes[place(frame, random)] ^= (__u8)(1 << next_random(random) % 8);
		return;
	case 2:
	case 3:
		set_byte(frame, random);
		return;
	case 4:
		add_number(frame, random);
		return;
	case 5:
		swap_fields(frame, random);
		return;
	case 6:
		truncate_frame(frame, random);
		return;
	case 7:
		grow_frame(frame, random);
		return;
	case 8:
		grow_header(frame, random);
		return;
	default:
		splice(f, frame, random);
	}
}

/* For tc, BPF_PROG_RUN wants something behind the Ethernet header, of IP a header. */
static bool is_taken(const struct hook *hook, const struct frame *frame)
{
	enum { ETH = sizeof(struct net_eth), IP6 = 40 };
	const struct net_eth *eth = (const struct net_eth *)frame->bytes;

	if (hook == &xdp)
		return true;
	if (eth->type == net_be16(NET_ETH_IP4))
		return frame->len >= ETH + sizeof(struct net_ip4);
	return frame->len >= ETH + (eth->type == net_be16(0x86dd) ? IP6 : 1);
}

static void strip_ethernet(struct frame *frame)
{
	frame->len -= sizeof(struct net_eth);
	memmove(frame->bytes, frame->bytes + sizeof(struct net_eth), frame->len);
}

static void make_frame(const struct fixture *f, const struct program *program, struct frame *frame,
		       uint64_t *random)
{
	uint64_t changes;

	do {
		make_answer(f, random, frame);
		for (changes = next_random(random) % (CHANGES_MAX + 1); changes; changes--)
			change(f, frame, random);
		if (program->setup.bare)
			strip_ethernet(frame);
	} while (!is_taken(f->hook, frame));
}

/* What must come of a frame */

static bool find_host(__be32 addr, __u32 *index)
{
	size_t i;

	for (i = 0; i < sizeof(host_ranges) / sizeof(*host_ranges); i++) {
		const uint32_t first = addr_to_ip4(host_ranges[i].first);

		if (ntohl(addr) < first || ntohl(addr) > addr_to_ip4(host_ranges[i].last))
			continue;
		*index = (__u32)host_ranges[i].base + ntohl(addr) - first;
		return true;
	}
	return false;
}

static bool find_port(__be16 port, __u32 *index)
{
	for (*index = 0; *index < PORTS; ++*index)
		if (port_list[*index] == ntohs(port))
			return true;
	return false;
}

static void tell(struct outcome *out, enum event_type type, enum lane lane, __u32 question,
		 const struct answer *answer)
{
	out->news = true;
	out->event = (struct event){
		.type = (__u8)type,
		.lane = (__u8)lane,
		.state = answer->state,
		.attempt = answer->attempt,
		.ttl = answer->ttl,
		.window = answer->window,
		.question = question,
		.mss = answer->mss,
	};
	memcpy(out->event.mac, answer->mac, sizeof(answer->mac));
}

static void note_neighbour(struct model *model, const struct answer *answer, struct outcome *out)
{
	struct stats *stats = &model->stats[LANE_NEIGHBOURS];
	struct neighbour *known;
	__u32 host;

	if (!find_host(answer->addr, &host))
		return;
	stats->seen++;
	known = &model->neighbours[host];
	if (!known->state) {
		known->state = ANSWER_UP;
		memcpy(known->mac, answer->mac, sizeof(answer->mac));
		stats->answers[0]++;
		tell(out, EVENT_ANSWER, LANE_NEIGHBOURS, host, answer);
		return;
	}
	stats->duplicates++;
	known->state |= ANSWER_ALIVE;
	if (memcmp(known->mac, answer->mac, sizeof(answer->mac)) != 0 &&
	    stats->conflicts++ < CONFLICTS_TOLD)
		tell(out, EVENT_CONFLICT, LANE_NEIGHBOURS, host, answer);
}

/* A question that nobody asks now may be of an earlier slice of the scan. */
static void note_answer(struct model *model, const struct answer *answer, struct outcome *out)
{
	struct stats *stats = &model->stats[LANE_QUESTIONS];
	__u32 host, port;
	__u8 *state;

	if (!find_host(answer->addr, &host) || !find_port(answer->port, &port))
		return;
	state = &model->answers[host * PORTS + port];
	if (*state && answer->attempt == PULSE) {
		stats->pulses++;
		if (answer_rank(answer->state) >= answer_rank(*state & (__u8)~ANSWER_MARKS))
			*state |= ANSWER_ALIVE;
	} else {
		stats->seen++;
		stats->duplicates += *state != ANSWER_NONE;
	}
	if (*state && answer_rank(answer->state) <= answer_rank(*state & (__u8)~ANSWER_MARKS))
		return;
	stats->answers[0] += *state == ANSWER_NONE;
	*state = answer->state;
	tell(out, EVENT_ANSWER, LANE_QUESTIONS, host * PORTS + port, answer);
}

/* Make of a frame that is to be answered the RST, if it can be; tc cuts off what is behind that. */
static enum verdict reset(const struct fixture *f, bool ethernet, struct frame *frame)
{
	if (!probe_tcp_reset(frame->bytes, frame->bytes + frame->len, ethernet, f->probe.ttl))
		return PASS;
	if (f->hook == &tc)
		frame->len = (ethernet ? sizeof(struct net_eth) : 0) +
			     sizeof(struct probe_tcp_reset_packet);
	return SEND_BACK;
}

static void judge_arp(struct model *model, const struct fixture *f, struct cursor *c,
		      struct outcome *out)
{
	struct answer answer = { 0 };

	if (model->program->setup.no_sweep ||
	    probe_match(c, PROBE_ARP, NULL, &f->probe, &answer) != MATCH_ANSWER)
		return;
	model->hits++;
	note_neighbour(model, &answer, out);
}

static void judge_ip4(struct model *model, const struct fixture *f, struct cursor *c,
		      struct frame *frame, struct outcome *out)
{
	const struct setup *setup = &model->program->setup;
	const struct net_ip4 *ip = cursor_pull_ip4(c, false);
	struct answer answer = { 0 };
	enum match match;

	if (!ip || setup->no_questions)
		return;
	match = probe_match(c, PROBE_TCP, ip, &f->probe, &answer);
	if (match == MATCH_REJECTED) {
		model->stats[LANE_QUESTIONS].seen++;
		model->stats[LANE_QUESTIONS].rejected++;
	}
	if (match != MATCH_ANSWER)
		return;
	model->hits++;
	note_answer(model, &answer, out);
	if (answer.state != ANSWER_OPEN || setup->fate_yes == FATE_DROP)
		out->verdict = DROP;
	else if (setup->fate_yes == FATE_RESET)
		out->verdict = reset(f, !setup->bare, frame);
}

/* *frame becomes what comes out. */
static struct outcome judge(struct model *model, const struct fixture *f, struct frame *frame)
{
	struct cursor c = { frame->bytes, frame->bytes + frame->len };
	struct outcome out = { .verdict = PASS };
	__u16 type = NET_ETH_IP4;

	if (!model->program->setup.bare) {
		const struct net_eth *eth = cursor_pull_eth(&c);

		type = eth ? net_host16(eth->type) : 0;
	}
	if (type == NET_ETH_ARP)
		judge_arp(model, f, &c, &out);
	else if (type == NET_ETH_IP4)
		judge_ip4(model, f, &c, frame, &out);
	return out;
}

static bool tables_are(const struct fixture *f, const struct model *model)
{
	const struct setup *setup = &model->program->setup;

	return (setup->no_questions ||
		!memcmp(f->matcher.answers.mem, model->answers, sizeof(model->answers))) &&
	       (setup->no_sweep ||
		!memcmp(f->matcher.neighbours.mem, model->neighbours, sizeof(model->neighbours)));
}

static void show_and_fail(const struct frame *frame, __u64 number, const char *what)
{
	char hex[2 * FRAME_MAX + 1] = "";
	__u32 i;

	for (i = 0; i < frame->len; i++)
		sprintf(hex + (size_t)2 * i, "%02x", frame->bytes[i]);
	fail_msg("frame %llu: %s: %s", (unsigned long long)number, what, hex);
}

static void check_frame(struct fixture *f, struct model *model, const struct frame *frame,
			__u64 number)
{
	struct frame want = *frame, got;
	struct outcome out = judge(model, f, &want);

	f->n_events = 0;
	if (run_through(f, frame, &got) != out.verdict)
		show_and_fail(frame, number, "verdict");
	if (got.len != want.len || memcmp(got.bytes, want.bytes, want.len) != 0)
		show_and_fail(frame, number, "the frame that comes out");
	if (f->n_events != out.news)
		show_and_fail(frame, number, out.news ? "no event" : "an event");
	out.event.time_ns = f->events[0].time_ns;
	if (out.news && memcmp(&f->events[0], &out.event, sizeof(out.event)) != 0)
		show_and_fail(frame, number, "what the event says");
	if (!tables_are(f, model))
		show_and_fail(frame, number, "the table of answers");
}

static void check_counters(const struct fixture *f, const struct model *model)
{
	unsigned int lane;

	for (lane = 0; lane < LANES; lane++) {
		const struct stats stats = stats_of(f, lane), *want = &model->stats[lane];

		assert_memory_equal(&stats, want, sizeof(stats));
		assert_int_equal(stats.seen, stats.answers[0] + stats.duplicates + stats.rejected);
		assert_int_equal(stats.late + stats.events_lost, 0);
	}
}

/* So that the next answer to a question is the first again. */
static void forget(struct fixture *f, struct model *model)
{
	memset(model->answers, 0, sizeof(model->answers));
	memset(model->neighbours, 0, sizeof(model->neighbours));
	forget_tables(f);
}

static __u64 mutations(void)
{
	const char *text = getenv("MUTATIONS");

	return text && *text ? strtoull(text, NULL, 10) : MUTATIONS_DEFAULT;
}

static void every_frame(void **state)
{
	struct model model = { .program = *state };
	struct setup setup = model.program->setup;
	const __u64 n = mutations();
	uint64_t random = SEED;
	__u64 i;
	struct frame frame;
	struct fixture f;

	assert_true(n > 0);
	setup.report_all = true;
	setup.pulse = PULSE;
	fixture_load(&f, model.program->hook, &setup);
	for (i = 0; i < n; i++) {
		make_frame(&f, model.program, &frame, &random);
		check_frame(&f, &model, &frame, i);
		if (next_random(&random) % 8 == 0)
			forget(&f, &model);
	}
	check_counters(&f, &model);
	print_message("  %s: %llu frames, %llu of them answers, %llu rejected\n",
		      model.program->name, (unsigned long long)n, (unsigned long long)model.hits,
		      (unsigned long long)model.stats[LANE_QUESTIONS].rejected);
	/* Neither too far from answers nor too close to them to tell anything. */
	assert_in_range(model.hits, n / 50, n / 2);
	fixture_close(&f);
}

/* Each CPU tells of CONFLICTS_TOLD: all frames are to run on the same. */
static int stay_on_one_cpu(void **state)
{
	cpu_set_t here;

	(void)state;
	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	return sched_setaffinity(0, sizeof(here), &here);
}

int main(void)
{
	struct CMUnitTest tests[sizeof(programs) / sizeof(*programs)];
	size_t i;

	for (i = 0; i < sizeof(programs) / sizeof(*programs); i++)
		tests[i] = (struct CMUnitTest){ .name = programs[i].name,
						.test_func = every_frame,
						.initial_state = (void *)&programs[i] };
	return cmocka_run_group_tests(tests, stay_on_one_cpu, NULL);
}
