/* Aliases in the store, and where mail to an address goes: see store.h. */
#include "base/clock.h"
#include "base/str.h"
#include "store/internal.h"

#define FIELDS "m.domain, m.local, m.customer, m.targets, m.version, m.created_ms"
#define ADDRESS "m.local || '@' || m.domain"

struct query {
    struct rows rows;
    const char *domain, *local;
};

static void add_alias(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    struct arena *a = r->arena;
    struct mail_alias *m = rows_add(r);

    *m = (struct mail_alias){ .domain = arena_strdup(a, db_text(row, 0)),
                              .local = arena_strdup(a, db_text(row, 1)),
                              .customer = arena_strdup(a, db_text(row, 2)),
                              .version = db_int(row, 4),
                              .created_ms = db_int(row, 5) };
    m->targets = store_lines_split(a, db_text(row, 3), &m->target_count);
}

/* --- reading --- */

#define SORTS(X) X("address", ADDRESS) X("customerId", "m.customer") X("createdAt", "CAST(m.created_ms AS TEXT)")
#define LIST(column, compare, direction)                                                                               \
    "SELECT " FIELDS ", " column " FROM mail_alias m WHERE " AFTER_PAIR(                                               \
        column, ADDRESS, compare) " AND (? = '' OR m.customer = ?) AND (? = '' OR m.domain = ?) AND " ADDRESS          \
                                  " LIKE ? ESCAPE '\\' AND " SEEN("m.customer") " ORDER BY " column " " direction      \
                                                                                ", " ADDRESS " " direction " LIMIT ?"
SORT_TABLES(store_alias_sorts, SORTS)

static int read_list(struct db *db, void *ctx, struct error *err)
{
    enum { VALUE = 6 };
    struct listing *l = ctx;
    const struct address_filter *f = l->filter;
    const char *customer = f->customer ? f->customer : "", *domain = f->domain ? f->domain : "";

    l->value_column = VALUE;
    return db_run(db, list_sql[l->page.sort][l->page.descending], store_list_row, l, err,
                  AFTER_TYPES "sssss" SEEN_TYPES "i", AFTER_OF(l->page), customer, customer, domain, domain,
                  store_list_like(l->rows.arena, f->text), SEEN_BY(l->page), (int64_t)l->page.limit) < 0
               ? -1
               : 0;
}

int store_alias_list(struct store *s, struct arena *a, const struct address_filter *f, struct page page,
                     struct mail_alias **ret, size_t *ret_count, struct error *err)
{
    struct listing l = {
        .rows = { .arena = a, .size = sizeof(struct mail_alias) }, .page = page, .add = add_alias, .filter = f
    };

    return store_list_read(s, &l, read_list, ret, ret_count, err);
}

static int read_one(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;

    if (db_run(db, "SELECT " FIELDS " FROM mail_alias m WHERE m.domain = ? AND m.local = ?", add_alias, &q->rows, err,
               "ss", q->domain, q->local) < 0)
        return -1;
    return q->rows.count ? 0 : error_set(err, ERROR_NOT_FOUND, "there is no alias '%s@%s'", q->local, q->domain);
}

int store_alias_get(struct store *s, struct store_tx *tx, struct arena *a, const char *domain, const char *local,
                    struct mail_alias *ret, struct error *err)
{
    struct query q = { { .arena = a, .size = sizeof(struct mail_alias) }, domain, local };

    if ((tx ? read_one(store_tx_db(tx), &q, err) : store_read(s, read_one, &q, err)) < 0)
        return -1;
    *ret = *(struct mail_alias *)q.rows.items;
    return 0;
}

int store_alias_read(struct db *db, const char *customer, struct rows *ret, struct error *err)
{
    return rows_of_customer(db,
                            "SELECT " FIELDS
                            " FROM mail_alias m JOIN domain d ON d.name = m.domain WHERE d.customer = ? ORDER BY "
                            "m.domain, m.local",
                            add_alias, sizeof(struct mail_alias), customer, ret, err);
}

