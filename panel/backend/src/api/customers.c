/* Customers: reading them, and making, changing and deleting them. */
#include "api/customers.h"

#include "api/ask.h"
#include "api/bulk.h"
#include "api/change.h"
#include "api/handlers.h"
#include "api/input.h"
#include "api/mailboxes.h"
#include "api/page.h"
#include "api/present.h"
#include "api/text.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/str.h"

enum { NAME_CHARS = 120, NAME_BYTES = 480, REASON_CHARS = 500, REASON_BYTES = 2000, HOUR_MS = 60 * 60 * 1000 };

struct customer_input {
    const char *id, *name, *plan, *reason, *action; /* action: of a bulk change */
    json_t *spam_json;
    struct spam_limits spam; /* 0: as it is */
};

/* Slugs have no limits here: their own check says more. */
#define LINE(field, max)                                                                                               \
    {                                                                                                                  \
#field, JSON_KIND_STRING, false, offsetof(struct customer_input, field), JSON_NO_HAS, 1, (max)                 \
    }
#define SLUG(field, required)                                                                                          \
    {                                                                                                                  \
#field, JSON_KIND_STRING, (required), offsetof(struct customer_input, field), JSON_NO_HAS, 0, 0                \
    }

static int read_input(struct call *c, bool body_needed, const struct json_field *fields, size_t count,
                      struct customer_input *ret, struct error *err)
{
    struct customer_input in = { 0 };
    json_t *body;

    if (call_body(c, body_needed, &body, err) < 0)
        return -1;
    (void)!json_read(c->arena, body, fields, count, &in, err);
    input_customer_id(body, "id", err);
    input_line(body, "name", NAME_CHARS, err);
    input_line(body, "reason", REASON_CHARS, err);
    if (err->code != ERROR_NONE)
        return -1;
    *ret = in;
    return 0;
}

static int explain(struct change *ch, const char *id, const char *plan, struct error *err)
{
    struct customer existing;

    *err = ERROR_INIT;
    if (store_customer_get(ch->call->store, ch->call->arena, id, &existing, err) == 0)
        return input_conflict(
            err, "/id",
            existing.state == CUSTOMER_TRASHED   ? "the customer '%s' is in the trash; restore or purge it first"
            : existing.state == CUSTOMER_ERASING ? "the customer '%s' is being erased; wait until it is gone"
                                                 : "the customer '%s' exists already",
            id);
    return err->code == ERROR_NOT_FOUND ? error_field(err, "/plan", "there is no plan '%s'", plan) : -1;
}

int customers_insert(struct change *ch, const char *id, const char *name, const char *plan, struct customer *ret,
                     struct error *err)
{
    struct customer c = { .id = id,
                          .uid = id_uuid(ch->call->arena),
                          .name = name,
                          .plan = plan,
                          .cluster = ch->call->config->cluster ? ch->call->config->cluster : "local",
                          .state = CUSTOMER_ACTIVE,
                          .suspend_reason = "",
                          .spam = { SPAM_JUNK, SPAM_REJECT } };

    if (store_customer_insert(ch->tx, &c, err) < 0)
        return err->code == ERROR_CONFLICT ? explain(ch, id, plan, err) : -1;
    *ret = c;
    /* A reseller sees what it made; an admin sees everything. */
    return ch->call->role == USER_ADMIN ? 0 : store_user_grant(ch->tx, ch->call->account, id, err);
}

/* --- reading --- */

int customers_list(struct call *c, struct error *err)
{
    static const char *const states[] = { "active", "suspended", "trashed", "erasing", NULL };
    struct customer_filter filter = { .plan = httpd_query(c->req, "plan"), .text = httpd_query(c->req, "q") };
    struct paging p;
    struct customer *list;
    size_t count;

    if (call_query_word(c, "state", states, &filter.state, err) < 0 ||
        call_query_word(c, "ready", call_bools, &filter.ready, err) < 0)
        return -1;
    if (page_read(c, store_customer_sorts, "id", &p, err) < 0 ||
        store_customer_list(c->store, c->arena, &filter, page_of(&p), &list, &count, err) < 0)
        return -1;
    json_t *items = json_own(c->arena, json_array());
    for (size_t i = 0; i < page_shown(&p, count); i++)
        json_array_append(items, present_customer(c, &list[i]));
    return page_answer(c, &p, items, count > p.limit ? list[p.limit - 1].id : NULL);
}

int customers_get(struct call *c, struct error *err)
{
    struct customer customer;

    if (store_customer_get(c->store, c->arena, c->segment, &customer, err) < 0)
        return -1;
    httpd_add_header(c->req, "ETag", call_etag(c, customer.generation));
    return call_answer(c, 200, present_customer(c, &customer));
}

