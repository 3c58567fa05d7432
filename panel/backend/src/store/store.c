/* The store as a whole: opening, migrating, transactions, connections. See store.h. */
#include "store/store.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "store/internal.h"

enum { READERS_MAX = 16, WAIT_STEP_MS = 10, LOCK_WAIT_S = 10, REOPEN_MS = 1000, ATTEMPTS_MAX = 5 };
enum { NS_PER_MS = 1000 * 1000, NS_PER_S = 1000 * NS_PER_MS };

struct store {
    char *address;
    const struct keyring *keys; /* NULL: there are none */
    struct db *writer; /* under write_lock; NULL while there is no connection */
    _Atomic(pthread_t) changing; /* whose transaction the writer is in; 0: nobody's */
    pthread_mutex_t write_lock, read_lock, watch_lock;
    pthread_cond_t read_done;
    struct db *readers[READERS_MAX];
    int reader_max, reader_count, readers_out; /* at rest; in use. Together at most reader_max */
    int reader_rested; /* the fewest that were at rest since the last trim */
    struct db *watcher; /* under watch_lock; its data_version tells of other connections' commits */
    int64_t version, epoch; /* the epoch changes with the watcher: what happened in between nobody told */
    int64_t reopen_ms;
    pthread_cond_t changed; /* with watch_lock: the version did, or nobody asks for it any more */
    bool asking; /* one of those that wait asks the database for all of them */
};

