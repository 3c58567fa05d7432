/* Mailboxes in the store: see store.h. */
#include "base/clock.h"
#include "base/str.h"
#include "store/internal.h"

enum { TOGETHER_MAX = 100 }; /* when an address of them is taken each of so many is looked for */

#define FIELDS                                                                                                         \
    "m.domain, m.local, m.customer, m.name, m.password, m.quota, m.active, m.forwards, m.keep, m.reply, "              \
    "m.reply_subject, m.reply_text, m.reply_from_ms, m.reply_until_ms, m.version, m.created_ms"
#define ADDRESS "m.local || '@' || m.domain"

struct query {
    struct rows rows;
    const char *domain, *local;
};

const char **store_lines_split(struct arena *a, const char *text, size_t *ret_count)
{
    size_t count = 0;
    char **lines = text[0] ? str_split(a, text, '\n', &count) : NULL;
    const char **out = arena_array(a, count + 1, sizeof *out);

    for (size_t i = 0; i < count; i++)
        out[i] = lines[i];
    *ret_count = count;
    return out;
}

const char *store_lines_join(struct arena *a, const char *const *lines, size_t count)
{
    struct strbuf out;

    strbuf_init(&out, a, 1 << 20);
    for (size_t i = 0; i < count; i++)
        strbuf_addf(&out, "%s%s", i ? "\n" : "", lines[i]);
    return out.text;
}

static void add_mailbox(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    struct arena *a = r->arena;
    struct mailbox *m = rows_add(r);

    *m = (struct mailbox){ .domain = arena_strdup(a, db_text(row, 0)),
                           .local = arena_strdup(a, db_text(row, 1)),
                           .customer = arena_strdup(a, db_text(row, 2)),
                           .name = arena_strdup(a, db_text(row, 3)),
                           .password = arena_strdup(a, db_text(row, 4)),
                           .quota = db_int(row, 5),
                           .active = db_int(row, 6) != 0,
                           .keep = db_int(row, 8) != 0 };
    m->forwards = store_lines_split(a, db_text(row, 7), &m->forward_count);
    m->reply = (struct auto_reply){ .on = db_int(row, 9) != 0,
                                    .subject = arena_strdup(a, db_text(row, 10)),
                                    .text = arena_strdup(a, db_text(row, 11)),
                                    .from_ms = db_int(row, 12),
                                    .until_ms = db_int(row, 13) };
    m->version = db_int(row, 14);
    m->created_ms = db_int(row, 15);
}

/* --- reading --- */

#define SORTS(X) X("address", ADDRESS) X("customerId", "m.customer") X("createdAt", "CAST(m.created_ms AS TEXT)")
#define LIST(column, compare, direction)                                                                               \
    "SELECT " FIELDS ", " column " FROM mailbox m WHERE " AFTER_PAIR(                                                  \
        column, ADDRESS, compare) " AND (? = '' OR m.customer = ?) AND (? = '' OR m.domain = ?) AND " ADDRESS          \
                                  " LIKE ? ESCAPE '\\' AND " SEEN("m.customer") " ORDER BY " column " " direction      \
                                                                                ", " ADDRESS " " direction " LIMIT ?"
SORT_TABLES(store_mailbox_sorts, SORTS)

