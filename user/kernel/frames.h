/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * frames.h - the ring by which the matcher hands copies of frames to user space (--capture,
 * bpf/capture.h). Without --capture there is no ring.
 */
#ifndef XSCAN_FRAMES_H
#define XSCAN_FRAMES_H

#include "err.h"

#include <stdint.h>

struct matcher;
struct matcher_spec;

/* Call before loading: size the ring, or share that of the matcher `before`. 0 or a negative errno. */
int frames_prepare(const struct matcher *m, const struct matcher_spec *spec,
		   const struct matcher *before, struct err *err);

/* Call when m->ring is there: matcher_consume then reads frames too. 0 or a negative errno. */
int frames_read(const struct matcher *m, const struct matcher_spec *spec, struct err *err);

/* How many frames the programs have left out so far. */
uint64_t frames_left_out(const struct matcher *m);

#endif
