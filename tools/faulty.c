// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * faulty.c - a responder for labs: stands for the hosts of a network, with faults that real hosts
 * have. Answers ARP requests, TCP SYNs and ICMP echo requests through a packet socket.
 *
 * Each kind of answer has one delay and a queue of its own: the first frame is the first due.
 */
#include "delay.h"
#include "fleet.h"
#include "names.h"
#include "ports.h"
#include "targets.h"

#include <argp.h>
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
	SETTING_MAX = 100000000, /* 100 s; the number of any option */
	READ_MAX = 256,		 /* frames to read before sending the answers that are due */
	RECEIVE_BUFFER = 64 << 20,
	IDLE_NS = 500000000,
};

/* Options that are a number, or on (1) or off. The default is 0. */
enum setting {
	HOSTS,
	SILENT,
	DELAY,
	ARP_DELAY,
	LATE_DUPLICATE,
	ARP_FIRST_IGNORED,
	MAC_CHANGE,
	GO_AWAY,
	TWO_MACS,
	SETTINGS,
};

/* The key of a setting is its number plus this. */
enum { OPT_SETTING = 256, OPT_NET = OPT_SETTING + SETTINGS, OPT_OPEN };

static const struct argp_option option_table[] = {
	{ "iface", 'i', "IFACE", 0, "Answer what comes in at IFACE", 0 },
	{ "net", OPT_NET, "NET", 0, "The network to stand for, within 198.18.0.0/15", 0 },
	{ "hosts", OPT_SETTING + HOSTS, "N", 0, "Only the first N addresses are up", 0 },
	{ "open", OPT_OPEN, "PORTS", 0, "Ports that answer SYN-ACK (default none)", 0 },
	{ "silent", OPT_SETTING + SILENT, 0, 0, "Other ports answer nothing, instead of RST", 0 },
	{ 0, 0, 0, 0,
	  "Faults. US: microseconds. SECONDS count from the first frame to a host:", 0 },
	{ "delay", OPT_SETTING + DELAY, "US", 0, "Answers to SYN and echo leave so much later", 0 },
	{ "arp-delay", OPT_SETTING + ARP_DELAY, "US", 0, "ARP replies leave so much later", 0 },
	{ "late-duplicate", OPT_SETTING + LATE_DUPLICATE, "US", 0,
	  "Answers to SYN and echo leave once more, so much after the first", 0 },
	{ "arp-first-ignored", OPT_SETTING + ARP_FIRST_IGNORED, "N", 0,
	  "Ignore the first N ARP requests for each address, as a sleeping radio does", 0 },
	{ "mac-change", OPT_SETTING + MAC_CHANGE, "SECONDS", 0,
	  "Then all hosts have another MAC, and ignore frames to the old one", 0 },
	{ "go-away", OPT_SETTING + GO_AWAY, "SECONDS", 0, "Then all hosts are silent, to ARP too",
	  0 },
	{ "two-macs", OPT_SETTING + TWO_MACS, 0, 0,
	  "A second machine answers each ARP request too, right after the first", 0 },
	{ 0 },
};

enum { QUEUE_ARP, QUEUE_ANSWERS, QUEUE_DUPLICATES, QUEUES };

/* Byte of the MAC address: which machine answers for the address. */
enum machine { MACHINE_FIRST, MACHINE_CHANGED, MACHINE_SECOND };

enum counter { COUNT_ARP, COUNT_SYN, COUNT_ECHO, COUNT_ANSWERS, COUNT_DROPPED, COUNTERS };

/* Requests that came, answers that left, answers that found the queue full. */
static const char *const counter_names[COUNTERS] = { "arp", "syn", "echo", "answers", "dropped" };

struct peer {
	const char *iface;
	struct ranges net;
	struct ports *open;
	uint64_t set[SETTINGS];
	struct err err;
	int fd;
	uint64_t first_ns; /* when the first frame to a host came; 0: not yet */
	uint32_t *arp_asked;
	struct delay queues[QUEUES];
	uint64_t counted[COUNTERS];
};

