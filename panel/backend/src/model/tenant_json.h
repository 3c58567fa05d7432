/* A tenant as JSON: how a dry run hands the state that would be from api to reconcile. Not an outside format. */
#ifndef BERTH_MODEL_TENANT_JSON_H
#define BERTH_MODEL_TENANT_JSON_H

#include <jansson.h>

#include "base/arena.h"
#include "model/tenant.h"

json_t *tenant_to_json(struct arena *a, const struct tenant *t);
int tenant_from_json(struct arena *a, const json_t *json, struct tenant *ret, struct error *err) WARN_UNUSED;

#endif
