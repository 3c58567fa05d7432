/* Zones: see zone.h. */
#include "reconcile/zone.h"

#include "base/str.h"
#include "model/mail_dns.h"
#include "model/names.h"

static struct rrset *find(struct rrset *list, size_t count, const char *name, const char *type)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].name, name) && str_eq(list[i].type, type))
            return &list[i];
    return NULL;
}

static bool find_name(const struct rrset *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].name, name))
            return true;
    return false;
}

struct rrset zone_single(struct arena *a, const char *name, const char *type, const char *value)
{
    struct rrset r = { .name = name,
                       .type = type,
                       .ttl = ZONE_TTL,
                       .value_count = 1,
                       .values = arena_array(a, 1, sizeof(char *)),
                       .owned = true };

    r.values[0] = value;
    return r;
}

static void add_address(struct arena *a, struct rrset *list, size_t *n, const char *name, const char *address)
{
    if (!find(list, *n, name, "A"))
        list[(*n)++] = zone_single(a, name, "A", address);
}

static const char *nameserver_address(const struct settings *set, size_t i)
{
    const char *own = set->nameserver_addresses ? set->nameserver_addresses[i] : NULL;

    return str_empty(own) ? set->ingress_address : own;
}

struct rrset *zone_want(struct arena *a, const struct settings *set, const char *zone, const char *const *hosts,
                        size_t host_count, size_t *ret_count)
{
    struct rrset *list = arena_array(a, host_count + set->nameserver_count + 2, sizeof *list);
    size_t n = 0;

    list[n++] = (struct rrset){ .name = zone,
                                .type = "NS",
                                .ttl = ZONE_TTL,
                                .value_count = set->nameserver_count,
                                .values = arena_array(a, set->nameserver_count + 1, sizeof(char *)),
                                .owned = true };
    for (size_t i = 0; i < set->nameserver_count; i++)
        list[0].values[i] = arena_printf(a, "%s.", set->nameservers[i]);
    rrset_sort(&list[0]);
    add_address(a, list, &n, zone, set->ingress_address);
    /* Name servers within the zone need addresses of their own (glue). */
    for (size_t i = 0; i < set->nameserver_count; i++)
        if (name_within(set->nameservers[i], zone))
            add_address(a, list, &n, set->nameservers[i], nameserver_address(set, i));
    for (size_t i = 0; i < host_count; i++)
        add_address(a, list, &n, hosts[i], set->ingress_address);
    *ret_count = n;
    return list;
}

struct rrset *zone_want_records(struct arena *a, const struct rrset *want, size_t want_count, const struct tenant *t,
                                const struct domain *d, size_t *ret_count)
{
    struct rrset *list = arena_array(a, want_count + d->record_count + 1, sizeof *list);
    size_t n = 0;

    for (; n < want_count; n++)
        list[n] = want[n];
    for (size_t i = 0; i < d->record_count; i++) {
        const struct record_set *r = &d->records[i];
        if (record_kept_by(a, t, d, r->name, r->type) || find(list, n, r->name, r->type))
            continue;
        list[n] = (struct rrset){ .name = r->name,
                                  .type = r->type,
                                  .ttl = r->ttl,
                                  .value_count = r->value_count,
                                  .values = r->values,
                                  .owned = true };
        rrset_sort(&list[n++]);
    }
    *ret_count = n;
    return list;
}

struct mail_dns zone_mail_dns(const struct settings *set)
{
    return (struct mail_dns){
        .host = set->mail_host, .platform = set->platform_domain, .spf = set->mail_spf, .pop3 = set->mail_pop3
    };
}

static struct rrset set_of(struct arena *a, const struct record_set *from)
{
    struct rrset r = { .name = from->name,
                       .type = from->type,
                       .ttl = from->ttl,
                       .value_count = from->value_count,
                       .values = arena_array(a, from->value_count + 2, sizeof(char *)),
                       .owned = true };

    for (size_t i = 0; i < from->value_count; i++)
        r.values[i] = from->values[i];
    return r;
}

