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

static const char *or_empty(const char *s)
{
    return s ? s : "";
}

static int64_t put(struct db *db, const struct token *t, struct error *err)
{
    if (db_run(db, "DELETE FROM token WHERE expires_ms > 0 AND expires_ms <= ?", NULL, NULL, err, "i",
               clock_wall_ms()) < 0)
        return -1;
    return db_run(
        db,
        "INSERT INTO token (hash, name, kind, created_ms, expires_ms, id, account, scope, customer) VALUES (?, ?, ?, "
        "?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        NULL, NULL, err, "sssiissss", t->hash, t->name, t->kind, t->created_ms, t->expires_ms, or_empty(t->id),
        or_empty(t->account), t->scope ? t->scope : "read write", or_empty(t->customer));
}

static int64_t write_token(struct db *db, void *ctx, struct error *err)
{
    return put(db, ctx, err);
}

int store_token_insert(struct store *s, const struct token *t, struct error *err)
{
    struct token copy = *t;
    return store_write(s, "token", write_token, &copy, err) < 0 ? -1 : 0;
}

int store_token_put(struct store_tx *tx, const struct token *t, struct error *err)
{
    return put(store_tx_db(tx), t, err) < 0 ? -1 : 0;
}

int store_token_revoke(struct store_tx *tx, const char *id, struct error *err)
{
    return db_run(store_tx_db(tx), "DELETE FROM token WHERE id = ?", NULL, NULL, err, "s", id) < 0 ? -1 : 0;
}

#define COLUMNS                                                                                                        \
    "t.hash, t.name, t.kind, t.created_ms, t.expires_ms, t.id, t.account, t.scope, t.customer, COALESCE(u.email, "     \
    "''), "                                                                                                            \
    "COALESCE(u.role, 'admin')"
#define FROM                                                                                                           \
    " FROM token t LEFT JOIN account u ON u.id = t.account WHERE (t.account = '' OR u.id IS NOT NULL) AND "            \
    "(t.expires_ms = 0 OR t.expires_ms > ?) AND "

static void add_token(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    struct token *t = rows_add(r);
    struct arena *a = r->arena;

    *t = (struct token){ .hash = arena_strdup(a, db_text(row, 0)),
                         .name = arena_strdup(a, db_text(row, 1)),
                         .kind = arena_strdup(a, db_text(row, 2)),
                         .created_ms = db_int(row, 3),
                         .expires_ms = db_int(row, 4),
                         .id = arena_strdup(a, db_text(row, 5)),
                         .account = arena_strdup(a, db_text(row, 6)),
                         .scope = arena_strdup(a, db_text(row, 7)),
                         .customer = arena_strdup(a, db_text(row, 8)),
                         .email = arena_strdup(a, db_text(row, 9)),
                         .role = arena_strdup(a, db_text(row, 10)) };
}

static int read_token(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;
    return db_run(db, "SELECT " COLUMNS FROM "t.hash = ?", add_token, &q->rows, err, "is", clock_wall_ms(), q->key) < 0
               ? -1
               : 0;
}

static int read_by_id(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;
    return db_run(db, "SELECT " COLUMNS FROM "t.kind = 'token' AND t.id = ?", add_token, &q->rows, err, "is",
                  clock_wall_ms(), q->key) < 0
               ? -1
               : 0;
}

#define SORTS(X)                                                                                                       \
    X("id", "t.id")                                                                                                    \
    X("name", "t.name")                                                                                                \
    X("createdAt", "CAST(t.created_ms AS TEXT)") X("expiresAt", "CAST(t.expires_ms AS TEXT)")
#define LIST(column, compare, direction)                                                                               \
    "SELECT " COLUMNS ", " column FROM AFTER_PAIR(                                                                     \
        column, "t.id",                                                                                                \
        compare) " AND t.kind = 'token' AND t.account = ? "                                                            \
                 "AND (? = '' OR t.customer = ?) AND lower(t.name) LIKE ? ESCAPE '\\' ORDER BY " column " " direction  \
                 ", t.id " direction " LIMIT ?"
SORT_TABLES(store_token_sorts, SORTS)

static int read_list(struct db *db, void *ctx, struct error *err)
{
    enum { VALUE = 11 };
    struct listing *l = ctx;
    const struct token_filter *f = l->filter;
    const char *customer = or_empty(f->customer);

    l->value_column = VALUE;
    return db_run(db, list_sql[l->page.sort][l->page.descending], store_list_row, l, err, "i" AFTER_TYPES "ssssi",
                  clock_wall_ms(), AFTER_OF(l->page), f->account, customer, customer,
                  store_list_like(l->rows.arena, f->text), (int64_t)l->page.limit) < 0
               ? -1
               : 0;
}

static int get(struct store *s, store_read_fn fn, struct arena *a, const char *key, struct token *ret,
               struct error *err)
{
    struct query q = { .rows = { .arena = a, .size = sizeof(struct token) }, .key = key };

    if (store_read(s, fn, &q, err) < 0)
        return -1;
    if (q.rows.count == 0)
        return error_set(err, ERROR_NOT_FOUND, "no such token");
    *ret = *(struct token *)q.rows.items;
    return 0;
}

int store_token_get(struct store *s, struct arena *a, const char *hash, struct token *ret, struct error *err)
{
    return get(s, read_token, a, hash, ret, err);
}

int store_token_find(struct store *s, struct arena *a, const char *id, struct token *ret, struct error *err)
{
    return get(s, read_by_id, a, id, ret, err);
}

int store_token_list(struct store *s, struct arena *a, const struct token_filter *f, struct page page,
                     struct token **ret, size_t *ret_count, struct error *err)
{
    struct listing l = {
        .rows = { .arena = a, .size = sizeof(struct token) }, .page = page, .add = add_token, .filter = f
    };

    return store_list_read(s, &l, read_list, ret, ret_count, err);
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
    return db_run(db,
                  "SELECT (SELECT count(*) FROM token WHERE kind = 'token' AND account = '') + (SELECT count(*) FROM "
                  "account "
                  "WHERE role = 'admin' AND password <> '')",
                  set_count, ctx, err, "") < 0
               ? -1
               : 0;
}

int store_token_count(struct store *s, int64_t *ret, struct error *err)
{
    struct query q = { 0 };

    if (store_read(s, read_count, &q, err) < 0)
        return -1;
    *ret = q.n;
    return 0;
}

struct first {
    const struct token *token;
    bool made;
};

static int64_t write_first(struct db *db, void *ctx, struct error *err)
{
    struct first *f = ctx;
    struct query q = { 0 };

    f->made = false;
    if (read_count(db, &q, err) < 0)
        return -1;
    if (q.n > 0)
        return 0;
    int64_t n = put(db, f->token, err);
    f->made = n > 0;
    return n;
}

int store_token_first(struct store *s, const struct token *t, bool *ret_made, struct error *err)
{
    struct first f = { .token = t };

    if (store_write(s, "token-first", write_first, &f, err) < 0)
        return -1;
    *ret_made = f.made;
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

    if (db_note(db, "DELETE FROM idempotency WHERE at_ms <= ?", NULL, NULL, err, "i", now - IDEMPOTENCY_MS) < 0)
        return -1;
    return db_note(db, "INSERT INTO idempotency VALUES (?, ?, ?, ?, ?, ?)", NULL, NULL, err, "ssissi", key,
                   request_hash, (int64_t)status, body, location, now);
}
