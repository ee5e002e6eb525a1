/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * probe_tcp.h - a TCP SYN, and the three kinds of packet that answer it: a SYN-ACK, a RST, or an
 * ICMP unreachable that quotes the SYN (RFC 9293 3.10.7, RFC 792, RFC 4443). TCP6: the same over IPv6.
 *
 * The same code builds frames in user space, builds and matches them in the kernel, and runs in the
 * unit tests. Their law is match(reply_to(build(t))) == t.
 */
#ifndef XSCAN_PROBE_TCP_H
#define XSCAN_PROBE_TCP_H

#include "probe_common.h"

/* 58 bytes, with the MSS option: some firewalls drop a SYN without it. */
struct probe_tcp_frame {
	struct net_eth eth;
	struct net_ip4 ip;
	struct net_tcp tcp;
	struct net_tcp_mss mss;
} NET_WIRE;

/* 78 bytes. */
struct probe_tcp6_frame {
	struct net_eth eth;
	struct net_ip6 ip;
	struct net_tcp tcp;
	struct net_tcp_mss mss;
} NET_WIRE;

/*
 * With probe_config.stamps, 12 bytes more: a timestamp, which a SYN-ACK echoes (RFC 7323). Its value is
 * the time of sending, in ticks of 1.024 us, XOR half of the cookie's hash. The other half is the
 * sequence number. So the value tells others nothing of the clock.
 */
struct probe_tcp_stamped_frame {
	struct probe_tcp_frame syn;
	struct net_tcp_stamps stamps;
} NET_WIRE;

struct probe_tcp6_stamped_frame {
	struct probe_tcp6_frame syn;
	struct net_tcp_stamps stamps;
} NET_WIRE;

enum {
	PROBE_TCP_MSS = 1460,
	PROBE_TCP6_MSS = 1440,
	PROBE_TCP_WINDOW = 64240,
	PROBE_TCP_LEN = sizeof(struct net_tcp) + sizeof(struct net_tcp_mss),
	PROBE_TCP_STAMPED_LEN = PROBE_TCP_LEN + sizeof(struct net_tcp_stamps),
	PROBE_TCP_TICK_BITS = 10,
};

static __always_inline __u32 probe_tcp_tick(__u64 time_ns)
{
	return (__u32)(time_ns >> PROBE_TCP_TICK_BITS);
}

/* Write the timestamp of a probe that leaves at time 0. Returns what it adds to the checksum. */
static __always_inline __u64 probe_tcp_add_stamps(struct net_tcp_stamps *stamps, __u64 hash)
{
	const __u32 head = net_be32(NET_TCP_STAMPS_HEAD), value = net_be32((__u32)(hash >> 32));

	probe_put(&stamps->head, head);
	probe_put(&stamps->value, value);
	probe_put(&stamps->echo, 0);
	return (__u64)head + value;
}

/*
 * A built probe leaves at time_ns: write the time. No probe has the value 0, which old Linux takes
 * for "no timestamps".
 */
static __always_inline void probe_tcp_stamp(struct net_tcp *tcp, struct net_tcp_stamps *stamps,
					    __u64 time_ns)
{
	const __u32 before = stamps->value;
	__u32 value = before ^ net_be32(probe_tcp_tick(time_ns));

	if (!value)
		value = net_be32(1);
	probe_put(&stamps->value, value);
	/* RFC 1624, 3 */
	tcp->csum = csum_fold((__u64)(__u16)~tcp->csum + (__u32)~before + (__u64)value);
}

/*
 * When the probe left to which a SYN-ACK answers; 0: unknown. The cursor stands at the options, of
 * `len` bytes. Look where stacks put the option: first, or behind one or two other options.
 */
static __always_inline __u32 probe_tcp_sent(const struct cursor *c, __u32 len, __u64 hash)
{
	const struct net_tcp_stamps *stamps = c->pos;
	__u32 at;

	for (at = 0; at <= 8; at += 4) {
		stamps = c->pos + at;
		if (at + sizeof(*stamps) > len || (const void *)(stamps + 1) > c->end)
			return 0;
		if (stamps->head == net_be32(NET_TCP_STAMPS_HEAD))
			return stamps->echo ? net_host32(stamps->echo) ^ (__u32)(hash >> 32) : 0;
	}
	return 0;
}

/*
 * Write every byte of the segment and its options: the memory may hold an old frame. The MSS is behind
 * `tcp`, then come `stamps`, NULL for none. `sum` is that of the pseudo header.
 */
