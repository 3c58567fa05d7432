/* What the making of a domain shares with the making of a customer. */
#ifndef BERTH_API_CUSTOMERS_H
#define BERTH_API_CUSTOMERS_H

#include "api/change.h"

/* A new customer. One that is in the way is ERROR_CONFLICT at "/id", a plan that is not there ERROR_UNPROCESSABLE at "/plan". */
int customers_insert(struct change *ch, const char *id, const char *name, const char *plan, struct customer *ret,
                     struct error *err) WARN_UNUSED;

#endif
