/* Plans: the limits that a customer buys. A plan touches no plane by itself, so its changes have no operation; those of its
 * customers become due with it. */
#include <string.h>

#include "api/address.h"
#include "api/handlers.h"
#include "api/input.h"
#include "api/page.h"
#include "api/present.h"
#include "api/text.h"
#include "base/id.h"
#include "base/str.h"
#include "model/names.h"

#define LIMIT(field, least, most)                                                                                      \
    {                                                                                                                  \
#field, JSON_KIND_INT, false, offsetof(struct plan, field), JSON_NO_HAS, (least), (most)                       \
    }
#define QUANTITY(field)                                                                                                \
    {                                                                                                                  \
#field, JSON_KIND_STRING, true, offsetof(struct plan, field), JSON_NO_HAS, 0, 0                                \
    }

/* Fields with a check of their own below have no limits here, or a fault would be told twice. The first is of a new plan
 * only. */
static const struct json_field plan_fields[] = {
    { "id", JSON_KIND_STRING, true, offsetof(struct plan, id), JSON_NO_HAS, 0, 0 },
    QUANTITY(cpu),
    QUANTITY(memory),
    QUANTITY(storage),
    LIMIT(volumes, 1, 100),
    LIMIT(sites, 0, 1000),
    LIMIT(domains, 0, 1000),
    LIMIT(mailboxes, 0, 100000),
    { "mailStorage", JSON_KIND_STRING, false, offsetof(struct plan, mail_storage), JSON_NO_HAS, 0, 0 },
    LIMIT(aliases, 0, 100000),
    LIMIT(databases, 0, 100),
};

enum { FIELD_COUNT = sizeof plan_fields / sizeof plan_fields[0] };

static const int64_t cpu_min = 10, cpu_max = 10000 * 1000LL; /* thousandths of cores */
static const int64_t gi = 1000LL << 30; /* thousandths of bytes */

/* Bytes are written with a binary suffix: "10G" and "10Gi" differ by 7 %, which nobody means. */
static void check_bytes(const json_t *body, const char *name, int64_t min, int64_t max, struct error *err)
{
    const char *s = input_text(body, name);
    char pointer[ERROR_POINTER_MAX];

    snprintf(pointer, sizeof pointer, "/%s", name);
    if (!s || quantity_check(s, min, max, pointer, err) < 0)
        return;
    if (!str_ends(s, "i"))
        error_field(err, pointer, "needs one of the suffixes Ki, Mi, Gi and Ti");
}

static void check_cpu(const json_t *body, struct error *err)
{
    const char *s = input_text(body, "cpu");

    if (!s || quantity_check(s, cpu_min, cpu_max, "/cpu", err) < 0)
        return;
    if (!str_ends(s, "m") && (s[0] == '\0' || s[strlen(s) - 1] < '0' || s[strlen(s) - 1] > '9'))
        error_field(err, "/cpu", "is written as cores or thousandths of them: 2, 500m");
}

static int read_plan(struct call *c, bool with_id, struct plan *ret, struct error *err)
{
    struct plan p = { .volumes = 2, .sites = 5, .domains = 5, .mailboxes = 10, .aliases = 100, .databases = 1 };
    size_t skip = with_id ? 0 : 1;
    json_t *body;

    if (call_body(c, true, &body, err) < 0)
        return -1;
    (void)!json_read(c->arena, body, plan_fields + skip, FIELD_COUNT - skip, &p, err);
    if (with_id)
        input_slug(body, "id", err);
    check_cpu(body, err);
    check_bytes(body, "memory", gi / 32, 65536 * gi, err);
    check_bytes(body, "storage", gi, 1048576 * gi, err);
    check_bytes(body, "mailStorage", gi / 1024, 1048576 * gi, err);
    if (err->code != ERROR_NONE)
        return -1;
    if (!p.mail_storage)
        p.mail_storage = arena_printf(c->arena, "%lldGi", (long long)(p.mailboxes ? p.mailboxes : 1));
    *ret = p;
    return 0;
}

/* A plan has no generation: its version is what it says. */
static const char *plan_etag(struct call *c, const struct plan *p)
{
    struct plan bare = *p;

    bare.customers = 0;
    return arena_printf(c->arena, "\"%.16s\"", id_hash_token(c->arena, json_text(c->arena, present_plan(c, &bare))));
}

static const char *plan_key(struct arena *a, const json_t *item)
{
    (void)a;
    return json_string_value(json_object_get(item, "id"));
}

