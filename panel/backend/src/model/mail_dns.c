/* What mail needs in a domain's zone: see mail_dns.h. */
#include "model/mail_dns.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/str.h"
#include "model/dkim.h"
#include "model/mail_client.h"
#include "model/names.h"
#include "model/record.h"

enum { TTL = 300, SETS_MAX = 16, SPF_TERMS_MAX = 400, SPF_LOOKUPS_MAX = 10 };

#define SPF "\"v=spf1 "
#define STS "v=STSv1;"

/* Services by SRV records (RFC 6186, RFC 8314): name, port. What is offered to no client is not named. */
enum { POP3S = 995 };
#define SERVICES(X) X("_submission._tcp", 587) X("_submissions._tcp", 465) X("_imaps._tcp", 993) X("_pop3s._tcp", POP3S)

struct list {
    struct arena *arena;
    struct record_set *sets;
    size_t count;
};

static void add(struct list *l, const char *name, const char *type, const char *value)
{
    struct record_set *set = &l->sets[l->count++];

    *set = (struct record_set){
        .name = name, .type = type, .ttl = TTL, .value_count = 1, .values = arena_array(l->arena, 2, sizeof(char *))
    };
    set->values[0] = value;
}

static void add_text(struct list *l, const char *name, const char *text)
{
    struct error ignored = ERROR_INIT; /* printable text of less than 4 KiB is always good */
    const char *value;

    if (record_value(l->arena, "TXT", text, NULL, "/values", &value, &ignored) == 0)
        add(l, name, "TXT", value);
}

/* The names at which mail programs and senders' servers ask. A policy that was told of is taken back for a while after mail. */
static void add_web(struct list *l, const struct mail_dns *m, const struct domain *d)
{
    const char *host = arena_printf(l->arena, "%s.", m->host);

    if (d->mail || d->mta_sts.mode == MTA_STS_NONE)
        add(l, mail_host_name(l->arena, MAIL_HOST_MTA_STS, d->name), "CNAME", host);
    if (!str_empty(d->mta_sts.id) && d->mta_sts.mode != MTA_STS_OFF)
        add_text(l, arena_printf(l->arena, "_mta-sts.%s", d->name),
                 arena_printf(l->arena, "v=STSv1; id=%s;", d->mta_sts.id));
    if (!d->mail)
        return;
    add(l, mail_host_name(l->arena, MAIL_HOST_AUTOCONFIG, d->name), "CNAME", host);
    const char *autodiscover = mail_host_name(l->arena, MAIL_HOST_AUTODISCOVER, d->name);
    add(l, autodiscover, "CNAME", host);
    add(l, arena_printf(l->arena, "_autodiscover._tcp.%s", d->name), "SRV",
        arena_printf(l->arena, "0 1 443 %s.", autodiscover));
}

const char *mail_dns_spf(struct arena *a, const struct mail_dns *m)
{
    return arena_printf(a, "v=spf1 mx%s%s -all", str_empty(m->spf) ? "" : " ", m->spf ? m->spf : "");
}

struct record_set *mail_dns_sets(struct arena *a, const struct mail_dns *m, const struct domain *d, size_t *ret_count)
{
    struct list l = { .arena = a, .sets = arena_array(a, SETS_MAX + d->dkim_key_count, sizeof l.sets[0]) };

    for (size_t i = 0; i < d->dkim_key_count; i++)
        add_text(&l, dkim_record_name(a, &d->dkim_keys[i]), dkim_record_text(a, &d->dkim_keys[i]));
    if (d->mail && !str_empty(m->host)) {
        add(&l, d->name, "MX", arena_printf(a, "10 %s.", m->host));
        add_text(&l, d->name, mail_dns_spf(a, m));
        add_text(&l, arena_printf(a, "_dmarc.%s", d->name), "v=DMARC1; p=quarantine");
        add_text(&l, arena_printf(a, "_smtp._tls.%s", d->name),
                 arena_printf(a, "v=TLSRPTv1; rua=mailto:postmaster@%s", m->platform));
#define X(service, port)                                                                                               \
    add(&l, arena_printf(a, "%s.%s", service, d->name), "SRV",                                                         \
        (port) == POP3S && !m->pop3 ? "0 0 0 ." : arena_printf(a, "0 1 %d %s.", port, m->host));
        SERVICES(X)
#undef X
    }
    if (!str_empty(m->host))
        add_web(&l, m, d);
    *ret_count = l.count;
    return l.sets;
}

/* --- the setting --- */

