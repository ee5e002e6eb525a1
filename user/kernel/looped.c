// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* looped.c - ask for copies in a control message, and read them from the socket's queue of errors. */
#include "looped.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <string.h>
#include <time.h>

struct looped_request looped_request(void)
{
	const uint32_t asked = SOF_TIMESTAMPING_TX_SCHED;
	struct looped_request r = { { 0 } };
	struct cmsghdr *head = (struct cmsghdr *)r.bytes;

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SO_TIMESTAMPING;
	head->cmsg_len = CMSG_LEN(sizeof(asked));
	memcpy(CMSG_DATA(head), &asked, sizeof(asked));
	return r;
}

int looped_open(int fd)
{
	const int reported = SOF_TIMESTAMPING_SOFTWARE;

	return setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &reported, sizeof(reported)) ? -errno
											: 0;
}

void looped_mark(struct msghdr *message, struct looped_request *request, bool marked)
{
	message->msg_control = marked ? request->bytes : NULL;
	message->msg_controllen = marked ? sizeof(request->bytes) : 0;
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

bool looped_take(int fd, struct tx_copy *to)
{
	_Alignas(struct cmsghdr) char control[512];
	struct iovec iov = { to->bytes, sizeof(to->bytes) };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	const ssize_t n = recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT);
	struct scm_timestamping stamps = { 0 };
	struct cmsghdr *c;

	if (n < 0)
		return false;
	for (c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPING &&
		    c->cmsg_len >= CMSG_LEN(sizeof(stamps)))
			memcpy(&stamps, CMSG_DATA(c), sizeof(stamps));
	to->time_ns = monotonic_ns(&stamps.ts[0]);
	to->len = (unsigned int)n;
	return true;
}
