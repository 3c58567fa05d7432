/* Ownership of domains in the store: what checks found, claims that end, keys of signed zones. See store.h. */
#include "base/clock.h"
#include "base/str.h"
#include "store/internal.h"

static const char *text(const char *s)
{
    return s ? s : "";
}

/* --- desired state --- */

int store_domain_update(struct store_tx *tx, const struct domain *d, struct error *err)
{
    struct db *db = store_tx_db(tx);

    if (store_customer_raise(db, d->customer, err) < 0)
        return -1;
    int64_t n = db_run(
        db,
        "UPDATE domain SET ownership = ?, proof = ?, proven_ms = ?, check_ms = ?, dnssec = ?, mail = ?, dkim_rotate_ms "
        "= ?, version = (SELECT generation FROM customer WHERE id = ?) WHERE name = ? AND customer = ?",
        NULL, NULL, err, "ssiiiiisss", ownership_name(d->ownership), text(d->proof), d->proven_ms, d->check_ms,
        (int64_t)d->dnssec, (int64_t)d->mail, d->dkim_rotate_ms, d->customer, d->name, d->customer);
    return n == 0 ? error_set(err, ERROR_NOT_FOUND, "there is no domain '%s'", d->name) : n < 0 ? -1 : 0;
}

/* --- what was seen --- */

struct seen_write {
    const struct domain *domain;
    const struct event *event;
};

static int put_event(struct db *db, const struct event *e, struct error *err)
{
    if (!e)
        return 0;
    return store_event_put(db, e, clock_wall_ms(), NULL, err) < 0 ? -1 : store_event_prune(db, e->customer, err);
}

/* Of the very row that was looked at: one that was changed since (by an admin's word, say) is left as it is. */
static int64_t write_checked(struct db *db, void *ctx, struct error *err)
{
    const struct seen_write *w = ctx;
    const struct domain *d = w->domain;
    int64_t n = db_run(
        db,
        "UPDATE domain SET ownership = ?, proof = ?, proven_ms = ?, check_ms = ?, unseen_ms = ?, delegated = ? "
        "WHERE name = ? AND customer = ? AND created_ms = ? AND version = ?",
        NULL, NULL, err, "ssiiisssii", ownership_name(d->ownership), text(d->proof), d->proven_ms, d->check_ms,
        d->unseen_ms, text(d->delegated), d->name, d->customer, d->created_ms, d->version);

    return n > 0 && put_event(db, w->event, err) < 0 ? -1 : n;
}

int store_domain_checked(struct store *s, const struct domain *d, const struct event *event, struct error *err)
{
    struct seen_write w = { d, event };
    return store_write(s, "domain-checked", write_checked, &w, err) < 0 ? -1 : 0;
}

static int64_t write_keys(struct db *db, void *ctx, struct error *err)
{
    const struct seen_write *w = ctx;
    const struct domain *d = w->domain;
    int64_t n = db_run(db,
                       "UPDATE domain SET ds = ?, dnskey = ?, ds_until_ms = ? WHERE name = ? AND customer = ? AND "
                       "created_ms = ?",
                       NULL, NULL, err, "ssissi", text(d->ds), text(d->dnskey), d->ds_until_ms, d->name, d->customer,
                       d->created_ms);

    return n > 0 && put_event(db, w->event, err) < 0 ? -1 : n;
}

int store_domain_keys(struct store *s, const struct domain *d, const struct event *event, struct error *err)
{
    struct seen_write w = { d, event };
    return store_write(s, "domain-keys", write_keys, &w, err) < 0 ? -1 : 0;
}

/* --- claims that end --- */

/* The hostnames that lie in the domain and in no longer one of the same customer. */
#define HOSTNAMES_IN                                                                                                   \
    "customer = ? AND (name = ? OR name LIKE '%.' || ?) AND NOT EXISTS (SELECT 1 FROM domain o WHERE o.customer = "    \
    "hostname.customer AND length(o.name) > length(?) AND (hostname.name = o.name OR hostname.name LIKE '%.' || "      \
    "o.name))"

static int drop_hostnames(struct db *db, const struct domain *d, struct error *err)
{
    if (db_run(db,
               "UPDATE site SET generation = generation + 1 WHERE id IN (SELECT site FROM hostname WHERE " HOSTNAMES_IN
               ")",
               NULL, NULL, err, "ssss", d->customer, d->name, d->name, d->name) < 0)
        return -1;
    return db_run(db, "DELETE FROM hostname WHERE " HOSTNAMES_IN, NULL, NULL, err, "ssss", d->customer, d->name,
                  d->name, d->name) < 0
               ? -1
               : 0;
}

