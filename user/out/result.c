// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* result.c - the words for what became of a probe. */
#include "result.h"

#include <errno.h>

static bool is_filtered(uint8_t state)
{
	return state >= ANSWER_FILTERED && state <= ANSWER_FILTERED_LAST;
}

const char *result_state_name(uint8_t state)
{
	if (state == ANSWER_OPEN)
		return "open";
	if (state == ANSWER_CLOSED)
		return "closed";
	return is_filtered(state) ? "filtered" : "unanswered";
}

const char *result_reason(uint8_t state)
{
	/* RFC 792 and RFC 1812 5.2.7.1; nmap has one word for all codes that are not here. */
	static const char *const unreachable[] = {
		[0] = "net-unreach",	   [1] = "host-unreach",
		[2] = "proto-unreach",	   [3] = "port-unreach",
		[9] = "net-prohibited",	   [10] = "host-prohibited",
		[13] = "admin-prohibited", [15] = NULL,
	};

	if (state == ANSWER_OPEN)
		return "syn-ack";
	if (state == ANSWER_CLOSED)
		return "reset";
	if (!is_filtered(state))
		return "no-response";
	return unreachable[state - ANSWER_FILTERED] ?: "dest-unreach";
}

int sink_flush(struct sink *s)
{
	errno = 0;
	if (fflush(s->file) || ferror(s->file))
		return errno ? -errno : -EIO; /* ferror alone does not say what went wrong */
	return 0;
}
