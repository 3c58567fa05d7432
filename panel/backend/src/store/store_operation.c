/* Operations, events and conditions in the store: see store.h. */
#include "base/clock.h"
#include "base/str.h"
#include "store/internal.h"

enum { EVENTS_KEPT = 1000 }; /* of each customer */

#define COLUMNS                                                                                                        \
    "id, kind, customer, subject, actor, request_id, state, message, generation, created_ms, updated_ms, "             \
    "finished_ms, input, result"

struct query {
    struct rows rows;
    const char *key;
    const struct operation_filter *filter;
    const struct event_filter *events;
    struct page page;
    int64_t after;
};

static void add_operation(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    struct operation *op = rows_add(r);
    struct arena *a = r->arena;

    *op = (struct operation){ .id = arena_strdup(a, db_text(row, 0)),
                              .kind = arena_strdup(a, db_text(row, 1)),
                              .customer = arena_strdup(a, db_text(row, 2)),
                              .subject = arena_strdup(a, db_text(row, 3)),
                              .actor = arena_strdup(a, db_text(row, 4)),
                              .request_id = arena_strdup(a, db_text(row, 5)),
                              .message = arena_strdup(a, db_text(row, 7)) };
    op->state = (enum operation_state)operation_state_parse(db_text(row, 6));
    op->generation = db_int(row, 8);
    op->created_ms = db_int(row, 9);
    op->updated_ms = db_int(row, 10);
    op->finished_ms = db_int(row, 11);
    op->input = arena_strdup(a, db_text(row, 12));
    op->result = arena_strdup(a, db_text(row, 13));
}

static void add_text(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    const char **s = rows_add(r);

    *s = arena_strdup(r->arena, db_text(row, 0));
}

int store_operation_insert(struct store_tx *tx, const struct operation *op, struct error *err)
{
    int64_t now = clock_wall_ms();

    if (db_note(store_tx_db(tx),
                "INSERT INTO operation (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, COALESCE((SELECT generation FROM "
                "customer WHERE id = ?), 0), ?, ?, 0, ?, '')",
                NULL, NULL, err, "sssssssssiis", op->id, op->kind, op->customer, op->subject, op->actor, op->request_id,
                operation_state_name(op->state), op->message, op->customer, now, now, op->input) < 0)
        return -1;
    const struct audit entry = { .actor = op->actor,
                                 .request_id = op->request_id,
                                 .action = op->kind,
                                 .customer = op->customer,
                                 .subject = op->subject };
    return store_audit_append(tx, &entry, 1, err);
}

static int read_one(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;
    return db_run(db, "SELECT " COLUMNS " FROM operation WHERE id = ?", add_operation, &q->rows, err, "s", q->key) < 0
               ? -1
               : 0;
}

/* `after` is the id of an operation; operations are never deleted, so it has a place in the list. */
#define LIST(compare, direction)                                                                                       \
    "SELECT " COLUMNS " FROM operation WHERE (? = '' OR seq " compare                                                  \
    " (SELECT seq FROM operation WHERE id = ?)) AND "                                                                  \
    "(? = '' OR customer = ?) AND (? = '' OR state = ?) AND (? = '' OR kind = ?) AND (? = '' OR actor = ?) AND kind "  \
    "NOT IN " LOOK_KINDS " AND ((" SEEN(                                                                               \
        "customer") ") OR EXISTS (SELECT 1 FROM bulk b WHERE "                                                         \
                    "b.operation = operation.id AND b.account = ? AND b.customer = ?)) ORDER BY seq " direction        \
                    " LIMIT ?"
static const char *const list_sql[] = { LIST(">", "ASC"), LIST("<", "DESC") };

static int read_list(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;
    const struct operation_filter *f = q->filter;
    const char *customer = f->customer ? f->customer : "", *state = f->state ? f->state : "",
               *kind = f->kind ? f->kind : "", *actor = f->actor ? f->actor : "";

    return db_run(db, list_sql[q->page.descending], add_operation, &q->rows, err, "ssssssssss" SEEN_TYPES "ssi",
                  q->page.after, q->page.after, customer, customer, state, state, kind, kind, actor, actor,
                  SEEN_BY(q->page), q->page.account ? q->page.account : "", q->page.customer ? q->page.customer : "",
                  (int64_t)q->page.limit) < 0
               ? -1
               : 0;
}

int store_operation_get(struct store *s, struct arena *a, const char *id, struct operation *ret, struct error *err)
{
    struct query q = { .rows = { .arena = a, .size = sizeof(struct operation) }, .key = id };

    if (store_read(s, read_one, &q, err) < 0)
        return -1;
    if (q.rows.count == 0)
        return error_set(err, ERROR_NOT_FOUND, "there is no operation '%s'", id);
    *ret = *(struct operation *)q.rows.items;
    return 0;
}

