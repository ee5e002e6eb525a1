// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* text.c - results as rows: aligned under headings for people, separated by tabs for pipes. */
#include "sinks.h"

enum section { SECTION_NONE = 0, SECTION_HOSTS, SECTION_PORTS };

#define HOST_ROW "%-15s  %-17s  %s\n"
#define PORT_ROW "%-15s  %-9s  %-10s  %s\n"
/* Only a row with a reason pads the service. */
#define PORT_ROW_REASON "%-15s  %-9s  %-10s  %-15s  %s\n"

/* Print a section's heading. A late host row can follow port rows: then its heading comes again. */
static void enter_section(struct sink *s, enum section section)
{
	if (!s->terminal || s->section == section)
		return;
	if (s->section != SECTION_NONE)
		fputc('\n', s->file);
	if (section == SECTION_HOSTS)
		fprintf(s->file, HOST_ROW, "HOST", "MAC", "VENDOR");
	else
		fprintf(s->file, PORT_ROW, "HOST", "PORT", "STATE", "SERVICE");
	s->section = section;
}

static int text_host(struct sink *s, const struct result_host *h)
{
	char addr[ADDR_TEXT], mac[MAC_TEXT];

	/* The host already has a row; the closing lines report the conflict. */
	if (h->n_also)
		return 0;
	addr_text(h->addr, addr);
	enter_section(s, SECTION_HOSTS);
	fprintf(s->file, s->terminal ? HOST_ROW : "%s\t%s\t%s\n", addr,
		h->has_mac ? sink_mac(h->mac, mac) : "-",
		h->has_mac ? h->vendor ?: "(unknown)" : "-");
	return 0;
}

static int text_port(struct sink *s, const struct result_port *p)
{
	const char *state = kind_state_name(p->state);
	const char *service = p->service ?: "unknown";
	const char *reason = kind_is_filtered(p->state) ? kind_reason(p->kind, p->state)
			     : p->state == ANSWER_OPEN	? p->doubtful
							: NULL;
	char addr[ADDR_TEXT], port[16], doubt[64];

	addr_text(p->addr, addr);
	if (reason && p->state == ANSWER_OPEN) {
		snprintf(doubt, sizeof(doubt), "doubtful: %s", reason);
		reason = doubt;
	}
	snprintf(port, sizeof(port), "%u/%s", p->port, kinds[p->kind].protocol);
	enter_section(s, SECTION_PORTS);
	if (reason)
		fprintf(s->file, s->terminal ? PORT_ROW_REASON : "%s\t%s\t%s\t%s\t%s\n", addr, port,
			state, service, reason);
	else
		fprintf(s->file, s->terminal ? PORT_ROW : "%s\t%s\t%s\t%s\n", addr, port, state,
			service);
	return 0;
}

/* No `end`: rows need no closing, and the ledger goes to standard error. */
const struct sink_ops out_text = {
	.host = text_host,
	.port = text_port,
};
