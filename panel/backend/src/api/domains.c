/* Domains: the zones that Berth serves, and the one call that makes all that a new domain needs. */
#include <string.h>

#include "api/ask.h"
#include "api/change.h"
#include "api/customers.h"
#include "api/handlers.h"
#include "api/input.h"
#include "api/mailboxes.h"
#include "api/ownership.h"
#include "api/page.h"
#include "api/present.h"
#include "api/sites.h"
#include "api/text.h"
#include "base/str.h"
#include "model/names.h"
#include "model/record.h"

struct domain_input {
    const char *customer, *domain, *plan, *image;
    bool mail, has_mail;
    json_t *mail_users;
    size_t mailbox_count;
    struct mailbox *mailboxes; /* of mail_users */
    bool proven; /* by its TXT record, seen just now: claims of others may be taken */
};

#define FIELD(json, field, required)                                                                                   \
    {                                                                                                                  \
        json, JSON_KIND_STRING, (required), offsetof(struct domain_input, field), JSON_NO_HAS, 0, 0                    \
    }

/* Mailboxes are asked for with the domain, so that its mail is on with them. */
static int read_mail(struct call *c, struct domain_input *in, struct error *err)
{
    if (in->mail_users && in->has_mail && !in->mail)
        error_field(err, "/mailUsers", "does not go together with mail false");
    in->mail = in->mail || in->mail_users;
    if (in->mail)
        (void)!address_check_servers(c, in->has_mail ? "/mail" : "/mailUsers", err);
    if (!in->mail_users || err->code != ERROR_NONE)
        return 0;
    return mailboxes_read_users(c, in->mail_users, in->domain, &in->mailboxes, &in->mailbox_count, err);
}

static int read_input(struct call *c, struct domain_input *ret, struct error *err)
{
    static const struct json_field fields[] = { FIELD("customerId", customer, true),
                                                FIELD("domain", domain, true),
                                                FIELD("plan", plan, false),
                                                FIELD("image", image, false),
                                                { "mail", JSON_KIND_BOOL, false, offsetof(struct domain_input, mail),
                                                  offsetof(struct domain_input, has_mail), 0, 0 },
                                                { "mailUsers", JSON_KIND_ANY, false,
                                                  offsetof(struct domain_input, mail_users), JSON_NO_HAS, 0, 0 } };
    struct domain_input in = { 0 };
    json_t *body;

    if (call_body(c, true, &body, err) < 0)
        return -1;
    (void)!json_read(c->arena, body, fields, sizeof fields / sizeof fields[0], &in, err);
    input_customer_id(body, "customerId", err);
    input_slug(body, "plan", err);
    input_domain(c, input_text(body, "domain"), "/domain", err);
    if (input_text(body, "image"))
        error_field(err, "/image", "this installation serves sites by its own web server only");
    if (read_mail(c, &in, err) < 0 || err->code != ERROR_NONE)
        return -1;
    address_hide_passwords(c, body);
    *ret = in;
    return 0;
}

/* --- reading --- */

int domains_list(struct call *c, struct error *err)
{
    struct present_seen seen = { 0 };
    const struct domain_filter filter = { httpd_query(c->req, "customer"), httpd_query(c->req, "q") };
    struct paging p;
    struct domain *domains;
    size_t count;

    if (page_read(c, store_domain_sorts, "name", &p, err) < 0 ||
        store_domain_list(c->store, c->arena, &filter, page_of(&p), &domains, &count, err) < 0)
        return -1;
    json_t *items = json_own(c->arena, json_array());
    for (size_t i = 0; i < page_shown(&p, count); i++) {
        if (present_see(c, domains[i].customer, &seen, err) < 0)
            return -1;
        json_array_append(items, present_domain(c, &domains[i], &seen, false));
    }
    return page_answer(c, &p, items, count > p.limit ? domains[p.limit - 1].name : NULL);
}

