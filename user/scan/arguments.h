/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * arguments.h - check the options of a command line before argp reads them: argp's own errors know
 * neither other scanners' options nor what value is missing.
 */
#ifndef XSCAN_ARGUMENTS_H
#define XSCAN_ARGUMENTS_H

#include "err.h"

#include <argp.h>

/* `all`: the table of options, which ends with an empty row. 0, or -EINVAL with the reason in err. */
int arguments_check(char **argv, const struct argp_option *all, struct err *err);

#endif
