// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* command_diff.c - `xscan diff`: two results side by side. */
#include "command.h"
#include "diff_print.h"
#include "quote.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { OPT_JSON = 1 }; /* the first option */

static const char help[] =
	"Usage: xscan diff [--json] OLD NEW\n"
	"Say what came, went and changed from one scan to a later one. OLD and NEW are files that\n"
	"--json wrote; - is standard input.\n"
	"\n"
	"      --json   one JSON object a line, not rows\n"
	"  -h, --help   print this help\n"
	"\n"
	"Each row has a change: new, gone, changed, or not-seen. A host or port is gone only if "
	"NEW\n"
	"asked for it and lacks no answers. Otherwise it is not-seen, and the row says why.\n"
	"\n"
	"Exit status: 0 no difference, 1 differences, 2 trouble.\n";

struct telling {
	bool json, aligned;
	uint64_t n[DIFF_KINDS_N];
};

static uint64_t total(const struct telling *t)
{
	uint64_t n = 0;
	unsigned int i;

	for (i = 0; i < DIFF_KINDS_N; i++)
		n += t->n[i];
	return n;
}

/* Stop when standard output takes nothing any more. */
static int tell(void *ctx, const struct difference *d)
{
	struct telling *t = ctx;

	if (t->json) {
		diff_print_json(stdout, d);
		putchar('\n');
	} else {
		if (t->aligned && !total(t))
			diff_print_heading(stdout);
		diff_print_row(stdout, d, t->aligned);
	}
	t->n[d->kind]++;
	return ferror(stdout) ? -EIO : 0;
}

/* No difference says little if a scan lacks answers. */
static void print_doubt(const struct results *r)
{
	const enum diff_doubt doubt = diff_doubt_of(r);

	if (doubt)
		fprintf(stderr, "xscan: %s: %s\n", r->name,
			doubt == DOUBT_INCOMPLETE ? "this scan is incomplete"
						  : "this scan may lack answers");
}

static void print_json_doubt(const char *key, const struct results *r)
{
	const char *word = diff_doubt_word(diff_doubt_of(r));

	if (word)
		printf(",\"%s\":\"%s\"", key, word);
}

static void print_end(const struct telling *t, const struct results *old, const struct results *new)
{
	if (!t->json) {
		print_doubt(old);
		print_doubt(new);
		fprintf(stderr, "xscan: %llu new, %llu gone, %llu changed, %llu not seen\n",
			(unsigned long long)t->n[DIFF_NEW], (unsigned long long)t->n[DIFF_GONE],
			(unsigned long long)t->n[DIFF_CHANGED],
			(unsigned long long)t->n[DIFF_NOT_SEEN]);
		return;
	}
	printf("{\"type\":\"diff\",\"old\":");
	quote_json(stdout, old->name);
	printf(",\"new\":");
	quote_json(stdout, new->name);
	print_json_doubt("why_old", old);
	print_json_doubt("why_new", new);
	printf(",\"n_new\":%llu,\"n_gone\":%llu,\"n_changed\":%llu,\"n_not_seen\":%llu}\n",
	       (unsigned long long)t->n[DIFF_NEW], (unsigned long long)t->n[DIFF_GONE],
	       (unsigned long long)t->n[DIFF_CHANGED], (unsigned long long)t->n[DIFF_NOT_SEEN]);
}

static int run(char *paths[2], bool json)
{
	struct telling t = { .json = json, .aligned = isatty(STDOUT_FILENO) };
	struct results old = { 0 }, new = { 0 };
	struct words words = { 0 };
	int status = STATUS_TROUBLE;
	struct err err;

	if (command_check_output(paths, 2, "diff", &err) ||
	    command_read(paths[0], &words, &old, &err) ||
	    command_read(paths[1], &words, &new, &err)) {
		complain(&err);
	} else {
		if (!diff(&old, &new, tell, &t))
			print_end(&t, &old, &new);
		if (finish_printing())
			status = total(&t) ? STATUS_DIFFERENT : STATUS_SAME;
	}
	results_free(&old);
	results_free(&new);
	words_free(&words);
	return status;
}

int command_diff(int argc, char **argv)
{
	static const char *const options[] = { "--json", "--help", "-h", NULL };
	unsigned int given;
	struct err err;
	int n = command_words(argc, argv, options, &given, &err);

	if (n >= 0 && given & ~OPT_JSON) {
		fputs(help, stdout);
		return finish_printing() ? STATUS_SAME : STATUS_TROUBLE;
	}
	if (n >= 0 && n != 2)
		err_set(&err, -EINVAL,
			"diff: takes two files of results, the old and the new "
			"one: xscan diff [--json] OLD NEW");
	else if (n == 2 && !strcmp(argv[1], "-") && !strcmp(argv[2], "-"))
		err_set(&err, -EINVAL, "standard input can be read only once");
	else if (n == 2)
		return run(argv + 1, given & OPT_JSON);
	complain(&err);
	return STATUS_TROUBLE;
}
