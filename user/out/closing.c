// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* closing.c - the summary in words. */
#include "closing.h"

#include "abi.h"
#include "observed.h"
#include "sinks.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { LINES_MAX = 8 };

/* Is it known that no answers are missing? Where nobody answers, nobody can tell. */
static bool is_complete(const struct result_summary *s)
{
	return s->complete && !s->lossy && !isnan(s->coverage);
}

static void print_line(const struct result_summary *s, FILE *file)
{
	if (s->silent) {
		fprintf(file, "xscan: %s%" PRIu64 " address%s heard in %.2f s\n",
			s->complete ? "" : "interrupted: ", s->hosts_up,
			s->hosts_up == 1 ? "" : "es", s->elapsed_s);
		return;
	}
	fprintf(file, "xscan: %s%" PRIu64 " of %" PRIu64 " hosts up, ",
		s->complete ? "" : "incomplete: ", s->hosts_up, s->hosts);
	if (s->ports_scanned)
		fprintf(file, "%" PRIu64 " open port%s, ", s->open, s->open == 1 ? "" : "s");
	fprintf(file, "%s %.2f s\n",
		is_complete(s)		      ? "complete in"
		: s->complete && s->lossy     ? "answers are missing, after"
		: s->complete && !s->hosts_up ? "nothing answered, after"
					      : "after",
		s->elapsed_s);
}

/* What to try if nothing was found, and nothing else explains it. */
static void print_hint(const struct result_summary *s, FILE *file)
{
	if (s->silent || !s->complete || s->lossy || s->open || (s->hosts_up && !s->ports_scanned))
		return;
	if (!s->hosts && s->divided) {
		fputs("xscan: this part of the scan (--shard) has no target\n", file);
		return;
	}
	if (s->hosts_up && !s->ledger.answers && !s->ledger.silent)
		fputs("xscan: no open port: not one port answered; hosts may drop what is asked, "
		      "or take few probes a second (try --rate 100)\n",
		      file);
	else if (s->hosts_up)
		fputs("xscan: no open port: ask for more (--tcp - and --udp - ask for all), or see "
		      "the states of these (--all)\n",
		      file);
	else if (s->ports_scanned)
		fputs("xscan: no host answered: check the targets (--dry-run), or wait longer "
		      "(--timeout); beyond the link, ask for other ports\n",
		      file);
	else
		fputs("xscan: no host answered: check the interface and the targets (--dry-run), "
		      "or wait longer (--timeout)\n",
		      file);
}

/* `missing` is in thousandths; `what`: of what, with its article. */
static void print_missing(const struct ledger *l, const char *what, FILE *file)
{
	const uint64_t missing = (l->missing + 500) / 1000;

	if (!ledger_lossy(l))
		return;
	if (missing)
		fprintf(file, "xscan: about %" PRIu64 " %s%s missing", missing,
			strchr(what, ' ') + 1, missing == 1 ? " is" : "s are");
	else
		fprintf(file, "xscan: %s may be missing", what);
	if (l->pulses > l->alive)
		fprintf(file,
			" (%" PRIu64 " of %" PRIu64
			" answered questions had no answer when asked once more)",
			l->pulses - l->alive, l->pulses);
	fputs(": give a lower --rate or more --retries\n", file);
}

static void print_losses(const struct result_summary *s, FILE *file)
{
	const struct ledger *l = &s->ledger;

	if (l->events_lost)
		fprintf(file,
			"xscan: %" PRIu64 " events did not fit into the ring buffer; their results "
			"were taken from the answer map\n",
			l->events_lost);
	/* A slower scan does not bring the interface back. */
	if (!s->iface_lost) {
		print_missing(&s->search, "a host", file);
		print_missing(l, "an answer", file);
	}
	if (s->lossy && l->refused + l->dropped)
		fprintf(file,
			"xscan: %" PRIu64 " frames were refused or dropped by the interface\n",
			l->refused + l->dropped);
}

static void print_self(const struct result_summary *s, FILE *file)
{
	char addr[ADDR_TEXT];

	if (!s->self || !s->self_told)
		return;
	addr_text(s->self_first, addr);
	if (s->self == 1)
		fprintf(file, "xscan: left out %s: an address of this host\n", addr);
	else
		fprintf(file, "xscan: left out %s and %" PRIu64 " more: addresses of this host\n",
			addr, s->self - 1);
}