int customers_conditions(struct call *c, struct error *err)
{
    static const char *const words[] = { "true", "false", "unknown", NULL };
    const char *type = httpd_query(c->req, "type"), *status;
    struct present_seen seen = { 0 };
    struct customer customer;
    json_t *cond;
    size_t i;

    if (call_query_word(c, "status", words, &status, err) < 0 ||
        store_customer_get(c->store, c->arena, c->segment, &customer, err) < 0 ||
        present_see(c, customer.id, &seen, err) < 0)
        return -1;
    json_t *list = json_own(c->arena, json_object()), *items = json_own(c->arena, json_array());
    json_t *all = seen.count ? present_conditions(c, &seen) : present_unknown(c, &customer);
    json_array_foreach(all, i, cond)
    {
        if ((!type || str_eq(json_str_at(cond, "/type"), type)) &&
            (!status || str_eq(json_str_at(cond, "/status"), status)))
            json_array_append(items, cond);
    }
    json_object_set(list, "items", items);
    return call_answer(c, 200, list);
}

/* A look that takes longer than a request may is followed like any other operation. */
int customers_diff(struct call *c, struct error *err)
{
    struct customer customer;
    json_t *result;

    if (store_customer_get(c->store, c->arena, c->segment, &customer, err) < 0)
        return -1;
    const struct question q = { "diff", customer.id, customer.id, "" };
    return ask_reconciler(c, &q, &result, err) < 0 ? -1 : call_answer(c, 200, result);
}

/* --- changing --- */

static int apply_create(struct change *ch, struct error *err)
{
    const struct customer_input *in = ch->input;
    struct customer made;

    if (customers_insert(ch, in->id, in->name ? in->name : in->id, in->plan, &made, err) < 0)
        return -1;
    change_put_customer(ch, &made);
    return 0;
}

int customers_create(struct call *c, struct error *err)
{
    static const struct json_field fields[] = { SLUG(id, true), LINE(name, NAME_BYTES), SLUG(plan, true) };
    struct customer_input in;

    return read_input(c, true, fields, 3, &in, err) < 0 ? -1 : change_run(c, "customer.create", apply_create, &in, err);
}

static int load_to_change(struct change *ch, struct tenant *t, struct error *err)
{
    if (change_load(ch, ch->call->segment, t, err) < 0)
        return -1;
    return call_if_match(ch->call, call_etag(ch->call, t->customer.generation), err);
}

static int write_back(struct change *ch, struct customer *c, struct error *err)
{
    if (store_customer_update(ch->tx, c, -1, err) < 0)
        return -1;
    change_put_customer(ch, c);
    return 0;
}

static int read_plan(struct call *c, const char *id, struct plan *ret, struct error *err)
{
    if (store_plan_get(c->store, c->arena, id, ret, err) == 0)
        return 0;
    return err->code == ERROR_NOT_FOUND ? error_field(err, "/plan", "there is no plan '%s'", id) : -1;
}

static int check_room(const struct call *c, const struct tenant *t, const struct plan *p, struct error *err)
{
    struct mail_use none = { 0 };
    const struct mail_use use = address_use_of(t);

    if ((int64_t)t->site_count > p->sites)
        return input_conflict(err, "/plan", "the plan '%s' allows %s, and the customer has %zu", p->id,
                              text_count(c->arena, p->sites, "site"), t->site_count);
    if ((int64_t)t->domain_count > p->domains)
        return input_conflict(err, "/plan", "the plan '%s' allows %s, and the customer has %zu", p->id,
                              text_count(c->arena, p->domains, "domain"), t->domain_count);
    /* what it has is added to nothing: what there is none of fits every plan */
    if (address_check_room(c, p, &none, &use, "/plan", "/plan", err) == 0)
        return 0;
    err->code = ERROR_CONFLICT;
    return -1;
}

/* Either limit by itself, so that one can be changed; whether they go together is asked when both are known. */
static int read_spam(struct call *c, const json_t *json, struct spam_limits *ret, struct error *err)
{
    static const struct json_field parts[] = {
        { "junk", JSON_KIND_INT, false, offsetof(struct spam_limits, junk), JSON_NO_HAS, SPAM_JUNK_MIN,
          SPAM_REJECT_MAX - 1 },
        { "reject", JSON_KIND_INT, false, offsetof(struct spam_limits, reject), JSON_NO_HAS, SPAM_JUNK_MIN + 1,
          SPAM_REJECT_MAX },
    };
    struct error inner = ERROR_INIT;

    if (!json_is_object(json) || json_object_size(json) == 0)
        return error_field(err, "/spam", "must be an object like {\"junk\": 5, \"reject\": 12}");
    if (json_read(c->arena, json, parts, sizeof parts / sizeof parts[0], ret, &inner) == 0)
        return 0;
    input_nest(err, "/spam", &inner);
    return -1;
}

