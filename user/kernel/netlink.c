// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* netlink.c - ask questions over a socket, with libmnl. */
#include "netlink.h"

#include <errno.h>
#include <sys/socket.h>

enum { TRIES = 3 };

struct mnl_socket *netlink_open(int protocol)
{
	struct mnl_socket *nl = mnl_socket_open2(protocol, SOCK_CLOEXEC);

	if (nl && mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0) {
		mnl_socket_close(nl);
		return NULL;
	}
	return nl;
}

int netlink_ask_on(struct mnl_socket *nl, struct nlmsghdr *request, mnl_cb_t on_answer, void *ctx)
{
	char buf[32768];
	unsigned int seq = 1;
	int ret;

	request->nlmsg_seq = seq;
	if (mnl_socket_sendto(nl, request, request->nlmsg_len) < 0)
		return -errno;
	do {
		ret = (int)mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (ret > 0)
			ret = mnl_cb_run(buf, (size_t)ret, seq, mnl_socket_get_portid(nl),
					 on_answer, ctx);
	} while (ret > MNL_CB_STOP);
	return ret < 0 ? -errno : 0;
}

int netlink_ask(int protocol, struct nlmsghdr *request, mnl_cb_t on_answer, void *ctx)
{
	struct mnl_socket *nl = netlink_open(protocol);
	int ret;

	if (!nl)
		return -errno;
	ret = netlink_ask_on(nl, request, on_answer, ctx);
	mnl_socket_close(nl);
	return ret;
}

int netlink_retry(int (*read)(void *ctx), void *ctx)
{
	int code, left = TRIES;

	do
		code = read(ctx);
	while (code == -EINTR && --left);
	return code;
}
