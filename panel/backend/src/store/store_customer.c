/* Customers in the store: see store.h. due_ms 0 means "only when something changes", anything else a time (1: at once). */
#include "base/clock.h"
#include "base/str.h"
#include "store/internal.h"

#define COLUMNS                                                                                                        \
    "c.id, c.uid, c.name, c.plan, c.cluster, c.state, c.suspend_reason, c.generation, c.observed, c.ready, "           \
    "c.created_ms, c.updated_ms, "                                                                                     \
    "c.trashed_ms, c.erase_ms, (SELECT count(*) FROM site s WHERE s.customer = c.id), (SELECT count(*) FROM domain d " \
    "WHERE d.customer = c.id), c.spam_junk, c.spam_reject"

struct query {
    struct rows rows;
    const char *id;
};

static void add_customer(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    struct customer *c = rows_add(r);
    struct arena *a = r->arena;

    *c = (struct customer){ .id = arena_strdup(a, db_text(row, 0)),
                            .uid = arena_strdup(a, db_text(row, 1)),
                            .name = arena_strdup(a, db_text(row, 2)),
                            .plan = arena_strdup(a, db_text(row, 3)),
                            .cluster = arena_strdup(a, db_text(row, 4)) };
    c->state = (enum customer_state)customer_state_parse(db_text(row, 5));
    c->suspend_reason = arena_strdup(a, db_text(row, 6));
    c->generation = db_int(row, 7);
    c->observed = db_int(row, 8);
    c->ready = db_int(row, 9) != 0;
    c->created_ms = db_int(row, 10);
    c->updated_ms = db_int(row, 11);
    c->trashed_ms = db_int(row, 12);
    c->erase_ms = db_int(row, 13);
    c->site_count = db_int(row, 14);
    c->domain_count = db_int(row, 15);
    c->spam = (struct spam_limits){ db_int(row, 16), db_int(row, 17) };
}

#define SORTS(X)                                                                                                       \
    X("id", "c.id")                                                                                                    \
    X("name", "c.name")                                                                                                \
    X("plan", "c.plan")                                                                                                \
    X("state", "c.state")                                                                                              \
    X("createdAt", "CAST(c.created_ms AS TEXT)") X("updatedAt", "CAST(c.updated_ms AS TEXT)")
#define LIST(column, compare, direction)                                                                               \
    "SELECT " COLUMNS ", " column " FROM customer c WHERE " AFTER_PAIR(                                                \
        column, "c.id", compare) " AND (? = '' OR "                                                                    \
                                 "c.state = ?) AND (? = '' OR c.plan = ?) AND (lower(c.id) LIKE ? ESCAPE '\\' OR "     \
                                 "lower(c.name) LIKE ? ESCAPE "                                                        \
                                 "'\\') AND (? = '' OR ? = CASE WHEN c.ready <> 0 AND c.observed = c.generation THEN " \
                                 "'true' ELSE 'false' END) "                                                           \
                                 "AND " SEEN("c.id") " ORDER BY " column " " direction ", c.id " direction " LIMIT ?"
SORT_TABLES(store_customer_sorts, SORTS)

static int read_list(struct db *db, void *ctx, struct error *err)
{
    enum { VALUE = 18 };
    struct listing *l = ctx;
    const struct customer_filter *f = l->filter;
    const char *state = f->state ? f->state : "", *plan = f->plan ? f->plan : "", *ready = f->ready ? f->ready : "";
    const char *like = store_list_like(l->rows.arena, f->text);

    l->value_column = VALUE;
    return db_run(db, list_sql[l->page.sort][l->page.descending], store_list_row, l, err,
                  AFTER_TYPES "ssssssss" SEEN_TYPES "i", AFTER_OF(l->page), state, state, plan, plan, like, like, ready,
                  ready, SEEN_BY(l->page), (int64_t)l->page.limit) < 0
               ? -1
               : 0;
}

static int ask_one(struct db *db, struct query *q, struct error *err)
{
    return db_run(db, "SELECT " COLUMNS " FROM customer c WHERE c.id = ?", add_customer, &q->rows, err, "s", q->id) < 0
               ? -1
               : 0;
}

static int found_one(const struct query *q, struct error *err)
{
    return q->rows.count ? 0 : error_set(err, ERROR_NOT_FOUND, "there is no customer '%s'", q->id);
}

static int read_one(struct db *db, void *ctx, struct error *err)
{
    return ask_one(db, ctx, err) < 0 ? -1 : found_one(ctx, err);
}

