/* Bulk changes, as requests: see bulk.h. */
#include "api/bulk.h"

#include "api/access.h"
#include "api/handlers.h"
#include "api/page.h"
#include "api/text.h"
#include "base/str.h"

enum { OBJECTS_MAX = 10000, TEXT_MAX = 120 };

/* A noun that has bulk changes. Its filter is a struct of texts; `fields` are those of the list's query parameters. */
struct bulk_noun {
    const char *name, *kind;
    int (*read)(struct call *c, const json_t *change, struct bulk_action *ret, struct error *err);
    const char *const *filters;
};

struct request {
    const struct bulk_noun *noun;
    const char *filter[4]; /* in the order of noun->filters; NULL: any */
    const json_t *change;
    struct bulk_action action;
};

static const char *const customer_filters[] = { "plan", "state", "q", "ready", NULL };
static const char *const site_filters[] = { "plan", "customer", "q", "runtime", NULL };
static const struct bulk_noun customers = { "customer", "customer.bulk", customers_bulk_read, customer_filters };
static const struct bulk_noun sites = { "site", "site.bulk", sites_bulk_read, site_filters };

/* --- the body --- */

/* Faults of what lies below `prefix` name it. */
static int below(struct call *c, struct error *err, const char *prefix)
{
    for (size_t i = 0; i < err->field_count; i++)
        snprintf(err->fields[i].pointer, sizeof err->fields[i].pointer, "%s",
                 arena_printf(c->arena, "%s%s", prefix, err->fields[i].pointer));
    return -1;
}

static int read_filter(struct call *c, const json_t *filter, struct request *r, struct error *err)
{
    struct json_field fields[5];
    struct {
        const char *words[4];
        bool all;
    } in = { 0 };
    size_t count = 0;
    bool any = false;

    if (!json_is_object(filter))
        return error_field(err, "/filter", "must be an object that says which %ss: {\"all\": true} means all of them",
                           r->noun->name);
    for (; r->noun->filters[count]; count++)
        fields[count] = (struct json_field){
            r->noun->filters[count], JSON_KIND_STRING, false, count * sizeof(const char *), JSON_NO_HAS, 1, TEXT_MAX
        };
    fields[count] = (struct json_field){ "all", JSON_KIND_BOOL, false, sizeof in.words, JSON_NO_HAS, 0, 0 };
    if (json_read(c->arena, filter, fields, count + 1, &in, err) < 0)
        return below(c, err, "/filter");
    for (size_t i = 0; i < count; i++) {
        r->filter[i] = in.words[i];
        any = any || in.words[i];
    }
    if (any && in.all)
        return error_field(err, "/filter/all", "does not go together with other filters");
    if (!any && !in.all)
        return error_field(err, "/filter", "must say which %ss: {\"all\": true} means all of them", r->noun->name);
    return 0;
}

static int check_words(const struct request *r, struct error *err)
{
    bool of_customers = r->noun == &customers;

    if (of_customers && r->filter[1] && customer_state_parse(r->filter[1]) < 0)
        return error_field(err, "/filter/state", "is one of active, suspended, trashed and erasing");
    if (of_customers && r->filter[3] && !str_eq(r->filter[3], "true") && !str_eq(r->filter[3], "false"))
        return error_field(err, "/filter/ready", "must be \"true\" or \"false\"");
    return 0;
}

static int read_request(struct call *c, const struct bulk_noun *noun, struct request *ret, struct error *err)
{
    struct {
        const json_t *filter, *change;
    } in = { 0 };
    static const struct json_field fields[] = {
        { "filter", JSON_KIND_ANY, true, 0, JSON_NO_HAS, 0, 0 },
        { "change", JSON_KIND_ANY, true, sizeof(const json_t *), JSON_NO_HAS, 0, 0 },
    };
    struct request r = { .noun = noun };
    json_t *body;

    if (call_body(c, true, &body, err) < 0 || json_read(c->arena, body, fields, 2, &in, err) < 0 ||
        read_filter(c, in.filter, &r, err) < 0 || check_words(&r, err) < 0)
        return -1;
    if (!json_is_object(in.change))
        return error_field(err, "/change", "must be an object that says what to change");
    if (noun->read(c, in.change, &r.action, err) < 0) {
        (void)!below(c, err, "/change");
        return -1; /* as below() does, which the analyser does not know */
    }
    r.change = in.change;
    *ret = r;
    return 0;
}

