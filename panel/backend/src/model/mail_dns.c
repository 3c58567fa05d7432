/* What mail needs in a domain's zone: see mail_dns.h. */
#include "model/mail_dns.h"

#include "base/str.h"
#include "model/dkim.h"
#include "model/names.h"
#include "model/record.h"

enum { TTL = 300, SETS_MAX = 12 };

#define SPF "\"v=spf1 "

/* Services by SRV records (RFC 6186, RFC 8314): name, port. What is not offered to clients is not named. */
#define SERVICES(X)                                                                                                    \
    X("_submission._tcp", 587) X("_submissions._tcp", 465) X("_imaps._tcp", 993) X("_pop3s._tcp", 995)

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

struct record_set *mail_dns_sets(struct arena *a, const struct mail_dns *m, const struct domain *d, size_t *ret_count)
{
    struct list l = { .arena = a, .sets = arena_array(a, SETS_MAX + d->dkim_key_count, sizeof l.sets[0]) };

    for (size_t i = 0; i < d->dkim_key_count; i++)
        add_text(&l, dkim_record_name(a, &d->dkim_keys[i]), dkim_record_text(a, &d->dkim_keys[i]));
    if (d->mail && !str_empty(m->host)) {
        add(&l, d->name, "MX", arena_printf(a, "10 %s.", m->host));
        add_text(&l, d->name, "v=spf1 mx -all");
        add_text(&l, arena_printf(a, "_dmarc.%s", d->name), "v=DMARC1; p=quarantine");
        add_text(&l, arena_printf(a, "_smtp._tls.%s", d->name),
                 arena_printf(a, "v=TLSRPTv1; rua=mailto:postmaster@%s", m->platform));
#define X(service, port)                                                                                               \
    add(&l, arena_printf(a, "%s.%s", service, d->name), "SRV", arena_printf(a, "0 1 %d %s.", port, m->host));
        SERVICES(X)
#undef X
    }
    *ret_count = l.count;
    return l.sets;
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

/* The customer may say something else than we do. */
static bool is_open(const struct domain *d, const struct record_set *set)
{
    return str_eq(set->type, "TXT") && (str_eq(set->name, d->name) || str_starts(set->name, "_dmarc.") ||
                                        str_starts(set->name, "_smtp._tls."));
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
