/* Bulk changes: one request that changes many customers or sites, as one operation. The request only chooses the objects
 * (store_bulk_*); a thread of the API then carries each of them out by the very code of the single change, in a transaction
 * of its own that also ends its item. So no lock is held for long, and after a crash the next process goes on where this one
 * was. Who asked is looked up again for each object: what the user may not do any more is refused. */
#ifndef BERTH_API_BULK_H
#define BERTH_API_BULK_H

#include "api/change.h"

/* What is to be done with each object. */
struct bulk_action {
    const char *kind, *operation_id; /* of the single change: "customer.update", "updateCustomer" */
    change_apply apply;
    const void *input;
};

/* Reads "change" of the body into an action; in customers.c and sites.c. Faults have pointers below the change. */
int customers_bulk_read(struct call *c, const json_t *change, struct bulk_action *ret, struct error *err) WARN_UNUSED;
int sites_bulk_read(struct call *c, const json_t *change, struct bulk_action *ret, struct error *err) WARN_UNUSED;

struct bulk_worker;

struct bulk_worker *bulk_start(const struct api_config *config);
void bulk_stop(struct bulk_worker *w); /* after the object that is being worked on; NULL is a no-op */

json_t *bulk_progress_json(struct call *c, const struct bulk_progress *p);

#endif
