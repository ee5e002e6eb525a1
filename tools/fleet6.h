/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fleet6.h - the part of fleet.bpf.c that answers over IPv6: neighbour solicitations, echo requests
 * and SYNs. It uses the maps and functions of fleet.bpf.c, which includes it behind them.
 */
#ifndef XSCAN_FLEET6_H
#define XSCAN_FLEET6_H

struct nd_frame {
	struct net_eth eth;
	struct net_ip6 ip;
	struct net_nd nd;
	struct net_nd_mac mac;
} NET_WIRE;

enum { ND_LEN = sizeof(struct net_nd) + sizeof(struct net_nd_mac) };

struct rst6_frame {
	struct net_eth eth;
	struct net_ip6 ip;
	struct net_tcp tcp;
} NET_WIRE;

struct synack6_frame {
	struct net_eth eth;
	struct net_ip6 ip;
	struct net_tcp tcp;
	struct net_tcp_mss mss;
} NET_WIRE;

/* As much as each probe has: its end cannot be made longer (answer_unreachable). */
struct quote6 {
	struct net_ip6 ip;
	struct net_tcp_quote tcp; /* or UDP's header */
} NET_WIRE;

struct udp6_frame {
	struct net_eth eth;
	struct net_ip6 ip;
	struct net_udp udp;
} NET_WIRE;

struct unreachable6_frame {
	struct net_eth eth;
	struct net_ip6 ip;
	struct net_icmp icmp;
	struct quote6 quote;
} NET_WIRE;

struct echo6_frame {
	struct net_eth eth;
	struct net_ip6 ip;
	struct net_icmp icmp;
} NET_WIRE;

static __always_inline void turn_ip6(struct net_ip6 *ip, __u8 next, __u16 payload_len)
{
	struct net_addr6 asked = ip->dst;

	ip->version_class_flow = net_be32(0x60000000);
	ip->payload_len = net_be16(payload_len);
	ip->next = next;
	ip->hop_limit = ANSWER_TTL;
	ip->dst = ip->src;
	ip->src = asked;
}

static __always_inline __be16 sum6(const struct net_ip6 *ip, __u8 next, const void *payload,
				   __u32 len)
{
	return csum_fold(
		csum_add_words(csum_pseudo6(&ip->src, &ip->dst, next, len), payload, len / 4));
}

/* Not one from nobody: that looks whether the address is free, as ARP probes do. */
static __always_inline int answer_nd(struct xdp_md *ctx, const struct net_ip6 *ip, struct cursor *c)
{
	const struct net_nd *nd = cursor_pull_nd(c);
	struct net_addr6 asked;
	struct nd_frame *f;
	__u32 addr;

	if (!nd || nd->code || ip->hop_limit != 255 || !fleet_is_ip6(&nd->target) ||
	    net_host16(ip->payload_len) != ND_LEN || !(net_get(&ip->src.word[0])))
		return XDP_PASS;
	asked = nd->target;
	addr = net_host32(net_get(&nd->target.word[3]));
	if (!fleet_set_has(&hosts, addr) && (!gateway || addr != gateway))
		return XDP_PASS;
	f = resize(ctx, sizeof(*f));
	if (!f)
		return ignore();
	__builtin_memcpy(f->eth.dst, f->eth.src, 6);
	fleet_mac(addr, f->eth.src);
	f->ip.dst = asked;
	turn_ip6(&f->ip, NET_PROTO_ICMP6, ND_LEN);
	f->ip.hop_limit = 255;
	f->nd.type = NET_ICMP6_ADVERTISE;
	f->nd.csum = 0;
	f->nd.flags = net_be32(ND_FLAGS);
	f->mac.type = NET_ND_TARGET;
	f->mac.len = 1;
	fleet_mac(addr, f->mac.mac);
	f->nd.csum = sum6(&f->ip, NET_PROTO_ICMP6, &f->nd, ND_LEN);
	return answered(FLEET_COUNT_ND);
}

static __always_inline int answer_echo6(struct xdp_md *ctx)
{
	struct echo6_frame *f = (void *)(long)ctx->data;

	if ((void *)(f + 1) > (void *)(long)ctx->data_end)
		return ignore();
	turn_eth(&f->eth);
	turn_ip6(&f->ip, NET_PROTO_ICMP6, net_host16(f->ip.payload_len));
	turn_echo(&f->icmp, NET_ICMP6_ECHO_REPLY);
	return answered(FLEET_COUNT_ECHO);
}

static __always_inline int answer_open6(struct xdp_md *ctx, __u32 initial_seq)
{
	const __u32 tcp_len = sizeof(struct net_tcp) + sizeof(struct net_tcp_mss);
	struct synack6_frame *f = resize(ctx, sizeof(*f));

	if (!f)
		return ignore();
	turn_eth(&f->eth);
	turn_ip6(&f->ip, NET_PROTO_TCP, tcp_len);
	turn_tcp(&f->tcp, tcp_len, NET_TCP_SYN | NET_TCP_ACK);
	f->tcp.seq = net_be32(initial_seq);
	f->tcp.window = net_be16(SYNACK_WINDOW);
	f->mss.kind = 2;
	f->mss.len = 4;
	f->mss.mss = net_be16(SYNACK_MSS);
	f->tcp.csum = sum6(&f->ip, NET_PROTO_TCP, &f->tcp, tcp_len);
	return answered(FLEET_OPEN);
}

