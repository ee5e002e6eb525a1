/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * asked.h - what a scan asked for, by the `start` records of its results: which addresses, and which
 * ports of them. Pure.
 */
#ifndef XSCAN_ASKED_H
#define XSCAN_ASKED_H

#include "err.h"
#include "ports.h"
#include "ranges.h"
#include "words.h"

struct json_object;

enum asked { ASKED_NO, ASKED_UNKNOWN, ASKED_YES };

enum { ASKED_PROTOCOLS_MAX = 4, ASKED_IFACES_MAX = 64 };

struct asked_ports {
	const char *protocol;
	const char *text;    /* as in the record */
	struct ports *ports; /* NULL: not understood */
};

/* What one run asked. */
struct asked_run {
	const char *text; /* the record's own words: equal ones count once */
	struct ranges targets;
	bool has_more_targets;		      /* some are not understood */
	const char *ifaces[ASKED_IFACES_MAX]; /* whose links it asked; */
	unsigned int n_ifaces;		      /* 0: not known */
	struct asked_ports ports[ASKED_PROTOCOLS_MAX];
	unsigned int n_ports;
};

/* Zero-initialised: nothing is known. */
struct asked_list {
	struct asked_run *runs;
	size_t n;
};

/* Add what a `start` record says. 0, -EINVAL with the reason in err, or -ENOMEM. */
int asked_add(struct asked_list *a, struct json_object *start, struct words *words,
	      struct err *err);

/* Was this address asked, and this port of it? `zone`: the interface of a link-local one; else "". */
enum asked asked_host(const struct asked_list *a, struct addr addr, const char *zone);
enum asked asked_port(const struct asked_list *a, struct addr addr, const char *zone,
		      const char *protocol, uint16_t port);

void asked_free(struct asked_list *a);

#endif
