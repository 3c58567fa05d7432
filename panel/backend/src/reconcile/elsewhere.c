/* Domains that are delegated to other name servers: see elsewhere.h. */
#include "reconcile/elsewhere.h"

#include "base/str.h"
#include "provider/resolver.h"

int elsewhere_look(struct arena *a, const struct settings *set, const char *domain, bool *ret, struct error *err)
{
    struct resolved r;
    bool ours = false;

    if (resolver_ask(a, set->resolver, domain, RESOLVER_NS, &r, err) < 0)
        return -1;
    for (size_t i = 0; i < r.count; i++)
        for (size_t j = 0; j < set->nameserver_count; j++)
            ours = ours || str_eq(r.values[i], set->nameservers[j]);
    *ret = r.count > 0 && !ours;
    return 0;
}

int elsewhere_has_text(struct arena *a, const struct settings *set, const char *name, const char *text, bool *ret,
                       struct error *err)
{
    struct resolved r;
    bool found = false;

    if (resolver_ask(a, set->resolver, name, RESOLVER_TXT, &r, err) < 0)
        return -1;
    for (size_t i = 0; i < r.count; i++)
        found = found || str_eq(r.values[i], text);
    *ret = found;
    return 0;
}
