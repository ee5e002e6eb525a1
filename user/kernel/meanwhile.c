// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* meanwhile.c - a thread for one call. */
#include "meanwhile.h"

static void *run(void *ctx)
{
	const struct meanwhile *m = ctx;

	m->call(m->ctx);
	return NULL;
}

void meanwhile_begin(struct meanwhile *m, void (*call)(void *ctx), void *ctx)
{
	*m = (struct meanwhile){ .call = call, .ctx = ctx };
	m->runs = !pthread_create(&m->thread, NULL, run, m);
}

void meanwhile_end(struct meanwhile *m)
{
	if (m->runs)
		pthread_join(m->thread, NULL);
	else
		m->call(m->ctx);
}
