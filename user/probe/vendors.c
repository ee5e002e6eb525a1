// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* vendors.c - the first list of MAC prefixes that the system has. */
#include "vendors.h"

#include "printable.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BASE_16 "(base 16)"

enum { PREFIX_DIGITS_MIN = 6, PREFIX_DIGITS_MAX = 12 };

/* A prefix and the rest of its line. */
struct vendor {
	uint64_t key;  /* prefix_key() */
	uint32_t line; /* offset in struct vendors' text */
	uint32_t len;
	bool is_name; /* the line has been made a name, ended by NUL */
};

static const char *const vendor_files[] = {
	"/usr/share/arp-scan/ieee-oui.txt",
	"/usr/share/ieee-data/oui.txt",
	"/usr/share/hwdata/oui.txt",
	"/usr/share/nmap/nmap-mac-prefixes",
};

/* The prefix's bits at the left of 48, then its length: only equal prefixes have equal keys. */
static uint64_t prefix_key(uint64_t mac, unsigned int digits)
{
	uint64_t rest = (1ULL << 4 * (PREFIX_DIGITS_MAX - digits)) - 1;

	return (mac & ~rest) << 8 | digits;
}

/* The value of a hex digit, or -1. (strtoull would also take a sign and 0x.) */
static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static const char *skip_blanks(const char *s, const char *end)
{
	while (s < end && (*s == ' ' || *s == '\t'))
		s++;
	return s;
}

static bool begins(const char *s, const char *end, const char *with)
{
	return (size_t)(end - s) >= strlen(with) && !memcmp(s, with, strlen(with));
}

/*
 * Parse a line: a prefix, blanks, a name. In the IEEE's file, `(base 16)` precedes the name; its
 * other lines (addresses, `00-22-72   (hex)`) do not begin with six digits and a blank. Returns the
 * number of digits and moves *line to the name, or returns 0.
 */
static unsigned int parse_prefix(const char **line, const char *end, uint64_t *key)
{
	const char *s = *line;
	unsigned int digits = 0;
	uint64_t mac = 0;

	for (int v; s < end && digits < PREFIX_DIGITS_MAX && (v = hex_value(*s)) >= 0; s++) {
		mac = mac << 4 | v;
		digits++;
	}
	if (digits < PREFIX_DIGITS_MIN || s == end)
		return 0;
	if (*s != ' ' && *s != '\t') /* a 13th digit fails here too */
		return 0;
	s = skip_blanks(s, end);
	if (begins(s, end, BASE_16))
		s += strlen(BASE_16);
	*line = s;
	*key = prefix_key(mac << 4 * (PREFIX_DIGITS_MAX - digits), digits);
	return digits;
}

/* Read `n` hex digits. -1: there are not so many. */
static int64_t read_hex(const char *s, const char *end, int n)
{
	int64_t value = 0;
	int v;

	for (; n; n--, s++) {
		v = s < end ? hex_value(*s) : -1;
		if (v < 0)
			return -1;
		value = value << 4 | v;
	}
	return value;
}

/*
 * The IEEE's lists of small blocks have two lines for each: `70-B3-D5   (hex)` names the first 24 bits,
 * which go to *block; `F2F000-F2FFFF     (base 16)` names the others, as a range. Returns as
 * parse_prefix.
 */
static unsigned int parse_block(const char **line, const char *end, int64_t *block, uint64_t *key)
{
	const char *s = *line;
	int64_t first, last;
	unsigned int digits = PREFIX_DIGITS_MAX;

	if (end - s > 8 && s[2] == '-' && s[5] == '-') {
		const int64_t a = read_hex(s, end, 2), b = read_hex(s + 3, end, 2);
		const int64_t c = read_hex(s + 6, end, 2);

		*block = a < 0 || b < 0 || c < 0 ? -1 : a << 16 | b << 8 | c;
		return 0;
	}
	if (*block < 0 || end - s <= 13 || s[6] != '-')
		return 0;
	first = read_hex(s, end, 6);
	last = read_hex(s + 7, end, 6);
	s = skip_blanks(s + 13, end);
	if (first < 0 || last < 0 || !begins(s, end, BASE_16))
		return 0;
	/* A block begins with zeros and ends with ones, from one digit on. */
	for (; first != last; first >>= 4, last >>= 4, digits--)
		if (digits == PREFIX_DIGITS_MIN + 1 || first & 15 || (last & 15) != 15)
			return 0;
	*line = s + strlen(BASE_16);
	*key = prefix_key((uint64_t)(*block << (4 * (digits - 6)) | first)
				  << 4 * (PREFIX_DIGITS_MAX - digits),
			  digits);
	return digits;
}

/* The upper bits of the product depend on all bits of the key, the lower ones only on the number of digits. */
static size_t hash(uint64_t key)
{
	return (size_t)(key * 0x9e3779b97f4a7c15ULL >> 40);
}

/* The slot of a key: its own, or the free one where it belongs. */
static uint32_t *slot_of(const struct vendors *n, uint64_t key)
{
	size_t i = hash(key) & n->slots_mask;

	while (n->slots[i] && n->vendors[n->slots[i] - 1].key != key)
		i = (i + 1) & n->slots_mask;
	return &n->slots[i];
}

