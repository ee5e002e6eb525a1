/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tx_xdp.h - send frames that the kernel builds and redirects to the device (bpf/send.h), driven by
 * BPF_PROG_RUN with live frames (Linux 5.18; Documentation/bpf/bpf_prog_run.rst).
 *
 * The frames bypass the queueing discipline. The device must be able to transmit XDP frames.
 */
#ifndef XSCAN_TX_XDP_H
#define XSCAN_TX_XDP_H

#include "matcher.h"
#include "tx.h"

/*
 * Call when the matcher is attached, before sending; earlier if attach_keeps_features. 0, or
 * -EOPNOTSUPP with the reason in err if the kernel says that the interface cannot send. Kernels
 * before 6.3 cannot say: there the first frame shows it.
 */
int tx_xdp_check(int ifindex, const char *iface, struct err *err);

/* `object` holds the loaded program. NULL with the reason in err. */
struct tx *tx_xdp_open(struct bpf_object *object, const struct probe_config *probe, int ifindex,
		       const char *iface, struct err *err);

#endif