static __always_inline void probe_tcp_fill(struct net_tcp *tcp, struct net_tcp_mss *option,
					   struct net_tcp_stamps *stamps, __be16 source_port,
					   __be16 target_port, __u64 hash, __u16 largest, __u64 sum)
{
	const __u32 seq = (__u32)hash, ports = probe_word(source_port, target_port);
	const __u32 len = stamps ? PROBE_TCP_STAMPED_LEN : PROBE_TCP_LEN;
	const __u32 flags =
		probe_word(net_be16((len / 4) << 12 | NET_TCP_SYN), net_be16(PROBE_TCP_WINDOW));
	const __u32 mss = probe_word(net_be16(2 << 8 | 4), net_be16(largest));

	if (stamps)
		sum += probe_tcp_add_stamps(stamps, hash);
	sum += (__u64)ports + net_be32(seq) + flags + mss;
	probe_put(&tcp->src, ports);
	probe_put(&tcp->seq, net_be32(seq));
	probe_put(&tcp->ack, 0);
	probe_put(&tcp->data_offset, flags);
	probe_put(&tcp->csum, probe_word(csum_fold(sum), 0)); /* no urgent data */
	probe_put(option, mss);
}

/* Write every byte of the SYN. */
static __always_inline void probe_tcp_write(struct probe_tcp_frame *f,
					    struct net_tcp_stamps *stamps,
					    const struct probe_config *p,
					    const struct probe_target *t, __u8 attempt)
{
	const __be16 source_port = net_be16(p->source_port + attempt);
	const __be16 target_port = net_be16(t->port);
	const __u64 hash = cookie_tcp_hash(&p->key, t->addr, target_port, t->source, source_port);
	const __u16 len = stamps ? PROBE_TCP_STAMPED_LEN : PROBE_TCP_LEN;

	probe_build_eth(&f->eth, p, t, NET_ETH_IP4);
	probe_build_ip4(&f->ip, p, t, NET_PROTO_TCP, len, (__be16)((__u32)hash >> 16));
	probe_tcp_fill(&f->tcp, &f->mss, stamps, source_port, target_port, hash, PROBE_TCP_MSS,
		       csum_pseudo_tcp(t->source, t->addr, len));
}

static __always_inline void probe_tcp6_write(struct probe_tcp6_frame *f,
					     struct net_tcp_stamps *stamps,
					     const struct probe_config *p,
					     const struct probe_target *t, __u8 attempt)
{
	const __be16 source_port = net_be16(p->source_port + attempt);
	const __be16 target_port = net_be16(t->port);
	const __u64 hash =
		cookie_tcp6_hash(&p->key, &t->addr6, target_port, &t->source6, source_port);
	const __u16 len = stamps ? PROBE_TCP_STAMPED_LEN : PROBE_TCP_LEN;

	probe_build_eth(&f->eth, p, t, NET_ETH_IP6);
	probe_build_ip6(&f->ip, t, NET_PROTO_TCP, p->ttl, len);
	probe_put_addr6(&f->ip.dst, &t->addr6);
	probe_tcp_fill(&f->tcp, &f->mss, stamps, source_port, target_port, hash, PROBE_TCP6_MSS,
		       csum_pseudo6(&t->source6, &t->addr6, NET_PROTO_TCP, len));
}

static __always_inline void probe_tcp_build(struct probe_tcp_frame *f, const struct probe_config *p,
					    const struct probe_target *t, __u8 attempt)
{
	probe_tcp_write(f, NULL, p, t, attempt);
}

static __always_inline void probe_tcp6_build(struct probe_tcp6_frame *f,
					     const struct probe_config *p,
					     const struct probe_target *t, __u8 attempt)
{
	probe_tcp6_write(f, NULL, p, t, attempt);
}

/* With a timestamp, as if the SYN left at time 0: see probe_tcp_stamp. */
static __always_inline void probe_tcp_build_stamped(struct probe_tcp_stamped_frame *f,
						    const struct probe_config *p,
						    const struct probe_target *t, __u8 attempt)
{
	probe_tcp_write(&f->syn, &f->stamps, p, t, attempt);
}

static __always_inline void probe_tcp6_build_stamped(struct probe_tcp6_stamped_frame *f,
						     const struct probe_config *p,
						     const struct probe_target *t, __u8 attempt)
{
	probe_tcp6_write(&f->syn, &f->stamps, p, t, attempt);
}

/* Is this one of our source ports? If so, of which try? */
static __always_inline bool probe_tcp_attempt(const struct probe_config *p, __be16 port,
					      __u8 *attempt)
{
	__u16 offset = net_host16(port) - p->source_port;

	*attempt = (__u8)offset;
	return offset < p->tries;
}

/*
 * Read a TCP segment of `len` bytes that came to one of our ports; the cursor stands behind its
 * header. A SYN-ACK acknowledges the SYN, which had this hash. A RST acknowledges the SYN too, or
 * repeats its number, as some stacks do. Do not verify L4 checksums: frames of local senders reach XDP
 * before their checksum is filled in.
 */
