/* Sites: web workloads and the hostnames that lead to them. */
#include "api/sites.h"

#include "api/bulk.h"
#include "api/handlers.h"
#include "api/input.h"
#include "api/page.h"
#include "api/present.h"
#include "api/text.h"
#include "base/id.h"
#include "base/str.h"
#include "model/record.h"

enum { REPLICAS_MAX = 10, HOSTNAMES_MAX = 100, SITE_ID_CHARS = 8 };

struct site_input {
    const char *customer, *runtime;
    struct json_strings hostnames;
    int64_t replicas;
    bool has_hostnames, has_replicas;
};

static const struct json_field fields[] = {
    { "hostnames", JSON_KIND_STRINGS, false, offsetof(struct site_input, hostnames),
      offsetof(struct site_input, has_hostnames), 1, HOSTNAMES_MAX },
    { "replicas", JSON_KIND_INT, false, offsetof(struct site_input, replicas),
      offsetof(struct site_input, has_replicas), 0, REPLICAS_MAX },
    { "customerId", JSON_KIND_STRING, true, offsetof(struct site_input, customer), JSON_NO_HAS, 0, 0 },
    { "runtime", JSON_KIND_STRING, false, offsetof(struct site_input, runtime), JSON_NO_HAS, 0, 0 },
};

enum { UPDATE_FIELDS = 2, CREATE_FIELDS = 4 };

static int read_input(struct call *c, size_t field_count, struct site_input *ret, struct error *err)
{
    struct site_input in = { .replicas = 1, .runtime = "static" };
    json_t *body;

    if (call_body(c, true, &body, err) < 0)
        return -1;
    (void)!json_read(c->arena, body, fields, field_count, &in, err);
    const char *runtime = input_text(body, "runtime");
    if (field_count == CREATE_FIELDS && !json_object_get(body, "hostnames"))
        error_field(err, "/hostnames", "is missing");
    if (runtime && !str_eq(runtime, "static"))
        error_field(err, "/runtime", "must be 'static'");
    input_slug(body, "customerId", err);
    input_hostnames(c, json_object_get(body, "hostnames"), "/hostnames", err);
    if (err->code != ERROR_NONE)
        return -1;
    *ret = in;
    return 0;
}

/* --- reading --- */

int sites_list(struct call *c, struct error *err)
{
    struct present_seen seen = { 0 };
    const struct site_filter filter = { httpd_query(c->req, "customer"), httpd_query(c->req, "plan"),
                                        httpd_query(c->req, "runtime"), httpd_query(c->req, "q") };
    struct paging p;
    struct site *sites;
    size_t count;

    if (page_read(c, store_site_sorts, "id", &p, err) < 0 ||
        store_site_list(c->store, c->arena, &filter, page_of(&p), &sites, &count, err) < 0)
        return -1;
    json_t *items = json_own(c->arena, json_array());
    for (size_t i = 0; i < page_shown(&p, count); i++) {
        if (present_see(c, sites[i].customer, &seen, err) < 0)
            return -1;
        json_array_append(items, present_site(c, &sites[i], &seen, false));
    }
    return page_answer(c, &p, items, count > p.limit ? sites[p.limit - 1].id : NULL);
}

int sites_get(struct call *c, struct error *err)
{
    struct present_seen seen = { 0 };
    struct site s;

    if (store_site_get(c->store, c->arena, c->segment, &s, err) < 0 || present_see(c, s.customer, &seen, err) < 0)
        return -1;
    httpd_add_header(c->req, "ETag", call_etag(c, s.generation));
    return call_answer(c, 200, present_site(c, &s, &seen, true));
}

/* --- what is allowed --- */

bool sites_has_room(const struct tenant *t)
{
    return (int64_t)t->site_count < t->plan.sites;
}

/* Nobody else may have the name, and it must lie in a domain of the customer or be free below the platform's. */
static int check_hostname(struct change *ch, const struct tenant *t, const char *site, const char *name,
                          const char *pointer, struct error *err)
{
    struct call *c = ch->call;
    struct error ignored = ERROR_INIT;
    struct site other;
    char *clash;

    if (store_name_clash(ch->tx, c->arena, t->customer.id, name, &clash, err) < 0)
        return -1;
    bool taken = store_site_get(c->store, c->arena, name, &other, &ignored) == 0 && !str_eq(other.id, site);
    if (clash[0] || taken)
        return input_conflict(err, pointer, "the name is in use");
    const struct record_set *record = record_against_host(t, name);
    if (record)
        return input_conflict(err, pointer, "the zone has a record %s %s of the customer's; delete it first",
                              record->name, record->type);
    if (!tenant_domain_of(t, name) && !input_is_platform_name(c, name))
        return error_field(err, pointer, "lies in no domain of the customer '%s'; add the domain first",
                           t->customer.id);
    return 0;
}

static int check_hostnames(struct change *ch, const struct tenant *t, const char *site,
                           const struct json_strings *names, struct error *err)
{
    struct error faults = ERROR_INIT;

    for (size_t i = 0; i < names->count; i++) {
        const char *pointer = arena_printf(ch->call->arena, "/hostnames/%zu", i);
        if (check_hostname(ch, t, site, names->items[i], pointer, &faults) < 0 && faults.code != ERROR_UNPROCESSABLE)
            break; /* a conflict, or the store */
    }
    if (faults.code == ERROR_NONE)
        return 0;
    *err = faults;
    return -1;
}