static __always_inline int answer_closed6(struct xdp_md *ctx)
{
	const __u32 tcp_len = sizeof(struct net_tcp);
	struct rst6_frame *f = resize(ctx, sizeof(*f));

	if (!f)
		return ignore();
	turn_eth(&f->eth);
	turn_ip6(&f->ip, NET_PROTO_TCP, tcp_len);
	turn_tcp(&f->tcp, tcp_len, NET_TCP_RST | NET_TCP_ACK);
	f->tcp.csum = sum6(&f->ip, NET_PROTO_TCP, &f->tcp, tcp_len);
	return answered(FLEET_CLOSED);
}

/* Quote the IPv6 header and the 8 bytes behind it. */
static __always_inline int answer_unreachable6(struct xdp_md *ctx, const struct net_eth *eth,
					       enum fleet_state state)
{
	const __u32 icmp_len = sizeof(struct net_icmp) + sizeof(struct quote6);
	struct net_eth asked_eth = *eth;
	struct unreachable6_frame *f;

	if (bpf_xdp_adjust_head(ctx, -(int)(sizeof(f->ip) + sizeof(f->icmp))))
		return ignore();
	f = resize(ctx, sizeof(*f));
	if (!f)
		return ignore();
	f->eth = asked_eth;
	turn_eth(&f->eth);
	f->ip.src = f->quote.ip.src;
	f->ip.dst = f->quote.ip.dst;
	turn_ip6(&f->ip, NET_PROTO_ICMP6, icmp_len);
	f->icmp.type = NET_ICMP6_UNREACHABLE;
	f->icmp.code = ICMP6_PORT_UNREACHABLE;
	f->icmp.csum = 0;
	f->icmp.unused = 0;
	f->icmp.csum = sum6(&f->ip, NET_PROTO_ICMP6, &f->icmp, icmp_len);
	return answered(state);
}

static __always_inline int answer_syn6(struct xdp_md *ctx, const struct net_eth *eth,
				       const struct net_ip6 *ip, __u32 addr, struct cursor *c)
{
	const __u8 flags = NET_TCP_SYN | NET_TCP_ACK | NET_TCP_RST | NET_TCP_FIN;
	const struct net_tcp *tcp = cursor_pull_tcp(c);
	__u32 header_len;
	__u64 hash;

	if (!tcp || (tcp->flags & flags) != NET_TCP_SYN)
		return ignore();
	header_len = (tcp->data_offset >> 4) * 4;
	if (header_len < sizeof(*tcp) || net_host16(ip->payload_len) < header_len)
		return ignore();
	hash = fleet_port_hash(rule.seed, addr, net_host16(tcp->dst));
	switch (state_of(addr, net_host16(tcp->dst), hash)) {
	case FLEET_OPEN:
		return answer_open6(ctx, hash >> 32);
	case FLEET_CLOSED:
		return answer_closed6(ctx);
	case FLEET_UNREACHABLE:
		return answer_unreachable6(ctx, eth, FLEET_UNREACHABLE);
	default:
		count(FLEET_SILENT);
		return XDP_DROP;
	}
}

static __always_inline int answer_udp6_open(struct xdp_md *ctx)
{
	struct udp6_frame *f = (void *)(long)ctx->data;

	if ((void *)(f + 1) > (void *)(long)ctx->data_end)
		return ignore();
	turn_eth(&f->eth);
	turn_ip6(&f->ip, NET_PROTO_UDP, net_host16(f->ip.payload_len));
	turn_udp(&f->udp);
	return answered(FLEET_OPEN);
}

static __always_inline int answer_udp6(struct xdp_md *ctx, const struct net_eth *eth, __u32 addr,
				       struct cursor *c)
{
	const struct net_udp *udp = cursor_pull_udp(c);
	enum fleet_state state;

	if (!udp)
		return ignore();
	state = state_of(addr, net_host16(udp->dst),
			 fleet_port_hash(rule.seed, addr, net_host16(udp->dst)));
	if (state == FLEET_OPEN)
		return answer_udp6_open(ctx);
	if (state != FLEET_SILENT)
		return answer_unreachable6(ctx, eth, state);
	count(FLEET_SILENT);
	return XDP_DROP;
}

static __always_inline int answer_ip6(struct xdp_md *ctx, const struct net_eth *eth,
				      struct cursor *c)
{
	const struct net_ip6 *ip = cursor_pull_ip6(c, false);
	const __u8 *type = c->pos;
	__u32 addr;

	if (!ip || (const void *)(type + 1) > c->end)
		return XDP_PASS;
	if (ip->next == NET_PROTO_ICMP6 && *type == NET_ICMP6_SOLICIT)
		return answer_nd(ctx, ip, c);
	addr = net_host32(net_get(&ip->dst.word[3]));
	if (!fleet_is_ip6(&ip->dst) || !fleet_set_has(&hosts, addr))
		return XDP_PASS;
	if (eth->dst[0] & 1)
		return ignore();
	if (ip->next == NET_PROTO_ICMP6 && *type == NET_ICMP6_ECHO_REQUEST)
		return answer_echo6(ctx);
	if (ip->next == NET_PROTO_UDP)
		return answer_udp6(ctx, eth, addr, c);
	return ip->next == NET_PROTO_TCP ? answer_syn6(ctx, eth, ip, addr, c) : ignore();
}

#endif
