/* DKIM keys in the store: rows of what is public, and the private halves as boxes. See dkim.h. */
#include "store/dkim.h"

#include "base/clock.h"
#include "base/signkey.h"
#include "base/str.h"
#include "store/internal.h"

#define KIND "dkim"

static const char *owner_of(struct arena *a, const char *domain, const char *selector)
{
    return arena_printf(a, "%s/%s", domain, selector);
}

static void add_key(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    struct dkim_key *k = rows_add(r);
    int algorithm = dkim_algorithm_parse(db_text(row, 2)), state = dkim_state_parse(db_text(row, 3));

    *k = (struct dkim_key){ .domain = arena_strdup(r->arena, db_text(row, 0)),
                            .selector = arena_strdup(r->arena, db_text(row, 1)),
                            .algorithm = algorithm < 0 ? DKIM_RSA : (enum dkim_algorithm)algorithm,
                            .state = state < 0 ? DKIM_RETIRED : (enum dkim_state)state,
                            .public_key = arena_strdup(r->arena, db_text(row, 4)) };
    k->created_ms = db_int(row, 5);
    k->published_ms = db_int(row, 6);
    k->signing_ms = db_int(row, 7);
    k->retired_ms = db_int(row, 8);
}

#define COLUMNS                                                                                                        \
    "k.domain, k.selector, k.algorithm, k.state, k.public_key, k.created_ms, k.published_ms, k.signing_ms, "           \
    "k.retired_ms FROM dkim_key k JOIN domain d ON d.name = k.domain"

int store_dkim_read(struct db *db, const char *customer, struct rows *ret, struct error *err)
{
    return rows_of_customer(db, "SELECT " COLUMNS " WHERE d.customer = ? ORDER BY k.domain, k.created_ms, k.selector",
                            add_key, sizeof(struct dkim_key), customer, ret, err);
}

void store_dkim_assign(const struct rows *rows, struct domain *domains, size_t count)
{
    struct dkim_key *found = rows->items;

    for (size_t i = 0; i < count; i++) {
        domains[i].dkim_key_count = 0;
        for (size_t j = 0; j < rows->count; j++) {
            if (!str_eq(found[j].domain, domains[i].name))
                continue;
            if (domains[i].dkim_key_count++ == 0)
                domains[i].dkim_keys = &found[j];
        }
    }
}

int store_dkim_drop(struct db *db, const char *domain, struct error *err)
{
    if (db_run(db,
               "DELETE FROM secret WHERE kind = '" KIND
               "' AND owner IN (SELECT domain || '/' || selector FROM dkim_key WHERE domain = ?)",
               NULL, NULL, err, "s", domain) < 0)
        return -1;
    return db_run(db, "DELETE FROM dkim_key WHERE domain = ?", NULL, NULL, err, "s", domain) < 0 ? -1 : 0;
}

int store_dkim_drop_all(struct db *db, const char *customer, struct error *err)
{
    return db_run(db,
                  "DELETE FROM secret WHERE kind = '" KIND "' AND owner IN (SELECT k.domain || '/' || k.selector FROM "
                  "dkim_key k JOIN domain d ON d.name = k.domain WHERE d.customer = ?)",
                  NULL, NULL, err, "s", customer) < 0
               ? -1
               : 0;
}

/* --- what a pass found and did --- */

struct write_dkim {
    const struct keyring *keyring;
    struct arena *arena;
    const struct lease *lease;
    const struct dkim_write *what;
};

static int insert_key(struct db *db, const struct write_dkim *w, const struct dkim_key *k, const char *secret,
                      struct error *err)
{
    if (db_run(db, "INSERT INTO dkim_key VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", NULL, NULL, err, "sssssiiii", k->domain,
               k->selector, dkim_algorithm_name(k->algorithm), dkim_state_name(k->state), k->public_key, k->created_ms,
               k->published_ms, k->signing_ms, k->retired_ms) < 0)
        return -1;
    return store_secret_write(db, w->keyring, w->arena, KIND, owner_of(w->arena, k->domain, k->selector), secret, err);
}

