// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * fleet.bpf.c - answer ARP requests, neighbour solicitations, and TCP SYNs and UDP datagrams over both
 * families for thousands of hosts, at the device that the requests reach; echo requests too.
 *
 * Requests become answers in place; inside the program, XDP_TX means that this was done. Answers
 * leave by a redirect to the device that the requests came from: veth flushes XDP_TX only if its
 * peer runs XDP, but a redirect always.
 */
#include "csum.h"
#include "cursor.h"
#include "fleet.h"

enum {
	SYNACK_MSS = 1460,
	SYNACK_WINDOW = 64240,
	ANSWER_TTL = 64,
	ICMP_PORT_UNREACHABLE = 3,
	ICMP_ECHO_REQUEST = 8,
	ICMP_ECHO_REPLY = 0,
	IP4_DONT_FRAGMENT = 0x4000,
	ICMP6_PORT_UNREACHABLE = 4,
	ND_FLAGS = 0x60000000, /* solicited, override */
	FRAME_KEPT = 80,       /* no probe is longer, but a solicitation, which keeps its length */
};

struct arp_frame {
	struct net_eth eth;
	struct net_arp arp;
} NET_WIRE;

struct rst_frame {
	struct net_eth eth;
	struct net_ip4 ip;
	struct net_tcp tcp;
} NET_WIRE;

struct synack_frame {
	struct net_eth eth;
	struct net_ip4 ip;
	struct net_tcp tcp;
	struct net_tcp_mss mss;
} NET_WIRE;

struct udp_frame {
	struct net_eth eth;
	struct net_ip4 ip;
	struct net_udp udp;
} NET_WIRE;

struct quote {
	struct net_ip4 ip;
	struct net_tcp_quote tcp; /* or UDP's header, which is as long */
} NET_WIRE;

struct echo_frame {
	struct net_eth eth;
	struct net_ip4 ip;
	struct net_icmp icmp;
} NET_WIRE;

struct unreachable_frame {
	struct net_eth eth;
	struct net_ip4 ip;
	struct net_icmp icmp;
	struct quote quote;
} NET_WIRE;

const volatile struct fleet_rule rule;
const volatile __u32 copies = 1;       /* how often each answer is sent */
const volatile struct fleet_set hosts; /* hosts that are up */
const volatile struct fleet_set shielded;
const volatile bool has_shielded; /* without, the kernel cuts out the look at that set */
const volatile __u32 gateway;	  /* an address that only ARP is answered for; 0: none */

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, FLEET_COUNTERS);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

/* Frames that came in at this CPU, lost ones included. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} frames SEC(".maps");

/* The device that answers leave by, once for each copy; empty if each leaves once. */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} ways_out SEC(".maps");

static __always_inline void count(__u32 counter)
{
	__u64 *value = bpf_map_lookup_elem(&counters, &counter);

	if (value)
		*value += 1;
}

static __always_inline int ignore(void)
{
	count(FLEET_COUNT_IGNORED);
	return XDP_DROP;
}

/*
 * Make the frame `len` bytes long; one that is longer keeps up to FRAME_KEPT bytes, as padding. Else
 * a RST would be shorter than its SYN, and BPF_PROG_RUN with live frames, which recycles pages that
 * come back from a veth peer, does not see that they were cut: the next SYN in them would be too.
 * Pointers into the frame from before are void; returns the new one, or NULL.
 */
static __always_inline void *resize(struct xdp_md *ctx, int len)
{
	void *data = (void *)(long)ctx->data;
	void *data_end = (void *)(long)ctx->data_end;
	int old_len = data_end - data;
	int kept = old_len < FRAME_KEPT ? old_len : FRAME_KEPT;

	if (bpf_xdp_adjust_tail(ctx, (len > kept ? len : kept) - old_len))
		return NULL;
	data = (void *)(long)ctx->data;
	data_end = (void *)(long)ctx->data_end;
	return data + len <= data_end ? data : NULL;
}

static __always_inline int answered(__u32 counter)
{
	count(counter);
	return XDP_TX;
}

