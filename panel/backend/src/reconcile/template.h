/* Templates: the YAML files of k8s/tenants/templates, parsed once, filled in as trees and never as text.
 *
 * A scalar that is a placeholder as a whole becomes its value; within a longer scalar ("cust-CUSTOMER_ID") the placeholder is
 * replaced. An element of a list that holds the placeholder of a list of values (DOMAIN) is repeated for each value.
 */
#ifndef BERTH_RECONCILE_TEMPLATE_H
#define BERTH_RECONCILE_TEMPLATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

struct templates;

int templates_load(const char *folder, struct templates **ret, struct error *err) WARN_UNUSED;
void templates_free(struct templates *t);

struct placeholder {
    const char *name; /* "CUSTOMER_ID" */
    const char *text; /* a value, or */
    bool is_number;
    int64_t number; /* a whole scalar that becomes a number, or */
    const char **list; /* values of a repeated element */
    size_t list_count;
};

/* The template's tree with values filled in; it belongs to the arena. INTERNAL when there is no such template. */
int template_fill(const struct templates *t, struct arena *a, const char *name, const struct placeholder *values,
                  size_t count, json_t **ret, struct error *err) WARN_UNUSED;

#endif
