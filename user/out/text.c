// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * text.c - results for people: in a pipe rows as they come, on a terminal a table at the end.
 *
 * Tabs separate the fields of a row. A row of a host has three, with --names a fourth, the name. A row
 * of a port has five, the second of which has a slash: NUMBER/PROTOCOL. If the answer tells of the
 * service, another field has that. If the port is doubtful, the last one says why.
 */
#include "table.h"

static int text_host(struct sink *s, const struct result_host *h)
{
	char addr[PLACE_TEXT], mac[MAC_TEXT];

	/* The host already has a row; the closing lines report the conflict. */
	if (h->n_also)
		return 0;
	if (s->terminal)
		return table_host(s, h);
	fprintf(s->file, "%s\t%s\t%s%s%s\n", sink_place(h->addr, h->zone, addr),
		h->has_mac ? sink_mac(h->mac, mac) : "-",
		h->has_mac ? sink_vendor(h->vendor, h->mac) : "-", s->names ? "\t" : "",
		s->names ? h->name ?: "-" : "");
	return 0;
}

static int text_port(struct sink *s, const struct result_port *p)
{
	char addr[PLACE_TEXT];

	if (s->terminal)
		return table_port(s, p);
	fprintf(s->file, "%s\t%u/%s\t%s\t%s\t%s%s%s%s%s\n", sink_place(p->addr, p->zone, addr),
		p->port, kinds[p->kind].protocol, kind_state_name(p->state),
		p->service ?: "unknown", kind_reason(p->kind, p->state), p->info ? "\t" : "",
		p->info ?: "", p->doubtful ? "\tdoubtful: " : "", p->doubtful ?: "");
	return 0;
}

static int text_done(struct sink *s, const struct result_done *d)
{
	return s->terminal ? table_done(s, d) : 0;
}

static int text_end(struct sink *s, const struct result_summary *sum)
{
	(void)sum;
	return s->terminal ? table_end(s) : 0;
}

const struct sink_ops out_text = {
	.host = text_host,
	.port = text_port,
	.done = text_done,
	.end = text_end,
	.free = table_free,
};
