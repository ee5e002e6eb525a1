// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * sendlog.c - a ring of batches in ascending order, searched by halving.
 *
 * A batch reaches from its first position to the next batch. A retry may leave out positions in
 * between: they were not sent, so no answer asks for them.
 */
#include "sendlog.h"

#include <errno.h>
#include <stdlib.h>

static struct sendlog_entry *entry_at(const struct sendlog *log, uint64_t index)
{
	return &log->entries[index % SENDLOG_ENTRIES];
}

void sendlog_reset(struct sendlog *log)
{
	log->n = log->first = 0;
	log->end = 0;
}

int sendlog_init(struct sendlog *log)
{
	sendlog_reset(log);
	log->entries = calloc(SENDLOG_ENTRIES, sizeof(*log->entries));
	return log->entries ? 0 : -ENOMEM;
}

void sendlog_free(struct sendlog *log)
{
	free(log->entries);
	log->entries = NULL;
	sendlog_reset(log);
}

void sendlog_add(struct sendlog *log, uint64_t first, uint64_t last, uint64_t time_ns)
{
	struct sendlog_entry *entry = entry_at(log, log->n++);

	entry->position = first;
	entry->time_ns = time_ns;
	entry->more = last - first < UINT32_MAX ? (uint32_t)(last - first) : UINT32_MAX;
	entry->lasts_ns = 0;
	log->end = last + 1;
	if (log->n - log->first > SENDLOG_ENTRIES)
		log->first = log->n - SENDLOG_ENTRIES;
}

void sendlog_left(struct sendlog *log, unsigned int back, uint64_t from_ns, uint64_t to_ns)
{
	struct sendlog_entry *entry;
	const uint64_t lasts_ns = to_ns - from_ns;

	if (log->n - log->first <= back)
		return;
	entry = entry_at(log, log->n - 1 - back);
	entry->time_ns = from_ns;
	entry->lasts_ns = lasts_ns < UINT32_MAX ? (uint32_t)lasts_ns : UINT32_MAX;
}

void sendlog_rewind(struct sendlog *log, uint64_t position)
{
	while (log->n > log->first && entry_at(log, log->n - 1)->position >= position)
		log->n--;
	if (log->end > position)
		log->end = position;
}

static uint64_t end_ns(const struct sendlog_entry *entry)
{
	return entry->time_ns + entry->lasts_ns;
}

uint64_t sendlog_position(const struct sendlog *log, uint64_t since_ns)
{
	const uint64_t oldest = log->first;
	uint64_t position = log->end, i;

	for (i = log->n; i > oldest && end_ns(entry_at(log, i - 1)) >= since_ns; i--)
		position = entry_at(log, i - 1)->position;
	return i == oldest && oldest ? 0 : position;
}

/* The probes of a batch leave one after the other, each as long after the one before. */
static uint64_t time_at(const struct sendlog_entry *entry, uint64_t position)
{
	const uint64_t place = position - entry->position;

	if (place >= entry->more)
		return end_ns(entry);
	return entry->time_ns + place * entry->lasts_ns / entry->more;
}

bool sendlog_find(const struct sendlog *log, uint64_t position, uint64_t *time_ns,
		  uint64_t *earliest_ns)
{
	uint64_t low = log->first;
	uint64_t high = log->n;

	if (position >= log->end || position < entry_at(log, low)->position)
		return false;
	/* The entry at `low` begins at or before the position, the entry at `high` behind it. */
	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;

		if (entry_at(log, middle)->position <= position)
			low = middle;
		else
			high = middle;
	}
	*time_ns = time_at(entry_at(log, low), position);
	*earliest_ns = entry_at(log, low)->time_ns;
	return true;
}
