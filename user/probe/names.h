/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * names.h - names from the system's files: services and vendors of MAC addresses.
 *
 * Each list is read when first needed. Without the file the names are unknown; that is no error.
 * The strings live until names_free.
 */
#ifndef XSCAN_NAMES_H
#define XSCAN_NAMES_H

#include <stdint.h>

struct names;

struct names *names_new(void); /* NULL: out of memory */
void names_free(struct names *n);

/* The service of a TCP port (host order) in /etc/services, or NULL. */
const char *names_service(struct names *n, uint16_t port);

/* The same of a UDP port. */
const char *names_udp_service(struct names *n, uint16_t port);

/*
 * The kind of virtual machine, or the vendor that the longest known prefix of the MAC address is
 * assigned to, or NULL.
 */
const char *names_vendor(struct names *n, const uint8_t mac[6]);

/*
 * Read the vendors from the file `path` instead of the system's list. Formats: arp-scan's
 * ieee-oui.txt, nmap's nmap-mac-prefixes, the IEEE's oui.txt. 0 or -errno; after an error all
 * vendors are unknown. Strings from earlier calls of names_vendor become invalid.
 */
int names_load_vendors(struct names *n, const char *path);

/* The TCP port of a service name (host order), or 0. */
uint16_t names_port(const char *service);

/* The same for UDP. */
uint16_t names_udp_port(const char *service);

#endif
