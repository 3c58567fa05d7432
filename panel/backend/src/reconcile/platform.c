/* The platform's own zone: see platform.h. */
#include "reconcile/platform.h"

#include "base/str.h"
#include "reconcile/zone.h"

/* What the mail servers' own names need: senders that are rewritten (SRS, images/postsrsd) are in srs.PLATFORM, whose SPF speaks for
 * them and whose MX gets back what cannot be delivered; mail to the platform's postmaster comes when there is one. */
static const struct rrset *with_mail(struct arena *a, const struct settings *set, const struct rrset *want,
                                     size_t *count)
{
    enum { MORE = 3 };
    struct rrset *list = arena_array(a, *count + MORE, sizeof *list);
    const char *mx = arena_printf(a, "10 %s.", set->mail_host), *srs = arena_printf(a, "srs.%s", set->platform_domain);
    const struct mail_dns mail = zone_mail_dns(set);

    for (size_t i = 0; i < *count; i++)
        list[i] = want[i];
    list[(*count)++] = zone_single(a, srs, "MX", mx);
    list[(*count)++] = zone_single(a, srs, "TXT", arena_printf(a, "\"%s\"", mail_dns_spf(a, &mail)));
    if (!str_empty(set->postmaster))
        list[(*count)++] = zone_single(a, set->platform_domain, "MX", mx);
    return list;
}

int platform_ensure(const struct planes *p, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct settings *set = p->settings;
    const char *hosts[] = { arena_printf(a, "*.%s", set->platform_domain) };
    struct rrset *changes;
    size_t want_count, count;
    bool made;

    if (str_empty(set->platform_domain) || set->nameserver_count == 0)
        return 0;
    const struct rrset *want = zone_want(a, set, set->platform_domain, hosts, 1, &want_count);
    if (!str_empty(set->mail_host))
        want = with_mail(a, set, want, &want_count);
    return zone_ensure(p->pdns, a, set, set->platform_domain, want, want_count, false, &changes, &count, &made, err);
}
