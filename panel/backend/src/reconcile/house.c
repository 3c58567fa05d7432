/* Housekeeping and taking over: see house.h. */
#include "reconcile/house.h"

#include "base/clock.h"
#include "model/ownership.h"
#include "reconcile/platform.h"
#include "reconcile/spool.h"

enum { PRUNE_EVERY_MS = 10 * 60 * 1000, RETRY_PRUNE_MS = 60 * 1000 };

/* A reconciler that died left its leases; its successor on the volume need not wait for their end. */
static int release_leases_of_the_dead(const struct house *h, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char **dead;
    size_t count;

    owner_list_dead(h->owner, a, &dead, &count);
    for (size_t i = 0; i < count; i++) {
        if (store_lease_release(h->planes->store, dead[i], err) < 0)
            return -1;
        owner_bury(h->owner, dead[i]);
    }
    return 0;
}

int house_take_over(const struct house *h, struct error *err)
{
    if (release_leases_of_the_dead(h, err) < 0)
        return -1;
    /* What changed on the planes while no reconciler ran, nobody told: everybody is looked at once. */
    return store_customer_due(h->planes->store, NULL, err);
}

/* What needs no plane comes first: PowerDNS may be away. */
static int keep(struct house *h, const struct planes *bound, int64_t now, struct error *err)
{
    const int64_t day_ms = 24LL * 60 * 60 * 1000;

    if (store_claims_expire(bound->store, OWNERSHIP_CLAIM_DAYS * day_ms, err) < 0 ||
        store_trash_expire(bound->store, err) < 0)
        return -1;
    if (now >= h->prune_ms) {
        h->prune_ms = now + PRUNE_EVERY_MS;
        if (spool_prune(bound, err) < 0) {
            h->prune_ms = now + RETRY_PRUNE_MS;
            return -1;
        }
    }
    return platform_ensure(bound, err);
}

int house_keep(struct house *h, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const int64_t now = clock_mono_ms(), lease = h->planes->settings->lease_ms;
    struct planes bound = *h->planes;
    bool held;

    bound.pdns = pdns_until(h->planes->pdns, a, now + lease);
    if (store_duty_claim(h->planes->store, "housekeeping", owner_name(h->owner), lease, &held, err) < 0)
        return -1;
    return held ? keep(h, &bound, now, err) : 0;
}