struct rrset *zone_want_mail(struct arena *a, const struct settings *set, const struct rrset *want, size_t want_count,
                             const struct domain *d, size_t *ret_count)
{
    const struct mail_dns mail = zone_mail_dns(set);
    size_t ours_count, n = want_count;
    const struct record_set *ours = mail_dns_sets(a, &mail, d, &ours_count);
    struct rrset *list = arena_array(a, want_count + ours_count + 1, sizeof *list);

    for (size_t i = 0; i < want_count; i++)
        list[i] = want[i];
    for (size_t i = 0; i < ours_count; i++) {
        const struct rrset one = set_of(a, &ours[i]);
        struct rrset *there = find(list, n, one.name, one.type);
        if (mail_dns_against(d, &ours[i]) || (str_eq(one.type, "CNAME") && find_name(list, n, one.name)))
            continue; /* the customer's own record, or a site's name */
        if (there && str_eq(one.type, "TXT")) { /* the values of the customer's, and ours */
            struct record_set own = { there->name, there->type, there->ttl, there->value_count, there->values, 0 };
            *there = set_of(a, &own);
            there->values[there->value_count++] = one.values[0];
            rrset_sort(there);
        } else if (!there) {
            list[n++] = one;
        }
    }
    *ret_count = n;
    return list;
}

struct rrset *zone_diff(struct arena *a, const struct rrset *want, size_t want_count, const struct zone *have,
                        size_t *ret_count)
{
    struct rrset *out = arena_array(a, want_count + have->rrset_count + 1, sizeof *out);
    size_t n = 0;

    for (size_t i = 0; i < have->rrset_count; i++) {
        const struct rrset *now = &have->rrsets[i];
        if (now->owned && !find((struct rrset *)(uintptr_t)want, want_count, now->name, now->type))
            out[n++] = (struct rrset){ .name = now->name, .type = now->type, .ttl = now->ttl, .owned = true };
    }
    for (size_t i = 0; i < want_count; i++) {
        const struct rrset *now = find(have->rrsets, have->rrset_count, want[i].name, want[i].type);
        if (!now || !rrset_equal(now, &want[i]))
            out[n++] = want[i];
    }
    *ret_count = n;
    return out;
}

/* A new zone also gets its SOA (RFC 1035, section 3.3.13): the serial is PowerDNS's. */
static int create(struct pdns *pdns, struct arena *a, const struct settings *set, const char *zone,
                  const struct rrset *want, size_t count, struct error *err)
{
    struct rrset *all = arena_array(a, count + 1, sizeof *all);

    for (size_t i = 0; i < count; i++)
        all[i] = want[i];
    all[count] = (struct rrset){
        .name = zone, .type = "SOA", .ttl = ZONE_TTL, .value_count = 1, .values = arena_array(a, 1, sizeof(char *))
    };
    all[count].values[0] = arena_printf(a, "%s. hostmaster.%s. 0 10800 3600 604800 %d", set->nameservers[0],
                                        set->platform_domain, ZONE_TTL);
    return pdns_zone_create(pdns, a, zone, all, count + 1, err);
}

int zone_look(struct pdns *pdns, struct arena *a, const char *zone, const struct rrset *want, size_t want_count,
              struct zone_change *ret, struct error *err)
{
    struct zone have = { 0 };
    bool missing = false;

    if (pdns_zone_get(pdns, a, zone, &have, err) < 0) {
        if (err->code != ERROR_NOT_FOUND)
            return -1;
        *err = ERROR_INIT;
        missing = true;
    }
    ret->missing = missing;
    ret->rrsets = zone_diff(a, want, want_count, &have, &ret->count);
    return 0;
}

int zone_write(struct pdns *pdns, struct arena *a, const struct settings *set, const char *zone,
               const struct rrset *want, size_t want_count, const struct zone_change *change, struct error *err)
{
    if (change->missing)
        return create(pdns, a, set, zone, want, want_count, err);
    return change->count ? pdns_zone_patch(pdns, a, zone, change->rrsets, change->count, err) : 0;
}

int zone_ensure(struct pdns *pdns, struct arena *a, const struct settings *set, const char *zone,
                const struct rrset *want, size_t want_count, bool dry, struct rrset **ret_changes, size_t *ret_count,
                bool *ret_made, struct error *err)
{
    struct zone_change change;

    if (zone_look(pdns, a, zone, want, want_count, &change, err) < 0)
        return -1;
    *ret_changes = change.rrsets;
    *ret_count = change.count;
    *ret_made = change.missing;
    return dry ? 0 : zone_write(pdns, a, set, zone, want, want_count, &change, err);
}
