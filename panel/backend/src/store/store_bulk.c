/* Bulk changes in the store: see store.h. The one writer (store/db.h) makes that an item is taken once, whoever works. */
#include "base/clock.h"
#include "base/str.h"
#include "store/internal.h"

/* The two statements are the lists' (store_customer.c, store_site.c), without their pages. */
#define ITEMS "INSERT INTO bulk_item SELECT ?, row_number() OVER (ORDER BY "
#define LIMITED " LIMIT ?"

struct query {
    struct rows rows;
    const char *operation;
};

static const char *or_empty(const char *s)
{
    return s ? s : "";
}

static int insert_bulk(struct db *db, const struct bulk *b, struct error *err)
{
    return db_run(db, "INSERT INTO bulk VALUES (?, ?, ?, ?, ?)", NULL, NULL, err, "sssss", b->operation, b->account,
                  b->customer, b->kind, b->change) < 0
               ? -1
               : 0;
}

int store_bulk_customers(struct store_tx *tx, const struct bulk *b, const struct customer_filter *f, struct page page,
                         int64_t *ret_count, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct db *db = store_tx_db(tx);
    const char *state = or_empty(f->state), *plan = or_empty(f->plan), *ready = or_empty(f->ready);
    const char *like = store_list_like(a, f->text);

    if (insert_bulk(db, b, err) < 0)
        return -1;
    int64_t n = db_run(
        db,
        ITEMS "c.id), c.id, 'waiting', '', '' FROM customer c WHERE (? = '' OR c.state = ?) AND (? = '' OR c.plan = ?) "
              "AND (lower(c.id) LIKE ? ESCAPE '\\' OR lower(c.name) LIKE ? ESCAPE '\\') AND (? = '' OR ? = CASE WHEN "
              "c.ready <> 0 AND c.observed = c.generation THEN 'true' ELSE 'false' END) AND " SEEN("c.id") LIMITED,
        NULL, NULL, err, "sssssssss" SEEN_TYPES "i", b->operation, state, state, plan, plan, like, like, ready, ready,
        SEEN_BY(page), (int64_t)page.limit);
    if (n < 0)
        return -1;
    *ret_count = n;
    return 0;
}

int store_bulk_sites(struct store_tx *tx, const struct bulk *b, const struct site_filter *f, struct page page,
                     int64_t *ret_count, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct db *db = store_tx_db(tx);
    const char *customer = or_empty(f->customer), *plan = or_empty(f->plan), *runtime = or_empty(f->runtime);
    const char *like = store_list_like(a, f->text);

    if (insert_bulk(db, b, err) < 0)
        return -1;
    int64_t n = db_run(
        db,
        ITEMS
        "s.id), s.id, 'waiting', '', '' FROM site s WHERE (? = '' OR s.customer = ?) AND (? = '' OR s.runtime = ?) "
        "AND (? = '' OR s.customer IN (SELECT id FROM customer WHERE plan = ?)) AND (s.id LIKE ? ESCAPE '\\' OR EXISTS "
        "(SELECT 1 FROM hostname h WHERE h.site = s.id AND h.name LIKE ? ESCAPE '\\')) AND " SEEN("s.customer") LIMITED,
        NULL, NULL, err, "sssssssss" SEEN_TYPES "i", b->operation, customer, customer, runtime, runtime, plan, plan,
        like, like, SEEN_BY(page), (int64_t)page.limit);
    if (n < 0)
        return -1;
    *ret_count = n;
    return 0;
}

/* --- working through it --- */

static void add_bulk(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    struct bulk *b = rows_add(r);
    struct arena *a = r->arena;

    *b = (struct bulk){ .operation = arena_strdup(a, db_text(row, 0)),
                        .account = arena_strdup(a, db_text(row, 1)),
                        .customer = arena_strdup(a, db_text(row, 2)),
                        .kind = arena_strdup(a, db_text(row, 3)),
                        .change = arena_strdup(a, db_text(row, 4)),
                        .actor = arena_strdup(a, db_text(row, 5)),
                        .request_id = arena_strdup(a, db_text(row, 6)) };
}

#define BULK "SELECT b.operation, b.account, b.customer, b.kind, b.change, o.actor, o.request_id "

static int read_open(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;
    return db_run(db,
                  BULK "FROM operation o JOIN bulk b ON b.operation = o.id WHERE o.state IN ('accepted', 'running') "
                       "ORDER BY o.seq",
                  add_bulk, &q->rows, err, "") < 0
               ? -1
               : 0;
}

int store_bulk_open(struct store *s, struct arena *a, struct bulk **ret, size_t *ret_count, struct error *err)
{
    struct query q = { .rows = { .arena = a, .size = sizeof(struct bulk) } };

    if (store_read(s, read_open, &q, err) < 0)
        return -1;
    *ret = q.rows.items;
    *ret_count = q.rows.count;
    return 0;
}

static int read_bulk(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;
    return db_run(db, BULK "FROM bulk b JOIN operation o ON o.id = b.operation WHERE b.operation = ?", add_bulk,
                  &q->rows, err, "s", q->operation) < 0
               ? -1
               : 0;
}

