/* The one way of every change: one transaction with the idempotency key, the check of the present state, the change itself
 * its operation and its row of the audit log; or, with dryRun, the same transaction rolled back and the reconciler asked what it would do.
 * A change that is refused has changed nothing. */
#ifndef BERTH_API_CHANGE_H
#define BERTH_API_CHANGE_H

#include "api/call.h"

struct change {
    struct call *call;
    struct store_tx *tx;
    const char *kind; /* of the operation and in the audit log: "customer.create" */
    bool at_once; /* no plane is touched: there is no operation, and `status` is answered */
    const void *input; /* what the handler read from the request */
    /* Filled by apply: */
    const char *customer,
        *subject; /* of the operation; the subject is a row's key (at once: of the path when it is NULL) */
    const char *release; /* that the operation is to have served: it fails with it; NULL: none */
    json_t *answer; /* an object; the operation is added to it */
    json_t *
        secrets; /* fields that are answered once and stored nowhere: a repeat of the request does not get them; or NULL */
    const char *etag, *location; /* NULL: none */
    int status;
};

/* Loads, checks and changes, all in ch->tx. On -1 everything is rolled back. */
typedef int (*change_apply)(struct change *ch, struct error *err);

/* Runs it and answers. */
int change_run(struct call *c, const char *kind, change_apply apply, const void *input, struct error *err) WARN_UNUSED;

/* The same for a change that touches no plane, so that it is done when it is answered. */
int change_run_at_once(struct call *c, const char *kind, change_apply apply, const void *input,
                       struct error *err) WARN_UNUSED;

/* For apply. */
int change_load(struct change *ch, const char *customer, struct tenant *ret,
                struct error *err) WARN_UNUSED; /* as the transaction sees it */
int change_check_open(const struct customer *customer,
                      struct error *err) WARN_UNUSED; /* ERROR_CONFLICT in the trash or while erasing */
int change_answer_customer(struct change *ch, const char *id,
                           struct error *err) WARN_UNUSED; /* operation and answer are about it */
int change_answer_site(struct change *ch, const struct site *s, struct error *err) WARN_UNUSED;

#endif
