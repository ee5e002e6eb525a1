// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* report.c - the outputs of a run. A new format is one more add() in report_open. */
#include "report.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static int failed(const struct sink *s, int code, struct err *err)
{
	return err_set(err, code, "%.128s: cannot write results: %s", s->name, strerror(-code));
}

/* `path` NULL or "-": standard output. */
static int add(struct report *r, const struct sink_ops *ops, const char *path, struct err *err)
{
	struct sink *s = &r->sinks[r->n];

	*s = (struct sink){ .ops = ops, .name = path };
	if (!path || !strcmp(path, "-")) {
		s->name = "standard output";
		s->file = stdout;
		s->terminal = isatty(STDOUT_FILENO);
	} else {
		s->file = fopen(path, "we");
	}
	if (!s->file)
		return failed(s, -errno, err);
	r->n++;
	return 0;
}

int report_open(struct report *r, const struct config *c, struct err *err)
{
	bool json_on_stdout = c->json && !strcmp(c->json, "-");
	int code = 0;

	*r = (struct report){ 0 };
	if (!json_on_stdout)
		code = add(r, &out_text, NULL, err);
	if (!code && c->json)
		code = add(r, &out_json, c->json, err);
	return code;
}

int report_host(struct report *r, const struct result_host *host, struct err *err)
{
	unsigned int i;
	int code;

	for (i = 0; i < r->n; i++) {
		code = r->sinks[i].ops->host(&r->sinks[i], host);
		if (code)
			return failed(&r->sinks[i], code, err);
	}
	return 0;
}

int report_port(struct report *r, const struct result_port *port, struct err *err)
{
	unsigned int i;
	int code;

	for (i = 0; i < r->n; i++) {
		code = r->sinks[i].ops->port(&r->sinks[i], port);
		if (code)
			return failed(&r->sinks[i], code, err);
	}
	return 0;
}

int report_close(struct report *r, const struct result_summary *summary, struct err *err)
{
	int code, first = 0;
	unsigned int i;

	for (i = 0; i < r->n; i++) {
		struct sink *s = &r->sinks[i];

		code = s->ops->end(s, summary);
		if (fclose(s->file) && !code)
			code = -errno;
		if (code && !first)
			first = failed(s, code, err);
	}
	r->n = 0;
	return first;
}
