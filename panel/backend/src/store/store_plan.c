/* Plans in the store: see store.h. */
#include "store/internal.h"

#define COLUMNS STORE_PLAN_COLUMNS ", (SELECT count(*) FROM customer c WHERE c.plan = p.id)"

struct query {
    struct rows rows;
    const char *id;
};

struct plan store_plan_of(struct arena *a, const struct db_row *row)
{
    return (struct plan){ .id = arena_strdup(a, db_text(row, 0)),
                          .cpu = arena_strdup(a, db_text(row, 1)),
                          .memory = arena_strdup(a, db_text(row, 2)),
                          .storage = arena_strdup(a, db_text(row, 3)),
                          .volumes = db_int(row, 4),
                          .sites = db_int(row, 5),
                          .domains = db_int(row, 6),
                          .mailboxes = db_int(row, 7),
                          .databases = db_int(row, 8),
                          .mail_storage = arena_strdup(a, db_text(row, 9)),
                          .aliases = db_int(row, 10) };
}

static void add_plan(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    struct plan *p = rows_add(r);

    *p = store_plan_of(r->arena, row);
    p->customers = db_int(row, STORE_PLAN_COUNT);
}

static int read_all(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;
    return db_run(db, "SELECT " COLUMNS " FROM plan p ORDER BY p.id", add_plan, &q->rows, err, "") < 0 ? -1 : 0;
}

static int read_one(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;
    return db_run(db, "SELECT " COLUMNS " FROM plan p WHERE p.id = ?", add_plan, &q->rows, err, "s", q->id) < 0 ? -1
                                                                                                                : 0;
}

int store_plan_list(struct store *s, struct arena *a, struct plan **ret, size_t *ret_count, struct error *err)
{
    struct query q = { .rows = { .arena = a, .size = sizeof(struct plan) } };

    if (store_read(s, read_all, &q, err) < 0)
        return -1;
    *ret = q.rows.items;
    *ret_count = q.rows.count;
    return 0;
}

int store_plan_get(struct store *s, struct arena *a, const char *id, struct plan *ret, struct error *err)
{
    struct query q = { .rows = { .arena = a, .size = sizeof(struct plan) }, .id = id };

    if (store_read(s, read_one, &q, err) < 0)
        return -1;
    if (q.rows.count == 0)
        return error_set(err, ERROR_NOT_FOUND, "there is no plan '%s'", id);
    *ret = *(struct plan *)q.rows.items;
    return 0;
}

int store_plan_put(struct store_tx *tx, const struct plan *p, bool create, struct error *err)
{
    struct db *db = store_tx_db(tx);

    if (create) {
        if (db_run(db,
                   "INSERT INTO plan (id, cpu, memory, storage, volumes, sites, domains, mailboxes, databases, "
                   "mail_storage, aliases) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   NULL, NULL, err, "ssssiiiiisi", p->id, p->cpu, p->memory, p->storage, p->volumes, p->sites,
                   p->domains, p->mailboxes, p->databases, p->mail_storage, p->aliases) >= 0)
            return 0;
        return err->code == ERROR_CONFLICT ? error_set(err, ERROR_CONFLICT, "there is a plan '%s' already", p->id) : -1;
    }
    int64_t n = db_run(db,
                       "UPDATE plan SET cpu = ?, memory = ?, storage = ?, volumes = ?, sites = ?, domains = ?, "
                       "mailboxes = ?, databases = ?, mail_storage = ?, aliases = ? WHERE id = ?",
                       NULL, NULL, err, "sssiiiiisis", p->cpu, p->memory, p->storage, p->volumes, p->sites, p->domains,
                       p->mailboxes, p->databases, p->mail_storage, p->aliases, p->id);
    if (n == 0)
        return error_set(err, ERROR_NOT_FOUND, "there is no plan '%s'", p->id);
    if (n < 0 || db_run(db, "UPDATE customer SET generation = generation + 1, due_ms = 1 WHERE plan = ?", NULL, NULL,
                        err, "s", p->id) < 0)
        return -1;
    return 0;
}

int store_plan_delete(struct store_tx *tx, const char *id, struct error *err)
{
    int64_t n = db_run(store_tx_db(tx), "DELETE FROM plan WHERE id = ?", NULL, NULL, err, "s", id);

    if (n < 0 && err->code == ERROR_CONFLICT)
        return error_set(err, ERROR_CONFLICT, "customers have the plan '%s'; give them another one first", id);
    return n == 0 ? error_set(err, ERROR_NOT_FOUND, "there is no plan '%s'", id) : n < 0 ? -1 : 0;
}