int domains_get(struct call *c, struct error *err)
{
    struct present_seen seen = { 0 };
    struct domain d;

    if (store_domain_get(c->store, c->arena, c->segment, &d, err) < 0 || present_see(c, d.customer, &seen, err) < 0)
        return -1;
    httpd_add_header(c->req, "ETag", ownership_etag(c, &d));
    return call_answer(c, 200, present_domain(c, &d, &seen, true));
}

static const char *record_key(struct arena *a, const json_t *record)
{
    const char *name = json_str_at(record, "/name"), *type = json_str_at(record, "/type");

    return arena_printf(a, "%s %s", name ? name : "", type ? type : "");
}

static bool is_wanted(const json_t *record, const char *type, const char *kept_by, const char *text)
{
    const char *name = json_str_at(record, "/name");

    return (!type || str_eq(json_str_at(record, "/type"), type)) &&
           (!kept_by || str_eq(json_str_at(record, "/keptBy"), kept_by)) && (!text || (name && strstr(name, text)));
}

int domains_records(struct call *c, struct error *err)
{
    static const char *const sorts[] = { "name", "type", "ttl", NULL };
    static const char *const keepers[] = { "berth", "customer", "nobody", NULL };
    const char *type = httpd_query(c->req, "type"), *text = httpd_query(c->req, "q"), *kept_by;
    struct paging p;
    struct domain d;
    json_t *result, *record;
    size_t i;

    if (call_query_word(c, "keptBy", keepers, &kept_by, err) < 0 || page_read(c, sorts, "name", &p, err) < 0 ||
        store_domain_get(c->store, c->arena, c->segment, &d, err) < 0)
        return -1;
    const struct question q = { "records", d.customer, d.name, "" };
    if (ask_reconciler(c, &q, &result, err) < 0)
        return -1;
    json_t *items = json_own(c->arena, json_array());
    json_array_foreach(json_object_get(result, "records"), i, record)
    {
        if (is_wanted(record, type, kept_by, text))
            json_array_append(items, record);
    }
    return page_answer_all(c, &p, sorts, items, record_key);
}

/* --- making --- */

/* The customer, made when it is missing; *ret is all of it. */
static int customer_for(struct change *ch, const struct domain_input *in, struct tenant *ret, struct error *err)
{
    struct customer made;

    if (change_load(ch, in->customer, ret, err) == 0) {
        if (in->plan && !str_eq(in->plan, ret->customer.plan))
            return input_conflict(err, "/plan", "the customer '%s' has the plan '%s'", in->customer,
                                  ret->customer.plan);
        return change_check_open(&ret->customer, err);
    }
    if (err->code != ERROR_NOT_FOUND)
        return -1;
    *err = ERROR_INIT;
    if (customers_insert(ch, in->customer, in->customer, in->plan ? in->plan : "small", &made, err) < 0)
        return -1;
    return change_load(ch, in->customer, ret, err);
}

static int check_domain(struct change *ch, const struct tenant *t, const struct domain_input *in, struct error *err)
{
    const char *name = in->domain;
    char *clash;

    if (store_name_clash(ch->tx, ch->call->arena, t->customer.id, name, &clash, err) < 0)
        return -1;
    if (clash[0])
        return ownership_clash(ch, t, name, in->proven, err);
    for (size_t i = 0; i < t->domain_count; i++)
        if (str_eq(t->domains[i].name, name))
            return input_conflict(err, "/domain", "the customer '%s' has this domain already", t->customer.id);
    const struct record_set *record = record_against_domain(t, name);
    if (record)
        return input_conflict(err, "/domain", "the zone above has a record %s %s of the customer's; delete it first",
                              record->name, record->type);
    if ((int64_t)t->domain_count >= t->plan.domains)
        return error_field(err, "/domain", "the plan '%s' allows %s, and the customer has %zu", t->plan.id,
                           text_count(ch->call->arena, t->plan.domains, "domain"), t->domain_count);
    return 0;
}

