/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* tx.h - the sending half: hand batches of probes to a device, by either sender. */
#ifndef XSCAN_TX_H
#define XSCAN_TX_H

#include "abi.h"
#include "departures.h"
#include "err.h"
#include "probe.h"

#include <stdbool.h>
#include <stdint.h>

struct tx;

/* A frame that was sent. */
struct tx_copy {
	uint64_t
		time_ns; /* CLOCK_MONOTONIC, by the kernel: when it queued the frame for the device */
	unsigned int len;
	uint8_t bytes[sizeof(union probe_frame)]; /* the longest is 1,294 bytes */
};

struct tx_ops {
	/*
	 * Send the first n targets as questions of this kind, as try `attempt`. Returns how many
	 * were taken; fewer than n, even 0, when the queue is full (see `refused`) or a signal came:
	 * wait and send the rest again. A negative errno with the reason in err: sending is no
	 * longer possible.
	 */
	int (*send)(struct tx *tx, enum probe_kind kind, unsigned int n, __u8 attempt,
		    struct err *err);
	/* Wait until more may be sent, a millisecond at most. */
	void (*wait)(struct tx *tx);
	/* How many frames taken since the last call are known not to have left the device. */
	uint64_t (*errors)(struct tx *tx);
	/*
	 * Keep copies of frames to `flow` from now on; NULL: of none. 0 or a negative errno with the
	 * reason in err.
	 */
	int (*keep)(struct tx *tx, const struct capture_config *flow, struct err *err);
	/* Of these frames, the next that the kernel has taken. False: there is none now. */
	bool (*copy)(struct tx *tx, struct tx_copy *to);
	void (*close)(struct tx *tx);
};

struct tx {
	const struct tx_ops *ops;
	struct probe_target *targets; /* the caller writes the targets here */
	unsigned int batch;	      /* room in targets */
	bool silent; /* takes all, and says nothing of what the device refuses: see errors() */
	unsigned int mark;		   /* the clock is read so often, in frames */
	struct departures *departures;	   /* add when frames leave; NULL: nobody wants to know */
	uint64_t full;			   /* so often the queue was full */
	const struct capture_config *flow; /* see keep() */
	bool refused; /* the device has refused the next frame; else the sender has no room */
};

#endif
