/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * habits.h - options that users of nmap, masscan and arp-scan type by habit, and what xscan has in
 * their place. Pure.
 */
#ifndef XSCAN_HABITS_H
#define XSCAN_HABITS_H

struct habit {
	const char *theirs; /* with its dashes; a * at the end stands for anything */
	const char *ours;   /* an option of xscan, long name without dashes; NULL: none is needed */
	const char *say;    /* what to do */
};

/* The row of a word without its value (`-oX`, `--max-rate`), or NULL. */
const struct habit *habits_find(const char *word);

#endif
