// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* names.c - services from NSS; vendors, and the kinds of virtual machines. */
#include "names.h"

#include "machines.h"
#include "printable.h"
#include "vendors.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct names {
	char **services;     /* by port; NULL: not read yet */
	char **udp_services; /* likewise */
	struct vendors vendors;
};

int names_load_vendors(struct names *n, const char *path)
{
	return vendors_load(&n->vendors, path);
}

const char *names_vendor(struct names *n, const uint8_t mac[6])
{
	return machines_name(mac) ?: vendors_find(&n->vendors, mac);
}

/* Read all services in one pass: getservbyport would read the file once for each port. */
static void read_services(struct names *n)
{
	struct servent *s;

	n->services = calloc(UINT16_MAX + 1, sizeof(*n->services));
	n->udp_services = calloc(UINT16_MAX + 1, sizeof(*n->udp_services));
	if (!n->services || !n->udp_services) {
		free(n->services);
		free(n->udp_services);
		n->services = n->udp_services = NULL;
		return;
	}
	setservent(1);
	while ((s = getservent())) {
		const bool udp = !strcmp(s->s_proto, "udp");
		char **service = &(udp ? n->udp_services : n->services)[ntohs(s->s_port)];

		if (*service || (!udp && strcmp(s->s_proto, "tcp")))
			continue;
		*service = strdup(s->s_name);
		if (*service && !printable_copy(*service, *service, strlen(*service))) {
			free(*service);
			*service = NULL;
		}
	}
	endservent();
}

const char *names_service(struct names *n, uint16_t port)
{
	if (!n->services)
		read_services(n);
	return n->services ? n->services[port] : NULL;
}

const char *names_udp_service(struct names *n, uint16_t port)
{
	if (!n->udp_services)
		read_services(n);
	return n->udp_services ? n->udp_services[port] : NULL;
}

uint16_t names_port(const char *service)
{
	const struct servent *s = getservbyname(service, "tcp");

	return s ? ntohs(s->s_port) : 0;
}

uint16_t names_udp_port(const char *service)
{
	const struct servent *s = getservbyname(service, "udp");

	return s ? ntohs(s->s_port) : 0;
}

struct names *names_new(void)
{
	return calloc(1, sizeof(struct names));
}

void names_free(struct names *n)
{
	if (!n)
		return;
	for (size_t port = 0; n->services && port <= UINT16_MAX; port++)
		free(n->services[port]);
	for (size_t port = 0; n->udp_services && port <= UINT16_MAX; port++)
		free(n->udp_services[port]);
	free(n->services);
	free(n->udp_services);
	vendors_free(&n->vendors);
	free(n);
}
