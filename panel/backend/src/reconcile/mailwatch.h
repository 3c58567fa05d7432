/* Watches the mail database: a counter there, which triggers move at changes that Berth did not make, is read every second, and the
 * customers that were changed become due. */
#ifndef BERTH_RECONCILE_MAILWATCH_H
#define BERTH_RECONCILE_MAILWATCH_H

#include "base/loop.h"
#include "reconcile/step.h"

/* Does nothing (and *ret is NULL) without a mail database. */
int mailwatch_start(const struct planes *p, struct loop **ret, struct error *err) WARN_UNUSED;

#endif
