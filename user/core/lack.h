/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * lack.h - has a library failed because this process has too little left?
 *
 * libbpf, libseccomp and the C library's name service take lack of memory or of file descriptors for
 * something else: a kernel without a feature, a name that does not exist.
 */
#ifndef XSCAN_LACK_H
#define XSCAN_LACK_H

#include <stddef.h>

/* Can so many descriptors, and so much memory, be had? 0, -EMFILE, -ENFILE or -ENOMEM. */
int lack_of(unsigned int descriptors, size_t bytes);

#endif
