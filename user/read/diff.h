/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * diff.h - what came, went and changed between two results. Pure.
 *
 * Something that only one result has is `new` if the new one has it. If the old one has it, it is
 * `gone` where the new scan would have found it, else `not seen`. A change of words alone (vendor,
 * round trip) is no difference. A name counts where both results have one: without --names, or after
 * silence of the resolver, it is unknown.
 */
#ifndef XSCAN_DIFF_H
#define XSCAN_DIFF_H

#include "results.h"

enum diff_kind { DIFF_NEW, DIFF_GONE, DIFF_NOT_SEEN, DIFF_CHANGED, DIFF_KINDS_N };

enum diff_what {
	DIFF_HOST,
	DIFF_MAC,     /* of a host that both have */
	DIFF_NAME,    /* the same */
	DIFF_PORT,    /* open, or not */
	DIFF_SERVICE, /* of a port that both have */
};

/* Why the result that lacks it does not show that it is not there. */
enum diff_doubt {
	DOUBT_NONE,
	DOUBT_NOT_ASKED,
	DOUBT_UNKNOWN,	  /* the file does not say what was asked */
	DOUBT_INCOMPLETE, /* the scan did not come to its end */
	DOUBT_LOSS,	  /* answers are missing, or may be */
};

struct difference {
	enum diff_kind kind;
	enum diff_what what;
	enum diff_doubt doubt;
	/* NULL: this result has none. Of a port both hosts may be NULL. */
	const struct found_host *old_host, *new_host;
	const struct found_port *old_port, *new_port;
};

/* The words for it: "not-seen", "port", "not-asked". The word of DOUBT_NONE is NULL. */
const char *diff_kind_word(enum diff_kind kind);
const char *diff_what_word(enum diff_what what);
const char *diff_doubt_word(enum diff_doubt doubt);

/* Why what `r` lacks may be there, even if it was asked for. */
enum diff_doubt diff_doubt_of(const struct results *r);

/*
 * Hand each difference to `tell`, by address and port, hosts before their ports. Both results must
 * have the same words. Stops at the first `tell` that returns not 0, and returns that.
 */
int diff(const struct results *old, const struct results *new,
	 int (*tell)(void *ctx, const struct difference *d), void *ctx);

#endif
