// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * names.c - services from NSS; vendors from the first list of MAC prefixes that the system has.
 *
 * Names come from foreign files and go to terminals and into JSON: drop invalid UTF-8 and control
 * characters.
 */
#include "names.h"

#include "machines.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PREFIX_DIGITS_MIN = 6, PREFIX_DIGITS_MAX = 12 };

/* A prefix and the rest of its line. */
struct vendor {
	uint64_t key;  /* prefix_key() */
	uint32_t line; /* offset in struct names' text */
	uint32_t len;
	bool is_name; /* the line has been made a name, ended by NUL */
};

struct names {
	char **services; /* by port; NULL: not read yet */
	bool vendors_read;
	struct vendor *vendors; /* in the order of the file */
	size_t n_vendors;
	uint32_t *slots; /* a hash table: 1 + index in vendors, or 0 */
	size_t slots_mask;
	uint16_t digits_used; /* bit d: some prefixes have d hex digits */
	char *text;	      /* the file */
};

static const char *const vendor_files[] = {
	"/usr/share/arp-scan/ieee-oui.txt",
	"/usr/share/ieee-data/oui.txt",
	"/usr/share/hwdata/oui.txt",
	"/usr/share/nmap/nmap-mac-prefixes",
};

/*
 * The length of the character at `s`, which has `n` bytes. 0: invalid UTF-8 (RFC 3629: no overlong
 * forms, no surrogates, at most U+10FFFF) or a control character.
 */
static size_t printable_len(const uint8_t *s, size_t n)
{
	static const uint32_t least[] = { 0, 0, 0xa0 /* C1 ends at 0x9f */, 0x800, 0x10000 };
	size_t len = s[0] < 0x80 ? 1 : s[0] < 0xc0 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	uint32_t c;

	if (len == 1)
		return s[0] >= 0x20 && s[0] != 0x7f;
	if (!len || s[0] > 0xf4 || len > n)
		return 0;
	c = s[0] & (0x7f >> len);
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	return len;
}

/*
 * Copy a name, dropping unprintable characters and blanks at both ends. Add a NUL and return the
 * length. `to` may be at or before `from`.
 */
static size_t copy_name(char *to, const char *from, size_t n)
{
	size_t out = 0;

	for (size_t i = 0, len; i < n; i += len ?: 1) {
		len = printable_len((const uint8_t *)from + i, n - i);
		if (!out && from[i] == ' ')
			continue;
		for (size_t k = 0; k < len; k++)
			to[out++] = from[i + k];
	}
	while (out && to[out - 1] == ' ')
		out--;
	to[out] = '\0';
	return out;
}

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

/*
 * Parse a line: a prefix, blanks, a name. In the IEEE's file, `(base 16)` precedes the name; its
 * other lines (addresses, `00-22-72   (hex)`) do not begin with six digits and a blank. Returns the
 * number of digits and moves *line to the name, or returns 0.
 */
static unsigned int parse_prefix(const char **line, const char *end, uint64_t *key)
{
	static const char base16[] = "(base 16)";
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
	while (s < end && (*s == ' ' || *s == '\t'))
		s++;
	if ((size_t)(end - s) >= strlen(base16) && !memcmp(s, base16, strlen(base16)))
		s += strlen(base16);
	*line = s;
	*key = prefix_key(mac << 4 * (PREFIX_DIGITS_MAX - digits), digits);
	return digits;
}

static size_t hash(uint64_t key)
{
	return (size_t)(key * 0x9e3779b97f4a7c15ULL >> 24);
}

/* The slot of a key: its own, or the free one where it belongs. */
static uint32_t *slot_of(const struct names *n, uint64_t key)
{
	size_t i = hash(key) & n->slots_mask;

	while (n->slots[i] && n->vendors[n->slots[i] - 1].key != key)
		i = (i + 1) & n->slots_mask;
	return &n->slots[i];
}

