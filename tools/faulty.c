// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * faulty.c - a responder for labs: stands for the hosts of a network, with faults that real hosts
 * have. Answers ARP requests, TCP SYNs and ICMP echo requests through a packet socket.
 *
 * Each kind of answer has one delay and a queue of its own: the first frame is the first due.
 */
#include "arp-noise.h"
#include "delay.h"
#include "faults.h"
#include "faulty-options.h"
#include "tcp-faults.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	READ_MAX = 256, /* frames to read before sending the answers that are due */
	RECEIVE_BUFFER = 64 << 20,
	IDLE_NS = 500000000,
	ICMP_PORT_UNREACHABLE = 3,
	ICMP_HOST_PROHIBITED = 10,
};

enum { QUEUE_AT_ONCE, QUEUE_ARP, QUEUE_ANSWERS, QUEUE_AFTER_ICMP, QUEUE_DUPLICATES, QUEUES };

/* Byte of the MAC address: which machine answers for the address. Noise uses the next numbers. */
enum machine { MACHINE_FIRST, MACHINE_CHANGED, MACHINE_SECOND };

enum counter {
	COUNT_ARP, /* requests that came */
	COUNT_SYN,
	COUNT_ECHO,
	COUNT_ANSWERS,	  /* that left */
	COUNT_DROPPED,	  /* answers that found the queue full */
	COUNT_LOST_IN,	  /* frames, counted only here */
	COUNT_LOST_OUT,	  /* answers, counted only here */
	COUNT_LIMITED,	  /* SYNs or answers over a limit */
	COUNT_DEAD_FLOWS, /* SYNs */
	COUNT_BANNED,	  /* SYNs */
	COUNT_DEAD,	  /* frames to hosts that were silent */
	COUNT_NOISE,	  /* frames of --arp-noise; counted as answers too */
	COUNTERS,
};

static const char *const counter_names[COUNTERS] = {
	"arp",	    "syn",     "echo",	     "answers", "dropped", "lost-in",
	"lost-out", "limited", "dead-flows", "banned",	"dead",	   "noise",
};

struct peer {
	const char *iface;
	struct faults faults;
	struct err err;
	int fd;
	struct delay queues[QUEUES];
	uint64_t counted[COUNTERS];
};

static void enqueue(struct peer *p, unsigned int queue, const union reply_frame *f, size_t len)
{
	if (faults_loses(&p->faults, LOSS_OUT))
		p->counted[COUNT_LOST_OUT]++;
	else
		p->counted[COUNT_DROPPED] += !delay_add(&p->queues[queue], f, len);
}

static void mac_of(uint32_t addr, enum machine machine, __u8 mac[6])
{
	fleet_mac(addr, mac);
	mac[1] = (__u8)machine;
}

static enum machine machine_now(const struct peer *p)
{
	return faults_is_over(&p->faults, MAC_CHANGE, delay_now_ns()) ? MACHINE_CHANGED
								      : MACHINE_FIRST;
}

/* Who takes the frames for the address: its host, or the gateway. */
static uint32_t next_hop_of(const struct peer *p, uint32_t addr)
{
	return p->faults.gateway.n ? addr_to_ip4(p->faults.gateway.v[0].first) : addr;
}

/* Is the frame to the machine that has the address now? */
static bool is_for_machine(const struct peer *p, const struct net_eth *eth, uint32_t addr)
{
	__u8 mac[6], second[6];

	mac_of(addr, machine_now(p), mac);
	mac_of(addr, MACHINE_SECOND, second);
	return !memcmp(eth->dst, mac, 6) ||
	       (p->faults.set[TWO_MACS] && !memcmp(eth->dst, second, 6));
}

/* ARP */

static void answer_arp(struct peer *p, const union reply_frame *request, enum machine machine)
{
	const uint32_t addr = ntohl(request->arp.arp.target_ip);
	union reply_frame out;
	__u8 mac[6];

	mac_of(addr, machine, mac);
	reply_arp(&out.arp, &request->arp, mac);
	enqueue(p, faults_is_slow(&p->faults, addr) ? QUEUE_ARP : QUEUE_AT_ONCE, &out,
		sizeof(out.arp));
}

