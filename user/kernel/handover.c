// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* handover.c - load the program for tc beside that of XDP, and tell both which of them matches. */
#include "handover.h"

#include "matcher.h"
#include "sibling.h"

#include <string.h>

int handover_load(struct matcher *m, struct err *err)
{
	int code;

	if (!m->tc_object)
		m->tc_object = sibling_load(m, MATCHER_TC, &m->config, &code);
	if (!m->tc_object)
		return err_set(err, code, "cannot load the BPF program for tc: %s",
			       strerror(-code));
	return sibling_fd(m->tc_object, MATCHER_TC);
}

void handover_now(const struct matcher *m, uint64_t now_ns)
{
	struct lease *lease = m->lease.mem;

	__atomic_store_n(&lease->aside_ns, now_ns, __ATOMIC_RELEASE);
}
