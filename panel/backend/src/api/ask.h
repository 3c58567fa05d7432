/* Questions to the reconciler: whatever must look at a plane is an operation in the store that it carries out. */
#ifndef BERTH_API_ASK_H
#define BERTH_API_ASK_H

#include "api/call.h"

struct question {
    const char *kind; /* "plan", "diff" or "records" */
    const char *customer;
    const char *subject; /* of "records": the domain; else the customer */
    const char *input; /* of "plan": the tenant that would be, as JSON text; else "" */
};

/* Puts the question and waits for its answer. 1: *ret_result is the answer's object; 0: there is none yet, and *ret_op is the
 * operation, which goes on; -1: it could not be put, or the look failed (ERROR_UNAVAILABLE says why). */
int ask_reconciler(struct call *c, const struct question *q, struct operation *ret_op, json_t **ret_result,
                   struct error *err) WARN_UNUSED;

/* As ask_reconciler(), with ERROR_TIMEOUT when there is no answer in time. */
int ask_and_wait(struct call *c, const struct question *q, json_t **ret_result, struct error *err) WARN_UNUSED;

#endif
