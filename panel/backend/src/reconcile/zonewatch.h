/* Listens to PowerDNS's database: a trigger there notifies of every changed zone, so that a change by hand is seen at once. */
#ifndef BERTH_RECONCILE_ZONEWATCH_H
#define BERTH_RECONCILE_ZONEWATCH_H

#include "base/loop.h"
#include "reconcile/step.h"

/* Does nothing (and *ret is NULL) when the settings name no connection. */
int zonewatch_start(const struct planes *p, struct loop **ret, struct error *err) WARN_UNUSED;

#endif
