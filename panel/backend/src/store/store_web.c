/* Names for mail programs and MTA-STS in the store: see web.h. */
#include "store/web.h"

#include "base/clock.h"
#include "store/internal.h"

struct write {
    const struct lease *lease;
    const struct domain *domain;
    const struct event *event;
};

static int64_t write_web(struct db *db, void *ctx, struct error *err)
{
    const struct write *w = ctx;
    const struct domain *d = w->domain;

    if (store_lease_check(db, w->lease, err) < 0)
        return -1;
    int64_t rows = db_run(db,
                          "UPDATE domain SET web_hosts = ?, web_tries = ?, mta_sts = ?, mta_sts_since_ms = ?, "
                          "mta_sts_good_ms = ?, mta_sts_id = ? WHERE name = ? AND customer = ? AND created_ms = ?",
                          NULL, NULL, err, "iisiisssi", d->web_hosts, d->web_tries, mta_sts_mode_name(d->mta_sts.mode),
                          d->mta_sts.since_ms, d->mta_sts.good_ms, d->mta_sts.id, d->name, d->customer, d->created_ms);
    if (rows <= 0 || !w->event)
        return rows;
    if (store_event_put(db, w->event, clock_wall_ms(), NULL, err) < 0 ||
        store_event_prune(db, w->event->customer, err) < 0)
        return -1;
    return rows;
}

int store_web_write(struct store *s, const struct lease *l, const struct domain *d, const struct event *event,
                    struct error *err)
{
    struct write w = { .lease = l, .domain = d, .event = event };

    return store_write(s, "mail-web", write_web, &w, err) < 0 ? -1 : 0;
}

static void add_name(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    struct web_name *n = rows_add(r);

    *n = (struct web_name){ .domain = arena_strdup(r->arena, db_text(row, 0)),
                            .hosts = db_int(row, 1),
                            .tries = db_int(row, 2) };
}

static int read_names(struct db *db, void *ctx, struct error *err)
{
    return db_run(db, "SELECT name, web_hosts, web_tries FROM domain WHERE web_hosts <> 0 ORDER BY name", add_name, ctx,
                  err, "") < 0
               ? -1
               : 0;
}

int store_web_list(struct store *s, struct arena *a, struct web_name **ret, size_t *ret_count, struct error *err)
{
    struct rows rows = { .arena = a, .size = sizeof(struct web_name) };

    if (store_read(s, read_names, &rows, err) < 0)
        return -1;
    *ret = rows.items;
    *ret_count = rows.count;
    return 0;
}
