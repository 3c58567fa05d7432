/* Sites, their hostnames and releases in the store: see store.h. */
#include "base/clock.h"
#include "base/str.h"
#include "store/internal.h"

#define COLUMNS                                                                                                        \
    "s.id, s.customer, s.runtime, s.replicas, s.release_id, s.generation, s.created_ms, COALESCE(r.sha256, ''), "      \
    "COALESCE(r.size, 0)"
#define FROM " FROM site s LEFT JOIN site_release r ON r.id = s.release_id "

struct query {
    struct rows rows;
    struct arena *arena;
    const char *key;
};

static void add_site(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    struct site *s = rows_add(r);
    struct arena *a = r->arena;

    *s = (struct site){ .id = arena_strdup(a, db_text(row, 0)),
                        .customer = arena_strdup(a, db_text(row, 1)),
                        .runtime = arena_strdup(a, db_text(row, 2)),
                        .replicas = db_int(row, 3),
                        .release = arena_strdup(a, db_text(row, 4)) };
    s->generation = db_int(row, 5);
    s->created_ms = db_int(row, 6);
    s->release_sha256 = arena_strdup(a, db_text(row, 7));
    s->release_size = db_int(row, 8);
}

static void add_text(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    const char **s = rows_add(r);

    *s = arena_strdup(r->arena, db_text(row, 0));
}

static int read_hostnames(struct db *db, struct rows *sites, struct error *err)
{
    struct site *site = sites->items;

    for (size_t i = 0; i < sites->count; i++) {
        struct rows names = { .arena = sites->arena, .size = sizeof(char *) };
        if (db_run(db, "SELECT name FROM hostname WHERE site = ? ORDER BY position", add_text, &names, err, "s",
                   site[i].id) < 0)
            return -1;
        site[i].hostnames = names.items;
        site[i].hostname_count = names.count;
    }
    return 0;
}

#define SORTS(X) X("id", "s.id") X("customerId", "s.customer") X("createdAt", "CAST(s.created_ms AS TEXT)")
#define LIST(column, compare, direction)                                                                               \
    "SELECT " COLUMNS ", " column FROM "WHERE " AFTER_PAIR(                                                            \
        column, "s.id", compare) " AND (? = '' OR s.customer = ?) "                                                    \
                                 "AND (? = '' OR s.runtime = ?) AND (? = '' OR s.customer IN (SELECT id FROM "         \
                                 "customer WHERE plan = ?)) AND (s.id "                                                \
                                 "LIKE ? ESCAPE '\\' OR EXISTS (SELECT 1 FROM hostname h WHERE h.site = s.id AND "     \
                                 "h.name LIKE ? ESCAPE '\\')) AND " SEEN("s.customer") " ORDER BY " column             \
                                                                                       " " direction                   \
                                                                                       ", s.id " direction " LIMIT ?"
SORT_TABLES(store_site_sorts, SORTS)

static int read_list(struct db *db, void *ctx, struct error *err)
{
    enum { VALUE = 9 };
    struct listing *l = ctx;
    const struct site_filter *f = l->filter;
    const char *customer = f->customer ? f->customer : "", *plan = f->plan ? f->plan : "",
               *runtime = f->runtime ? f->runtime : "", *like = store_list_like(l->rows.arena, f->text);

    l->value_column = VALUE;
    if (db_run(db, list_sql[l->page.sort][l->page.descending], store_list_row, l, err,
               AFTER_TYPES "ssssssss" SEEN_TYPES "i", AFTER_OF(l->page), customer, customer, runtime, runtime, plan,
               plan, like, like, SEEN_BY(l->page), (int64_t)l->page.limit) < 0)
        return -1;
    return read_hostnames(db, &l->rows, err);
}