static __always_inline enum match probe_tcp_read(struct cursor *c, const struct net_tcp *tcp,
						 __u32 len, __u64 hash, bool stamps,
						 struct answer *out)
{
	const __u32 header_len = (tcp->data_offset >> 4) * 4;
	const __u32 acked = net_host32(tcp->ack) - (__u32)hash;
	const struct net_tcp_mss *mss;

	out->port = tcp->src;
	if (header_len < sizeof(*tcp) || len < header_len)
		return answer_reject(out, REJECT_HEADER);
	if (tcp->flags & NET_TCP_RST) {
		if (acked > 1)
			return answer_reject(out, REJECT_COOKIE);
		out->state = ANSWER_CLOSED;
	} else if ((tcp->flags & (NET_TCP_SYN | NET_TCP_ACK | NET_TCP_FIN)) ==
		   (NET_TCP_SYN | NET_TCP_ACK)) {
		if (acked != 1)
			return answer_reject(out, REJECT_COOKIE);
		out->state = ANSWER_OPEN;
		out->window = net_host16(tcp->window);
		if (stamps)
			out->sent = probe_tcp_sent(c, header_len - sizeof(*tcp), hash);
		/*
		 * Almost all stacks send the MSS first: a walk through all options is not worth it.
		 */
		mss = header_len >= PROBE_TCP_LEN ? cursor_pull_tcp_mss(c) : NULL;
		out->mss = mss && mss->kind == 2 && mss->len == 4 ? net_host16(mss->mss) : 0;
	} else {
		return answer_reject(out, REJECT_FLAGS);
	}
	return MATCH_ANSWER;
}

/* The cursor stands behind the IPv4 header `ip`. */
static __always_inline enum match probe_tcp_match(struct cursor *c, const struct net_ip4 *ip,
						  const struct probe_config *p, struct answer *out)
{
	const __u32 header_len = (ip->version_ihl & 15) * 4, total_len = net_host16(ip->total_len);
	const struct net_tcp *tcp = cursor_pull_tcp(c);

	if (!tcp || !probe_tcp_attempt(p, tcp->dst, &out->attempt))
		return MATCH_FOREIGN;
	out->addr = ip->src;
	out->ttl = ip->ttl;
	return probe_tcp_read(c, tcp, total_len - header_len,
			      cookie_tcp_hash(&p->key, ip->src, tcp->src, ip->dst, tcp->dst),
			      p->stamps, out);
}

static __always_inline enum match probe_tcp6_match(struct cursor *c, const struct net_ip6 *ip,
						   const struct probe_config *p, struct answer *out)
{
	const struct net_tcp *tcp = cursor_pull_tcp(c);

	if (!tcp || !probe_tcp_attempt(p, tcp->dst, &out->attempt))
		return MATCH_FOREIGN;
	probe_put_addr6(&out->addr6, &ip->src);
	out->ttl = ip->hop_limit;
	return probe_tcp_read(c, tcp, net_host16(ip->payload_len),
			      cookie_tcp6_hash(&p->key, &ip->src, tcp->src, &ip->dst, tcp->dst),
			      p->stamps, out);
}

/*
 * Read what an ICMP error quotes of a SYN; the cursor stands behind the quoted IPv4 header. The
 * quoted sequence number is the cookie: only a machine that saw the probe can quote it.
 */
static __always_inline enum match probe_tcp_quoted(struct cursor *c, const struct net_ip4 *inner,
						   const struct probe_config *p, struct answer *out)
{
	const struct net_tcp_quote *quote = cursor_pull_tcp_quote(c);

	if (!quote || !probe_tcp_attempt(p, quote->src, &out->attempt))
		return MATCH_FOREIGN;
	out->port = quote->dst;
	if (net_host32(quote->seq) !=
	    cookie_tcp(&p->key, inner->dst, quote->dst, inner->src, quote->src))
		return answer_reject(out, REJECT_COOKIE);
	return MATCH_ANSWER;
}

static __always_inline enum match probe_tcp6_quoted(struct cursor *c, const struct net_ip6 *inner,
						    const struct probe_config *p,
						    struct answer *out)
{
	const struct net_tcp_quote *quote = cursor_pull_tcp_quote(c);

	if (!quote || !probe_tcp_attempt(p, quote->src, &out->attempt))
		return MATCH_FOREIGN;
	out->port = quote->dst;
	if (net_host32(quote->seq) !=
	    cookie_tcp6(&p->key, &inner->dst, quote->dst, &inner->src, quote->src))
		return answer_reject(out, REJECT_COOKIE);
	return MATCH_ANSWER;
}

