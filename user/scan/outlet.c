// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* outlet.c - set up and close the interfaces of a scan, one after the other. */
#include "outlet.h"

#include "drivers.h"
#include "tx_af_packet.h"
#include "tx_xdp.h"

#include <errno.h>
#include <string.h>

void outlets_init(struct outlets *o, const struct network *net)
{
	unsigned int i;

	*o = (struct outlets){ .n = net->n };
	network_names(net, o->names);
	for (i = 0; i < o->n; i++) {
		o->v[i].iface = &net->ifaces[i];
		o->v[i].attach.link_fd = o->v[i].attach.tc_fd = -1;
	}
}

static struct attach_wish wish_of(const struct outlet *outlet, const struct config *c, bool sends,
				  bool several, char driver[DRIVER_NAME_LEN])
{
	const struct iface *iface = outlet->iface;

	drivers_name(iface->name, driver);
	return (struct attach_wish){
		.mode = c->attach,
		.ifindex = iface->index,
		.iface = iface->name,
		.ethernet = iface->ethernet,
		.sends = sends,
		.driver = driver,
		.several = several,
	};
}

int outlets_check(const struct outlets *o, const struct config *c, bool sends, struct err *err)
{
	char driver[DRIVER_NAME_LEN];
	unsigned int i;
	int code = 0;

	if (o->n > 1 && c->tx == TX_XDP)
		return err_set(err, -EINVAL,
			       "--tx xdp works on one interface, and the scan is from %s: choose "
			       "one (--iface)",
			       o->names);
	for (i = 0; i < o->n && !code; i++) {
		const struct attach_wish wish = wish_of(&o->v[i], c, sends, o->n > 1, driver);

		code = attach_check(&wish, err);
		if (!code && sends && attach_keeps_features(&wish))
			code = tx_xdp_check(wish.ifindex, wish.iface, err);
	}
	return code;
}

int outlets_open_senders(struct outlets *o, const struct probe_config *probe, struct err *err)
{
	unsigned int i;

	for (i = 0; i < o->n; i++) {
		struct outlet *outlet = &o->v[i];

		outlet->probe = *probe;
		memcpy(outlet->probe.source_mac, outlet->iface->mac,
		       sizeof(outlet->probe.source_mac));
		outlet->tx = tx_af_packet_open(outlet->iface, &outlet->probe, err);
		if (!outlet->tx)
			return -EIO;
	}
	return 0;
}

int outlets_choose(struct outlets *o, const struct config *c, bool sends, bool quiet,
		   struct err *err)
{
	char driver[DRIVER_NAME_LEN];
	unsigned int i;
	int code = 0;

	for (i = 0; i < o->n && !code; i++) {
		struct attach_wish wish = wish_of(&o->v[i], c, sends, o->n > 1, driver);

		wish.quiet = quiet;
		code = attach_choose(&o->v[i].attach, &wish, err);
		if (!code && c->verbose)
			attach_print(&o->v[i].attach, stderr);
	}
	return code;
}

int outlets_attach_further(struct outlets *o, const struct matcher *m, const struct loop *loop,
			   struct err *err)
{
	unsigned int i;
	int code = 0;

	for (i = 1; i < o->n && !code; i++)
		if (!loop_is_lost(loop, i))
			code = attach_program(&o->v[i].attach, matcher_fd_at(m, i), err);
	return code;
}

int outlets_check_xdp(const struct outlets *o, struct err *err)
{
	unsigned int i;
	int code = 0;

	for (i = 0; i < o->n && !code; i++)
		code = tx_xdp_check(o->v[i].iface->index, o->v[i].iface->name, err);
	return code;
}

const struct iface *outlets_find_dead(struct outlets *o, const struct loop *loop)
{
	unsigned int i;

	for (i = 0; i < o->n; i++)
		if (!loop_is_lost(loop, i) && !attach_alive(&o->v[i].attach))
			return o->v[i].iface;
	return NULL;
}

bool outlets_need_netlink(const struct outlets *o)
{
	unsigned int i;

	for (i = 0; i < o->n; i++)
		if (attach_needs_netlink(&o->v[i].attach))
			return true;
	return false;
}

uint64_t outlets_full(const struct outlets *o)
{
	uint64_t n = 0;
	unsigned int i;

	for (i = 0; i < o->n; i++)
		n += o->v[i].tx->full;
	return n;
}

void outlets_close_senders(struct outlets *o)
{
	unsigned int i;

	for (i = 0; i < o->n; i++) {
		if (o->v[i].tx)
			o->v[i].tx->ops->close(o->v[i].tx);
		o->v[i].tx = NULL;
	}
}

int outlets_detach(struct outlets *o, struct err *err)
{
	struct err ignored;
	unsigned int i;
	int code = 0, failed;

	for (i = 0; i < o->n; i++) {
		failed = attach_close(&o->v[i].attach, code ? &ignored : err);
		code = code ?: failed;
	}
	return code;
}
