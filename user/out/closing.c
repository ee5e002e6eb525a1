// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* closing.c - the summary in words. */
#include "closing.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static void print_line(const struct result_summary *s, FILE *file)
{
	fprintf(file, "xscan: %s%" PRIu64 " of %" PRIu64 " hosts up",
		s->complete ? "" : "incomplete: ", s->hosts_up, s->hosts);
	if (s->ports_scanned)
		fprintf(file,
			", ports: %" PRIu64 " open, %" PRIu64 " closed, %" PRIu64
			" filtered, %" PRIu64 " unanswered",
			s->open, s->closed, s->filtered, s->unanswered);
	fprintf(file,
		"; sent %" PRIu64 " (%" PRIu64 " again), answered %" PRIu64 ", duplicate %" PRIu64
		", rejected %" PRIu64 "; %.2f s, %s%s\n",
		s->sent, s->retransmits, s->replies, s->duplicates, s->rejected, s->elapsed_s,
		s->attach, strcmp(s->attach, "tc") ? " XDP" : "");
	if (s->events_lost)
		fprintf(file,
			"xscan: %" PRIu64 " events did not fit into the ring buffer; their results "
			"were taken from the answer map\n",
			s->events_lost);
	if (s->lossy && s->missing)
		fprintf(file,
			"xscan: about %" PRIu64 " more would have answered (%" PRIu64 " of %" PRIu64
			" silent ones did when asked once more): try a lower --rate or more "
			"--retries\n",
			s->missing, s->sample_found, s->sampled);
	if (s->lossy && s->send_errors)
		fprintf(file,
			"xscan: %" PRIu64 " frames were refused or dropped by the interface\n",
			s->send_errors);
}

static void print_sums(const struct result_summary *s, FILE *file)
{
	fprintf(file, "questions  %" PRIu64 " = %" PRIu64 " asked + %" PRIu64 " not asked\n",
		s->probes, s->asked, s->probes - s->asked);
	fprintf(file, "asked      %" PRIu64 " = %" PRIu64 " answered + %" PRIu64 " unanswered\n",
		s->asked, s->replies, s->unanswered);
	fprintf(file,
		"frames     %" PRIu64 " asked + %" PRIu64 " asked again = %" PRIu64
		" sent + %" PRIu64 " refused or dropped by the interface\n",
		s->asked, s->retransmits, s->sent, s->send_errors);
	fprintf(file,
		"seen       %" PRIu64 " = %" PRIu64 " answers (%" PRIu64 " late) + %" PRIu64
		" duplicate + %" PRIu64 " rejected\n",
		s->seen, s->replies, s->late, s->duplicates, s->rejected);
	fprintf(file,
		"events     %" PRIu64 " lost in the ring buffer, %" PRIu64
		" recovered from the answer map\n",
		s->events_lost, s->recovered);
	if (!isnan(s->coverage))
		fprintf(file,
			"coverage   %.6g: of %" PRIu64 " silent ones asked once more %" PRIu64
			" answered\n",
			s->coverage, s->sampled, s->sample_found);
}

void closing_print(const struct result_summary *s, bool verbose, FILE *file)
{
	print_line(s, file);
	if (verbose)
		print_sums(s, file);
}
