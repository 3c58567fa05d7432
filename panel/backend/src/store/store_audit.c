/* The audit log as a hash chain: see store.h. A row's hash is the SHA-256, in hex, of the hash before it and of the row's own
 * fields in their order: seq, at_ms, actor, request_id, action, customer, subject, each written as "<bytes>:<text>,", so that
 * no two rows have the same text. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/str.h"
#include "store/internal.h"

enum {
    SCHEME_FIRST = 1,
    SCHEME = 2
}; /* of a row's hash; the first one is of installations from before there was a second */

static void read_head(void *ctx, const struct db_row *row)
{
    struct audit_head *h = ctx;

    h->seq = db_int(row, 0);
    snprintf(h->hash, sizeof h->hash, "%s", db_text(row, 1));
    h->known = true;
}

static const char ask_head[] = "SELECT seq, hash FROM audit_head";

int store_audit_expect(struct db *db, struct audit_head *head, struct error *err)
{
    return db_note(db, ask_head, read_head, head, err, "");
}

static void add_field(struct id_sha256 *h, struct arena *a, const char *text)
{
    const char *field = arena_printf(a, "%zu:%s,", strlen(text), text);

    id_sha256_add(h, field, strlen(field));
}

static const char *hash_row(struct arena *a, const char *before, const struct audit *row)
{
    struct id_sha256 *h = id_sha256_new();

    id_sha256_add(h, before, strlen(before));
    add_field(h, a, arena_printf(a, "%lld", (long long)row->seq));
    add_field(h, a, arena_printf(a, "%lld", (long long)row->at_ms));
    add_field(h, a, row->actor);
    add_field(h, a, row->request_id);
    add_field(h, a, row->action);
    add_field(h, a, row->customer);
    add_field(h, a, row->subject);
    return id_sha256_hex(h, a);
}

static const char *hash_first_scheme(struct arena *a, const char *before, const struct audit *row)
{
    return id_hash_token(a, arena_printf(a, "%s\n%lld\n%s\n%s\n%s\n%s\n%s", before, (long long)row->at_ms, row->actor,
                                         row->request_id, row->action, row->customer, row->subject));
}

static int note_row(struct db *db, const struct audit *row, struct error *err)
{
    return db_note(db,
                   "INSERT INTO audit (seq, at_ms, actor, request_id, action, customer, subject, hash, scheme) VALUES "
                   "(?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   NULL, NULL, err, "iissssssi", row->seq, row->at_ms, row->actor, row->request_id, row->action,
                   row->customer, row->subject, row->hash, (int64_t)SCHEME);
}

int store_audit_put(struct db *db, struct audit_head *head, const struct audit *list, size_t count, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    if (!head->known && db_run(db, ask_head, read_head, head, err, "") < 0)
        return -1;
    if (!head->known)
        return error_set(err, ERROR_IO, "the audit log has no head");
    for (size_t i = 0; i < count; i++) {
        struct audit row = list[i];
        row.seq = ++head->seq;
        row.at_ms = clock_wall_ms();
        row.hash = hash_row(a, head->hash, &row);
        snprintf(head->hash, sizeof head->hash, "%s", row.hash);
        if (note_row(db, &row, err) < 0)
            return -1;
    }
    return db_note(db, "UPDATE audit_head SET seq = ?, hash = ?", NULL, NULL, err, "is", head->seq, head->hash);
}

int store_audit_append(struct store_tx *tx, const struct audit *list, size_t count, struct error *err)
{
    return store_audit_put(store_tx_db(tx), store_tx_head(tx), list, count, err);
}

/* --- reading --- */

#define COLUMNS "a.seq, a.at_ms, a.actor, a.request_id, a.action, a.customer, a.subject, a.hash"

static struct audit audit_of(struct arena *a, const struct db_row *row)
{
    return (struct audit){ .seq = db_int(row, 0),
                           .at_ms = db_int(row, 1),
                           .actor = arena_strdup(a, db_text(row, 2)),
                           .request_id = arena_strdup(a, db_text(row, 3)),
                           .action = arena_strdup(a, db_text(row, 4)),
                           .customer = arena_strdup(a, db_text(row, 5)),
                           .subject = arena_strdup(a, db_text(row, 6)),
                           .hash = arena_strdup(a, db_text(row, 7)) };
}

struct query {
    struct rows rows;
    const struct audit_filter *filter;
    struct page page;
};

static void add_row(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    struct audit *entry = rows_add(r);

    *entry = audit_of(r->arena, row);
}

static const char *or_empty(const char *s)
{
    return s ? s : "";
}

