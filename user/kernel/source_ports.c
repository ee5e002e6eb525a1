// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* source_ports.c - reserve consecutive ports by binding them. */
#include "source_ports.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Above Linux's default range for outgoing connections (32768-60999). */
enum { FIRST = 61000, LAST = 65535 };

/* One socket of IPv6 holds a port for both families. Where the kernel has no IPv6, one of IPv4 will do. */
static int bind_port(uint16_t port, int type)
{
	const struct sockaddr_in6 both = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	const struct sockaddr_in ip4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0), code;
	const bool has_ip6 = fd >= 0;
	const int off = 0;

	if (!has_ip6)
		fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (has_ip6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (!bind(fd, has_ip6 ? (const void *)&both : (const void *)&ip4,
		  has_ip6 ? sizeof(both) : sizeof(ip4)))
		return fd;
	code = -errno;
	close(fd);
	return code;
}

/* Bind the n ports from `first` on; all or none. */
static int bind_all(struct source_ports *s, uint16_t first, unsigned int n, bool udp)
{
	const unsigned int n_fds = udp ? 2 * n : n;
	int fd;

	*s = (struct source_ports){ .first = first, .n = n };
	for (; s->n_fds < n_fds; s->n_fds++) {
		fd = bind_port((uint16_t)(first + s->n_fds % n),
			       s->n_fds < n ? SOCK_STREAM : SOCK_DGRAM);
		if (fd < 0) {
			source_ports_release(s);
			return fd;
		}
		s->fds[s->n_fds] = fd;
	}
	return 0;
}

/* Why the ports of --source-port cannot be had. */
static int refuse(const struct source_range *range, int code, struct err *err)
{
	char name[16];

	snprintf(name, sizeof(name), range->first < range->last ? "%u-%u" : "%u", range->first,
		 range->last);
	if (code == -EADDRINUSE)
		return err_set(
			err, code,
			"--source-port %s: a socket of this host has a port of these (ss -anp "
			"says which): take others",
			name);
	if (code == -EACCES)
		return err_set(
			err, code,
			"--source-port %s: this user may not use ports below 1024: run xscan "
			"as root",
			name);
	return err_set(err, code, "--source-port %s: %s", name, strerror(-code));
}

int source_ports_reserve(struct source_ports *s, const struct source_range *given, unsigned int n,
			 bool udp, uint32_t random, struct err *err)
{
	static const struct source_range usual = { FIRST, LAST };
	const struct source_range *range = given->first ? given : &usual;
	const unsigned int width = (unsigned int)range->last - range->first + 1;
	unsigned int places, tried;
	int code = 0;

	if (n > width)
		n = width;
	places = width / n;
	if (given->first)
		random = 0;
	for (tried = 0; tried < places; tried++) {
		const unsigned int place = (random + tried) % places;

		code = bind_all(s, (uint16_t)(range->first + place * n), n, udp);
		if (code != -EADDRINUSE)
			break;
	}
	if (code && given->first)
		return refuse(given, code, err);
	if (code)
		return err_set(err, code, "no %u free source ports from %d to %d: %s", n, FIRST,
			       LAST, strerror(-code));
	return 0;
}

void source_ports_release(struct source_ports *s)
{
	while (s->n_fds)
		close(s->fds[--s->n_fds]);
	s->n = 0;
}
