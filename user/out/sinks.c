// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* sinks.c - the table of output formats, and what they share. */
#include "sinks.h"

#include "machines.h"

#include <errno.h>
#include <poll.h>
#include <stdio_ext.h>
#include <string.h>

const struct sink_ops *const sink_formats[SINK_FORMATS_N] = {
	&out_json,
};

int sink_flush(struct sink *s)
{
	errno = 0;
	if (fflush(s->file) || ferror(s->file))
		return errno ? -errno : -EIO; /* ferror alone gives no reason */
	return 0;
}

/* A reader that only takes long gets this time after a signal. */
enum { GRACE_MS = 500 };

int sink_flush_patiently(struct sink *s)
{
	struct pollfd fds[] = {
		{ .fd = fileno(s->file), .events = POLLOUT },
		{ .fd = s->signal_fd, .events = POLLIN },
	};

	while (s->may_block && !fds[0].revents) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return -errno;
		if (fds[0].revents || !fds[1].revents)
			continue;
		if (poll(fds, 1, GRACE_MS) <= 0)
			return -EINTR;
	}
	return sink_flush(s);
}

int sink_make_room(struct sink *s)
{
	return __fpending(s->file) + SINK_RECORD_MAX > SINK_BUFFER ? sink_flush_patiently(s) : 0;
}

bool sink_is_stdout(const struct sink_wish *wish)
{
	return !strcmp(wish->path, "-");
}

const char *sink_mac(const uint8_t mac[6], char text[MAC_TEXT])
{
	snprintf(text, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
		 mac[4], mac[5]);
	return text;
}

const char *sink_vendor(const char *vendor, const uint8_t mac[6])
{
	return vendor ?: machines_is_local(mac) ? "(locally administered)" : "(unknown)";
}
