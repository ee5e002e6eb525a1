// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * fuzz-config.c - any bytes as a command line. Laws: config_read never exits; an error is one line;
 * a right command line is within the bounds that config.h and --help promise.
 *
 * The input has a line for each argument; a NUL byte in an argument stands for a newline. Behind a
 * byte 1 comes the content of every file that the arguments name, standard input included.
 * config.c, family.c, options.c and resolve.c are compiled into this test, with that content
 * instead of the file system and the resolver: nothing is opened or asked.
 */
#include "fuzz.h"

#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>

enum { ARGS_MAX = 64 };

/* What files hold; fopen has no argument for it. */
static struct {
	const uint8_t *bytes;
	size_t size;
	FILE *standard_input;
} files;

static FILE *open_bytes(const char *name, const char *mode)
{
	(void)mode;
	if (name[0] == '!') {
		errno = ENOENT;
		return NULL;
	}
	return fmemopen((void *)(uintptr_t)files.bytes, files.size, "r");
}

/*
 * Names with an even first letter have an address, and with an even second one two of them: of the
 * family that is asked for, else of one that the name says.
 */
static int look_up(const char *name, const char *service, const struct addrinfo *hints,
		   struct addrinfo **list)
{
	struct {
		struct addrinfo info[2];
		union {
			struct sockaddr any;
			struct sockaddr_in in;
			struct sockaddr_in6 in6;
		} addr[2];
	} * found;
	int family = hints->ai_family;
	unsigned int i;

	LAW(*name && !service);
	LAW(family == AF_UNSPEC || family == AF_INET || family == AF_INET6);
	if (family == AF_UNSPEC)
		family = (uint8_t)name[1] % 3 ? AF_INET : AF_INET6;
	if (*name % 2)
		return EAI_NONAME;
	found = calloc(1, sizeof(*found));
	LAW(found);
	for (i = 0; i < 2; i++) {
		found->addr[i].any.sa_family = (sa_family_t)family;
		if (family == AF_INET)
			found->addr[i].in.sin_addr.s_addr =
				htonl(0xc6120000U + (uint8_t)name[1] + i);
		else
			found->addr[i].in6.sin6_addr.s6_addr[15] = (uint8_t)(name[1] + (char)i);
		found->info[i].ai_addr = &found->addr[i].any;
	}
	if (name[1] % 2 == 0)
		found->info[0].ai_next = &found->info[1];
	*list = found->info;
	return 0;
}

#define fopen		     open_bytes
#define getaddrinfo	     look_up
#define freeaddrinfo	     free
#define if_nametoindex(name) (!strcmp(name, "eth0"))
#undef stdin
#define stdin files.standard_input
#include "arguments.c"
#include "config.c"
#include "config_rules.c"
#include "config_targets.c"
#include "family.c"
#include "options.c"
#include "resolve.c"

uint16_t names_udp_port(const char *service)
{
	return names_port(service);
}

uint16_t names_port(const char *service)
{
	return !strcmp(service, "ssh") ? 22 : 0;
}

static void check_settled(const struct ranges *r)
{
	size_t i;

	for (i = 1; i < r->n; i++)
		LAW(addr_less(addr_next(r->v[i - 1].last), r->v[i].first) ||
		    addr_is_ip4(r->v[i - 1].last) != addr_is_ip4(r->v[i].first));
}

/* Ports are there for kinds that ask for ports, and only for those that are asked. */
static void check_asked(const struct config *c)
{
	enum probe_kind kind;

	for (kind = PROBE_NONE; kind < PROBE_KINDS_N; kind++) {
		const struct ports *ports = c->ports[kind];

		LAW(!ports == !(c->asked[kind] && kinds[kind].role == KIND_PORTS));
		LAW(!ports || (ports->n >= 1 && ports->n <= 65535));
	}
	LAW(!c->asked[PROBE_NONE]);
}

