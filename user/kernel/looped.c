// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * looped.c - ask for copies in a control message, and read them from the socket's queue of errors.
 *
 * If the device stands on another (VLAN, bond, a veth into a bridge), the kernel queues a frame for each
 * of them, and hands back a copy each time. The first copy is that of our device.
 */
#include "looped.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/if_packet.h>
#include <linux/net_tstamp.h>
#include <string.h>
#include <time.h>

int looped_open(struct looped *l, int fd)
{
	const int reported = SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_ID;
	const uint32_t asked = SOF_TIMESTAMPING_TX_SCHED;
	struct cmsghdr *head = (struct cmsghdr *)l->request;

	*l = (struct looped){ .next = 0 };
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SO_TIMESTAMPING;
	head->cmsg_len = CMSG_LEN(sizeof(asked));
	memcpy(CMSG_DATA(head), &asked, sizeof(asked));
	return setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &reported, sizeof(reported)) ? -errno
											: 0;
}

void looped_mark(struct looped *l, struct msghdr *message, bool marked)
{
	message->msg_control = marked ? l->request : NULL;
	message->msg_controllen = marked ? sizeof(l->request) : 0;
}

static uint64_t now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* The kernel gives the time of day. */
static uint64_t monotonic_ns(const struct timespec *time)
{
	const uint64_t time_ns = (uint64_t)time->tv_sec * 1000000000 + (uint64_t)time->tv_nsec;

	return time_ns - now_ns(CLOCK_REALTIME) + now_ns(CLOCK_MONOTONIC);
}

/* Read what came with a copy: its time, and the number of the frame. */
static void read_control(struct msghdr *message, uint64_t *time_ns, uint32_t *number)
{
	struct scm_timestamping stamps = { 0 };
	struct sock_extended_err about = { 0 };
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPING &&
		    c->cmsg_len >= CMSG_LEN(sizeof(stamps)))
			memcpy(&stamps, CMSG_DATA(c), sizeof(stamps));
		if (c->cmsg_level == SOL_PACKET && c->cmsg_type == PACKET_TX_TIMESTAMP &&
		    c->cmsg_len >= CMSG_LEN(sizeof(about)))
			memcpy(&about, CMSG_DATA(c), sizeof(about));
	}
	*time_ns = monotonic_ns(&stamps.ts[0]);
	*number = about.ee_data;
}

bool looped_take(struct looped *l, int fd, struct tx_copy *to)
{
	_Alignas(struct cmsghdr) char control[512];
	struct iovec iov = { to->bytes, sizeof(to->bytes) };
	uint32_t number;
	ssize_t n;

	do {
		struct msghdr message = {
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};

		n = recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT);
		if (n < 0)
			return false;
		read_control(&message, &to->time_ns, &number);
	} while ((int32_t)(number - l->next) < 0);
	l->next = number + 1;
	to->len = (unsigned int)n;
	return true;
}
