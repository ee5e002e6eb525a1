// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-forged.c - the law of --rtt under attack: a SYN-ACK without the right cookie is rejected, whatever
 * timestamp it echoes. It makes no event, so no round trip, and changes no table, so no result. The attacker
 * knows all but the key, and may have seen other probes of the scan.
 *
 * MUTATIONS (200,000): the number of frames for each program. Only the clock differs from run to run.
 */
#include "fixture.h"

#include "random.h"

enum { FORGERIES_DEFAULT = 200000, SEED = 1 };
#define AGE_NS 5000000000

/* What the sender of a frame knows. KNOWS_HALF: the half of the cookie's hash that is in the timestamp. */
enum forger { GUESSES, KNOWS_STAMP, NEARLY_RIGHT, KNOWS_OTHER, KNOWS_HALF, FORGERS };

static struct probe_tcp_stamped_frame probe_of(const struct fixture *f, __u32 addr, __u16 port,
					       __u8 attempt, __u64 sent_ns)
{
	const struct probe_target target = target_of(addr, port);
	struct probe_tcp_stamped_frame probe;

	probe_build(&probe, PROBE_TCP, &f->probe, &target, attempt);
	probe_stamp(&probe, PROBE_TCP, &f->probe, sent_ns);
	return probe;
}

/* A probe of the scan, which leaves at time 0. */
static struct probe_tcp_stamped_frame draw_probe(const struct fixture *f, uint64_t *random)
{
	const struct range *range = &host_ranges[next_random(random) % 2];
	const __u32 first = addr_to_ip4(range->first), n = addr_to_ip4(range->last) - first + 1;
	const __u32 addr = first + (__u32)(next_random(random) % n);
	const __u16 port = port_list[next_random(random) % PORTS];

	return probe_of(f, addr, port, (__u8)(next_random(random) % TRIES), 0);
}

/* The number of a probe and its timestamp become what the forger takes them for. */
static void forge_numbers(const struct fixture *f, enum forger forger,
			  struct probe_tcp_stamped_frame *probe, uint64_t *random)
{
	const __be32 tick = htonl(probe_tcp_tick(monotonic_ns() - AGE_NS));
	const struct probe_tcp_stamped_frame other = draw_probe(f, random);
	const __u32 right = ntohl(probe->syn.tcp.seq);
	const __be32 half = probe->stamps.value;
	__u32 number = (__u32)(next_random(random) >> 16);

	probe->stamps.value ^= tick;
	switch (forger) {
	case GUESSES:
		probe->stamps.value = (__be32)(next_random(random) >> 16);
		break;
	case NEARLY_RIGHT:
		number = right + number % 9 - 4;
		break;
	case KNOWS_OTHER:
		number = ntohl(other.syn.tcp.seq);
		probe->stamps.value = other.stamps.value ^ tick;
		break;
	case KNOWS_HALF:
		number = ntohl(half);
		break;
	default:
		break;
	}
	probe->syn.tcp.seq = htonl(number == right ? right + 1 : number);
}

/* Other stacks have their options in another order. */
static void move_options(struct frame *frame, uint64_t *random)
{
	enum {
		AT = offsetof(struct reply_synack_frame, mss),
		LEN = sizeof(struct reply_stamped_frame) - AT
	};
	__u8 *options = frame->bytes + AT, first[4];

	if (next_random(random) % 2)
		return;
	memcpy(first, options, sizeof(first));
	memmove(options, options + sizeof(first), LEN - sizeof(first));
	memcpy(options + LEN - sizeof(first), first, sizeof(first));
}

/* A frame whose checksums are right, and whose cookie is not. */
static void forge(const struct fixture *f, struct frame *frame, uint64_t *random)
{
	struct probe_tcp_stamped_frame probe = draw_probe(f, random);
	struct reply_stamped_frame reply;

	forge_numbers(f, (enum forger)(next_random(random) % FORGERS), &probe, random);
	reply_stamped(&reply, &probe, probe.stamps.value);
	frame_set(frame, &reply, sizeof(reply));
	move_options(frame, random);
}

/* The true answer to the question counts, and has a round trip. */
static void check_true_answer(struct fixture *f)
{
	const __u64 before_ns = monotonic_ns();
	const struct probe_tcp_stamped_frame probe =
		probe_of(f, TARGET, TARGET_PORT, 0, before_ns - AGE_NS);
	struct reply_stamped_frame reply;
	struct frame frame;

	reply_stamped(&reply, &probe, probe.stamps.value);
	frame_set(&frame, &reply, sizeof(reply));
	assert_int_equal(run(f, &frame), DROP);
	assert_int_equal(f->n_events, 1);
	assert_int_equal(f->events[0].question, TARGET_QUESTION);
	assert_in_range(f->events[0].age, 1 + (AGE_NS >> PROBE_TCP_TICK_BITS),
			3 + ((monotonic_ns() - before_ns + AGE_NS) >> PROBE_TCP_TICK_BITS));
	f->n_events = 0;
}

static __u64 forgeries(void)
{
	const char *text = getenv("MUTATIONS");

	return text && *text ? strtoull(text, NULL, 10) : FORGERIES_DEFAULT;
}

static void check_counters(const struct fixture *f, __u64 n)
{
	const struct stats stats = stats_of(f, LANE_QUESTIONS);

	assert_int_equal(stats.rejected, n);
	assert_int_equal(stats.seen, n + 1);
	assert_int_equal(stats.answers[0], 1);
	assert_int_equal(stats.duplicates + stats.pulses + stats.late + stats.events_lost, 0);
}

static void forged_stamps(void **state)
{
	const __u64 n = forgeries();
	__u8 answers[HOSTS * PORTS] = { 0 };
	uint64_t random = SEED;
	struct frame frame;
	struct fixture f;
	__u64 i;

	assert_true(n > 0);
	fixture_load(&f, *state,
		     &(struct setup){ .fate_yes = FATE_DROP, .report_all = true, .stamps = true });
	for (i = 0; i < n; i++) {
		if (i == n / 2) {
			check_true_answer(&f);
			answers[TARGET_QUESTION] = ANSWER_OPEN;
		}
		forge(&f, &frame, &random);
		assert_int_equal(run(&f, &frame), PASS);
		assert_int_equal(f.n_events, 0);
		assert_memory_equal(f.matcher.answers.mem, answers, sizeof(answers));
	}
	check_counters(&f, n);
	print_message("  %s: %llu forged frames, all rejected\n", f.hook->program,
		      (unsigned long long)n);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "forged timestamps, XDP", forged_stamps, NULL, NULL, (void *)&xdp },
		{ "forged timestamps, tc", forged_stamps, NULL, NULL, (void *)&tc },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
