// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * tx_xdp.c - fill the queue of the in-kernel sender and run it.
 *
 * The kernel does not report frames that the device refuses: the redirect succeeds, the device
 * refuses later. So read the interface's own counters. With the first frame they prove that the
 * device transmits XDP frames at all; after each run they show whether the burst was too long.
 */
#include "tx_xdp.h"

#include "abi.h"
#include "link_stats.h"
#include "xdp_features.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

/*
 * How many frames the kernel makes before it hands them to the device and runs softirqs, also those
 * of a veth's other end. Longer bursts cost less but overrun queues: one of veth holds 256 frames,
 * and answers need room too. Halve the burst at any drop; grow it slowly while there is none.
 */
enum { BURST_FIRST = 16, BURST_MIN = 4, BURST_MAX = 64, BURST_STEP = 4, CLEAN_RUNS = 16 };

/* How long to wait until the counters show the first frame: some drivers count slowly. */
enum { PROOF_TRIES = 2500, PROOF_WAIT_NS = 1000000 };

struct tx_xdp {
	struct tx tx;
	const char *iface;
	const struct probe_config *probe;
	int program_fd;
	struct send_queue *queue;
	struct link_stats_reader counters;
	struct link_stats first, last;
	bool proven;
	uint64_t sent;
	unsigned int burst;
	unsigned int clean_runs; /* since the last change of the burst */
};

static struct tx_xdp *self(struct tx *tx)
{
	return (struct tx_xdp *)((char *)tx - offsetof(struct tx_xdp, tx));
}

/* Take over the program's readings of the clock. The last frames have the time of the last reading. */
static void note(struct tx_xdp *t)
{
	const struct send_queue *q = t->queue;
	struct departures *d = t->tx.departures;
	const unsigned int last = q->next ? (q->next - 1) / SEND_CLOCK * SEND_CLOCK : 0;
	unsigned int i;

	if (!d || !q->next)
		return;
	for (i = 0; i <= last; i += SEND_MARK)
		departures_add(d, i ? SEND_MARK : 0, q->times_ns[i / SEND_MARK]);
	if (last % SEND_MARK)
		departures_add(d, last % SEND_MARK, q->now_ns);
	d->frames += q->next - last;
}

static int run(struct tx_xdp *t, enum probe_kind kind, unsigned int n, struct err *err)
{
	/* The program overwrites every byte of the frame. */
	static const __u8 blank[sizeof(union probe_frame) + SEND_SPARE];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = blank,
		    .data_size_in = probe_room(kind, t->probe) + SEND_SPARE, .repeat = (int)n,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = t->burst < n ? t->burst : n);
	int code;

	t->queue->next = 0;
	code = bpf_prog_test_run_opts(t->program_fd, &opts);
	if (code == -EINVAL)
		return err_set(err, code,
			       "this kernel cannot send live XDP frames (Linux 5.18): "
			       "use --tx af_packet");
	if (code && code != -EINTR)
		return err_set(err, code, "%s: cannot send: %s", t->iface, strerror(-code));
	t->sent += t->queue->next;
	note(t);
	return (int)t->queue->next;
}

static int refuse(const char *iface, struct err *err)
{
	return err_set(err, -EOPNOTSUPP,
		       "%s: does not transmit XDP frames: use --tx af_packet (some drivers need an "
		       "XDP program loaded first; a veth needs GRO on, or an XDP program, at its "
		       "other end)",
		       iface);
}

int tx_xdp_check(int ifindex, const char *iface, struct err *err)
{
	return xdp_features_can_send(ifindex) ? 0 : refuse(iface, err);
}

/* Send one frame, and wait until the device's counters show it. */
static int prove(struct tx_xdp *t, enum probe_kind kind, struct err *err)
{
	const struct timespec wait = { .tv_nsec = PROOF_WAIT_NS };
	int code = link_stats_read(&t->counters, &t->first), i;

	if (!code)
		code = run(t, kind, 1, err);
	else
		err_set(err, code, "%s: cannot read its counters: %s", t->iface, strerror(-code));
	if (code < 0)
		return code;
	for (i = 0; i < PROOF_TRIES; i++) {
		code = link_stats_read(&t->counters, &t->last);
		if (code)
			break;
		if (t->last.tx_packets > t->first.tx_packets) {
			t->proven = true;
			return 1;
		}
		nanosleep(&wait, NULL);
	}
	return refuse(t->iface, err);
}

