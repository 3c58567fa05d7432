/* The platform's own zone: see platform.h. */
#include "reconcile/platform.h"

#include "base/str.h"
#include "reconcile/zone.h"

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
    return zone_ensure(p->pdns, a, set, set->platform_domain, want, want_count, false, &changes, &count, &made, err);
}
