/* Tokens, sessions and idempotency keys in the store: see store.h. */
#include "base/clock.h"
#include "base/str.h"
#include "store/internal.h"

enum { IDEMPOTENCY_MS = 24 * 60 * 60 * 1000 };

struct query {
    struct rows rows;
    const char *key;
    int64_t n;
};

static int64_t write_token(struct db *db, void *ctx, struct error *err)
{
    const struct token *t = ctx;

    if (db_run(db, "DELETE FROM token WHERE expires_ms > 0 AND expires_ms <= ?", NULL, NULL, err, "i",
               clock_wall_ms()) < 0)
        return -1;
    return db_run(db, "INSERT INTO token VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", NULL, NULL, err, "sssii",
                  t->hash, t->name, t->kind, t->created_ms, t->expires_ms);
}

int store_token_insert(struct store *s, const struct token *t, struct error *err)
{
    struct token copy = *t;
    return store_write(s, "token", write_token, &copy, err) < 0 ? -1 : 0;
}

static void add_token(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    struct token *t = rows_add(r);
    struct arena *a = r->arena;

    *t = (struct token){ arena_strdup(a, db_text(row, 0)), arena_strdup(a, db_text(row, 1)),
                         arena_strdup(a, db_text(row, 2)), db_int(row, 3), db_int(row, 4) };
}

static int read_token(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;
    return db_run(db,
                  "SELECT hash, name, kind, created_ms, expires_ms FROM token WHERE hash = ? AND (expires_ms = 0 OR "
                  "expires_ms > ?)",
                  add_token, &q->rows, err, "si", q->key, clock_wall_ms()) < 0
               ? -1
               : 0;
}

int store_token_get(struct store *s, struct arena *a, const char *hash, struct token *ret, struct error *err)
{
    struct query q = { .rows = { .arena = a, .size = sizeof(struct token) }, .key = hash };

    if (store_read(s, read_token, &q, err) < 0)
        return -1;
    if (q.rows.count == 0)
        return error_set(err, ERROR_NOT_FOUND, "no such token");
    *ret = *(struct token *)q.rows.items;
    return 0;
}

static int64_t write_delete(struct db *db, void *ctx, struct error *err)
{
    const struct query *q = ctx;
    return db_run(db, "DELETE FROM token WHERE hash = ?", NULL, NULL, err, "s", q->key);
}

int store_token_delete(struct store *s, const char *hash, struct error *err)
{
    struct query q = { .key = hash };
    return store_write(s, "token-delete", write_delete, &q, err) < 0 ? -1 : 0;
}

static void set_count(void *ctx, const struct db_row *row)
{
    struct query *q = ctx;
    q->n = db_int(row, 0);
}

static int read_count(struct db *db, void *ctx, struct error *err)
{
    return db_run(db, "SELECT count(*) FROM token WHERE kind = 'token'", set_count, ctx, err, "") < 0 ? -1 : 0;
}

int store_token_count(struct store *s, int64_t *ret, struct error *err)
{
    struct query q = { 0 };

    if (store_read(s, read_count, &q, err) < 0)
        return -1;
    *ret = q.n;
    return 0;
}

/* --- idempotency --- */

struct answer {
    struct arena *arena;
    const char *request_hash, *body, *location;
    int status;
};

static void read_answer(void *ctx, const struct db_row *row)
{
    struct answer *w = ctx;

    w->request_hash = arena_strdup(w->arena, db_text(row, 0));
    w->status = (int)db_int(row, 1);
    w->body = arena_strdup(w->arena, db_text(row, 2));
    w->location = arena_strdup(w->arena, db_text(row, 3));
}

int store_idempotency_get(struct store_tx *tx, struct arena *a, const char *key, const char *request_hash,
                          int *ret_status, const char **ret_body, const char **ret_location, struct error *err)
{
    struct answer w = { .arena = a };

    if (db_run(store_tx_db(tx),
               "SELECT request_hash, status, body, location FROM idempotency WHERE key = ? AND at_ms > ?", read_answer,
               &w, err, "si", key, clock_wall_ms() - IDEMPOTENCY_MS) < 0)
        return -1;
    if (w.body && !str_eq(w.request_hash, request_hash))
        return error_set(err, ERROR_CONFLICT, "this Idempotency-Key was used for another request; take a new one");
    *ret_status = w.status;
    *ret_body = w.body;
    *ret_location = w.location;
    return 0;
}

int store_idempotency_put(struct store_tx *tx, const char *key, const char *request_hash, int status, const char *body,
                          const char *location, struct error *err)
{
    struct db *db = store_tx_db(tx);
    int64_t now = clock_wall_ms();

    if (db_run(db, "DELETE FROM idempotency WHERE at_ms <= ?", NULL, NULL, err, "i", now - IDEMPOTENCY_MS) < 0)
        return -1;
    return db_run(db, "INSERT INTO idempotency VALUES (?, ?, ?, ?, ?, ?)", NULL, NULL, err, "ssissi", key, request_hash,
                  (int64_t)status, body, location, now) < 0
               ? -1
               : 0;
}
