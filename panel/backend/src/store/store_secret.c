/* Secrets of owners, kept as boxes: see store.h and base/keyring.h. Each box is bound to its row by the row's key. */
#include "base/str.h"
#include "store/internal.h"

struct row {
    const char *kind, *owner, *key_id, *box;
};

static void add_row(void *ctx, const struct db_row *row)
{
    struct rows *r = ctx;
    struct row *one = rows_add(r);

    *one = (struct row){ .kind = arena_strdup(r->arena, db_text(row, 0)),
                         .owner = arena_strdup(r->arena, db_text(row, 1)),
                         .key_id = arena_strdup(r->arena, db_text(row, 2)),
                         .box = arena_strdup(r->arena, db_text(row, 3)) };
}

/* Kinds have no line break, so no two rows' texts are the same. */
static const char *identity(struct arena *a, const char *kind, const char *owner)
{
    return arena_printf(a, "%s\n%s", kind, owner);
}

static int need_keys(const struct keyring *keys, struct error *err)
{
    if (keys)
        return 0;
    return error_set(err, ERROR_UNAVAILABLE,
                     "this installation has no key for secrets: BERTH_SECRETS_KEY_FILE is not set");
}

/* --- one --- */

int store_secret_write(struct db *db, const struct keyring *keys, struct arena *a, const char *kind, const char *owner,
                       const char *secret, struct error *err)
{
    char *box;

    if (need_keys(keys, err) < 0 || keyring_seal(keys, a, identity(a, kind, owner), secret, &box, err) < 0)
        return -1;
    return db_run(db,
                  "INSERT INTO secret VALUES (?, ?, ?, ?) ON CONFLICT (kind, owner) DO UPDATE SET key_id = ?, box = ?",
                  NULL, NULL, err, "ssssss", kind, owner, keyring_newest(keys), box, keyring_newest(keys), box) < 0
               ? -1
               : 0;
}

int store_secret_put(struct store_tx *tx, struct arena *a, const char *kind, const char *owner, const char *secret,
                     struct error *err)
{
    return store_secret_write(store_tx_db(tx), store_tx_keys(tx), a, kind, owner, secret, err);
}

static int open_row(const struct keyring *keys, struct arena *a, const struct row *row, char **ret, struct error *err)
{
    if (need_keys(keys, err) < 0 || keyring_open(keys, a, identity(a, row->kind, row->owner), row->box, ret, err) < 0)
        return error_context(err, "the secret '%s' of '%s'", row->kind, row->owner);
    return 0;
}

int store_secret_read(struct db *db, const struct keyring *keys, struct arena *a, const char *kind, const char *owner,
                      char **ret, struct error *err)
{
    struct rows found = { .arena = a, .size = sizeof(struct row) };

    if (db_run(db, "SELECT kind, owner, key_id, box FROM secret WHERE kind = ? AND owner = ?", add_row, &found, err,
               "ss", kind, owner) < 0)
        return -1;
    if (found.count == 0)
        return error_set(err, ERROR_NOT_FOUND, "there is no secret '%s' of '%s'", kind, owner);
    return open_row(keys, a, found.items, ret, err);
}

struct query {
    const struct keyring *keys;
    struct arena *arena;
    const char *kind, *owner;
    char *secret;
};

static int read_one(struct db *db, void *ctx, struct error *err)
{
    struct query *q = ctx;
    return store_secret_read(db, q->keys, q->arena, q->kind, q->owner, &q->secret, err);
}

int store_secret_get(struct store *s, struct arena *a, const char *kind, const char *owner, char **ret,
                     struct error *err)
{
    struct query q = { .keys = store_keys(s), .arena = a, .kind = kind, .owner = owner };

    if (store_read(s, read_one, &q, err) < 0)
        return -1;
    *ret = q.secret;
    return 0;
}

int store_secret_drop(struct db *db, const char *kind, const char *owner, struct error *err)
{
    return db_run(db, "DELETE FROM secret WHERE kind = ? AND owner = ?", NULL, NULL, err, "ss", kind, owner) < 0 ? -1
                                                                                                                 : 0;
}

