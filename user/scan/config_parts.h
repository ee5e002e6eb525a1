/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* config_parts.h - what reads the command line, for config.c alone. Each returns 0 or a negative errno with err. */
#ifndef XSCAN_CONFIG_PARTS_H
#define XSCAN_CONFIG_PARTS_H

#include "config.h"

/* Targets as one argument names them. */
int config_add_targets(struct config *c, const char *list, struct err *err);

/* The targets, or what is excluded, from a file; "-" is standard input. */
int config_add_file(const char *name, bool exclude, struct config *c, struct err *err);

/* Read a list of targets when -4 and -6 are known, which say what its names mean: put it off, add it then. */
int config_put_off(const char *name, struct config *c, struct err *err);
int config_add_put_off(struct config *c, struct err *err);

/* Check rules between options, after all options are known. */
int config_check(struct config *c, struct err *err);

#endif
