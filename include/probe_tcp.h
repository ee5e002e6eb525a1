/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * probe_tcp.h - a TCP SYN, and the three kinds of packet that answer it: a SYN-ACK, a RST, or an
 * ICMP unreachable that quotes the SYN (RFC 9293 3.10.7, RFC 792).
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

/*
 * With probe_config.stamps, 70 bytes: a timestamp, which a SYN-ACK echoes (RFC 7323). Its value is
 * the time of sending, in ticks of 1.024 us, exclusive or the half of the cookie's hash that is not
 * the sequence number. So the value tells others nothing of the clock.
 */
struct probe_tcp_stamped_frame {
	struct probe_tcp_frame syn;
	struct net_tcp_stamps stamps;
} NET_WIRE;

enum {
	PROBE_TCP_MSS = 1460,
	PROBE_TCP_WINDOW = 64240,
	PROBE_TCP_LEN = sizeof(struct net_tcp) + sizeof(struct net_tcp_mss),
	PROBE_TCP_TICK_BITS = 10,
};

static __always_inline __u32 probe_tcp_tick(__u64 time_ns)
{
	return (__u32)(time_ns >> PROBE_TCP_TICK_BITS);
}

/* Add the timestamp of a probe that leaves at time 0. Returns what it adds to the checksum. */
static __always_inline __u64 probe_tcp_add_stamps(struct probe_tcp_stamped_frame *f, __u64 hash)
{
	const __u32 head = net_be32(NET_TCP_STAMPS_HEAD), value = net_be32((__u32)(hash >> 32));

	probe_put(&f->stamps.head, head);
	probe_put(&f->stamps.value, value);
	probe_put(&f->stamps.echo, 0);
	return (__u64)head + value;
}

/*
 * A built probe leaves at time_ns: write the time. No probe has the value 0, which old Linux takes
 * for "no timestamps".
 */