/* The first name of each prefix counts, as in arp-scan. A table of slots is faster than a sort. */
static int fill_slots(struct vendors *n)
{
	size_t room = 16, i;
	uint32_t *slot;

	while (room < 2 * n->n_vendors)
		room *= 2;
	n->slots = calloc(room, sizeof(*n->slots));
	if (!n->slots)
		return -ENOMEM;
	n->slots_mask = room - 1;
	for (i = 0; i < n->n_vendors; i++) {
		slot = slot_of(n, n->vendors[i].key);
		if (!*slot)
			*slot = (uint32_t)i + 1;
	}
	return 0;
}

static int add_vendor(struct vendors *n, size_t *room, uint64_t key, uint32_t line, uint32_t len)
{
	if (n->n_vendors == *room) {
		size_t more = *room ? *room * 2 : 4096;
		struct vendor *grown = reallocarray(n->vendors, more, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		n->vendors = grown;
		*room = more;
	}
	n->vendors[n->n_vendors++] = (struct vendor){ .key = key, .line = line, .len = len };
	return 0;
}

/* Does anything of the line remain in a name? */
static bool has_name(const char *line, size_t n)
{
	while (n && *line == ' ')
		line++, n--;
	/* Nearly all names begin so; look at the others character by character. */
	if (n && *line > ' ' && *line < 0x7f)
		return true;
	for (size_t i = 0, len; i < n; i += len ?: 1) {
		len = printable_len(line + i, n - i);
		if (len && line[i] != ' ')
			return true;
	}
	return false;
}

/* Read the prefixes from the `size` bytes at n->text. Names are made when they are asked for. */
static int parse_vendors(struct vendors *n, size_t size)
{
	const char *line = n->text, *end = n->text + size;
	int64_t block = -1;
	size_t room = 0;

	for (const char *next; line < end; line = next) {
		const char *eol = memchr(line, '\n', end - line) ?: end;
		unsigned int digits;
		uint64_t key;

		next = eol + (eol < end);
		digits = parse_prefix(&line, eol, &key) ?: parse_block(&line, eol, &block, &key);
		if (!digits || !has_name(line, eol - line))
			continue;
		if (add_vendor(n, &room, key, line - n->text, eol - line))
			return -ENOMEM;
		n->digits_used |= 1 << digits;
	}
	return fill_slots(n);
}

/* The NUL takes the place of the line's end, or of the byte behind the file. */
static const char *name_of(struct vendors *n, struct vendor *v)
{
	if (!v->is_name)
		printable_copy(n->text + v->line, n->text + v->line, v->len);
	v->is_name = true;
	return n->text + v->line;
}

/* Read the regular file `path` whole, behind what is in *text; a newline and a byte follow. */
static int read_file(const char *path, char **text, size_t *size)
{
	char *grown;
	FILE *file = fopen(path, "re");
	struct stat st;
	int err = 0;

	if (!file)
		return -errno;
	if (fstat(fileno(file), &st)) {
		err = -errno;
		goto out;
	}
	if (!S_ISREG(st.st_mode) || st.st_size > INT32_MAX) {
		err = S_ISREG(st.st_mode) ? -EFBIG : -EINVAL;
		goto out;
	}
	grown = realloc(*text, *size + st.st_size + 2);
	if (!grown) {
		err = -ENOMEM;
		goto out;
	}
	*text = grown;
	*size += fread(*text + *size, 1, st.st_size, file);
	(*text)[(*size)++] = '\n';
	if (ferror(file))
		err = -EIO;
out:
	fclose(file);
	return err;
}

void vendors_free(struct vendors *n)
{
	free(n->vendors);
	free(n->slots);
	free(n->text);
	n->vendors = NULL;
	n->slots = NULL;
	n->text = NULL;
	n->n_vendors = 0;
	n->digits_used = 0;
}

/* The IEEE has prefixes of 28 and 36 bits in lists of their own, beside oui.txt. */
static int read_small_blocks(const char *path, char **text, size_t *size)
{
	static const char *const lists[] = { "mam.txt", "oui36.txt" };
	const char *name = strrchr(path, '/');
	char other[256];
	size_t i;
	int err = 0;

	if (!name || strcmp(name, "/oui.txt") != 0)
		return 0;
	for (i = 0; i < 2 && (!err || err == -ENOENT); i++) {
		snprintf(other, sizeof(other), "%.*s/%s", (int)(name - path), path, lists[i]);
		err = read_file(other, text, size);
	}
	return err == -ENOENT ? 0 : err;
}

int vendors_load(struct vendors *n, const char *path)
{
	size_t size = 0;
	int err;

	vendors_free(n);
	n->read = true;
	err = read_file(path, &n->text, &size);
	if (!err)
		err = read_small_blocks(path, &n->text, &size);
	if (!err)
		err = parse_vendors(n, size);
	if (err)
		vendors_free(n);
	return err;
}

static void read_vendors(struct vendors *n)
{
	for (size_t i = 0; !n->read && i < sizeof(vendor_files) / sizeof(*vendor_files); i++)
		n->read = !vendors_load(n, vendor_files[i]);
	n->read = true;
}

const char *vendors_find(struct vendors *n, const uint8_t mac[6])
{
	uint64_t bits = 0;

	if (!n->read)
		read_vendors(n);
	for (int i = 0; i < 6; i++)
		bits = bits << 8 | mac[i];
	for (unsigned int digits = PREFIX_DIGITS_MAX; digits >= PREFIX_DIGITS_MIN; digits--) {
		uint32_t slot;

		if (!(n->digits_used & 1 << digits))
			continue;
		slot = *slot_of(n, prefix_key(bits, digits));
		if (slot)
			return name_of(n, &n->vendors[slot - 1]);
	}
	return NULL;
}
