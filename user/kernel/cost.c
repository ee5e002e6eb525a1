// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cost.c - read the kernel's statistics of BPF programs. */
#include "cost.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <unistd.h>

int cost_open(struct cost *c, struct err *err)
{
	const int fd = bpf_enable_stats(BPF_STATS_RUN_TIME);

	if (fd < 0 && errno == EPERM)
		return err_set(err, -EPERM, "--cost needs CAP_SYS_ADMIN: run it with sudo");
	if (fd < 0)
		return err_set(err, -errno,
			       "--cost: the kernel does not count runs of BPF programs: %s",
			       strerror(errno));
	c->on = true;
	c->stats_fd = fd;
	host_load_open(&c->host);
	return 0;
}

void cost_close(struct cost *c)
{
	if (!c->on)
		return;
	host_load_close(&c->host);
	close(c->stats_fd);
	c->on = false;
}

void cost_start(struct cost *c)
{
	host_load_read(&c->host, &c->start);
}

static bool read_info(int program_fd, struct bpf_prog_info *info)
{
	__u32 len = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return program_fd >= 0 && !bpf_obj_get_info_by_fd(program_fd, info, &len);
}

static void take_name(struct cost *c, const struct bpf_prog_info *info)
{
	memcpy(c->program, info->name, sizeof(c->program));
	c->program[sizeof(c->program) - 1] = '\0';
}

void cost_watch(struct cost *c, int program_fd)
{
	struct bpf_prog_info info;

	if (!c->on || !read_info(program_fd, &info) || info.id == c->before_id)
		return;
	if (!c->program[0])
		take_name(c, &info);
	c->before_id = info.id;
	c->before_runs = info.run_cnt;
	c->before_ns = info.run_time_ns;
	c->jited_bytes = info.jited_prog_len;
	c->verified_insns = info.verified_insns; /* 0 before Linux 5.16 */
}

void cost_add(struct cost *c, int program_fd)
{
	struct bpf_prog_info info;

	if (!c->on || !read_info(program_fd, &info) || !info.run_cnt)
		return;
	take_name(c, &info);
	c->runs += info.run_cnt;
	c->run_ns += info.run_time_ns;
	if (info.id != c->before_id)
		return;
	c->runs -= c->before_runs;
	c->run_ns -= c->before_ns;
}

struct budget_look cost_of_host(const struct cost *c)
{
	struct budget_look look;

	host_load_read(&c->host, &look);
	look.idle_ns -= c->start.idle_ns;
	look.busy_ns -= c->start.busy_ns;
	look.softirq_ns -= c->start.softirq_ns;
	look.own_ns -= c->start.own_ns;
	return look;
}
