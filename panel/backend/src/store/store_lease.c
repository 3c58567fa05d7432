/* The reconciler's side of the store: leases with fencing, and the end of a pass. See store.h. */
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "store/internal.h"

struct claim {
    struct rows rows; /* of struct lease */
    const char *owner;
    int64_t lease_ms, next_ms, now_ms; /* by the database's clock */
};

static void add_lease(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    struct lease *l = rows_add(r);

    *l = (struct lease){ .customer = arena_strdup(r->arena, db_text(row, 0)),
                         .generation = db_int(row, 1),
                         .fence = db_int(row, 2),
                         .settle_ms = db_int(row, 3),
                         .moved = db_int(row, 4) != 0 };
}

static void read_int(void *ctx, const struct db_row *row)
{
    int64_t *n = ctx;
    *n = db_int(row, 0);
}

/* Asked by every worker at every change, so each half has an index of its own (0015.sql). */
#define NEXT                                                                                                           \
    "SELECT COALESCE(MIN(t.at), 0) FROM (SELECT MIN(due_ms) AS at FROM customer WHERE lease_until_ms = 0 AND due_ms "  \
    "> 0 UNION ALL SELECT MIN(CASE WHEN lease_until_ms > due_ms THEN lease_until_ms ELSE due_ms END) FROM customer "   \
    "WHERE lease_until_ms > 0 AND due_ms > 0) t"

static int read_next(struct db *db, void *ctx, struct error *err)
{
    struct claim *c = ctx;

    if (db_now(db, &c->now_ms, err) < 0)
        return -1;
    return db_run(db, NEXT, read_int, &c->next_ms, err, "") < 0 ? -1 : 0;
}

/* The claim makes the customer due again at the lease's end: should its holder die, another one takes it then. A change
 * during the pass sets another time, by which the end of the pass knows of it. A lease that was not given back is taken over:
 * what its holder sent may come late, for as long as that lease was, so until then nothing settles. */
static int64_t write_claim(struct db *db, void *ctx, struct error *err)
{
    struct claim *c = ctx;
    int64_t now;

    c->rows.count = 0;
    if (db_now(db, &now, err) < 0)
        return -1;
    const int64_t end = now + c->lease_ms;
    return db_run(
        db,
        "UPDATE customer SET settle_ms = CASE WHEN lease_owner <> '' THEN ? ELSE settle_ms END, moved_ms = CASE "
        "WHEN holder IN ('', ?) THEN moved_ms ELSE ? END, holder = ?, lease_owner = ?, lease_until_ms = ?, fence = "
        "fence + 1, due_ms = ? WHERE id = (SELECT id FROM customer WHERE "
        "due_ms > 0 AND due_ms <= ? AND lease_until_ms <= ? ORDER BY due_ms LIMIT 1) RETURNING id, "
        "generation, fence, CASE WHEN settle_ms > ? THEN settle_ms - ? ELSE 0 END, CASE WHEN moved_ms > ? THEN "
        "1 ELSE 0 END",
        add_lease, &c->rows, err, "isissiiiiiii", end, c->owner, end, c->owner, c->owner, end, end, now, now, now, now,
        now);
}

int store_claim(struct store *s, struct arena *a, const char *owner, int64_t lease_ms, struct lease *ret,
                bool *ret_found, int64_t *ret_next_ms, struct error *err)
{
    struct claim c = { .rows = { .arena = a, .size = sizeof(struct lease) }, .owner = owner, .lease_ms = lease_ms };

    if (store_read(s, read_next, &c, err) < 0)
        return -1;
    if (c.next_ms > 0 && c.next_ms <= c.now_ms && store_write_volatile(s, "claim", write_claim, &c, err) < 0)
        return -1;
    *ret_found = c.rows.count > 0;
    *ret_next_ms = c.next_ms > 0 ? c.next_ms - c.now_ms + clock_wall_ms() : 0;
    if (*ret_found) {
        *ret = *(struct lease *)c.rows.items;
        ret->settle_ms += ret->settle_ms > 0 ? clock_wall_ms() : 0;
    }
    return 0;
}

/* --- leases of the dead --- */

static int64_t write_release(struct db *db, void *ctx, struct error *err)
{
    const struct claim *c = ctx;

    if (db_run(db, "DELETE FROM duty WHERE owner = ?", NULL, NULL, err, "s", c->owner) < 0)
        return -1;
    return db_run(db, "UPDATE customer SET lease_owner = '', lease_until_ms = 0, due_ms = 1 WHERE lease_owner = ?",
                  NULL, NULL, err, "s", c->owner);
}

int store_lease_release(struct store *s, const char *owner, struct error *err)
{
    struct claim c = { .owner = owner };
    return store_write(s, "lease-release", write_release, &c, err) < 0 ? -1 : 0;
}

/* --- those that nobody works on --- */

static int64_t write_adopt(struct db *db, void *ctx, struct error *err)
{
    const struct claim *c = ctx;

    return db_run(db, "UPDATE customer SET holder = ?, moved_ms = 0 WHERE lease_owner = '' AND holder <> ?", NULL, NULL,
                  err, "ss", c->owner, c->owner);
}