static int read_one(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;

    if (db_run(db, "SELECT " COLUMNS FROM "WHERE s.id = ? OR s.id = (SELECT h.site FROM hostname h WHERE h.name = ?)",
               add_site, &q->rows, err, "ss", q->key, q->key) < 0)
        return -1;
    if (q->rows.count == 0)
        return error_set(err, ERROR_NOT_FOUND, "there is no site '%s'", q->key);
    return read_hostnames(db, &q->rows, err);
}

int store_site_list(struct store *s, struct arena *a, const struct site_filter *f, struct page page, struct site **ret,
                    size_t *ret_count, struct error *err)
{
    struct listing l = {
        .rows = { .arena = a, .size = sizeof(struct site) }, .page = page, .add = add_site, .filter = f
    };

    return store_list_read(s, &l, read_list, ret, ret_count, err);
}

int store_site_get(struct store *s, struct arena *a, const char *id_or_hostname, struct site *ret, struct error *err)
{
    struct query q = { .rows = { .arena = a, .size = sizeof(struct site) }, .key = id_or_hostname };

    if (store_read(s, read_one, &q, err) < 0)
        return -1;
    *ret = *(struct site *)q.rows.items;
    return 0;
}

static int put_hostnames(struct db *db, const struct site *site, struct error *err)
{
    if (db_run(db, "DELETE FROM hostname WHERE site = ?", NULL, NULL, err, "s", site->id) < 0)
        return -1;
    for (size_t i = 0; i < site->hostname_count; i++) {
        if (db_run(db, "INSERT INTO hostname VALUES (?, ?, ?, ?)", NULL, NULL, err, "sssi", site->hostnames[i],
                   site->id, site->customer, (int64_t)i) >= 0)
            continue;
        if (err->code == ERROR_CONFLICT)
            return error_set(err, ERROR_CONFLICT, "the hostname '%s' is in use by another site", site->hostnames[i]);
        return -1;
    }
    return 0;
}

int store_site_insert(struct store_tx *tx, const struct site *site, struct error *err)
{
    struct db *db = store_tx_db(tx);

    if (db_run(db, "INSERT INTO site VALUES (?, ?, ?, ?, '', 1, ?)", NULL, NULL, err, "sssii", site->id, site->customer,
               site->runtime, site->replicas, clock_wall_ms()) < 0)
        return -1;
    return put_hostnames(db, site, err) < 0 ? -1 : store_customer_raise(db, site->customer, err);
}

int store_site_update(struct store_tx *tx, const struct site *site, int64_t if_generation, struct error *err)
{
    struct db *db = store_tx_db(tx);
    int64_t n = db_run(db,
                       "UPDATE site SET replicas = ?, release_id = ?, generation = generation + 1 WHERE id = ? AND (? "
                       "< 0 OR generation = ?)",
                       NULL, NULL, err, "issii", site->replicas, site->release, site->id, if_generation, if_generation);

    if (n == 0)
        return error_set(err, ERROR_STALE, "site '%s' was changed in the meantime; read it again", site->id);
    if (n < 0 || put_hostnames(db, site, err) < 0)
        return -1;
    return store_customer_raise(db, site->customer, err);
}

int store_tombstone_put(struct db *db, const char *kind, const char *name, const char *customer, struct error *err)
{
    return db_run(db, "INSERT INTO tombstone VALUES (?, ?, ?) ON CONFLICT DO NOTHING", NULL, NULL, err, "sss", kind,
                  name, customer) < 0
               ? -1
               : 0;
}

int store_site_delete(struct store_tx *tx, const char *id, struct error *err)
{
    struct db *db = store_tx_db(tx);
    struct query q = { .key = id };
    CLEANUP(arena_freep) struct arena *a = arena_new();

    q.rows = (struct rows){ .arena = a, .size = sizeof(struct site) };
    if (read_one(db, &q, err) < 0)
        return -1;
    const struct site *site = q.rows.items;
    if (store_tombstone_put(db, "site", site->id, site->customer, err) < 0 ||
        db_run(db, "DELETE FROM site WHERE id = ?", NULL, NULL, err, "s", site->id) < 0)
        return -1;
    return store_customer_raise(db, site->customer, err);
}

