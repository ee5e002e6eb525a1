// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* top_ports.c - which ports are open most often. */
#include "top_ports.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PORTS = 65536 };

/*
 * The order is an estimate, made for this program and under its license. No measurement is copied. First
 * come the services of web servers, remote login, mail, names, Windows and printers, then databases,
 * management, then what is rarer. Port numbers are those of IANA's registry, or the defaults of widely
 * used software.
 */
static const uint16_t tcp[] = {
	80,    443,   22,    445,   3389,  21,	  23,	 25,	53,    135,   139,   8080,  110,
	143,   993,   995,   587,   465,   3306,  8443,	 5900,	111,   5432,  1433,  6379,  2049,
	631,   9100,  515,   8000,  8888,  8008,  81,	 5985,	27017, 389,   636,   88,    464,
	1723,  179,   554,   2222,  548,   5060,  5061,	 1883,	8883,  9200,  11211, 5000,  3000,
	9090,  10000, 8081,  8082,  8088,  9000,  9443,	 4443,	1521,  5986,  3268,  3269,  593,
	49152, 49153, 49154, 49155, 49156, 49157, 113,	 119,	79,    37,    13,    7,	    9,
	19,    26,    106,   144,   199,   264,	  427,	 444,	512,   513,   514,   543,   544,
	646,   873,   902,   990,   992,   1025,  1026,	 1027,	1028,  1080,  1099,  1110,  1194,
	1352,  1414,  1434,  1494,  1720,  1755,  1900,	 2000,	2001,  2082,  2083,  2086,  2087,
	2095,  2096,  2121,  2181,  2375,  2376,  2379,	 2380,	2483,  2484,  2601,  3128,  3260,
	3299,  3310,  3333,  3690,  3790,  4000,  4022,	 4040,	4200,  4369,  4444,  4505,  4506,
	4786,  4848,  4899,  5001,  5003,  5009,  5051,	 5101,	5190,  5222,  5269,  5357,  5555,
	5601,  5631,  5666,  5671,  5672,  5800,  5901,	 5938,	5984,  6000,  6001,  6443,  6646,
	6667,  6697,  7000,  7001,  7002,  7070,  7077,	 7443,	7474,  7547,  7680,  7777,  8001,
	8009,  8010,  8020,  8031,  8042,  8060,  8083,	 8086,	8089,  8090,  8091,  8096,  8100,
	8123,  8161,  8181,  8200,  8222,  8291,  8333,	 8400,	8500,  8530,  8531,  8554,  8600,
	8728,  8834,  8880,  8889,  8983,  8999,  9001,	 9042,	9080,  9091,  9092,  9093,  9101,
	9102,  9103,  9160,  9300,  9418,  9999,  10001, 10050, 10051, 10250, 11434, 15672, 16992,
	16993, 18080, 20000, 25565, 27018, 32400, 32768, 49158, 50000, 50070, 61616, 62078,
};

static const uint16_t udp[] = {
	53,    161,  123,  137, 67,  1900, 5353,  500,	 4500,	68,    69,   138,  514,	 631,
	111,   1434, 5060, 389, 88,  520,  623,	  1194,	 1701,	1812,  1813, 3478, 5355, 3702,
	11211, 2049, 162,  445, 443, 3389, 5683,  1645,	 1646,	177,   427,  464,  517,	 518,
	593,   996,  997,  998, 999, 1025, 1026,  1027,	 2222,	4569,  5632, 6481, 9200, 10000,
	17185, 19,   7,	   9,	13,  37,   51820, 27015, 47808, 33434,
};

