/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * values.h - read the values of options: numbers, rates, words. Pure.
 *
 * All functions return 0, or -EINVAL with a line in err that quotes the value and says what is
 * expected. After an error their results are undefined.
 */
#ifndef XSCAN_VALUES_H
#define XSCAN_VALUES_H

#include "addr.h"
#include "err.h"
#include "shard.h"
#include "tries.h"

#include <stdbool.h>
#include <stdint.h>

/* The rate of --rate max: more than any link takes. */
#define RATE_MAX_PPS 1e9

enum { RETRIES_MAX = TRIES_MAX - 1 }; /* each try has a source port of its own */

/* `auto`, `max`, or probes a second with an optional k or M. `auto` leaves *rate unchanged. */
int values_rate(const char *text, bool *automatic, double *rate, struct err *err);

/* `off` (0), or a percentage from 1 to 100 as a share. */
int values_budget(const char *text, double *share, struct err *err);
int values_host_rate(const char *text, double *pps, struct err *err);

/* `auto`, or how often to ask again. */
int values_retries(const char *text, struct tries *tries, struct err *err);
int values_timeout(const char *text, uint64_t *timeout_ns, struct err *err);
int values_interval(const char *text, double *seconds, struct err *err);
int values_listen(const char *text, uint64_t *listen_ns, struct err *err);
int values_seed(const char *text, uint64_t *seed, struct err *err);

/* Source ports, from `first` to `last`. */
struct source_range {
	uint16_t first, last;
};

/* A port, or two with a hyphen between them: from 1 to 65535. */
int values_source_ports(const char *text, struct source_range *range, struct err *err);

/* From 1 to 255. */
int values_ttl(const char *text, uint8_t *ttl, struct err *err);

/* Six bytes in hexadecimal with colons. Not zero, nor the address of a group: no host has these. */
int values_mac(const char *option, const char *text, uint8_t mac[6], struct err *err);

/* An IPv4 or IPv6 address. */
int values_addr(const char *option, const char *text, struct addr *addr, struct err *err);

/* I/N, I from 1 to N. */
int values_shard(const char *text, struct shard *shard, struct err *err);

/* IP:PORT, [IP]:PORT for IPv6. */
int values_endpoint(const char *option, const char *text, struct addr *addr, uint16_t *port,
		    struct err *err);

/* The index of `text` in a NULL-terminated list of words. */
int values_word(const char *option, const char *text, const char *const words[], int *index,
		struct err *err);

#endif
