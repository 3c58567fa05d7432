/* The spool of uploads: what no release needs any more goes. */
#ifndef BERTH_RECONCILE_SPOOL_H
#define BERTH_RECONCILE_SPOOL_H

#include "reconcile/step.h"

enum { SPOOL_RELEASES_KEPT = 10 }; /* of a site: those that a rollback can bring back */

/* Forgets old releases, and deletes archives that no release names. One that is younger than an hour stays: its release may
 * be about to be written. */
int spool_prune(const struct planes *p, struct error *err) WARN_UNUSED;

#endif