/* Names that people use for ports, where the system's services know them otherwise or not at all. */
static const struct {
	const char *name;
	uint16_t port;
} names[] = {
	{ "cassandra", 9042 },	{ "docker", 2375 },	{ "elasticsearch", 9200 },
	{ "etcd", 2379 },	{ "kafka", 9092 },	{ "kubernetes", 6443 },
	{ "memcached", 11211 }, { "minecraft", 25565 }, { "mongodb", 27017 },
	{ "mqtt", 1883 },	{ "mssql", 1433 },	{ "netbios", 139 },
	{ "oracle", 1521 },	{ "postgres", 5432 },	{ "rdp", 3389 },
	{ "redis", 6379 },	{ "rpc", 111 },		{ "rtsp", 554 },
	{ "smb", 445 },		{ "vnc", 5900 },	{ "winrm", 5985 },
};

/* An order under construction: no port comes twice. */
struct order {
	uint32_t n, most;
	uint16_t *list;
	bool seen[PORTS];
};

static void append(struct order *o, uint32_t port)
{
	if (!port || port >= PORTS || o->seen[port] || o->n == o->most)
		return;
	o->seen[port] = true;
	o->list[o->n++] = (uint16_t)port;
}

struct measured {
	double share;
	uint32_t port;
};

/* By share, the largest first; then by number. */
static int compare(const void *a, const void *b)
{
	const struct measured *x = a, *y = b;

	if (x->share != y->share)
		return x->share > y->share ? -1 : 1;
	return (x->port > y->port) - (x->port < y->port);
}

/* Lines are `name port/protocol share`. What else is in the file is left out. */
static void append_measured(struct order *o, const char *path, const char *protocol,
			    struct measured room[PORTS])
{
	FILE *file = path ? fopen(path, "re") : NULL;
	char line[512], word[8];
	size_t n = 0, i;
	uint32_t port;
	double share;

	while (file && n < PORTS && fgets(line, sizeof(line), file))
		if (sscanf(line, "%*s %u/%7s %lf", &port, word, &share) == 3 && share >= 0 &&
		    !strcmp(word, protocol))
			room[n++] = (struct measured){ share, port };
	if (file)
		fclose(file);
	if (n)
		qsort(room, n, sizeof(*room), compare);
	for (i = 0; i < n; i++)
		append(o, room[i].port);
}

static void append_own(struct order *o, const char *protocol)
{
	const bool is_udp = !strcmp(protocol, "udp");
	const uint16_t *list = is_udp ? udp : tcp;
	const size_t n = is_udp ? sizeof(udp) / sizeof(*udp) : sizeof(tcp) / sizeof(*tcp);
	size_t i;

	for (i = 0; i < n; i++)
		append(o, list[i]);
}

static void append_services(struct order *o, const char *protocol, bool known[PORTS])
{
	struct servent *s;
	uint32_t port;

	if (o->n == o->most)
		return;
	setservent(1);
	while ((s = getservent()))
		known[ntohs((uint16_t)s->s_port)] |= !strcmp(s->s_proto, protocol);
	endservent();
	for (port = 1; port < PORTS; port++)
		if (known[port])
			append(o, port);
}

int top_ports(const char *file, const char *protocol, uint32_t n, uint16_t *list)
{
	struct order *o = calloc(1, sizeof(*o));
	struct measured *room = calloc(PORTS, sizeof(*room));
	uint32_t port;

	if (o && room) {
		o->most = n;
		o->list = list;
		append_measured(o, file, protocol, room);
		append_own(o, protocol);
		append_services(o, protocol, memset(room, 0, PORTS));
		for (port = 1; port < PORTS; port++)
			append(o, port);
	}
	n = o && room;
	free(room);
	free(o);
	return n ? 0 : -ENOMEM;
}

/* The kind that asks for ports of this protocol; PROBE_NONE: none. */
static enum probe_kind kind_of(const char *protocol)
{
	enum probe_kind kind;

	for (kind = PROBE_NONE + 1; kind < PROBE_KINDS_N; kind++)
		if (kinds[kind].role == KIND_PORTS && !strcmp(kinds[kind].protocol, protocol))
			return kind;
	return PROBE_NONE;
}

