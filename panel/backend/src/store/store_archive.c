/* The archives of the spool: a row each, committed before the first byte of it is there, so that what is in the spool is
 * known here. Whoever writes one holds its row; whoever deletes one has a lease on it; never both. See store.h. */
#include "base/str.h"
#include "store/internal.h"

struct archive {
    const char *sha256;
    int64_t ms, until_ms;
    struct arena *arena;
};

static int64_t write_hold(struct db *db, void *ctx, struct error *err)
{
    const struct archive *x = ctx;
    int64_t now;

    if (db_now(db, &now, err) < 0)
        return -1;
    return db_run(db,
                  "INSERT INTO archive (sha256, hold_until_ms, drop_until_ms) VALUES (?, ?, 0) ON CONFLICT (sha256) DO "
                  "UPDATE SET hold_until_ms = CASE WHEN archive.hold_until_ms > excluded.hold_until_ms THEN "
                  "archive.hold_until_ms ELSE excluded.hold_until_ms END, drop_until_ms = 0 WHERE "
                  "archive.drop_until_ms <= ?",
                  NULL, NULL, err, "sii", x->sha256, now + x->ms, now);
}

int store_archive_hold(struct store *s, const char *sha256, int64_t ms, struct error *err)
{
    struct archive x = { .sha256 = sha256, .ms = ms };
    int64_t n = store_write(s, "archive-hold", write_hold, &x, err);

    if (n == 0)
        return error_set(err, ERROR_UNAVAILABLE,
                         "an older archive of the same content is just being deleted; send it again");
    return n < 0 ? -1 : 0;
}

static void read_int(void *ctx, const struct db_row *row)
{
    int64_t *n = ctx;
    *n = db_int(row, 0);
}

int store_archive_held(struct store_tx *tx, const char *sha256, struct error *err)
{
    struct db *db = store_tx_db(tx);
    int64_t now, held = 0;

    if (db_now(db, &now, err) < 0 || db_run(db, "SELECT count(*) FROM archive WHERE sha256 = ? AND hold_until_ms > ?",
                                            read_int, &held, err, "si", sha256, now) < 0)
        return -1;
    return held > 0 ? 0
                    : error_set(err, ERROR_UNAVAILABLE,
                                "keeping the archive took so long that it may be gone again; send it again");
}

static void read_archive(void *ctx, const struct db_row *row)
{
    struct archive *x = ctx;

    x->sha256 = arena_strdup(x->arena, db_text(row, 0));
    x->until_ms = db_int(row, 1);
}

static int64_t write_claim(struct db *db, void *ctx, struct error *err)
{
    struct archive *x = ctx;
    int64_t now;

    x->sha256 = NULL;
    if (db_now(db, &now, err) < 0)
        return -1;
    return db_run(db,
                  "UPDATE archive SET drop_until_ms = ? WHERE sha256 = (SELECT sha256 FROM archive a WHERE "
                  "a.hold_until_ms <= ? AND a.drop_until_ms <= ? AND NOT EXISTS (SELECT 1 FROM site_release r WHERE "
                  "r.sha256 = a.sha256) ORDER BY a.sha256 LIMIT 1) RETURNING sha256, drop_until_ms",
                  read_archive, x, err, "iii", now + x->ms, now, now);
}

int store_archive_claim(struct store *s, struct arena *a, int64_t ms, struct archive_claim *ret, bool *ret_found,
                        struct error *err)
{
    struct archive x = { .ms = ms, .arena = a };

    if (store_write(s, "archive-claim", write_claim, &x, err) < 0)
        return -1;
    *ret_found = x.sha256 != NULL;
    *ret = (struct archive_claim){ .sha256 = x.sha256, .until_ms = x.until_ms };
    return 0;
}

static int64_t write_forget(struct db *db, void *ctx, struct error *err)
{
    const struct archive *x = ctx;
    return db_run(db, "DELETE FROM archive WHERE sha256 = ? AND drop_until_ms = ?", NULL, NULL, err, "si", x->sha256,
                  x->until_ms);
}

int store_archive_forget(struct store *s, const struct archive_claim *claim, struct error *err)
{
    struct archive x = { .sha256 = claim->sha256, .until_ms = claim->until_ms };
    return store_write(s, "archive-forget", write_forget, &x, err) < 0 ? -1 : 0;
}
