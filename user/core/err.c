// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* err.c - format the one line of an error. */
#include "err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

enum { QUOTE_LEN_MAX = 64 };

int err_set(struct err *err, int code, const char *fmt, ...)
{
	va_list args;
	char *c;

	va_start(args, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	for (c = err->text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return code;
}

int err_refuse(struct err *err, const char *word, unsigned long len, const char *reason)
{
	int quoted = len > QUOTE_LEN_MAX ? QUOTE_LEN_MAX : (int)len;

	return err_set(err, -EINVAL, "%.*s%s: %s", quoted, word, len > QUOTE_LEN_MAX ? "…" : "",
		       reason);
}
