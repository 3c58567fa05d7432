/* Notifications of changed zones (LISTEN, PostgreSQL's asynchronous notification): see zonewatch.h. */
#include "reconcile/zonewatch.h"

#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"

enum { RETRY_MS = 2000, POLL_MS = 500, DSN_MAX = 4096 };

struct zonewatch {
    const struct planes *planes;
    pthread_t thread;
    atomic_bool stop;
};

/* A change of ours is notified too; the pass that it causes finds everything right and ends. */
static void on_zone(const struct zonewatch *w, const char *zone)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error ignored = ERROR_INIT;
    struct domain d;

    if (str_eq(zone, "*")) /* every zone */
        (void)!store_customer_due(w->planes->store, NULL, &ignored);
    else if (store_domain_get(w->planes->store, a, zone, &d, &ignored) == 0)
        (void)!store_customer_due(w->planes->store, d.customer, &ignored);
}

static PGconn *connect_db(const struct zonewatch *w, struct arena *a, struct error *err)
{
    char *dsn;

    if (file_read(a, w->planes->settings->pdns_listen_file, DSN_MAX, &dsn, NULL, err) < 0)
        return NULL;
    PGconn *c = PQconnectdb(str_trim(a, dsn));
    PGresult *r = PQstatus(c) == CONNECTION_OK ? PQexec(c, "LISTEN berth_zone") : NULL;
    bool ok = r && PQresultStatus(r) == PGRES_COMMAND_OK;
    PQclear(r);
    if (ok)
        return c;
    error_set(err, ERROR_UNAVAILABLE, "%s", str_trim(a, PQerrorMessage(c)));
    PQfinish(c);
    return NULL;
}

/* Until the connection fails or the process stops. */
static void listen_on(const struct zonewatch *w, PGconn *c)
{
    while (!atomic_load(&w->stop) && PQconsumeInput(c)) {
        PGnotify *n;
        while ((n = PQnotifies(c)) != NULL) {
            on_zone(w, n->extra);
            PQfreemem(n);
        }
        struct pollfd fd = { .fd = PQsocket(c), .events = POLLIN };
        (void)poll(&fd, 1, POLL_MS);
    }
}

static void *run(void *ctx)
{
    struct zonewatch *w = ctx;
    bool told = false, missed = false;

    while (!atomic_load(&w->stop)) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct error err = ERROR_INIT;
        PGconn *c = connect_db(w, a, &err);
        if (c) {
            if (missed) /* what changed meanwhile, nobody told */
                (void)!store_customer_due(w->planes->store, NULL, &err);
            told = false;
            listen_on(w, c);
            PQfinish(c);
            missed = true;
            continue;
        }
        missed = true;
        if (!told)
            log_line(LOG_LEVEL_WARN, "zones cannot be watched", LOG_S("error", err.message));
        told = true;
        for (int i = 0; i < RETRY_MS / 100 && !atomic_load(&w->stop); i++)
            clock_sleep_ms(100);
    }
    return NULL;
}

int zonewatch_start(const struct planes *p, struct zonewatch **ret, struct error *err)
{
    *ret = NULL;
    if (str_empty(p->settings->pdns_listen_file))
        return 0;
    struct zonewatch *w = calloc(1, sizeof *w);
    if (!w)
        abort();
    w->planes = p;
    int rc = pthread_create(&w->thread, NULL, run, w);
    if (rc != 0) {
        free(w);
        return error_set_errno(err, rc, "starting the zone watch");
    }
    *ret = w;
    return 0;
}

void zonewatch_stop(struct zonewatch *w)
{
    if (!w)
        return;
    atomic_store(&w->stop, true);
    pthread_join(w->thread, NULL);
    free(w);
}
