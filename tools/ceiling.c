// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * ceiling.c - the limits that xscan is measured against: sending a fixed packet as fast as the
 * kernel takes it, counting it at the receiver, and the matcher's time for foreign packets.
 *
 *	ceiling sink IFACE                  drop IPv4 until SIGTERM, then print: frames; frames and
 *	                                    ns between the first and the last; when the first frame
 *	                                    and the first ARP request came (CLOCK_MONOTONIC, ns)
 *	ceiling frames IFACE COUNT BURST    send by live frames, BURST before the receiver runs
 *	ceiling packets IFACE COUNT BATCH   send by sendmmsg through the queueing discipline
 *	ceiling bypass IFACE COUNT BATCH    send by sendmmsg past it
 *	ceiling foreign COUNT               print ns the matcher takes for packets of others
 */
#include "ceiling.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "abi.h"
#include "ceiling.skel.h"
#include "xscan_tcp.skel.h"

enum { BATCH_MAX = 1024, LOOPBACK = 1 };

static int failed(const char *what, int code)
{
	fprintf(stderr, "ceiling: %s: %s\n", what, strerror(code < 0 ? -code : code));
	return 1;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* The attachment ends with the process. */
static int attach(int program_fd, int ifindex, __u32 mode)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = mode);

	return bpf_link_create(program_fd, ifindex, BPF_XDP, &opts);
}

/* A SYN from 198.18.0.1 to 198.18.0.2, as long as xscan's own. */
static struct probe_tcp_frame fixed_frame(void)
{
	const struct probe_config probe = {
		.source_port = 61000, .tries = 1, .ttl = 64, .source_mac = { 2, 0, 0, 0, 0, 1 }
	};
	const struct probe_target target = {
		.addr = htonl(0xc6120002),
		.source = htonl(0xc6120001),
		.port = 80,
		.next_hop = { 2, 0, 0, 0, 0, 2 },
	};
	struct probe_tcp_frame frame;

	probe_tcp_build(&frame, &probe, &target, 0);
	return frame;
}

/* Sink */

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return !a || (b && b < a) ? b : a;
}

static int print_arrivals(int map_fd)
{
	int cpus = libbpf_num_possible_cpus(), cpu;
	struct arrivals each[cpus > 0 ? cpus : 1], sum = { 0 };
	const __u32 zero = 0;

	if (cpus < 0 || bpf_map_lookup_elem(map_fd, &zero, each))
		return failed("cannot read the counters", errno);
	for (cpu = 0; cpu < cpus; cpu++) {
		sum.frames += each[cpu].frames;
		sum.stamped += each[cpu].stamped;
		sum.first_ns = earlier(sum.first_ns, each[cpu].first_ns);
		sum.first_arp_ns = earlier(sum.first_arp_ns, each[cpu].first_arp_ns);
		if (each[cpu].last_ns > sum.last_ns)
			sum.last_ns = each[cpu].last_ns;
	}
	printf("%llu %llu %llu %llu %llu\n", sum.frames, sum.stamped, sum.last_ns - sum.first_ns,
	       sum.first_ns, sum.first_arp_ns);
	return 0;
}

static int run_sink(struct ceiling_bpf *skel, int ifindex)
{
	sigset_t stop;
	int fd, signal_number;

	/* Block signals before attaching, so that none in between is lost. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	fd = attach(bpf_program__fd(skel->progs.sink), ifindex, XDP_FLAGS_DRV_MODE);
	if (fd < 0)
		return failed("cannot attach", fd);
	fputs("ready\n", stderr);
	sigwait(&stop, &signal_number);
	close(fd);
	return print_arrivals(bpf_map__fd(skel->maps.arrivals));
}

/* Senders */

/*
 * Send all frames in one call, by an attached program. The kernel would enter any other program
 * into its dispatcher and take it out again at each call, which costs 60-120 ms.
 */
static int send_frames(struct ceiling_bpf *skel, int ifindex, long count, long burst)
{
	struct probe_tcp_frame frame = fixed_frame();
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = &frame, .data_size_in = sizeof(frame),
		    .repeat = (int)count, .flags = BPF_F_TEST_XDP_LIVE_FRAMES,
		    .batch_size = (__u32)burst);
	int code, fd, program_fd = bpf_program__fd(skel->progs.forward);
	const __u32 zero = 0;

	code = bpf_map_update_elem(bpf_map__fd(skel->maps.device), &zero, &ifindex, BPF_ANY);
	if (code)
		return failed("cannot redirect to it", code);
	fd = attach(program_fd, ifindex, XDP_FLAGS_DRV_MODE);
	if (fd < 0)
		return failed("cannot attach", fd);
	code = bpf_prog_test_run_opts(program_fd, &opts);
	close(fd);
	return code ? failed("cannot send live frames", code) : 0;
}