/* The packet of a RST, without its Ethernet header. */
struct probe_tcp_reset_packet {
	struct net_ip4 ip;
	struct net_tcp tcp;
} NET_WIRE;

struct probe_tcp6_reset_packet {
	struct net_ip6 ip;
	struct net_tcp tcp;
} NET_WIRE;

enum { PROBE_TCP_OPTIONS_MAX = 40 };

/* The frame goes back where it came from. */
static __always_inline void probe_tcp_turn_eth(struct net_eth *eth)
{
	__u8 mac[6];

	__builtin_memcpy(mac, eth->src, 6);
	__builtin_memcpy(eth->src, eth->dst, 6);
	__builtin_memcpy(eth->dst, mac, 6);
}

/*
 * Make the RST of a SYN-ACK's header; `pseudo` is the sum of the RST's pseudo header. Bytes up to `end`
 * become zero.
 *
 * A local sender may leave the SYN-ACK's checksum for a device to fill in (CHECKSUM_PARTIAL). Then a
 * device fills in the RST's checksum too, and needs the sum of the pseudo header in its place. No XDP
 * program can see which case holds. So choose the window, which a RST does not use, such that the
 * right checksum is the sum of the pseudo header.
 */
static __always_inline void probe_tcp_turn(struct net_tcp *tcp, const void *end, __u64 pseudo)
{
	volatile __u8 *rest = (void *)(tcp + 1);
	__be16 source_port = tcp->dst, target_port = tcp->src;
	__be32 seq = tcp->ack;
	unsigned int i;

	tcp->src = source_port;
	tcp->dst = target_port;
	tcp->seq = seq;
	tcp->ack = 0;
	tcp->data_offset = (sizeof(*tcp) / 4) << 4;
	tcp->flags = NET_TCP_RST;
	tcp->window = 0;
	tcp->urgent = 0;
	tcp->csum = ~csum_fold(pseudo);
	tcp->window = csum_fold(csum_add_words(pseudo, tcp, sizeof(*tcp) / 4));
	/* Volatile keeps the compiler from using memset, which BPF lacks for a variable length. */
	for (i = 0; i < PROBE_TCP_OPTIONS_MAX && (const void *)(rest + i + 1) <= end; i++)
		rest[i] = 0;
}

/*
 * Turn a matched SYN-ACK into the RST that answers it (RFC 9293, 3.10.7.3), in place. The frame
 * keeps its length; the bytes that the RST does not need become zero, as padding. `frame` begins
 * with an Ethernet header if `ethernet`. False: the SYN-ACK has IP options or data, and nothing is
 * changed.
 */
static __always_inline bool probe_tcp_reset(void *frame, const void *end, bool ethernet, __u8 ttl)
{
	struct probe_tcp_reset_packet *f = frame + (ethernet ? sizeof(struct net_eth) : 0);
	__be32 source, target;

	if ((const void *)(f + 1) > end || f->ip.version_ihl != 0x45 ||
	    end - (const void *)(f + 1) > PROBE_TCP_OPTIONS_MAX)
		return false;
	if (ethernet)
		probe_tcp_turn_eth(frame);
	source = f->ip.dst;
	target = f->ip.src;

	f->ip.tos = 0;
	f->ip.total_len = net_be16(sizeof(*f));
	f->ip.id = 0;
	f->ip.frag = net_be16(NET_IP4_DONT_FRAGMENT);
	f->ip.ttl = ttl;
	f->ip.csum = 0;
	f->ip.src = source;
	f->ip.dst = target;
	f->ip.csum = csum_fold(csum_add_words(0, &f->ip, sizeof(f->ip) / 4));
	probe_tcp_turn(&f->tcp, end, csum_pseudo_tcp(source, target, sizeof(f->tcp)));
	return true;
}

static __always_inline bool probe_tcp6_reset(void *frame, const void *end, bool ethernet, __u8 ttl)
{
	struct probe_tcp6_reset_packet *f = frame + (ethernet ? sizeof(struct net_eth) : 0);
	struct net_addr6 source, target;

	if ((const void *)(f + 1) > end || f->ip.next != NET_PROTO_TCP ||
	    end - (const void *)(f + 1) > PROBE_TCP_OPTIONS_MAX)
		return false;
	if (ethernet)
		probe_tcp_turn_eth(frame);
	source = f->ip.dst;
	target = f->ip.src;

	f->ip.version_class_flow = net_be32(0x60000000);
	f->ip.payload_len = net_be16(sizeof(f->tcp));
	f->ip.hop_limit = ttl;
	f->ip.src = source;
	f->ip.dst = target;
	probe_tcp_turn(&f->tcp, end, csum_pseudo6(&source, &target, NET_PROTO_TCP, sizeof(f->tcp)));
	return true;
}

#endif