static void make_noise(struct peer *p, const union reply_frame *request)
{
	union reply_frame noise[ARP_NOISES];
	int i;

	arp_noise(noise, &request->arp);
	for (i = 0; i < ARP_NOISES; i++)
		enqueue(p, QUEUE_AT_ONCE, &noise[i], sizeof(noise[i].arp));
	p->counted[COUNT_NOISE] += ARP_NOISES;
}

static void on_arp(struct peer *p, const union reply_frame *f, struct fault_host *host)
{
	p->counted[COUNT_ARP]++;
	if (host->arp_asked++ < p->faults.set[ARP_FIRST_IGNORED])
		return;
	answer_arp(p, f, machine_now(p));
	if (p->faults.set[TWO_MACS])
		answer_arp(p, f, MACHINE_SECOND);
}

/* TCP and echo */

static void answer(struct peer *p, unsigned int queue, const union reply_frame *out, size_t len)
{
	enqueue(p, queue, out, len);
	if (p->faults.set[LATE_DUPLICATE])
		enqueue(p, QUEUE_DUPLICATES, out, len);
}

static void answer_icmp(struct peer *p, const union reply_frame *f, __u8 code)
{
	union reply_frame out;

	reply_icmp(&out.icmp, &f->tcp, f->tcp.ip.dst, code);
	answer(p, QUEUE_ANSWERS, &out, sizeof(out.icmp));
}

/* First the same answer, acknowledging another number. */
static void answer_wrongly(struct peer *p, unsigned int queue, const union reply_frame *out,
			   size_t len)
{
	union reply_frame wrong = *out;

	tcp_faults_wrong_cookie(&wrong.rst.tcp);
	if (p->faults.set[WRONG_COOKIE])
		enqueue(p, queue, &wrong, len);
}

static void answer_open(struct peer *p, const union reply_frame *f)
{
	union reply_frame out;
	size_t len;

	if (p->faults.set[ICMP_FIRST])
		answer_icmp(p, f, ICMP_HOST_PROHIBITED);
	len = tcp_faults_synack(&out, f, p->faults.set[FALSE_ECHO]);
	answer_wrongly(p, QUEUE_AFTER_ICMP, &out, len);
	answer(p, QUEUE_AFTER_ICMP, &out, len);
}

static void answer_closed(struct peer *p, const union reply_frame *f)
{
	union reply_frame out;

	reply_rst(&out.rst, &f->tcp);
	answer_wrongly(p, QUEUE_ANSWERS, &out, sizeof(out.rst));
	answer(p, QUEUE_ANSWERS, &out, sizeof(out.rst));
}

static void on_syn(struct peer *p, const union reply_frame *f, struct fault_host *host)
{
	const uint16_t port = ntohs(f->tcp.tcp.dst);
	const uint64_t now_ns = delay_now_ns();
	struct faults *faults = &p->faults;
	bool reject = faults->reject && faults->reject->slot[port];
	const uint64_t flow =
		faults_flow(faults, ntohl(f->tcp.ip.dst), port, ntohs(f->tcp.tcp.src));

	p->counted[COUNT_SYN]++;
	if (faults_is_banned(faults, host, now_ns))
		p->counted[COUNT_BANNED]++;
	else if (faults_is_flow_dead(faults, flow))
		p->counted[COUNT_DEAD_FLOWS]++;
	else if (!faults_take_syn(faults, host, flow, now_ns))
		p->counted[COUNT_LIMITED]++;
	else if (faults_is_open(faults, ntohl(f->tcp.ip.dst), port))
		answer_open(p, f);
	else if (!reject && faults->set[SILENT])
		return;
	else if (!faults_take(faults, host, reject ? LIMIT_ICMP : LIMIT_RST, now_ns))
		p->counted[COUNT_LIMITED]++;
	else if (reject)
		answer_icmp(p, f, ICMP_PORT_UNREACHABLE);
	else
		answer_closed(p, f);
}