static int apply_update(struct change *ch, struct error *err)
{
    const struct customer_input *in = ch->input;
    struct tenant t;
    struct plan plan;

    if (load_to_change(ch, &t, err) < 0 || change_check_open(&t.customer, err) < 0)
        return -1;
    if (in->plan && (read_plan(ch->call, in->plan, &plan, err) < 0 || check_room(ch->call, &t, &plan, err) < 0))
        return -1;
    t.customer.name = in->name ? in->name : t.customer.name;
    t.customer.plan = in->plan ? in->plan : t.customer.plan;
    t.customer.spam.junk = in->spam.junk ? in->spam.junk : t.customer.spam.junk;
    t.customer.spam.reject = in->spam.reject ? in->spam.reject : t.customer.spam.reject;
    if (t.customer.spam.reject <= t.customer.spam.junk)
        return error_field(err, in->spam.reject ? "/spam/reject" : "/spam/junk",
                           "junk must be less than reject: what is refused cannot be put into Junk (%lld and %lld)",
                           (long long)t.customer.spam.junk, (long long)t.customer.spam.reject);
    return write_back(ch, &t.customer, err);
}

int customers_update(struct call *c, struct error *err)
{
    static const struct json_field fields[] = { LINE(name, NAME_BYTES),
                                                SLUG(plan, false),
                                                { "spam", JSON_KIND_ANY, false,
                                                  offsetof(struct customer_input, spam_json), JSON_NO_HAS, 0, 0 } };
    struct customer_input in;

    if (read_input(c, true, fields, sizeof fields / sizeof fields[0], &in, err) < 0 ||
        (in.spam_json && read_spam(c, in.spam_json, &in.spam, err) < 0))
        return -1;
    if (!in.name && !in.plan && !in.spam_json)
        return error_field(err, "", "must name what is to change: name, plan or spam");
    return change_run(c, "customer.update", apply_update, &in, err);
}

static int apply_trash(struct change *ch, struct error *err)
{
    struct tenant t;

    if (load_to_change(ch, &t, err) < 0)
        return -1;
    if (t.customer.state == CUSTOMER_TRASHED)
        return error_set(err, ERROR_CONFLICT,
                         "the customer '%s' is in the trash already; with purge=true it is erased now", t.customer.id);
    if (change_check_open(&t.customer, err) < 0)
        return -1;
    if (store_now(ch->tx, &t.customer.trashed_ms, err) < 0) /* the clock that ends its time too */
        return -1;
    t.customer.state = CUSTOMER_TRASHED;
    t.customer.erase_ms = t.customer.trashed_ms + ch->call->config->trash_hours * HOUR_MS;
    return write_back(ch, &t.customer, err);
}

static int apply_erase(struct change *ch, struct error *err)
{
    struct tenant t;

    if (load_to_change(ch, &t, err) < 0)
        return -1;
    if (t.customer.state == CUSTOMER_ERASING)
        return change_check_open(&t.customer, err);
    if (store_now(ch->tx, &t.customer.erase_ms, err) < 0)
        return -1;
    t.customer.state = CUSTOMER_ERASING;
    return write_back(ch, &t.customer, err);
}

int customers_delete(struct call *c, struct error *err)
{
    bool purge = false;

    if (call_query_bool(c, "purge", &purge, err) < 0)
        return -1;
    if (purge)
        return change_run(c, "customer.erase", apply_erase, NULL, err);
    return change_run(c, "customer.trash", apply_trash, NULL, err);
}

static int apply_suspend(struct change *ch, struct error *err)
{
    const struct customer_input *in = ch->input;
    struct tenant t;

    if (load_to_change(ch, &t, err) < 0 || change_check_open(&t.customer, err) < 0)
        return -1;
    if (t.customer.state == CUSTOMER_SUSPENDED)
        return error_set(err, ERROR_CONFLICT, "the customer '%s' is suspended already", t.customer.id);
    t.customer.state = CUSTOMER_SUSPENDED;
    /* Never empty: what comes out of the trash is suspended again when there is a reason. */
    t.customer.suspend_reason = in->reason ? in->reason : "no reason was given";
    return write_back(ch, &t.customer, err);
}