/* Notes are lines of bounded length. */
static void check_notes(const struct config *c)
{
	size_t i;

	for (i = 0; i < c->n_notes; i++)
		LAW(c->notes[i][0] && !strchr(c->notes[i], '\n') && strlen(c->notes[i]) < 512);
}

/* Each target has the family that was asked for; of link-local ones the link is known. */
static void check_families(const struct config *c)
{
	size_t i;

	LAW(c->family == AF_UNSPEC || c->family == AF_INET || c->family == AF_INET6);
	LAW(!c->zone[0] || !strcmp(c->zone, c->iface));
	/* What the search of an IPv6 link finds can neither be divided nor resumed. */
	LAW(c->targets.n || c->family != AF_INET6 || (!c->resume && c->shard.n == 1));
	for (i = 0; i < c->targets.n; i++) {
		const struct range *v = &c->targets.v[i];

		LAW(c->family == AF_UNSPEC || addr_is_ip4(v->first) == (c->family == AF_INET));
		LAW(!addr_is_link_local(v->first) || c->iface);
		LAW(!c->has_source_ip || addr_is_ip4(v->first) == addr_is_ip4(c->source_ip));
	}
}

static void check_config(const struct config *c)
{
	LAW(c->targets.n || c->iface);
	LAW(c->has_first_target == (c->targets.n > 0));
	check_settled(&c->targets);
	check_settled(&c->exclude);
	check_asked(c);
	check_families(c);
	check_notes(c);
	LAW(c->rate_auto || (c->rate_pps >= 0.01 && c->rate_pps <= RATE_MAX_PPS));
	LAW(c->tries.least >= 1 && c->tries.least <= c->tries.most);
	LAW(c->tries.most <= c->tries.lossy && c->tries.lossy <= TRIES_MAX);
	LAW(c->timeout_ns >= 1000000 && c->timeout_ns <= 3600 * 1000000000ULL);
	LAW(c->ttl >= 1);
	LAW(c->shard.n <= SHARDS_MAX && c->shard.index < c->shard.n);
	LAW(c->tx == TX_AF_PACKET || c->tx == TX_XDP);
	LAW(c->n_outputs <= SINK_WISHES_MAX);
	LAW(config_tx_name(c->tx));
	LAW(c->attach <= ATTACH_TC);
	LAW(c->tx == TX_AF_PACKET || c->attach != ATTACH_TC);
	LAW(c->synack <= SYNACK_RESET);
}

static void read_arguments(int argc, char **argv)
{
	struct config config;
	struct err err;

	switch (config_read(&config, argc, argv, &err)) {
	case CONFIG_RUN:
		LAW(!err.text[0]);
		check_config(&config);
		break;
	case CONFIG_DONE:
		break;
	case CONFIG_BROKEN:
		LAW(err.text[0] && is_one_line(&err));
		break;
	case CONFIG_WRONG: /* an empty line: getopt has said it */
		LAW(!err.text[0] || is_one_line(&err));
		break;
	}
	config_free(&config);
}

/* Cut the text into its lines; returns argc. */
static int split(char *text, size_t size, char **argv)
{
	char *at = text, *end = text + size, *eol, *nul;
	int argc = 1;

	while (at <= end && argc <= ARGS_MAX) {
		eol = memchr(at, '\n', (size_t)(end - at));
		eol = eol ? eol : end;
		while ((nul = memchr(at, '\0', (size_t)(eol - at))))
			*nul = '\n';
		*eol = '\0';
		argv[argc++] = at;
		at = eol + 1;
	}
	return argc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, 1, size);
	char *argv[ARGS_MAX + 2] = { NULL };
	char *text;

	files.bytes = end ? end + 1 : data + size;
	files.size = (size_t)(data + size - files.bytes);
	files.standard_input = open_bytes("-", "r");
	LAW(files.standard_input);
	size -= files.size + (end != NULL);
	text = text_of(data, size);
	read_arguments(split(text, size, argv), argv);
	fclose(files.standard_input);
	free(text);
	return 0;
}
