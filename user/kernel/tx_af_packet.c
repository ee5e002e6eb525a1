// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tx_af_packet.c - send batches of frames with sendmmsg over one AF_PACKET socket. */
#include "tx_af_packet.h"

#include "loop.h"
#include "looped.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Send so many frames at once: the kernel takes 20 us for them. */
enum { MARK = 16, MARK_STAMPED = 8 };

struct tx_af_packet {
	struct tx tx;
	int fd;
	const struct iface *iface;
	const struct probe_config *probe;
	unsigned int stamped;	 /* so many of the frames have their time */
	size_t skip;		 /* bytes at the start of a frame that are not sent */
	struct sockaddr_ll addr; /* destination of each frame, if frames lack the Ethernet header */
	struct probe_target targets[TX_AF_PACKET_BATCH];
	struct iovec iov[TX_AF_PACKET_BATCH];
	struct mmsghdr messages[TX_AF_PACKET_BATCH];
	struct looped looped;
	size_t room; /* of a frame: small frames stay close to each other */
	char frames[];
};

static struct tx_af_packet *self(struct tx *tx)
{
	return (struct tx_af_packet *)((char *)tx - offsetof(struct tx_af_packet, tx));
}

static void *frame_at(struct tx_af_packet *t, unsigned int i)
{
	return t->frames + i * t->room;
}

static void note(struct tx_af_packet *t, unsigned int sent)
{
	if (t->tx.departures)
		departures_add(t->tx.departures, sent, loop_now_ns());
}

/* Frames that a device has refused are built again: none is stamped twice. */
static void stamp(struct tx_af_packet *t, enum probe_kind kind, unsigned int end)
{
	const uint64_t now_ns = loop_now_ns();

	for (; t->stamped < end; t->stamped++)
		probe_stamp(frame_at(t, t->stamped), kind, t->probe, now_ns);
}

/* Send the first n frames. */
static int send_frames(struct tx_af_packet *t, enum probe_kind kind, unsigned int n,
		       struct err *err)
{
	const bool stamps = probe_has_stamp(kind, t->probe);
	const unsigned int most = stamps ? MARK_STAMPED : MARK;
	unsigned int done = 0, now;
	int sent;

	/*
	 * Offer a refused frame twice. sendmmsg says only of its first frame why it is not taken, and
	 * some queues make room only when a frame is offered, behind that.
	 */
	note(t, 0);
	do {
		now = n - done < most ? n - done : most;
		if (stamps)
			stamp(t, kind, done + now);
		sent = sendmmsg(t->fd, t->messages + done, now, 0);
		if (sent > 0) {
			done += (unsigned int)sent;
			note(t, (unsigned int)sent);
		}
	} while (done < n && (sent > 0 || errno == EINTR));
	if (done == n)
		return (int)n;
	if (errno == ENOBUFS || errno == EAGAIN || errno == ENOMEM) {
		t->tx.refused = errno != EAGAIN;
		t->tx.full++;
		return (int)done;
	}
	if (errno == ENETDOWN || errno == ENXIO || errno == ENODEV)
		return err_set(err, -errno, "%s: went down during the scan", t->iface->name);
	return err_set(err, -errno, "%s: cannot send: %s", t->iface->name, strerror(errno));
}

static bool is_of_flow(const struct capture_config *flow, enum probe_kind kind,
		       const struct probe_target *target)
{
	if (htons(target->port) != flow->port)
		return false;
	return probe_is_ip6(kind) ? net_addr6_equal(&target->addr6, &flow->addr6)
				  : target->addr == flow->addr;
}

static int send_probes(struct tx *tx, enum probe_kind kind, unsigned int n, __u8 attempt,
		       struct err *err)
{
	struct tx_af_packet *t = self(tx);
	unsigned int i;