#define LIST(compare, direction)                                                                                       \
    "SELECT " COLUMNS " FROM audit a WHERE a.seq " compare " ? AND (? = '' OR a.actor = ?) AND (? = '' OR a.action = " \
    "?) AND (? = '' OR a.customer = ?) AND (? = '' OR a.subject = ?) AND " SEEN(                                       \
        "a.customer") " ORDER BY a.seq " direction " LIMIT ?"
static const char *const list_sql[] = { LIST(">", "ASC"), LIST("<", "DESC") };

static int read_list(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;
    const char *actor = or_empty(q->filter->actor), *action = or_empty(q->filter->action);
    const char *customer = or_empty(q->filter->customer), *subject = or_empty(q->filter->subject);
    int64_t from = q->page.descending ? INT64_MAX : 0;

    if (q->page.after[0] && str_to_i64(q->page.after, 1, INT64_MAX, &from, err) < 0)
        return -1;
    return db_run(db, list_sql[q->page.descending], add_row, &q->rows, err, "issssssss" SEEN_TYPES "i", from, actor,
                  actor, action, action, customer, customer, subject, subject, SEEN_BY(q->page),
                  (int64_t)q->page.limit) < 0
               ? -1
               : 0;
}

int store_audit_list(struct store *s, struct arena *a, const struct audit_filter *filter, struct page page,
                     struct audit **ret, size_t *ret_count, struct error *err)
{
    struct query q = { .rows = { .arena = a, .size = sizeof(struct audit) }, .filter = filter, .page = page };

    if (store_read(s, read_list, &q, err) < 0)
        return -1;
    *ret = q.rows.items;
    *ret_count = q.rows.count;
    return 0;
}

/* --- verifying --- */

struct walk {
    struct arena *arena; /* of one row */
    char before[129]; /* the hash of the last row */
    int64_t head_seq;
    char head_hash[129];
    int64_t count, broken;
    const char *reason;
};

static void break_at(struct walk *w, int64_t seq, const char *reason)
{
    if (w->broken == 0) {
        w->broken = seq;
        w->reason = reason;
    }
}

static void check_row(void *ctx, const struct db_row *row)
{
    struct walk *w = ctx;

    arena_reset(w->arena);
    struct audit entry = audit_of(w->arena, row);
    int64_t scheme = db_int(row, 8);
    w->head_seq = db_int(row, 9);
    snprintf(w->head_hash, sizeof w->head_hash, "%s", db_text(row, 10));
    if (entry.seq == 0 || w->broken) /* the log is empty, or what follows tells nothing new */
        return;
    if (entry.seq != w->count + 1)
        break_at(w, w->count + 1, "the row is missing");
    else if (!str_eq(entry.hash, scheme == SCHEME_FIRST ? hash_first_scheme(w->arena, w->before, &entry)
                                                        : hash_row(w->arena, w->before, &entry)))
        break_at(w, entry.seq, "the row does not agree with its hash and the row before it");
    w->count++;
    snprintf(w->before, sizeof w->before, "%s", entry.hash);
}

/* One statement, so that rows and head are of the same moment. */
static int read_chain(struct db *db, void *ctx, struct error *err)
{
    return db_run(db,
                  "SELECT " COLUMNS
                  ", a.scheme, h.seq, h.hash FROM audit_head h LEFT JOIN audit a ON a.seq > 0 ORDER BY a.seq",
                  check_row, ctx, err, "") < 0
               ? -1
               : 0;
}

int store_audit_walk(struct db *db, struct arena *a, struct audit_verdict *ret, struct error *err)
{
    struct walk w = { .arena = arena_new(), .reason = "" };
    int rc = read_chain(db, &w, err);

    arena_free(w.arena);
    if (rc < 0)
        return -1;
    if (w.head_seq != w.count)
        break_at(&w, w.head_seq > w.count ? w.count + 1 : w.head_seq + 1,
                 w.head_seq > w.count ? "the row is missing" : "the row was not written by Berth");
    else if (!str_eq(w.head_hash, w.before))
        break_at(&w, w.count, "the row is not the one that was written last");
    *ret = (struct audit_verdict){ w.count, w.broken, w.reason, arena_strdup(a, w.head_hash) };
    return 0;
}

struct verify {
    struct arena *arena;
    struct audit_verdict verdict;
};

static int read_verdict(struct db *db, void *ctx, struct error *err)
{
    struct verify *v = ctx;

    return store_audit_walk(db, v->arena, &v->verdict, err);
}

int store_audit_verify(struct store *s, struct arena *a, struct audit_verdict *ret, struct error *err)
{
    struct verify v = { .arena = a };

    if (store_read(s, read_verdict, &v, err) < 0)
        return -1;
    *ret = v.verdict;
    return 0;
}
