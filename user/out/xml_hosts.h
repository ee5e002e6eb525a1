/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * xml_hosts.h - hold what is known of hosts until all of a host's ports are done: XML groups ports by
 * host, and results come in random order. Pure.
 *
 * The names in results must live until xml_hosts_free: they are not copied.
 *
 * A host holds its open ports, at most XML_LISTED ports in each other state, and the other ports as
 * text of ranges. So memory is bounded by the hosts that are up and not written yet.
 */
#ifndef XSCAN_XML_HOSTS_H
#define XSCAN_XML_HOSTS_H

#include "result.h"
#include "rtt.h"

/* So many ports that are not open are listed one by one, as nmap does; more are summed up. */
enum { XML_LISTED = 25 };

struct xml_port {
	enum probe_kind kind;
	uint16_t port;
	uint8_t state;	      /* enum answer_state */
	uint8_t ttl;	      /* 0: unknown */
	const char *service;  /* NULL: unknown */
	const char *info;     /* as in struct result_port */
	const char *doubtful; /* as there */
};

/* Ports of one kind in one state. */
struct xml_sum {
	enum probe_kind kind;
	uint8_t state;
	uint32_t held; /* so many of them are held one by one */
	uint32_t count;
	char *ports; /* 1-21,23-1024; NULL: the ports are listed one by one */
};

struct xml_host {
	struct addr addr;
	const char *zone;	    /* of a link-local address; else NULL */
	uint64_t first_us, last_us; /* the times of its first and its last result */
	enum probe_kind kind;	    /* of the question whose answer says most about the host, */
	uint8_t state;		    /* and that answer */
	uint8_t ttl;
	bool has_mac;
	uint8_t mac[6];
	uint8_t (*also)[6]; /* further MAC addresses */
	unsigned int n_also;
	const char *vendor;
	const char *name; /* NULL: unknown */
	struct rtt rtt;
	bool asked_ports;
	struct xml_port *ports; /* sorted when the host is done */
	size_t n_ports, room;
	struct xml_sum *sums;
	size_t n_sums;
};

struct xml_hosts;

/* NULL: out of memory. */
struct xml_hosts *xml_hosts_new(void);
void xml_hosts_free(struct xml_hosts *hosts);

/* Add a result. 0 or -ENOMEM. */
int xml_hosts_add_host(struct xml_hosts *hosts, const struct result_host *h);
int xml_hosts_add_port(struct xml_hosts *hosts, const struct result_port *p);

/*
 * Sum up the ports of a host. Ports without an answer show no host: *host is NULL if nothing else is
 * known of it. 0 or -ENOMEM.
 */
int xml_hosts_add_done(struct xml_hosts *hosts, const struct result_done *d,
		       struct xml_host **host);

/* Forget a host that has been written. */
void xml_hosts_drop(struct xml_hosts *hosts, struct xml_host *host);

/* Call `each` for every host that is left, by address. 0, or the first error of `each`. */
int xml_hosts_each(struct xml_hosts *hosts, int (*each)(void *ctx, struct xml_host *host),
		   void *ctx);

#endif
