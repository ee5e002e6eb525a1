// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* observed.c - lines for --histogram and --cost. */
#include "observed.h"

#include <inttypes.h>

enum { BAR = 52 };

static const char bar_full[BAR + 1] = "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@";

static void print_name(const struct result_histogram *h, const char *sign, FILE *file)
{
	fprintf(file, "%s%s", sign, h->name);
	if (h->key)
		fprintf(file, "[%s]", h->key);
}

/* The least value of a power of two, as bpftrace writes it: 64, 1K, 2M. */
static void label(char *text, size_t size, unsigned int power)
{
	static const char *const suffixes[] = { "", "K", "M", "G" };

	snprintf(text, size, "%u%s", 1U << power % 10, suffixes[power / 10]);
}

/* `i` as in hist_powers. */
static void print_row(unsigned int i, uint64_t count, uint64_t most, FILE *file)
{
	const int bar = (int)(count * BAR / most);
	char first[16], next[16], interval[40];

	label(first, sizeof(first), i ? i - 1 : 0);
	label(next, sizeof(next), i);
	if (i < 2)
		snprintf(interval, sizeof(interval), "[%u]", i);
	else
		snprintf(interval, sizeof(interval), "[%s, %s)", first, next);
	fprintf(file, "%-16s%8" PRIu64 " |%.*s%*s|\n", interval, count, bar, bar_full, BAR - bar,
		"");
}

static void print_histogram(const struct result_histogram *h, FILE *file)
{
	uint64_t powers[HIST_POWERS], most = 0;
	unsigned int i, first = HIST_POWERS, last = 0;

	hist_powers(&h->hist, powers);
	for (i = 0; i < HIST_POWERS; i++) {
		if (!powers[i])
			continue;
		first = first < i ? first : i;
		last = i;
		most = powers[i] > most ? powers[i] : most;
	}
	print_name(h, "@", file);
	fputs(": \n", file);
	for (i = first; i <= last; i++)
		print_row(i, powers[i], most, file);
	fputc('\n', file);
}

void observed_print_histograms(const struct result_histogram *h, size_t n, FILE *file)
{
	size_t i;

	for (i = 0; i < n; i++)
		print_histogram(&h[i], file);
	for (i = 0; i < n; i++) {
		fputs("histogram  ", file);
		print_name(&h[i], "", file);
		fprintf(file, ": %" PRIu64 " values, p50 %u, p90 %u, p99 %u\n", h[i].hist.n,
			hist_percentile(&h[i].hist, 0.5), hist_percentile(&h[i].hist, 0.9),
			hist_percentile(&h[i].hist, 0.99));
	}
}

static void print_program(const struct result_cost *c, FILE *file)
{
	fprintf(file, "cost       %s: %" PRIu64 " runs, %.3f ms", c->program, c->runs,
		(double)c->run_ns / 1e6);
	if (c->runs)
		fprintf(file, ", %.0f ns each", result_cost_run_ns(c));
	if (c->jited_bytes)
		fprintf(file, "; %u bytes of machine code", c->jited_bytes);
	if (c->verified_insns)
		fprintf(file, ", %u instructions verified", c->verified_insns);
	fputc('\n', file);
}

/* A run that asks nothing has no program. */
void observed_print_cost(const struct result_cost *c, FILE *file)
{
	if (c->program && *c->program)
		print_program(c, file);
	if (c->has_foreign)
		fprintf(file, "cost       packets of others: %" PRIu64 " of these runs\n",
			c->foreign);
	fprintf(file, "cost       CPU: %.3f s of xscan, %.3f s of softirqs, of %.3f s of all CPUs",
		c->own_s, c->softirq_s, c->cpus_s);
	if (c->probes)
		fprintf(file, "; %.2f us a probe", result_cost_probe_us(c));
	fputc('\n', file);
}

void observed_print_drops(const struct result_drops *d, FILE *file)
{
	const char *between = "";
	unsigned int i;

	fprintf(file, "%-11s  ", "drops");
	for (i = 0; i < DROPS_PLACES_N; i++) {
		const uint64_t n = drops_get(&d->drops, i);

		if (!n)
			continue;
		fprintf(file, "%s%" PRIu64 " %s", between, n, drops_places[i].words);
		between = ", ";
	}
	fprintf(file, "%s\n", *between ? "" : "none by the kernel's queues and the interface");
}
