/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * lack.h - has a library failed because this process has too few resources left?
 *
 * libbpf, libseccomp and the C library's name service mistake lack of memory or file descriptors
 * for something else: a kernel without a feature, a name that does not exist.
 */
#ifndef XSCAN_LACK_H
#define XSCAN_LACK_H

#include <stddef.h>

/* Are so many descriptors and so many bytes of memory available? 0, -EMFILE, -ENFILE or -ENOMEM. */
int lack_of(unsigned int descriptors, size_t bytes);

#endif
