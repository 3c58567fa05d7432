/* The store as a whole: opening, migrating, transactions, connections. See store.h. */
#include "store/store.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/str.h"
#include "store/internal.h"
#include "store/migrations.h"

enum { READERS_MAX = 16, WAIT_STEP_MS = 20 };

struct store {
    char *path;
    struct db *writer;
    pthread_mutex_t write_lock, read_lock, watch_lock;
    struct db *readers[READERS_MAX];
    int reader_count;
    struct db *watcher; /* under watch_lock; its data_version tells of other connections' commits */
    int64_t version;
};

struct store_tx {
    struct store *store;
};

static void read_int(void *ctx, const struct db_row *row)
{
    int64_t *n = ctx;
    *n = db_int(row, 0);
}

static int migrate_step(struct db *db, int version, struct error *err)
{
    if (db_begin(db, err) < 0)
        return -1;
    if (db_script(db, migrations[version], err) < 0 ||
        db_run(db, "UPDATE schema_version SET version = ?", NULL, NULL, err, "i", (int64_t)version + 1) < 0) {
        db_rollback(db);
        return error_context(err, "migration %d", version + 1);
    }
    return db_commit(db, "migration", err);
}

static int schema_version(struct db *db, int64_t *ret, struct error *err)
{
    *ret = 0;
    return db_run(db, "SELECT version FROM schema_version", read_int, ret, err, "") < 0 ? -1 : 0;
}

static int check_schema(struct db *db, bool migrate, struct error *err)
{
    int64_t version;

    if (migrate && db_script(db,
                             "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL);"
                             "INSERT INTO schema_version SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM schema_version);",
                             err) < 0)
        return -1;
    if (schema_version(db, &version, err) < 0)
        return error_context(err, "the database has no schema yet (run `berthd migrate`)");
    if (version > migration_count)
        return error_set(err, ERROR_CONFLICT,
                         "the database's schema is version %lld, newer than this program's %d; use the newer program",
                         (long long)version, migration_count);
    for (; migrate && version < migration_count; version++)
        if (migrate_step(db, (int)version, err) < 0)
            return -1;
    if (version < migration_count)
        return error_set(err, ERROR_UNAVAILABLE,
                         "the database's schema is version %lld, this program needs %d; run `berthd migrate`",
                         (long long)version, migration_count);
    return 0;
}

int store_open(const char *path, bool migrate, struct store **ret, struct error *err)
{
    struct db *db;

    if (str_starts(path, "postgres://"))
        return error_set(err, ERROR_INVALID, "%s: this build has the SQLite driver only; give the path of a file",
                         "BERTH_DATABASE");
    if (db_open(path, &db, err) < 0)
        return -1;
    if (check_schema(db, migrate, err) < 0) {
        db_close(db);
        return -1;
    }
    struct store *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->path = strdup(path);
    s->writer = db;
    pthread_mutex_init(&s->write_lock, NULL);
    pthread_mutex_init(&s->read_lock, NULL);
    pthread_mutex_init(&s->watch_lock, NULL);
    if (db_open(path, &s->watcher, err) < 0) {
        store_close(s);
        return -1;
    }
    *ret = s;
    return 0;
}

void store_close(struct store *s)
{
    if (!s)
        return;
    for (int i = 0; i < s->reader_count; i++)
        db_close(s->readers[i]);
    db_close(s->watcher);
    db_close(s->writer);
    pthread_mutex_destroy(&s->write_lock);
    pthread_mutex_destroy(&s->read_lock);
    pthread_mutex_destroy(&s->watch_lock);
    free(s->path);
    free(s);
}

/* --- connections --- */

static struct db *store_reader(struct store *s, struct error *err)
{
    struct db *db = NULL;

    pthread_mutex_lock(&s->read_lock);
    if (s->reader_count > 0)
        db = s->readers[--s->reader_count];
    pthread_mutex_unlock(&s->read_lock);
    if (!db && db_open(s->path, &db, err) < 0)
        return NULL;
    return db;
}

static void store_reader_done(struct store *s, struct db *db)
{
    pthread_mutex_lock(&s->read_lock);
    if (s->reader_count < READERS_MAX) {
        s->readers[s->reader_count++] = db;
        db = NULL;
    }
    pthread_mutex_unlock(&s->read_lock);
    db_close(db);
}

int store_read(struct store *s, store_read_fn fn, void *ctx, struct error *err)
{
    struct db *db = store_reader(s, err);

    if (!db)
        return -1;
    int rc = fn(db, ctx, err);
    store_reader_done(s, db);
    return rc;
}

int store_begin(struct store *s, struct store_tx **ret, struct error *err)
{
    pthread_mutex_lock(&s->write_lock);
    if (db_begin(s->writer, err) < 0) {
        pthread_mutex_unlock(&s->write_lock);
        return -1;
    }
    struct store_tx *tx = calloc(1, sizeof *tx);
    if (!tx)
        abort();
    tx->store = s;
    *ret = tx;
    return 0;
}

static void end(struct store_tx *tx)
{
    pthread_mutex_unlock(&tx->store->write_lock);
    free(tx);
}

static int commit(struct store_tx *tx, const char *what, struct error *err)
{
    int rc = db_commit(tx->store->writer, what, err);

    end(tx);
    return rc;
}

int store_commit(struct store_tx *tx, struct error *err)
{
    return commit(tx, "change", err);
}

void store_rollback(struct store_tx *tx)
{
    if (!tx)
        return;
    db_rollback(tx->store->writer);
    end(tx);
}

void store_rollbackp(struct store_tx **tx)
{
    store_rollback(*tx);
}

struct db *store_tx_db(struct store_tx *tx)
{
    return tx->store->writer;
}

int64_t store_write(struct store *s, const char *what, store_write_fn fn, void *ctx, struct error *err)
{
    struct store_tx *tx;

    if (store_begin(s, &tx, err) < 0)
        return -1;
    int64_t rows = fn(s->writer, ctx, err);
    if (rows < 0) {
        store_rollback(tx);
        return -1;
    }
    return commit(tx, what, err) < 0 ? -1 : rows;
}

static int64_t ping(struct db *db, void *ctx, struct error *err)
{
    (void)ctx;
    return db_run(db, "UPDATE schema_version SET version = version", NULL, NULL, err, "");
}

int store_ping(struct store *s, struct error *err)
{
    return store_write(s, "ping", ping, NULL, err) < 0 ? -1 : 0;
}

/* --- waiting: other processes' commits show in data_version, and so do those of our own other connections --- */

static int64_t current_version(struct store *s)
{
    pthread_mutex_lock(&s->watch_lock);
    int64_t version = db_data_version(s->watcher);
    pthread_mutex_unlock(&s->watch_lock);
    return version;
}

bool store_wait(struct store *s, int64_t *seen, int64_t timeout_ms)
{
    int64_t end_ms = clock_mono_ms() + timeout_ms;

    for (;;) {
        int64_t version = current_version(s);
        if (version != *seen) {
            *seen = version;
            return true;
        }
        int64_t left = end_ms - clock_mono_ms();
        if (left <= 0)
            return false;
        clock_sleep_ms(left < WAIT_STEP_MS ? left : WAIT_STEP_MS);
    }
}

void *rows_add(struct rows *r)
{
    if (r->count == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 16;
        void *items = arena_array(r->arena, cap, r->size);
        if (r->count)
            memcpy(items, r->items, r->count * r->size);
        r->items = items;
        r->cap = cap;
    }
    return (char *)r->items + r->count++ * r->size;
}