int store_customer_list(struct store *s, struct arena *a, const struct customer_filter *f, struct page page,
                        struct customer **ret, size_t *ret_count, struct error *err)
{
    struct listing l = {
        .rows = { .arena = a, .size = sizeof(struct customer) }, .page = page, .add = add_customer, .filter = f
    };

    return store_list_read(s, &l, read_list, ret, ret_count, err);
}

int store_customer_get(struct store *s, struct arena *a, const char *id, struct customer *ret, struct error *err)
{
    struct query q = { .rows = { .arena = a, .size = sizeof(struct customer) }, .id = id };

    if (store_read(s, read_one, &q, err) < 0)
        return -1;
    *ret = *(struct customer *)q.rows.items;
    return 0;
}

/* One that is in the way is no error of the database's, after which nothing could be read that explains it. */
int store_customer_insert(struct store_tx *tx, struct customer *c, struct error *err)
{
    const int64_t now = clock_wall_ms();
    int64_t n = db_run(store_tx_db(tx),
                       "INSERT INTO customer SELECT ?, ?, ?, id, ?, ?, '', 1, 0, 0, ?, ?, 0, 0, 1, '', 0, 0, 0, '', 0, "
                       "?, ? FROM plan WHERE id = ? ON CONFLICT (id) DO NOTHING",
                       NULL, NULL, err, "sssssiiiis", c->id, c->uid, c->name, c->cluster, customer_state_name(c->state),
                       now, now, c->spam.junk, c->spam.reject, c->plan);

    if (n == 0)
        return error_set(err, ERROR_CONFLICT, "there is a customer '%s' already, or no plan '%s'", c->id, c->plan);
    if (n < 0)
        return -1;
    c->generation = 1;
    c->created_ms = c->updated_ms = now;
    return 0;
}

static void set_generation(void *ctx, const struct db_row *row)
{
    struct customer *c = ctx;

    c->generation = db_int(row, 0);
    c->updated_ms = db_int(row, 1);
}

int store_customer_update(struct store_tx *tx, struct customer *c, int64_t if_generation, struct error *err)
{
    int64_t n = db_run(
        store_tx_db(tx),
        "UPDATE customer SET name = ?, plan = ?, state = ?, suspend_reason = ?, trashed_ms = ?, erase_ms = ?, "
        "updated_ms = ?, spam_junk = ?, spam_reject = ?, generation = generation + 1, due_ms = 1 WHERE id = ? AND (? < "
        "0 "
        "OR generation = ?) RETURNING generation, updated_ms",
        set_generation, c, err, "ssssiiiiisii", c->name, c->plan, customer_state_name(c->state), c->suspend_reason,
        c->trashed_ms, c->erase_ms, clock_wall_ms(), c->spam.junk, c->spam.reject, c->id, if_generation, if_generation);

    if (n < 0 && err->code == ERROR_CONFLICT)
        return error_field(err, "/plan", "there is no plan '%s'", c->plan);
    return n == 0  ? error_set(err, ERROR_STALE, "customer '%s' was changed in the meantime; read it again", c->id)
           : n < 0 ? -1
                   : 0;
}

#define RAISE "UPDATE customer SET generation = generation + 1, due_ms = 1, updated_ms = ? WHERE id = ?"

int store_customer_raise(struct db *db, const char *customer, struct error *err)
{
    return db_note(db, RAISE, NULL, NULL, err, "is", clock_wall_ms(), customer);
}

static void read_generation(void *ctx, const struct db_row *row)
{
    int64_t *generation = ctx;
    *generation = db_int(row, 0);
}

int store_customer_raise_to(struct db *db, const char *customer, int64_t *ret, struct error *err)
{
    int64_t n = db_run(db, RAISE " RETURNING generation", read_generation, ret, err, "is", clock_wall_ms(), customer);

    return n == 0 ? error_set(err, ERROR_NOT_FOUND, "there is no customer '%s'", customer) : n < 0 ? -1 : 0;
}

int store_customer_touch(struct store_tx *tx, const char *id, struct error *err)
{
    int64_t n = db_run(store_tx_db(tx), RAISE, NULL, NULL, err, "is", clock_wall_ms(), id);

    return n == 0 ? error_set(err, ERROR_NOT_FOUND, "there is no customer '%s'", id) : n < 0 ? -1 : 0;
}

/* --- the whole tenant --- */

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

static void add_hostname(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    const char **pair = rows_add(r);

    pair[0] = arena_strdup(r->arena, db_text(row, 0));
    pair[1] = arena_strdup(r->arena, db_text(row, 1));
}

