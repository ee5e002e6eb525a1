// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* observed.c - lines for --cost. */
#include "observed.h"

#include <inttypes.h>

void observed_print_cost(const struct result_cost *c, FILE *file)
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
	if (c->has_foreign)
		fprintf(file, "cost       packets of others: %" PRIu64 " of these runs\n",
			c->foreign);
	fprintf(file, "cost       CPU: %.3f s of xscan, %.3f s of softirqs, of %.3f s of all CPUs",
		c->own_s, c->softirq_s, c->cpus_s);
	if (c->probes)
		fprintf(file, "; %.2f us a probe", result_cost_probe_us(c));
	fputc('\n', file);
}