int store_adopt(struct store *s, const char *owner, struct error *err)
{
    struct claim c = { .owner = owner };
    return store_write(s, "adopt", write_adopt, &c, err) < 0 ? -1 : 0;
}

/* --- the end of a pass --- */

struct pass_end {
    const struct lease *lease;
    const struct pass_result *result;
    bool same; /* the pass found what the one before found, and nobody waits for it */
};

int store_lease_check(struct db *db, const struct lease *l, struct error *err)
{
    int64_t fence = -1;

    if (!l)
        return 0;
    if (db_run(db, "SELECT fence FROM customer WHERE id = ?", read_int, &fence, err, "s", l->customer) < 0)
        return -1;
    return fence == l->fence ? 0 : error_set(err, ERROR_STALE, "the lease of customer '%s' was lost", l->customer);
}

static int write_conditions(struct db *db, const struct pass_end *p, int64_t now, struct error *err)
{
    const char *customer = p->lease->customer;

    if (db_run(db, "UPDATE condition SET position = -1 WHERE customer = ?", NULL, NULL, err, "s", customer) < 0)
        return -1;
    for (size_t i = 0; i < p->result->condition_count; i++) {
        const struct condition *c = &p->result->conditions[i];
        if (db_run(db,
                   "INSERT INTO condition VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (customer, step, subject) DO "
                   "UPDATE SET since_ms = CASE WHEN condition.status = excluded.status THEN condition.since_ms ELSE "
                   "excluded.since_ms END, status = excluded.status, reason = excluded.reason, message = "
                   "excluded.message, next_try_ms = excluded.next_try_ms, position = excluded.position",
                   NULL, NULL, err, "ssssssiii", customer, c->step, c->subject, condition_status_name(c->status),
                   c->reason, c->message, now, c->next_try_ms, (int64_t)i) < 0)
            return -1;
    }
    return db_run(db, "DELETE FROM condition WHERE customer = ? AND position < 0", NULL, NULL, err, "s", customer) < 0
               ? -1
               : 0;
}

static int write_events(struct db *db, const struct pass_end *p, int64_t now, struct error *err)
{
    const char *customer = p->lease->customer;

    for (size_t i = 0; i < p->result->event_count; i++) {
        if (store_event_put(db, &p->result->events[i], now, NULL, err) < 0)
            return -1;
    }
    return p->result->event_count ? store_event_prune(db, customer, err) : 0;
}

static int write_operations(struct db *db, const struct pass_end *p, int64_t now, struct error *err)
{
    const struct lease *l = p->lease;

    if (p->result->ready)
        return db_run(db,
                      "UPDATE operation SET state = 'done', updated_ms = ?, finished_ms = ? WHERE customer = ? AND "
                      "generation <= ? AND finished_ms = 0 AND kind NOT IN " LOOK_KINDS,
                      NULL, NULL, err, "iisi", now, now, l->customer, l->generation) < 0
                   ? -1
                   : 0;
    return db_run(db,
                  "UPDATE operation SET state = 'running', updated_ms = ? WHERE customer = ? AND state = 'accepted' "
                  "AND kind NOT IN " LOOK_KINDS,
                  NULL, NULL, err, "is", now, l->customer) < 0
               ? -1
               : 0;
}

static bool says_the_same(const struct rows *have, const struct pass_result *r)
{
    const struct condition *old = have->items;

    if (have->count != r->condition_count)
        return false;
    for (size_t i = 0; i < have->count; i++) {
        const struct condition *c = &r->conditions[i];
        if (!str_eq(old[i].step, c->step) || !str_eq(old[i].subject, c->subject) || old[i].status != c->status ||
            !str_eq(old[i].reason, c->reason) || !str_eq(old[i].message, c->message) ||
            old[i].next_try_ms != c->next_try_ms)
            return false;
    }
    return true;
}

static void compare_customer(void *ctx, const struct db_row *row)
{
    struct pass_end *p = ctx;
    const struct pass_result *r = p->result;

    p->same = (db_int(row, 0) != 0) == r->ready && (!r->ready || db_int(row, 1) == p->lease->generation) &&
              db_int(row, 2) == 0 && (!r->compared || str_eq(db_text(row, 3), r->compared));
}

/* Who is not found has lost the lease, which the write tells of. */
static int read_same(struct db *db, void *ctx, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct rows have = { .arena = a, .size = sizeof(struct condition) };
    struct pass_end *p = ctx;
    const char *customer = p->lease->customer;

    p->same = false;
    if (p->result->event_count > 0)
        return 0;
    if (db_run(db,
               "SELECT c.ready, c.observed, (SELECT count(*) FROM operation o WHERE o.customer = c.id AND "
               "o.finished_ms = 0 AND o.kind NOT IN " LOOK_KINDS "), COALESCE((SELECT hashes FROM compared x WHERE "
               "x.customer = c.id), '') FROM customer c WHERE c.id = ?",
               compare_customer, p, err, "s", customer) < 0)
        return -1;
    if (!p->same)
        return 0;
    if (store_condition_rows(db, customer, &have, err) < 0)
        return -1;
    p->same = says_the_same(&have, p->result);
    return 0;
}

