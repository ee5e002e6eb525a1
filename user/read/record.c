// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* record.c - one line of JSON, checked and taken apart. */
#include "record.h"

#include <errno.h>
#include <json-c/json.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const keys[RECORD_FIGURES_N] = {
#define RECORD_KEY(name) #name,
	RECORD_FIGURES(RECORD_KEY)
#undef RECORD_KEY
};

const char *record_figure_key(unsigned int figure)
{
	return keys[figure];
}

static int wrong(struct err *err, const char *key, const char *want)
{
	return err_set(err, -EINVAL, "\"%s\" is not %s", key, want);
}

/* A text that is absent stays NULL. */
static int get_text(struct json_object *o, const char *key, const char **text, struct err *err)
{
	struct json_object *value;

	if (!json_object_object_get_ex(o, key, &value))
		return 0;
	if (!json_object_is_type(value, json_type_string))
		return wrong(err, key, "a text");
	*text = json_object_get_string(value);
	return 0;
}

/* A number that is absent keeps its value. */
static int get_integer(struct json_object *o, const char *key, int64_t most, int64_t *number,
		       struct err *err)
{
	struct json_object *value;

	if (!json_object_object_get_ex(o, key, &value))
		return 0;
	if (!json_object_is_type(value, json_type_int))
		return wrong(err, key, "a whole number");
	*number = json_object_get_int64(value);
	return *number < 0 || *number > most ? wrong(err, key, "a number that can be") : 0;
}

static int get_double(struct json_object *o, const char *key, double *number, struct err *err)
{
	struct json_object *value;

	if (!json_object_object_get_ex(o, key, &value))
		return 0;
	if (!json_object_is_type(value, json_type_double) &&
	    !json_object_is_type(value, json_type_int))
		return wrong(err, key, "a number");
	*number = json_object_get_double(value);
	return 0;
}

static bool parse_mac(const char *text, uint8_t mac[6])
{
	int end = 0;

	return strlen(text) == 17 &&
	       sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &mac[0], &mac[1], &mac[2],
		      &mac[3], &mac[4], &mac[5], &end) == 6 &&
	       end == 17;
}

static int get_addr(struct json_object *o, struct record *r, struct err *err)
{
	const char *text = NULL;
	int code = get_text(o, "ip", &text, err);

	if (!code)
		code = get_text(o, "zone", &r->zone, err);
	if (!code)
		code = get_text(o, "name", &r->name, err);
	if (!code && (!text || !addr_parse(text, &r->addr)))
		code = wrong(err, "ip", "an address");
	return code;
}

static int get_also(struct json_object *o, struct record *r, struct err *err)
{
	struct json_object *list, *mac;
	size_t i;

	if (!json_object_object_get_ex(o, "also", &list))
		return 0;
	if (!json_object_is_type(list, json_type_array))
		return wrong(err, "also", "a list of MAC addresses");
	for (i = 0; i < json_object_array_length(list) && i < RECORD_ALSO_MAX; i++) {
		mac = json_object_array_get_idx(list, i);
		if (!json_object_is_type(mac, json_type_string) ||
		    !parse_mac(json_object_get_string(mac), r->also[i]))
			return wrong(err, "also", "a list of MAC addresses");
		r->n_also = (unsigned int)i + 1;
	}
	return 0;
}

static int get_host(struct json_object *o, struct record *r, struct err *err)
{
	const char *mac = NULL;
	int code = get_addr(o, r, err);

	if (!code)
		code = get_text(o, "mac", &mac, err);
	if (!code && mac) {
		r->has_mac = parse_mac(mac, r->mac);
		code = r->has_mac ? 0 : wrong(err, "mac", "a MAC address");
	}
	if (!code)
		code = get_text(o, "vendor", &r->vendor, err);
	if (!code)
		code = get_text(o, "how", &r->how, err);
	if (!code)
		code = get_integer(o, "rtt_us", INT64_MAX, &r->rtt_us, err);
	return code ? code : get_also(o, r, err);
}

