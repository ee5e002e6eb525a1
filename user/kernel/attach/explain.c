// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* explain.c - lines for errno of attaching. */
#include "explain.h"

#include "attach.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <string.h>
#include <xdp/libxdp.h>

bool explain_taken(const struct attach *a, char *what, size_t size)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);
	struct xdp_multiprog *found;
	struct xdp_program *program;

	/* A program in the card's hardware is in nobody's way. */
	if (bpf_xdp_query(a->ifindex, 0, &query) || query.attach_mode == XDP_ATTACHED_NONE ||
	    query.attach_mode == XDP_ATTACHED_HW)
		return false;
	libxdp_set_print(NULL);
	found = xdp_multiprog__get_from_ifindex(a->ifindex);
	if (libxdp_get_error(found)) {
		snprintf(what, size, "another XDP program");
		return true;
	}
	program = xdp_multiprog__main_prog(found);
	snprintf(what, size, "the XDP %s `%s`",
		 xdp_multiprog__is_legacy(found) ? "program" : "dispatcher",
		 program ? xdp_program__name(program) : "?");
	xdp_multiprog__close(found);
	return true;
}

/* Explain why tc refused the program. */
static int explain_tc(const struct attach *a, int code, struct err *err)
{
	switch (code) {
	case -ENOENT: /* no queueing discipline, or no such kind of filter */
		return err_set(err, code,
			       "%s: this kernel has neither tcx nor BPF filters on clsact: use "
			       "--attach native or generic",
			       a->iface);
	case -ERANGE: /* of tcx */
	case -EEXIST: /* of clsact: no priority is free */
		return err_set(err, code,
			       "%s: has too many programs at tc already: use --attach native or "
			       "generic",
			       a->iface);
	default:
		return err_set(err, code, "%s: cannot attach in tc mode: %s", a->iface,
			       strerror(-code));
	}
}

/* Would another way to attach fail as well, for lack of the process's own resources or rights? */
static bool is_of_the_process(int code)
{
	return code == -EMFILE || code == -ENFILE || code == -ENOMEM || code == -EPERM ||
	       code == -EACCES;
}

/* Explain why XDP refused the program, and what to do instead. */
static int explain_xdp(const struct attach *a, int code, struct err *err)
{
	const char *instead = a->sends ? "--tx af_packet" : "--attach tc";
	char what[64];

	if ((code == -EBUSY || code == -EEXIST) && explain_taken(a, what, sizeof(what)))
		return err_set(err, code, "%s: %s is attached; xscan leaves it alone: use %s",
			       a->iface, what, instead);
	if (code == -EEXIST)
		return err_set(err, code,
			       "%s: an XDP program is attached to a bridge or bond above it: use "
			       "%s",
			       a->iface, instead);
	if (code == -EOPNOTSUPP && a->mode == ATTACH_NATIVE)
		return err_set(err, code, "%s: its driver has no native XDP: use %s", a->iface,
			       instead);
	if (is_of_the_process(code))
		return err_set(err, code, "%s: cannot attach in %s mode: %s", a->iface,
			       attach_mode_name(a->mode), strerror(-code));
	return err_set(err, code, "%s: cannot attach in %s mode: %s: use %s", a->iface,
		       attach_mode_name(a->mode), strerror(-code), instead);
}

int explain(const struct attach *a, int code, struct err *err)
{
	return a->mode == ATTACH_TC ? explain_tc(a, code, err) : explain_xdp(a, code, err);
}
