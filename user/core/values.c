// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* values.c - strict parsers: take a whole value or refuse it. */
#include "values.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Read all of `text` as a number; with `suffixes`, k or M may follow it. */
static bool parse_number(const char *text, bool suffixes, double *value)
{
	char *end;

	if (*text != '.' && (*text < '0' || *text > '9'))
		return false;
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		return false;
	*value = strtod(text, &end);
	if (suffixes && *end && strchr("kK", *end))
		*value *= 1e3, end++;
	else if (suffixes && *end && strchr("mM", *end))
		*value *= 1e6, end++;
	return end != text && !*end && isfinite(*value);
}

int values_rate(const char *text, bool *automatic, double *rate, struct err *err)
{
	*automatic = !strcmp(text, "auto");
	if (*automatic)
		return 0;
	if (!strcmp(text, "max")) {
		*rate = RATE_MAX_PPS;
		return 0;
	}
	if (!parse_number(text, true, rate) || *rate < 0.01 || *rate > 1e8)
		return err_set(err, -EINVAL,
			       "--rate %.32s: not auto, max or a number of probes per second "
			       "(0.01 to 100M)",
			       text);
	return 0;
}

int values_budget(const char *text, double *share, struct err *err)
{
	double value = 0;

	if (strcmp(text, "off") && (!parse_number(text, false, &value) || value < 1 || value > 100))
		return err_set(err, -EINVAL, "--budget %.32s: not off or a percentage (1 to 100)",
			       text);
	*share = value / 100;
	return 0;
}

int values_host_rate(const char *text, double *pps, struct err *err)
{
	if (!parse_number(text, true, pps) || *pps < 0.01 || *pps > 1e8)
		return err_set(
			err, -EINVAL,
			"--host-rate %.32s: not a number of probes per second (0.01 to 100M)",
			text);
	return 0;
}

int values_retries(const char *text, struct tries *tries, struct err *err)
{
	double value;

	if (!strcmp(text, "auto")) {
		*tries = TRIES_AUTO;
		return 0;
	}
	if (!parse_number(text, false, &value) || value > RETRIES_MAX || value != floor(value))
		return err_set(err, -EINVAL, "--retries %.32s: not auto or a number from 0 to %d",
			       text, RETRIES_MAX);
	*tries = tries_fixed((unsigned int)value + 1);
	return 0;
}

int values_timeout(const char *text, uint64_t *timeout_ns, struct err *err)
{
	double value;

	if (!parse_number(text, false, &value) || value < 0.001 || value > 3600)
		return err_set(err, -EINVAL,
			       "--timeout %.32s: not a number of seconds "
			       "(0.001 to 3600)",
			       text);
	*timeout_ns = (uint64_t)(value * 1e9);
	return 0;
}

int values_interval(const char *text, double *seconds, struct err *err)
{
	if (!parse_number(text, false, seconds) || *seconds < 0.1 || *seconds > 86400)
		return err_set(err, -EINVAL,
			       "--stats-interval %.32s: not a number of seconds (0.1 to 86400)",
			       text);
	return 0;
}

int values_listen(const char *text, uint64_t *listen_ns, struct err *err)
{
	double value;

	if (!parse_number(text, false, &value) || value < 0.1 || value > 86400)
		return err_set(err, -EINVAL,
			       "--listen %.32s: not a number of seconds (0.1 to 86400)", text);
	*listen_ns = (uint64_t)(value * 1e9);
	return 0;
}

int values_seed(const char *text, uint64_t *seed, struct err *err)
{
	char *end;

	errno = 0;
	*seed = strtoull(text, &end, 0);
	if (*text < '0' || *text > '9' || *end || errno)
		return err_set(err, -EINVAL, "--seed %.32s: not a number from 0 to 2^64 - 1", text);
	return 0;
}

/* Read digits, at most `most`; 0: not a number in range. *end points behind the digits. */
static unsigned long parse_count(const char *text, unsigned long most, const char **end)
{
	unsigned long value = 0;

	for (*end = text; **end >= '0' && **end <= '9'; (*end)++)
		value = value > most ? value : value * 10 + (unsigned long)(**end - '0');
	return value > most ? 0 : value;
}

int values_ttl(const char *text, uint8_t *ttl, struct err *err)
{
	double value;

	if (!parse_number(text, false, &value) || value < 1 || value > 255 || value != floor(value))
		return err_set(err, -EINVAL, "--ttl %.32s: not a number from 1 to 255", text);
	*ttl = (uint8_t)value;
	return 0;
}

int values_mac(const char *option, const char *text, uint8_t mac[6], struct err *err)
{
	static const uint8_t none[6];
	int i, len = 0, behind = 0;

	for (i = 0; i < 6; i++, len += behind) {
		if (sscanf(text + len, i ? ":%2hhx%n" : "%2hhx%n", &mac[i], &behind) != 1 ||
		    !isxdigit((unsigned char)text[len + !!i]))
			break;
	}
	if (i < 6 || text[len] || mac[0] & 1 || !memcmp(mac, none, sizeof(none)))
		return err_set(err, -EINVAL,
			       "%s %.32s: not the MAC address of a host (02:00:00:00:00:01)",
			       option, text);
	return 0;
}

int values_addr(const char *option, const char *text, struct addr *addr, struct err *err)
{
	if (addr_parse(text, addr))
		return 0;
	return err_set(err, -EINVAL, "%s %.64s: not an IPv4 or IPv6 address", option, text);
}

int values_shard(const char *text, struct shard *shard, struct err *err)
{
	const char *end;
	unsigned long i, n = 0;

	i = parse_count(text, SHARDS_MAX, &end);
	if (*end == '/')
		n = parse_count(end + 1, SHARDS_MAX, &end);
	if (!i || i > n || *end)
		return err_set(
			err, -EINVAL,
			"--shard %.32s: not I/N, the I-th of N parts (1/4 to 4/4; N at most %d)",
			text, SHARDS_MAX);
	*shard = (struct shard){ .index = (uint32_t)(i - 1), .n = (uint32_t)n };
	return 0;
}

int values_endpoint(const char *option, const char *text, struct addr *addr, uint16_t *port,
		    struct err *err)
{
	const char *colon = strrchr(text, ':');
	char copy[ADDR_TEXT + 2], *start = copy;
	const size_t n = colon ? (size_t)(colon - text) : 0;
	const bool bracketed = n > 1 && text[0] == '[' && text[n - 1] == ']';
	double number = 0;

	if (n && n < sizeof(copy)) {
		memcpy(copy, text, n);
		copy[bracketed ? n - 1 : n] = '\0';
		start += bracketed;
	}
	if (!n || n >= sizeof(copy) || !addr_parse(start, addr) ||
	    addr_is_ip4(*addr) == bracketed || !parse_number(colon + 1, false, &number) ||
	    number < 1 || number > 65535 || number != floor(number))
		return err_set(err, -EINVAL,
			       "%s %.64s: not an address and a port, such as 198.18.0.10:80 or "
			       "[2001:db8::10]:80",
			       option, text);
	*port = (uint16_t)number;
	return 0;
}

int values_word(const char *option, const char *text, const char *const words[], int *index,
		struct err *err)
{
	char list[64] = "";
	size_t len = 0;
	int i;

	for (*index = 0; words[*index]; (*index)++)
		if (!strcmp(text, words[*index]))
			return 0;
	for (i = 0; i < *index && len < sizeof(list); i++)
		len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s",
					!i		  ? ""
					: i == *index - 1 ? " or "
							  : ", ",
					words[i]);
	return err_set(err, -EINVAL, "%s %.32s: say %s", option, text, list);
}
