/* The rows of one customer in the mail database: see maildb.h. */
#include "provider/maildb.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/crash.h"
#include "base/str.h"
#include "provider/maildb_conn.h"

#define CRASH_NAME "maildb"

struct maildb {
    struct maildb_pool *pool;
    atomic_ullong *requests;
    int64_t deadline_ms; /* 0: none */
};

int maildb_new(const struct maildb_config *config, struct maildb **ret, struct error *err)
{
    struct maildb_pool *pool;

    if (maildb_pool_new(config, &pool, err) < 0)
        return -1;
    *ret = calloc(1, sizeof **ret);
    atomic_ullong *requests = calloc(1, sizeof *requests);
    if (!*ret || !requests)
        abort();
    **ret = (struct maildb){ .pool = pool, .requests = requests };
    return 0;
}

void maildb_free(struct maildb *m)
{
    if (!m)
        return;
    maildb_pool_free(m->pool);
    free(m->requests);
    free(m);
}

struct maildb *maildb_until(const struct maildb *m, struct arena *a, int64_t deadline_ms)
{
    struct maildb *bound = arena_alloc(a, sizeof *bound);

    *bound = (struct maildb){ .pool = m->pool, .requests = m->requests, .deadline_ms = deadline_ms };
    return bound;
}

uint64_t maildb_requests(const struct maildb *m)
{
    return atomic_load(m->requests);
}

static int64_t number(const char *text)
{
    struct error ignored = ERROR_INIT;
    int64_t n = 0;

    return str_to_i64(text, INT64_MIN, INT64_MAX, &n, &ignored) < 0 ? 0 : n;
}

/* --- reading --- */

struct reading {
    struct arena *arena;
    struct maildb_rows *rows;
    size_t room; /* of the list that is being filled */
};

/* Room for one more at the end of a list. */
#define ADD_ROW(r, list, count)                                                                                        \
    ({                                                                                                                 \
        if ((r)->rows->count == (r)->room) {                                                                           \
            size_t more = (r)->room ? (r)->room * 2 : 16;                                                              \
            (r)->rows->list = arena_grow((r)->arena, (r)->rows->list, (r)->room * sizeof *(r)->rows->list,             \
                                         more * sizeof *(r)->rows->list);                                              \
            (r)->room = more;                                                                                          \
        }                                                                                                              \
        &(r)->rows->list[(r)->rows->count++];                                                                          \
    })

static void read_customer(void *ctx, const char *const *v)
{
    struct reading *r = ctx;

    r->rows->there = true;
    r->rows->customer = (struct maildb_customer){ .sending = number(v[0]) != 0,
                                                  .hourly_limit = number(v[1]),
                                                  .spam_header = arena_strdup(r->arena, v[2]),
                                                  .spam_reject = arena_strdup(r->arena, v[3]) };
}

static void read_domain(void *ctx, const char *const *v)
{
    struct reading *r = ctx;

    *ADD_ROW(r, domains, domain_count) = (struct maildb_domain){ .name = arena_strdup(r->arena, v[0]),
                                                                 .active = number(v[1]) != 0 };
}

static void read_user(void *ctx, const char *const *v)
{
    struct reading *r = ctx;

    *ADD_ROW(r, users, user_count) = (struct maildb_user){ .domain = arena_strdup(r->arena, v[0]),
                                                           .local = arena_strdup(r->arena, v[1]),
                                                           .password = arena_strdup(r->arena, v[2]),
                                                           .sieve = arena_strdup(r->arena, v[3]),
                                                           .quota = number(v[4]),
                                                           .hourly_limit = number(v[5]),
                                                           .created_ms = number(v[6]),
                                                           .active = number(v[7]) != 0 };
}

static void read_alias(void *ctx, const char *const *v)
{
    struct reading *r = ctx;

    *ADD_ROW(r, aliases, alias_count) = (struct maildb_alias){ .domain = arena_strdup(r->arena, v[0]),
                                                               .local = arena_strdup(r->arena, v[1]),
                                                               .destination = arena_strdup(r->arena, v[2]) };
}

static void read_selector(void *ctx, const char *const *v)
{
    struct reading *r = ctx;

    *ADD_ROW(r, selectors, selector_count) = (struct maildb_selector){ .domain = arena_strdup(r->arena, v[0]),
                                                                       .selector = arena_strdup(r->arena, v[1]),
                                                                       .algorithm = arena_strdup(r->arena, v[2]) };
}

