/* The reconciler's internal listener: releases for helper pods (a token for each), DKIM keys for
 * Rspamd (vault.h), health and metrics. Not public. */
#ifndef BERTH_RECONCILE_INTERNAL_H
#define BERTH_RECONCILE_INTERNAL_H

#include "reconcile/step.h"

struct internal;

int internal_start(const struct planes *p, struct internal **ret, struct error *err) WARN_UNUSED;
void internal_stop(struct internal *i); /* NULL is a no-op */

#endif