static void print_unroutable(const struct result_summary *s, FILE *file)
{
	char addr[ADDR_TEXT];

	if (!s->unroutable)
		return;
	fprintf(file, "xscan: left out %s", addr_text(s->unroutable_first, addr));
	if (s->unroutable > 1)
		fprintf(file, " and %" PRIu64 " more", s->unroutable - 1);
	fputs(": no route (ip route get says why)\n", file);
}

static void print_conflict(const struct result_conflict *c, FILE *file)
{
	char addr[PLACE_TEXT], mac[MAC_TEXT];
	unsigned int i;

	fprintf(file, "xscan: %s: ", sink_place(c->addr, c->zone, addr));
	if (c->n == 2)
		fputs("two", file);
	else
		fprintf(file, "%u", c->n);
	fputs(" machines answer for this address: ", file);
	for (i = 0; i < c->n; i++)
		fprintf(file, "%s%s", i ? ", " : "", sink_mac(c->macs[i], mac));
	fputc('\n', file);
}

static void print_conflicts(const struct result_summary *s, FILE *file)
{
	size_t i;

	for (i = 0; i < s->n_conflicts && i < LINES_MAX; i++)
		print_conflict(&s->conflicts[i], file);
	if (i < s->n_conflicts)
		fprintf(file, "xscan: %zu more address%s with several machines\n",
			s->n_conflicts - i, s->n_conflicts - i == 1 ? "" : "es");
}

static void print_gone(const struct result_summary *s, FILE *file)
{
	static const struct {
		const char *what, *unknown;
	} words[RESULT_LOSSES_N] = {
		[RESULT_WENT_AWAY] = { "went away during the scan", "of its ports" },
		[RESULT_FELL_SILENT] = { "fell silent during the scan", "of its ports" },
		[RESULT_WAY_DIED] = { "brings no more answers", "ports behind it" },
		[RESULT_LIMITS_ERRORS] = { "limits its ICMP errors", "of its ports" },
		[RESULT_NO_ANSWER] = { "did not answer again what it had answered before, perhaps "
				       "for loss or a limit alone",
				       "of its ports" },
		[RESULT_LINK_DIED] = { "hears nobody on its link any more", "ports" },
	};
	char addr[PLACE_TEXT];
	size_t i;

	for (i = 0; i < s->n_gone && i < LINES_MAX; i++)
		fprintf(file, "xscan: %s %s: %" PRIu64 " %s %s not known\n",
			sink_place(s->gone[i].addr, s->gone_zones ? s->gone_zones[i] : NULL, addr),
			words[s->gone[i].why].what, s->gone[i].unknown,
			words[s->gone[i].why].unknown, s->gone[i].unknown == 1 ? "is" : "are");
	if (i < s->n_gone)
		fprintf(file, "xscan: %zu more host%s went away or fell silent\n", s->n_gone - i,
			s->n_gone - i == 1 ? "" : "s");
}

static void print_refused(const struct result_summary *s, FILE *file)
{
	char addr[PLACE_TEXT];

	if (!s->refused || s->iface_lost) /* then no filter is at fault */
		return;
	fprintf(file, "xscan: the interface refused probes to %s",
		sink_place(s->refused_first, s->refused_zone, addr));
	if (s->refused > 1)
		fprintf(file, " and %" PRIu64 " more target%s", s->refused - 1,
			s->refused == 2 ? "" : "s");
	fputs(": they were not sent (a filter on the way out?)\n", file);
}

/* Of TCP, silence tells of a filter; of UDP it tells nothing by itself. */
static void print_silent(const struct result_summary *s, FILE *file)
{
	const uint64_t n = s->ledger.silent;

	if (!n)
		return;
	fprintf(file, "xscan: %" PRIu64 " UDP port%s stayed silent: open, closed or filtered", n,
		n == 1 ? "" : "s");
	if (s->ledger.mute)
		fprintf(file,
			"; for %" PRIu64 " of them silence says nothing, since their hosts did not "
			"answer for ports that are closed almost surely",
			s->ledger.mute);
	fputc('\n', file);
}