static int get_port(struct json_object *o, struct record *r, struct err *err)
{
	int64_t port = -1;
	int code = get_addr(o, r, err);

	if (!code)
		code = get_text(o, "protocol", &r->protocol, err);
	if (!code && !r->protocol)
		code = wrong(err, "protocol", "there");
	if (!code)
		code = get_integer(o, "port", UINT16_MAX, &port, err);
	if (!code && port < 0)
		code = wrong(err, "port", "there");
	if (!code)
		code = get_text(o, "state", &r->state, err);
	if (!code && !r->state)
		code = wrong(err, "state", "there");
	if (!code)
		code = get_text(o, "service", &r->service, err);
	if (!code)
		code = get_text(o, "info", &r->info, err);
	if (!code)
		code = get_text(o, "doubtful", &r->doubtful, err);
	if (!code)
		code = get_integer(o, "rtt_us", INT64_MAX, &r->rtt_us, err);
	r->port = (uint16_t)port;
	return code;
}

static int get_summary(struct json_object *o, struct record *r, struct err *err)
{
	struct record_summary *s = &r->summary;
	struct json_object *complete;
	unsigned int i;
	int64_t n;
	int code = 0;

	*s = (struct record_summary){ .coverage = NAN, .coverage_low = NAN };
	for (i = 0; i < RECORD_FIGURES_N && !code; i++) {
		n = 0;
		code = get_integer(o, keys[i], INT64_MAX, &n, err);
		s->figures[i] = (uint64_t)n;
	}
	s->has_ports = json_object_object_get_ex(o, "open", NULL);
	if (!code)
		code = get_double(o, "coverage", &s->coverage, err);
	if (!code)
		code = get_double(o, "coverage_low", &s->coverage_low, err);
	if (!code)
		code = get_double(o, "elapsed_s", &s->elapsed_s, err);
	s->complete = json_object_object_get_ex(o, "complete", &complete) &&
		      json_object_get_boolean(complete);
	return code;
}

static enum record_type type_of(const char *word)
{
	if (!strcmp(word, "host"))
		return RECORD_HOST;
	if (!strcmp(word, "port"))
		return RECORD_PORT;
	if (!strcmp(word, "summary"))
		return RECORD_SUMMARY;
	return !strcmp(word, "start") ? RECORD_START : RECORD_OTHER;
}

static int take_apart(struct json_object *o, struct record *r, struct err *err)
{
	const char *type = NULL;
	int code;

	if (!json_object_is_type(o, json_type_object))
		return err_set(err, -EINVAL, "not an object");
	code = get_text(o, "type", &type, err);
	if (!code && !type)
		code = wrong(err, "type", "there");
	if (code)
		return code;
	r->type = type_of(type);
	if (r->type != RECORD_OTHER)
		code = get_text(o, "time", &r->time, err);
	if (code || r->type == RECORD_OTHER || r->type == RECORD_START)
		return code;
	if (r->type == RECORD_SUMMARY)
		return get_summary(o, r, err);
	return r->type == RECORD_HOST ? get_host(o, r, err) : get_port(o, r, err);
}

static bool is_blank(const char *text, size_t len)
{
	return strspn(text, " \t\r\n") >= len;
}

int record_parse(struct record *r, const char *line, size_t len, struct err *err)
{
	struct json_tokener *tokener = r->tokener ?: json_tokener_new();
	size_t end;

	json_object_put(r->object);
	*r = (struct record){ .rtt_us = -1, .tokener = tokener };
	if (!tokener)
		return err_set(err, -ENOMEM, "out of memory");
	json_tokener_reset(tokener);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8 |
						JSON_TOKENER_ALLOW_TRAILING_CHARS);
	if (len > INT32_MAX)
		return err_set(err, -EINVAL, "the line is too long");
	r->object = json_tokener_parse_ex(tokener, line, (int)len);
	if (!r->object)
		return err_set(err, -EINVAL, "not an object of JSON");
	end = json_tokener_get_parse_end(tokener);
	if (end < len && !is_blank(line + end, len - end))
		return err_set(err, -EINVAL, "more than one object on a line");
	return take_apart(r->object, r, err);
}

void record_free(struct record *r)
{
	json_object_put(r->object);
	if (r->tokener)
		json_tokener_free(r->tokener);
	*r = (struct record){ 0 };
}