static void enqueue(struct peer *p, unsigned int queue, const union reply_frame *f, size_t len)
{
	p->counted[COUNT_DROPPED] += !delay_add(&p->queues[queue], f, len);
}

static bool is_over(const struct peer *p, uint64_t seconds)
{
	return seconds && p->first_ns && delay_now_ns() - p->first_ns >= seconds * 1000000000;
}

static void mac_of(uint32_t addr, enum machine machine, __u8 mac[6])
{
	fleet_mac(addr, mac);
	mac[1] = (__u8)machine;
}

static enum machine machine_now(const struct peer *p)
{
	return is_over(p, p->set[MAC_CHANGE]) ? MACHINE_CHANGED : MACHINE_FIRST;
}

/* Is the frame to the machine that has the address now? */
static bool is_for_machine(const struct peer *p, const struct net_eth *eth, uint32_t addr)
{
	__u8 mac[6], second[6];

	mac_of(addr, machine_now(p), mac);
	mac_of(addr, MACHINE_SECOND, second);
	return !memcmp(eth->dst, mac, 6) || (p->set[TWO_MACS] && !memcmp(eth->dst, second, 6));
}

static void answer_arp(struct peer *p, const union reply_frame *request, enum machine machine)
{
	union reply_frame out;
	__u8 mac[6];

	mac_of(ntohl(request->arp.arp.target_ip), machine, mac);
	reply_arp(&out.arp, &request->arp, mac);
	enqueue(p, QUEUE_ARP, &out, sizeof(out.arp));
}

static void on_arp(struct peer *p, const union reply_frame *f, uint64_t host)
{
	p->counted[COUNT_ARP]++;
	if (p->arp_asked[host]++ < p->set[ARP_FIRST_IGNORED])
		return;
	answer_arp(p, f, machine_now(p));
	if (p->set[TWO_MACS])
		answer_arp(p, f, MACHINE_SECOND);
}

static void answer(struct peer *p, const union reply_frame *out, size_t len)
{
	enqueue(p, QUEUE_ANSWERS, out, len);
	if (p->set[LATE_DUPLICATE])
		enqueue(p, QUEUE_DUPLICATES, out, len);
}

static void on_syn(struct peer *p, const union reply_frame *f)
{
	union reply_frame out;

	p->counted[COUNT_SYN]++;
	if (p->open && p->open->slot[ntohs(f->tcp.tcp.dst)]) {
		reply_synack(&out.synack, &f->tcp);
		answer(p, &out, sizeof(out.synack));
	} else if (!p->set[SILENT]) {
		reply_rst(&out.rst, &f->tcp);
		answer(p, &out, sizeof(out.rst));
	}
}

static void on_echo(struct peer *p, const union reply_frame *f, size_t len)
{
	union reply_frame out;

	p->counted[COUNT_ECHO]++;
	reply_echo(&out, f, len);
	answer(p, &out, len);
}

static void on_ip4(struct peer *p, union reply_frame *f, size_t len)
{
	const size_t ip_len = net_host16(f->tcp.ip.total_len);

	if (f->tcp.ip.version_ihl != 0x45 || ip_len > len - sizeof(f->eth))
		return;
	len = sizeof(f->eth) + ip_len;
	memset(f->bytes + len, 0, sizeof(*f) - len); /* Ethernet's padding */
	if (f->tcp.ip.proto == NET_PROTO_TCP && len >= sizeof(f->rst) &&
	    (f->tcp.tcp.flags & (NET_TCP_SYN | NET_TCP_ACK | NET_TCP_RST)) == NET_TCP_SYN)
		on_syn(p, f);
	else if (f->tcp.ip.proto == NET_PROTO_ICMP && len >= sizeof(f->echo) &&
		 f->echo.icmp.type == REPLY_ECHO_REQUEST)
		on_echo(p, f, len);
}

