/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* object.h - open the BPF object that is part of this program. */
#ifndef XSCAN_OBJECT_H
#define XSCAN_OBJECT_H

struct bpf_object;

/* NULL with errno set: cannot. */
struct bpf_object *object_open(void);

#endif
