// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-pcapng.c - what a reader of the format finds in the file that a capture writes. */
#include "capture.h"
#include "random.h"

#include "abi.h"

#include <string.h>

#define SEED 7

/* A reader of its own, by the format's description. */
struct reader {
	const uint8_t *pos, *end;
};

struct option {
	uint16_t code, len;
	const uint8_t *data;
};

static uint32_t read32(struct reader *r)
{
	uint32_t value;

	assert_true(r->end - r->pos >= (long)sizeof(value));
	memcpy(&value, r->pos, sizeof(value));
	r->pos += sizeof(value);
	return value;
}

static const uint8_t *take(struct reader *r, size_t n)
{
	const uint8_t *at = r->pos;

	assert_true((size_t)(r->end - r->pos) >= n);
	r->pos += n;
	return at;
}

static const uint8_t *take_padded(struct reader *r, size_t n)
{
	const uint8_t *at = take(r, (n + 3) / 4 * 4);
	size_t i;

	for (i = n; i < (n + 3) / 4 * 4; i++)
		assert_int_equal(at[i], 0);
	return at;
}

/* Go to the next block: its length is a multiple of 4, and stands at both ends. */
static uint32_t next_block(struct reader *file, struct reader *body)
{
	const uint8_t *start = file->pos;
	const uint32_t type = read32(file), length = read32(file);
	uint32_t again;

	assert_int_equal(length % 4, 0);
	assert_true(length >= 12 && (long)length <= file->end - start);
	memcpy(&again, start + length - sizeof(again), sizeof(again));
	assert_int_equal(length, again);
	*body = (struct reader){ start + 8, start + length - 4 };
	file->pos = start + length;
	return type;
}

/* The option with this code; options end with one of code 0, the last in the block. */
static struct option find(struct reader r, uint16_t code)
{
	struct option found = { 0 }, o;

	for (;;) {
		const uint32_t head = read32(&r);

		memcpy(&o.code, &head, 2);
		memcpy(&o.len, (const char *)&head + 2, 2);
		o.data = take_padded(&r, o.len);
		if (!o.code)
			break;
		if (o.code == code)
			found = o;
	}
	assert_ptr_equal(r.pos, r.end);
	return found;
}

static void check_text(struct reader r, uint16_t code, const char *want)
{
	const struct option o = find(r, code);

	assert_int_equal(o.len, strlen(want));
	assert_memory_equal(o.data, want, o.len);
}

static uint64_t number(struct reader r, uint16_t code, uint16_t len)
{
	const struct option o = find(r, code);
	uint64_t value = 0;

	assert_int_equal(o.len, len);
	memcpy(&value, o.data, len);
	return value;
}

static const struct result_iface ifaces[] = { { "eth0" }, { "wg0", .bare = true } };
enum { IFACES = 2 };
static const struct result_start begin = { .version = "9.9", .ifaces = ifaces, .n_ifaces = IFACES };

static struct reader written(struct capture *c)
{
	fflush(c->sink.file);
	return (struct reader){ (const uint8_t *)c->text, (const uint8_t *)c->text + c->size };
}

static void check_section(struct reader *file, const char *comment)
{
	struct reader body;

	assert_int_equal(next_block(file, &body), 0x0a0d0d0a);
	assert_int_equal(read32(&body), 0x1a2b3c4d);
	assert_int_equal(read32(&body), 1); /* version 1.0, on a little-endian machine */
	assert_int_equal(read32(&body), 0xffffffff);
	assert_int_equal(read32(&body), 0xffffffff);
	check_text(body, 1, comment);
	check_text(body, 4, "xscan 9.9");
}

static void check_interfaces(struct reader *file)
{
	static const char *const places[] = { "at XDP", "at tc", "sent by a packet socket" };
	struct reader body;
	size_t i;

	for (i = 0; i < 3 * IFACES; i++) {
		assert_int_equal(next_block(file, &body), 1);
		assert_int_equal(read32(&body), ifaces[i / 3].bare ? 101 : 1);
		assert_int_equal(read32(&body), CAPTURE_BYTES);
		check_text(body, 2, ifaces[i / 3].name);
		check_text(body, 3, places[i % 3]);
		assert_int_equal(number(body, 9, 1), 9);
	}
}

