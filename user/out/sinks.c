// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* sinks.c - the table of output formats, and what they share. */
#include "sinks.h"

#include "machines.h"
#include "utf8.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio_ext.h>
#include <string.h>
#include <time.h>

_Static_assert((int)SINK_BUFFER <= PIPE_BUF, "a full buffer must fit into a writable pipe");
enum { GRACE_MS = 1000, STEP = SINK_RECORD_MAX / 8 };

const struct sink_ops *const sink_formats[SINK_FORMATS_N] = {
	&out_json, &out_csv, &out_xml, &out_list, &out_metrics, &out_trace, &out_pcapng,
};

int sink_flush(struct sink *s)
{
	errno = 0;
	if (fflush(s->file) || ferror(s->file))
		return errno ? -errno : -EIO; /* ferror alone gives no reason */
	return 0;
}

int sink_drain(struct sink *s)
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
		if (s->stuck || poll(fds, 1, GRACE_MS) < 1) {
			s->stuck = true;
			return -EINTR;
		}
	}
	return sink_flush(s);
}

/* The buffer is no longer than PIPE_BUF, so it fits into a writable pipe. */
int sink_make_room(struct sink *s)
{
	return __fpending(s->file) + SINK_RECORD_MAX > SINK_BUFFER ? sink_drain(s) : 0;
}

void sink_warn(struct sink *s, int code)
{
	struct err err;

	err_set(&err, code, "%.128s: cannot write it: %s: the scan goes on", s->name,
		strerror(-code));
	if (s->warn)
		s->warn(s->warn_ctx, &err);
}

int sink_write(struct sink *s, const char *text, size_t n)
{
	size_t step;
	int code;

	for (; n; text += step, n -= step) {
		step = n < SINK_RECORD_MAX ? n : SINK_RECORD_MAX;
		code = sink_make_room(s);
		if (code)
			return code;
		fwrite(text, 1, step, s->file);
	}
	return 0;
}

int sink_text(struct sink *s, const char *text, const char *(*escape)(const char *at, size_t len))
{
	size_t n = strlen(text), len, count;
	const char *instead;
	int code;

	for (count = 0; n; count++, text += len ?: 1, n -= len ?: 1) {
		code = count % STEP ? 0 : sink_make_room(s);
		if (code)
			return code;
		len = utf8_len(text, n);
		instead = len ? escape(text, len) : UTF8_REPLACEMENT;
		if (instead)
			fputs(instead, s->file);
		else
			fwrite(text, 1, len, s->file);
	}
	return sink_make_room(s);
}

bool sink_is_stdout(const struct sink_wish *wish)
{
	return !strcmp(wish->path, "-");
}

const char *sink_time(uint64_t time_us, char text[TIME_TEXT])
{
	const time_t seconds = (time_t)(time_us / 1000000);
	struct tm tm;
	size_t n;

	gmtime_r(&seconds, &tm);
	n = strftime(text, TIME_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + n, TIME_TEXT - n, ".%06uZ", (unsigned int)(time_us % 1000000));
	return text;
}

const char *sink_place(struct addr addr, const char *zone, char text[PLACE_TEXT])
{
	size_t n = strlen(addr_text(addr, text));

	if (zone)
		snprintf(text + n, PLACE_TEXT - n, "%%%s", zone);
	return text;
}

int sink_place_cmp(struct addr a, const char *zone_a, struct addr b, const char *zone_b)
{
	return addr_cmp(a, b) ?: strcmp(zone_a ?: "", zone_b ?: "");
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