/* --- releases --- */

#define RELEASE_COLUMNS "id, site, sha256, media, size, state, message, created_ms, deployed_ms"

static void add_release(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    struct release *x = rows_add(r);
    struct arena *a = r->arena;

    *x = (struct release){ .id = arena_strdup(a, db_text(row, 0)),
                           .site = arena_strdup(a, db_text(row, 1)),
                           .sha256 = arena_strdup(a, db_text(row, 2)),
                           .media = arena_strdup(a, db_text(row, 3)),
                           .size = db_int(row, 4) };
    x->state = (enum release_state)release_state_parse(db_text(row, 5));
    x->message = arena_strdup(a, db_text(row, 6));
    x->created_ms = db_int(row, 7);
    x->deployed_ms = db_int(row, 8);
}

static int read_releases(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;
    return db_run(db,
                  "SELECT " RELEASE_COLUMNS
                  " FROM site_release WHERE site = ? ORDER BY created_ms DESC, id DESC LIMIT 100",
                  add_release, &q->rows, err, "s", q->key) < 0
               ? -1
               : 0;
}

static int read_release(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;
    return db_run(db, "SELECT " RELEASE_COLUMNS " FROM site_release WHERE id = ?", add_release, &q->rows, err, "s",
                  q->key) < 0
               ? -1
               : 0;
}

int store_release_list(struct store *s, struct arena *a, const char *site, struct release **ret, size_t *ret_count,
                       struct error *err)
{
    struct query q = { .rows = { .arena = a, .size = sizeof(struct release) }, .key = site };

    if (store_read(s, read_releases, &q, err) < 0)
        return -1;
    *ret = q.rows.items;
    *ret_count = q.rows.count;
    return 0;
}

int store_release_get(struct store *s, struct arena *a, const char *id, struct release *ret, struct error *err)
{
    struct query q = { .rows = { .arena = a, .size = sizeof(struct release) }, .key = id };

    if (store_read(s, read_release, &q, err) < 0)
        return -1;
    if (q.rows.count == 0)
        return error_set(err, ERROR_NOT_FOUND, "there is no release '%s'", id);
    *ret = *(struct release *)q.rows.items;
    return 0;
}

int store_release_insert(struct store_tx *tx, const struct release *r, struct error *err)
{
    return db_run(store_tx_db(tx), "INSERT INTO site_release VALUES (?, ?, ?, ?, ?, ?, '', ?, 0)", NULL, NULL, err,
                  "ssssisi", r->id, r->site, r->sha256, r->media, r->size, release_state_name(r->state),
                  clock_wall_ms()) < 0
               ? -1
               : 0;
}

struct state_change {
    const struct lease *lease;
    const char *id, *message;
    enum release_state state;
    const struct event *event; /* NULL: none */
};

static int64_t fail_operations(struct db *db, const struct state_change *c, struct error *err)
{
    int64_t now = clock_wall_ms();

    return db_run(db,
                  "UPDATE operation SET state = 'failed', message = ?, updated_ms = ?, finished_ms = ? WHERE kind IN "
                  "('site.deploy', 'site.rollback') AND input = ? AND finished_ms = 0",
                  NULL, NULL, err, "siis", c->message, now, now, c->id);
}

