/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * command.h - what the commands share: their exit statuses, their messages and their words.
 *
 * A command is a function and a row in main.c. It gets its own name as argv[0].
 */
#ifndef XSCAN_COMMAND_H
#define XSCAN_COMMAND_H

#include "err.h"
#include "results.h"

#include <stdbool.h>

enum { STATUS_OK = 0, STATUS_BROKEN = 1, STATUS_USAGE = 2, STATUS_LOSSY = 3, STATUS_SIGNAL = 130 };

/* The exit statuses of diff. */
enum { STATUS_SAME = 0, STATUS_DIFFERENT = 1, STATUS_TROUBLE = 2 };

/* Print the line of an error, if there is one. */
void complain(const struct err *err);

/* Flush standard output. False: it took not all; the reason has been printed. */
bool finish_printing(void);

/*
 * Sort out the words of a command. Options stand for bits 0, 1, … in their order. Other words move to
 * the front of `argv` (behind argv[0]). `--` ends the options. Returns the number of the other words,
 * or -EINVAL with a line in err.
 */
int command_words(int argc, char **argv, const char *const options[], unsigned int *given,
		  struct err *err);

/* Refuse to write to a file of results that is read, under any of its names. 0 or -EINVAL. */
int command_check_output(char **paths, int n, const char *command, struct err *err);

/* Read a file of results, `-` for standard input, and tell of half a line at its end. */
int command_read(const char *path, struct words *words, struct results *out, struct err *err);

int command_diff(int argc, char **argv);
int command_report(int argc, char **argv);

#endif
