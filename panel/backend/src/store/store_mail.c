/* Mail that waits to be sent: see store.h. The link in it is a box of kind "mail" whose owner is the row's id. */
#include "base/clock.h"
#include "base/str.h"
#include "store/internal.h"

#define BOXES_OF(condition)                                                                                            \
    "DELETE FROM secret WHERE kind = 'mail' AND owner IN (SELECT id FROM outbox WHERE " condition ")"

int store_mail_drop(struct db *db, const char *user, struct error *err)
{
    if (db_run(db, BOXES_OF("account = ?"), NULL, NULL, err, "s", user) < 0)
        return -1;
    return db_run(db, "DELETE FROM outbox WHERE account = ?", NULL, NULL, err, "s", user) < 0 ? -1 : 0;
}

int store_mail_put(struct store_tx *tx, struct arena *a, const struct mail *m, struct error *err)
{
    struct db *db = store_tx_db(tx);
    int64_t now = clock_wall_ms();

    if (store_mail_drop(db, m->account, err) < 0 ||
        db_run(db, "INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?, 0)", NULL, NULL, err, "ssssiii", m->id, m->account,
               m->kind, m->recipient, now, m->expires_ms, now) < 0)
        return -1;
    return store_secret_put(tx, a, "mail", m->id, m->link, err);
}

/* --- sending --- */

struct work {
    struct arena *arena;
    const struct keyring *keys;
    const char *id;
    int64_t ms, waiting;
    struct mail mail;
    bool found;
};

static void read_mail(void *ctx, const struct db_row *row)
{
    struct work *w = ctx;
    struct arena *a = w->arena;

    w->found = true;
    w->mail = (struct mail){ .id = arena_strdup(a, db_text(row, 0)),
                             .account = arena_strdup(a, db_text(row, 1)),
                             .kind = arena_strdup(a, db_text(row, 2)),
                             .recipient = arena_strdup(a, db_text(row, 3)),
                             .expires_ms = db_int(row, 4),
                             .attempts = db_int(row, 5) };
}

static void set_waiting(void *ctx, const struct db_row *row)
{
    struct work *w = ctx;
    w->waiting = db_int(row, 0);
}

static int drop_expired(struct db *db, int64_t now, struct error *err)
{
    if (db_run(db, BOXES_OF("expires_ms <= ?"), NULL, NULL, err, "i", now) < 0)
        return -1;
    return db_run(db, "DELETE FROM outbox WHERE expires_ms <= ?", NULL, NULL, err, "i", now) < 0 ? -1 : 0;
}

static int64_t write_claim(struct db *db, void *ctx, struct error *err)
{
    struct work *w = ctx;
    int64_t now = clock_wall_ms();

    w->found = false;
    if (drop_expired(db, now, err) < 0 || db_run(db, "SELECT count(*) FROM outbox", set_waiting, w, err, "") < 0 ||
        db_run(
            db,
            "SELECT id, account, kind, recipient, expires_ms, attempts FROM outbox WHERE due_ms <= ? ORDER BY due_ms "
            "LIMIT 1",
            read_mail, w, err, "i", now) < 0)
        return -1;
    if (!w->found)
        return 0;
    w->mail.attempts++;
    return db_run(db, "UPDATE outbox SET attempts = attempts + 1, due_ms = ? WHERE id = ?", NULL, NULL, err, "is",
                  now + w->ms, w->mail.id);
}

static int read_link(struct db *db, void *ctx, struct error *err)
{
    struct work *w = ctx;
    char *link;

    if (store_secret_read(db, w->keys, w->arena, "mail", w->mail.id, &link, err) < 0)
        return -1;
    w->mail.link = link;
    return 0;
}

static int look(struct db *db, void *ctx, struct error *err)
{
    return db_run(db, "SELECT count(*) FROM outbox WHERE due_ms <= ?", set_waiting, ctx, err, "i", clock_wall_ms()) < 0
               ? -1
               : 0;
}

/* It looks before it writes: nearly always there is nothing. */
int store_mail_claim(struct store *s, struct arena *a, int64_t lease_ms, struct mail *ret, bool *ret_found,
                     int64_t *ret_waiting, struct error *err)
{
    struct work w = { .arena = a, .keys = store_keys(s), .ms = lease_ms };

    if (store_read(s, look, &w, err) < 0)
        return -1;
    if (w.waiting == 0) {
        *ret_found = false;
        return 0;
    }
    if (store_write(s, "mail-claim", write_claim, &w, err) < 0)
        return -1;
    *ret_waiting = w.waiting;
    if (w.found && store_read(s, read_link, &w, err) < 0)
        return -1;
    *ret_found = w.found;
    *ret = w.mail;
    return 0;
}

static int64_t write_sent(struct db *db, void *ctx, struct error *err)
{
    const struct work *w = ctx;

    if (store_secret_drop(db, "mail", w->id, err) < 0)
        return -1;
    return db_run(db, "DELETE FROM outbox WHERE id = ?", NULL, NULL, err, "s", w->id);
}

int store_mail_sent(struct store *s, const char *id, struct error *err)
{
    struct work w = { .id = id };

    return store_write(s, "mail-sent", write_sent, &w, err) < 0 ? -1 : 0;
}

static int64_t write_later(struct db *db, void *ctx, struct error *err)
{
    const struct work *w = ctx;

    return db_run(db, "UPDATE outbox SET due_ms = ? WHERE id = ?", NULL, NULL, err, "is", clock_wall_ms() + w->ms,
                  w->id);
}

int store_mail_later(struct store *s, const char *id, int64_t ms, struct error *err)
{
    struct work w = { .id = id, .ms = ms };

    return store_write(s, "mail-later", write_later, &w, err) < 0 ? -1 : 0;
}
