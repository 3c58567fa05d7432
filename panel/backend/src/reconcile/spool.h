/* The spool of uploads: what no release needs any more goes. */
#ifndef BERTH_RECONCILE_SPOOL_H
#define BERTH_RECONCILE_SPOOL_H

#include "reconcile/step.h"

enum { SPOOL_RELEASES_KEPT = 10 }; /* of a site: those that a rollback can bring back */

/* Forgets old releases, and deletes archives that no release names and no upload holds. Several processes may do it at once. */
int spool_prune(const struct planes *p, struct error *err) WARN_UNUSED;

#endif
