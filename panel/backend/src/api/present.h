/* Rows as JSON, in the shapes of docs/openapi.yaml. What is returned belongs to the request's arena. */
#ifndef BERTH_API_PRESENT_H
#define BERTH_API_PRESENT_H

#include "api/call.h"

/* The conditions of one customer, read once for a run of its rows. Start with { 0 }. */
struct present_seen {
    const char *customer;
    size_t count;
    const struct condition *conditions;
};
int present_see(struct call *c, const char *customer, struct present_seen *seen, struct error *err) WARN_UNUSED;

json_t *present_plan(struct call *c, const struct plan *p);
json_t *present_customer(struct call *c, const struct customer *customer);
json_t *present_site(struct call *c, const struct site *s, const struct present_seen *seen, bool with_conditions);
json_t *present_domain(struct call *c, const struct domain *d, const struct present_seen *seen, bool with_conditions);
json_t *present_release(struct call *c, const struct release *r);
json_t *present_operation(struct call *c, const struct operation *op,
                          const struct present_seen *seen); /* seen NULL: no steps */
json_t *present_event(struct call *c, const struct event *e);
json_t *present_conditions(struct call *c, const struct present_seen *seen); /* an array */
/* Of a customer whom no pass has ended for yet: every step is unknown. An array. */
json_t *present_unknown(struct call *c, const struct customer *customer);

#endif
