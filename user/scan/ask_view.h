/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* ask_view.h - what the flows of an ask may know of its answers. */
#ifndef XSCAN_ASK_VIEW_H
#define XSCAN_ASK_VIEW_H

#include "ask.h"

/* The view refers to the ask. */
struct flow_view ask_view(const struct ask *a);

#endif
