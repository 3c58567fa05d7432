/* The platform's own zone: name servers, the panel, and a wildcard for free subdomains. */
#ifndef BERTH_RECONCILE_PLATFORM_H
#define BERTH_RECONCILE_PLATFORM_H

#include "reconcile/step.h"

int platform_ensure(const struct planes *p, struct error *err) WARN_UNUSED;

#endif
