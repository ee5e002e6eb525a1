// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* asked.c - targets and ports of `start` records. */
#include "asked.h"

#include "targets.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
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

static int add_ifaces(struct asked_run *run, struct json_object *list, struct words *words,
		      struct err *err)
{
	struct json_object *name;
	size_t i;

	if (!json_object_is_type(list, json_type_array) ||
	    json_object_array_length(list) > ASKED_IFACES_MAX)
		return err_set(err, -EINVAL, "\"interfaces\" is not a list of at most %d names",
			       ASKED_IFACES_MAX);
	for (i = 0; i < json_object_array_length(list); i++) {
		name = json_object_array_get_idx(list, i);
		if (!json_object_is_type(name, json_type_string))
			return err_set(err, -EINVAL, "\"interfaces\" has more than names");
		run->ifaces[i] = words_keep(words, json_object_get_string(name));
		if (!run->ifaces[i])
			return no_memory(err);
		run->n_ifaces++;
	}
	return 0;
}

/* The keys of a `start` record that tell what was asked. NULL: the record has none. */
struct keys {
	struct json_object *targets, *ports, *ifaces;
};

static int fill(struct asked_run *run, const struct keys *keys, struct words *words,
		struct err *err)
{
	struct json_object *ports = keys->ports;
	int code = keys->targets ? add_targets(run, keys->targets, err) : 0;

	run->has_more_targets |= !keys->targets;
	if (!code && keys->ifaces)
		code = add_ifaces(run, keys->ifaces, words, err);
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

static const char *text_of(struct json_object *o)
{
	return o ? json_object_to_json_string(o) : "";
}

/* The words of a record that tell what was asked. NULL: out of memory. */
static const char *words_of(const struct keys *keys, struct words *words)
{
	const char *kept;
	char *all;

	if (asprintf(&all, "%s %s %s", text_of(keys->targets), text_of(keys->ports),
		     text_of(keys->ifaces)) < 0)
		return NULL;
	kept = words_keep(words, all);
	free(all);
	return kept;
}

int asked_add(struct asked_list *a, struct json_object *start, struct words *words, struct err *err)
{
	struct asked_run run = { 0 }, *grown;
	struct keys keys = { 0 };
	size_t i;
	int code;

	json_object_object_get_ex(start, "targets", &keys.targets);
	json_object_object_get_ex(start, "ports", &keys.ports);
	json_object_object_get_ex(start, "interfaces", &keys.ifaces);
	run.text = words_of(&keys, words);
	if (!run.text)
		return no_memory(err);
	for (i = 0; i < a->n; i++)
		if (a->runs[i].text == run.text)
			return 0;
	grown = reallocarray(a->runs, a->n + 1, sizeof(*grown));
	if (!grown)
		return no_memory(err);
	a->runs = grown;
	code = fill(&run, &keys, words, err);
	if (code)
		free_run(&run);
	else
		a->runs[a->n++] = run;
	return code;
}

/* A link-local address is known on the link of its interface alone. */
static bool is_elsewhere(const struct asked_run *run, const char *zone)
{
	unsigned int i;

	for (i = 0; i < run->n_ifaces; i++)
		if (!strcmp(run->ifaces[i], zone))
			return false;
	return *zone && run->n_ifaces;
}

static enum asked host_of_run(const struct asked_run *run, struct addr addr, const char *zone)
{
	if (is_elsewhere(run, zone))
		return ASKED_NO;
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

enum asked asked_host(const struct asked_list *a, struct addr addr, const char *zone)
{
	enum asked best = a->n ? ASKED_NO : ASKED_UNKNOWN, asked;
	size_t i;

	for (i = 0; i < a->n && best < ASKED_YES; i++) {
		asked = host_of_run(&a->runs[i], addr, zone);
		best = asked > best ? asked : best;
	}
	return best;
}

enum asked asked_port(const struct asked_list *a, struct addr addr, const char *zone,
		      const char *protocol, uint16_t port)
{
	enum asked best = a->n ? ASKED_NO : ASKED_UNKNOWN, host, asked;
	size_t i;

	for (i = 0; i < a->n && best < ASKED_YES; i++) {
		host = host_of_run(&a->runs[i], addr, zone);
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