/* --- choosing --- */

static struct customer_filter customer_filter_of(const struct request *r)
{
    return (struct customer_filter){
        .plan = r->filter[0], .state = r->filter[1], .text = r->filter[2], .ready = r->filter[3]
    };
}

static struct site_filter site_filter_of(const struct request *r)
{
    return (struct site_filter){
        .plan = r->filter[0], .customer = r->filter[1], .text = r->filter[2], .runtime = r->filter[3]
    };
}

static int check_count(const struct request *r, int64_t count, struct error *err)
{
    if (count == 0)
        return error_field(err, "/filter", "there is no such %s", r->noun->name);
    if (count > OBJECTS_MAX)
        return error_field(err, "/filter", "names more than %d %ss; take a narrower one", OBJECTS_MAX, r->noun->name);
    return 0;
}

static int apply_bulk(struct change *ch, struct error *err)
{
    struct call *c = ch->call;
    const struct request *r = ch->input;
    const struct page page = {
        .after = "", .limit = OBJECTS_MAX + 1, .account = access_account(c), .customer = access_customer(c)
    };
    const struct bulk b = { .operation = ch->operation,
                            .account = c->account,
                            .customer = c->bound ? c->bound : "",
                            .kind = r->action.kind,
                            .change = json_text(c->arena, r->change) };
    const struct customer_filter of_customers = customer_filter_of(r);
    const struct site_filter of_sites = site_filter_of(r);
    int64_t count = 0;

    int rc = r->noun == &customers ? store_bulk_customers(ch->tx, &b, &of_customers, page, &count, err)
                                   : store_bulk_sites(ch->tx, &b, &of_sites, page, &count, err);
    if (rc < 0 || check_count(r, count, err) < 0)
        return -1;
    ch->customer = "";
    ch->subject = "*";
    text_put_int(ch->answer, "objects", count);
    return 0;
}

/* --- a dry run: each change is made in a transaction that is rolled back --- */

struct dry_run {
    struct call *call;
    const struct request *request;
    json_t *changes, *refused;
    int64_t count;
};

static int try_one(struct dry_run *d, const char *object, struct error *err)
{
    CLEANUP(store_rollbackp) struct store_tx *tx = NULL;
    const struct bulk_action *action = &d->request->action;
    struct call one = *d->call;
    struct error why = ERROR_INIT;
    const char *operation;

    one.request_id = call_request_id(d->call);
    one.req = NULL; /* its headers are of the whole */
    one.segment = one.segments[0] = object;
    if (store_begin(one.store, &tx, err) < 0)
        return -1;
    if (access_check(&one, action->operation_id, &why) == 0 &&
        change_apply_one(&one, tx, action->kind, action->apply, action->input, &operation, &why) == 0) {
        json_t *change = json_object();
        text_put(change, "plane", "database");
        text_put(change, "action", "update");
        text_put(change, "object", arena_printf(one.arena, "%s/%s", d->request->noun->name, object));
        json_array_append_new(d->changes, change);
        return 0;
    }
    if (error_retriable(why.code)) {
        *err = why;
        return -1;
    }
    json_t *refused = json_object();
    text_put(refused, "object", arena_printf(one.arena, "%s/%s", d->request->noun->name, object));
    text_put(refused, "message", why.message);
    json_array_append_new(d->refused, refused);
    return 0;
}