int customers_suspend(struct call *c, struct error *err)
{
    static const struct json_field fields[] = { LINE(reason, REASON_BYTES) };
    struct customer_input in;

    return read_input(c, false, fields, 1, &in, err) < 0 ? -1
                                                         : change_run(c, "customer.suspend", apply_suspend, &in, err);
}

static int apply_resume(struct change *ch, struct error *err)
{
    struct tenant t;

    if (load_to_change(ch, &t, err) < 0 || change_check_open(&t.customer, err) < 0)
        return -1;
    if (t.customer.state != CUSTOMER_SUSPENDED)
        return error_set(err, ERROR_CONFLICT, "the customer '%s' is not suspended", t.customer.id);
    t.customer.state = CUSTOMER_ACTIVE;
    t.customer.suspend_reason = "";
    return write_back(ch, &t.customer, err);
}

static int apply_restore(struct change *ch, struct error *err)
{
    struct tenant t;

    if (load_to_change(ch, &t, err) < 0)
        return -1;
    if (t.customer.state != CUSTOMER_TRASHED)
        return error_set(err, ERROR_CONFLICT, "the customer '%s' is not in the trash", t.customer.id);
    t.customer.state = str_empty(t.customer.suspend_reason) ? CUSTOMER_ACTIVE : CUSTOMER_SUSPENDED;
    t.customer.trashed_ms = t.customer.erase_ms = 0;
    return write_back(ch, &t.customer, err);
}

static int apply_reconcile(struct change *ch, struct error *err)
{
    struct tenant t;

    if (load_to_change(ch, &t, err) < 0 || store_customer_touch(ch->tx, t.customer.id, err) < 0)
        return -1;
    return change_answer_customer(ch, t.customer.id, err);
}

/* --- of many --- */

static const struct {
    const char *action, *kind, *operation_id;
    change_apply apply;
    bool plan, reason; /* which fields it takes */
} bulk_actions[] = {
    { "update", "customer.update", "updateCustomer", apply_update, true, false },
    { "suspend", "customer.suspend", "suspendCustomer", apply_suspend, false, true },
    { "resume", "customer.resume", "resumeCustomer", apply_resume, false, false },
    { "reconcile", "customer.reconcile", "reconcileCustomer", apply_reconcile, false, false },
};

int customers_bulk_read(struct call *c, const json_t *change, struct bulk_action *ret, struct error *err)
{
    static const struct json_field fields[] = { LINE(action, 16), SLUG(plan, false), LINE(reason, REASON_BYTES) };
    struct customer_input *in = arena_alloc(c->arena, sizeof *in);
    struct error ignored = ERROR_INIT;
    struct plan plan;

    (void)!json_read(c->arena, change, fields, 3, in, err);
    input_line(change, "reason", REASON_CHARS, err);
    for (size_t i = 0; i < sizeof bulk_actions / sizeof bulk_actions[0]; i++) {
        if (err->code != ERROR_NONE || !str_eq(bulk_actions[i].action, in->action))
            continue;
        if (bulk_actions[i].plan && !in->plan)
            return error_field(err, "/plan", "is missing");
        if (in->plan && !bulk_actions[i].plan)
            return error_field(err, "/plan", "does not go together with the action '%s'", in->action);
        if (in->reason && !bulk_actions[i].reason)
            return error_field(err, "/reason", "does not go together with the action '%s'", in->action);
        if (in->plan && store_plan_get(c->store, c->arena, in->plan, &plan, &ignored) < 0)
            return error_field(err, "/plan", "there is no plan '%.100s'", in->plan);
        *ret = (struct bulk_action){ bulk_actions[i].kind, bulk_actions[i].operation_id, bulk_actions[i].apply, in };
        return 0;
    }
    return err->code != ERROR_NONE ? -1
                                   : error_field(err, "/action", "is one of update, suspend, resume and reconcile");
}

/* Three changes whose body is empty. */
static int run_bare(struct call *c, const char *kind, change_apply apply, struct error *err)
{
    struct customer_input in;

    return read_input(c, false, NULL, 0, &in, err) < 0 ? -1 : change_run(c, kind, apply, &in, err);
}

int customers_resume(struct call *c, struct error *err)
{
    return run_bare(c, "customer.resume", apply_resume, err);
}

int customers_restore(struct call *c, struct error *err)
{
    return run_bare(c, "customer.restore", apply_restore, err);
}

int customers_reconcile(struct call *c, struct error *err)
{
    return run_bare(c, "customer.reconcile", apply_reconcile, err);
}
