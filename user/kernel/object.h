/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* object.h - open one of the BPF objects that are part of this program: each kind of question has its own. */
#ifndef XSCAN_OBJECT_H
#define XSCAN_OBJECT_H

#include "abi.h"

struct bpf_object;

/* The object that can match what this configuration asks for. NULL with errno set: cannot. */
struct bpf_object *object_open(const struct match_config *config);

#endif
