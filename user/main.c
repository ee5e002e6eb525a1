// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * main.c - the table of contents: read the command line, make a plan, run the scan, say how it went.
 *
 * The only file that prints messages and exits.
 */
#include "config.h"
#include "plan.h"
#include "scan.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { STATUS_OK = 0, STATUS_BROKEN = 1, STATUS_USAGE = 2, STATUS_LOSSY = 3, STATUS_SIGNAL = 130 };

static void complain(const struct err *err)
{
	if (err->text[0])
		fprintf(stderr, "xscan: %s\n", err->text);
}

static void print_ledger(const struct result_summary *s)
{
	fprintf(stderr, "xscan: %s%llu of %llu hosts up",
		s->complete ? "" : "incomplete: ", (unsigned long long)s->hosts_up,
		(unsigned long long)s->hosts);
	if (s->ports_scanned)
		fprintf(stderr, ", ports: %llu open, %llu closed, %llu filtered, %llu unanswered",
			(unsigned long long)s->open, (unsigned long long)s->closed,
			(unsigned long long)s->filtered, (unsigned long long)s->unanswered);
	fprintf(stderr,
		"; sent %llu (%llu again), answered %llu, duplicate %llu, rejected %llu; "
		"%.2f s, %s XDP\n",
		(unsigned long long)s->sent, (unsigned long long)s->retransmits,
		(unsigned long long)s->replies, (unsigned long long)s->duplicates,
		(unsigned long long)s->rejected, s->elapsed_s, s->attach);
	if (s->events_lost)
		fprintf(stderr,
			"xscan: %llu events did not fit into the ring buffer; their results "
			"were taken from the answer map\n",
			(unsigned long long)s->events_lost);
}

static int scan(const struct config *config)
{
	struct result_summary summary;
	bool started = false;
	struct plan plan;
	struct err err;
	int code;

	if (plan_make(&plan, config, &err)) {
		complain(&err);
		return STATUS_BROKEN;
	}
	if (config->dry_run) {
		plan_print(&plan, config, stdout);
		plan_free(&plan);
		return STATUS_OK;
	}
	code = scan_run(config, &plan, &summary, &started, &err);
	plan_free(&plan);
	if (code && code != -EINTR)
		complain(&err);
	if (started && !config->quiet)
		print_ledger(&summary);
	if (code == -EINTR)
		return STATUS_SIGNAL;
	if (code)
		return STATUS_BROKEN;
	return summary.send_errors && summary.unanswered ? STATUS_LOSSY : STATUS_OK;
}

int main(int argc, char **argv)
{
	enum config_verdict verdict;
	struct config config;
	int status = STATUS_OK;
	struct err err;

	signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of write, told like any other */
	verdict = config_read(&config, argc, argv, &err);
	if (verdict == CONFIG_WRONG) {
		complain(&err);
		status = STATUS_USAGE;
	} else if (verdict == CONFIG_RUN) {
		status = scan(&config);
	}
	config_free(&config);
	if (fflush(stdout) && status == STATUS_OK)
		status = STATUS_BROKEN;
	return status;
}
