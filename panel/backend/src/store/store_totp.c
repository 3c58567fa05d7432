/* The second factor at sign-in: see store.h. Its secret is a box of kind "totp"; recovery codes are hashed. */
#include "base/str.h"
#include "store/internal.h"

struct query {
    const char *user;
    struct totp totp;
    bool found;
};

static void read_row(void *ctx, const struct db_row *row)
{
    struct query *q = ctx;

    q->found = true;
    q->totp = (struct totp){ .active = db_int(row, 0) != 0,
                             .last_step = db_int(row, 1),
                             .recovery_codes = db_int(row, 2) };
}

static int read_one(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;
    return db_run(db,
                  "SELECT active, last_step, (SELECT count(*) FROM recovery_code r WHERE r.account = t.account) FROM "
                  "totp t WHERE account = ?",
                  read_row, q, err, "s", q->user) < 0
               ? -1
               : 0;
}

int store_totp_get(struct store *s, const char *user, struct totp *ret, struct error *err)
{
    struct query q = { .user = user };

    if (store_read(s, read_one, &q, err) < 0)
        return -1;
    if (!q.found)
        return error_set(err, ERROR_NOT_FOUND, "there is no second factor");
    *ret = q.totp;
    return 0;
}

int store_totp_enrol(struct store_tx *tx, struct arena *a, const char *user, const char *secret, struct error *err)
{
    struct query q = { .user = user };

    if (read_one(store_tx_db(tx), &q, err) < 0)
        return -1;
    if (q.found && q.totp.active)
        return error_set(err, ERROR_CONFLICT, "there is a second factor already; disable it first");
    if (store_totp_delete(tx, user, err) < 0 ||
        db_run(store_tx_db(tx), "INSERT INTO totp VALUES (?, 0, 0)", NULL, NULL, err, "s", user) < 0)
        return -1;
    return store_secret_put(tx, a, "totp", user, secret, err);
}

int store_totp_use(struct store_tx *tx, const char *user, int64_t step, struct error *err)
{
    int64_t changed = db_run(store_tx_db(tx), "UPDATE totp SET last_step = ? WHERE account = ? AND last_step < ?", NULL,
                             NULL, err, "isi", step, user, step);

    if (changed < 0)
        return -1;
    return changed ? 0 : error_set(err, ERROR_STALE, "this code was used before; wait for the next one");
}

int store_totp_activate(struct store_tx *tx, const char *user, struct error *err)
{
    return db_run(store_tx_db(tx), "UPDATE totp SET active = 1 WHERE account = ?", NULL, NULL, err, "s", user) < 0 ? -1
                                                                                                                   : 0;
}

int store_totp_delete(struct store_tx *tx, const char *user, struct error *err)
{
    struct db *db = store_tx_db(tx);

    if (db_run(db, "DELETE FROM recovery_code WHERE account = ?", NULL, NULL, err, "s", user) < 0 ||
        db_run(db, "DELETE FROM totp WHERE account = ?", NULL, NULL, err, "s", user) < 0)
        return -1;
    return store_secret_drop(db, "totp", user, err);
}

int store_recovery_put(struct store_tx *tx, const char *user, const char *const *hashes, size_t count,
                       struct error *err)
{
    struct db *db = store_tx_db(tx);

    if (db_run(db, "DELETE FROM recovery_code WHERE account = ?", NULL, NULL, err, "s", user) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (db_run(db, "INSERT INTO recovery_code VALUES (?, ?)", NULL, NULL, err, "ss", user, hashes[i]) < 0)
            return -1;
    return 0;
}

int store_recovery_take(struct store_tx *tx, const char *user, const char *hash, struct error *err)
{
    int64_t taken = db_run(store_tx_db(tx), "DELETE FROM recovery_code WHERE account = ? AND hash = ?", NULL, NULL, err,
                           "ss", user, hash);

    if (taken < 0)
        return -1;
    return taken ? 0 : error_set(err, ERROR_NOT_FOUND, "no such recovery code");
}