static int read_list(struct db *db, void *ctx, struct error *err)
{
    enum { VALUE = 16 };
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

int store_mailbox_list(struct store *s, struct arena *a, const struct address_filter *f, struct page page,
                       struct mailbox **ret, size_t *ret_count, struct error *err)
{
    struct listing l = {
        .rows = { .arena = a, .size = sizeof(struct mailbox) }, .page = page, .add = add_mailbox, .filter = f
    };

    return store_list_read(s, &l, read_list, ret, ret_count, err);
}

static int read_one(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;

    if (db_run(db, "SELECT " FIELDS " FROM mailbox m WHERE m.domain = ? AND m.local = ?", add_mailbox, &q->rows, err,
               "ss", q->domain, q->local) < 0)
        return -1;
    return q->rows.count ? 0 : error_set(err, ERROR_NOT_FOUND, "there is no mailbox '%s@%s'", q->local, q->domain);
}

int store_mailbox_get(struct store *s, struct store_tx *tx, struct arena *a, const char *domain, const char *local,
                      struct mailbox *ret, struct error *err)
{
    struct query q = { { .arena = a, .size = sizeof(struct mailbox) }, domain, local };

    if ((tx ? read_one(store_tx_db(tx), &q, err) : store_read(s, read_one, &q, err)) < 0)
        return -1;
    *ret = *(struct mailbox *)q.rows.items;
    return 0;
}

int store_mailbox_read(struct db *db, const char *customer, struct rows *ret, struct error *err)
{
    return rows_of_customer(db,
                            "SELECT " FIELDS
                            " FROM mailbox m JOIN domain d ON d.name = m.domain WHERE d.customer = ? ORDER BY "
                            "m.domain, m.local",
                            add_mailbox, sizeof(struct mailbox), customer, ret, err);
}

void store_mailbox_assign(const struct rows *rows, struct domain *domains, size_t count)
{
    struct mailbox *found = rows->items;

    for (size_t i = 0, j = 0; i < count; i++) {
        domains[i].mailboxes = found ? &found[j] : NULL;
        for (domains[i].mailbox_count = 0; found && j < rows->count && str_eq(found[j].domain, domains[i].name); j++)
            domains[i].mailbox_count++;
    }
}

/* --- changes --- */

/* Nothing is written when the address is in use. */
static int insert(struct db *db, struct arena *a, const struct mailbox *m, int64_t version, struct error *err)
{
    const struct auto_reply *r = &m->reply;
    const char *forwards = m->forward_count ? store_lines_join(a, m->forwards, m->forward_count) : "";

    return db_run(db,
                  "INSERT INTO mailbox (domain, local, customer, name, password, quota, active, forwards, keep, reply, "
                  "reply_subject, reply_text, reply_from_ms, reply_until_ms, version, created_ms) SELECT ?, ?, ?, ?, "
                  "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM mail_alias WHERE domain = ? AND "
                  "local = ?) ON CONFLICT DO NOTHING",
                  NULL, NULL, err, "sssssiisiissiiiiss", m->domain, m->local, m->customer, m->name, m->password,
                  m->quota, (int64_t)m->active, forwards, (int64_t)m->keep, (int64_t)r->on, r->subject, r->text,
                  r->from_ms, r->until_ms, version, clock_wall_ms(), m->domain, m->local) < 0
               ? -1
               : 0;
}

/* How many were written, or -1. */
static int64_t insert_together(struct db *db, struct arena *a, const struct mailbox *list, size_t count,
                               int64_t version, struct error *err)
{
    bool asked = true;

    db_together(db);
    for (size_t i = 0; asked && i < count; i++)
        asked = insert(db, a, &list[i], version, err) == 0;
    return db_answers(db, asked, err);
}

static void read_version(void *ctx, const struct db_row *row)
{
    int64_t *version = ctx;
    *version = db_int(row, 0);
}

/* What has the mailbox's address, when that is not what was just written. */
static int find_owner(struct db *db, const struct mailbox *m, int64_t version, const char **ret, struct error *err)
{
    int64_t there = 0;

    if (db_run(db, "SELECT version FROM mailbox WHERE domain = ? AND local = ?", read_version, &there, err, "ss",
               m->domain, m->local) < 0)
        return -1;
    *ret = there == 0 ? "an alias" : there != version ? "a mailbox" : NULL;
    return 0;
}

int store_mailbox_insert_all(struct store_tx *tx, struct arena *a, const struct mailbox *list, size_t count,
                             const char ***ret_taken, struct error *err)
{
    const char **taken = arena_array(a, count, sizeof *taken);
    struct db *db = store_tx_db(tx);
    int64_t version;

    if (store_customer_raise_to(db, list[0].customer, &version, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i += TOGETHER_MAX) {
        const size_t some = count - i < TOGETHER_MAX ? count - i : TOGETHER_MAX;
        int64_t made = insert_together(db, a, &list[i], some, version, err);
        if (made < 0)
            return err->code == ERROR_CONFLICT ? error_set(err, ERROR_CONFLICT, "there is no such domain") : -1;
        for (size_t k = i; made < (int64_t)some && k < i + some; k++)
            if (find_owner(db, &list[k], version, &taken[k], err) < 0)
                return -1;
    }
    *ret_taken = taken;
    return 0;
}

int store_mailbox_insert(struct store_tx *tx, const struct mailbox *m, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char **taken;

    if (store_mailbox_insert_all(tx, a, m, 1, &taken, err) < 0)
        return -1;
    return taken[0] ? error_set(err, ERROR_CONFLICT, "there is %s '%s@%s' already", taken[0], m->local, m->domain) : 0;
}

int store_mailbox_update(struct store_tx *tx, const struct mailbox *m, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct db *db = store_tx_db(tx);
    const struct auto_reply *r = &m->reply;

    if (store_customer_raise(db, m->customer, err) < 0)
        return -1;
    int64_t n = db_run(db,
                       "UPDATE mailbox SET name = ?, password = ?, quota = ?, active = ?, forwards = ?, keep = ?, "
                       "reply = ?, reply_subject = ?, reply_text = ?, reply_from_ms = ?, reply_until_ms = ?, version = "
                       "(SELECT generation FROM customer WHERE id = ?) WHERE domain = ? AND local = ? AND customer = ?",
                       NULL, NULL, err, "ssiisiissiissss", m->name, m->password, m->quota, (int64_t)m->active,
                       store_lines_join(a, m->forwards, m->forward_count), (int64_t)m->keep, (int64_t)r->on, r->subject,
                       r->text, r->from_ms, r->until_ms, m->customer, m->domain, m->local, m->customer);
    return n == 0  ? error_set(err, ERROR_NOT_FOUND, "there is no mailbox '%s@%s'", m->local, m->domain)
           : n < 0 ? -1
                   : 0;
}

int store_mailbox_delete(struct store_tx *tx, const char *domain, const char *local, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct db *db = store_tx_db(tx);
    struct mailbox m;

    if (store_mailbox_get(NULL, tx, a, domain, local, &m, err) < 0 ||
        db_run(db, "DELETE FROM mailbox WHERE domain = ? AND local = ?", NULL, NULL, err, "ss", domain, local) < 0)
        return -1;
    return store_customer_raise(db, m.customer, err);
}
