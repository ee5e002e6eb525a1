// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * list.c - results as masscan's -oL writes them: state, protocol, port, address, time in seconds.
 *
 * As there, a host has a line only in a scan without ports: programs that read such files take each
 * line for a port.
 */
#include "sinks.h"

#include <inttypes.h>
#include <string.h>

#define LAST "# end\n"

static int list_start(struct sink *s, const struct result_start *r)
{
	unsigned int i;

	for (i = 0; i < PROBE_KINDS_N; i++)
		if (r->ports[i])
			s->asks_ports = true;
	if (!s->goes_on)
		fputs("#masscan\n", s->file);
	return 0;
}

static void put_line(struct sink *s, const char *state, const char *protocol, uint16_t port,
		     struct addr addr, const char *zone, uint64_t time_us)
{
	char text[PLACE_TEXT];

	fprintf(s->file, "%s %s %u %s %" PRIu64 "\n", state, protocol, port,
		sink_place(addr, zone, text), time_us / 1000000);
}

/* masscan says "open icmp 0" of a host that answered a ping, "up arp 0" of one on the link. */
static int list_host(struct sink *s, const struct result_host *h)
{
	const char *how = result_host_how(h);

	if (s->asks_ports || h->n_also)
		return 0;
	if (!strcmp(how, "echo"))
		put_line(s, "open", "icmp", 0, h->addr, h->zone, h->time_us);
	else
		put_line(s, "up", how, 0, h->addr, h->zone, h->time_us);
	return 0;
}

static int list_port(struct sink *s, const struct result_port *p)
{
	put_line(s, kind_state_name(p->state), kinds[p->kind].protocol, p->port, p->addr, p->zone,
		 p->time_us);
	return 0;
}

static int list_end(struct sink *s, const struct result_summary *sum)
{
	(void)sum;
	fputs(LAST, s->file);
	return 0;
}

const struct sink_ops out_list = {
	.option = "list",
	.what = "results as masscan -oL lists them: state, protocol, port, address, time "
		"(-: standard output)",
	.appends = true,
	.last = LAST,
	.start = list_start,
	.host = list_host,
	.port = list_port,
	.end = list_end,
};