int sites_load_to_change(struct change *ch, struct tenant *ret, struct site *ret_site, struct error *err)
{
    struct call *c = ch->call;
    struct site s;

    if (store_site_get(c->store, c->arena, c->segment, &s, err) < 0 || change_load(ch, s.customer, ret, err) < 0)
        return -1;
    if (change_check_open(&ret->customer, err) < 0 || call_if_match(c, call_etag(c, s.generation), err) < 0)
        return -1;
    *ret_site = s;
    return 0;
}

/* --- changing --- */

static int reload(struct change *ch, const char *customer, const char *id, struct site *ret, struct error *err)
{
    struct tenant t;

    if (change_load(ch, customer, &t, err) < 0)
        return -1;
    const struct site *s = tenant_site(&t, id);
    if (!s)
        return error_set(err, ERROR_INTERNAL, "the site '%s' is not there after it was written", id);
    *ret = *s;
    return 0;
}

int sites_insert(struct change *ch, const struct site *wanted, struct site *ret, struct error *err)
{
    struct site s = *wanted;

    s.id = id_new(ch->call->arena, "s", SITE_ID_CHARS);
    s.release = s.release_sha256 = "";
    return store_site_insert(ch->tx, &s, err) < 0 ? -1 : reload(ch, s.customer, s.id, ret, err);
}

int sites_write_back(struct change *ch, const struct site *s, struct error *err)
{
    struct site stored;

    if (store_site_update(ch->tx, s, -1, err) < 0 || reload(ch, s->customer, s->id, &stored, err) < 0)
        return -1;
    return change_answer_site(ch, &stored, err);
}

static int apply_create(struct change *ch, struct error *err)
{
    const struct site_input *in = ch->input;
    struct tenant t;
    struct site s;

    if (change_load(ch, in->customer, &t, err) < 0)
        return err->code == ERROR_NOT_FOUND ? error_field(err, "/customerId", "there is no customer '%s'", in->customer)
                                            : -1;
    if (change_check_open(&t.customer, err) < 0)
        return -1;
    if (!sites_has_room(&t))
        return error_field(err, "/customerId", "the plan '%s' allows %s, and the customer has %zu", t.plan.id,
                           text_count(ch->call->arena, t.plan.sites, "site"), t.site_count);
    if (check_hostnames(ch, &t, "", &in->hostnames, err) < 0)
        return -1;
    const struct site wanted = { .customer = t.customer.id,
                                 .runtime = in->runtime,
                                 .replicas = in->replicas,
                                 .hostname_count = in->hostnames.count,
                                 .hostnames = in->hostnames.items };
    return sites_insert(ch, &wanted, &s, err) < 0 ? -1 : change_answer_site(ch, &s, err);
}

int sites_create(struct call *c, struct error *err)
{
    struct site_input in;

    return read_input(c, CREATE_FIELDS, &in, err) < 0 ? -1 : change_run(c, "site.create", apply_create, &in, err);
}

static int apply_update(struct change *ch, struct error *err)
{
    const struct site_input *in = ch->input;
    struct tenant t;
    struct site s;

    if (sites_load_to_change(ch, &t, &s, err) < 0)
        return -1;
    if (in->has_hostnames) {
        if (check_hostnames(ch, &t, s.id, &in->hostnames, err) < 0)
            return -1;
        s.hostnames = in->hostnames.items;
        s.hostname_count = in->hostnames.count;
    }
    s.replicas = in->has_replicas ? in->replicas : s.replicas;
    return sites_write_back(ch, &s, err);
}

int sites_update(struct call *c, struct error *err)
{
    struct site_input in;

    if (read_input(c, UPDATE_FIELDS, &in, err) < 0)
        return -1;
    if (!in.has_hostnames && !in.has_replicas)
        return error_field(err, "", "must name what is to change: hostnames or replicas");
    return change_run(c, "site.update", apply_update, &in, err);
}

/* Of many: what makes sense for all sites alike. */
int sites_bulk_read(struct call *c, const json_t *change, struct bulk_action *ret, struct error *err)
{
    struct {
        struct site_input site;
        const char *action;
    } *in = arena_alloc(c->arena, sizeof *in);
    const struct json_field bulk_fields[] = {
        fields[1], { "action", JSON_KIND_STRING, true, sizeof(struct site_input), JSON_NO_HAS, 0, 0 }
    };

    if (json_read(c->arena, change, bulk_fields, 2, in, err) < 0)
        return -1;
    if (!str_eq(in->action, "update"))
        return error_field(err, "/action", "must be update");
    if (!in->site.has_replicas)
        return error_field(err, "/replicas", "is missing");
    *ret = (struct bulk_action){ "site.update", "updateSite", apply_update, &in->site };
    return 0;
}

static int apply_delete(struct change *ch, struct error *err)
{
    struct tenant t;
    struct site s;

    if (sites_load_to_change(ch, &t, &s, err) < 0 || change_answer_site(ch, &s, err) < 0)
        return -1;
    return store_site_delete(ch->tx, s.id, err);
}

int sites_delete(struct call *c, struct error *err)
{
    return change_run(c, "site.delete", apply_delete, NULL, err);
}