/* A string that grows: a FILE of open_memstream, with the comma between elements. */
struct list {
	FILE *file;
	char *text;
	size_t size;
	bool failed;
};

static void put(struct list *l, const char *word, size_t len)
{
	if (!l->file)
		l->file = open_memstream(&l->text, &l->size);
	else
		fputc(',', l->file);
	l->failed |= !l->file || fwrite(word, 1, len, l->file) != len;
}

static void put_number(struct list *l, uint32_t number)
{
	char text[16];

	put(l, text, (size_t)snprintf(text, sizeof(text), "%u", number));
}

static int put_top(struct list *l, const char *word, size_t len, enum probe_kind kind,
		   const char *file, struct err *err)
{
	char *end;
	unsigned long n = strtoul(word + 3, &end, 10), i;
	uint16_t *list;
	int code;

	if (end != word + len || !n || n >= PORTS)
		return err_refuse(err, word, len, "the number must be 1 to 65535, as in top100");
	list = calloc(n, sizeof(*list));
	code = list ? top_ports(file, kinds[kind].protocol, (uint32_t)n, list) : -ENOMEM;
	for (i = 0; i < n && !code; i++)
		put_number(l, list[i]);
	free(list);
	return code ? err_set(err, code, "out of memory") : 0;
}

static bool is(const char *word, size_t len, const char *what)
{
	return strlen(what) == len && !strncasecmp(word, what, len);
}

static int put_word(struct list *l, const char *word, size_t len, enum probe_kind kind,
		    const char *file, struct err *err)
{
	size_t i;

	if (len > 3 && !strncmp(word, "top", 3) && word[3] >= '0' && word[3] <= '9')
		return put_top(l, word, len, kind, file, err);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is(word, len, names[i].name)) {
			put_number(l, names[i].port);
			return 0;
		}
	if (is(word, len, "all"))
		put(l, "-", 1);
	else
		put(l, word, len);
	return 0;
}

/* Step over `T:` or `U:`, and set the kind. */
static int read_protocol(const char **word, size_t *len, enum probe_kind *kind, struct err *err)
{
	const char *protocol = (*word)[0] == 'T' ? "tcp" : (*word)[0] == 'U' ? "udp" : NULL;

	if (*len < 2 || (*word)[1] != ':')
		return 0;
	if (!protocol)
		return err_refuse(err, *word, *len, "T: and U: are known before ports");
	*kind = kind_of(protocol);
	if (*kind == PROBE_NONE)
		return err_refuse(err, *word, *len, "xscan has no UDP scan: leave this out");
	*word += 2;
	*len -= 2;
	return 0;
}

static int close_lists(struct list lists[PROBE_KINDS_N], struct port_lists *out, int code,
		       struct err *err)
{
	enum probe_kind kind;

	for (kind = 0; kind < PROBE_KINDS_N; kind++) {
		if (lists[kind].file)
			lists[kind].failed |= fclose(lists[kind].file) != 0;
		if (lists[kind].failed && !code)
			code = err_set(err, -ENOMEM, "out of memory");
		out->of[kind] = lists[kind].text;
	}
	return code;
}

int port_lists_read(const char *text, enum probe_kind kind, const char *file,
		    struct port_lists *out, struct err *err)
{
	struct list lists[PROBE_KINDS_N] = { 0 };
	const char *word = text, *begin;
	size_t len, left;
	int code;

	*out = (struct port_lists){ 0 };
	do {
		begin = word;
		len = left = strcspn(word, ",");
		code = read_protocol(&begin, &left, &kind, err);
		if (!code)
			code = put_word(&lists[kind], begin, left, kind, file, err);
		word += len + 1;
	} while (!code && word[-1]);
	return close_lists(lists, out, code, err);
}

void port_lists_free(struct port_lists *lists)
{
	enum probe_kind kind;

	for (kind = 0; kind < PROBE_KINDS_N; kind++)
		free(lists->of[kind]);
	*lists = (struct port_lists){ 0 };
}
