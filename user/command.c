// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* command.c - messages, words and files of the commands. */
#include "command.h"
#include "writable.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void complain(const struct err *err)
{
	if (err->text[0])
		fprintf(stderr, "xscan: %s\n", err->text);
}

bool finish_printing(void)
{
	/* If an earlier write failed, its reason is here alone. */
	const int earlier = errno;

	errno = 0;
	if (!fflush(stdout) && !ferror(stdout))
		return true;
	fprintf(stderr, "xscan: standard output: cannot write: %s\n",
		strerror(errno ?: earlier ?: EIO));
	return false;
}

static bool find_option(const char *word, const char *const options[], unsigned int *given)
{
	unsigned int i;

	for (i = 0; options[i]; i++) {
		if (strcmp(word, options[i]))
			continue;
		*given |= 1U << i;
		return true;
	}
	return false;
}

int command_words(int argc, char **argv, const char *const options[], unsigned int *given,
		  struct err *err)
{
	bool no_more_options = false;
	int i, n = 0;

	*given = 0;
	for (i = 1; i < argc; i++) {
		if (no_more_options || argv[i][0] != '-' || !argv[i][1])
			argv[++n] = argv[i];
		else if (!strcmp(argv[i], "--"))
			no_more_options = true;
		else if (!find_option(argv[i], options, given))
			return err_set(err, -EINVAL,
				       "%s: %.64s: no such option (see xscan %s --help)", argv[0],
				       argv[i], argv[0]);
	}
	return n;
}

int command_check_output(char **paths, int n, const char *command, struct err *err)
{
	const struct file_ref output = { .fd = STDOUT_FILENO };
	int i;

	for (i = 0; i < n; i++) {
		const bool standard_input = !strcmp(paths[i], "-");
		const struct file_ref input = { .path = standard_input ? NULL : paths[i],
						.fd = STDIN_FILENO };

		if (writable_same(output, input))
			return err_set(err, -EINVAL,
				       "standard output: is read by %s: write to another file",
				       command);
	}
	return 0;
}

int command_read(const char *path, struct words *words, struct results *out, struct err *err)
{
	bool standard_input = !strcmp(path, "-");
	const char *name = standard_input ? "standard input" : path;
	FILE *file = standard_input ? stdin : fopen(path, "re");
	int code;

	if (!file)
		return err_set(err, -errno, "%.128s: %s", name, strerror(errno));
	code = results_read(file, name, words, out, err);
	if (!standard_input)
		fclose(file);
	if (!code && out->half_line)
		fprintf(stderr, "xscan: %s: the last line is cut off: it is left out\n", name);
	return code;
}