/* Gives each site its hostnames; pairs of (site, name) are in order of their position. */
static void assign_hostnames(struct arena *a, struct rows *sites, const struct rows *names)
{
    struct site *site = sites->items;
    const char *const(*pairs)[2] = names->items;

    for (size_t i = 0; i < sites->count; i++) {
        site[i].hostnames = arena_array(a, names->count + 1, sizeof(char *));
        for (size_t j = 0; j < names->count; j++)
            if (str_eq(pairs[j][0], site[i].id))
                site[i].hostnames[site[i].hostname_count++] = pairs[j][1];
    }
}

struct tenant_query {
    struct arena *arena;
    const char *id;
    struct tenant *tenant;
    struct query customer;
    struct rows sites, domains, names, records, keys, mailboxes, aliases;
};

static void set_plan(void *ctx, const struct db_row *row)
{
    struct tenant_query *tq = ctx;

    tq->tenant->plan = store_plan_of(tq->arena, row);
}

/* All of one customer, by statements that need nothing of each other. */
static int read_rows(struct db *db, struct tenant_query *tq, struct error *err)
{
    db_together(db);
    bool asked = ask_one(db, &tq->customer, err) >= 0 &&
                 db_run(db,
                        "SELECT s.id, s.customer, s.runtime, s.replicas, s.release_id, s.generation, s.created_ms, "
                        "COALESCE(r.sha256, ''), COALESCE(r.size, 0) FROM site s LEFT JOIN site_release r ON r.id = "
                        "s.release_id WHERE s.customer = ? ORDER BY s.created_ms, s.id",
                        add_site, &tq->sites, err, "s", tq->id) >= 0 &&
                 db_run(db, "SELECT " DOMAIN_COLUMNS " WHERE d.customer = ? ORDER BY d.name", store_domain_add,
                        &tq->domains, err, "s", tq->id) >= 0 &&
                 db_run(db, "SELECT site, name FROM hostname WHERE customer = ? ORDER BY site, position", add_hostname,
                        &tq->names, err, "s", tq->id) >= 0 &&
                 store_record_read(db, tq->id, &tq->records, err) == 0 &&
                 store_dkim_read(db, tq->id, &tq->keys, err) == 0 &&
                 store_mailbox_read(db, tq->id, &tq->mailboxes, err) == 0 &&
                 store_alias_read(db, tq->id, &tq->aliases, err) == 0 &&
                 db_run(db, "SELECT " STORE_PLAN_COLUMNS " FROM plan p JOIN customer c ON c.plan = p.id WHERE c.id = ?",
                        set_plan, tq, err, "s", tq->id) >= 0;
    return db_answers(db, asked, err) < 0 ? -1 : 0;
}

/* All reads of one tenant see one state of the database. */
static int read_snapshot(struct db *db, void *ctx, struct error *err)
{
    struct tenant_query *tq = ctx;
    struct arena *a = tq->arena;
    struct tenant *t = tq->tenant;

    *t = (struct tenant){ 0 };
    tq->customer = (struct query){ .rows = { .arena = a, .size = sizeof(struct customer) }, .id = tq->id };
    tq->sites = (struct rows){ .arena = a, .size = sizeof(struct site) };
    tq->domains = (struct rows){ .arena = a, .size = sizeof(struct domain) };
    tq->names = (struct rows){ .arena = a, .size = sizeof(char *[2]) };
    tq->records = tq->keys = tq->mailboxes = tq->aliases = (struct rows){ .arena = a };
    if (read_rows(db, tq, err) < 0 || found_one(&tq->customer, err) < 0)
        return -1;
    t->customer = *(struct customer *)tq->customer.rows.items;
    t->sites = tq->sites.items;
    t->site_count = tq->sites.count;
    t->domains = tq->domains.items;
    t->domain_count = tq->domains.count;
    assign_hostnames(a, &tq->sites, &tq->names);
    store_record_assign(a, &tq->records, t->domains, t->domain_count);
    store_dkim_assign(&tq->keys, t->domains, t->domain_count);
    store_mailbox_assign(&tq->mailboxes, t->domains, t->domain_count);
    store_alias_assign(&tq->aliases, t->domains, t->domain_count);
    return 0;
}

int store_tenant_load(struct store *s, struct store_tx *tx, struct arena *a, const char *id, struct tenant *ret,
                      struct error *err)
{
    struct tenant t;
    struct tenant_query tq = { .arena = a, .id = id, .tenant = &t };
    int rc = tx ? read_snapshot(store_tx_db(tx), &tq, err) : store_read_at_once(s, read_snapshot, &tq, err);

    if (rc == 0)
        *ret = t;
    return rc;
}