static bool is_network(int family, const char *address, int64_t bits)
{
    const char *slash = strchr(address, '/');
    const size_t len = slash ? (size_t)(slash - address) : strlen(address);
    struct error ignored = ERROR_INIT;
    char host[INET6_ADDRSTRLEN] = "", ip[sizeof(struct in6_addr)];
    int64_t prefix;

    if (len >= sizeof host || (slash && str_to_i64(slash + 1, 0, bits, &prefix, &ignored) < 0))
        return false;
    memcpy(host, address, len);
    return inet_pton(family, host, ip) == 1;
}

/* A name as SPF has it, which may have underscores; no macros. */
static bool is_name(const char *name)
{
    const size_t len = strlen(name);

    return len <= HOSTNAME_MAX && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == len && strchr(name, '.') &&
           name[0] != '.' && name[len - 1] != '.' && !strstr(name, "..");
}

static bool is_mechanism(const char *term, size_t *ret_lookups)
{
    static const char *const named[] = { "include:", "a:", "mx:", "exists:" };
    enum { V4_BITS = 32, V6_BITS = 128 };

    if (str_starts(term, "ip4:"))
        return is_network(AF_INET, term + strlen("ip4:"), V4_BITS);
    if (str_starts(term, "ip6:"))
        return is_network(AF_INET6, term + strlen("ip6:"), V6_BITS);
    (*ret_lookups)++;
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (str_starts(term, named[i]))
            return is_name(term + strlen(named[i]));
    return str_eq(term, "a");
}

int mail_dns_check_spf(struct arena *a, const char *terms, struct error *err)
{
    size_t lookups = 1; /* mx */

    if (strlen(terms) > SPF_TERMS_MAX)
        return error_set(err, ERROR_INVALID, "it may have %d characters", SPF_TERMS_MAX);
    char **list = str_split(a, terms, ' ', NULL);
    for (size_t i = 0; !str_empty(terms) && list[i]; i++)
        if (!is_mechanism(list[i], &lookups))
            return error_set(err, ERROR_INVALID,
                             "'%.100s' is none of include:NAME, ip4:NETWORK, ip6:NETWORK, a, a:NAME, mx:NAME and "
                             "exists:NAME",
                             list[i]);
    return lookups <= SPF_LOOKUPS_MAX
               ? 0
               : error_set(err, ERROR_INVALID, "an SPF record may ask for %d names, and with mx it would be %zu",
                           SPF_LOOKUPS_MAX, lookups);
}

/* --- beside the customer's own --- */

static bool has_spf(const struct record_set *set)
{
    for (size_t i = 0; i < set->value_count; i++)
        if (str_starts(set->values[i], SPF) || str_eq(set->values[i], "\"v=spf1\""))
            return true;
    return false;
}

/* Can both not stand in one zone? */
static bool collide(const struct domain *d, const struct record_set *own, const struct record_set *ours)
{
    if (str_eq(own->type, "NS") && !str_eq(own->name, d->name) && name_within(ours->name, own->name))
        return true;
    if (!str_eq(own->name, ours->name))
        return false;
    if (str_eq(own->type, ours->type))
        return !(str_eq(ours->name, d->name) && str_eq(ours->type, "TXT")) || has_spf(own);
    return str_eq(own->type, "CNAME") || str_eq(ours->type, "CNAME");
}

const struct record_set *mail_dns_against(const struct domain *d, const struct record_set *set)
{
    for (size_t i = 0; i < d->record_count; i++)
        if (collide(d, &d->records[i], set))
            return &d->records[i];
    return NULL;
}

/* The customer may say something else than we do, and lead the names for mail programs elsewhere. */
static bool is_open(const struct domain *d, const struct record_set *set)
{
    return str_eq(set->type, "CNAME") || str_starts(set->name, "_autodiscover.") ||
           (str_eq(set->type, "TXT") && (str_eq(set->name, d->name) || str_starts(set->name, "_dmarc.") ||
                                         str_starts(set->name, "_smtp._tls.") || str_starts(set->name, "_mta-sts.")));
}

bool mail_dns_keeps(struct arena *a, const struct domain *d, const char *name, const char *type)
{
    /* Which names are ours does not depend on what they say. */
    const struct mail_dns any = { .host = "mail", .platform = "platform" };
    const struct record_set one = { .name = name, .type = type };
    size_t count;
    const struct record_set *ours = mail_dns_sets(a, &any, d, &count);

    for (size_t i = 0; i < count; i++)
        if (!is_open(d, &ours[i]) && collide(d, &one, &ours[i]) && !mail_dns_against(d, &ours[i]))
            return true;
    return false;
}

/* --- what the world has --- */

