/* Domains, name clashes and tombstones in the store: see store.h. */
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "store/internal.h"

struct query {
    struct rows rows;
    const char *key;
};

void store_domain_add(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    struct arena *a = r->arena;
    struct domain *d = rows_add(r);
    int ownership = ownership_parse(db_text(row, 5));

    *d = (struct domain){ .name = arena_strdup(a, db_text(row, 0)),
                          .customer = arena_strdup(a, db_text(row, 1)),
                          .created_ms = db_int(row, 2),
                          .customer_uid = arena_strdup(a, db_text(row, 3)),
                          .version = db_int(row, 4),
                          .ownership = ownership < 0 ? OWNERSHIP_PENDING : (enum ownership)ownership };
    d->proof = arena_strdup(a, db_text(row, 6));
    d->proven_ms = db_int(row, 7);
    d->check_ms = db_int(row, 8);
    d->unseen_ms = db_int(row, 9);
    d->delegated = arena_strdup(a, db_text(row, 10));
    d->dnssec = (enum dnssec)db_int(row, 11);
    d->ds = arena_strdup(a, db_text(row, 12));
    d->dnskey = arena_strdup(a, db_text(row, 13));
    d->ds_until_ms = db_int(row, 14);
    d->mail = db_int(row, 15) != 0;
    d->dkim_rotate_ms = db_int(row, 16);
    d->web_hosts = db_int(row, 17);
    d->web_tries = db_int(row, 18);
    int mode = mta_sts_mode_parse(db_text(row, 19));
    d->mta_sts = (struct mta_sts){ .mode = mode < 0 ? MTA_STS_OFF : (enum mta_sts_mode)mode,
                                   .since_ms = db_int(row, 20),
                                   .good_ms = db_int(row, 21),
                                   .id = arena_strdup(a, db_text(row, 22)) };
}

#define SORTS(X) X("name", "d.name") X("customerId", "d.customer") X("createdAt", "CAST(d.created_ms AS TEXT)")
#define LIST(column, compare, direction)                                                                               \
    "SELECT " DOMAIN_FIELDS ", " column DOMAIN_FROM                                                                    \
    " WHERE " AFTER_PAIR(column, "d.name", compare) " AND (? = '' OR d.customer = ?) AND d.name LIKE ? ESCAPE '\\' "   \
                                                    "AND " SEEN("d.customer") " ORDER BY " column " " direction        \
                                                                              ", d.name " direction " LIMIT ?"
SORT_TABLES(store_domain_sorts, SORTS)

static int read_list(struct db *db, void *ctx, struct error *err)
{
    enum { VALUE = DOMAIN_FIELD_COUNT };
    struct listing *l = ctx;
    const struct domain_filter *f = l->filter;
    const char *customer = f->customer ? f->customer : "";

    l->value_column = VALUE;
    return db_run(db, list_sql[l->page.sort][l->page.descending], store_list_row, l, err,
                  AFTER_TYPES "sss" SEEN_TYPES "i", AFTER_OF(l->page), customer, customer,
                  store_list_like(l->rows.arena, f->text), SEEN_BY(l->page), (int64_t)l->page.limit) < 0
               ? -1
               : 0;
}

static int read_one(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;
    return db_run(db, "SELECT " DOMAIN_COLUMNS " WHERE d.name = ?", store_domain_add, &q->rows, err, "s", q->key) < 0
               ? -1
               : 0;
}

static int read_domain(struct db *db, struct arena *a, const char *name, struct domain *ret, struct error *err)
{
    struct query q = { .rows = { .arena = a, .size = sizeof(struct domain) }, .key = name };

    if (read_one(db, &q, err) < 0)
        return -1;
    if (q.rows.count == 0)
        return error_set(err, ERROR_NOT_FOUND, "there is no domain '%s'", name);
    *ret = *(struct domain *)q.rows.items;
    return 0;
}

int store_domain_list(struct store *s, struct arena *a, const struct domain_filter *f, struct page page,
                      struct domain **ret, size_t *ret_count, struct error *err)
{
    struct listing l = {
        .rows = { .arena = a, .size = sizeof(struct domain) }, .page = page, .add = store_domain_add, .filter = f
    };

    return store_list_read(s, &l, read_list, ret, ret_count, err);
}

int store_domain_get(struct store *s, struct arena *a, const char *name, struct domain *ret, struct error *err)
{
    struct query q = { .rows = { .arena = a, .size = sizeof(struct domain) }, .key = name };

    if (store_read(s, read_one, &q, err) < 0)
        return -1;
    if (q.rows.count == 0)
        return error_set(err, ERROR_NOT_FOUND, "there is no domain '%s'", name);
    *ret = *(struct domain *)q.rows.items;
    return 0;
}

/* "b.example.com" to "com.example.b.": names below a name then have it as their prefix, which an index can find. */
static char *reversed(struct arena *a, const char *name)
{
    struct strbuf out;
    size_t count;
    char **labels = str_split(a, name, '.', &count);

    strbuf_init(&out, a, 1024);
    while (count-- > 0)
        strbuf_addf(&out, "%s.", labels[count]);
    return out.text;
}

