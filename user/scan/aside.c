// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* aside.c - read counters; attach at tc, hand over, detach from XDP, in this order. */
#include "aside.h"

#include "ask.h"
#include "engine.h"
#include "handover.h"
#include "outlet.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MS_NS = 1000000, EARLY_NS = 300 * MS_NS };

/* Print for -v. */
static void tell(struct engine *e, uint64_t now_ns, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void tell(struct engine *e, uint64_t now_ns, const char *format, ...)
{
	va_list args;

	if (!e->config->verbose)
		return;
	report_pause(e->report);
	fprintf(stderr, "attach     after %.1f s: ",
		(double)((now_ns - e->aside->since_ns) / MS_NS) / 1000);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

/* Look at the interface alone. False: it cannot be read. */
static bool look(const struct aside *a, uint64_t now_ns, struct traffic *out)
{
	struct link_stats counters;

	*out = (struct traffic){ .time_ns = now_ns };
	if (!a->counters.socket || link_stats_read(&a->counters, &counters))
		return false;
	out->bytes = counters.bytes;
	return true;
}

void aside_open(struct aside *a, int ifindex, uint64_t now_ns)
{
	*a = (struct aside){ .since_ns = now_ns };
	if (link_stats_open(&a->counters, ifindex) || !look(a, now_ns, &a->at))
		aside_close(a);
}

void aside_close(struct aside *a)
{
	link_stats_close(&a->counters);
}

bool aside_is_quiet(struct aside *a, uint64_t now_ns)
{
	struct traffic now;

	return look(a, now_ns, &now) && traffic_is_quiet(&a->at, &now);
}

static struct attach *attach_of(const struct engine *e)
{
	return &e->outlets->v[0].attach;
}

bool aside_is_possible(const struct engine *e)
{
	return e->outlets->n == 1 && attach_of(e)->yields && !e->aside->stays;
}

/* Attach at tc in place of XDP, where nothing is attached yet. */
static int attach_at_tc(struct engine *e, const char *why, struct err *err)
{
	int fd = handover_load(&e->matcher, err), code;

	if (fd < 0)
		return fd;
	attach_fall_back(attach_of(e), why);
	code = attach_program(attach_of(e), fd, err);
	if (code)
		return code;
	handover_now(&e->matcher, 1); /* long ago: XDP has entered nothing */
	tell(e, loop_now_ns(), "tc: %s", attach_of(e)->why);
	return 0;
}

int aside_attach(struct engine *e, struct err *err)
{
	char why[64];
	int code;

	/* Loading took milliseconds, in which more shows than before the choice. */
	if (attach_of(e)->falls_back && attach_of(e)->yields &&
	    !aside_is_quiet(e->aside, loop_now_ns()))
		return attach_at_tc(e, "others use the interface", err);
	code = attach_program(attach_of(e), matcher_program_fd(&e->matcher), err);
	if (!code || !attach_of(e)->falls_back)
		return code;
	snprintf(why, sizeof(why), "the driver refuses XDP: %s", strerror(-code));
	return attach_at_tc(e, why, err);
}

bool aside_waits(const struct engine *e, uint64_t now_ns)
{
	return aside_is_possible(e) && now_ns - e->aside->since_ns < EARLY_NS;
}

void aside_prepare(struct engine *e)
{
	struct err err;
	int fd;

	if (!aside_is_possible(e))
		return;
	fd = handover_load(&e->matcher, &err);
	if (fd >= 0) {
		attach_hold_ready(attach_of(e), fd);
		return;
	}
	e->aside->stays = true;
	tell(e, loop_now_ns(), "stays at native XDP: %s", err.text);
}

/* Both programs are attached for a moment. Ask again what the driver may have thrown away. */
static int step_aside(struct engine *e, uint64_t now_ns, struct err *err)
{
	int fd = handover_load(&e->matcher, err), code;
	unsigned int lane;

	if (fd < 0)
		return fd;
	code = attach_beside(attach_of(e), fd);
	if (code)
		return err_set(err, code, "cannot attach at tc: %s", strerror(-code));
	handover_now(&e->matcher, loop_now_ns());
	attach_step_aside(attach_of(e));
	for (lane = 0; lane < LANES; lane++)
		if (e->asks[lane])
			ask_resend_since(e->asks[lane], now_ns, loop_now_ns());
	return 0;
}

void aside_look(struct engine *e, uint64_t now_ns)
{
	struct aside *a = e->aside;
	const struct traffic before = a->at;
	unsigned int lane;
	struct traffic now;
	struct err err;

	if (!aside_is_possible(e) || !look(a, now_ns, &now))
		return;
	now.sent = e->sent;
	now.more_bytes = e->more_bytes;
	for (lane = 0; lane < LANES; lane++)
		now.answers += matcher_stats(&e->matcher, lane).seen;
	a->at = now;
	if (traffic_is_quiet(&before, &now))
		return;
	a->stays = true;
	if (step_aside(e, now_ns, &err))
		tell(e, now_ns, "stays at native XDP: %s", err.text);
	else
		tell(e, now_ns, "steps aside to tc: others use the interface, %.1f Mbit/s",
		     (double)traffic_of_others(&before, &now) * 8 / 1e6);
}
