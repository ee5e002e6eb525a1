/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * info_parts.h - what the readers of answers (info_*.c) share: step through bytes, and write words. A
 * reader returns whether the answer has the form of its service. Only info*.c include this.
 */
#ifndef XSCAN_INFO_PARTS_H
#define XSCAN_INFO_PARTS_H

#include "info.h"

/* Bytes that are still to be read. */
struct info_bytes {
	const uint8_t *at;
	size_t left;
	size_t more; /* bytes of the payload behind them that are not here */
};

/* Step over n bytes. NULL: the bytes end before; then all are stepped over. */
const uint8_t *info_pull(struct info_bytes *b, size_t n);

/* Step over bytes at once, and return those as bytes of their own: as many as are there. */
struct info_bytes info_take(struct info_bytes *b, size_t n);

static inline unsigned int info_be16(const uint8_t *at)
{
	return (unsigned int)at[0] << 8 | at[1];
}

static inline uint32_t info_be32(const uint8_t *at)
{
	return (uint32_t)info_be16(at) << 16 | info_be16(at + 2);
}

/* Add a part, made of own words and of numbers. Parts are separated by ", ". */
void info_add(struct info *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Add a part made of the word `before`, which may be "", and foreign text. Of its bytes only printable
 * ASCII counts; all others are blanks. Nothing is added if nothing is left.
 */
void info_add_text(struct info *out, const char *before, struct info_bytes text);

/* The same up to a byte that ends it, if that is there. Returns what follows that byte. */
struct info_bytes info_add_until(struct info *out, const char *before, struct info_bytes text,
				 uint8_t end);

/* Readers. */
typedef bool info_reader(struct info *out, struct info_bytes b);

info_reader info_dns, info_mdns, info_nbns;			/* info_names.c */
info_reader info_snmp3, info_snmp1, info_cldap;			/* info_ber.c */
info_reader info_tftp, info_ssdp, info_sip, info_memcached;	/* info_words.c */
info_reader info_mssql, info_coap, info_xdmcp, info_words;	/* info_words.c */
info_reader info_wsd;						/* info_words.c */
info_reader info_ntp, info_rpcbind, info_rmcp, info_rip;	/* info_fields.c */
info_reader info_nat_pmp, info_bacnet, info_l2tp, info_openvpn; /* info_fields.c */
info_reader info_quic, info_rdp;				/* info_fields.c */
info_reader info_ike, info_ike_nat, info_stun;			/* info_lists.c */

#endif
