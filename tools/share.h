/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * share.h - read a share from a command line: of 65,536 (4096), a fraction (1/16) or a decimal
 * (0.0625).
 */
#ifndef XSCAN_SHARE_H
#define XSCAN_SHARE_H

#include "err.h"
#include "fleet.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline int share_parse(const char *name, const char *text, uint32_t *share, struct err *err)
{
	double value, divisor = FLEET_WHOLE;
	char *end;

	/* Allow digits, points and one slash: strtod would also take signs, exponents and "nan". */
	value = strtod(text, &end);
	if (strchr(text, '.'))
		divisor = 1;
	if (*end == '/' && end[1])
		divisor = strtod(end + 1, &end);
	if (strspn(text, "0123456789./") != strlen(text) || *end || end == text || !(divisor > 0))
		return err_set(err, -EINVAL,
			       "--%s: \"%s\" is not a share like 4096, 1/16 or 0.0625", name, text);
	if (value > divisor)
		return err_set(err, -EINVAL, "--%s: \"%s\" is more than everything", name, text);
	*share = (uint32_t)(value / divisor * FLEET_WHOLE + 0.5);
	return 0;
}

#endif
