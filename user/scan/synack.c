// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* synack.c - who answers a SYN-ACK: the matcher where it can, else the host's stack. */
#include "synack.h"

#include "attach.h"
#include "xdp_features.h"

/*
 * tc and generic XDP hand the RST to the device as any other packet. Native XDP needs a driver that
 * transmits XDP frames. A driver that does not takes the RST and drops it, and says nothing.
 */
static struct synack choose(const struct attach *a)
{
	int can_send;

	if (a->mode != ATTACH_NATIVE)
		return (struct synack){ FATE_RESET, "the matcher can send from there" };
	can_send = xdp_features_can_send(a->ifindex);
	if (can_send > 0)
		return (struct synack){ FATE_RESET, "the interface transmits XDP frames" };
	if (can_send == 0)
		return (struct synack){ FATE_PASS,
					"the interface transmits no XDP frames (a veth needs GRO "
					"on, or an XDP program, at its other end)" };
	return (struct synack){ FATE_PASS, "this kernel does not tell whether the interface "
					   "transmits XDP frames (Linux 6.3)" };
}

struct synack synack_choose(enum synack_wish wish, const struct attach *a)
{
	static const enum fate fates[] = {
		[SYNACK_PASS] = FATE_PASS,
		[SYNACK_DROP] = FATE_DROP,
		[SYNACK_RESET] = FATE_RESET,
	};

	return wish == SYNACK_AUTO ? choose(a) : (struct synack){ fates[wish], NULL };
}

void synack_print(const struct synack *synack, FILE *file)
{
	static const char *const names[] = {
		[FATE_PASS] = "pass",
		[FATE_DROP] = "drop",
		[FATE_RESET] = "reset",
	};

	fprintf(file, "synack     %s%s%s\n", names[synack->fate], synack->why ? ": " : "",
		synack->why ? synack->why : "");
}