static bool has_hostname(const struct tenant *t, const char *name)
{
    for (size_t i = 0; i < t->site_count; i++)
        for (size_t j = 0; j < t->sites[i].hostname_count; j++)
            if (str_eq(t->sites[i].hostnames[j], name))
                return true;
    return false;
}

/* A static site for the domain and its www, when no site has one of them and the plan has room for it. */
static int site_for(struct change *ch, const struct tenant *t, const char *domain, struct error *err)
{
    const char **names = arena_array(ch->call->arena, 2, sizeof *names);
    struct site wanted = { .customer = t->customer.id,
                           .runtime = "static",
                           .replicas = 1,
                           .hostname_count = 1,
                           .hostnames = names },
                made;

    names[0] = domain;
    names[1] = arena_printf(ch->call->arena, "www.%s", domain);
    if (has_hostname(t, names[0]) || has_hostname(t, names[1]) || !sites_has_room(t))
        return 0;
    wanted.hostname_count += strlen(names[1]) <= HOSTNAME_MAX;
    return sites_insert(ch, &wanted, &made, err) < 0 ? -1 : change_answer_site(ch, &made, err);
}

static int apply_create(struct change *ch, struct error *err)
{
    const struct domain_input *in = ch->input;
    struct domain wanted = { .name = in->domain, .customer = in->customer, .customer_uid = "", .mail = in->mail };
    const struct domain *made;
    struct tenant t;

    ownership_begin(ch->call, in->proven, &wanted);
    if (customer_for(ch, in, &t, err) < 0 ||
        (in->proven && store_claims_take(ch->tx, in->customer, in->domain, err) < 0) ||
        check_domain(ch, &t, in, err) < 0 || store_domain_insert(ch->tx, &wanted, err) < 0 ||
        mailboxes_insert_users(ch, &t, in->mailboxes, in->mailbox_count, err) < 0)
        return -1;
    if (change_load(ch, in->customer, &t, err) < 0 || site_for(ch, &t, in->domain, err) < 0 ||
        change_answer_customer(ch, in->customer, err) < 0)
        return -1;
    made = tenant_domain_of(&t, in->domain);
    return ownership_answer(ch, made ? made : &wanted, err);
}

int domains_create(struct call *c, struct error *err)
{
    struct domain_input in;

    if (read_input(c, &in, err) < 0 || ownership_look(c, in.customer, in.domain, &in.proven, err) < 0)
        return -1;
    return change_run(c, "domain.create", apply_create, &in, err);
}

/* --- deleting --- */

static int check_unused(struct arena *a, const struct tenant *t, const struct domain *d, struct error *err)
{
    for (size_t i = 0; i < t->site_count; i++)
        for (size_t j = 0; j < t->sites[i].hostname_count; j++) {
            const struct domain *of = tenant_domain_of(t, t->sites[i].hostnames[j]);
            if (of && str_eq(of->name, d->name))
                return error_set(err, ERROR_CONFLICT, "the site '%s' has the hostname '%s' in it; take it away first",
                                 t->sites[i].id, t->sites[i].hostnames[j]);
        }
    if (d->mailbox_count)
        return error_set(err, ERROR_CONFLICT,
                         "the domain '%s' has %s, whose mail would go with it; delete what is in it first", d->name,
                         text_count(a, (int64_t)d->mailbox_count, "mailbox"));
    return 0;
}

static int apply_delete(struct change *ch, struct error *err)
{
    struct tenant t;
    struct domain d;

    if (ownership_load_to_change(ch, &t, &d, err) < 0 || check_unused(ch->call->arena, &t, &d, err) < 0 ||
        ownership_answer(ch, &d, err) < 0)
        return -1;
    return store_domain_delete(ch->tx, d.name, err);
}

int domains_delete(struct call *c, struct error *err)
{
    return change_run(c, "domain.delete", apply_delete, NULL, err);
}