int store_domain_insert(struct store_tx *tx, const struct domain *d, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct db *db = store_tx_db(tx);

    if (db_run(db,
               "INSERT INTO domain (name, customer, reversed, created_ms, ownership, proof, proven_ms, mail) VALUES "
               "(?, ?, ?, ?, ?, ?, ?, ?)",
               NULL, NULL, err, "sssissii", d->name, d->customer, reversed(a, d->name), clock_wall_ms(),
               ownership_name(d->ownership), d->proof ? d->proof : "", d->proven_ms, (int64_t)d->mail) < 0)
        return err->code == ERROR_CONFLICT ? error_set(err, ERROR_CONFLICT, "the domain '%s' is there already", d->name)
                                           : -1;
    if (db_run(db, "DELETE FROM tombstone WHERE kind = 'domain' AND name = ? AND customer = ?", NULL, NULL, err, "ss",
               d->name, d->customer) < 0)
        return -1;
    return store_customer_raise(db, d->customer, err);
}

int store_domain_delete(struct store_tx *tx, const char *name, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct db *db = store_tx_db(tx);
    struct domain d;

    if (read_domain(db, a, name, &d, err) < 0 || store_tombstone_put(db, "domain", d.name, d.customer, err) < 0 ||
        store_dkim_drop(db, d.name, err) < 0 ||
        db_run(db, "DELETE FROM domain WHERE name = ?", NULL, NULL, err, "s", d.name) < 0)
        return -1;
    return store_customer_raise(db, d.customer, err);
}

/* --- clashes --- */

static void set_text(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    const char **s = rows_add(r);

    *s = arena_strdup(r->arena, db_text(row, 0));
}

static int find(struct db *db, struct rows *found, const char *sql, const char *customer, const char *name,
                struct error *err)
{
    return db_run(db, sql, set_text, found, err, "ss", customer, name) < 0 ? -1 : 0;
}

int store_name_clash(struct store_tx *tx, struct arena *a, const char *customer, const char *name, char **ret_other,
                     struct error *err)
{
    struct db *db = store_tx_db(tx);
    struct rows found = { .arena = a, .size = sizeof(char *) };
    const char *prefix = reversed(a, name);

    for (const char *parent = name; parent; parent = strchr(parent, '.') ? strchr(parent, '.') + 1 : NULL)
        if (find(db, &found, "SELECT name FROM domain WHERE customer <> ? AND name = ?", customer, parent, err) < 0 ||
            find(db, &found, "SELECT name FROM tombstone WHERE kind = 'domain' AND customer <> ? AND name = ?",
                 customer, parent, err) < 0 ||
            find(db, &found, "SELECT name FROM hostname WHERE customer <> ? AND name = ?", customer, parent, err) < 0)
            return -1;
    /* Names have no character that LIKE takes for another. */
    if (find(db, &found, "SELECT name FROM tombstone WHERE kind = 'domain' AND customer <> ? AND name LIKE '%.' || ?",
             customer, name, err) < 0 ||
        find(db, &found, "SELECT name FROM hostname WHERE customer <> ? AND name LIKE '%.' || ?", customer, name, err) <
            0 ||
        db_run(db, "SELECT name FROM domain WHERE customer <> ? AND reversed >= ? AND reversed < ?", set_text, &found,
               err, "sss", customer, prefix, arena_printf(a, "%s\x7f", prefix)) < 0)
        return -1;
    *ret_other = found.count ? arena_strdup(a, *(char **)found.items) : arena_strdup(a, "");
    return 0;
}

/* --- tombstones --- */

static void add_tombstone(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    struct tombstone *t = rows_add(r);

    *t = (struct tombstone){ arena_strdup(r->arena, db_text(row, 0)), arena_strdup(r->arena, db_text(row, 1)) };
}

static int read_tombstones(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;
    return db_run(db, "SELECT kind, name FROM tombstone WHERE customer = ? ORDER BY kind, name", add_tombstone,
                  &q->rows, err, "s", q->key) < 0
               ? -1
               : 0;
}

int store_tombstone_list(struct store *s, struct arena *a, const char *customer, struct tombstone **ret,
                         size_t *ret_count, struct error *err)
{
    struct query q = { .rows = { .arena = a, .size = sizeof(struct tombstone) }, .key = customer };

    if (store_read(s, read_tombstones, &q, err) < 0)
        return -1;
    *ret = q.rows.items;
    *ret_count = q.rows.count;
    return 0;
}

struct clear {
    const struct lease *lease;
    const char *customer, *kind, *name;
};

static int64_t write_clear(struct db *db, void *ctx, struct error *err)
{
    const struct clear *c = ctx;

    if (store_lease_check(db, c->lease, err) < 0)
        return -1;
    return db_run(db, "DELETE FROM tombstone WHERE customer = ? AND kind = ? AND name = ?", NULL, NULL, err, "sss",
                  c->customer, c->kind, c->name);
}

int store_tombstone_clear(struct store *s, const struct lease *l, const char *customer, const char *kind,
                          const char *name, struct error *err)
{
    struct clear c = { l, customer, kind, name };
    return store_write(s, "tombstone-clear", write_clear, &c, err) < 0 ? -1 : 0;
}
