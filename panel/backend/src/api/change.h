/* The one way of every change: one transaction with the idempotency key, the check of the present state, the change itself
 * its operation and its row of the audit log; or, with dryRun, the same transaction rolled back and the reconciler asked what it would do; a change that touches no plane
 * is told by itself.
 * A change that is refused has changed nothing. */
#ifndef BERTH_API_CHANGE_H
#define BERTH_API_CHANGE_H

#include "api/call.h"

struct change {
    struct call *call;
    struct store_tx *tx;
    const char *kind; /* of the operation and in the audit log: "customer.create" */
    bool at_once; /* no plane is touched: there is no operation, and `status` is answered */
    bool dry; /* it is rolled back, so nothing outside the transaction may be done */
    const char *operation; /* id that the operation will have */
    const void *input; /* what the handler read from the request */
    /* Filled by apply: */
    const char *customer,
        *subject; /* of the operation; the subject is a row's key (at once: of the path when it is NULL) */
    const char *release; /* that the operation is to have served: it fails with it; NULL: none */
    json_t *answer; /* an object; the operation is added to it */
    json_t *
        secrets; /* fields that are answered once and stored nowhere: a repeat of the request does not get them; or NULL */
    const json_t *before; /* at once: what is changed, as it was; a dry run tells what differs. NULL: not told */
    const char *label; /* at once: by what a dry run names the object; NULL: the subject */
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

/* One change of many, in tx, with an operation of its own: the call has no request. Nothing is answered or committed. */
int change_apply_one(struct call *c, struct store_tx *tx, const char *kind, change_apply apply, const void *input,
                     const char **ret_operation, struct error *err) WARN_UNUSED;

/* For apply. */
int change_load(struct change *ch, const char *customer, struct tenant *ret,
                struct error *err) WARN_UNUSED; /* as the transaction sees it */
int change_check_open(const struct customer *customer,
                      struct error *err) WARN_UNUSED; /* ERROR_CONFLICT in the trash or while erasing */
void change_put_customer(struct change *ch, const struct customer *customer); /* operation and answer are about it */
int change_answer_customer(struct change *ch, const char *id, struct error *err) WARN_UNUSED; /* as it is now */
int change_answer_site(struct change *ch, const struct site *s, struct error *err) WARN_UNUSED;

#endif