static void head(void **state)
{
	struct result_start start = begin;
	struct capture c;
	struct reader file;

	(void)state;
	capture_open(&c, &out_pcapng, false);
	assert_int_equal(out_pcapng.start(&c.sink, &start), 0);
	file = written(&c);
	check_section(&file, "near misses");
	check_interfaces(&file);
	assert_ptr_equal(file.pos, file.end);
	fclose(c.sink.file);
	free(c.text);

	capture_open(&c, &out_pcapng, false);
	start.captured = "frames of 198.18.0.2 port 80";
	assert_int_equal(out_pcapng.start(&c.sink, &start), 0);
	file = written(&c);
	check_section(&file, "frames of 198.18.0.2 port 80");
	check_interfaces(&file);
	fclose(c.sink.file);
	free(c.text);
}

static void check_frame(struct reader *file, const struct result_frame *want)
{
	struct reader body;
	struct option verdict;
	uint64_t time_ns;
	int64_t value;

	assert_int_equal(next_block(file, &body), 6);
	assert_int_equal(read32(&body), 3 * want->iface + want->place);
	time_ns = (uint64_t)read32(&body) << 32;
	assert_int_equal(time_ns | read32(&body), want->time_ns);
	assert_int_equal(read32(&body), want->kept);
	assert_int_equal(read32(&body), want->len);
	assert_memory_equal(take_padded(&body, want->kept), want->bytes, want->kept);
	check_text(body, 1, want->comment);
	assert_int_equal(number(body, 2, 4), want->leaves ? 2 : 1);
	verdict = find(body, 7);
	if (want->leaves) {
		assert_int_equal(verdict.code, 0);
		assert_int_equal(find(body, 6).code, 0);
		return;
	}
	assert_int_equal(number(body, 6, 4), want->queue);
	assert_int_equal(verdict.len, 9);
	assert_int_equal(verdict.data[0], want->place == RESULT_AT_TC ? 1 : 2);
	memcpy(&value, verdict.data + 1, sizeof(value));
	assert_int_equal(value, want->verdict);
}

/* Any frame comes back as it was, of any length, in the order of writing. */
static void frames(void **state)
{
	static const char *const comments[] = { "a", "reason", "seven letters", "number of four" };
	enum { FRAMES = 400 };
	static struct result_frame want[FRAMES];
	static uint8_t bytes[CAPTURE_BYTES];
	uint64_t seed = SEED;
	struct reader file;
	struct capture c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)next_random(&seed);
	capture_open(&c, &out_pcapng, false);
	assert_int_equal(out_pcapng.start(&c.sink, &begin), 0);
	for (i = 0; i < FRAMES; i++) {
		want[i] = (struct result_frame){
			.time_ns = next_random(&seed),
			.bytes = bytes,
			.kept = i % (CAPTURE_BYTES + 1),
			.len = (uint32_t)next_random(&seed),
			.comment = comments[i % 4],
			.leaves = next_random(&seed) & 1,
			.iface = (unsigned int)(next_random(&seed) % IFACES),
			.place = (enum result_frame_place)(next_random(&seed) % 2),
			.verdict = (int32_t)(next_random(&seed) % 10) - 1,
			.queue = (uint32_t)next_random(&seed),
		};
		assert_int_equal(out_pcapng.frame(&c.sink, &want[i]), 0);
	}
	file = written(&c);
	check_section(&file, "near misses");
	check_interfaces(&file);
	for (i = 0; i < FRAMES; i++)
		check_frame(&file, &want[i]);
	assert_ptr_equal(file.pos, file.end);
	fclose(c.sink.file);
	free(c.text);
}

static void statistics(void **state)
{
	struct result_summary sum = summary;
	struct reader file, body;
	struct capture c;

	(void)state;
	sum.captured = 5;
	sum.capture_left_out = 1ULL << 40;
	capture_open(&c, &out_pcapng, false);
	assert_int_equal(out_pcapng.end(&c.sink, &sum), 0);
	file = written(&c);
	assert_int_equal(next_block(&file, &body), 5);
	assert_int_equal(read32(&body), 0);
	assert_int_equal((uint64_t)read32(&body) << 32 | read32(&body), TIME_US * 1000);
	check_text(body, 1, "at all places: 5 frames kept, 1099511627776 left out");
	assert_int_equal(number(body, 4, 8), (1ULL << 40) + 5);
	assert_int_equal(number(body, 5, 8), 1ULL << 40);
	assert_ptr_equal(file.pos, file.end);
	fclose(c.sink.file);
	free(c.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(head),
		cmocka_unit_test(frames),
		cmocka_unit_test(statistics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
