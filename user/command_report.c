// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* command_report.c - `xscan report`: results as a page of HTML. */
#include "command.h"
#include "page.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
	"Usage: xscan report RESULT...\n"
	"Write one page of HTML to standard output: what a scan found, as a map, charts and a "
	"table.\n"
	"The page needs no other file and loads nothing from any network. RESULT is a file that "
	"--json\n"
	"wrote; - is standard input. Of several, in the order of time, the page shows the last "
	"one, and\n"
	"what changed from each to the next.\n"
	"\n"
	"  -h, --help   print this help\n"
	"\n"
	"Exit status: 0 the page is written, 1 trouble, 2 the command line is wrong.\n";

static void print_page(const struct results *results, int n)
{
	int i;

	page_begin(stdout, XSCAN_VERSION);
	for (i = 0; i < n; i++)
		page_result(stdout, &results[i], i == 0);
	page_changes_begin(stdout);
	for (i = 1; i < n; i++)
		page_changes(stdout, &results[i - 1], &results[i], i == 1);
	page_end(stdout, &results[n - 1]);
}

static int run(char **paths, int n)
{
	struct results *results = calloc((size_t)n, sizeof(*results));
	struct words words = { 0 };
	int i, status = STATUS_BROKEN, code = 0;
	struct err err;

	if (!results)
		code = err_set(&err, -ENOMEM, "out of memory");
	else
		code = command_check_output(paths, n, "report", &err);
	for (i = 0; i < n && !code; i++)
		code = command_read(paths[i], &words, &results[i], &err);
	if (code) {
		complain(&err);
	} else {
		print_page(results, n);
		if (finish_printing())
			status = STATUS_OK;
	}
	for (i = 0; i < n && results; i++)
		results_free(&results[i]);
	free(results);
	words_free(&words);
	return status;
}

static int count_standard_inputs(char **paths, int n)
{
	int i, count = 0;

	for (i = 0; i < n; i++)
		count += !strcmp(paths[i], "-");
	return count;
}

int command_report(int argc, char **argv)
{
	static const char *const options[] = { "--help", "-h", NULL };
	unsigned int given;
	struct err err;
	int n = command_words(argc, argv, options, &given, &err);

	if (n >= 0 && given) {
		fputs(help, stdout);
		return finish_printing() ? STATUS_OK : STATUS_BROKEN;
	}
	if (!n)
		err_set(&err, -EINVAL,
			"report: which results? xscan report RESULT... > report.html");
	else if (n > 0 && count_standard_inputs(argv + 1, n) > 1)
		err_set(&err, -EINVAL, "standard input can be read only once");
	else if (n > 0 && isatty(STDOUT_FILENO))
		err_set(&err, -EINVAL,
			"report: standard output is a terminal: xscan report RESULT... > "
			"report.html");
	else if (n > 0)
		return run(argv + 1, n);
	complain(&err);
	return STATUS_USAGE;
}