struct store_tx {
    struct store *store;
    struct audit_head head;
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
    s->reader_max = db_reader_max(db);
    assert(s->reader_max <= READERS_MAX);
    pthread_mutex_init(&s->write_lock, NULL);
    pthread_mutex_init(&s->read_lock, NULL);
    pthread_mutex_init(&s->watch_lock, NULL);
    pthread_cond_init(&s->read_done, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
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
    pthread_cond_destroy(&s->changed);
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
    while (s->reader_count == 0 && s->readers_out == s->reader_max)
        pthread_cond_wait(&s->read_done, &s->read_lock);
    if (s->reader_count > 0)
        db = s->readers[--s->reader_count];
    s->reader_rested = s->reader_count < s->reader_rested ? s->reader_count : s->reader_rested;
    s->readers_out++;
    pthread_mutex_unlock(&s->read_lock);
    if (reopen(s, &db, err) == 0)
        return db;
    store_reader_done(s, NULL);
    return NULL;
}

/* The one that came back last is taken first, so those at the bottom are what only a burst needs. */
void store_trim(struct store *s)
{
    struct db *unused[READERS_MAX];

    pthread_mutex_lock(&s->read_lock);
    int rested = s->reader_rested, n = rested == s->reader_count && rested > 0 ? rested - 1 : rested;
    memcpy(unused, s->readers, (size_t)n * sizeof unused[0]);
    s->reader_count -= n;
    memmove(s->readers, s->readers + n, (size_t)s->reader_count * sizeof unused[0]);
    s->reader_rested = s->reader_count;
    pthread_mutex_unlock(&s->read_lock);
    for (int i = 0; i < n; i++)
        db_close(unused[i]);
}

/* The writer, when it is this thread whose transaction it is in; NULL. */
static struct db *changing(struct store *s)
{
    return pthread_equal(atomic_load(&s->changing), pthread_self()) ? s->writer : NULL;
}

int store_read(struct store *s, store_read_fn fn, void *ctx, struct error *err)
{
    struct db *in = changing(s), *db = in ? in : store_reader(s, err);

    if (!db)
        return -1;
    int rc = fn(db, ctx, err);
    if (!in)
        store_reader_done(s, db);
    return rc;
}

struct at_once {
    store_read_fn fn;
    void *ctx;
};

static int read_at_once(struct db *db, void *ctx, struct error *err)
{
    const struct at_once *r = ctx;

    if (db_begin(db, DB_READ, err) < 0)
        return -1;
    int rc = r->fn(db, r->ctx, err);
    db_rollback(db);
    return rc;
}

int store_read_at_once(struct store *s, store_read_fn fn, void *ctx, struct error *err)
{
    struct at_once r = { fn, ctx };

    return changing(s) ? fn(s->writer, ctx, err) : store_read(s, read_at_once, &r, err);
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

static int begin(struct store *s, enum db_intent intent, struct store_tx **ret, struct error *err)
{
    if (lock_writer(s, err) < 0)
        return -1;
    if (reopen(s, &s->writer, err) < 0 || db_begin(s->writer, intent, err) < 0) {
        pthread_mutex_unlock(&s->write_lock);
        return -1;
    }
    struct store_tx *tx = calloc(1, sizeof *tx);
    if (!tx)
        abort();
    tx->store = s;
    atomic_store(&s->changing, pthread_self());
    *ret = tx;
    return 0;
}

static void end(struct store_tx *tx)
{
    atomic_store(&tx->store->changing, (pthread_t)0);
    pthread_mutex_unlock(&tx->store->write_lock);
    free(tx);
}

int store_begin(struct store *s, struct store_tx **ret, struct error *err)
{
    struct store_tx *tx;

    if (begin(s, DB_WRITE, &tx, err) < 0)
        return -1;
    if (store_audit_expect(s->writer, &tx->head, err) < 0) {
        store_rollback(tx);
        return -1;
    }
    *ret = tx;
    return 0;
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

struct audit_head *store_tx_head(struct store_tx *tx)
{
    return &tx->head;
}

/* *ret_again: the database gave the transaction up in favour of another one, and the same may pass now. */
static int64_t write_once(struct store *s, enum db_intent intent, const char *what, store_write_fn fn, void *ctx,
                          bool *ret_again, struct error *err)
{
    struct store_tx *tx;

    if (begin(s, intent, &tx, err) < 0)
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

static int64_t write_with(struct store *s, enum db_intent intent, const char *what, store_write_fn fn, void *ctx,
                          struct error *err)
{
    for (int attempt = 1;; attempt++) {
        bool again = false;
        int64_t rows = write_once(s, intent, what, fn, ctx, &again, err);
        if (rows >= 0 || !again || attempt == ATTEMPTS_MAX)
            return rows;
        *err = ERROR_INIT;
    }
}

int64_t store_write(struct store *s, const char *what, store_write_fn fn, void *ctx, struct error *err)
{
    return write_with(s, DB_WRITE, what, fn, ctx, err);
}

int64_t store_write_volatile(struct store *s, const char *what, store_write_fn fn, void *ctx, struct error *err)
{
    return write_with(s, DB_WRITE_VOLATILE, what, fn, ctx, err);
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

/* Under watch_lock. */
static void ask_version(struct store *s)
{
    struct error ignored = ERROR_INIT;
    const int64_t before = s->version;

    if (!db_usable(s->watcher) && clock_mono_ms() >= s->reopen_ms) {
        s->reopen_ms = clock_mono_ms() + REOPEN_MS;
        if (reopen(s, &s->watcher, &ignored) == 0)
            s->epoch += 1LL << 32;
    }
    int64_t version = s->watcher ? db_data_version(s->watcher) : -1;
    if (version >= 0)
        s->version = s->epoch + version;
    if (s->version != before)
        pthread_cond_broadcast(&s->changed);
}

/* Under watch_lock. Of all that wait one asks every WAIT_STEP_MS, and the others sleep until there is something or it goes. */
static void sleep_until(struct store *s, int64_t end_ms)
{
    const bool mine = !s->asking;
    const int64_t left = end_ms - clock_mono_ms(), ms = mine && left > WAIT_STEP_MS ? WAIT_STEP_MS : left;
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * NS_PER_MS;
    until.tv_sec += until.tv_nsec / NS_PER_S;
    until.tv_nsec %= NS_PER_S;
    s->asking = true;
    (void)pthread_cond_timedwait(&s->changed, &s->watch_lock, &until);
    if (!mine)
        return;
    s->asking = false;
    ask_version(s);
}

bool store_wait(struct store *s, int64_t *seen, int64_t timeout_ms)
{
    const int64_t end_ms = clock_mono_ms() + timeout_ms;

    pthread_mutex_lock(&s->watch_lock);
    ask_version(s);
    while (s->version == *seen && clock_mono_ms() < end_ms)
        sleep_until(s, end_ms);
    const bool changed = s->version != *seen;
    *seen = s->version;
    if (!s->asking)
        pthread_cond_signal(&s->changed); /* somebody else asks from now on */
    pthread_mutex_unlock(&s->watch_lock);
    return changed;
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

int rows_of_customer(struct db *db, const char *sql, db_on_row add, size_t size, const char *customer, struct rows *ret,
                     struct error *err)
{
    ret->size = size;
    return db_run(db, sql, add, ret, err, "s", customer) < 0 ? -1 : 0;
}
