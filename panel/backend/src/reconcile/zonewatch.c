/* Notifications of changed zones (LISTEN, PostgreSQL's asynchronous notification): see zonewatch.h. */
#include "reconcile/zonewatch.h"

#include <libpq-fe.h>
#include <poll.h>

#include "base/file.h"
#include "base/log.h"
#include "base/str.h"

enum { RETRY_MS = 2000, POLL_MS = 500, DSN_MAX = 4096 };

/* A change of ours is notified too; the pass that it causes finds everything right and ends. */
static void on_zone(const struct planes *p, const char *zone)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error ignored = ERROR_INIT;
    struct domain d;

    if (str_eq(zone, "*")) /* every zone */
        (void)!store_customer_due(p->store, NULL, &ignored);
    else if (store_domain_get(p->store, a, zone, &d, &ignored) == 0)
        (void)!store_customer_due(p->store, d.customer, &ignored);
}

static PGconn *connect_db(const struct planes *p, struct arena *a, struct error *err)
{
    char *dsn;

    if (file_read(a, p->settings->pdns_listen_file, DSN_MAX, &dsn, NULL, err) < 0)
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
static void listen_on(const struct loop *l, const struct planes *p, PGconn *c)
{
    while (loop_goes_on(l) && PQconsumeInput(c)) {
        PGnotify *n;
        while ((n = PQnotifies(c)) != NULL) {
            on_zone(p, n->extra);
            PQfreemem(n);
        }
        struct pollfd fd = { .fd = PQsocket(c), .events = POLLIN };
        (void)poll(&fd, 1, POLL_MS);
    }
}

static void run(const struct loop *l, const void *ctx)
{
    const struct planes *p = ctx;
    bool told = false, missed = false;

    while (loop_goes_on(l)) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct error err = ERROR_INIT;
        PGconn *c = connect_db(p, a, &err);
        if (c) {
            if (missed) /* what changed meanwhile, nobody told */
                (void)!store_customer_due(p->store, NULL, &err);
            told = false;
            listen_on(l, p, c);
            PQfinish(c);
            missed = true;
            continue;
        }
        missed = true;
        if (!told)
            log_line(LOG_LEVEL_WARN, "zones cannot be watched", LOG_S("error", err.message));
        told = true;
        loop_pause(l, RETRY_MS);
    }
}

int zonewatch_start(const struct planes *p, struct loop **ret, struct error *err)
{
    *ret = NULL;
    return str_empty(p->settings->pdns_listen_file) ? 0 : loop_start(run, p, "the zone watch", ret, err);
}