int store_operation_list(struct store *s, struct arena *a, const struct operation_filter *f, struct page page,
                         struct operation **ret, size_t *ret_count, struct error *err)
{
    struct query q = { .rows = { .arena = a, .size = sizeof(struct operation) }, .filter = f, .page = page };

    if (store_read(s, read_list, &q, err) < 0)
        return -1;
    *ret = q.rows.items;
    *ret_count = q.rows.count;
    return 0;
}

struct finish {
    const char *id, *message, *result;
    enum operation_state state;
};

static int64_t write_finish(struct db *db, void *ctx, struct error *err)
{
    const struct finish *f = ctx;
    int64_t now = clock_wall_ms();

    return db_run(db,
                  "UPDATE operation SET state = ?, message = ?, result = ?, updated_ms = ?, finished_ms = ? WHERE id = "
                  "? AND finished_ms = 0",
                  NULL, NULL, err, "sssiis", operation_state_name(f->state), f->message, f->result, now, now, f->id);
}

int store_operation_finish(struct store *s, const char *id, enum operation_state state, const char *message,
                           const char *result, struct error *err)
{
    struct finish f = { id, message, result, state };
    return store_write(s, "operation-finish", write_finish, &f, err) < 0 ? -1 : 0;
}

/* --- looks: what reconcile does for api --- */

static int64_t write_claim(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;
    int64_t now;

    q->rows.count = 0;
    if (db_now(db, &now, err) < 0)
        return -1;
    /* One that was claimed a minute ago belongs to a process that is gone: looks change nothing, so it is taken again. */
    if (db_run(db,
               "SELECT " COLUMNS " FROM operation WHERE kind IN " LOOK_KINDS " AND (state = 'accepted' OR "
               "(state = 'running' AND updated_ms < ?)) ORDER BY seq LIMIT 1",
               add_operation, &q->rows, err, "i", now - 60000) < 0)
        return -1;
    if (q->rows.count == 0)
        return 0;
    const struct operation *op = q->rows.items;
    return db_run(db, "UPDATE operation SET state = 'running', updated_ms = ? WHERE id = ?", NULL, NULL, err, "is", now,
                  op->id);
}

static int read_waiting(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;
    return db_run(db,
                  "SELECT id FROM operation WHERE state IN ('accepted', 'running') AND kind IN " LOOK_KINDS " LIMIT 1",
                  add_text, &q->rows, err, "") < 0
               ? -1
               : 0;
}

int store_look_claim(struct store *s, struct arena *a, struct operation *ret, bool *ret_found, struct error *err)
{
    struct query waiting = { .rows = { .arena = a, .size = sizeof(char *) } };
    struct query q = { .rows = { .arena = a, .size = sizeof(struct operation) } };

    if (store_read(s, read_waiting, &waiting, err) < 0)
        return -1;
    if (waiting.rows.count && store_write(s, "look-claim", write_claim, &q, err) < 0)
        return -1;
    *ret_found = q.rows.count > 0;
    if (*ret_found)
        *ret = *(struct operation *)q.rows.items;
    return 0;
}

/* --- events and conditions --- */

static void read_seq(void *ctx, const struct db_row *row)
{
    int64_t *seq = ctx;
    *seq = db_int(row, 0);
}

int store_event_put(struct db *db, const struct event *e, int64_t now_ms, int64_t *ret_seq, struct error *err)
{
    int64_t seq = 0;

    if (db_run(db,
               "INSERT INTO event (at_ms, customer, type, reason, object, message) VALUES (?, ?, ?, ?, ?, ?) "
               "RETURNING seq",
               read_seq, &seq, err, "isssss", now_ms, e->customer, e->type, e->reason, e->object, e->message) < 0)
        return -1;
    if (ret_seq)
        *ret_seq = seq;
    return 0;
}

int store_event_prune(struct db *db, const char *customer, struct error *err)
{
    return db_run(db,
                  "DELETE FROM event WHERE customer = ? AND seq <= COALESCE((SELECT seq FROM event WHERE customer = ? "
                  "ORDER BY seq DESC LIMIT 1 OFFSET ?), 0)",
                  NULL, NULL, err, "ssi", customer, customer, (int64_t)EVENTS_KEPT) < 0
               ? -1
               : 0;
}

struct event_add {
    const struct lease *lease;
    const struct event *event;
    int64_t seq;
};