int plans_list(struct call *c, struct error *err)
{
    static const char *const sorts[] = { "id", "sites", "domains", "mailboxes", "databases", "customers", NULL };
    const char *text = httpd_query(c->req, "q");
    struct paging p;
    struct plan *plans;
    size_t count;

    if (page_read(c, sorts, "id", &p, err) < 0 || store_plan_list(c->store, c->arena, &plans, &count, err) < 0)
        return -1;
    json_t *items = json_own(c->arena, json_array());
    for (size_t i = 0; i < count; i++)
        if (!text || strstr(plans[i].id, text))
            json_array_append(items, present_plan(c, &plans[i]));
    return page_answer_all(c, &p, sorts, items, plan_key);
}

int plans_get(struct call *c, struct error *err)
{
    struct plan p;

    if (store_plan_get(c->store, c->arena, c->segment, &p, err) < 0)
        return -1;
    httpd_add_header(c->req, "ETag", plan_etag(c, &p));
    return call_answer(c, 200, present_plan(c, &p));
}

static int apply_create(struct change *ch, struct error *err)
{
    const struct plan *p = ch->input;

    if (store_plan_put(ch->tx, p, true, err) < 0)
        return err->code == ERROR_CONFLICT ? input_conflict(err, "/id", "there is a plan '%s' already", p->id) : -1;
    ch->status = 201;
    ch->subject = p->id;
    ch->answer = present_plan(ch->call, p);
    ch->etag = plan_etag(ch->call, p);
    ch->location = arena_printf(ch->call->arena, "/api/v1/plans/%s", p->id);
    return 0;
}

int plans_create(struct call *c, struct error *err)
{
    struct plan p;

    return read_plan(c, true, &p, err) < 0 ? -1 : change_run_at_once(c, "plan.create", apply_create, &p, err);
}

static int check_mail(struct change *ch, const struct plan *p, struct error *err)
{
    struct arena *a = ch->call->arena;
    struct mail_user *users;
    size_t count;

    if (store_mail_users(ch->tx, a, p->id, &users, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const struct mail_use *u = &users[i].use;
        if (u->mailboxes > p->mailboxes)
            return input_conflict(err, "/mailboxes", "the customer '%s' has %s", users[i].customer,
                                  text_count(a, u->mailboxes, "mailbox"));
        if (u->bytes > address_plan_bytes(p))
            return input_conflict(err, "/mailStorage", "the quotas of the customer '%s' are %s in sum",
                                  users[i].customer, quantity_bytes(a, u->bytes));
        if (u->aliases > p->aliases)
            return input_conflict(err, "/aliases", "the customer '%s' has %s", users[i].customer,
                                  text_count(a, u->aliases, "alias"));
    }
    return 0;
}

/* Nobody may have more than the plan will allow. */
static int check_customers(struct change *ch, const struct plan *p, struct error *err)
{
    struct call *c = ch->call;
    const struct customer_filter of_plan = { .plan = p->id };
    struct page page = { .after = "", .limit = PAGE_MAX };
    struct customer *list;
    size_t count;

    do {
        if (store_customer_list(c->store, c->arena, &of_plan, page, &list, &count, err) < 0)
            return -1;
        for (size_t i = 0; i < count; i++) {
            if (list[i].site_count > p->sites)
                return input_conflict(err, "/sites", "the customer '%s' has %s", list[i].id,
                                      text_count(c->arena, list[i].site_count, "site"));
            if (list[i].domain_count > p->domains)
                return input_conflict(err, "/domains", "the customer '%s' has %s", list[i].id,
                                      text_count(c->arena, list[i].domain_count, "domain"));
            page.after = list[i].id;
        }
    } while (count == PAGE_MAX);
    return check_mail(ch, p, err);
}

static int apply_replace(struct change *ch, struct error *err)
{
    struct call *c = ch->call;
    struct plan before, p = *(const struct plan *)ch->input;

    if (store_plan_get(c->store, c->arena, c->segment, &before, err) < 0 ||
        call_need_match(c, plan_etag(c, &before), err) < 0)
        return -1;
    ch->before = present_plan(c, &before);
    p.id = before.id;
    p.customers = before.customers;
    if (check_customers(ch, &p, err) < 0 || store_plan_put(ch->tx, &p, false, err) < 0)
        return -1;
    ch->answer = present_plan(c, &p);
    ch->etag = plan_etag(c, &p);
    return 0;
}

int plans_replace(struct call *c, struct error *err)
{
    struct plan p;

    return read_plan(c, false, &p, err) < 0 ? -1 : change_run_at_once(c, "plan.replace", apply_replace, &p, err);
}

static int apply_delete(struct change *ch, struct error *err)
{
    struct call *c = ch->call;
    struct plan before;

    if (store_plan_get(c->store, c->arena, c->segment, &before, err) < 0 ||
        call_if_match(c, plan_etag(c, &before), err) < 0)
        return -1;
    ch->status = 204;
    return store_plan_delete(ch->tx, before.id, err);
}

int plans_delete(struct call *c, struct error *err)
{
    return change_run_at_once(c, "plan.delete", apply_delete, NULL, err);
}
