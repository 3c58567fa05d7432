/* What a reconciler does beside passes: taking over at its start, and housekeeping. */
#ifndef BERTH_RECONCILE_HOUSE_H
#define BERTH_RECONCILE_HOUSE_H

#include "reconcile/owner.h"
#include "reconcile/step.h"

struct house {
    const struct planes *planes;
    const struct owner *owner;
    int64_t prune_ms; /* monotonic: when archives are pruned again */
};

/* What a start writes: the leases of the dead are given back, and everybody is looked at. */
int house_take_over(const struct house *h, struct error *err) WARN_UNUSED;
/* One round. Of all reconcilers one keeps house at a time, by a lease; the others find nothing to do. */
int house_keep(struct house *h, struct error *err) WARN_UNUSED;

#endif
