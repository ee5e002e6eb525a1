/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * names.h - the names of numbers: TCP services and MAC address vendors, from the system's files.
 *
 * Both lists are read at the first question; a file that is missing means names are unknown, no
 * more. The strings live until names_free.
 */
#ifndef XSCAN_NAMES_H
#define XSCAN_NAMES_H

#include <stdint.h>

struct names;

struct names *names_new(void); /* NULL: out of memory */
void names_free(struct names *n);

/* The service of a TCP port (host order) in /etc/services, or NULL. */
const char *names_service(struct names *n, uint16_t port);

/* Who the MAC address's prefix is assigned to, or NULL. */
const char *names_vendor(struct names *n, const uint8_t mac[6]);

/*
 * Read the vendors from the file `path` in place of the system's, in the format of arp-scan's
 * ieee-oui.txt, nmap's nmap-mac-prefixes or the IEEE's oui.txt. 0 or -errno; after an error all
 * vendors are unknown. Strings returned by names_vendor before are gone.
 */
int names_load_vendors(struct names *n, const char *path);

/* The TCP port of a service name, or 0. */
uint16_t names_port(const char *service);

#endif
