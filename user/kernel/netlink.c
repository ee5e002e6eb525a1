// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* netlink.c - ask one question over a socket of its own, with libmnl. */
#include "netlink.h"

#include <errno.h>
#include <sys/socket.h>

enum { TRIES = 3 };

int netlink_ask(int protocol, struct nlmsghdr *request, mnl_cb_t on_answer, void *ctx)
{
	char buf[32768];
	struct mnl_socket *nl = mnl_socket_open2(protocol, SOCK_CLOEXEC);
	unsigned int port, seq = 1;
	int ret;

	if (!nl)
		return -errno;
	request->nlmsg_seq = seq;
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(nl, request, request->nlmsg_len) < 0) {
		ret = -errno;
		goto out;
	}
	port = mnl_socket_get_portid(nl);
	do {
		ret = (int)mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (ret > 0)
			ret = mnl_cb_run(buf, (size_t)ret, seq, port, on_answer, ctx);
	} while (ret > MNL_CB_STOP);
	ret = ret < 0 ? -errno : 0;
out:
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