#define OF_CUSTOMER "x JOIN virtual_domains d ON d.name = x.domain WHERE d.customer_id = ?"

static int read_lists(struct maildb_conn *c, struct reading *r, const char *customer, struct error *err)
{
    static const struct {
        maildb_row *row;
        const char *sql;
    } lists[] = {
        { read_domain, "SELECT name, active FROM virtual_domains WHERE customer_id = ?" },
        { read_user,
          "SELECT x.domain, x.local, x.password, x.sieve, x.quota_bytes, x.hourly_limit, x.created, x.active "
          "FROM virtual_users " OF_CUSTOMER },
        { read_alias, "SELECT x.domain, x.local, x.destination FROM virtual_aliases " OF_CUSTOMER },
        { read_selector, "SELECT x.domain, x.selector, x.algorithm FROM dkim_selectors " OF_CUSTOMER },
    };

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        r->room = 0;
        if (maildb_conn_each(c, r->arena, lists[i].row, r, err, lists[i].sql, "s", customer) < 0)
            return -1;
    }
    return 0;
}

static int read_all(struct maildb_conn *c, struct reading *r, const char *customer, struct error *err)
{
    if (maildb_conn_run(c, "START TRANSACTION WITH CONSISTENT SNAPSHOT", err) < 0 ||
        maildb_conn_each(c, r->arena, read_customer, r, err,
                         "SELECT sending, hourly_limit, spam_header, spam_reject FROM mail_customers WHERE id = ?", "s",
                         customer) < 0 ||
        (r->rows->there && read_lists(c, r, customer, err) < 0))
        return -1;
    return maildb_conn_run(c, "COMMIT", err);
}

/* Begins what counts as one request; ends at give(). */
static int take(struct maildb *m, struct maildb_conn **ret, struct error *err)
{
    atomic_fetch_add(m->requests, 1);
    return maildb_conn_take(m->pool, m->deadline_ms, ret, err);
}

int maildb_read(struct maildb *m, struct arena *a, const char *customer, struct maildb_rows *ret, struct error *err)
{
    struct maildb_rows rows = { 0 };
    struct reading r = { .arena = a, .rows = &rows };
    const char *what = arena_printf(a, "READ %s", customer);
    struct maildb_conn *c;

    crashpoint_hit(CRASH_NAME, what, "before");
    if (take(m, &c, err) < 0)
        return -1;
    int rc = read_all(c, &r, customer, err);
    maildb_conn_give(c, rc == 0);
    crashpoint_hit(CRASH_NAME, what, "after");
    if (rc == 0)
        *ret = rows;
    return rc;
}

/* --- writing --- */

struct fence {
    bool there;
    int64_t value;
};

static void read_fence(void *ctx, const char *const *v)
{
    *(struct fence *)ctx = (struct fence){ true, number(v[0]) };
}

static int customer_row(struct maildb_conn *c, const char *customer, bool there, int64_t fence,
                        const struct maildb_customer *row, struct error *err)
{
    int64_t n = there ? maildb_conn_do(c, err,
                                       "UPDATE mail_customers SET fence = ?, sending = ?, hourly_limit = ?, "
                                       "spam_header = ?, spam_reject = ? WHERE id = ?",
                                       "iiisss", fence, (int64_t)row->sending, row->hourly_limit, row->spam_header,
                                       row->spam_reject, customer)
                      : maildb_conn_do(c, err,
                                       "INSERT INTO mail_customers (id, fence, sending, hourly_limit, spam_header, "
                                       "spam_reject) VALUES (?, ?, ?, ?, ?, ?)",
                                       "siiiss", customer, fence, (int64_t)row->sending, row->hourly_limit,
                                       row->spam_header, row->spam_reject);

    return n < 0 ? -1 : 0;
}

/* The customer's row, locked: who wrote with a higher fence claimed the customer later. */
static int pass_fence(struct maildb_conn *c, struct arena *a, const char *customer, int64_t fence,
                      const struct maildb_change *change, struct error *err)
{
    struct fence f = { 0 };

    if (maildb_conn_each(c, a, read_fence, &f, err, "SELECT fence FROM mail_customers WHERE id = ? FOR UPDATE", "s",
                         customer) < 0)
        return -1;
    if (f.there && f.value > fence)
        return error_set(err, ERROR_STALE,
                         "the mail of customer '%s' was written by a later claim (%" PRId64 ", this one's is %" PRId64
                         ")",
                         customer, f.value, fence);
    return change->erase ? 0 : customer_row(c, customer, f.there, fence, &change->customer, err);
}