static void adapt_burst(struct tx_xdp *t)
{
	struct link_stats now;

	if (link_stats_read(&t->counters, &now))
		return;
	if (now.tx_dropped > t->last.tx_dropped || now.rx_dropped > t->last.rx_dropped) {
		t->burst = t->burst / 2 > BURST_MIN ? t->burst / 2 : BURST_MIN;
		t->clean_runs = 0;
	} else if (++t->clean_runs == CLEAN_RUNS) {
		t->burst = t->burst + BURST_STEP < BURST_MAX ? t->burst + BURST_STEP : BURST_MAX;
		t->clean_runs = 0;
	}
	t->last = now;
}

static int send_probes(struct tx *tx, enum probe_kind kind, unsigned int n, __u8 attempt,
		       struct err *err)
{
	struct tx_xdp *t = self(tx);
	int sent;

	t->queue->attempt = attempt;
	if (!t->proven)
		return prove(t, kind, err);
	sent = run(t, kind, n, err);
	if (sent > (int)t->burst)
		adapt_burst(t);
	return sent;
}

/* Frames handed over minus frames sent, or known drops if there are more of them. */
static uint64_t errors(struct tx *tx)
{
	struct tx_xdp *t = self(tx);
	const struct timespec wait = { .tv_nsec = PROOF_WAIT_NS };
	uint64_t out, dropped, missing;
	int tries = 0;

	if (!t->proven)
		return 0;
	/* Some drivers count late: give them as much time as for the first frame. */
	do {
		if (link_stats_read(&t->counters, &t->last))
			return 0;
		out = t->last.tx_packets - t->first.tx_packets;
		dropped = t->last.tx_dropped - t->first.tx_dropped;
	} while (out + dropped < t->sent && tries++ < PROOF_TRIES && !nanosleep(&wait, NULL));
	missing = t->sent > out ? t->sent - out : 0;
	t->first = t->last;
	t->sent = 0;
	return missing > dropped ? missing : dropped;
}

/* Do not wait: a run that a signal cut short goes on at once. */
static void no_wait(struct tx *tx)
{
	(void)tx;
}

static void close_all(struct tx *tx)
{
	struct tx_xdp *t = self(tx);

	if (t->queue)
		munmap(t->queue, sizeof(*t->queue));
	link_stats_close(&t->counters);
	free(t);
}

static const struct tx_ops ops = {
	.send = send_probes,
	.wait = no_wait,
	.errors = errors,
	.close = close_all,
};

static int set_up(struct tx_xdp *t, struct bpf_object *object, int ifindex, struct err *err)
{
	const __u32 zero = 0;
	int code;

	t->program_fd = bpf_program__fd(bpf_object__find_program_by_name(object, "xscan_send"));
	code = link_stats_open(&t->counters, ifindex);
	if (code)
		return err_set(err, code, "%s: cannot read its counters: %s", t->iface,
			       strerror(-code));
	code = bpf_map_update_elem(bpf_object__find_map_fd_by_name(object, "xscan_device"), &zero,
				   &ifindex, BPF_ANY);
	if (code)
		return err_set(err, code, "%s: cannot send to it from XDP: %s", t->iface,
			       strerror(-code));
	t->queue = mmap(NULL, sizeof(*t->queue), PROT_READ | PROT_WRITE, MAP_SHARED,
			bpf_object__find_map_fd_by_name(object, "xscan_queue"), 0);
	if (t->queue != MAP_FAILED)
		return 0;
	t->queue = NULL;
	return err_set(err, -errno, "cannot map the sending queue: %s", strerror(errno));
}

struct tx *tx_xdp_open(struct bpf_object *object, const struct probe_config *probe, int ifindex,
		       const char *iface, struct err *err)
{
	struct tx_xdp *t = calloc(1, sizeof(*t));

	if (!t) {
		err_set(err, -ENOMEM, "out of memory");
		return NULL;
	}
	t->iface = iface;
	t->probe = probe;
	t->burst = BURST_FIRST;
	if (set_up(t, object, ifindex, err)) {
		close_all(&t->tx);
		return NULL;
	}
	t->tx = (struct tx){
		.ops = &ops,
		.targets = t->queue->targets,
		.batch = SEND_QUEUE,
		.mark = SEND_MARK,
		.silent = true,
	};
	return &t->tx;
}