int store_secret_delete(struct store_tx *tx, const char *kind, const char *owner, struct error *err)
{
    return store_secret_drop(store_tx_db(tx), kind, owner, err);
}

/* --- all --- */

static int read_all(struct db *db, void *ctx, struct error *err)
{
    struct rows *r = ctx;
    return db_run(db, "SELECT kind, owner, key_id, box FROM secret ORDER BY kind, owner", add_row, r, err, "") < 0 ? -1
                                                                                                                   : 0;
}

static void count_key(struct rows *keys, const char *id)
{
    struct secret_key *list = keys->items;

    for (size_t i = 0; i < keys->count; i++)
        if (str_eq(list[i].id, id)) {
            list[i].secrets++;
            return;
        }
    struct secret_key *added = rows_add(keys);
    *added = (struct secret_key){ .id = id, .secrets = 1 };
}

static void note_fault(struct arena *a, struct secret_report *r, const struct row *row, const struct error *why)
{
    if (r->unreadable++ >= SECRET_FAULTS_MAX)
        return;
    r->faults[r->fault_count++] = (struct secret_fault){
        .kind = row->kind, .owner = row->owner, .key = row->key_id, .reason = arena_strdup(a, why->message)
    };
}

static int renew(struct db *db, const struct keyring *keys, struct arena *a, const struct row *row, const char *secret,
                 struct error *err)
{
    char *box;

    if (keyring_seal(keys, a, identity(a, row->kind, row->owner), secret, &box, err) < 0)
        return -1;
    return db_run(db, "UPDATE secret SET key_id = ?, box = ? WHERE kind = ? AND owner = ?", NULL, NULL, err, "ssss",
                  keyring_newest(keys), box, row->kind, row->owner) < 0
               ? -1
               : 0;
}

/* Goes through all rows, and renews those of older keys when there is a db. A box says itself by which key it was made: the
 * column is for counting, and is put right with the box. */
static int go_through(struct db *db, const struct keyring *keys, struct arena *a, const struct rows *rows,
                      struct secret_report *ret, struct error *err)
{
    struct rows counts = { .arena = a, .size = sizeof(struct secret_key) };
    struct secret_report r = { .newest = keys ? keyring_newest(keys) : "", .total = (int64_t)rows->count };
    const struct row *list = rows->items;

    r.faults = arena_array(a, SECRET_FAULTS_MAX, sizeof *r.faults);
    for (size_t i = 0; keys && i < keyring_count(keys); i++)
        *(struct secret_key *)rows_add(&counts) = (struct secret_key){ .id = keyring_id(keys, i), .present = true };
    for (size_t i = 0; i < rows->count; i++) {
        struct error why = ERROR_INIT;
        char *secret;
        const char *key = keyring_box_key(a, list[i].box);
        bool opened = open_row(keys, a, &list[i], &secret, &why) == 0;
        bool older = !str_eq(key, r.newest) || !str_eq(list[i].key_id, r.newest);
        if (!opened)
            note_fault(a, &r, &list[i], &why);
        if (opened && older && db && renew(db, keys, a, &list[i], secret, err) < 0)
            return -1;
        r.rotated += opened && older;
        count_key(&counts, opened && older && db ? r.newest : key ? key : list[i].key_id);
    }
    r.keys = counts.items;
    r.key_count = counts.count;
    *ret = r;
    return 0;
}

int store_secret_report(struct store *s, struct arena *a, struct secret_report *ret, struct error *err)
{
    struct rows rows = { .arena = a, .size = sizeof(struct row) };

    if (store_read(s, read_all, &rows, err) < 0)
        return -1;
    return go_through(NULL, store_keys(s), a, &rows, ret, err);
}

int store_secret_rotate(struct store_tx *tx, struct arena *a, struct secret_report *ret, struct error *err)
{
    struct rows rows = { .arena = a, .size = sizeof(struct row) };

    if (need_keys(store_tx_keys(tx), err) < 0 || read_all(store_tx_db(tx), &rows, err) < 0)
        return -1;
    return go_through(store_tx_db(tx), store_tx_keys(tx), a, &rows, ret, err);
}
