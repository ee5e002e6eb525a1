/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * vendors.h - to whom the prefixes of MAC addresses are assigned. The list is read when first needed;
 * names of vendors live until vendors_free.
 */
#ifndef XSCAN_VENDORS_H
#define XSCAN_VENDORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vendor;

/* Zero-initialised: not read yet. */
struct vendors {
	bool read;
	struct vendor *vendors; /* in the order of the file */
	size_t n_vendors;
	uint32_t *slots; /* a hash table: 1 + index in vendors, or 0 */
	size_t slots_mask;
	uint16_t digits_used; /* bit d: some prefixes have d hex digits */
	char *text;	      /* the file */
};

/* As names_load_vendors. */
int vendors_load(struct vendors *n, const char *path);

/* The vendor of the longest prefix that is known, or NULL. */
const char *vendors_find(struct vendors *n, const uint8_t mac[6]);

void vendors_free(struct vendors *n);

#endif
