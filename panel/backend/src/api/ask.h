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

/* Puts the question and waits for its answer: *ret_result is the answer's object. ERROR_UNAVAILABLE says why the look failed,
 * ERROR_TIMEOUT that there is no answer in time. */
int ask_reconciler(struct call *c, const struct question *q, json_t **ret_result, struct error *err) WARN_UNUSED;

#endif
