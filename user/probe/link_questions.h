/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * link_questions.h - questions to all IPv6 hosts of a link at once. Read their answers, and other packets
 * of both families that tell who is there. Pure.
 */
#ifndef XSCAN_LINK_QUESTIONS_H
#define XSCAN_LINK_QUESTIONS_H

#include "sightings.h"

enum link_question {
	LINK_ECHO,   /* an echo request */
	LINK_OPTION, /* the same behind an option that nobody knows, which hosts must refuse */
	LINK_MLD,    /* which groups does anybody listen to? */
	LINK_QUESTIONS_N,
};

/* Is the question asked from each prefix anew? Else once, from a link-local address. */
bool link_question_is_by_source(enum link_question question);

/*
 * Write the frame that asks. Answers to the first two repeat `token`. Returns its length in bytes.
 *
 * A query for groups has the highest link-local source there is, not `source`. The router with the
 * lowest address asks for groups (RFC 3810, 7.6.2), and it must go on. The query is of version 2,
 * which hosts of version 1 understand. A query of version 1 would make all others fall back to it
 * for minutes. Its maximum delay is 1 ms, since 0 has made hosts crash.
 */
enum { LINK_FRAME_MAX = 128 };
size_t link_question_build(enum link_question question, const uint8_t mac[6], struct addr source,
			   uint64_t token, uint8_t frame[LINK_FRAME_MAX]);

/* Of a report of many groups, those behind the first 63 do not count. */
enum { LINK_ANSWERS_MAX = 64 };

/*
 * Read a frame with its Ethernet header: who shows itself, and how. What is addressed to `own_mac`
 * alone counts only if it answers with the token. Returns how many of `out` are written.
 */
unsigned int link_answers_read(const uint8_t *frame, size_t len, uint64_t token,
			       const uint8_t own_mac[6], struct sighting out[LINK_ANSWERS_MAX]);

#endif
