// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * fuzz-records.c - any bytes as a file of results. Laws: the file is refused in one line, or its hosts
 * and ports are sorted, each is there once, each text is printable, the file does not differ from itself,
 * and the data of its page are JSON that the next end of a script ends.
 */
#include "diff.h"
#include "fuzz.h"
#include "page.h"

#include <errno.h>
#include <json-c/json.h>

static void check_text(const char *text)
{
	const uint8_t *s = (const uint8_t *)text;
	size_t len;

	for (; s && *s; s += len) {
		len = step_character(s);
		LAW(len);
	}
}

static void check_host(const struct found_host *h)
{
	size_t i;

	check_text(h->zone);
	check_text(h->vendor);
	check_text(h->name);
	check_text(h->how);
	for (i = 1; i < h->n_macs; i++)
		LAW(memcmp(h->macs[i - 1], h->macs[i], sizeof(h->macs[0])) < 0);
	for (i = 0; i < h->n_ports; i++) {
		check_text(h->ports[i].protocol);
		check_text(h->ports[i].service);
		check_text(h->ports[i].state);
		LAW(!i || found_port_cmp(&h->ports[i - 1], &h->ports[i]) < 0);
	}
}

static int refuse(void *ctx, const struct difference *d)
{
	(void)ctx;
	(void)d;
	LAW(!"a file differs from itself");
	return 0;
}

static void check(const struct results *r)
{
	size_t i, n_ports = 0;

	for (i = 0; i < r->n_hosts; i++) {
		check_host(&r->hosts[i]);
		n_ports += r->hosts[i].n_ports;
		LAW(!i || found_host_cmp(&r->hosts[i - 1], &r->hosts[i]) < 0);
	}
	LAW(n_ports == r->n_ports);
	LAW(!diff(r, r, refuse, NULL));
}

static void check_page(const struct results *r)
{
	struct json_object *object;
	char *text, *data;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	LAW(file);
	page_begin(file, "1");
	page_result(file, r, true);
	page_changes_begin(file);
	page_changes(file, r, r, true);
	page_end(file, r);
	fclose(file);
	data = strstr(text, "id=\"data\">");
	LAW(data);
	data = strchr(data, '{');
	*strstr(data, "</script>") = '\0';
	object = json_tokener_parse(data);
	LAW(object);
	LAW(json_object_object_get_ex(object, "hosts", NULL));
	json_object_put(object);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *file = size ? fmemopen((void *)data, size, "r") : NULL;
	struct words words = { 0 };
	struct err err = { "" };
	struct results r;
	int code;

	if (!file)
		return 0;
	code = results_read(file, "file", &words, &r, &err);
	fclose(file);
	if (code) {
		LAW(code == -EINVAL || code == -ENOMEM);
		LAW(is_one_line(&err));
	} else {
		check(&r);
		check_page(&r);
	}
	results_free(&r);
	words_free(&words);
	return 0;
}
