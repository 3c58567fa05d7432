/* Looks: what api asks reconcile to find out, since it holds no credential: plan (of a snapshot), diff, and a zone's records. */
#ifndef BERTH_RECONCILE_LOOK_H
#define BERTH_RECONCILE_LOOK_H

#include "reconcile/step.h"

/* Takes one waiting look, if there is one, and stores its result: {"changes":[...]} or {"records":[...]}. */
int look_once(const struct planes *p, struct arena *a, bool *ret_found, struct error *err) WARN_UNUSED;

#endif