static int64_t write_event_add(struct db *db, void *ctx, struct error *err)
{
    struct event_add *add = ctx;

    if (store_lease_check(db, add->lease, err) < 0 || store_event_prune(db, add->event->customer, err) < 0)
        return -1;
    return store_event_put(db, add->event, clock_wall_ms(), &add->seq, err);
}

int store_event_add(struct store *s, const struct lease *l, const struct event *e, int64_t *ret_seq, struct error *err)
{
    struct event_add add = { .lease = l, .event = e };

    if (store_write(s, "event-add", write_event_add, &add, err) < 0)
        return -1;
    *ret_seq = add.seq;
    return 0;
}

static int64_t write_event_drop(struct db *db, void *ctx, struct error *err)
{
    const int64_t *seq = ctx;
    return db_run(db, "DELETE FROM event WHERE seq = ?", NULL, NULL, err, "i", *seq);
}

int store_event_drop(struct store *s, int64_t seq, struct error *err)
{
    return store_write(s, "event-drop", write_event_drop, &seq, err) < 0 ? -1 : 0;
}

static void add_event(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    struct event *e = rows_add(r);
    struct arena *a = r->arena;

    *e = (struct event){ db_int(row, 0),
                         db_int(row, 1),
                         arena_strdup(a, db_text(row, 2)),
                         arena_strdup(a, db_text(row, 3)),
                         arena_strdup(a, db_text(row, 4)),
                         arena_strdup(a, db_text(row, 5)),
                         arena_strdup(a, db_text(row, 6)) };
}

#define EVENTS(compare, direction)                                                                                     \
    "SELECT seq, at_ms, customer, type, reason, object, message FROM event WHERE seq " compare " ? AND (? = '' OR "    \
    "customer = ?) AND (? = '' OR type = ?) AND (? = '' OR reason = ?) AND at_ms >= ? AND " SEEN(                      \
        "customer") " ORDER BY seq " direction " LIMIT ?"
static const char *const event_sql[] = { EVENTS(">", "ASC"), EVENTS("<", "DESC") };

static int read_events(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;
    const struct event_filter *f = q->events;
    const char *customer = f->customer ? f->customer : "", *type = f->type ? f->type : "",
               *reason = f->reason ? f->reason : "";

    return db_run(db, event_sql[q->page.descending], add_event, &q->rows, err, "issssssi" SEEN_TYPES "i", q->after,
                  customer, customer, type, type, reason, reason, f->from_ms, SEEN_BY(q->page),
                  (int64_t)q->page.limit) < 0
               ? -1
               : 0;
}

int store_event_page(struct store *s, struct arena *a, const struct event_filter *f, int64_t after, struct page page,
                     struct event **ret, size_t *ret_count, struct error *err)
{
    struct query q = {
        .rows = { .arena = a, .size = sizeof(struct event) }, .events = f, .page = page, .after = after
    };

    if (store_read(s, read_events, &q, err) < 0)
        return -1;
    *ret = q.rows.items;
    *ret_count = q.rows.count;
    return 0;
}

int store_event_list(struct store *s, struct arena *a, const char *customer, int64_t after, int limit,
                     struct event **ret, size_t *ret_count, struct error *err)
{
    const struct event_filter f = { .customer = customer };

    return store_event_page(s, a, &f, after, (struct page){ .after = "", .limit = limit }, ret, ret_count, err);
}

static void add_condition(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    struct condition *c = rows_add(r);
    struct arena *a = r->arena;

    *c = (struct condition){ .step = arena_strdup(a, db_text(row, 0)),
                             .subject = arena_strdup(a, db_text(row, 1)),
                             .reason = arena_strdup(a, db_text(row, 3)),
                             .message = arena_strdup(a, db_text(row, 4)) };
    c->status = (enum condition_status)condition_status_parse(db_text(row, 2));
    c->since_ms = db_int(row, 5);
    c->next_try_ms = db_int(row, 6);
}

int store_condition_rows(struct db *db, const char *customer, struct rows *ret, struct error *err)
{
    return db_run(db,
                  "SELECT step, subject, status, reason, message, since_ms, next_try_ms FROM condition WHERE customer "
                  "= ? ORDER BY position",
                  add_condition, ret, err, "s", customer) < 0
               ? -1
               : 0;
}

static int read_conditions(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;
    return store_condition_rows(db, q->key, &q->rows, err);
}

int store_condition_list(struct store *s, struct arena *a, const char *customer, struct condition **ret,
                         size_t *ret_count, struct error *err)
{
    struct query q = { .rows = { .arena = a, .size = sizeof(struct condition) }, .key = customer };

    if (store_read(s, read_conditions, &q, err) < 0)
        return -1;
    *ret = q.rows.items;
    *ret_count = q.rows.count;
    return 0;
}
