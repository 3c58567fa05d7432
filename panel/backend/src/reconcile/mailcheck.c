/* The check of a domain's mail: see mailcheck.h. */
#include "reconcile/mailcheck.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/str.h"
#include "provider/resolver.h"
#include "reconcile/elsewhere.h"
#include "reconcile/zone.h"

enum { BUDGET_MS = 10 * 1000 };

static enum resolver_type type_of(const struct record_set *set)
{
    return str_eq(set->type, "MX") ? RESOLVER_MX : str_eq(set->type, "SRV") ? RESOLVER_SRV : RESOLVER_TXT;
}

/* What is wrong; NULL: nothing. */
static const char *look(const struct planes *p, struct arena *a, const struct record_set *set, int64_t end_ms,
                        json_t *found)
{
    struct error err = ERROR_INIT;
    struct resolved r;

    if (clock_mono_ms() >= end_ms)
        return "was not asked for, since the resolver takes too long: check again";
    if (resolver_ask(a, p->settings->resolver, set->name, type_of(set), &r, &err) < 0)
        return arena_strdup(a, err.message);
    for (size_t i = 0; i < r.count; i++)
        json_array_append_new(found, json_string(r.values[i]));
    return mail_dns_fault(a, set, r.values, r.count);
}

static json_t *record_json(const struct planes *p, struct arena *a, const struct record_set *set, int64_t end_ms,
                           bool *ret_ok)
{
    json_t *found = json_array();
    const char *problem = look(p, a, set, end_ms, found);
    json_t *out = json_pack("{s:s, s:s, s:s, s:o, s:b}", "name", set->name, "type", set->type, "value",
                            mail_dns_value(a, set), "found", found, "ok", (int)!problem);

    if (problem)
        json_object_set_new(out, "problem", json_string(problem));
    *ret_ok = !problem;
    return out;
}

int mailcheck_look(const struct planes *p, struct arena *a, const struct operation *op, json_t **ret, struct error *err)
{
    const int64_t end_ms = clock_mono_ms() + BUDGET_MS;
    const struct mail_dns mail = zone_mail_dns(p->settings);
    struct error ignored = ERROR_INIT; /* the records tell that the resolver is in trouble */
    json_t *list = json_array();
    bool all = true, ok, elsewhere = false;
    struct tenant t;
    size_t count;

    json_t *out = json_own(a, json_pack("{s:o}", "records", list));
    if (store_tenant_load(p->store, NULL, a, op->customer, &t, err) < 0)
        return -1;
    const struct domain *d = tenant_domain_of(&t, op->subject);
    if (!d || !str_eq(d->name, op->subject))
        return error_set(err, ERROR_NOT_FOUND, "there is no domain '%s'", op->subject);
    const struct record_set *sets = mail_dns_sets(a, &mail, d, &count);
    (void)!elsewhere_look(a, p->settings, d->name, &elsewhere, &ignored);
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, record_json(p, a, &sets[i], end_ms, &ok));
        all = all && ok;
    }
    json_object_set_new(out, "ok", json_boolean(all));
    json_object_set_new(out, "elsewhere", json_boolean(elsewhere));
    *ret = out;
    return 0;
}
