// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* asked.c - targets and ports of `start` records. */
#include "asked.h"

#include "targets.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

/* Records name ports by numbers alone. */
static uint16_t no_names(const char *name)
{
	(void)name;
	return 0;
}

static int no_memory(struct err *err)
{
	return err_set(err, -ENOMEM, "out of memory");
}

/* A target that is not understood is not known to have been asked: no error. */
static int add_targets(struct asked_run *run, struct json_object *list, struct err *err)
{
	struct json_object *target;
	struct err unused;
	int code = 0;
	size_t i;

	if (!json_object_is_type(list, json_type_array))
		return err_set(err, -EINVAL, "\"targets\" is not a list");
	for (i = 0; i < json_object_array_length(list); i++) {
		target = json_object_array_get_idx(list, i);
		code = -EINVAL;
		if (json_object_is_type(target, json_type_string))
			code = targets_parse(json_object_get_string(target), NULL, &run->targets,
					     &unused);
		if (code == -ENOMEM)
			return no_memory(err);
		run->has_more_targets |= code != 0;
	}
	ranges_settle(&run->targets);
	return 0;
}

static int add_ports(struct asked_run *run, const char *protocol, struct json_object *list,
		     struct words *words, struct err *err)
{
	struct asked_ports *p = &run->ports[run->n_ports];
	struct err unused;

	if (!json_object_is_type(list, json_type_string))
		return err_set(err, -EINVAL, "\"ports\" is not an object of texts");
	if (run->n_ports == ASKED_PROTOCOLS_MAX)
		return err_set(err, -EINVAL, "\"ports\" has too many protocols");
	run->n_ports++;
	p->protocol = words_keep(words, protocol);
	p->text = words_keep(words, json_object_get_string(list));
	p->ports = malloc(sizeof(*p->ports));
	if (!p->protocol || !p->text || !p->ports)
		return no_memory(err);
	if (!ports_parse(p->text, no_names, p->ports, &unused))
		return 0;
	free(p->ports);
	p->ports = NULL;
	return 0;
}

static int fill(struct asked_run *run, struct json_object *targets, struct json_object *ports,
		struct words *words, struct err *err)
{
	int code = targets ? add_targets(run, targets, err) : 0;

	run->has_more_targets |= !targets;
	if (code || !ports)
		return code;
	if (!json_object_is_type(ports, json_type_object))
		return err_set(err, -EINVAL, "\"ports\" is not an object of texts");
	json_object_object_foreach(ports, protocol, list)
	{
		code = add_ports(run, protocol, list, words, err);
		if (code)
			return code;
	}
	return 0;
}

static void free_run(struct asked_run *run)
{
	ranges_free(&run->targets);
	while (run->n_ports)
		free(run->ports[--run->n_ports].ports);
}

/* The words of a record that tell what was asked. NULL: out of memory. */
static const char *words_of(struct json_object *targets, struct json_object *ports,
			    struct words *words)
{
	const char *a = targets ? json_object_to_json_string(targets) : "";
	const char *b = ports ? json_object_to_json_string(ports) : "";
	size_t n = a && b ? strlen(a) + strlen(b) + 2 : 0;
	char *both = n ? malloc(n) : NULL;
	const char *kept;

	if (!both)
		return NULL;
	strcat(strcat(strcpy(both, a), " "), b);
	kept = words_keep(words, both);
	free(both);
	return kept;
}

int asked_add(struct asked_list *a, struct json_object *start, struct words *words, struct err *err)
{
	struct json_object *targets = NULL, *ports = NULL;
	struct asked_run run = { 0 }, *grown;
	size_t i;
	int code;

	json_object_object_get_ex(start, "targets", &targets);
	json_object_object_get_ex(start, "ports", &ports);
	run.text = words_of(targets, ports, words);
	if (!run.text)
		return no_memory(err);
	for (i = 0; i < a->n; i++)
		if (a->runs[i].text == run.text)
			return 0;
	grown = reallocarray(a->runs, a->n + 1, sizeof(*grown));
	if (!grown)
		return no_memory(err);
	a->runs = grown;
	code = fill(&run, targets, ports, words, err);
	if (code)
		free_run(&run);
	else
		a->runs[a->n++] = run;
	return code;
}

static enum asked host_of_run(const struct asked_run *run, struct addr addr)
{
	if (ranges_find(&run->targets, addr, NULL))
		return ASKED_YES;
	return run->has_more_targets ? ASKED_UNKNOWN : ASKED_NO;
}

static enum asked port_of_run(const struct asked_run *run, const char *protocol, uint16_t port)
{
	unsigned int i;

	for (i = 0; i < run->n_ports; i++) {
		if (strcmp(run->ports[i].protocol, protocol))
			continue;
		if (!run->ports[i].ports)
			return ASKED_UNKNOWN;
		return run->ports[i].ports->slot[port] ? ASKED_YES : ASKED_NO;
	}
	return ASKED_NO;
}

enum asked asked_host(const struct asked_list *a, struct addr addr)
{
	enum asked best = a->n ? ASKED_NO : ASKED_UNKNOWN, asked;
	size_t i;

	for (i = 0; i < a->n && best < ASKED_YES; i++) {
		asked = host_of_run(&a->runs[i], addr);
		best = asked > best ? asked : best;
	}
	return best;
}

enum asked asked_port(const struct asked_list *a, struct addr addr, const char *protocol,
		      uint16_t port)
{
	enum asked best = a->n ? ASKED_NO : ASKED_UNKNOWN, host, asked;
	size_t i;

	for (i = 0; i < a->n && best < ASKED_YES; i++) {
		host = host_of_run(&a->runs[i], addr);
		asked = port_of_run(&a->runs[i], protocol, port);
		asked = host < asked ? host : asked;
		best = asked > best ? asked : best;
	}
	return best;
}

void asked_free(struct asked_list *a)
{
	while (a->n)
		free_run(&a->runs[--a->n]);
	free(a->runs);
	a->runs = NULL;
}