static __always_inline int answer_arp(struct xdp_md *ctx, struct cursor *c)
{
	const struct net_arp *arp = cursor_pull_arp(c);
	struct arp_frame *f;
	__be32 asked;
	__u32 addr;

	if (!arp || arp->op != net_be16(NET_ARP_REQUEST) || arp->hw_type != net_be16(1) ||
	    arp->proto != net_be16(NET_ETH_IP4) || arp->hw_len != 6 || arp->proto_len != 4)
		return XDP_PASS;
	asked = arp->target_ip;
	addr = net_host32(asked);
	if (!fleet_set_has(&hosts, addr) && (!gateway || addr != gateway))
		return XDP_PASS;
	/* The sender announces the address as its own: an answer would be a conflict (RFC 5227). */
	if (arp->sender_ip == asked)
		return XDP_PASS;

	f = resize(ctx, sizeof(*f));
	if (!f)
		return ignore();
	__builtin_memcpy(f->arp.target_mac, f->arp.sender_mac, 6);
	f->arp.target_ip = f->arp.sender_ip;
	fleet_mac(addr, f->arp.sender_mac);
	f->arp.sender_ip = asked;
	f->arp.op = net_be16(NET_ARP_REPLY);
	__builtin_memcpy(f->eth.dst, f->eth.src, 6);
	fleet_mac(addr, f->eth.src);
	return answered(FLEET_COUNT_ARP);
}

/* Answer from the MAC address that the SYN was sent to: the host's own, or its gateway's. */
static __always_inline void turn_eth(struct net_eth *eth)
{
	__u8 mac[6];

	__builtin_memcpy(mac, eth->src, 6);
	__builtin_memcpy(eth->src, eth->dst, 6);
	__builtin_memcpy(eth->dst, mac, 6);
}

static __always_inline void turn_ip4(struct net_ip4 *ip, __u8 proto, __u16 payload_len)
{
	__be32 asked = ip->dst;

	ip->tos = 0;
	ip->total_len = net_be16(sizeof(*ip) + payload_len);
	ip->id = 0;
	ip->frag = net_be16(IP4_DONT_FRAGMENT);
	ip->ttl = ANSWER_TTL;
	ip->proto = proto;
	ip->csum = 0;
	ip->dst = ip->src;
	ip->src = asked;
	ip->csum = csum_fold(csum_add_words(0, ip, sizeof(*ip) / 4));
}

/* Fill in the header but for the checksum, which needs the options. */
static __always_inline void turn_tcp(struct net_tcp *tcp, __u32 header_len, __u8 flags)
{
	__be16 asked = tcp->dst;

	tcp->dst = tcp->src;
	tcp->src = asked;
	tcp->ack = net_be32(net_host32(tcp->seq) + 1);
	tcp->seq = 0;
	tcp->data_offset = (header_len / 4) << 4;
	tcp->flags = flags;
	tcp->window = 0;
	tcp->csum = 0;
	tcp->urgent = 0;
}

static __always_inline int answer_open(struct xdp_md *ctx, __u32 initial_seq)
{
	const __u32 tcp_len = sizeof(struct net_tcp) + sizeof(struct net_tcp_mss);
	struct synack_frame *f = resize(ctx, sizeof(*f));

	if (!f)
		return ignore();
	turn_eth(&f->eth);
	turn_ip4(&f->ip, NET_PROTO_TCP, tcp_len);
	turn_tcp(&f->tcp, tcp_len, NET_TCP_SYN | NET_TCP_ACK);
	f->tcp.seq = net_be32(initial_seq);
	f->tcp.window = net_be16(SYNACK_WINDOW);
	f->mss.kind = 2;
	f->mss.len = 4;
	f->mss.mss = net_be16(SYNACK_MSS);
	f->tcp.csum = csum_fold(csum_add_words(csum_pseudo_tcp(f->ip.src, f->ip.dst, tcp_len),
					       &f->tcp, tcp_len / 4));
	return answered(FLEET_OPEN);
}