const char *mail_dns_value(struct arena *a, const struct record_set *set)
{
    const char *value = set->values[0];
    const size_t len = strlen(value);

    if (!str_eq(set->type, "TXT") || len < 2)
        return value;
    return str_replace(a, arena_strndup(a, value + 1, len - 2), "\" \"", "");
}

/* The only text that begins like this; NULL: there is none, or there are several (*ret_count). */
static const char *only(const char *const *found, size_t count, const char *start, size_t *ret_count)
{
    const char *one = NULL;

    *ret_count = 0;
    for (size_t i = 0; i < count; i++)
        if (str_starts(found[i], start) && (*ret_count)++ == 0)
            one = found[i];
    return *ret_count == 1 ? one : NULL;
}

static bool spf_names(char **terms, const char *mechanism)
{
    for (size_t i = 0; terms[i]; i++)
        if (str_eq(terms[i][0] == '+' ? terms[i] + 1 : terms[i], mechanism))
            return true;
    return false;
}

/* What of ours an SPF record (RFC 7208) does not name: 'mx', and what the setting adds; NULL: nothing. An include or a redirect may
 * name it, which is not followed. */
static const char *spf_lacks(struct arena *a, const char *spf, const char *want)
{
    char **have = str_split(a, spf, ' ', NULL), **terms = str_split(a, want, ' ', NULL);

    for (size_t i = 1; terms[i]; i++)
        if (terms[i][0] != '-' && !spf_names(have, terms[i]))
            return terms[i];
    return NULL;
}

static const char *text_fault(struct arena *a, const char *want, const char *const *found, size_t count)
{
    static const char *const open[] = { "v=spf1", "v=DMARC1", "v=TLSRPTv1" };
    size_t n = 0;

    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++) {
        const char *own = str_starts(want, open[i]) ? only(found, count, open[i], &n) : NULL;
        const char *lacks = own && i == 0 ? spf_lacks(a, own, want) : NULL;
        if (lacks)
            return arena_printf(a,
                                "the domain's own SPF record does not name '%s': add it, so that mail from here is not "
                                "refused",
                                lacks);
        if (own)
            return NULL;
        if (str_starts(want, open[i]) && n > 1)
            return arena_printf(a, "there are %zu records that begin with %s, and there may be one: join them", n,
                                open[i]);
    }
    for (size_t i = 0; i < count; i++)
        if (str_eq(found[i], want))
            return NULL;
    if (str_starts(want, STS) && only(found, count, STS, &n))
        return "the id is another one, so senders do not hear that the policy has changed: set this one in its place";
    return count > 0 ? "there is another text: set this one beside or in place of it" : "there is none: set it";
}

static bool is_without_dot(const char *found, const char *want)
{
    const size_t len = strlen(want);

    return strlen(found) + 1 == len && strncmp(found, want, len - 1) == 0;
}

/* Mail comes here when every MX is ours, whatever its preference. */
static const char *mx_fault(struct arena *a, const char *want, const char *const *found, size_t count)
{
    const char *host = strchr(want, ' '), *other = NULL;
    bool ours = false;

    for (size_t i = 0; i < count; i++) {
        const char *name = strchr(found[i], ' ');
        if (name && host && is_without_dot(name, host))
            ours = true;
        else
            other = found[i];
    }
    if (!other)
        return ours ? NULL : "there is none, so no mail arrives here: set it";
    return arena_printf(a, "mail goes to '%.200s'%s: set this record %s", other, ours ? " too" : " and not here",
                        ours ? "alone" : "in its place");
}

const char *mail_dns_host_fault(struct arena *a, const char *const *found, size_t count, const char *address)
{
    bool here = false;
    const char *other = NULL;

    for (size_t i = 0; i < count; i++)
        if (str_eq(found[i], address))
            here = true;
        else
            other = found[i];
    if (count == 0)
        return arena_printf(a, "there is none: set it, or an A record with %s", address);
    if (!here)
        return arena_printf(a, "the name leads to %.64s and not here: set this record in its place", other);
    return other ? arena_printf(a, "the name leads to %.64s too and not only here: set this record alone", other)
                 : NULL;
}

const char *mail_dns_fault(struct arena *a, const struct record_set *set, const char *const *found, size_t count)
{
    const char *want = mail_dns_value(a, set);

    if (str_eq(set->type, "MX"))
        return mx_fault(a, want, found, count);
    if (str_eq(set->type, "TXT"))
        return text_fault(a, want, found, count);
    for (size_t i = 0; i < count; i++)
        if (is_without_dot(found[i], want) || str_eq(found[i], want)) /* the root has no other form */
            return NULL;
    return count > 0 ? "there is another one: set this in its place"
                     : "there is none, so mail programs must be set up by hand";
}