	t->stamped = 0;
	t->addr.sll_protocol = htons(probe_is_ip6(kind) ? ETH_P_IPV6 : ETH_P_IP);
	for (i = 0; i < n; i++) {
		const struct probe_target *target = &t->targets[i];

		probe_build(frame_at(t, i), kind, t->probe, target, attempt);
		t->iov[i].iov_len = probe_len(kind, t->probe, target, attempt) - t->skip;
		if (t->tx.flow)
			looped_mark(&t->looped, &t->messages[i].msg_hdr,
				    is_of_flow(t->tx.flow, kind, target));
	}
	return send_frames(t, kind, n, err);
}

static void wait_for_room(struct tx *tx)
{
	const struct tx_af_packet *t = self(tx);
	struct pollfd pollfd = { .fd = t->fd, .events = POLLOUT };
	const struct timespec moment = { .tv_nsec = 200000 };

	/*
	 * A socket tells when its own buffer drains; a full device queue can only be tried again.
	 */
	if (t->tx.refused)
		nanosleep(&moment, NULL);
	else
		poll(&pollfd, 1, 1);
}

/* None: send reports frames that the device refuses. */
static uint64_t errors(struct tx *tx)
{
	(void)tx;
	return 0;
}

static int keep(struct tx *tx, const struct capture_config *flow, struct err *err)
{
	struct tx_af_packet *t = self(tx);
	int code = flow && !tx->flow ? looped_open(&t->looped, t->fd) : 0;
	unsigned int i;

	if (code)
		return err_set(err, code, "%s: cannot have sent frames timed: %s", t->iface->name,
			       strerror(-code));
	tx->flow = flow;
	for (i = 0; i < TX_AF_PACKET_BATCH && !flow; i++)
		looped_mark(&t->looped, &t->messages[i].msg_hdr, false);
	return 0;
}

static bool take_copy(struct tx *tx, struct tx_copy *to)
{
	struct tx_af_packet *t = self(tx);

	return looped_take(&t->looped, t->fd, to);
}

static void close_all(struct tx *tx)
{
	struct tx_af_packet *t = self(tx);

	if (t->fd >= 0)
		close(t->fd);
	free(t);
}

static const struct tx_ops ops = {
	.send = send_probes,
	.wait = wait_for_room,
	.errors = errors,
	.keep = keep,
	.copy = take_copy,
	.close = close_all,
};

static void prepare_messages(struct tx_af_packet *t)
{
	unsigned int i;

	for (i = 0; i < TX_AF_PACKET_BATCH; i++) {
		struct msghdr *message = &t->messages[i].msg_hdr;

		t->iov[i].iov_base = (char *)frame_at(t, i) + t->skip;
		message->msg_iov = &t->iov[i];
		message->msg_iovlen = 1;
		if (!t->iface->ethernet) {
			message->msg_name = &t->addr;
			message->msg_namelen = sizeof(t->addr);
		}
	}
}

struct tx *tx_af_packet_open(const struct iface *iface, const struct probe_config *probe,
			     struct err *err)
{
	/* Protocol 0: this socket never receives. */
	struct sockaddr_ll addr = { .sll_family = AF_PACKET, .sll_ifindex = iface->index };
	const size_t room = probe_room_any(probe);
	struct tx_af_packet *t = calloc(1, sizeof(*t) + TX_AF_PACKET_BATCH * room);

	if (!t) {
		err_set(err, -ENOMEM, "out of memory");
		return NULL;
	}
	t->tx = (struct tx){
		.ops = &ops,
		.targets = t->targets,
		.batch = TX_AF_PACKET_BATCH,
		.mark = MARK,
	};
	t->iface = iface;
	t->probe = probe;
	t->room = room;
	t->skip = iface->ethernet ? 0 : sizeof(struct net_eth);
	t->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (t->fd < 0) {
		err_set(err, -errno, "cannot open a packet socket: %s", strerror(errno));
		goto fail;
	}
	if (bind(t->fd, (const struct sockaddr *)&addr, sizeof(addr))) {
		err_set(err, -errno, "%s: cannot send from it: %s", iface->name, strerror(errno));
		goto fail;
	}
	t->addr = addr;
	prepare_messages(t);
	return &t->tx;
fail:
	close_all(&t->tx);
	return NULL;
}
