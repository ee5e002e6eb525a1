/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * table.h - the table that a person gets on a terminal when the scan is over. It has hosts by address,
 * the ports of each by number, and the number of those not shown.
 *
 * Rows are held until then. Memory is bounded: a table with TABLE_ROWS_MAX rows is printed, and
 * another one begins. Strings of the records are not copied; they must outlive the table.
 */
#ifndef XSCAN_TABLE_H
#define XSCAN_TABLE_H

#include "sinks.h"

enum { TABLE_ROWS_MAX = 1 << 18 }; /* of 64 bytes: 16 MiB */

/* Each returns 0 or a negative errno. A second record of a host replaces the first. */
int table_host(struct sink *s, const struct result_host *h);
int table_port(struct sink *s, const struct result_port *p);
int table_done(struct sink *s, const struct result_done *d);

/* Print what the table holds. */
int table_end(struct sink *s);
void table_free(struct sink *s);

#endif