static void print_no_carrier(const struct result_summary *s, FILE *file)
{
	if (s->no_carrier_s > 0)
		fprintf(file,
			"xscan: %s had no carrier for %.1f s: what was asked then was asked "
			"again\n",
			s->without_carrier, s->no_carrier_s);
}

/* A scan that is slow for the sake of others says so. */
static void print_gave_way(const struct result_summary *s, FILE *file)
{
	const double sum = s->gave_way_cpu_s + s->gave_way_path_s;

	if (sum <= 0)
		return;
	fprintf(file, "xscan: gave way to the host's own work for %.1f of %.1f s (%s)\n", sum,
		s->elapsed_s,
		s->gave_way_path_s <= 0	 ? "CPUs"
		: s->gave_way_cpu_s <= 0 ? "network"
					 : "CPUs, network");
}

static void print_captured(const struct result_summary *s, FILE *file)
{
	if (!s->captures)
		return;
	fprintf(file, "xscan: captured %" PRIu64 " frame%s", s->captured,
		s->captured == 1 ? "" : "s");
	if (s->capture_left_out)
		fprintf(file, ", left out %" PRIu64 ": at most %d a second are kept",
			s->capture_left_out, CAPTURE_A_SECOND);
	fputc('\n', file);
}

/* `named`: say what each number counts. */
static void print_side(const struct ledger *l, uint32_t figures, bool named, FILE *file)
{
	const char *between = "";
	unsigned int i;

	for (i = 0; i < LEDGER_FIGURES_N; i++) {
		if (!(figures & 1U << i))
			continue;
		fprintf(file, "%s%" PRIu64, between, ledger_get(l, i));
		if (named)
			fprintf(file, " %s", ledger_figures[i].words);
		between = " + ";
	}
}

static void print_sum(const struct ledger *l, const struct ledger_sum *sum, FILE *file)
{
	bool single = !(sum->left & (sum->left - 1)); /* then the title says what counts */

	fprintf(file, "%-11s  ", sum->title);
	print_side(l, sum->left, !single, file);
	fputs(" = ", file);
	print_side(l, sum->right, true, file);
	if (sum->rest)
		fprintf(file, " + %" PRId64 " %s", ledger_rest(l, sum), sum->rest);
	fputc('\n', file);
}

static void print_sums(const struct result_summary *s, FILE *file)
{
	unsigned int i;

	fprintf(file, "%-11s  %s%s, sent by %s\n", "place", s->attach,
		strcmp(s->attach, "tc") ? " XDP" : "", s->tx);
	if (s->ports_scanned)
		fprintf(file,
			"%-11s  %" PRIu64 " open + %" PRIu64 " closed + %" PRIu64
			" filtered + %" PRIu64 " unanswered\n",
			"ports", s->open, s->closed, s->filtered, ledger_unanswered(&s->ledger));
	for (i = 0; i < LEDGER_SUMS_N; i++)
		print_sum(&s->ledger, &ledger_sums[i], file);
	if (!isnan(s->coverage))
		fprintf(file,
			"%-11s  %.6g, at least %.6g: of %" PRIu64
			" answered questions asked once more %" PRIu64 " were answered\n",
			"coverage", s->coverage, s->coverage_low, s->ledger.pulses,
			s->ledger.alive);
}

void closing_print(const struct result_summary *s, bool verbose, FILE *file)
{
	print_line(s, file);
	print_losses(s, file);
	print_self(s, file);
	print_unroutable(s, file);
	print_conflicts(s, file);
	print_gone(s, file);
	print_refused(s, file);
	print_silent(s, file);
	print_no_carrier(s, file);
	print_gave_way(s, file);
	print_captured(s, file);
	print_hint(s, file);
	if (verbose && !s->silent)
		print_sums(s, file);
	if (verbose && s->drops)
		observed_print_drops(s->drops, file);
	if (s->prints_histograms)
		observed_print_histograms(s->histograms, s->n_histograms, file);
	if (s->cost)
		observed_print_cost(s->cost, file);
}