static void on_echo(struct peer *p, const union reply_frame *f, size_t len)
{
	union reply_frame out;

	p->counted[COUNT_ECHO]++;
	reply_echo(&out, f, len);
	answer(p, QUEUE_ANSWERS, &out, len);
}

static void on_ip4(struct peer *p, union reply_frame *f, size_t len, struct fault_host *host)
{
	const size_t ip_len = net_host16(f->tcp.ip.total_len);

	if (f->tcp.ip.version_ihl != 0x45 || ip_len > len - sizeof(f->eth))
		return;
	len = sizeof(f->eth) + ip_len;
	memset(f->bytes + len, 0, sizeof(*f) - len); /* Ethernet's padding */
	if (f->tcp.ip.proto == NET_PROTO_TCP && len >= sizeof(f->rst) &&
	    (f->tcp.tcp.flags & (NET_TCP_SYN | NET_TCP_ACK | NET_TCP_RST)) == NET_TCP_SYN)
		on_syn(p, f, host);
	else if (f->tcp.ip.proto == NET_PROTO_ICMP && len >= sizeof(f->echo) &&
		 f->echo.icmp.type == REPLY_ECHO_REQUEST)
		on_echo(p, f, len);
}

/* The host that the frame is for; NULL: none. The gateway, which only ARP asks for, comes last. */
static struct fault_host *find_host(struct peer *p, uint32_t addr, bool arp)
{
	struct faults *f = &p->faults;
	uint64_t index;

	if (arp && f->gateway.n)
		return ranges_find(&f->gateway, addr_ip4(addr), NULL) ? &f->hosts[f->set[HOSTS]]
								      : NULL;
	if (!ranges_find(&f->net, addr_ip4(addr), &index) || !faults_is_up(f, addr, index))
		return NULL;
	return &f->hosts[index];
}

static bool is_for_lab(const struct peer *p, uint32_t addr)
{
	return ranges_find(&p->faults.net, addr_ip4(addr), NULL);
}

static void on_frame(struct peer *p, union reply_frame *f, size_t len)
{
	bool arp = f->eth.type == net_be16(NET_ETH_ARP) && len >= sizeof(f->arp) &&
		   f->arp.arp.op == net_be16(NET_ARP_REQUEST);
	bool ip4 =
		f->eth.type == net_be16(NET_ETH_IP4) && len >= sizeof(f->eth) + sizeof(f->tcp.ip);
	uint32_t addr = ntohl(arp ? f->arp.arp.target_ip : f->tcp.ip.dst);
	struct faults *faults = &p->faults;
	struct fault_host *host;

	/* Longer frames, such as large echo requests, get no answer. */
	if (!(arp || ip4) || len > sizeof(*f))
		return;
	if (!(arp && f->eth.dst[0] & 1) && !is_for_machine(p, &f->eth, next_hop_of(p, addr)))
		return;
	host = find_host(p, addr, arp);
	if (!host) {
		if (arp && faults->set[ARP_NOISE] && is_for_lab(p, addr))
			make_noise(p, f);
		return;
	}
	if (!faults->first_ns)
		faults->first_ns = delay_now_ns();
	if (faults_is_dead(faults, delay_now_ns()))
		p->counted[COUNT_DEAD]++;
	else if (faults_loses(faults, LOSS_IN))
		p->counted[COUNT_LOST_IN]++;
	else if (arp)
		on_arp(p, f, host);
	else
		on_ip4(p, f, len, host);
}

/* Running */