/* The keys of the next page of objects; *ret_count < page.limit at the end. */
static int choose(struct dry_run *d, struct page page, const char ***ret, size_t *ret_count, struct error *err)
{
    const struct customer_filter of_customers = customer_filter_of(d->request);
    const struct site_filter of_sites = site_filter_of(d->request);
    bool customer = d->request->noun == &customers;
    struct customer *c_list = NULL;
    struct site *s_list = NULL;
    struct call *c = d->call;
    size_t count;

    if ((customer ? store_customer_list(c->store, c->arena, &of_customers, page, &c_list, &count, err)
                  : store_site_list(c->store, c->arena, &of_sites, page, &s_list, &count, err)) < 0)
        return -1;
    const char **keys = arena_array(c->arena, count + 1, sizeof *keys);
    for (size_t i = 0; i < count; i++)
        keys[i] = customer ? c_list[i].id : s_list[i].id;
    *ret = keys;
    *ret_count = count;
    return 0;
}

static int dry_run(struct call *c, const struct request *r, struct error *err)
{
    json_t *out = json_own(c->arena, json_object());
    struct dry_run d = { c, r, json_array(), json_array(), 0 };
    struct page page = { .after = "", .limit = PAGE_MAX, .account = access_account(c), .customer = access_customer(c) };
    const char **keys;
    size_t count;

    json_object_set_new(out, "changes", d.changes);
    json_object_set_new(out, "refused", d.refused);
    do {
        if (choose(&d, page, &keys, &count, err) < 0)
            return -1;
        d.count += (int64_t)count;
        if (d.count > OBJECTS_MAX)
            return check_count(r, d.count, err);
        for (size_t i = 0; i < count; i++)
            if (try_one(&d, keys[i], err) < 0)
                return -1;
        page.after = count ? keys[count - 1] : page.after;
    } while (count == PAGE_MAX);
    return check_count(r, d.count, err) < 0 ? -1 : call_answer(c, 200, out);
}

/* --- routes --- */

static int bulk(struct call *c, const struct bulk_noun *noun, struct error *err)
{
    struct request r;
    bool dry = false;

    if (call_query_bool(c, "dryRun", &dry, err) < 0 || read_request(c, noun, &r, err) < 0 ||
        access_check_role(c, r.action.operation_id, err) < 0)
        return -1;
    return dry ? dry_run(c, &r, err) : change_run(c, noun->kind, apply_bulk, &r, err);
}

int customers_bulk(struct call *c, struct error *err)
{
    return bulk(c, &customers, err);
}

int sites_bulk(struct call *c, struct error *err)
{
    return bulk(c, &sites, err);
}

json_t *bulk_progress_json(struct call *c, const struct bulk_progress *p)
{
    json_t *o = json_own(c->arena, json_object());

    text_put_int(o, "total", p->total);
    text_put_int(o, "done", p->done);
    text_put_int(o, "running", p->running);
    text_put_int(o, "waiting", p->waiting);
    text_put_int(o, "failed", p->failed);
    text_put_int(o, "refused", p->refused);
    return o;
}

int operations_items(struct call *c, struct error *err)
{
    static const char *const sorts[] = { "position", NULL };
    static const char *const states[] = { "waiting", "running", "done", "failed", "refused", NULL };
    struct bulk_item_filter filter = { .operation = c->segment };
    struct error why = ERROR_INIT;
    struct paging p;
    struct bulk_item *list;
    size_t count;
    int64_t at;

    if (call_query_word(c, "state", states, &filter.state, err) < 0 || page_read(c, sorts, "position", &p, err) < 0)
        return -1;
    if (p.after[0] && str_to_i64(p.after, 1, INT64_MAX, &at, &why) < 0)
        return call_bad_query(err, "cursor", "is no cursor of this API");
    if (store_bulk_items(c->store, c->arena, &filter, page_of(&p), &list, &count, err) < 0)
        return -1;
    json_t *items = json_own(c->arena, json_array());
    for (size_t i = 0; i < page_shown(&p, count); i++) {
        json_t *o = json_object();
        text_put_int(o, "position", list[i].position);
        text_put(o, "object", list[i].object);
        text_put(o, "state", list[i].state);
        if (list[i].message[0])
            text_put(o, "message", list[i].message);
        if (list[i].child[0])
            text_put(o, "operation", list[i].child);
        json_array_append_new(items, o);
    }
    return page_answer(c, &p, items,
                       count > p.limit ? arena_printf(c->arena, "%lld", (long long)list[p.limit - 1].position) : NULL);
}
