/* Failed sign-ins, counted by a key: see store.h. An attempt is counted before it is made, so that many at once are no way
 * around the limit, and taken back when it went well. */
#include "base/clock.h"
#include "store/internal.h"

enum { FORGET_MS = 24 * 60 * 60 * 1000, FIRST_MS = 1000, DOUBLINGS = 10, WAIT_MAX_MS = 15 * 60 * 1000 };

struct attempt {
    const char *key;
    int64_t free, failures, last_ms, retry_ms, wait_ms;
};

static void read_attempt(void *ctx, const struct db_row *row)
{
    struct attempt *t = ctx;

    t->failures = db_int(row, 0);
    t->last_ms = db_int(row, 1);
    t->retry_ms = db_int(row, 2);
}

/* 2 s after the first that is not free, and double each time, up to a quarter of an hour. */
static int64_t backoff(int64_t over)
{
    int64_t ms = over <= 0 ? 0 : (int64_t)FIRST_MS << (over < DOUBLINGS ? over : DOUBLINGS);

    return ms < WAIT_MAX_MS ? ms : WAIT_MAX_MS;
}

static int64_t write_begin(struct db *db, void *ctx, struct error *err)
{
    struct attempt *t = ctx;
    int64_t now = clock_wall_ms();

    if (db_run(db, "DELETE FROM attempt WHERE last_ms < ?", NULL, NULL, err, "i", now - FORGET_MS) < 0 ||
        db_run(db, "SELECT failures, last_ms, retry_ms FROM attempt WHERE key = ?", read_attempt, t, err, "s", t->key) <
            0)
        return -1;
    if (t->retry_ms > now) {
        t->wait_ms = t->retry_ms - now;
        return 0;
    }
    int64_t wait = backoff(t->failures + 1 - t->free);
    return db_run(
        db,
        "INSERT INTO attempt VALUES (?, 1, ?, ?) ON CONFLICT (key) DO UPDATE SET failures = attempt.failures + 1, "
        "last_ms = ?, retry_ms = ?",
        NULL, NULL, err, "siiii", t->key, now, wait ? now + wait : 0, now, wait ? now + wait : 0);
}

int store_attempt_begin(struct store *s, const char *key, int64_t free, int64_t *ret_wait_ms, struct error *err)
{
    struct attempt t = { .key = key, .free = free };

    if (store_write(s, "attempt", write_begin, &t, err) < 0)
        return -1;
    *ret_wait_ms = t.wait_ms;
    return 0;
}

static int64_t write_passed(struct db *db, void *ctx, struct error *err)
{
    const struct attempt *t = ctx;

    if (t->free)
        return db_run(db, "DELETE FROM attempt WHERE key = ?", NULL, NULL, err, "s", t->key);
    return db_run(db, "UPDATE attempt SET failures = failures - 1, retry_ms = 0 WHERE key = ? AND failures > 0", NULL,
                  NULL, err, "s", t->key);
}

int store_attempt_passed(struct store *s, const char *key, bool forget, struct error *err)
{
    struct attempt t = { .key = key, .free = forget };

    return store_write(s, "attempt-passed", write_passed, &t, err) < 0 ? -1 : 0;
}
