// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* arguments.c - each option is known, and has a value if it needs one. */
#include "arguments.h"

#include "habits.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum { NAME_MAX_LEN = 32 };

/* A letter is a key that can be printed. Some options have no name. */
static const struct argp_option *by_letter(const struct argp_option *all, char letter)
{
	for (; all->name || all->doc; all++)
		if (all->key == letter)
			return all;
	return NULL;
}

/* By its whole name, or by a beginning that no other option has; *n: how many begin so. */
static const struct argp_option *by_name(const struct argp_option *all, const char *name,
					 size_t len, unsigned int *n)
{
	const struct argp_option *found = NULL;

	for (*n = 0; all->name || all->doc; all++) {
		if (!all->name || strncmp(all->name, name, len) != 0)
			continue;
		found = all;
		if (!all->name[len]) {
			*n = 1;
			return found;
		}
		++*n;
	}
	return *n == 1 ? found : NULL;
}

static bool has_option(const struct argp_option *all, const char *name)
{
	unsigned int n;
	const struct argp_option *found = by_name(all, name, strlen(name), &n);

	return found && !strcmp(found->name, name);
}

static int least(int a, int b, int c)
{
	const int ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/*
 * How many letters have to be put in, left out, changed or swapped with the next. `name` has at most
 * NAME_MAX_LEN.
 */
static int distance(const char *word, size_t len, const char *name)
{
	int rows[3][NAME_MAX_LEN + 1], *row = rows[0], *last = rows[1], *second = rows[2], *spare;
	size_t i, k;
	const size_t n = strlen(name);

	for (k = 0; k <= n; k++)
		row[k] = (int)k;
	for (i = 0; i < len; i++) {
		spare = second, second = last, last = row, row = spare;
		row[0] = last[0] + 1;
		for (k = 0; k < n; k++) {
			row[k + 1] =
				least(last[k] + (word[i] != name[k]), last[k + 1] + 1, row[k] + 1);
			if (i && k && word[i] == name[k - 1] && word[i - 1] == name[k] &&
			    second[k - 1] + 1 < row[k + 1])
				row[k + 1] = second[k - 1] + 1;
		}
	}
	return row[n];
}

/* The option that a mistyped name means, if it is clear. */
static const struct argp_option *by_likeness(const struct argp_option *all, const char *word,
					     size_t len)
{
	const struct argp_option *found = NULL;
	int best = len < 4 ? 2 : 3, far; /* the first that is too far */

	for (; all->name || all->doc; all++) {
		if (!all->name || strlen(all->name) > NAME_MAX_LEN)
			continue;
		far = distance(word, len, all->name);
		if (far < best)
			found = all;
		best = far < best ? far : best;
	}
	return found;
}

/* Refuse an option of another scanner. 0: it is none. */
static int refuse_habit(const struct argp_option *all, const char *word, size_t len,
			struct err *err)
{
	char text[64];
	const struct habit *habit;

	if (len >= sizeof(text))
		return 0;
	memcpy(text, word, len);
	text[len] = '\0';
	habit = habits_find(text);
	if (!habit)
		return 0;
	if (habit->ours && !has_option(all, habit->ours))
		return err_set(err, -EINVAL, "%s: xscan has nothing like it yet", text);
	return err_set(err, -EINVAL, "%s: not an option of xscan: %s", text, habit->say);
}

static bool is_option(const struct argp_option *all, const char *word)
{
	unsigned int n;

	if (word[0] != '-' || !word[1])
		return false;
	if (word[1] != '-')
		return !word[2] && by_letter(all, word[1]);
	return word[2] && by_name(all, word + 2, strcspn(word + 2, "="), &n);
}

/* `word`: the option as it was given; `value`: the next word, or NULL. */
static int check_value(const struct argp_option *all, const struct argp_option *option,
		       const char *word, size_t len, const char *value, struct err *err)
{
	if (!value || !*value)
		return err_set(err, -EINVAL, "%.*s: needs a value: --%s %s", (int)len, word,
			       option->name, option->arg);
	if (is_option(all, value))
		return err_set(err, -EINVAL, "%.*s: needs a value, but %.32s follows: --%s %s",
			       (int)len, word, value, option->name, option->arg);
	return 0;
}

/* Check one long option; *next: skip the word behind it. */
static int check_long(char **argv, const struct argp_option *all, bool *next, struct err *err)
{
	const char *word = *argv, *name = word + 2, *equals = strchr(name, '=');
	const size_t len = strcspn(name, "=");
	const struct argp_option *option;
	unsigned int n;
	int code;

	option = by_name(all, name, len, &n);
	if (option && equals && !option->arg)
		return err_refuse(err, word, len + 2, "takes no value");
	*next = option && option->arg && !equals;
	if (*next)
		return check_value(all, option, word, len + 2, argv[1], err);
	if (option && equals && !equals[1])
		return check_value(all, option, word, len + 2, NULL, err);
	if (option)
		return 0;
	code = refuse_habit(all, word, len + 2, err);
	if (code)
		return code;
	if (n)
		return err_refuse(err, word, len + 2,
				  "several options begin so: write it in full (see --help)");
	option = by_likeness(all, name, len);
	if (!option)
		return err_refuse(err, word, len + 2, "no such option (see --help)");
	return err_set(err, -EINVAL, "%.*s: no such option: did you mean --%s?", (int)len + 2, word,
		       option->name);
}

/* The bytes of a character in UTF-8, at most 4. */
static size_t character(const char *text)
{
	size_t n = 1;

	while (n < 4 && (text[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* Check a word of letters, the last of which may have its value behind it or in the next word. */
static int check_short(char **argv, const struct argp_option *all, bool *next, struct err *err)
{
	const char *word = *argv, *letter;
	const struct argp_option *option = by_letter(all, word[1]);
	int code = 0;

	/* -iL and -iR are one option to users of nmap. */
	if (!option || !strcmp(word, "-iL") || !strcmp(word, "-iR") || !strcmp(word, "-iflist"))
		code = refuse_habit(all, word, strlen(word), err);
	if (!code && !option)
		code = refuse_habit(all, word, 2, err);
	for (letter = word + 1; *letter && !code; letter++) {
		char text[] = "-....";

		text[1 + character(letter)] = '\0';
		memcpy(text + 1, letter, character(letter));
		option = by_letter(all, *letter);
		if (!option && word[2])
			return err_set(err, -EINVAL, "%.32s: no such option: %s (see --help)", word,
				       text);
		if (!option)
			return err_set(err, -EINVAL, "%s: no such option (see --help)", text);
		if (!option->arg)
			continue;
		*next = !letter[1];
		return *next ? check_value(all, option, text, 2, argv[1], err) : 0;
	}
	return code;
}

/* A dash that a word processor makes of a hyphen (U+2010 to U+2015, U+2212) begins no host's name. */
static bool has_long_dash(const char *word)
{
	return (!strncmp(word, "\xe2\x80", 2) && word[2] >= '\x90' && word[2] <= '\x95') ||
	       !strncmp(word, "\xe2\x88\x92", 3);
}

int arguments_check(char **argv, const struct argp_option *all, struct err *err)
{
	size_t i;
	int code;

	for (argv++; *argv && strcmp(*argv, "--") != 0; argv++) {
		const char *word = *argv;
		const size_t len = strcspn(word, "=");
		bool next = false;

		if (has_long_dash(word))
			return err_refuse(err, word, strlen(word),
					  "begins with a long dash: type - in its place");
		if (word[0] != '-' || !word[1])
			continue;
		for (i = 0; i < len; i++)
			if (iscntrl((unsigned char)word[i]))
				return err_refuse(err, word, len, "no such option (see --help)");
		code = word[1] == '-' ? check_long(argv, all, &next, err)
				      : check_short(argv, all, &next, err);
		if (code)
			return code;
		argv += next;
	}
	return 0;
}
