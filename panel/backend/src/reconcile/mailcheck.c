/* The check of a domain's mail: see mailcheck.h. */
#include "reconcile/mailcheck.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/str.h"
#include "provider/resolver.h"
#include "reconcile/elsewhere.h"
#include "reconcile/mailweb.h"
#include "reconcile/zone.h"

enum { BUDGET_MS = 10 * 1000 }; /* after it the next question is not begun */

static enum resolver_type type_of(const struct record_set *set)
{
    return str_eq(set->type, "MX")      ? RESOLVER_MX
           : str_eq(set->type, "SRV")   ? RESOLVER_SRV
           : str_eq(set->type, "CNAME") ? RESOLVER_A
                                        : RESOLVER_TXT;
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
    return str_eq(set->type, "CNAME") ? mail_dns_host_fault(a, r.values, r.count, p->settings->ingress_address)
                                      : mail_dns_fault(a, set, r.values, r.count);
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

/* --- what is served --- */

static bool add_service(json_t *list, const char *name, const char *problem)
{
    json_t *one = json_pack("{s:s, s:b}", "name", name, "ok", (int)!problem);

    if (problem)
        json_object_set_new(one, "problem", json_string(problem));
    json_array_append_new(list, one);
    return !problem;
}

/* The names that lead here are visited; that the others do not is said of their records. */
static bool look_services(const struct planes *p, struct arena *a, const struct tenant *t, const struct domain *d,
                          int64_t end_ms, json_t *list)
{
    struct error err = ERROR_INIT;
    int64_t hosts = 0, theirs;
    const char *why = "";
    bool all = true;

    if (mailweb_hosts(p, a, t, d, &hosts, &theirs, &err) < 0)
        return add_service(list, mailweb_url(a, d, MAIL_HOST_MTA_STS), err.message);
    for (int h = 0; h < MAIL_HOST_COUNT; h++) {
        const char *url = mailweb_url(a, d, (enum mail_host)h);
        if (!((hosts >> h) & 1) || (h == MAIL_HOST_MTA_STS && !mailweb_receives(p, a, d)))
            continue;
        if (clock_mono_ms() >= end_ms)
            all = add_service(list, url, "was not fetched, since others take too long: check again") && all;
        else
            all = add_service(list, url, mailweb_look(p, a, d, (enum mail_host)h)) && all;
    }
    const enum mta_sts_seen seen = mailweb_mail(p, a, d, &why);
    return add_service(list, arena_printf(a, "smtp://%s:25", p->settings->mail_host),
                       seen == MTA_STS_GOOD ? NULL : why) &&
           all;
}

int mailcheck_look(const struct planes *p, struct arena *a, const struct operation *op, json_t **ret, struct error *err)
{
    const int64_t end_ms = clock_mono_ms() + BUDGET_MS;
    const struct mail_dns mail = zone_mail_dns(p->settings);
    struct error ignored = ERROR_INIT; /* the records tell that the resolver is in trouble */
    json_t *list = json_array(), *services = json_array();
    bool all = true, ok, elsewhere = false;
    struct tenant t;
    size_t count;

    json_t *out = json_own(a, json_pack("{s:o, s:o}", "records", list, "services", services));
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
    all = look_services(p, a, &t, d, end_ms, services) && all;
    json_object_set_new(out, "ok", json_boolean(all));
    json_object_set_new(out, "elsewhere", json_boolean(elsewhere));
    *ret = out;
    return 0;
}
