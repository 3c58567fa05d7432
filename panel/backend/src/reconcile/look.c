/* Looks: see look.h. */
#include "reconcile/look.h"

#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "model/ownership.h"
#include "model/record.h"
#include "model/tenant_json.h"
#include "provider/resolver.h"
#include "reconcile/mailcheck.h"
#include "reconcile/zone.h"

static json_t *change_json(const struct change *c)
{
    json_t *fields = json_array();

    for (size_t i = 0; i < c->field_count; i++)
        json_array_append_new(fields, json_string(c->fields[i]));
    return json_pack("{s:s, s:s, s:s, s:o}", "plane", c->plane, "action", c->action, "object", c->object, "fields",
                     fields);
}

/* The steps of a dry run whose observation failed make the whole look fail: a plan with holes would mislead. What waits for
 * somebody outside was looked at. */
static int check_steps(const struct step_ctx *ctx, struct error *err)
{
    for (size_t i = 0; i < ctx->condition_count; i++)
        if (ctx->conditions[i].status == CONDITION_FALSE && !ctx->conditions[i].pending)
            return error_set(err, ERROR_UNAVAILABLE, "step %s could not be looked at: %s", ctx->conditions[i].step,
                             ctx->conditions[i].message);
    return 0;
}

static int plan_tenant(const struct planes *p, struct arena *a, const struct tenant *t, json_t **ret, struct error *err)
{
    struct step_ctx *ctx = arena_alloc(a, sizeof *ctx);
    json_t *changes = json_array();

    json_t *result = json_own(a, json_pack("{s:o}", "changes", changes));
    ctx->arena = a;
    ctx->tenant = t;
    ctx->planes = p;
    ctx->dry = true;
    if (t->customer.state == CUSTOMER_ERASING) {
        if (steps_remove(ctx, err) == STEP_FAILED)
            return -1;
    } else {
        (void)steps_ensure(ctx);
    }
    if (check_steps(ctx, err) < 0)
        return -1;
    for (size_t i = 0; i < ctx->change_count; i++)
        json_array_append_new(changes, change_json(&ctx->changes[i]));
    *ret = result;
    return 0;
}

static int look_plan(const struct planes *p, struct arena *a, const struct operation *op, json_t **ret,
                     struct error *err)
{
    struct tenant t;
    json_t *input;

    if (json_parse_foreign(a, op->input, strlen(op->input), &input, err) < 0 || tenant_from_json(a, input, &t, err) < 0)
        return -1;
    return plan_tenant(p, a, &t, ret, err);
}

static int look_diff(const struct planes *p, struct arena *a, const struct operation *op, json_t **ret,
                     struct error *err)
{
    struct tenant t;

    if (store_tenant_load(p->store, NULL, a, op->customer, &t, err) < 0)
        return -1;
    return plan_tenant(p, a, &t, ret, err);
}

/* Who keeps an RRset as it is: Berth by itself, Berth because the customer asked for it, or nobody. */
static const char *keeper_of(struct arena *a, const struct tenant *t, const struct domain *d, const struct rrset *r)
{
    if (!r->owned)
        return "nobody";
    return d && record_find(d, r->name, r->type) && !record_kept_by(a, t, d, r->name, r->type) ? "customer" : "berth";
}

static int look_records(const struct planes *p, struct arena *a, const struct operation *op, json_t **ret,
                        struct error *err)
{
    struct zone zone;
    struct tenant t;
    json_t *list = json_array();

    *ret = json_own(a, json_pack("{s:o}", "records", list));
    if (store_tenant_load(p->store, NULL, a, op->customer, &t, err) < 0 ||
        pdns_zone_get(p->pdns, a, op->subject, &zone, err) < 0)
        return -1;
    const struct domain *d = tenant_domain_of(&t, op->subject);
    for (size_t i = 0; i < zone.rrset_count; i++) {
        const struct rrset *r = &zone.rrsets[i];
        json_t *values = json_array();
        for (size_t j = 0; j < r->value_count; j++)
            json_array_append_new(values, json_string(r->values[j]));
        json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:o, s:b, s:s}", "name", r->name, "type", r->type, "ttl",
                                              (json_int_t)r->ttl, "values", values, "owned", (int)r->owned, "keptBy",
                                              keeper_of(a, &t, d, r)));
    }
    return 0;
}

/* Is the proof of this customer there, for a domain that it does not have yet? */
static int look_proof(const struct planes *p, struct arena *a, const struct operation *op, json_t **ret,
                      struct error *err)
{
    struct resolved r;
    struct tenant t;

    if (store_tenant_load(p->store, NULL, a, op->customer, &t, err) < 0 ||
        resolver_ask(a, p->settings->resolver, ownership_challenge_name(a, op->subject), RESOLVER_TXT, &r, err) < 0)
        return -1;
    const char *want = ownership_challenge(a, t.customer.uid, op->subject);
    bool proven = false;
    for (size_t i = 0; i < r.count; i++)
        proven = proven || str_eq(r.values[i], want);
    *ret = json_own(a, json_pack("{s:b}", "proven", (int)proven));
    return 0;
}

int look_once(const struct planes *p, struct arena *a, bool *ret_found, struct error *err)
{
    struct operation op;
    json_t *result = NULL;
    int rc;

    if (store_look_claim(p->store, a, &op, ret_found, err) < 0)
        return -1;
    if (!*ret_found)
        return 0;
    if (str_eq(op.kind, "plan"))
        rc = look_plan(p, a, &op, &result, err);
    else if (str_eq(op.kind, "diff"))
        rc = look_diff(p, a, &op, &result, err);
    else if (str_eq(op.kind, "proof"))
        rc = look_proof(p, a, &op, &result, err);
    else if (str_eq(op.kind, "mail-check"))
        rc = mailcheck_look(p, a, &op, &result, err);
    else
        rc = look_records(p, a, &op, &result, err);
    const char *message = rc < 0 ? arena_strdup(a, err->message) : "";
    *err = ERROR_INIT;
    return store_operation_finish(p->store, op.id, rc < 0 ? OPERATION_FAILED : OPERATION_DONE, message,
                                  rc < 0 ? "" : json_text(a, result), err);
}