void store_alias_assign(const struct rows *rows, struct domain *domains, size_t count)
{
    struct mail_alias *found = rows->items;

    for (size_t i = 0, j = 0; i < count; i++) {
        domains[i].aliases = found ? &found[j] : NULL;
        for (domains[i].alias_count = 0; found && j < rows->count && str_eq(found[j].domain, domains[i].name); j++)
            domains[i].alias_count++;
    }
}

/* --- changes --- */

static void note(void *ctx, const struct db_row *row)
{
    (void)row;
    *(bool *)ctx = true;
}

int store_alias_insert(struct store_tx *tx, const struct mail_alias *m, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct db *db = store_tx_db(tx);
    bool mailbox = false;

    if (db_run(db, "SELECT 1 FROM mailbox WHERE domain = ? AND local = ?", note, &mailbox, err, "ss", m->domain,
               m->local) < 0 ||
        store_customer_raise(db, m->customer, err) < 0)
        return -1;
    if (mailbox)
        return error_set(err, ERROR_CONFLICT, "there is a mailbox '%s@%s' already", m->local, m->domain);
    if (db_run(db,
               "INSERT INTO mail_alias (domain, local, customer, targets, version, created_ms) VALUES (?, ?, ?, ?, "
               "(SELECT generation FROM customer WHERE id = ?), ?)",
               NULL, NULL, err, "sssssi", m->domain, m->local, m->customer,
               store_lines_join(a, m->targets, m->target_count), m->customer, clock_wall_ms()) >= 0)
        return 0;
    return err->code == ERROR_CONFLICT
               ? error_set(err, ERROR_CONFLICT, "there is an alias '%s@%s' already, or no such domain", m->local,
                           m->domain)
               : -1;
}

int store_alias_update(struct store_tx *tx, const struct mail_alias *m, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct db *db = store_tx_db(tx);

    if (store_customer_raise(db, m->customer, err) < 0)
        return -1;
    int64_t n = db_run(db,
                       "UPDATE mail_alias SET targets = ?, version = (SELECT generation FROM customer WHERE id = ?) "
                       "WHERE domain = ? AND local = ? AND customer = ?",
                       NULL, NULL, err, "sssss", store_lines_join(a, m->targets, m->target_count), m->customer,
                       m->domain, m->local, m->customer);
    return n == 0 ? error_set(err, ERROR_NOT_FOUND, "there is no alias '%s@%s'", m->local, m->domain) : n < 0 ? -1 : 0;
}

int store_alias_delete(struct store_tx *tx, const char *domain, const char *local, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct db *db = store_tx_db(tx);
    struct mail_alias m;

    if (store_alias_get(NULL, tx, a, domain, local, &m, err) < 0 ||
        db_run(db, "DELETE FROM mail_alias WHERE domain = ? AND local = ?", NULL, NULL, err, "ss", domain, local) < 0)
        return -1;
    return store_customer_raise(db, m.customer, err);
}

/* --- what a change must know --- */

/* Of the customer whose id is the column: three columns, as use_of() reads them. */
#define USE_OF(customer)                                                                                               \
    "(SELECT count(*) FROM mailbox m WHERE m.customer = " customer "), (SELECT count(*) FROM mail_alias m WHERE "      \
    "m.customer = " customer                                                                                           \
    "), (SELECT CAST(COALESCE(SUM(m.quota), 0) AS BIGINT) FROM mailbox m WHERE m.customer = " customer ")"

static struct mail_use use_of(const struct db_row *row, int first)
{
    return (struct mail_use){ db_int(row, first), db_int(row, first + 1), db_int(row, first + 2) };
}

struct place_query {
    struct rows domains;
    struct mail_place place;
};

static void set_place(void *ctx, const struct db_row *row)
{
    enum { STATE = DOMAIN_FIELD_COUNT, PLAN, MAILBOXES, STORAGE, ALIASES, USE };
    struct place_query *q = ctx;
    struct mail_place *p = &q->place;

    store_domain_add(&q->domains, row);
    p->domain = *(struct domain *)q->domains.items;
    p->customer = (struct customer){ .id = p->domain.customer, .uid = p->domain.customer_uid };
    p->customer.state = (enum customer_state)customer_state_parse(db_text(row, STATE));
    p->customer.plan = p->plan.id = arena_strdup(q->domains.arena, db_text(row, PLAN));
    p->plan.mailboxes = db_int(row, MAILBOXES);
    p->plan.mail_storage = arena_strdup(q->domains.arena, db_text(row, STORAGE));
    p->plan.aliases = db_int(row, ALIASES);
    p->use = use_of(row, USE);
}

