/* Changes of the mail database that Berth did not make: see mailwatch.h. */
#include "reconcile/mailwatch.h"

#include "base/log.h"

enum { POLL_MS = 1000, RETRY_MS = 2000, UNKNOWN = -1 };

static int mark_due(const struct planes *p, const char *const *customers, size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++)
        if (store_customer_due(p->store, customers[i], err) < 0)
            return -1;
    return 0;
}

/* *seq moves on when all customers are due: what failed is told again. A number that is lower than before is that of another
 * database, or of a backup. */
static int poll_once(const struct planes *p, int64_t *seq, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char **customers;
    size_t count;
    int64_t now;

    /* Nobody is due by the first look, so what others changed before the start is not asked for: a start looks at everybody. */
    if (maildb_changes(p->maildb, a, *seq == UNKNOWN ? INT64_MAX : *seq, &now, &customers, &count, err) < 0)
        return -1;
    if (now < *seq ? store_customer_due(p->store, NULL, err) < 0 : mark_due(p, customers, count, err) < 0)
        return -1;
    *seq = now;
    return 0;
}

static void run(const struct loop *l, const void *ctx)
{
    int64_t seq = UNKNOWN;
    bool told = false;

    while (loop_goes_on(l)) {
        struct error err = ERROR_INIT;
        bool well = poll_once(ctx, &seq, &err) == 0;
        if (!well && !told)
            log_line(LOG_LEVEL_WARN, "the mail database cannot be watched", LOG_S("error", err.message));
        told = !well;
        loop_pause(l, well ? POLL_MS : RETRY_MS);
    }
}

int mailwatch_start(const struct planes *p, struct loop **ret, struct error *err)
{
    *ret = NULL;
    return p->maildb ? loop_start(run, p, "the mail watch", ret, err) : 0;
}