static int64_t write_state(struct db *db, void *ctx, struct error *err)
{
    const struct state_change *c = ctx;

    if (store_lease_check(db, c->lease, err) < 0)
        return -1;
    if (c->state == RELEASE_CURRENT && (db_run(db,
                                               "UPDATE site_release SET state = 'kept' WHERE state = 'current' AND id "
                                               "<> ? AND site = (SELECT site FROM site_release WHERE id = ?)",
                                               NULL, NULL, err, "ss", c->id, c->id) < 0 ||
                                        db_run(db, "UPDATE site_release SET deployed_ms = ? WHERE id = ?", NULL, NULL,
                                               err, "is", clock_wall_ms(), c->id) < 0))
        return -1;
    /* Whoever waits for it has failed with it; the site goes on with what it serves, and that is what should be from now on,
     * also when its volume is lost. */
    if (c->state == RELEASE_FAILED && fail_operations(db, c, err) < 0)
        return -1;
    if (c->state == RELEASE_FAILED &&
        db_run(
            db,
            "UPDATE site SET generation = generation + 1, release_id = COALESCE((SELECT r.id FROM site_release r WHERE "
            "r.site = site.id AND r.state = 'current'), '') WHERE release_id = ?",
            NULL, NULL, err, "s", c->id) < 0)
        return -1;
    if (c->event && store_event_put(db, c->event, clock_wall_ms(), NULL, err) < 0)
        return -1;
    return db_run(db, "UPDATE site_release SET state = ?, message = ? WHERE id = ?", NULL, NULL, err, "sss",
                  release_state_name(c->state), c->message, c->id);
}

int store_release_end(struct store *s, const struct lease *l, const char *id, enum release_state state,
                      const char *message, const struct event *event, struct error *err)
{
    struct state_change c = { l, id, message, state, event };
    int64_t n = store_write(s, "release-state", write_state, &c, err);

    return n == 0 ? error_set(err, ERROR_NOT_FOUND, "there is no release '%s'", id) : n < 0 ? -1 : 0;
}

int store_release_state(struct store *s, const struct lease *l, const char *id, enum release_state state,
                        const char *message, struct error *err)
{
    return store_release_end(s, l, id, state, message, NULL, err);
}

struct volume {
    const struct lease *lease;
    const char *customer, *uid;
    struct rows rows; /* the uid that is known */
};

static int read_volume(struct db *db, void *ctx, struct error *err)
{
    struct volume *v = ctx;

    return db_run(db, "SELECT uid FROM volume WHERE customer = ?", add_text, &v->rows, err, "s", v->customer) < 0 ? -1
                                                                                                                  : 0;
}

static int64_t write_volume(struct db *db, void *ctx, struct error *err)
{
    const struct volume *v = ctx;

    if (store_lease_check(db, v->lease, err) < 0)
        return -1;
    if (db_run(
            db,
            "UPDATE site_release SET state = 'uploaded' WHERE state = 'current' AND site IN (SELECT id FROM site WHERE "
            "customer = ?)",
            NULL, NULL, err, "s", v->customer) < 0)
        return -1;
    return db_run(
        db,
        "INSERT INTO volume SELECT id, ? FROM customer WHERE id = ? ON CONFLICT (customer) DO UPDATE SET uid = "
        "excluded.uid",
        NULL, NULL, err, "ss", v->uid, v->customer);
}

int store_volume_seen(struct store *s, const struct lease *l, const char *customer, const char *uid, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct volume v = { .lease = l, .customer = customer, .uid = uid, .rows = { .arena = a, .size = sizeof(char *) } };

    if (store_read(s, read_volume, &v, err) < 0)
        return -1;
    if (v.rows.count > 0 && str_eq(*(const char **)v.rows.items, uid))
        return 0;
    return store_write(s, "volume-seen", write_volume, &v, err) < 0 ? -1 : 0;
}

static int64_t prune_releases(struct db *db, void *ctx, struct error *err)
{
    return db_run(
        db,
        "DELETE FROM site_release WHERE state IN ('kept', 'failed') AND id NOT IN (SELECT release_id FROM site) "
        "AND (SELECT count(*) FROM site_release n WHERE n.site = site_release.site AND (n.created_ms > "
        "site_release.created_ms OR (n.created_ms = site_release.created_ms AND n.id > site_release.id))) >= ?",
        NULL, NULL, err, "i", *(const int64_t *)ctx);
}

int store_release_prune(struct store *s, int64_t keep, struct error *err)
{
    return store_write(s, "release-prune", prune_releases, &keep, err) < 0 ? -1 : 0;
}
