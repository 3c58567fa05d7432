/* The RRsets that customers ask for, in the store: see store.h. */
#include "base/str.h"
#include "store/internal.h"

struct row {
    const char *domain;
    struct record_set set;
};

static void add_row(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    struct row *out = rows_add(r);
    struct arena *a = r->arena;
    size_t count;
    char **values = str_split(a, db_text(row, 4), '\n', &count);

    out->domain = arena_strdup(a, db_text(row, 0));
    out->set = (struct record_set){ .name = arena_strdup(a, db_text(row, 1)),
                                    .type = arena_strdup(a, db_text(row, 2)),
                                    .ttl = db_int(row, 3),
                                    .value_count = count,
                                    .values = arena_array(a, count + 1, sizeof(char *)),
                                    .version = db_int(row, 5) };
    for (size_t i = 0; i < count; i++)
        out->set.values[i] = values[i];
}

int store_record_read(struct db *db, const char *customer, struct rows *ret, struct error *err)
{
    return rows_of_customer(
        db,
        "SELECT r.domain, r.name, r.type, r.ttl, r.content, r.version FROM rrset r JOIN domain d ON d.name = "
        "r.domain "
        "WHERE d.customer = ? ORDER BY r.domain, r.name, r.type",
        add_row, sizeof(struct row), customer, ret, err);
}

void store_record_assign(struct arena *a, const struct rows *rows, struct domain *domains, size_t count)
{
    const struct row *found = rows->items;

    for (size_t i = 0; i < count; i++) {
        struct domain *d = &domains[i];
        d->record_count = 0;
        d->records = arena_array(a, rows->count + 1, sizeof d->records[0]);
        for (size_t j = 0; j < rows->count; j++)
            if (str_eq(found[j].domain, d->name))
                d->records[d->record_count++] = found[j].set;
    }
}

/* --- changes --- */

int store_record_put(struct store_tx *tx, const char *customer, const char *domain, const struct record_set *sets,
                     size_t count, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct db *db = store_tx_db(tx);

    if (store_customer_raise(db, customer, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct strbuf content;
        strbuf_init(&content, a, 1 << 20);
        for (size_t j = 0; j < sets[i].value_count; j++)
            strbuf_addf(&content, "%s%s", j ? "\n" : "", sets[i].values[j]);
        if (db_run(db,
                   "INSERT INTO rrset (domain, name, type, ttl, content, version) VALUES (?, ?, ?, ?, ?, (SELECT "
                   "generation FROM customer WHERE id = ?)) ON CONFLICT (domain, name, type) DO UPDATE SET ttl = "
                   "excluded.ttl, content = excluded.content, version = excluded.version",
                   NULL, NULL, err, "sssiss", domain, sets[i].name, sets[i].type, sets[i].ttl, content.text,
                   customer) < 0)
            return -1;
    }
    return 0;
}

int store_record_delete(struct store_tx *tx, const char *customer, const char *domain, const char *name,
                        const char *type, struct error *err)
{
    struct db *db = store_tx_db(tx);
    int64_t gone = db_run(db, "DELETE FROM rrset WHERE domain = ? AND name = ? AND type = ?", NULL, NULL, err, "sss",
                          domain, name, type);

    if (gone < 0)
        return -1;
    if (gone == 0)
        return error_set(err, ERROR_NOT_FOUND, "there is no RRset %s %s of the customer's", name, type);
    return store_customer_raise(db, customer, err);
}