static __always_inline void probe_tcp_stamp(struct probe_tcp_stamped_frame *f, __u64 time_ns)
{
	const __u32 before = f->stamps.value;
	__u32 value = before ^ net_be32(probe_tcp_tick(time_ns));

	if (!value)
		value = net_be32(1);
	probe_put(&f->stamps.value, value);
	/* RFC 1624, 3 */
	f->syn.tcp.csum = csum_fold((__u64)(__u16)~f->syn.tcp.csum + (__u32)~before + (__u64)value);
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

/* Write every byte of the SYN: the memory may hold an old frame. */
static __always_inline void probe_tcp_write(struct probe_tcp_frame *f, const struct probe_config *p,
					    const struct probe_target *t, __u8 attempt, bool stamps)
{
	__be16 source_port = net_be16(p->source_port + attempt);
	__be16 target_port = net_be16(t->port);
	const __u64 hash = cookie_tcp_hash(&p->key, t->addr, target_port, t->source, source_port);
	const __u32 seq = (__u32)hash, ports = probe_word(source_port, target_port);
	const __u16 len = PROBE_TCP_LEN + (stamps ? sizeof(struct net_tcp_stamps) : 0);
	const __u32 flags =
		probe_word(net_be16((len / 4) << 12 | NET_TCP_SYN), net_be16(PROBE_TCP_WINDOW));
	const __u32 mss = probe_word(net_be16(2 << 8 | 4), net_be16(PROBE_TCP_MSS));
	__u64 sum = csum_pseudo_tcp(t->source, t->addr, len);

	probe_build_eth(&f->eth, p, t);
	probe_build_ip4(&f->ip, p, t, NET_PROTO_TCP, len, (__be16)(seq >> 16));

	if (stamps)
		sum += probe_tcp_add_stamps((void *)f, hash);
	sum += (__u64)ports + net_be32(seq) + flags + mss;
	probe_put(&f->tcp.src, ports);
	probe_put(&f->tcp.seq, net_be32(seq));
	probe_put(&f->tcp.ack, 0);
	probe_put(&f->tcp.data_offset, flags);
	probe_put(&f->tcp.csum, probe_word(csum_fold(sum), 0)); /* no urgent data */
	probe_put(&f->mss, mss);
}

static __always_inline void probe_tcp_build(struct probe_tcp_frame *f, const struct probe_config *p,
					    const struct probe_target *t, __u8 attempt)
{
	probe_tcp_write(f, p, t, attempt, false);
}

/* As if it left at time 0: see probe_tcp_stamp. */
static __always_inline void probe_tcp_build_stamped(struct probe_tcp_stamped_frame *f,
						    const struct probe_config *p,
						    const struct probe_target *t, __u8 attempt)
{
	probe_tcp_write(&f->syn, p, t, attempt, true);
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
 * Read a TCP segment; the cursor stands behind the IPv4 header `ip`. A SYN-ACK acknowledges the
 * SYN. A RST acknowledges the SYN too, or repeats its number, as some stacks do. Do not verify L4
 * checksums: frames of local senders reach XDP before their checksum is filled in.
 */
static __always_inline enum match probe_tcp_match(struct cursor *c, const struct net_ip4 *ip,
						  const struct probe_config *p, struct answer *out)
{
	const struct net_tcp *tcp = cursor_pull_tcp(c);
	const struct net_tcp_mss *mss;
	__u32 acked, header_len;
	__u64 hash;

	if (!tcp || !probe_tcp_attempt(p, tcp->dst, &out->attempt))
		return MATCH_FOREIGN;
	out->addr = ip->src;
	out->port = tcp->src;
	header_len = (tcp->data_offset >> 4) * 4;
	if (header_len < sizeof(*tcp) ||
	    net_host16(ip->total_len) < (ip->version_ihl & 15) * 4 + header_len)
		return answer_reject(out, REJECT_HEADER);

	hash = cookie_tcp_hash(&p->key, ip->src, tcp->src, ip->dst, tcp->dst);
	acked = net_host32(tcp->ack) - (__u32)hash;
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
		if (p->stamps)
			out->sent = probe_tcp_sent(c, header_len - sizeof(*tcp), hash);
		/*
		 * Almost all stacks send the MSS first: a walk through all options is not worth it.
		 */
		mss = header_len >= PROBE_TCP_LEN ? cursor_pull_tcp_mss(c) : NULL;
		out->mss = mss && mss->kind == 2 && mss->len == 4 ? net_host16(mss->mss) : 0;
	} else {
		return answer_reject(out, REJECT_FLAGS);
	}
	out->ttl = ip->ttl;
	return MATCH_ANSWER;
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
	if (net_host32(quote->seq) !=
	    cookie_tcp(&p->key, inner->dst, quote->dst, inner->src, quote->src))
		return answer_reject(out, REJECT_COOKIE);
	out->port = quote->dst;
	return MATCH_ANSWER;
}

/* The packet of a RST, without its Ethernet header. */
struct probe_tcp_reset_packet {
	struct net_ip4 ip;
	struct net_tcp tcp;
} NET_WIRE;

enum { PROBE_TCP_OPTIONS_MAX = 40 };

/*
 * Turn a matched SYN-ACK into the RST that answers it (RFC 9293, 3.10.7.3), in place. The frame
 * keeps its length; the bytes that the RST does not need become zero, as padding. `frame` begins
 * with an Ethernet header if `ethernet`. False: the SYN-ACK has IP options or data, and nothing is
 * changed.
 *
 * A local sender may leave the SYN-ACK's checksum for a device to fill in (CHECKSUM_PARTIAL). Then a
 * device fills in the RST's checksum too, and needs the sum of the pseudo header in its place. No XDP
 * program can see which case holds. So choose the window, which a RST does not use, such that the
 * right checksum is the sum of the pseudo header.
 */
static __always_inline bool probe_tcp_reset(void *frame, const void *end, bool ethernet, __u8 ttl)
{
	struct probe_tcp_reset_packet *f = frame + (ethernet ? sizeof(struct net_eth) : 0);
	struct net_eth *eth = frame;
	volatile __u8 *rest = (void *)(f + 1);
	__be16 source_port, target_port;
	__be32 source, target, seq;
	__u64 pseudo;
	unsigned int i;
	__u8 mac[6];

	if ((const void *)(f + 1) > end || f->ip.version_ihl != 0x45 ||
	    end - (const void *)(f + 1) > PROBE_TCP_OPTIONS_MAX)
		return false;
	if (ethernet) {
		__builtin_memcpy(mac, eth->src, 6);
		__builtin_memcpy(eth->src, eth->dst, 6);
		__builtin_memcpy(eth->dst, mac, 6);
	}
	source = f->ip.dst;
	target = f->ip.src;
	source_port = f->tcp.dst;
	target_port = f->tcp.src;
	seq = f->tcp.ack;

	f->ip.tos = 0;
	f->ip.total_len = net_be16(sizeof(*f));
	f->ip.id = 0;
	f->ip.frag = net_be16(NET_IP4_DONT_FRAGMENT);
	f->ip.ttl = ttl;
	f->ip.csum = 0;
	f->ip.src = source;
	f->ip.dst = target;
	f->ip.csum = csum_fold(csum_add_words(0, &f->ip, sizeof(f->ip) / 4));

	f->tcp.src = source_port;
	f->tcp.dst = target_port;
	f->tcp.seq = seq;
	f->tcp.ack = 0;
	f->tcp.data_offset = (sizeof(f->tcp) / 4) << 4;
	f->tcp.flags = NET_TCP_RST;
	f->tcp.window = 0;
	f->tcp.urgent = 0;
	pseudo = csum_pseudo_tcp(source, target, sizeof(f->tcp));
	f->tcp.csum = ~csum_fold(pseudo);
	f->tcp.window = csum_fold(csum_add_words(pseudo, &f->tcp, sizeof(f->tcp) / 4));
	/* Volatile keeps the compiler from using memset, which BPF lacks for a variable length. */
	for (i = 0; i < PROBE_TCP_OPTIONS_MAX && (const void *)(rest + i + 1) <= end; i++)
		rest[i] = 0;
	return true;
}

#endif
