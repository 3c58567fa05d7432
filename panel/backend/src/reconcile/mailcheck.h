/* The check of a domain's mail: what the world's DNS holds beside what mail needs there. */
#ifndef BERTH_RECONCILE_MAILCHECK_H
#define BERTH_RECONCILE_MAILCHECK_H

#include <jansson.h>

#include "reconcile/step.h"

/* *ret: {"ok", "elsewhere", "records": [{"name", "type", "value", "found", "ok", "problem"}]}. What the resolver does not say is a
 * problem of its record, not an error. */
int mailcheck_look(const struct planes *p, struct arena *a, const struct operation *op, json_t **ret,
                   struct error *err) WARN_UNUSED;

#endif
