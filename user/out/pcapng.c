// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * pcapng.c - frames in the PCAP Next Generation format (IETF draft-ietf-opsawg-pcapng), for Wireshark,
 * tshark and others: a section, an interface for each place of each interface where frames are seen, a
 * block for each frame, and how many frames were left out.
 *
 * Integers are in the host's byte order, which the section says.
 */
#include "sinks.h"

#include "abi.h"

#include <inttypes.h>
#include <string.h>

enum block_type {
	BLOCK_INTERFACE = 1,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6,
	BLOCK_SECTION = 0x0a0d0d0a,
};

/* Options; their numbers depend on the block. */
enum {
	OPTION_END = 0,
	OPTION_COMMENT = 1,
	SECTION_APPLICATION = 4,
	INTERFACE_NAME = 2,
	INTERFACE_DESCRIPTION = 3,
	INTERFACE_RESOLUTION = 9,
	PACKET_FLAGS = 2,
	PACKET_QUEUE = 6,
	PACKET_VERDICT = 7,
	STATISTICS_RECEIVED = 4,
	STATISTICS_DROPPED = 5,
};

enum {
	BYTE_ORDER_MAGIC = 0x1a2b3c4d,
	LINK_ETHERNET = 1,
	LINK_RAW = 101, /* packets without an Ethernet header */
	NANOSECONDS = 9,
	INBOUND = 1,
	OUTBOUND = 2,
	VERDICT_TC = 1,
	VERDICT_XDP = 2,
};

/* Of each interface, in this order: places, then our own packet socket. */
static const char *const places[RESULT_FRAME_PLACES] = {
	[RESULT_AT_XDP] = "at XDP",
	[RESULT_AT_TC] = "at tc",
	[RESULT_AT_SOCKET] = "sent by a packet socket",
};

/* A block under way. Its length, at the start and at the end, comes last. */
struct block {
	size_t n;
	uint8_t bytes[SINK_RECORD_MAX];
};

static void put(struct block *b, const void *data, size_t n)
{
	memcpy(b->bytes + b->n, data, n);
	b->n += n;
}

static void put16(struct block *b, uint16_t value)
{
	put(b, &value, sizeof(value));
}

static void put32(struct block *b, uint32_t value)
{
	put(b, &value, sizeof(value));
}

/* Data, then zeros up to a multiple of 4 bytes. */
static void put_padded(struct block *b, const void *data, size_t n)
{
	static const uint8_t zeros[4];

	put(b, data, n);
	put(b, zeros, (4 - n % 4) % 4);
}

static void put_option(struct block *b, uint16_t code, const void *data, size_t n)
{
	put16(b, code);
	put16(b, (uint16_t)n);
	put_padded(b, data, n);
}

static void put_text(struct block *b, uint16_t code, const char *text)
{
	put_option(b, code, text, strlen(text));
}

static void put_time(struct block *b, uint64_t time_ns)
{
	put32(b, (uint32_t)(time_ns >> 32));
	put32(b, (uint32_t)time_ns);
}

static struct block begin(enum block_type type)
{
	struct block b = { 0 };

	put32(&b, type);
	put32(&b, 0);
	return b;
}

static int end(struct block *b, struct sink *s)
{
	uint32_t length;

	put_option(b, OPTION_END, NULL, 0);
	length = (uint32_t)(b->n + sizeof(length));
	put32(b, length);
	memcpy(b->bytes + sizeof(length), &length, sizeof(length));
	fwrite(b->bytes, 1, b->n, s->file);
	return sink_make_room(s);
}

static int put_section(struct sink *s, const struct result_start *r)
{
	const uint64_t unknown_length = UINT64_MAX;
	struct block b = begin(BLOCK_SECTION);
	char text[64];

	put32(&b, BYTE_ORDER_MAGIC);
	put16(&b, 1); /* version 1.0 */
	put16(&b, 0);
	put(&b, &unknown_length, sizeof(unknown_length));
	put_text(&b, OPTION_COMMENT, r->captured ?: "near misses");
	snprintf(text, sizeof(text), "xscan %s", r->version);
	put_text(&b, SECTION_APPLICATION, text);
	return end(&b, s);
}

static int put_interface(struct sink *s, const struct result_iface *iface, const char *place)
{
	const uint8_t resolution = NANOSECONDS;
	struct block b = begin(BLOCK_INTERFACE);

	put16(&b, iface->bare ? LINK_RAW : LINK_ETHERNET);
	put16(&b, 0);
	put32(&b, CAPTURE_BYTES);
	put_text(&b, INTERFACE_NAME, iface->name);
	put_text(&b, INTERFACE_DESCRIPTION, place);
	put_option(&b, INTERFACE_RESOLUTION, &resolution, sizeof(resolution));
	return end(&b, s);
}

static int pcapng_start(struct sink *s, const struct result_start *r)
{
	unsigned int i;
	int code = put_section(s, r);

	for (i = 0; i < r->n_ifaces * RESULT_FRAME_PLACES && !code; i++)
		code = put_interface(s, &r->ifaces[i / RESULT_FRAME_PLACES],
				     places[i % RESULT_FRAME_PLACES]);
	return code;
}

static void put_verdict(struct block *b, const struct result_frame *f)
{
	const int64_t verdict = f->verdict;
	uint8_t data[1 + sizeof(verdict)] = { f->place == RESULT_AT_TC ? VERDICT_TC : VERDICT_XDP };

	memcpy(data + 1, &verdict, sizeof(verdict));
	put_option(b, PACKET_VERDICT, data, sizeof(data));
}

static int pcapng_frame(struct sink *s, const struct result_frame *f)
{
	const uint32_t flags = f->leaves ? OUTBOUND : INBOUND;
	struct block b = begin(BLOCK_PACKET);

	put32(&b, f->iface * RESULT_FRAME_PLACES + f->place);
	put_time(&b, f->time_ns);
	put32(&b, f->kept);
	put32(&b, f->len);
	put_padded(&b, f->bytes, f->kept);
	put_text(&b, OPTION_COMMENT, f->comment);
	put_option(&b, PACKET_FLAGS, &flags, sizeof(flags));
	if (!f->leaves) {
		put_option(&b, PACKET_QUEUE, &f->queue, sizeof(f->queue));
		put_verdict(&b, f);
	}
	return end(&b, s);
}

/* The sum of all places, with the first. */
static int pcapng_end(struct sink *s, const struct result_summary *sum)
{
	const uint64_t received = sum->captured + sum->capture_left_out;
	struct block b = begin(BLOCK_STATISTICS);
	char text[128];

	put32(&b, 0);
	put_time(&b, sum->time_us * 1000);
	snprintf(text, sizeof(text), "at all places: %" PRIu64 " frames kept, %" PRIu64 " left out",
		 sum->captured, sum->capture_left_out);
	put_text(&b, OPTION_COMMENT, text);
	put_option(&b, STATISTICS_RECEIVED, &received, sizeof(received));
	put_option(&b, STATISTICS_DROPPED, &sum->capture_left_out, sizeof(sum->capture_left_out));
	return end(&b, s);
}

const struct sink_ops out_pcapng = {
	.option = "capture",
	.what = "near misses as pcapng: frames that look like answers and are none, or no news, "
		"each with "
		"the reason and the verdict; at most 1000 a second, the others are counted; not "
		"with --resume",
	.start = pcapng_start,
	.frame = pcapng_frame,
	.end = pcapng_end,
};
