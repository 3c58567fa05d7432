/* Pruning the spool: see spool.h. */
#include "reconcile/spool.h"

#include "base/clock.h"

enum { DROP_MS = 60 * 1000 };

/* Deleted while the store's row says so, and forgotten after: a crash between deletes it once more. */
static int drop_one(const struct planes *p, struct arena *a, bool *ret_found, struct error *err)
{
    const int64_t deadline = clock_mono_ms() + DROP_MS;
    struct archive_claim claim;

    if (store_archive_claim(p->store, a, DROP_MS, &claim, ret_found, err) < 0)
        return -1;
    if (!*ret_found)
        return 0;
    return spool_drop(p->spool, claim.sha256, deadline, err) < 0 ? -1 : store_archive_forget(p->store, &claim, err);
}

int spool_prune(const struct planes *p, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    bool found = true;

    if (store_release_prune(p->store, SPOOL_RELEASES_KEPT, err) < 0)
        return -1;
    while (found)
        if (drop_one(p, a, &found, err) < 0)
            return -1;
    return 0;
}
