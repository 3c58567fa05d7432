/* Users, the customers that they may see, and their one-time links: see store.h. */
#include "base/clock.h"
#include "base/str.h"
#include "store/internal.h"

#define COLUMNS                                                                                                        \
    "u.id, u.email, u.name, u.role, u.password, u.generation, u.created_ms, u.updated_ms, "                            \
    "(SELECT count(*) FROM totp t WHERE t.account = u.id AND t.active = 1)"

struct query {
    struct rows rows;
    const char *key, *customer;
    int64_t n;
};

static void add_user(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    struct user *u = rows_add(r);
    struct arena *a = r->arena;

    *u = (struct user){ .id = arena_strdup(a, db_text(row, 0)),
                        .email = arena_strdup(a, db_text(row, 1)),
                        .name = arena_strdup(a, db_text(row, 2)),
                        .role = (enum user_role)user_role_parse(db_text(row, 3)),
                        .password = arena_strdup(a, db_text(row, 4)),
                        .generation = db_int(row, 5),
                        .created_ms = db_int(row, 6),
                        .updated_ms = db_int(row, 7),
                        .has_totp = db_int(row, 8) != 0 };
}

static void add_text(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    const char **s = rows_add(r);

    *s = arena_strdup(r->arena, db_text(row, 0));
}

static void set_number(void *ctx, const struct db_row *row)
{
    int64_t *n = ctx;
    *n = db_int(row, 0);
}

static int read_customers(struct db *db, struct rows *users, struct error *err)
{
    for (size_t i = 0; i < users->count; i++) {
        struct user *u = (struct user *)users->items + i;
        struct rows names = { .arena = users->arena, .size = sizeof(char *) };
        if (db_run(db, "SELECT customer FROM account_customer WHERE account = ? ORDER BY customer", add_text, &names,
                   err, "s", u->id) < 0)
            return -1;
        u->customers = names.items;
        u->customer_count = names.count;
    }
    return 0;
}

static int read_one(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;

    if (db_run(db, "SELECT " COLUMNS " FROM account u WHERE u.id = ? OR u.email = ?", add_user, &q->rows, err, "ss",
               q->key, q->key) < 0)
        return -1;
    return read_customers(db, &q->rows, err);
}

int store_user_get(struct store *s, struct arena *a, const char *id_or_email, struct user *ret, struct error *err)
{
    struct query q = { .rows = { .arena = a, .size = sizeof(struct user) }, .key = id_or_email };

    if (store_read(s, read_one, &q, err) < 0)
        return -1;
    if (q.rows.count == 0)
        return error_set(err, ERROR_NOT_FOUND, "there is no user '%s'", id_or_email);
    *ret = *(struct user *)q.rows.items;
    return 0;
}

#define SORTS(X)                                                                                                       \
    X("id", "u.id")                                                                                                    \
    X("email", "u.email")                                                                                              \
    X("name", "u.name")                                                                                                \
    X("role", "u.role") X("createdAt", "CAST(u.created_ms AS TEXT)") X("updatedAt", "CAST(u.updated_ms AS TEXT)")
/* A viewer sees itself, and owners and members all of whose customers it sees. Members see no others. */
#define LIST(column, compare, direction)                                                                               \
    "SELECT " COLUMNS ", " column " FROM account u WHERE " AFTER_PAIR(                                                 \
        column, "u.id",                                                                                                \
        compare) " AND (? = '' OR "                                                                                    \
                 "u.role = ?) AND (? = '' OR EXISTS (SELECT 1 FROM account_customer c WHERE c.account = u.id AND "     \
                 "c.customer = ?)) "                                                                                   \
                 "AND (lower(u.email) LIKE ? ESCAPE '\\' OR lower(u.name) LIKE ? ESCAPE '\\') AND (? = '' OR u.id = "  \
                 "? OR (u.role "                                                                                       \
                 "IN ('owner', 'member') AND EXISTS (SELECT 1 FROM account v WHERE v.id = ? AND v.role IN "            \
                 "('reseller', 'owner')) "                                                                             \
                 "AND EXISTS (SELECT 1 FROM account_customer c WHERE c.account = u.id) AND NOT EXISTS (SELECT 1 FROM " \
                 "account_customer c WHERE c.account = u.id AND c.customer NOT IN (SELECT customer FROM "              \
                 "account_customer WHERE "                                                                             \
                 "account = ?)))) ORDER BY " column " " direction ", u.id " direction " LIMIT ?"
SORT_TABLES(store_user_sorts, SORTS)

static int read_list(struct db *db, void *ctx, struct error *err)
{
    enum { VALUE = 9 };
    struct listing *l = ctx;
    const struct user_filter *f = l->filter;
    const char *viewer = l->page.account ? l->page.account : "", *role = f->role ? f->role : "",
               *customer = f->customer ? f->customer : "", *like = store_list_like(l->rows.arena, f->text);

    l->value_column = VALUE;
    if (db_run(db, list_sql[l->page.sort][l->page.descending], store_list_row, l, err, AFTER_TYPES "ssssssssssi",
               AFTER_OF(l->page), role, role, customer, customer, like, like, viewer, viewer, viewer, viewer,
               (int64_t)l->page.limit) < 0)
        return -1;
    return read_customers(db, &l->rows, err);
}

int store_user_list(struct store *s, struct arena *a, const struct user_filter *f, struct page page, struct user **ret,
                    size_t *ret_count, struct error *err)
{
    struct listing l = {
        .rows = { .arena = a, .size = sizeof(struct user) }, .page = page, .add = add_user, .filter = f
    };

    return store_list_read(s, &l, read_list, ret, ret_count, err);
}

