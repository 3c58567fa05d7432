/* RRsets of customers: their names, their types, and what may stand beside what. See record.h. */
#include "model/record.h"

#include <idn2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/mail_dns.h"
#include "model/names.h"

enum { NAME_INPUT_MAX = 1024 };

/* --- owner names --- */

/* Types whose owner is a host, so that RFC 1123 (section 2.1) holds for its labels. */
static bool is_of_host(const char *type)
{
    return str_eq(type, "A") || str_eq(type, "AAAA") || str_eq(type, "MX");
}

static int check_label(const char *label, size_t len, bool first, const char *type, const char *pointer,
                       struct error *err)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";

    if (len == 0)
        return error_field(err, pointer, "has an empty label: two dots in a row, or one at the start");
    if (len > LABEL_MAX)
        return error_field(err, pointer, "has a label of %zu bytes; at most %d are allowed", len, LABEL_MAX);
    if (memchr(label, '*', len)) {
        if (!first || len != 1)
            return error_field(err, pointer, "has a '*' that is not its whole first label");
        if (str_eq(type, "NS") || str_eq(type, "DS"))
            return error_field(err, pointer, "is a wildcard, which cannot be delegated");
        return 0;
    }
    if (strspn(label, allowed) < len || label[0] == '-' || label[len - 1] == '-')
        return error_field(err, pointer,
                           "has a label with characters other than letters, digits, underscores and inner dashes");
    if (memchr(label, '_', len) && is_of_host(type))
        return error_field(err, pointer, "has an underscore, which hosts' names (type %s) may not have", type);
    return 0;
}

/* SRV: _service._proto (RFC 2782). TLSA: _port._proto (RFC 6698). */
static int check_prefix(const char *name, const char *type, const char *pointer, struct error *err)
{
    const char *second = strchr(name, '.');

    if (!str_eq(type, "SRV") && !str_eq(type, "TLSA"))
        return 0;
    if ((name[0] == '_' || name[0] == '*') && second && second[1] == '_')
        return 0;
    return error_field(err, pointer, "must begin with %s", type[0] == 'S' ? "_service._protocol" : "_port._protocol");
}