static int write_found(struct db *db, const struct pass_end *p, int64_t now, struct error *err)
{
    return write_conditions(db, p, now, err) < 0 || write_events(db, p, now, err) < 0 ||
                   write_operations(db, p, now, err) < 0 ||
                   (p->result->compared && store_compared_put(db, p->lease->customer, p->result->compared, err) < 0)
               ? -1
               : 0;
}

static int64_t write_pass_end(struct db *db, void *ctx, struct error *err)
{
    const struct pass_end *p = ctx;
    const struct lease *l = p->lease;
    int64_t due = p->result->due_ms, database_now;

    if (db_now(db, &database_now, err) < 0)
        return -1;
    const int64_t now = clock_wall_ms(); /* after the wait for the lock */
    if (due > 0)
        due = due + database_now - now > 1 ? due + database_now - now
                                           : 1; /* "at once", also by a clock that is behind */
    if (store_lease_check(db, l, err) < 0 || (!p->same && write_found(db, p, now, err) < 0))
        return -1;
    return db_run(
        db,
        "UPDATE customer SET observed = CASE WHEN ? <> 0 THEN ? ELSE observed END, ready = ?, lease_owner = "
        "'', lease_until_ms = 0, due_ms = CASE WHEN due_ms <> lease_until_ms AND (? = 0 OR due_ms < ?) THEN due_ms "
        "ELSE ? END WHERE id = ?",
        NULL, NULL, err, "iiiiiis", (int64_t)p->result->ready, l->generation, (int64_t)p->result->ready, due, due, due,
        l->customer);
}

int store_pass_end(struct store *s, const struct lease *l, const struct pass_result *r, struct error *err)
{
    struct pass_end p = { .lease = l, .result = r };

    if (store_read(s, read_same, &p, err) < 0)
        return -1;
    int64_t n = p.same ? store_write_volatile(s, "pass-end", write_pass_end, &p, err)
                       : store_write(s, "pass-end", write_pass_end, &p, err);
    return n < 0 ? -1 : 0;
}

static int64_t write_erase(struct db *db, void *ctx, struct error *err)
{
    const struct lease *l = ctx;
    int64_t now = clock_wall_ms();

    if (store_lease_check(db, l, err) < 0 || store_dkim_drop_all(db, l->customer, err) < 0 ||
        db_run(db,
               "UPDATE operation SET state = 'done', updated_ms = ?, finished_ms = ? WHERE customer = ? AND "
               "finished_ms = 0",
               NULL, NULL, err, "iis", now, now, l->customer) < 0 ||
        db_run(db, "DELETE FROM event WHERE customer = ?", NULL, NULL, err, "s", l->customer) < 0)
        return -1;
    return db_run(db, "DELETE FROM customer WHERE id = ?", NULL, NULL, err, "s", l->customer);
}

int store_customer_erase(struct store *s, const struct lease *l, struct error *err)
{
    struct lease copy = *l;
    return store_write(s, "erase", write_erase, &copy, err) < 0 ? -1 : 0;
}

struct due {
    const char *id;
    int64_t in_ms; /* from now on, by the database's clock */
};

static int64_t write_due(struct db *db, void *ctx, struct error *err)
{
    const struct due *d = ctx;

    if (!d->id)
        return db_run(db, "UPDATE customer SET due_ms = 1", NULL, NULL, err, "");
    return db_run(db, "UPDATE customer SET due_ms = 1 WHERE id = ?", NULL, NULL, err, "s", d->id);
}

int store_customer_due(struct store *s, const char *id, struct error *err)
{
    struct due d = { .id = id };
    return store_write(s, "due", write_due, &d, err) < 0 ? -1 : 0;
}

static int64_t write_due_in(struct db *db, void *ctx, struct error *err)
{
    const struct due *d = ctx;
    int64_t at;

    if (db_now(db, &at, err) < 0)
        return -1;
    at += d->in_ms;
    return db_run(db, "UPDATE customer SET due_ms = ? WHERE id = ? AND (due_ms = 0 OR due_ms > ?)", NULL, NULL, err,
                  "isi", at, d->id, at);
}

int store_customer_due_in(struct store *s, const char *id, int64_t ms, struct error *err)
{
    struct due d = { .id = id, .in_ms = ms };
    return store_write_volatile(s, "due", write_due_in, &d, err) < 0 ? -1 : 0;
}

static int64_t write_expire(struct db *db, void *ctx, struct error *err)
{
    int64_t now;

    (void)ctx;
    if (db_now(db, &now, err) < 0)
        return -1;
    return db_run(db,
                  "UPDATE customer SET state = 'erasing', generation = generation + 1, due_ms = 1 WHERE state = "
                  "'trashed' AND erase_ms > 0 AND erase_ms <= ?",
                  NULL, NULL, err, "i", now);
}

int store_trash_expire(struct store *s, struct error *err)
{
    return store_write(s, "trash-expire", write_expire, NULL, err) < 0 ? -1 : 0;
}