static void on_frame(struct peer *p, union reply_frame *f, size_t len)
{
	bool arp = f->eth.type == net_be16(NET_ETH_ARP) && len >= sizeof(f->arp) &&
		   f->arp.arp.op == net_be16(NET_ARP_REQUEST);
	bool ip4 =
		f->eth.type == net_be16(NET_ETH_IP4) && len >= sizeof(f->eth) + sizeof(f->tcp.ip);
	uint32_t addr = ntohl(arp ? f->arp.arp.target_ip : f->tcp.ip.dst);
	uint64_t host;

	/* Longer frames, such as large echo requests, get no answer. */
	if (!(arp || ip4) || len > sizeof(*f) || !ranges_find(&p->net, addr_ip4(addr), &host) ||
	    host >= p->set[HOSTS])
		return;
	if (!(arp && f->eth.dst[0] & 1) && !is_for_machine(p, &f->eth, addr))
		return;
	if (!p->first_ns)
		p->first_ns = delay_now_ns();
	if (is_over(p, p->set[GO_AWAY]))
		return;
	if (arp)
		on_arp(p, f, host);
	else
		on_ip4(p, f, len);
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
	const uint64_t delays_us[QUEUES] = { p->set[ARP_DELAY], p->set[DELAY],
					     p->set[DELAY] + p->set[LATE_DUPLICATE] };
	sigset_t stop;
	int i, code;

	p->arp_asked = calloc(p->set[HOSTS], sizeof(*p->arp_asked));
	for (i = 0; i < QUEUES; i++) {
		if (!p->arp_asked || !delay_init(&p->queues[i], delays_us[i]))
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

/* Options */

static int parse_setting(struct peer *p, enum setting setting, const char *text)
{
	char *end;

	errno = 0;
	p->set[setting] = text ? strtoull(text, &end, 10) : 1;
	if (text && (*text < '0' || *text > '9' || *end || p->set[setting] > SETTING_MAX))
		return err_set(&p->err, -EINVAL, "\"%s\" is not a number up to %d", text,
			       SETTING_MAX);
	return 0;
}

/* argp returns a positive error to its caller without printing; main prints the line. */
static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct peer *p = state->input;

	switch (key) {
	case 'i':
		p->iface = arg;
		return 0;
	case OPT_NET:
		return -targets_parse(arg, NULL, &p->net, &p->err);
	case OPT_OPEN:
		if (!p->open)
			p->open = malloc(sizeof(*p->open));
		return p->open ? -ports_parse(arg, names_port, p->open, &p->err) : ENOMEM;
	case OPT_SETTING ... OPT_SETTING + SETTINGS - 1:
		return -parse_setting(p, key - OPT_SETTING, arg);
	case ARGP_KEY_ARG:
		err_set(&p->err, 0, "\"%s\": what is this? Networks go behind --net", arg);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int settle(struct peer *p)
{
	uint64_t n;

	ranges_settle(&p->net);
	n = ranges_count(&p->net);
	if (!p->iface || !n)
		return err_set(&p->err, -EINVAL, "-i and --net are needed");
	if (addr_less(p->net.v[0].first, addr_ip4(FLEET_FIRST)) ||
	    addr_less(addr_ip4(FLEET_LAST), p->net.v[p->net.n - 1].last))
		return err_set(&p->err, -EINVAL, "--net: not within 198.18.0.0/15");
	if (!p->set[HOSTS] || p->set[HOSTS] > n)
		p->set[HOSTS] = n;
	return 0;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = option_table,
		.parser = parse_option,
		.doc = "Answer ARP, TCP SYN and echo for a part of 198.18.0.0/15, with faults.",
	};
	struct peer p = { .fd = -1, .err = { "out of memory" } };
	int status = 0, i;

	argp_err_exit_status = 2;
	if (argp_parse(&argp, argc, argv, 0, NULL, &p) || settle(&p))
		status = 2;
	else if (run(&p))
		status = 1;
	if (status)
		fprintf(stderr, "faulty: %s\n", p.err.text);
	for (i = 0; i < QUEUES; i++)
		delay_free(&p.queues[i]);
	free(p.arp_asked);
	free(p.open);
	ranges_free(&p.net);
	return status;
}
