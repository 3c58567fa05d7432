/* The one way of every change: see change.h. */
#include "api/change.h"

#include <string.h>

#include "api/ask.h"
#include "api/present.h"
#include "api/text.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/str.h"
#include "model/tenant_json.h"

enum { OPERATION_CHARS = 16 };

struct answer_before {
    const char *key, *request_hash; /* key NULL: the request has none */
    int status; /* 0: not answered before */
    const char *body, *location;
};

int change_load(struct change *ch, const char *customer, struct tenant *ret, struct error *err)
{
    return store_tenant_load(ch->call->store, ch->tx, ch->call->arena, customer, ret, err);
}

int change_check_open(const struct customer *customer, struct error *err)
{
    if (customer->state == CUSTOMER_TRASHED)
        return error_set(err, ERROR_CONFLICT, "the customer '%s' is in the trash; restore it first", customer->id);
    if (customer->state == CUSTOMER_ERASING)
        return error_set(err, ERROR_CONFLICT, "the customer '%s' is being erased; wait until it is gone", customer->id);
    return 0;
}

void change_put_customer(struct change *ch, const struct customer *customer)
{
    ch->customer = ch->subject = customer->id;
    ch->etag = call_etag(ch->call, customer->generation);
    json_object_set(ch->answer, "customer", present_customer(ch->call, customer));
}

int change_answer_customer(struct change *ch, const char *id, struct error *err)
{
    struct customer customer;

    if (store_customer_get(ch->call->store, ch->call->arena, id, &customer, err) < 0)
        return -1;
    change_put_customer(ch, &customer);
    return 0;
}

int change_answer_site(struct change *ch, const struct site *s, struct error *err)
{
    struct present_seen seen = { 0 };

    if (present_see(ch->call, s->customer, &seen, err) < 0)
        return -1;
    ch->customer = s->customer;
    ch->subject = s->id;
    ch->etag = call_etag(ch->call, s->generation);
    json_object_set(ch->answer, "site", present_site(ch->call, s, &seen, false));
    return 0;
}

/* --- idempotency --- */

/* Of all that makes two POSTs the same: where to, and what. dryRun has no part in this; each other query parameter has. */
static const char *hash_request(struct call *c)
{
    const char *body = c->body_digest ? c->body_digest : httpd_body(c->req, NULL);
    const char *text = arena_printf(c->arena, "%s %s", httpd_method(c->req), httpd_path(c->req));

    for (const char *const *name = httpd_query_names(c->req); *name; name++)
        if (!str_eq(*name, "dryRun"))
            text = arena_printf(c->arena, "%s?%s=%s", text, *name, httpd_query(c->req, *name));
    return id_hash_token(c->arena, arena_printf(c->arena, "%s\n%s", text, body));
}

static struct answer_before read_key(struct call *c)
{
    const char *key = httpd_header(c->req, "Idempotency-Key");

    if (!key || !str_eq(httpd_method(c->req), "POST"))
        return (struct answer_before){ 0 };
    /* Two users' keys are different keys. */
    return (struct answer_before){ .key = arena_printf(c->arena, "%s %s", c->user, key),
                                   .request_hash = hash_request(c) };
}

static int look_up(struct change *ch, struct answer_before *before, struct error *err)
{
    if (!before->key)
        return 0;
    return store_idempotency_get(ch->tx, ch->call->arena, before->key, before->request_hash, &before->status,
                                 &before->body, &before->location, err);
}

/* --- the ways out --- */

static int answer(struct call *c, int status, const char *body, const char *location, const char *etag)
{
    if (!str_empty(location))
        httpd_add_header(c->req, "Location", location);
    if (!str_empty(etag))
        httpd_add_header(c->req, "ETag", etag);
    if (status == 204)
        return call_answer_empty(c);
    return call_answer_text(c, status, "application/json", body);
}

static int add_operation(struct change *ch, struct error *err)
{
    struct call *c = ch->call;
    struct operation op = { .id = ch->operation,
                            .kind = ch->kind,
                            .customer = ch->customer,
                            .subject = ch->subject,
                            .actor = c->user,
                            .request_id = call_request_id(c),
                            .message = "",
                            .state = OPERATION_ACCEPTED,
                            .result = "",
                            .input = ch->release ? ch->release : "" };

    op.created_ms = op.updated_ms = clock_wall_ms();
    ch->status = 202;
    ch->location = arena_printf(c->arena, "/api/v1/operations/%s", op.id);
    json_object_set(ch->answer, "operation", present_operation(c, &op, NULL));
    return store_operation_insert(ch->tx, &op, err);
}

static int add_audit(struct change *ch, struct error *err)
{
    const struct audit entry = { .actor = ch->call->user ? ch->call->user : "",
                                 .request_id = httpd_id(ch->call->req),
                                 .action = ch->kind,
                                 .customer = ch->customer ? ch->customer : "",
                                 .subject = ch->subject ? ch->subject : ch->call->segment };

    return store_audit_append(ch->tx, &entry, 1, err);
}

