// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * names.c - services from NSS; vendors from the first list of MAC prefixes that the system has.
 *
 * Names come from foreign files and go to terminals and into JSON: drop invalid UTF-8 and control
 * characters.
 */
#include "names.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PREFIX_DIGITS_MIN = 6, PREFIX_DIGITS_MAX = 12 };

/* A prefix and its name. For two names of one prefix, the place in the file decides the order. */
struct vendor {
	uint64_t key;  /* prefix_key() */
	uint32_t name; /* offset in struct names' text */
};

struct names {
	char **services;     /* by port; NULL: not read yet */
	char **udp_services; /* likewise */
	bool vendors_read;
	struct vendor *vendors; /* ascending by key, no key twice */
	size_t n_vendors;
	uint16_t digits_used; /* bit d: some prefixes have d hex digits */
	char *text;	      /* the vendors' names, each ended by NUL */
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

static int compare_vendors(const void *a, const void *b)
{
	const struct vendor *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->name > y->name) - (x->name < y->name);
}

static int compare_keys(const void *key, const void *vendor)
{
	uint64_t x = *(const uint64_t *)key, y = ((const struct vendor *)vendor)->key;

	return (x > y) - (x < y);
}

/* Sort, and keep the first name of each prefix, as arp-scan does. */
static void sort_vendors(struct names *n)
{
	size_t kept = 0;

	if (!n->n_vendors) /* qsort takes no NULL */
		return;
	qsort(n->vendors, n->n_vendors, sizeof(*n->vendors), compare_vendors);
	for (size_t i = 0; i < n->n_vendors; i++)
		if (!kept || n->vendors[i].key != n->vendors[kept - 1].key)
			n->vendors[kept++] = n->vendors[i];
	n->n_vendors = kept;
}

static int add_vendor(struct names *n, size_t *room, uint64_t key, uint32_t name)
{
	if (n->n_vendors == *room) {
		size_t more = *room ? *room * 2 : 4096;
		struct vendor *grown = reallocarray(n->vendors, more, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		n->vendors = grown;
		*room = more;
	}
	n->vendors[n->n_vendors++] = (struct vendor){ .key = key, .name = name };
	return 0;
}

/*
 * Read the vendors from the `size` bytes at n->text. The names move to its beginning: a name with
 * its NUL is shorter than its line.
 */
static int parse_vendors(struct names *n, size_t size)
{
	const char *line = n->text, *end = n->text + size;
	size_t room = 0, used = 0;
	char *fitted;

	for (const char *next; line < end; line = next) {
		const char *eol = memchr(line, '\n', end - line) ?: end;
		unsigned int digits;
		uint64_t key;
		size_t len;

		next = eol + (eol < end);
		digits = parse_prefix(&line, eol, &key);
		if (!digits)
			continue;
		len = copy_name(n->text + used, line, eol - line);
		if (!len)
			continue;
		if (add_vendor(n, &room, key, used))
			return -ENOMEM;
		n->digits_used |= 1 << digits;
		used += len + 1;
	}
	fitted = realloc(n->text, used ?: 1);
	if (fitted)
		n->text = fitted;
	sort_vendors(n);
	return 0;
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
	free(n->text);
	n->vendors = NULL;
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

const char *names_vendor(struct names *n, const uint8_t mac[6])
{
	uint64_t bits = 0;

	for (size_t i = 0; !n->vendors_read && i < sizeof(vendor_files) / sizeof(*vendor_files);
	     i++)
		n->vendors_read = !names_load_vendors(n, vendor_files[i]);
	n->vendors_read = true;

	for (int i = 0; i < 6; i++)
		bits = bits << 8 | mac[i];
	for (unsigned int digits = PREFIX_DIGITS_MAX; digits >= PREFIX_DIGITS_MIN; digits--) {
		uint64_t key = prefix_key(bits, digits);
		const struct vendor *v;

		if (!(n->digits_used & 1 << digits))
			continue;
		v = bsearch(&key, n->vendors, n->n_vendors, sizeof(*v), compare_keys);
		if (v)
			return n->text + v->name;
	}
	return NULL;
}

/* Read all services in one pass: getservbyport would read the file once for each port. */
static void read_services(struct names *n)
{
	struct servent *s;

	n->services = calloc(UINT16_MAX + 1, sizeof(*n->services));
	n->udp_services = calloc(UINT16_MAX + 1, sizeof(*n->udp_services));
	if (!n->services || !n->udp_services) {
		free(n->services);
		free(n->udp_services);
		n->services = n->udp_services = NULL;
		return;
	}
	setservent(1);
	while ((s = getservent())) {
		const bool udp = !strcmp(s->s_proto, "udp");
		char **service = &(udp ? n->udp_services : n->services)[ntohs(s->s_port)];

		if (*service || (!udp && strcmp(s->s_proto, "tcp")))
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

const char *names_udp_service(struct names *n, uint16_t port)
{
	if (!n->udp_services)
		read_services(n);
	return n->udp_services ? n->udp_services[port] : NULL;
}

uint16_t names_port(const char *service)
{
	const struct servent *s = getservbyname(service, "tcp");

	return s ? ntohs(s->s_port) : 0;
}

uint16_t names_udp_port(const char *service)
{
	const struct servent *s = getservbyname(service, "udp");

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
	for (size_t port = 0; n->udp_services && port <= UINT16_MAX; port++)
		free(n->udp_services[port]);
	free(n->services);
	free(n->udp_services);
	forget_vendors(n);
	free(n);
}
