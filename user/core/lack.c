// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * lack.c - try to take resources and give them back, by system calls that the filter allows
 * (syscalls.c).
 */
#include "lack.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

enum { DESCRIPTORS_MAX = 64 };

int lack_of(unsigned int descriptors, size_t bytes)
{
	int fds[DESCRIPTORS_MAX], code = 0;
	unsigned int n = 0;
	void *room;

	while (!code && n < descriptors && n < DESCRIPTORS_MAX) {
		fds[n] = epoll_create1(EPOLL_CLOEXEC);
		if (fds[n] < 0)
			code = -errno;
		else
			n++;
	}
	while (n)
		close(fds[--n]);
	if (code || !bytes)
		return code;
	room = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (room == MAP_FAILED)
		return -ENOMEM;
	munmap(room, bytes);
	return 0;
}