static int files_due(struct maildb_conn *c, const char *domain, const char *local, struct error *err)
{
    return maildb_conn_do(c, err,
                          "INSERT INTO mail_removed (domain, local) VALUES (?, ?) ON DUPLICATE KEY UPDATE at = "
                          "CURRENT_TIMESTAMP(6)",
                          "ss", domain, local) < 0
               ? -1
               : 0;
}

/* A row that is not there any more may be another customer's by now, and so are the files. */
static int write_gone(struct maildb_conn *c, const char *customer, const struct maildb_rows *gone, struct error *err)
{
    for (size_t i = 0; i < gone->alias_count; i++)
        if (maildb_conn_do(c, err, "DELETE FROM virtual_aliases WHERE domain = ? AND local = ? AND destination = ?",
                           "sss", gone->aliases[i].domain, gone->aliases[i].local, gone->aliases[i].destination) < 0)
            return -1;
    for (size_t i = 0; i < gone->selector_count; i++)
        if (maildb_conn_do(c, err, "DELETE FROM dkim_selectors WHERE domain = ? AND selector = ?", "ss",
                           gone->selectors[i].domain, gone->selectors[i].selector) < 0)
            return -1;
    for (size_t i = 0; i < gone->user_count; i++) {
        int64_t n = maildb_conn_do(c, err, "DELETE FROM virtual_users WHERE domain = ? AND local = ?", "ss",
                                   gone->users[i].domain, gone->users[i].local);
        if (n < 0 || (n > 0 && files_due(c, gone->users[i].domain, gone->users[i].local, err) < 0))
            return -1;
    }
    for (size_t i = 0; i < gone->domain_count; i++) {
        int64_t n = maildb_conn_do(c, err, "DELETE FROM virtual_domains WHERE name = ? AND customer_id = ?", "ss",
                                   gone->domains[i].name, customer);
        if (n < 0 || (n > 0 && files_due(c, gone->domains[i].name, "", err) < 0))
            return -1;
    }
    return 0;
}

/* 1: added; 0: files of one of that name are still to be removed. */
static int64_t add_user(struct maildb_conn *c, const struct maildb_user *u, struct error *err)
{
    return maildb_conn_do(c, err,
                          "INSERT INTO virtual_users (domain, local, password, sieve, quota_bytes, hourly_limit, "
                          "created, active) SELECT ?, ?, ?, ?, ?, ?, ?, ? FROM DUAL WHERE NOT EXISTS "
                          "(SELECT 1 FROM mail_removed WHERE domain = ? AND local IN ('', ?))",
                          "ssssiiiiss", u->domain, u->local, u->password, u->sieve, u->quota, u->hourly_limit,
                          u->created_ms, (int64_t)u->active, u->domain, u->local);
}

static int write_add(struct maildb_conn *c, const char *customer, const struct maildb_rows *add, size_t *ret_held,
                     struct error *err)
{
    *ret_held = 0;
    for (size_t i = 0; i < add->domain_count; i++)
        if (maildb_conn_do(c, err, "INSERT INTO virtual_domains (name, customer_id, active) VALUES (?, ?, ?)", "ssi",
                           add->domains[i].name, customer, (int64_t)add->domains[i].active) < 0)
            return -1;
    for (size_t i = 0; i < add->user_count; i++) {
        int64_t added = add_user(c, &add->users[i], err);
        if (added < 0)
            return -1;
        *ret_held += added == 0;
    }
    for (size_t i = 0; i < add->alias_count; i++)
        if (maildb_conn_do(c, err, "INSERT INTO virtual_aliases (domain, local, destination) VALUES (?, ?, ?)", "sss",
                           add->aliases[i].domain, add->aliases[i].local, add->aliases[i].destination) < 0)
            return -1;
    for (size_t i = 0; i < add->selector_count; i++)
        if (maildb_conn_do(c, err, "INSERT INTO dkim_selectors (domain, selector, algorithm) VALUES (?, ?, ?)", "sss",
                           add->selectors[i].domain, add->selectors[i].selector, add->selectors[i].algorithm) < 0)
            return -1;
    return 0;
}