int store_bulk_get(struct store *s, struct arena *a, const char *operation, struct bulk *ret, struct error *err)
{
    struct query q = { .rows = { .arena = a, .size = sizeof(struct bulk) }, .operation = operation };

    if (store_read(s, read_bulk, &q, err) < 0)
        return -1;
    if (q.rows.count == 0)
        return error_set(err, ERROR_NOT_FOUND, "the operation '%s' is no bulk change", operation);
    *ret = *(struct bulk *)q.rows.items;
    return 0;
}

static void add_item(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    struct bulk_item *i = rows_add(r);
    struct arena *a = r->arena;

    *i = (struct bulk_item){ .position = db_int(row, 0),
                             .object = arena_strdup(a, db_text(row, 1)),
                             .state = arena_strdup(a, db_text(row, 2)),
                             .message = arena_strdup(a, db_text(row, 3)),
                             .child = arena_strdup(a, db_text(row, 4)) };
}

int store_bulk_next(struct store_tx *tx, struct arena *a, const char *operation, struct bulk_item *ret, bool *ret_found,
                    struct error *err)
{
    struct rows rows = { .arena = a, .size = sizeof(struct bulk_item) };

    if (db_run(store_tx_db(tx),
               "SELECT position, object, state, message, child FROM bulk_item WHERE operation = ? AND state = "
               "'waiting' ORDER BY position LIMIT 1",
               add_item, &rows, err, "s", operation) < 0)
        return -1;
    *ret_found = rows.count > 0;
    if (rows.count)
        *ret = *(struct bulk_item *)rows.items;
    return 0;
}

int store_bulk_end(struct store_tx *tx, const char *operation, const struct bulk_item *item, struct error *err)
{
    struct db *db = store_tx_db(tx);

    if (db_run(db,
               "UPDATE bulk_item SET state = ?, message = ?, child = ? WHERE operation = ? AND position = ? AND state "
               "= 'waiting'",
               NULL, NULL, err, "ssssi", item->state, item->message, item->child, operation, item->position) < 0)
        return -1;
    return db_run(db, "UPDATE operation SET state = 'running', updated_ms = ? WHERE id = ? AND finished_ms = 0", NULL,
                  NULL, err, "is", clock_wall_ms(), operation) < 0
               ? -1
               : 0;
}

/* --- how far it is --- */

/* What a client sees of an item: its own state until it was accepted, then that of its operation. */
#define SHOWN                                                                                                          \
    "CASE WHEN i.state <> 'accepted' THEN i.state WHEN o.state = 'done' THEN 'done' WHEN o.state = 'failed' THEN "     \
    "'failed' ELSE 'running' END"
#define FROM_ITEMS " FROM bulk_item i LEFT JOIN operation o ON o.id = i.child AND i.child <> '' WHERE i.operation = ?"

static void add_count(void *ctx, const struct db_row *row)
{
    struct bulk_progress *p = ctx;
    const char *state = db_text(row, 0);
    int64_t n = db_int(row, 1);

    p->total += n;
    if (str_eq(state, "waiting"))
        p->waiting = n;
    else if (str_eq(state, "running"))
        p->running = n;
    else if (str_eq(state, "done"))
        p->done = n;
    else if (str_eq(state, "failed"))
        p->failed = n;
    else
        p->refused = n;
}

struct progress_query {
    const char *operation;
    struct bulk_progress progress;
};

static int read_progress(struct db *db, void *ctx, struct error *err)
{
    struct progress_query *q = ctx;

    q->progress = (struct bulk_progress){ 0 };
    return db_run(db, "SELECT shown, count(*) FROM (SELECT " SHOWN " AS shown" FROM_ITEMS ") AS items GROUP BY shown",
                  add_count, &q->progress, err, "s", q->operation) < 0
               ? -1
               : 0;
}

int store_bulk_progress(struct store *s, const char *operation, struct bulk_progress *ret, struct error *err)
{
    struct progress_query q = { .operation = operation };

    if (store_read(s, read_progress, &q, err) < 0)
        return -1;
    *ret = q.progress;
    return 0;
}

#define LIST(compare, direction)                                                                                       \
    "SELECT i.position, i.object, " SHOWN                                                                              \
    ", CASE WHEN i.message <> '' THEN i.message ELSE COALESCE(o.message, '') END, i.child" FROM_ITEMS                  \
    " AND i.position " compare " ? AND (? = '' OR " SHOWN " = ?) ORDER BY i.position " direction " LIMIT ?"
static const char *const list_sql[] = { LIST(">", "ASC"), LIST("<", "DESC") };

static int read_items(struct db *db, void *ctx, struct error *err)
{
    struct listing *l = ctx;
    const struct bulk_item_filter *f = l->filter;
    const char *state = or_empty(f->state);
    int64_t from = l->page.descending ? INT64_MAX : 0;

    if (l->page.after[0] && str_to_i64(l->page.after, 1, INT64_MAX, &from, err) < 0)
        return -1;
    return db_run(db, list_sql[l->page.descending], add_item, &l->rows, err, "sissi", f->operation, from, state, state,
                  (int64_t)l->page.limit) < 0
               ? -1
               : 0;
}

int store_bulk_items(struct store *s, struct arena *a, const struct bulk_item_filter *f, struct page page,
                     struct bulk_item **ret, size_t *ret_count, struct error *err)
{
    struct listing l = { .rows = { .arena = a, .size = sizeof(struct bulk_item) }, .page = page, .filter = f };

    return store_list_read(s, &l, read_items, ret, ret_count, err);
}