static int open_socket(struct peer *p)
{
	const struct sockaddr_ll addr = { .sll_family = AF_PACKET,
					  .sll_protocol = htons(ETH_P_ALL),
					  .sll_ifindex = (int)if_nametoindex(p->iface) };
	int on = 1, buffer = RECEIVE_BUFFER;

	if (!addr.sll_ifindex)
		return err_set(&p->err, -ENODEV, "%s: no such interface", p->iface);
	p->fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	/* Bypass the queueing discipline: then a full device is reported. */
	if (p->fd < 0 || setsockopt(p->fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer)) ||
	    setsockopt(p->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on)) ||
	    setsockopt(p->fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)) ||
	    bind(p->fd, (const struct sockaddr *)&addr, sizeof(addr)))
		return err_set(&p->err, -errno, "%s: packet socket: %s", p->iface, strerror(errno));
	return 0;
}

static void read_frames(struct peer *p)
{
	unsigned int i;

	for (i = 0; i < READ_MAX; i++) {
		union reply_frame f = { 0 };
		ssize_t len = recv(p->fd, &f, sizeof(f), MSG_TRUNC); /* the whole length */

		if (len < 0)
			return;
		on_frame(p, &f, (size_t)len);
	}
}

/* Answer until a signal comes. */
static int serve(struct peer *p, int signal_fd)
{
	struct pollfd fds[] = { { p->fd, POLLIN, 0 }, { signal_fd, POLLIN, 0 } };

	while (!fds[1].revents) {
		uint64_t next = delay_now_ns() + IDLE_NS, due, now;
		struct timespec timeout = { 0 };
		unsigned int i;

		for (i = 0; i < QUEUES; i++) {
			due = delay_send(&p->queues[i], p->fd, &p->counted[COUNT_ANSWERS]);
			next = due < next ? due : next;
		}
		now = delay_now_ns();
		timeout.tv_nsec = next > now ? (long)(next - now) : 0;
		if (ppoll(fds, 2, &timeout, NULL) < 0)
			return err_set(&p->err, -errno, "poll: %s", strerror(errno));
		if (fds[0].revents)
			read_frames(p);
	}
	return 0;
}

static int run(struct peer *p)
{
	const uint64_t *set = p->faults.set;
	const uint64_t delays_us[QUEUES] = {
		[QUEUE_ARP] = set[ARP_DELAY],
		[QUEUE_ANSWERS] = set[DELAY],
		[QUEUE_AFTER_ICMP] = set[DELAY] + set[ICMP_FIRST],
		[QUEUE_DUPLICATES] = set[DELAY] + set[ICMP_FIRST] + set[LATE_DUPLICATE],
	};
	sigset_t stop;
	int i, code;

	p->faults.hosts = calloc(set[HOSTS] + 1, sizeof(*p->faults.hosts)); /* and the gateway */
	p->faults.flows = calloc(FAULTS_FLOWS / 8, 1);
	for (i = 0; i < QUEUES; i++) {
		if (!p->faults.hosts || !p->faults.flows ||
		    !delay_init(&p->queues[i], delays_us[i]))
			return err_set(&p->err, -ENOMEM, "out of memory");
	}
	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	code = open_socket(p);
	if (code)
		return code;
	puts("ready");
	fflush(stdout);
	code = serve(p, signalfd(-1, &stop, SFD_CLOEXEC));
	fputs("faulty:", stderr);
	for (i = 0; i < COUNTERS; i++)
		fprintf(stderr, " %s %llu", counter_names[i], (unsigned long long)p->counted[i]);
	fputc('\n', stderr);
	return code;
}

int main(int argc, char **argv)
{
	struct peer p = { .fd = -1 };
	struct options o = { .faults = &p.faults, .err = { "out of memory" } };
	int status = 0, i;

	if (parse_options(&o, argc, argv)) {
		status = 2;
	} else {
		p.iface = o.iface;
		status = run(&p) ? 1 : 0;
	}
	if (status)
		fprintf(stderr, "faulty: %s\n", status == 2 ? o.err.text : p.err.text);
	for (i = 0; i < QUEUES; i++)
		delay_free(&p.queues[i]);
	free(p.faults.hosts);
	free(p.faults.flows);
	free(p.faults.open);
	free(p.faults.reject);
	ranges_free(&p.faults.net);
	ranges_free(&p.faults.gateway);
	return status;
}