/* What is retired signs nothing any more, so that only its public half is kept. */
static int update_key(struct db *db, struct arena *a, const struct dkim_key *k, struct error *err)
{
    if (db_run(db,
               "UPDATE dkim_key SET state = ?, published_ms = ?, signing_ms = ?, retired_ms = ? WHERE domain = ? AND "
               "selector = ?",
               NULL, NULL, err, "siiiss", dkim_state_name(k->state), k->published_ms, k->signing_ms, k->retired_ms,
               k->domain, k->selector) < 0)
        return -1;
    return k->state == DKIM_RETIRED ? store_secret_drop(db, KIND, owner_of(a, k->domain, k->selector), err) : 0;
}

static int delete_key(struct db *db, struct arena *a, const char *domain, const char *selector, struct error *err)
{
    if (db_run(db, "DELETE FROM dkim_key WHERE domain = ? AND selector = ?", NULL, NULL, err, "ss", domain, selector) <
        0)
        return -1;
    return store_secret_drop(db, KIND, owner_of(a, domain, selector), err);
}

static int write_keys(struct db *db, const struct write_dkim *ctx, struct error *err)
{
    const struct dkim_write *w = ctx->what;

    for (size_t i = 0; i < w->gone_count; i++)
        if (delete_key(db, ctx->arena, w->domain->name, w->gone[i], err) < 0)
            return -1;
    for (size_t i = 0; i < w->key_count; i++)
        if (update_key(db, ctx->arena, &w->keys[i], err) < 0)
            return -1;
    for (size_t i = 0; i < w->made_count; i++)
        if (insert_key(db, ctx, &w->made[i], w->made_private[i], err) < 0)
            return -1;
    if (!w->event)
        return 0;
    return store_event_put(db, w->event, clock_wall_ms(), NULL, err) < 0
               ? -1
               : store_event_prune(db, w->event->customer, err);
}

static int64_t write_dkim(struct db *db, void *ctx, struct error *err)
{
    const struct write_dkim *w = ctx;
    const struct domain *d = w->what->domain;

    if (store_lease_check(db, w->lease, err) < 0)
        return -1;
    int64_t there = db_run(db, "SELECT name FROM domain WHERE name = ? AND customer = ? AND created_ms = ?", NULL, NULL,
                           err, "ssi", d->name, d->customer, d->created_ms);
    return there > 0 && write_keys(db, w, err) < 0 ? -1 : there;
}

int store_dkim_write(struct store *s, const struct lease *l, const struct dkim_write *w, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct write_dkim ctx = { .keyring = store_keys(s), .arena = a, .lease = l, .what = w };

    return store_write(s, "dkim", write_dkim, &ctx, err) < 0 ? -1 : 0;
}

/* --- for who signs --- */

struct signing {
    struct arena *arena;
    const struct keyring *keys;
    const char *domain;
    struct dkim_signer *list;
    size_t count;
};

/* Keys and secrets are seen as of one moment, or a rotation in between would leave a key without its secret. */
static int read_signing(struct db *db, void *ctx, struct error *err)
{
    struct signing *q = ctx;
    struct rows rows = { .arena = q->arena, .size = sizeof(struct dkim_key) };

    if (db_run(db,
               "SELECT " COLUMNS " JOIN customer c ON c.id = d.customer WHERE k.domain = ? AND k.state = 'signing' AND "
               "d.mail <> 0 AND d.ownership <> 'pending' AND c.state = 'active' ORDER BY k.algorithm, k.created_ms",
               add_key, &rows, err, "s", q->domain) < 0)
        return -1;
    const struct dkim_key *found = rows.items;
    q->list = arena_array(q->arena, rows.count + 1, sizeof *q->list);
    q->count = rows.count;
    for (size_t i = 0; i < rows.count; i++) {
        char *secret;
        if (store_secret_read(db, q->keys, q->arena, KIND, owner_of(q->arena, found[i].domain, found[i].selector),
                              &secret, err) < 0)
            return -1;
        q->list[i] = (struct dkim_signer){ .key = found[i], .private_key = signkey_keep(q->arena, secret) };
    }
    return 0;
}

int store_dkim_signers(struct store *s, struct arena *a, const char *domain, struct dkim_signer **ret,
                       size_t *ret_count, struct error *err)
{
    struct signing q = { .arena = a, .keys = store_keys(s), .domain = domain };

    if (store_read_at_once(s, read_signing, &q, err) < 0)
        return -1;
    *ret = q.list;
    *ret_count = q.count;
    return 0;
}