static int read_sees(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;
    return db_run(db, "SELECT count(*) FROM account_customer WHERE account = ? AND customer = ?", set_number, &q->n,
                  err, "ss", q->key, q->customer) < 0
               ? -1
               : 0;
}

int store_user_sees(struct store *s, const char *user, const char *customer, bool *ret, struct error *err)
{
    struct query q = { .key = user, .customer = customer };

    if (store_read(s, read_sees, &q, err) < 0)
        return -1;
    *ret = q.n > 0;
    return 0;
}

/* --- changing --- */

int store_user_grant(struct store_tx *tx, const char *user, const char *customer, struct error *err)
{
    return db_run(store_tx_db(tx), "INSERT INTO account_customer VALUES (?, ?) ON CONFLICT DO NOTHING", NULL, NULL, err,
                  "ss", user, customer) < 0
               ? -1
               : 0;
}

static int write_customers(struct store_tx *tx, const struct user *u, struct error *err)
{
    if (db_run(store_tx_db(tx), "DELETE FROM account_customer WHERE account = ?", NULL, NULL, err, "s", u->id) < 0)
        return -1;
    for (size_t i = 0; i < u->customer_count; i++)
        if (store_user_grant(tx, u->id, u->customers[i], err) < 0)
            return -1;
    return 0;
}

int store_user_insert(struct store_tx *tx, const struct user *u, struct error *err)
{
    int64_t now = clock_wall_ms();

    if (db_run(store_tx_db(tx), "INSERT INTO account VALUES (?, ?, ?, ?, ?, 1, ?, ?)", NULL, NULL, err, "sssssii",
               u->id, u->email, u->name, user_role_name(u->role), u->password, now, now) < 0)
        return -1;
    return write_customers(tx, u, err);
}

/* When nobody else is an admin, an admin stays one. The count is made in the transaction, so that two cannot go at once. */
static int check_last_admin(struct db *db, const char *id, struct error *err)
{
    int64_t others = 0, is_admin = 0;

    if (db_run(db, "SELECT count(*) FROM account WHERE role = 'admin' AND id = ?", set_number, &is_admin, err, "s",
               id) < 0 ||
        db_run(db, "SELECT count(*) FROM account WHERE role = 'admin' AND id <> ?", set_number, &others, err, "s", id) <
            0)
        return -1;
    if (!is_admin || others)
        return 0;
    error_field(err, "/role", "is that of the last admin, who must stay");
    err->code = ERROR_CONFLICT;
    return -1;
}

int store_user_update(struct store_tx *tx, const struct user *u, struct error *err)
{
    struct db *db = store_tx_db(tx);

    if (u->role != USER_ADMIN && check_last_admin(db, u->id, err) < 0)
        return -1;
    if (db_run(db, "UPDATE account SET name = ?, role = ?, generation = generation + 1, updated_ms = ? WHERE id = ?",
               NULL, NULL, err, "ssis", u->name, user_role_name(u->role), clock_wall_ms(), u->id) < 0)
        return -1;
    return write_customers(tx, u, err);
}

int store_user_delete(struct store_tx *tx, const char *id, struct error *err)
{
    struct db *db = store_tx_db(tx);

    if (check_last_admin(db, id, err) < 0 || store_mail_drop(db, id, err) < 0 ||
        store_secret_drop(db, "totp", id, err) < 0 ||
        db_run(db, "DELETE FROM token WHERE account = ?", NULL, NULL, err, "s", id) < 0)
        return -1;
    return db_run(db, "DELETE FROM account WHERE id = ?", NULL, NULL, err, "s", id) < 0 ? -1 : 0;
}

/* Who has the old password has perhaps more: sessions and links end with it. */
int store_user_password(struct store_tx *tx, const char *id, const char *password, struct error *err)
{
    struct db *db = store_tx_db(tx);

    if (db_run(db, "UPDATE account SET password = ?, generation = generation + 1, updated_ms = ? WHERE id = ?", NULL,
               NULL, err, "sis", password, clock_wall_ms(), id) < 0 ||
        db_run(db, "DELETE FROM link WHERE account = ?", NULL, NULL, err, "s", id) < 0 ||
        store_mail_drop(db, id, err) < 0)
        return -1;
    return db_run(db, "DELETE FROM token WHERE account = ? AND kind = 'session'", NULL, NULL, err, "s", id) < 0 ? -1
                                                                                                                : 0;
}

/* --- links --- */

int store_link_insert(struct store_tx *tx, const char *hash, const char *user, int64_t expires_ms, struct error *err)
{
    struct db *db = store_tx_db(tx);

    if (db_run(db, "DELETE FROM link WHERE account = ? OR expires_ms <= ?", NULL, NULL, err, "si", user,
               clock_wall_ms()) < 0 ||
        store_mail_drop(db, user, err) < 0)
        return -1;
    return db_run(db, "INSERT INTO link VALUES (?, ?, ?)", NULL, NULL, err, "ssi", hash, user, expires_ms) < 0 ? -1 : 0;
}

int store_link_take(struct store_tx *tx, struct arena *a, const char *hash, const char **ret_user, struct error *err)
{
    struct rows users = { .arena = a, .size = sizeof(char *) };

    if (db_run(store_tx_db(tx), "DELETE FROM link WHERE hash = ? AND expires_ms > ? RETURNING account", add_text,
               &users, err, "si", hash, clock_wall_ms()) < 0)
        return -1;
    if (users.count == 0)
        return error_set(err, ERROR_NOT_FOUND, "no such link");
    *ret_user = *(const char **)users.items;
    return 0;
}