int store_mail_place(struct store_tx *tx, struct arena *a, const char *domain, struct mail_place *ret,
                     struct error *err)
{
    struct place_query q = { .domains = { .arena = a, .size = sizeof(struct domain) } };
    int64_t n = db_run(store_tx_db(tx),
                       "SELECT " DOMAIN_FIELDS
                       ", c.state, c.plan, p.mailboxes, p.mail_storage, p.aliases, " USE_OF("d.customer") DOMAIN_FROM
                       " JOIN plan p ON p.id = c.plan WHERE d.name = ?",
                       set_place, &q, err, "s", domain);

    if (n < 0)
        return -1;
    if (n == 0)
        return error_set(err, ERROR_NOT_FOUND, "there is no domain '%s'", domain);
    *ret = q.place;
    return 0;
}

static void add_user(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    struct mail_user *u = rows_add(r);

    *u = (struct mail_user){ arena_strdup(r->arena, db_text(row, 0)), use_of(row, 1) };
}

int store_mail_users(struct store_tx *tx, struct arena *a, const char *plan, struct mail_user **ret, size_t *ret_count,
                     struct error *err)
{
    struct rows rows = { .arena = a, .size = sizeof(struct mail_user) };

    if (db_run(store_tx_db(tx), "SELECT c.id, " USE_OF("c.id") " FROM customer c WHERE c.plan = ? ORDER BY c.id",
               add_user, &rows, err, "s", plan) < 0)
        return -1;
    *ret = rows.items;
    *ret_count = rows.count;
    return 0;
}

static void add_name(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    const char **name = rows_add(r);

    *name = arena_strdup(r->arena, db_text(row, 0));
}

int store_catch_alls(struct store_tx *tx, struct arena *a, const char *customer, const char ***ret, size_t *ret_count,
                     struct error *err)
{
    struct rows rows = { .arena = a, .size = sizeof(const char *) };

    if (db_run(store_tx_db(tx), "SELECT domain FROM mail_alias WHERE customer = ? AND local = '*' ORDER BY domain",
               add_name, &rows, err, "s", customer) < 0)
        return -1;
    *ret = rows.items;
    *ret_count = rows.count;
    return 0;
}

int store_domain_is_of(struct store_tx *tx, const char *domain, const char *customer, bool *ret, struct error *err)
{
    bool found = false;

    if (db_run(store_tx_db(tx), "SELECT 1 FROM domain WHERE name = ? AND customer = ?", note, &found, err, "ss", domain,
               customer) < 0)
        return -1;
    *ret = found;
    return 0;
}

/* Found or not, 1 or 0; or -1. */
static int find_alias(struct store_tx *tx, struct arena *a, const char *domain, const char *local, struct mail_hop *ret,
                      struct error *err)
{
    struct mail_alias m;

    if (store_alias_get(NULL, tx, a, domain, local, &m, err) == 0) {
        *ret = (struct mail_hop){ m.local, false, m.target_count, m.targets };
        return 1;
    }
    if (err->code != ERROR_NOT_FOUND)
        return -1;
    *err = ERROR_INIT;
    return 0;
}

int store_mail_hop(struct store_tx *tx, struct arena *a, const char *domain, const char *local, struct mail_hop *ret,
                   struct error *err)
{
    struct mailbox m;
    int found;

    if (store_mailbox_get(NULL, tx, a, domain, local, &m, err) == 0) {
        *ret = (struct mail_hop){ m.local, m.keep, m.forward_count, m.forwards };
        return 0;
    }
    if (err->code != ERROR_NOT_FOUND)
        return -1;
    *err = ERROR_INIT;
    if ((found = find_alias(tx, a, domain, local, ret, err)) == 0)
        found = find_alias(tx, a, domain, "*", ret, err);
    if (found == 0)
        *ret = (struct mail_hop){ .local = "" };
    return found < 0 ? -1 : 0;
}