/* Whose claim ended is told, and it is in the log of changes. `heir`: whose the name is now, NULL: nobody's. The zone of a pending
 * claim holds nothing of the customer's, so the heir's is made of it; one below that is the heir's to take away. */
static int drop_claim(struct db *db, struct audit_head *head, const struct domain *d, const char *reason,
                      const char *message, const char *heir, bool heir_has_zone, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct event e = { .customer = d->customer,
                             .type = "Warning",
                             .reason = reason,
                             .object = arena_printf(a, "Domain/%s", d->name),
                             .message = message };
    const struct audit entry = {
        .actor = "berth", .request_id = "", .action = "domain.expire", .customer = d->customer, .subject = d->name
    };

    if (drop_hostnames(db, d, err) < 0 ||
        (!heir_has_zone && store_tombstone_put(db, "domain", d->name, heir ? heir : d->customer, err) < 0) ||
        store_dkim_drop(db, d->name, err) < 0 ||
        db_run(db, "DELETE FROM domain WHERE name = ?", NULL, NULL, err, "s", d->name) < 0 ||
        put_event(db, &e, err) < 0 || store_audit_put(db, head, &entry, 1, err) < 0)
        return -1;
    return store_customer_raise(db, d->customer, err);
}

#define PENDING " WHERE d.ownership = 'pending' AND "

int store_claims_take(struct store_tx *tx, const char *customer, const char *name, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct rows rows = { .arena = a, .size = sizeof(struct domain) };
    struct db *db = store_tx_db(tx);

    if (db_run(db, "SELECT " DOMAIN_COLUMNS PENDING "d.customer <> ? AND (d.name = ? OR d.name LIKE '%.' || ?)",
               store_domain_add, &rows, err, "sss", customer, name, name) < 0)
        return -1;
    const struct domain *claims = rows.items;
    for (size_t i = 0; i < rows.count; i++)
        if (drop_claim(db, store_tx_head(tx), &claims[i], "ClaimTaken",
                       "somebody else has proven that the domain is theirs", customer, str_eq(claims[i].name, name),
                       err) < 0)
            return -1;
    return 0;
}

struct claims {
    const char *customer, *name;
    int64_t count;
};

static int count_claims(struct db *db, void *ctx, struct error *err)
{
    struct claims *c = ctx;

    c->count = db_run(
        db,
        "SELECT name FROM domain WHERE ownership = 'pending' AND customer <> ? AND (name = ? OR name LIKE '%.' || ?)",
        NULL, NULL, err, "sss", c->customer, c->name, c->name);
    return c->count < 0 ? -1 : 0;
}

int store_claims_of_others(struct store *s, const char *customer, const char *name, int64_t *ret, struct error *err)
{
    struct claims c = { .customer = customer, .name = name };

    if (store_read(s, count_claims, &c, err) < 0)
        return -1;
    *ret = c.count;
    return 0;
}

struct expire {
    int64_t age_ms, count;
};

static int64_t write_expire(struct db *db, void *ctx, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct rows rows = { .arena = a, .size = sizeof(struct domain) };
    const struct expire *x = ctx;
    struct audit_head head = { 0 };
    int64_t now;

    if (db_now(db, &now, err) < 0 || db_run(db, "SELECT " DOMAIN_COLUMNS PENDING "d.created_ms < ?", store_domain_add,
                                            &rows, err, "i", now - x->age_ms) < 0)
        return -1;
    const struct domain *claims = rows.items;
    for (size_t i = 0; i < rows.count; i++)
        if (drop_claim(db, &head, &claims[i], "ClaimExpired",
                       "no proof of the domain was seen in time; add it again to try again", NULL, false, err) < 0)
            return -1;
    return (int64_t)rows.count;
}

static int count_expired(struct db *db, void *ctx, struct error *err)
{
    struct expire *x = ctx;
    int64_t now;

    if (db_now(db, &now, err) < 0)
        return -1;
    x->count = db_run(db, "SELECT name FROM domain WHERE ownership = 'pending' AND created_ms < ? LIMIT 1", NULL, NULL,
                      err, "i", now - x->age_ms);
    return x->count < 0 ? -1 : 0;
}

int store_claims_expire(struct store *s, int64_t age_ms, struct error *err)
{
    struct expire x = { .age_ms = age_ms };

    /* Most of the time there is none: reading does not disturb writers. */
    if (store_read(s, count_expired, &x, err) < 0)
        return -1;
    return x.count && store_write(s, "claims-expire", write_expire, &x, err) < 0 ? -1 : 0;
}