static int write_set(struct maildb_conn *c, const char *customer, const struct maildb_rows *set, struct error *err)
{
    for (size_t i = 0; i < set->domain_count; i++)
        if (maildb_conn_do(c, err, "UPDATE virtual_domains SET active = ? WHERE name = ? AND customer_id = ?", "iss",
                           (int64_t)set->domains[i].active, set->domains[i].name, customer) < 0)
            return -1;
    for (size_t i = 0; i < set->user_count; i++) {
        const struct maildb_user *u = &set->users[i];
        if (maildb_conn_do(c, err,
                           "UPDATE virtual_users SET password = ?, sieve = ?, quota_bytes = ?, hourly_limit = ?, "
                           "active = ? WHERE domain = ? AND local = ? AND created = ?",
                           "ssiiissi", u->password, u->sieve, u->quota, u->hourly_limit, (int64_t)u->active, u->domain,
                           u->local, u->created_ms) < 0)
            return -1;
    }
    return 0;
}

static int erase(struct maildb_conn *c, const char *customer, struct error *err)
{
    return maildb_conn_do(c, err, "DELETE FROM mail_customers WHERE id = ?", "s", customer) < 0 ||
                   maildb_conn_do(c, err, "DELETE FROM mail_changes WHERE customer_id = ?", "s", customer) < 0
               ? -1
               : 0;
}

/* READ COMMITTED: no locks between rows, which would make customers wait for each other. */
static int write_all(struct maildb_conn *c, struct arena *a, const char *customer, int64_t fence,
                     const struct maildb_change *change, size_t *ret_held, struct error *err)
{
    const char *what = arena_printf(a, "COMMIT %s", customer);

    if (maildb_conn_run(c, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED", err) < 0 ||
        maildb_conn_run(c, "START TRANSACTION", err) < 0 || pass_fence(c, a, customer, fence, change, err) < 0 ||
        write_gone(c, customer, &change->gone, err) < 0 || write_add(c, customer, &change->add, ret_held, err) < 0 ||
        write_set(c, customer, &change->set, err) < 0 || (change->erase && erase(c, customer, err) < 0))
        return -1;
    crashpoint_hit(CRASH_NAME, what, "before");
    int rc = maildb_conn_run(c, "COMMIT", err);
    crashpoint_hit(CRASH_NAME, what, "after");
    return rc;
}

int maildb_write(struct maildb *m, struct arena *a, const char *customer, int64_t fence, const struct maildb_change *c,
                 size_t *ret_held, struct error *err)
{
    struct maildb_conn *conn;
    size_t held = 0;

    crashpoint_hit(CRASH_NAME, arena_printf(a, "WRITE %s", customer), "before");
    if (take(m, &conn, err) < 0)
        return -1;
    int rc = write_all(conn, a, customer, fence, c, &held, err);
    maildb_conn_give(conn, rc == 0);
    if (rc == 0)
        *ret_held = held;
    return rc;
}

/* --- changes of others --- */

struct change_list {
    struct arena *arena;
    int64_t seq;
    const char **customers;
    size_t count, room;
};

static void read_seq(void *ctx, const char *const *v)
{
    ((struct change_list *)ctx)->seq = number(v[0]);
}

static void read_change(void *ctx, const char *const *v)
{
    struct change_list *l = ctx;

    if (l->count == l->room) {
        size_t more = l->room ? l->room * 2 : 16;
        l->customers = arena_grow(l->arena, l->customers, l->room * sizeof *l->customers, more * sizeof *l->customers);
        l->room = more;
    }
    l->customers[l->count++] = arena_strdup(l->arena, v[0]);
}

/* The number is read first: what comes between is above it, and told once more next time. */
static int read_changes(struct maildb_conn *c, struct change_list *l, int64_t since, struct error *err)
{
    if (maildb_conn_each(c, l->arena, read_seq, l, err, "SELECT seq FROM mail_counter WHERE id = 1", "") < 0)
        return -1;
    if (l->seq == since)
        return 0;
    return maildb_conn_each(c, l->arena, read_change, l, err, "SELECT customer_id FROM mail_changes WHERE seq > ?", "i",
                            since);
}

int maildb_changes(struct maildb *m, struct arena *a, int64_t since, int64_t *ret_seq, const char ***ret_customers,
                   size_t *ret_count, struct error *err)
{
    struct change_list l = { .arena = a };
    struct maildb_conn *c;

    if (take(m, &c, err) < 0)
        return -1;
    int rc = read_changes(c, &l, since, err);
    maildb_conn_give(c, rc == 0);
    if (rc < 0)
        return -1;
    *ret_seq = l.seq;
    *ret_customers = l.customers;
    *ret_count = l.count;
    return 0;
}
