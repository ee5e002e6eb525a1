/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * losses.h - hosts and ways that have fallen silent during a scan. Their unanswered questions are
 * unknown.
 */
#ifndef XSCAN_LOSSES_H
#define XSCAN_LOSSES_H

#include "ask.h"

/* Take over what a flow has found to be silent. */
void losses_take(struct ask *a, unsigned int flow);

#endif