static int to_ascii(struct arena *a, const char *name, const char *pointer, char **ret, struct error *err)
{
    uint8_t *out = NULL;
    const char *p = name;

    while (*p && (unsigned char)*p < 0x80)
        p++;
    if (!*p) { /* labels with underscores and "*" are no IDNs */
        *ret = str_lower(a, name);
        return 0;
    }
    int rc = idn2_lookup_u8((const uint8_t *)name, &out, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    if (rc != IDN2_OK)
        return error_field(err, pointer, "is no valid internationalised name: %s", idn2_strerror(rc));
    *ret = str_lower(a, (const char *)out);
    idn2_free(out);
    return 0;
}

/* The name without the dot at the end, whole. */
static const char *whole(struct arena *a, const char *text, const char *zone, const char *origin)
{
    size_t len = strlen(text);

    if (str_eq(text, "@"))
        return origin ? origin : zone;
    if (len && text[len - 1] == '.')
        return arena_strndup(a, text, len - 1);
    return origin ? arena_printf(a, "%s.%s", text, origin) : text;
}

int record_name(struct arena *a, const char *text, const char *type, const char *zone, const char *origin,
                const char *pointer, const char **ret, struct error *err)
{
    char *name;

    if (str_empty(text) || strlen(text) > NAME_INPUT_MAX)
        return error_field(err, pointer, "must be a name in the zone '%.150s', or '@' for the zone itself", zone);
    if (to_ascii(a, whole(a, text, zone, origin), pointer, &name, err) < 0)
        return -1;
    if (strlen(name) > HOSTNAME_MAX)
        return error_field(err, pointer, "has more than %d bytes", HOSTNAME_MAX);
    if (!name_within(name, zone))
        return error_field(err, pointer, "lies outside of the zone; a name that ends with '%.120s' is needed", zone);
    if (str_eq(name, zone)) {
        *ret = name;
        return check_prefix(name, type, pointer, err);
    }
    for (const char *label = name;;) {
        size_t len = strcspn(label, ".");
        if (check_label(label, len, label == name, type, pointer, err) < 0)
            return -1;
        if (label[len] == '\0')
            break;
        label += len + 1;
    }
    if (check_prefix(name, type, pointer, err) < 0)
        return -1;
    *ret = name;
    return 0;
}

/* --- sets --- */

static int by_text(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* "0 ." beside others: a service that is there and is not (RFC 7505, RFC 2782). */
static bool is_half_absent(const struct record_set *set)
{
    for (size_t i = 0; set->value_count > 1 && i < set->value_count; i++)
        if ((str_eq(set->type, "MX") || str_eq(set->type, "SRV")) && str_ends(set->values[i], " ."))
            return true;
    return false;
}

int record_set_check(struct record_set *set, const char *zone, struct error *err)
{
    char pointer[ERROR_POINTER_MAX];

    if (set->ttl < RECORD_TTL_MIN || set->ttl > RECORD_TTL_MAX)
        error_field(err, "/ttl", "must be from %d to %d seconds", RECORD_TTL_MIN, RECORD_TTL_MAX);
    if (set->value_count == 0 || set->value_count > RECORD_VALUES_MAX)
        error_field(err, "/values", "must hold 1 to %d values", RECORD_VALUES_MAX);
    if (set->value_count > 1)
        qsort(set->values, set->value_count, sizeof set->values[0], by_text);
    for (size_t i = 1; i < set->value_count; i++)
        if (str_eq(set->values[i - 1], set->values[i])) {
            snprintf(pointer, sizeof pointer, "/values/%zu", i);
            error_field(err, pointer, "is in the list twice: %.120s", set->values[i]);
        }
    if (str_eq(set->type, "CNAME") && set->value_count > 1)
        error_field(err, "/values", "must hold one value: a name has one CNAME only (RFC 2181, section 10.1)");
    if (is_half_absent(set))
        error_field(err, "/values", "must hold one value when it is '.', which says that there is no service");
    if (str_eq(set->name, zone) && (str_eq(set->type, "CNAME") || str_eq(set->type, "DS")))
        error_field(err, "/type", "%s cannot stand at the zone itself, only below it", set->type);
    return err->code == ERROR_NONE ? 0 : -1;
}

static int by_name(const void *x, const void *y)
{
    const struct record_set *a = x, *b = y;
    int order = strcmp(a->name, b->name);

    return order ? order : strcmp(a->type, b->type);
}

void record_sort(struct record_set *sets, size_t count)
{
    if (count > 1)
        qsort(sets, count, sizeof sets[0], by_name);
}

struct record_set *record_find(const struct domain *d, const char *name, const char *type)
{
    for (size_t i = 0; i < d->record_count; i++)
        if (str_eq(d->records[i].name, name) && str_eq(d->records[i].type, type))
            return &d->records[i];
    return NULL;
}

bool record_same(const struct record_set *x, const struct record_set *y)
{
    if (!str_eq(x->name, y->name) || !str_eq(x->type, y->type) || x->ttl != y->ttl || x->value_count != y->value_count)
        return false;
    for (size_t i = 0; i < x->value_count; i++)
        if (!str_eq(x->values[i], y->values[i]))
            return false;
    return true;
}

/* --- beside others --- */

/* The site that has the hostname, or NULL. */
static const struct site *site_of(const struct tenant *t, const char *name)
{
    for (size_t i = 0; i < t->site_count; i++)
        for (size_t j = 0; j < t->sites[i].hostname_count; j++)
            if (str_eq(t->sites[i].hostnames[j], name))
                return &t->sites[i];
    return NULL;
}

static bool leads_to_host(const char *type)
{
    return str_eq(type, "A") || str_eq(type, "AAAA") || str_eq(type, "CNAME");
}

const char *record_kept_by(struct arena *a, const struct tenant *t, const struct domain *d, const char *name,
                           const char *type)
{
    bool apex = str_eq(name, d->name);

    if (str_eq(type, "SOA"))
        return "the name server";
    if (apex && str_eq(type, "NS"))
        return "Berth, which delegates the zone to its own name servers";
    if (mail_dns_keeps(a, d, name, type))
        return "Berth, for the domain's mail";
    if (!leads_to_host(type))
        return NULL;
    const struct site *s = site_of(t, name);
    if (s)
        return arena_printf(a, "the site '%s', whose hostname it is", s->id);
    if (apex || str_eq(name, arena_printf(a, "www.%s", d->name)))
        return "Berth, which leads it to the platform";
    return NULL;
}

static int conflict(struct error *err, const char *pointer, const char *message)
{
    error_field(err, pointer, "%s", message);
    err->code = ERROR_CONFLICT;
    return -1;
}

/* At a delegation stand NS and DS only, and below it addresses of its name servers (RFC 1034, section 4.2.1; RFC 4035). */
static bool fits_cut(const char *cut, const char *name, const char *type)
{
    if (str_eq(cut, name))
        return str_eq(type, "NS") || str_eq(type, "DS");
    return !name_within(name, cut) || str_eq(type, "A") || str_eq(type, "AAAA");
}

static int check_pair(struct arena *a, const struct domain *d, const struct record_set *old,
                      const struct record_set *set, struct error *err)
{
    bool same_name = str_eq(old->name, set->name);

    if (same_name && str_eq(old->type, set->type))
        return 0; /* it is replaced */
    if (same_name && (str_eq(old->type, "CNAME") || str_eq(set->type, "CNAME")))
        return conflict(err, "/type",
                        arena_printf(a, "a CNAME must be alone at its name, and '%.100s' has %s; delete that first",
                                     set->name, old->type));
    if (str_eq(old->type, "NS") && !str_eq(old->name, d->name) && !fits_cut(old->name, set->name, set->type))
        return conflict(
            err, "/name",
            arena_printf(a, "'%.100s' is delegated to other name servers; write the record there", old->name));
    if (str_eq(set->type, "NS") && !str_eq(set->name, d->name) && !fits_cut(set->name, old->name, old->type))
        return conflict(
            err, "/name",
            arena_printf(a, "the delegation would hide %s %.100s; delete that first", old->type, old->name));
    return 0;
}

static int check_sites(struct arena *a, const struct tenant *t, const struct record_set *set, struct error *err)
{
    for (size_t i = 0; str_eq(set->type, "NS") && i < t->site_count; i++)
        for (size_t j = 0; j < t->sites[i].hostname_count; j++)
            if (name_within(t->sites[i].hostnames[j], set->name))
                return conflict(err, "/name",
                                arena_printf(a,
                                             "the delegation would hide '%.80s' of the site '%s'; take it away there",
                                             t->sites[i].hostnames[j], t->sites[i].id));
    return 0;
}

int record_check_beside(struct arena *a, const struct tenant *t, const struct domain *d, const struct record_set *set,
                        struct error *err)
{
    const char *keeper = record_kept_by(a, t, d, set->name, set->type);
    const struct domain *of = tenant_domain_of(t, set->name);

    if (keeper)
        return conflict(
            err, "/name",
            arena_printf(a, "%s of this name is kept by %s; choose another name or type", set->type, keeper));
    if (of && !str_eq(of->name, d->name))
        return conflict(err, "/name", arena_printf(a, "lies in the domain '%.120s'; write it there", of->name));
    for (size_t i = 0; i < d->record_count; i++)
        if (check_pair(a, d, &d->records[i], set, err) < 0)
            return -1;
    if (!record_find(d, set->name, set->type) && d->record_count >= RECORD_SETS_MAX)
        return conflict(err, "/name", arena_printf(a, "the zone has %d RRsets, which is the most", RECORD_SETS_MAX));
    return check_sites(a, t, set, err);
}

const struct record_set *record_against_host(const struct tenant *t, const char *hostname)
{
    const struct domain *d = tenant_domain_of(t, hostname);

    for (size_t i = 0; d && i < d->record_count; i++) {
        const struct record_set *r = &d->records[i];
        if ((str_eq(r->name, hostname) && leads_to_host(r->type)) ||
            (str_eq(r->type, "NS") && name_within(hostname, r->name)))
            return r;
    }
    return NULL;
}

const struct record_set *record_against_domain(const struct tenant *t, const char *domain)
{
    for (size_t i = 0; i < t->domain_count; i++)
        for (size_t j = 0; j < t->domains[i].record_count; j++)
            if (name_within(t->domains[i].records[j].name, domain))
                return &t->domains[i].records[j];
    return NULL;
}