/* The first name of each prefix counts, as in arp-scan. A table of slots is faster than a sort. */
static int fill_slots(struct names *n)
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

static int add_vendor(struct names *n, size_t *room, uint64_t key, uint32_t line, uint32_t len)
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
		len = printable_len((const uint8_t *)line + i, n - i);
		if (len && line[i] != ' ')
			return true;
	}
	return false;
}

/* Read the prefixes from the `size` bytes at n->text. Names are made when they are asked for. */
static int parse_vendors(struct names *n, size_t size)
{
	const char *line = n->text, *end = n->text + size;
	size_t room = 0;

	for (const char *next; line < end; line = next) {
		const char *eol = memchr(line, '\n', end - line) ?: end;
		unsigned int digits;
		uint64_t key;

		next = eol + (eol < end);
		digits = parse_prefix(&line, eol, &key);
		if (!digits || !has_name(line, eol - line))
			continue;
		if (add_vendor(n, &room, key, line - n->text, eol - line))
			return -ENOMEM;
		n->digits_used |= 1 << digits;
	}
	return fill_slots(n);
}

/* The NUL takes the place of the line's end, or of the byte behind the file. */
static const char *name_of(struct names *n, struct vendor *v)
{
	if (!v->is_name)
		copy_name(n->text + v->line, n->text + v->line, v->len);
	v->is_name = true;
	return n->text + v->line;
}

/* Read the regular file `path` whole. */
static int read_file(const char *path, char **text, size_t *size)
{
	FILE *file = fopen(path, "re");
	struct stat st;
	int err = 0;

	*text = NULL;
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
	*text = malloc(st.st_size + 1);
	if (!*text) {
		err = -ENOMEM;
		goto out;
	}
	*size = fread(*text, 1, st.st_size, file);
	if (ferror(file))
		err = -EIO;
out:
	fclose(file);
	return err;
}

static void forget_vendors(struct names *n)
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

int names_load_vendors(struct names *n, const char *path)
{
	size_t size = 0;
	int err;

	forget_vendors(n);
	n->vendors_read = true;
	err = read_file(path, &n->text, &size);
	if (!err)
		err = parse_vendors(n, size);
	if (err)
		forget_vendors(n);
	return err;
}

static void read_vendors(struct names *n)
{
	for (size_t i = 0; !n->vendors_read && i < sizeof(vendor_files) / sizeof(*vendor_files);
	     i++)
		n->vendors_read = !names_load_vendors(n, vendor_files[i]);
	n->vendors_read = true;
}

const char *names_vendor(struct names *n, const uint8_t mac[6])
{
	const char *machine = machines_name(mac);
	uint64_t bits = 0;

	if (machine)
		return machine;
	if (!n->vendors_read)
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

/* Read all services in one pass: getservbyport would read the file once for each port. */
static void read_services(struct names *n)
{
	struct servent *s;

	n->services = calloc(UINT16_MAX + 1, sizeof(*n->services));
	if (!n->services)
		return;
	setservent(1);
	while ((s = getservent())) {
		char **service = &n->services[ntohs(s->s_port)];

		if (*service || strcmp(s->s_proto, "tcp"))
			continue;
		*service = strdup(s->s_name);
		if (*service && !copy_name(*service, *service, strlen(*service))) {
			free(*service);
			*service = NULL;
		}
	}
	endservent();
}

const char *names_service(struct names *n, uint16_t port)
{
	if (!n->services)
		read_services(n);
	return n->services ? n->services[port] : NULL;
}

uint16_t names_port(const char *service)
{
	const struct servent *s = getservbyname(service, "tcp");

	return s ? ntohs(s->s_port) : 0;
}

struct names *names_new(void)
{
	return calloc(1, sizeof(struct names));
}

void names_free(struct names *n)
{
	if (!n)
		return;
	for (size_t port = 0; n->services && port <= UINT16_MAX; port++)
		free(n->services[port]);
	free(n->services);
	forget_vendors(n);
	free(n);
}
