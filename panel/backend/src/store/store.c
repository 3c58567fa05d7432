/* The store as a whole: opening, migrating, transactions, connections. See store.h. */
#include "store/store.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "store/internal.h"

enum { READERS_MAX = 16, WAIT_STEP_MS = 20, LOCK_WAIT_S = 10, REOPEN_MS = 1000, ATTEMPTS_MAX = 5 };

struct store {
    char *address;
    const struct keyring *keys; /* NULL: there are none */
    struct db *writer; /* under write_lock; NULL while there is no connection */
    pthread_mutex_t write_lock, read_lock, watch_lock;
    pthread_cond_t read_done;
    struct db *readers[READERS_MAX];
    int reader_count, readers_out; /* at rest; in use. Together at most READERS_MAX */
    struct db *watcher; /* under watch_lock; its data_version tells of other connections' commits */
    int64_t version, epoch; /* the epoch changes with the watcher: what happened in between nobody told */
    int64_t reopen_ms;
};

struct store_tx {
    struct store *store;
};

int store_open(const char *address, bool migrate, struct store **ret, struct error *err)
{
    struct db *db;

    if (db_open(address, DB_USE, &db, err) < 0)
        return -1;
    if (store_schema_check(db, migrate, err) < 0) {
        db_close(db);
        return -1;
    }
    struct store *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->address = strdup(address);
    s->writer = db;
    pthread_mutex_init(&s->write_lock, NULL);
    pthread_mutex_init(&s->read_lock, NULL);
    pthread_mutex_init(&s->watch_lock, NULL);
    pthread_cond_init(&s->read_done, NULL);
    if (db_open(address, DB_USE, &s->watcher, err) < 0) {
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
    pthread_cond_destroy(&s->read_done);
    free(s->address);
    free(s);
}

void store_use_keys(struct store *s, const struct keyring *keys)
{
    s->keys = keys;
}

bool store_has_keys(const struct store *s)
{
    return s->keys != NULL;
}

const struct keyring *store_keys(const struct store *s)
{
    return s->keys;
}

const struct keyring *store_tx_keys(const struct store_tx *tx)
{
    return tx->store->keys;
}

/* --- connections --- */

/* One that failed is replaced: on a failover by one to the server that took over. */
static int reopen(struct store *s, struct db **db, struct error *err)
{
    if (db_usable(*db))
        return 0;
    db_close(*db);
    *db = NULL;
    return db_open(s->address, DB_USE, db, err);
}

static void store_reader_done(struct store *s, struct db *db)
{
    bool usable = db_usable(db);

    pthread_mutex_lock(&s->read_lock);
    s->readers_out--;
    if (usable)
        s->readers[s->reader_count++] = db;
    pthread_cond_signal(&s->read_done);
    pthread_mutex_unlock(&s->read_lock);
    if (!usable)
        db_close(db);
}

static struct db *store_reader(struct store *s, struct error *err)
{
    struct db *db = NULL;

    pthread_mutex_lock(&s->read_lock);
    while (s->reader_count == 0 && s->readers_out == READERS_MAX)
        pthread_cond_wait(&s->read_done, &s->read_lock);
    if (s->reader_count > 0)
        db = s->readers[--s->reader_count];
    s->readers_out++;
    pthread_mutex_unlock(&s->read_lock);
    if (reopen(s, &db, err) == 0)
        return db;
    store_reader_done(s, NULL);
    return NULL;
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

/* Not for ever: a commit may hang in the database, and whoever waits behind it is told so. */
static int lock_writer(struct store *s, struct error *err)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += LOCK_WAIT_S;
    if (pthread_mutex_timedlock(&s->write_lock, &until) != 0)
        return error_set(err, ERROR_UNAVAILABLE, "the store was busy with another change for %d s", LOCK_WAIT_S);
    return 0;
}

int store_begin(struct store *s, struct store_tx **ret, struct error *err)
{
    if (lock_writer(s, err) < 0)
        return -1;
    if (reopen(s, &s->writer, err) < 0 || db_begin(s->writer, DB_WRITE, err) < 0) {
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

int store_commit(struct store_tx *tx, struct error *err)
{
    int rc = db_commit(tx->store->writer, "change", err);

    end(tx);
    return rc;
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

int store_now(struct store_tx *tx, int64_t *ret_ms, struct error *err)
{
    return db_now(tx->store->writer, ret_ms, err);
}

struct db *store_tx_db(struct store_tx *tx)
{
    return tx->store->writer;
}

/* *ret_again: the database gave the transaction up in favour of another one, and the same may pass now. */
static int64_t write_once(struct store *s, const char *what, store_write_fn fn, void *ctx, bool *ret_again,
                          struct error *err)
{
    struct store_tx *tx;

    if (store_begin(s, &tx, err) < 0)
        return -1;
    int64_t rows = fn(s->writer, ctx, err);
    if (rows < 0) {
        *ret_again = db_raced(s->writer);
        store_rollback(tx);
        return -1;
    }
    if (db_commit(s->writer, what, err) < 0) {
        *ret_again = db_raced(s->writer);
        rows = -1;
    }
    end(tx);
    return rows;
}

int64_t store_write(struct store *s, const char *what, store_write_fn fn, void *ctx, struct error *err)
{
    for (int attempt = 1;; attempt++) {
        bool again = false;
        int64_t rows = write_once(s, what, fn, ctx, &again, err);
        if (rows >= 0 || !again || attempt == ATTEMPTS_MAX)
            return rows;
        *err = ERROR_INIT;
    }
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
    struct error ignored = ERROR_INIT;

    pthread_mutex_lock(&s->watch_lock);
    if (!db_usable(s->watcher) && clock_mono_ms() >= s->reopen_ms) {
        s->reopen_ms = clock_mono_ms() + REOPEN_MS;
        if (reopen(s, &s->watcher, &ignored) == 0)
            s->epoch += 1LL << 32;
    }
    int64_t version = s->watcher ? db_data_version(s->watcher) : -1;
    if (version >= 0)
        s->version = s->epoch + version;
    version = s->version;
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
