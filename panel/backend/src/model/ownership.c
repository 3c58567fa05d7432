/* Whose a domain is: see ownership.h. */
#include "model/ownership.h"

#include <string.h>

#include "base/id.h"
#include "base/str.h"
#include "model/names.h"

enum { CHALLENGE_CHARS = 32 }; /* 128 bits: two domains or customers never have the same one */

bool ownership_is_free(const char *const *free_domains, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (!str_eq(name, free_domains[i]) && name_within(name, free_domains[i]))
            return true;
    return false;
}

const char *ownership_challenge_name(struct arena *a, const char *domain)
{
    return arena_printf(a, "_berth-challenge.%s", domain);
}

const char *ownership_challenge(struct arena *a, const char *customer_uid, const char *domain)
{
    const char *digest = id_hash_token(a, arena_printf(a, "ownership %s %s", customer_uid, domain));

    return arena_printf(a, "berth-%.*s", CHALLENGE_CHARS, digest);
}

bool ownership_routes(const struct tenant *t, const char *hostname)
{
    const struct domain *d = tenant_domain_of(t, hostname);

    return !d || d->ownership != OWNERSHIP_PENDING; /* in no domain of the customer: below the platform's own */
}

struct site ownership_routed(struct arena *a, const struct tenant *t, const struct site *s)
{
    struct site routed = *s;

    routed.hostnames = arena_array(a, s->hostname_count + 1, sizeof *routed.hostnames);
    routed.hostname_count = 0;
    for (size_t i = 0; i < s->hostname_count; i++)
        if (ownership_routes(t, s->hostnames[i]))
            routed.hostnames[routed.hostname_count++] = s->hostnames[i];
    return routed;
}