static __always_inline int answer_closed(struct xdp_md *ctx)
{
	const __u32 tcp_len = sizeof(struct net_tcp);
	struct rst_frame *f = resize(ctx, sizeof(*f));

	if (!f)
		return ignore();
	turn_eth(&f->eth);
	turn_ip4(&f->ip, NET_PROTO_TCP, tcp_len);
	turn_tcp(&f->tcp, tcp_len, NET_TCP_RST | NET_TCP_ACK);
	f->tcp.csum = csum_fold(csum_add_words(csum_pseudo_tcp(f->ip.src, f->ip.dst, tcp_len),
					       &f->tcp, tcp_len / 4));
	return answered(FLEET_CLOSED);
}

/*
 * Put new headers in front of the SYN's IP header, which so becomes the quote. Making the end
 * longer would fail: veth makes frames of skbs with room only at the front.
 */
static __always_inline int answer_unreachable(struct xdp_md *ctx, const struct net_eth *eth,
					      enum fleet_state state)
{
	const __u32 icmp_len = sizeof(struct net_icmp) + sizeof(struct quote);
	struct net_eth asked_eth = *eth;
	struct unreachable_frame *f;

	if (bpf_xdp_adjust_head(ctx, -(int)(sizeof(f->ip) + sizeof(f->icmp))))
		return ignore();
	f = resize(ctx, sizeof(*f));
	if (!f)
		return ignore();
	f->eth = asked_eth;
	turn_eth(&f->eth);
	f->ip.version_ihl = 0x45;
	f->ip.src = f->quote.ip.src;
	f->ip.dst = f->quote.ip.dst;
	turn_ip4(&f->ip, NET_PROTO_ICMP, icmp_len);
	f->icmp.type = NET_ICMP_UNREACHABLE;
	f->icmp.code = ICMP_PORT_UNREACHABLE;
	f->icmp.csum = 0;
	f->icmp.unused = 0;
	f->icmp.csum = csum_fold(csum_add_words(0, &f->icmp, icmp_len / 4));
	return answered(state);
}

static __always_inline enum fleet_state state_of(__u32 addr, __u16 port, __u64 port_hash)
{
	if (has_shielded && fleet_set_has(&shielded, addr))
		return fleet_shielded_state(port);
	return fleet_state_of(&rule, port_hash);
}

/* The addresses change places, so the checksum stays right. */
static __always_inline void turn_udp(struct net_udp *udp)
{
	__be16 asked = udp->dst;

	udp->dst = udp->src;
	udp->src = asked;
}

/* An open port sends back what came, as the echo service does (RFC 862). */
static __always_inline int answer_udp_open(struct xdp_md *ctx)
{
	struct udp_frame *f = (void *)(long)ctx->data;

	if ((void *)(f + 1) > (void *)(long)ctx->data_end)
		return ignore();
	turn_eth(&f->eth);
	turn_ip4(&f->ip, NET_PROTO_UDP, net_host16(f->ip.total_len) - sizeof(f->ip));
	turn_udp(&f->udp);
	return answered(FLEET_OPEN);
}

/* The host itself says "port unreachable" of a closed port. Its errors have no limit. */
static __always_inline int answer_udp(struct xdp_md *ctx, const struct net_eth *eth,
				      const struct net_ip4 *ip, struct cursor *c)
{
	const struct net_udp *udp = cursor_pull_udp(c);
	const __u32 addr = net_host32(ip->dst);
	enum fleet_state state;

	if (!udp)
		return ignore();
	state = state_of(addr, net_host16(udp->dst),
			 fleet_port_hash(rule.seed, addr, net_host16(udp->dst)));
	if (state == FLEET_OPEN)
		return answer_udp_open(ctx);
	if (state != FLEET_SILENT)
		return answer_unreachable(ctx, eth, state);
	count(FLEET_SILENT);
	return XDP_DROP;
}

/*
 * Turn an echo request into its reply, whatever its payload. Addresses change places: of what the
 * checksum covers, only the type becomes another (RFC 1624).
 */
static __always_inline void turn_echo(struct net_icmp *icmp, __u8 type)
{
	__u32 sum = (__u16)~net_host16(icmp->csum);

	sum += (__u16) ~(icmp->type << 8);
	sum += type << 8;
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	icmp->type = type;
	icmp->csum = net_be16((__u16)~sum);
}

