/* What the making of a domain shares with the making of a customer. */
#ifndef BERTH_API_CUSTOMERS_H
#define BERTH_API_CUSTOMERS_H

#include "api/change.h"

/* The plan; when there is none, ERROR_UNPROCESSABLE at "/plan". */
int customers_plan(struct change *ch, const char *id, struct plan *ret, struct error *err) WARN_UNUSED;
int customers_insert(struct change *ch, const char *id, const char *name, const char *plan,
                     struct error *err) WARN_UNUSED;

#endif