static int commit(struct change *ch, const struct answer_before *before, struct error *err)
{
    if ((ch->at_once ? add_audit(ch, err) : add_operation(ch, err)) < 0)
        return -1;
    const char *location = ch->location ? ch->location : "", *body = json_text(ch->call->arena, ch->answer);
    if (before->key &&
        store_idempotency_put(ch->tx, before->key, before->request_hash, ch->status, body, location, err) < 0)
        return -1;
    struct store_tx *tx = ch->tx;
    ch->tx = NULL; /* a commit ends it in any case */
    if (store_commit(tx, err) < 0)
        return -1;
    if (ch->secrets) {
        json_object_update(ch->answer, ch->secrets);
        body = json_text(ch->call->arena, ch->answer);
    }
    return answer(ch->call, ch->status, body, location, ch->etag);
}

/* --- dry runs --- */

static const char *shown(struct arena *a, const json_t *value)
{
    if (!value)
        return "none";
    return json_is_string(value) ? json_string_value(value) : json_text(a, value);
}

/* What of `after` is another value than before: "/cpu: 1 -> 2". */
static json_t *differing(struct arena *a, const json_t *before, const json_t *after)
{
    json_t *fields = json_array(), *value;
    const char *name;

    json_object_foreach((json_t *)(uintptr_t)after, name, value)
    {
        const json_t *old = json_object_get(before, name);
        if (!json_equal(old, value) && !str_eq(name, "updatedAt"))
            json_array_append_new(fields,
                                  json_string(arena_printf(a, "/%s: %s -> %s", name, shown(a, old), shown(a, value))));
    }
    return fields;
}

/* A change that no plane sees: what it does to the database, told from the kind and the answer. */
static int plan_at_once(struct change *ch)
{
    struct call *c = ch->call;
    const char *verb = strchr(ch->kind, '.') + 1, *name = ch->label ? ch->label : ch->subject;
    const char *action = str_eq(verb, "create") ? "create" : str_eq(verb, "delete") ? "delete" : "update";
    const char *noun = arena_strndup(c->arena, ch->kind, (size_t)(verb - 1 - ch->kind));
    json_t *change = json_object(), *list = json_array(), *out = json_own(c->arena, json_object());
    const json_t *after = json_object_get(ch->answer, noun);

    text_put(change, "plane", "database");
    text_put(change, "action", action);
    text_put(change, "object", arena_printf(c->arena, "%s/%s", noun, name ? name : c->segment));
    if (ch->before)
        json_object_set_new(change, "fields", differing(c->arena, ch->before, after ? after : ch->answer));
    json_array_append_new(list, change);
    json_object_set_new(out, "changes", list);
    store_rollback(ch->tx);
    ch->tx = NULL;
    return call_answer(c, 200, out);
}

/* The state that would be is read inside the transaction, which then never was. */
static int plan_only(struct change *ch, struct error *err)
{
    struct call *c = ch->call;
    struct tenant t;
    json_t *result;

    if (change_load(ch, ch->customer, &t, err) < 0)
        return -1;
    const struct question q = { "plan", ch->customer, ch->customer, json_text(c->arena, tenant_to_json(c->arena, &t)) };
    store_rollback(ch->tx);
    ch->tx = NULL;
    if (ask_reconciler(c, &q, &result, err) < 0)
        return -1;
    json_t *import = json_object_get(ch->answer, "import"); /* what no plane knows: what was left out */
    if (import)
        json_object_set(result, "import", import);
    return call_answer(c, 200, result);
}

static int run(struct change ch, change_apply apply, struct error *err)
{
    CLEANUP(store_rollbackp) struct store_tx *tx = NULL;
    struct call *c = ch.call;
    struct answer_before before = read_key(c);

    if (call_query_bool(c, "dryRun", &ch.dry, err) < 0 || store_begin(c->store, &tx, err) < 0)
        return -1;
    ch.tx = tx;
    ch.operation = id_new(c->arena, "op-", OPERATION_CHARS);
    int rc = ch.dry ? 0 : look_up(&ch, &before, err);
    if (rc == 0 && before.status)
        return answer(c, before.status, before.body, before.location, NULL);
    if (rc == 0)
        rc = apply(&ch, err);
    if (rc == 0)
        rc = !ch.dry ? commit(&ch, &before, err) : ch.at_once ? plan_at_once(&ch) : plan_only(&ch, err);
    tx = ch.tx;
    return rc;
}

int change_run(struct call *c, const char *kind, change_apply apply, const void *input, struct error *err)
{
    json_t *out = json_own(c->arena, json_object());
    const struct change ch = { .call = c, .kind = kind, .input = input, .answer = out, .status = 200 };

    return run(ch, apply, err);
}

int change_run_at_once(struct call *c, const char *kind, change_apply apply, const void *input, struct error *err)
{
    json_t *out = json_own(c->arena, json_object());
    const struct change ch = { .call = c, .kind = kind, .at_once = true, .input = input, .answer = out, .status = 200 };

    return run(ch, apply, err);
}

int change_apply_one(struct call *c, struct store_tx *tx, const char *kind, change_apply apply, const void *input,
                     const char **ret_operation, struct error *err)
{
    json_t *out = json_own(c->arena, json_object());
    struct change ch = { .call = c, .tx = tx, .kind = kind, .input = input, .answer = out };

    ch.operation = id_new(c->arena, "op-", OPERATION_CHARS);
    if (apply(&ch, err) < 0 || add_operation(&ch, err) < 0)
        return -1;
    *ret_operation = ch.operation;
    return 0;
}
