/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * attach_mode.h - where on an interface a matcher can sit.
 */
#ifndef XSCAN_ATTACH_MODE_H
#define XSCAN_ATTACH_MODE_H

enum attach_mode { ATTACH_AUTO, ATTACH_NATIVE, ATTACH_GENERIC, ATTACH_TC };

#endif
