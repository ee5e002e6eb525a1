// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * fuzz-checkpoint.c - any bytes as a file of --resume. Laws: the file is refused in one line, or
 * what is read is as long as the head says; a refused file leaves nothing behind.
 *
 * After a first byte 'f' the rest is the file. After another byte the rest is the content: magic
 * and zlib make a file of it; missing bytes of the head are zero.
 */
#include "checkpoint_file.h"
#include "fuzz.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

static const char magic[16] = "xscan resume 6\n";

static void write_file(int fd, const uint8_t *data, size_t size)
{
	LAW(write(fd, data, size) == (ssize_t)size);
}

static void write_content(int fd, const uint8_t *data, size_t size)
{
	const size_t in_head =
		size < sizeof(struct checkpoint_head) ? size : sizeof(struct checkpoint_head);
	struct checkpoint_head head = { 0 };
	gzFile file = gzdopen(dup(fd), "wb1");

	LAW(file);
	memcpy(&head, data, in_head);
	memcpy(head.magic, magic, sizeof(magic));
	LAW(gzwrite(file, &head, sizeof(head)) == sizeof(head));
	if (size > in_head)
		LAW(gzwrite(file, data + in_head, (unsigned int)(size - in_head)) > 0);
	LAW(gzclose(file) == Z_OK);
}

/* Reads all of it, so that ASan sees if it is shorter. */
static unsigned int sum(const uint8_t *table, uint64_t size)
{
	unsigned int n = 0;

	while (size--)
		n += *table++;
	return n;
}

static void check_read(const struct checkpoint *r, int lock_fd)
{
	uint64_t n = 0;
	unsigned int i;

	LAW(lock_fd >= 0);
	LAW(!memcmp(r->head.magic, magic, sizeof(magic)));
	LAW(r->head.sweep.n_flows <= FLOWS_MAX && r->head.slice.n_flows <= FLOWS_MAX);
	for (i = 0; i < CHECKPOINT_TABLES; i++)
		n += sum(r->tables[i], r->head.table_size[i]);
	LAW(n < UINT32_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[] = "/tmp/fuzz-checkpoint.XXXXXX";
	int fd = mkstemp(path), lock_fd = -1, code;
	struct err err = { "" };
	struct checkpoint r;
	unsigned int i;

	LAW(fd >= 0);
	if (size && *data == 'f')
		write_file(fd, data + 1, size - 1);
	else
		write_content(fd, data + !!size, size - !!size);
	code = checkpoint_read(path, &r, &lock_fd, &err);
	if (code) {
		LAW(code == -EINVAL || code == -ENOMEM);
		LAW(is_one_line(&err));
		LAW(lock_fd == -1);
		for (i = 0; i < CHECKPOINT_TABLES; i++)
			LAW(!r.tables[i]);
	} else {
		check_read(&r, lock_fd);
		close(lock_fd);
	}
	checkpoint_free(&r);
	close(fd);
	unlink(path);
	return 0;
}
