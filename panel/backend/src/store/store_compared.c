/* What passes found right of the objects on the planes, kept from one process to the next. See store.h and reconcile/compared.h. */
#include "store/internal.h"

struct named {
    struct arena *arena;
    const char *key, *text; /* text: in for a write, out for a read */
};

static void read_text(void *ctx, const struct db_row *row)
{
    struct named *n = ctx;
    n->text = arena_strdup(n->arena, db_text(row, 0));
}

static int read_hashes(struct db *db, void *ctx, struct error *err)
{
    struct named *n = ctx;
    return db_run(db, "SELECT hashes FROM compared WHERE customer = ?", read_text, n, err, "s", n->key) < 0 ? -1 : 0;
}

int store_compared_get(struct store *s, struct arena *a, const char *customer, const char **ret, struct error *err)
{
    struct named n = { .arena = a, .key = customer, .text = "" };

    if (store_read(s, read_hashes, &n, err) < 0)
        return -1;
    *ret = n.text;
    return 0;
}

/* A row that says the same stays as it is. */
int store_compared_put(struct db *db, const char *customer, const char *hashes, struct error *err)
{
    return db_run(db,
                  "INSERT INTO compared VALUES (?, ?) ON CONFLICT (customer) DO UPDATE SET hashes = excluded.hashes "
                  "WHERE compared.hashes <> excluded.hashes",
                  NULL, NULL, err, "ss", customer, hashes) < 0
               ? -1
               : 0;
}

static int64_t write_key(struct db *db, void *ctx, struct error *err)
{
    struct named *n = ctx;

    if (db_run(db, "INSERT INTO installation VALUES (?, ?) ON CONFLICT (name) DO NOTHING", NULL, NULL, err, "ss",
               n->key, n->text) < 0)
        return -1;
    return db_run(db, "SELECT value FROM installation WHERE name = ?", read_text, n, err, "s", n->key);
}

int store_hash_key(struct store *s, struct arena *a, const char *fresh, const char **ret, struct error *err)
{
    struct named n = { .arena = a, .key = "hash-key", .text = fresh };

    if (store_write(s, "hash-key", write_key, &n, err) < 0)
        return -1;
    *ret = n.text;
    return 0;
}