static __always_inline int answer_echo(struct xdp_md *ctx)
{
	struct echo_frame *f = (void *)(long)ctx->data;

	if ((void *)(f + 1) > (void *)(long)ctx->data_end || f->icmp.type != ICMP_ECHO_REQUEST)
		return ignore();
	turn_eth(&f->eth);
	turn_ip4(&f->ip, NET_PROTO_ICMP, net_host16(f->ip.total_len) - sizeof(f->ip));
	turn_echo(&f->icmp, ICMP_ECHO_REPLY);
	return answered(FLEET_COUNT_ECHO);
}

/*
 * The answers count on an IP header of 20 bytes, so a SYN with IP options is ignored. So is one in
 * a group-addressed frame, as hosts do (RFC 9293, 3.9.2.3).
 */
static __always_inline int answer_ip4(struct xdp_md *ctx, const struct net_eth *eth,
				      struct cursor *c)
{
	const struct net_ip4 *ip = cursor_pull_ip4(c, false);
	const __u8 flags = NET_TCP_SYN | NET_TCP_ACK | NET_TCP_RST | NET_TCP_FIN;
	const struct net_tcp *tcp;
	__u32 addr, header_len;
	__u64 hash;

	if (!ip || !fleet_set_has(&hosts, net_host32(ip->dst)))
		return XDP_PASS;
	if (ip->version_ihl != 0x45 || eth->dst[0] & 1)
		return ignore();
	if (ip->proto == NET_PROTO_UDP)
		return answer_udp(ctx, eth, ip, c);
	if (ip->proto == NET_PROTO_ICMP)
		return answer_echo(ctx);
	if (ip->proto != NET_PROTO_TCP)
		return ignore();
	tcp = cursor_pull_tcp(c);
	if (!tcp || (tcp->flags & flags) != NET_TCP_SYN)
		return ignore();
	header_len = (tcp->data_offset >> 4) * 4;
	if (header_len < sizeof(*tcp) || net_host16(ip->total_len) < sizeof(*ip) + header_len)
		return ignore();

	addr = net_host32(ip->dst);
	hash = fleet_port_hash(rule.seed, addr, net_host16(tcp->dst));
	switch (state_of(addr, net_host16(tcp->dst), hash)) {
	case FLEET_OPEN:
		return answer_open(ctx, hash >> 32);
	case FLEET_CLOSED:
		return answer_closed(ctx);
	case FLEET_UNREACHABLE:
		return answer_unreachable(ctx, eth, FLEET_UNREACHABLE);
	default:
		count(FLEET_SILENT);
		return XDP_DROP;
	}
}

#include "fleet6.h"

static __always_inline int answer(struct xdp_md *ctx)
{
	struct cursor c = { (const void *)(long)ctx->data, (const void *)(long)ctx->data_end };
	const struct net_eth *eth = cursor_pull_eth(&c);

	if (!eth)
		return XDP_PASS;
	if (eth->type == net_be16(NET_ETH_ARP))
		return answer_arp(ctx, &c);
	if (eth->type == net_be16(NET_ETH_IP4))
		return answer_ip4(ctx, eth, &c);
	if (eth->type == net_be16(NET_ETH_IP6))
		return answer_ip6(ctx, eth, &c);
	return XDP_PASS;
}

static __always_inline __u64 draw_loss(void)
{
	__u32 key = 0;
	__u64 *n = bpf_map_lookup_elem(&frames, &key);

	return n ? fleet_loss_hash(rule.seed, bpf_get_smp_processor_id(), (*n)++) : 0;
}

SEC("xdp")
int fleet(struct xdp_md *ctx)
{
	__u64 loss = rule.loss ? draw_loss() : 0;
	int verdict;

	if (fleet_loses(&rule, loss)) {
		count(FLEET_COUNT_LOST_REQUESTS);
		return XDP_DROP;
	}
	verdict = answer(ctx);
	if (verdict != XDP_TX)
		return verdict;
	if (fleet_loses(&rule, loss >> 16)) {
		count(FLEET_COUNT_LOST_ANSWERS);
		return XDP_DROP;
	}
	if (copies > 1)
		return bpf_redirect_map(&ways_out, 0, BPF_F_BROADCAST);
	return bpf_redirect(ctx->ingress_ifindex, 0);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
