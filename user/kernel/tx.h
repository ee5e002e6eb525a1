/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tx.h - the sending half: batches of probes handed to a device, by whichever sender.
 */
#ifndef XSCAN_TX_H
#define XSCAN_TX_H

#include "err.h"
#include "probe.h"

#include <stdint.h>

struct tx;

struct tx_ops {
	/*
	 * Ask the first n targets questions of this kind, as try `attempt`. Returns how many the
	 * device took, which may be 0 when its queue is full: wait a moment and send the rest
	 * again. A negative errno with the reason in err when sending is no longer possible.
	 */
	int (*send)(struct tx *tx, enum probe_kind kind, unsigned int n, __u8 attempt,
		    struct err *err);
	/* Wait that moment, a millisecond at most. */
	void (*wait)(struct tx *tx);
	/* Of the frames taken since the last call, how many are known not to have left the device. */
	uint64_t (*errors)(struct tx *tx);
	void (*close)(struct tx *tx);
};

struct tx {
	const struct tx_ops *ops;
	struct probe_target *targets; /* the caller writes here whom to ask */
	unsigned int batch;	      /* so many fit */
};

#endif