static int send_packets(int ifindex, long count, long batch, bool bypass)
{
	const struct sockaddr_ll addr = { .sll_family = AF_PACKET, .sll_ifindex = ifindex };
	static struct mmsghdr messages[BATCH_MAX];
	struct probe_tcp_frame frame = fixed_frame();
	struct iovec iov = { &frame, sizeof(frame) };
	int fd, sent, on = bypass;
	long i;

	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)))
		return failed("cannot open a packet socket", errno);
	for (i = 0; i < batch; i++)
		messages[i].msg_hdr = (struct msghdr){ .msg_iov = &iov, .msg_iovlen = 1 };
	while (count > 0) {
		sent = sendmmsg(fd, messages, (unsigned int)(count < batch ? count : batch), 0);
		if (sent < 0 && errno != ENOBUFS && errno != EINTR)
			return failed("cannot send", errno);
		count -= sent > 0 ? sent : 0;
	}
	close(fd);
	return 0;
}

/* Matcher */

/* Foreign packets of a busy host, as bytes to change in a SYN of the scan. */
static const struct foreign {
	const char *name;
	size_t at;
	__u8 value[2];
} foreign_packets[] = {
	{ "tcp", offsetof(struct probe_tcp_frame, tcp.dst), { 0x01, 0xbb } },
	{ "udp", offsetof(struct probe_tcp_frame, ip.ttl), { 64, 17 } },
	{ "icmp", offsetof(struct probe_tcp_frame, ip.ttl), { 64, NET_PROTO_ICMP } },
	{ "arp", offsetof(struct probe_tcp_frame, eth.type), { 0x08, 0x06 } },
	{ "ip6", offsetof(struct probe_tcp_frame, eth.type), { 0x86, 0xdd } },
};

/* Attach to the loopback device, for the reason given at send_frames. */
static int time_program(int program_fd, const char *program, const struct foreign *foreign,
			int count)
{
	struct probe_tcp_frame frame = fixed_frame();
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = &frame, .data_size_in = sizeof(frame),
		    .repeat = count);
	uint64_t start, end;
	int code, fd;

	memcpy((char *)&frame + foreign->at, foreign->value, sizeof(foreign->value));
	fd = attach(program_fd, LOOPBACK, XDP_FLAGS_SKB_MODE);
	if (fd < 0)
		return failed("cannot attach to the loopback device", fd);
	start = now_ns();
	code = bpf_prog_test_run_opts(program_fd, &opts);
	end = now_ns();
	close(fd);
	if (code)
		return failed("cannot run the program", code);
	if (opts.retval != XDP_PASS)
		return failed("a packet of others was not passed on", EPROTO);
	printf("%s %s %.2f\n", program, foreign->name, (double)(end - start) / count);
	return 0;
}

/* One program that listens for neighbours and for ports at the same time. */
static void expect_answers(struct xscan_tcp_bpf *skel)
{
	struct match_config *config = &skel->rodata->match_config;

	config->probe.source_port = 61000;
	config->probe.tries = 2;
	config->lanes[LANE_NEIGHBOURS] = (struct lane_config){ .kind = PROBE_ARP, .each = 1 };
	config->lanes[LANE_QUESTIONS] = (struct lane_config){ .kind = PROBE_TCP, .each = 1 };
	bpf_program__set_autoload(skel->progs.xscan_send, false);
	bpf_program__set_autoload(skel->progs.xscan_tc, false);
}

static int time_foreign(int pass_fd, int count)
{
	struct xscan_tcp_bpf *skel = xscan_tcp_bpf__open();
	int status = 1;
	size_t i;

	if (!skel)
		return failed("cannot open the matcher", errno);
	expect_answers(skel);
	if (xscan_tcp_bpf__load(skel)) {
		failed("cannot load the matcher", errno);
		goto out;
	}
	status = time_program(pass_fd, "empty", &foreign_packets[0], count);
	for (i = 0; !status && i < sizeof(foreign_packets) / sizeof(foreign_packets[0]); i++)
		status = time_program(bpf_program__fd(skel->progs.xscan_xdp), "matcher",
				      &foreign_packets[i], count);
out:
	xscan_tcp_bpf__destroy(skel);
	return status;
}

static int usage(void)
{
	fputs("usage: ceiling sink IFACE | frames|packets|bypass IFACE COUNT BATCH | foreign "
	      "COUNT\n",
	      stderr);
	return 2;
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";
	long count = argc > 2 ? atol(argv[argc == 3 ? 2 : 3]) : 0;
	long batch = argc > 4 ? atol(argv[4]) : 0;
	int ifindex = argc > 2 ? (int)if_nametoindex(argv[2]) : 0;
	bool sends = argc == 5 && ifindex && count > 0 && batch > 0 && batch <= BATCH_MAX;
	struct ceiling_bpf *skel = ceiling_bpf__open_and_load();
	int status;

	if (!skel)
		return failed("cannot load the BPF programs", errno);
	if (!strcmp(command, "sink") && argc == 3 && ifindex)
		status = run_sink(skel, ifindex);
	else if (!strcmp(command, "frames") && sends)
		status = send_frames(skel, ifindex, count, batch);
	else if (!strcmp(command, "packets") && sends)
		status = send_packets(ifindex, count, batch, false);
	else if (!strcmp(command, "bypass") && sends)
		status = send_packets(ifindex, count, batch, true);
	else if (!strcmp(command, "foreign") && argc == 3 && count > 0)
		status = time_foreign(bpf_program__fd(skel->progs.pass), (int)count);
	else
		status = usage();
	ceiling_bpf__destroy(skel);
	return status;
}
