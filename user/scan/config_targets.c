// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* config_targets.c - the targets and what is excluded: on the command line and in files. */
#include "config_parts.h"

#include "family.h"
#include "resolve.h"
#include "targets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void note_first_target(struct config *c)
{
	if (c->has_first_target || !c->targets.n)
		return;
	c->has_first_target = true;
	c->first_target = c->targets.v[0].first;
}

int config_add_targets(struct config *c, const char *list, struct err *err)
{
	const struct targets_resolver resolver = { .resolve = resolve_name,
						   .zone = family_zone,
						   .ctx = c };
	int code = targets_parse(list, &resolver, &c->targets, err);

	note_first_target(c);
	return code;
}

static int append(const char ***names, size_t *n, const char *name, struct err *err)
{
	const char **grown = reallocarray(*names, *n + 1, sizeof(*grown));

	if (!grown)
		return err_set(err, -ENOMEM, "out of memory");
	*names = grown;
	grown[(*n)++] = name;
	return 0;
}

int config_add_file(const char *name, bool exclude, struct config *c, struct err *err)
{
	const struct targets_resolver resolver = { .resolve = resolve_name,
						   .zone = family_zone,
						   .ctx = c };
	bool standard_input = !strcmp(name, "-");
	FILE *file = standard_input ? stdin : fopen(name, "re");
	int code;

	if (standard_input && feof(stdin))
		return err_set(err, -EINVAL, "standard input can be read only once");
	if (!file)
		return err_set(err, -errno, "%.128s: %s", name, strerror(errno));
	code = targets_read(file, standard_input ? "standard input" : name, !exclude,
			    exclude ? NULL : &resolver, exclude ? &c->exclude : &c->targets, err);
	if (!standard_input)
		fclose(file);
	if (!exclude)
		note_first_target(c);
	return code ? code : append(&c->lists, &c->n_lists, name, err);
}

int config_put_off(const char *name, struct config *c, struct err *err)
{
	return append(&c->target_files, &c->n_target_files, name, err);
}

int config_add_put_off(struct config *c, struct err *err)
{
	size_t i;
	int code = 0;

	for (i = 0; i < c->n_target_files && !code; i++)
		code = config_add_file(c->target_files[i], false, c, err);
	return code;
}
