// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* plan_print.c - a plan in words. */
#include "kinds.h"
#include "plan.h"
#include "values.h"

#include <inttypes.h>

/* -v: the targets of a path. */
static void print_ranges(const struct ranges *ranges, FILE *file)
{
	char buf[RANGE_TEXT];
	size_t i;

	for (i = 0; i < ranges->n; i++)
		fprintf(file, "           %s\n", range_text(&ranges->v[i], buf));
}

static void print_paths(const struct plan *p, bool verbose, FILE *file)
{
	char buf[ADDR_TEXT];
	size_t i;

	for (i = 0; i < p->paths.n; i++) {
		const struct path *path = &p->paths.v[i];
		const uint64_t n = ranges_count(&path->hosts);

		fprintf(file, "path       %" PRIu64 " host%s by %s from %s, ", n, n == 1 ? "" : "s",
			network_iface(p->net, path->ifindex)->name, addr_text(path->source, buf));
		if (path_is_own_gateway(path))
			fprintf(file, "permanent neighbour\n");
		else if (path->hop == BY_GATEWAY)
			fprintf(file, "gateway %s\n", addr_text(path->gateway, buf));
		else
			fprintf(file, "on link\n");
		if (verbose)
			print_ranges(&path->hosts, file);
	}
}

/* Nobody knows yet which hosts are there. */
static void print_link(const struct plan *p, const struct iface *iface, FILE *file)
{
	struct link_source sources[LINK_PREFIXES_MAX];
	const size_t n = plan_link_sources(iface, sources);
	char list[RANGE_TEXT];
	size_t i;

	for (i = 0; i < n; i++) {
		const struct link_prefix *prefix = &sources[i].prefix;
		const struct range range = { .first = prefix->first,
					     .last = addr_prefix_last(prefix->first, prefix->len) };

		fprintf(file, "link       whoever is found in %s", range_text(&range, list));
		if (p->net->n > 1)
			fprintf(file, " by %s", iface->name);
		fprintf(file, ", from %s\n", addr_text(sources[i].addr, list));
	}
}

/* How long the questions of one host take at least. */
static double host_seconds(const struct plan *p, const struct config *c)
{
	double sum = 0;
	unsigned int i;

	for (i = 0; i < p->n_phases && c->host_pps > 0; i++)
		sum += p->phases[i].each->n / c->host_pps;
	return sum;
}

static void print_rate(const struct plan *p, const struct config *c, uint64_t probes, FILE *file)
{
	const double host_s = host_seconds(p, c), all_s = (double)probes / c->rate_pps;

	if (c->rate_auto)
		fprintf(file, "rate       what each path takes without loss");
	else if (c->rate_pps == RATE_MAX_PPS)
		fprintf(file, "rate       as fast as the link takes them");
	else
		fprintf(file, "rate       %.10g a second", c->rate_pps);
	if (c->rate_auto && c->budget > 0)
		fprintf(file, ", giving way to the host's own work (budget %.3g %%)",
			c->budget * 100);
	if (c->host_pps > 0)
		fprintf(file, ", to one host %.10g a second", c->host_pps);
	fputc('\n', file);
	if (!c->rate_auto)
		fprintf(file,
			"time       at most %.1f s to send once, %.3g s to wait for answers\n",
			all_s > host_s ? all_s : host_s, (double)c->timeout_ns / 1e9);
}

void plan_print(const struct plan *p, const struct config *c, FILE *file)
{
	uint64_t probes = plan_sweep_n(p);
	char list[256], names[NETWORK_NAMES];
	unsigned int i;

	fprintf(file, "interface  %s\n", network_names(p->net, names));
	if (p->silent) {
		fprintf(file, "silent     hears who is there, and asks nobody\n");
		return;
	}
	if (p->link && !p->hosts) {
		for (i = 0; i < p->net->n; i++)
			if (plan_searches(p, i))
				print_link(p, &p->net->ifaces[i], file);
		return;
	}
	print_paths(p, c->verbose && c->dry_run, file);
	if (p->unroutable)
		fprintf(file, "unroutable %" PRIu64 "\n", p->unroutable);
	if (c->shard.n > 1)
		fprintf(file, "share      %u of %u\n", c->shard.index + 1, c->shard.n);
	fprintf(file, "hosts      %" PRIu64 ", %" PRIu64 " asked by %s\n", p->hosts,
		ranges_count(&p->on_link), plan_sweep_name(p));
	for (i = 0; i < p->n_phases; i++) {
		const struct ports *each = p->phases[i].each;

		probes += p->hosts * each->n;
		if (kinds[p->phases[i].kind].role == KIND_PORTS)
			fprintf(file, "%s  %u: %s\n",
				kind_is_udp(p->phases[i].kind) ? "UDP ports" : "ports    ",
				each->n - each->canaries, ports_print(each, list, sizeof(list)));
	}
	fprintf(file, "probes     at most %" PRIu64 ", and as many again for each of ", probes);
	if (c->tries.least < c->tries.most)
		fprintf(file, "%u to ", c->tries.least - 1);
	fprintf(file, "%u retries, and pulses\n", c->tries.most - 1);
	print_rate(p, c, probes, file);
}
