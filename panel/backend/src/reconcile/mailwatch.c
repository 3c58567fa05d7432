/* Changes of the mail database that Berth did not make: see mailwatch.h. */
#include "reconcile/mailwatch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"

enum { POLL_MS = 1000, RETRY_MS = 2000, PIECE_MS = 100, UNKNOWN = -1 };

struct mailwatch {
    const struct planes *planes;
    pthread_t thread;
    atomic_bool stop;
};

static int mark_due(const struct mailwatch *w, const char *const *customers, size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++)
        if (store_customer_due(w->planes->store, customers[i], err) < 0)
            return -1;
    return 0;
}

/* *seq moves on when all customers are due: what failed is told again. A number that is lower than before is that of another
 * database, or of a backup. */
static int poll_once(const struct mailwatch *w, int64_t *seq, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char **customers;
    size_t count;
    int64_t now;

    /* Nobody is due by the first look, so what others changed before the start is not asked for: a start looks at everybody. */
    if (maildb_changes(w->planes->maildb, a, *seq == UNKNOWN ? INT64_MAX : *seq, &now, &customers, &count, err) < 0)
        return -1;
    if (now < *seq ? store_customer_due(w->planes->store, NULL, err) < 0 : mark_due(w, customers, count, err) < 0)
        return -1;
    *seq = now;
    return 0;
}

static void *run(void *ctx)
{
    struct mailwatch *w = ctx;
    int64_t seq = UNKNOWN;
    bool told = false;

    while (!atomic_load(&w->stop)) {
        struct error err = ERROR_INIT;
        bool well = poll_once(w, &seq, &err) == 0;
        if (!well && !told)
            log_line(LOG_LEVEL_WARN, "the mail database cannot be watched", LOG_S("error", err.message));
        told = !well;
        for (int i = 0; i < (well ? POLL_MS : RETRY_MS) / PIECE_MS && !atomic_load(&w->stop); i++)
            clock_sleep_ms(PIECE_MS);
    }
    return NULL;
}

int mailwatch_start(const struct planes *p, struct mailwatch **ret, struct error *err)
{
    *ret = NULL;
    if (!p->maildb)
        return 0;
    struct mailwatch *w = calloc(1, sizeof *w);
    if (!w)
        abort();
    w->planes = p;
    int rc = pthread_create(&w->thread, NULL, run, w);
    if (rc != 0) {
        free(w);
        return error_set_errno(err, rc, "starting the mail watch");
    }
    *ret = w;
    return 0;
}

void mailwatch_stop(struct mailwatch *w)
{
    if (!w)
        return;
    atomic_store(&w->stop, true);
    pthread_join(w->thread, NULL);
    free(w);
}
