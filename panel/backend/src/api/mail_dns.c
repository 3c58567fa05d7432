/* The records that a domain's mail needs: to be set where its DNS is elsewhere, and checked as the world sees them. */
#include "model/mail_dns.h"

#include "api/ask.h"
#include "api/handlers.h"
#include "api/page.h"
#include "api/text.h"
#include "base/json.h"
#include "base/str.h"

static int load(struct call *c, struct domain *ret, struct error *err)
{
    struct tenant t;
    struct domain d;

    if (store_domain_get(c->store, c->arena, c->segment, &d, err) < 0 ||
        store_tenant_load(c->store, NULL, c->arena, d.customer, &t, err) < 0)
        return -1;
    const struct domain *now = tenant_domain_of(&t, d.name);
    if (!now || !str_eq(now->name, d.name))
        return error_set(err, ERROR_NOT_FOUND, "there is no domain '%s'", d.name);
    *ret = *now;
    return 0;
}

static const char *record_key(struct arena *a, const json_t *record)
{
    const char *name = json_str_at(record, "/name"), *type = json_str_at(record, "/type");

    return arena_printf(a, "%s %s", name ? name : "", type ? type : "");
}

int mail_dns_records(struct call *c, struct error *err)
{
    static const char *const sorts[] = { "name", "type", NULL };
    static const char *const types[] = { "MX", "TXT", "SRV", "CNAME", NULL };
    const struct mail_dns mail = { .host = c->config->mail_host,
                                   .platform = c->config->platform_domain,
                                   .spf = c->config->mail_spf,
                                   .pop3 = c->config->mail_pop3 };
    const char *type;
    struct paging p;
    struct domain d;
    size_t count;

    if (call_query_word(c, "type", types, &type, err) < 0 || page_read(c, sorts, "name", &p, err) < 0 ||
        load(c, &d, err) < 0)
        return -1;
    const struct record_set *sets = mail_dns_sets(c->arena, &mail, &d, &count);
    json_t *items = json_own(c->arena, json_array());
    for (size_t i = 0; i < count; i++) {
        if (type && !str_eq(sets[i].type, type))
            continue;
        json_t *o = json_object();
        text_put(o, "name", sets[i].name);
        text_put(o, "type", sets[i].type);
        text_put_int(o, "ttl", sets[i].ttl);
        text_put(o, "value", mail_dns_value(c->arena, &sets[i]));
        json_array_append_new(items, o);
    }
    return page_answer_all(c, &p, sorts, items, record_key);
}

int mail_dns_check(struct call *c, struct error *err)
{
    struct domain d;
    json_t *result;

    if (load(c, &d, err) < 0)
        return -1;
    if (!d.mail)
        return error_set(err, ERROR_CONFLICT, "the mail of the domain '%s' is off, so there is nothing to check",
                         d.name);
    const struct question q = { "mail-check", d.customer, d.name, "" };
    return ask_reconciler(c, &q, &result, err) < 0 ? -1 : call_answer(c, 200, result);
}
