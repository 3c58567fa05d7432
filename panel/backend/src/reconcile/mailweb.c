/* What the world gets at the names of a domain with mail: see mailweb.h. */
#include "reconcile/mailweb.h"

#include "base/str.h"
#include "model/mail_client.h"
#include "provider/probe.h"
#include "provider/resolver.h"
#include "reconcile/elsewhere.h"
#include "reconcile/mailhost.h"
#include "reconcile/zone.h"

enum { TEXT_MAX = 64 * 1024 };

static const char *const paths[] = { [MAIL_HOST_MTA_STS] = MTA_STS_PATH,
                                     [MAIL_HOST_AUTOCONFIG] = AUTOCONFIG_PATH,
                                     [MAIL_HOST_AUTODISCOVER] = AUTODISCOVER_PATH,
                                     [MAIL_HOST_APEX] = AUTOCONFIG_WELL_KNOWN };

/* --- names --- */

static bool has_site(const struct tenant *t, const char *name)
{
    for (size_t i = 0; i < t->site_count; i++)
        for (size_t j = 0; j < t->sites[i].hostname_count; j++)
            if (str_eq(t->sites[i].hostnames[j], name))
                return true;
    return false;
}

/* A record, a site or a zone of the customer's own has the name here. The domain itself is led here in any case. */
static bool is_theirs(struct arena *a, const struct settings *set, const struct tenant *t, const struct domain *d,
                      const char *name)
{
    const struct mail_dns mail = zone_mail_dns(set);
    size_t count;
    const struct record_set *sets = mail_dns_sets(a, &mail, d, &count);

    for (size_t i = 0; i < count; i++)
        if (str_eq(sets[i].name, name) && str_eq(sets[i].type, "CNAME") && mail_dns_against(d, &sets[i]))
            return true;
    const struct domain *zone = tenant_domain_of(t, name);
    return has_site(t, name) || (zone && !str_eq(zone->name, d->name));
}

static int leads_here(struct arena *a, const struct settings *set, const char *name, bool *ret, struct error *err)
{
    struct resolved r;

    if (resolver_ask(a, set->resolver, name, RESOLVER_A, &r, err) < 0)
        return -1;
    *ret = !mail_dns_host_fault(a, r.values, r.count, set->ingress_address);
    return 0;
}

int mailweb_hosts(const struct planes *p, struct arena *a, const struct tenant *t, const struct domain *d,
                  int64_t *ret_hosts, int64_t *ret_theirs, struct error *err)
{
    bool elsewhere = false, here;
    int64_t hosts = 0, theirs = 0;

    if (d->ownership != OWNERSHIP_PLATFORM && elsewhere_look(a, p->settings, d->name, &elsewhere, err) < 0)
        return -1;
    for (int h = 0; h < MAIL_HOST_COUNT; h++) {
        const char *name = mail_host_name(a, (enum mail_host)h, d->name);
        here = true;
        if (elsewhere ? has_site(t, name) : is_theirs(a, p->settings, t, d, name)) {
            here = false;
            theirs |= 1LL << h;
        } else if (elsewhere && leads_here(a, p->settings, name, &here, err) < 0) {
            return -1;
        }
        hosts |= here ? 1LL << h : 0;
    }
    *ret_hosts = hosts;
    *ret_theirs = theirs;
    return 0;
}

/* --- mail --- */

static const struct record_set *wanted_mx(struct arena *a, const struct settings *set, const struct domain *d)
{
    const struct mail_dns mail = zone_mail_dns(set);
    size_t count;
    const struct record_set *sets = mail_dns_sets(a, &mail, d, &count);

    for (size_t i = 0; i < count; i++)
        if (str_eq(sets[i].type, "MX"))
            return &sets[i];
    return NULL;
}

bool mailweb_receives(const struct planes *p, struct arena *a, const struct domain *d)
{
    const struct record_set *mx = wanted_mx(a, p->settings, d);

    return mx && !mail_dns_against(d, mx);
}

enum mta_sts_seen mailweb_mail(const struct planes *p, struct arena *a, const struct domain *d, const char **ret_why)
{
    const struct record_set *mx = wanted_mx(a, p->settings, d);
    struct error err = ERROR_INIT;
    struct resolved r;
    bool elsewhere = false;

    if (!mailweb_receives(p, a, d)) {
        *ret_why = "mail of the domain goes elsewhere";
        return MTA_STS_BAD;
    }
    if (d->ownership != OWNERSHIP_PLATFORM &&
        (elsewhere_look(a, p->settings, d->name, &elsewhere, &err) < 0 ||
         (elsewhere && resolver_ask(a, p->settings->resolver, d->name, RESOLVER_MX, &r, &err) < 0))) {
        *ret_why = arena_strdup(a, err.message);
        return MTA_STS_UNSEEN;
    }
    *ret_why = elsewhere ? mail_dns_fault(a, mx, r.values, r.count) : NULL;
    return *ret_why ? MTA_STS_BAD : mailhost_look(p->mailhost, a, p->settings, ret_why);
}

/* --- what is served --- */

/* The text at https://HOST/PATH; *ret_why when it could not be had. */
static const char *fetch(const struct planes *p, struct arena *a, const char *host, const char *path,
                         const char **ret_why)
{
    enum { OK = 200 };
    struct error err = ERROR_INIT;
    const char *body = NULL;
    long status = 0;

    if (probe_fetch(a, p->settings->ingress_probe, host, path, p->settings->acme_ca, TEXT_MAX, &status, &body, &err) <
        0)
        *ret_why = arena_strdup(a, err.message);
    else if (status != OK)
        *ret_why = arena_printf(a, "https://%s%s answers with status %ld", host, path, status);
    else
        return body;
    return NULL;
}

static const char *policy_fault(const struct planes *p, struct arena *a, const struct domain *d, const char *got)
{
    const struct mta_sts_policy policy = { p->settings->mail_host, p->settings->mta_sts_max_age_s };
    const char *want = mta_sts_text(a, &policy, d->mta_sts.mode);

    return want && str_eq(got, want) ? NULL
                                     : arena_printf(a, "what https://%s%s says is not the policy '%s' of this domain",
                                                    mail_host_name(a, MAIL_HOST_MTA_STS, d->name), MTA_STS_PATH,
                                                    mta_sts_mode_name(d->mta_sts.mode));
}

const char *mailweb_url(struct arena *a, const struct domain *d, enum mail_host h)
{
    return arena_printf(a, "https://%s%s", mail_host_name(a, h, d->name), paths[h]);
}

const char *mailweb_look(const struct planes *p, struct arena *a, const struct domain *d, enum mail_host h)
{
    const char *why = NULL;
    const char *got = fetch(p, a, mail_host_name(a, h, d->name), paths[h], &why);

    return got && h == MAIL_HOST_MTA_STS ? policy_fault(p, a, d, got) : why;
}
