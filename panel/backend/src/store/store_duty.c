/* Duties: work that one process at a time does, by a lease on the database's clock. See store.h. */
#include "store/internal.h"

struct duty {
    const char *name, *owner;
    int64_t ms;
};

static int64_t write_claim(struct db *db, void *ctx, struct error *err)
{
    const struct duty *d = ctx;
    int64_t now;

    if (db_now(db, &now, err) < 0)
        return -1;
    return db_run(
        db,
        "INSERT INTO duty (name, owner, until_ms) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET owner = "
        "excluded.owner, until_ms = excluded.until_ms WHERE duty.owner = excluded.owner OR duty.until_ms <= ?",
        NULL, NULL, err, "ssii", d->name, d->owner, now + d->ms, now);
}

int store_duty_claim(struct store *s, const char *name, const char *owner, int64_t ms, bool *ret_held,
                     struct error *err)
{
    struct duty d = { name, owner, ms };
    int64_t n = store_write(s, "duty", write_claim, &d, err);

    if (n < 0)
        return -1;
    *ret_held = n > 0;
    return 0;
}
