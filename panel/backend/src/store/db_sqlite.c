/* The SQLite driver: see db.h. Write-ahead log, synchronous=FULL: what was committed survives a power cut. */
#include <assert.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/db_driver.h"

enum { BUSY_TIMEOUT_MS = 5000, CACHE_MAX = 64 };

struct sqlite {
    struct db db;
    sqlite3 *handle;
    struct {
        const char *sql; /* by address: every statement is a literal */
        sqlite3_stmt *stmt;
    } cache[CACHE_MAX];
    int cache_count;
    bool syncs; /* each commit is on the disk before it returns */
};

static struct sqlite *sqlite(struct db *db)
{
    return (struct sqlite *)db; /* its first member */
}

static int fail(const struct sqlite *db, int rc, const char *what, struct error *err)
{
    const char *why = db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(rc);

    switch (rc & 0xff) {
    case SQLITE_CONSTRAINT:
        return error_set(err, ERROR_CONFLICT, "%s: %s", what, why);
    case SQLITE_FULL:
        return error_set(err, ERROR_FULL, "%s: %s", what, why);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return error_set(err, ERROR_UNAVAILABLE, "%s: %s", what, why);
    default:
        return error_set(err, ERROR_IO, "database: %s: %s", what, why);
    }
}

static void sqlite_close(struct db *db)
{
    struct sqlite *s = sqlite(db);

    for (int i = 0; i < s->cache_count; i++)
        sqlite3_finalize(s->cache[i].stmt);
    sqlite3_close(s->handle);
    free(s);
}

static int sqlite_open(const char *path, enum db_mode mode, struct db **ret, struct error *err)
{
    struct sqlite *s = calloc(1, sizeof *s);
    int flags = mode == DB_LOOK ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

    if (!s)
        return error_set(err, ERROR_INTERNAL, "out of memory");
    s->db.driver = &db_driver_sqlite;
    s->syncs = true;
    int rc = sqlite3_open_v2(path, &s->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_extended_result_codes(s->handle, 1);
        sqlite3_busy_timeout(s->handle, BUSY_TIMEOUT_MS);
    }
    /* 64 KiB of pages a connection: the system caches the file, and every reader has a cache of its own. A transaction's own pages
     * stay in memory up to 4 MiB, and so are written once. */
    if (rc == SQLITE_OK && mode == DB_USE)
        rc = sqlite3_exec(
            s->handle,
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-64; "
            "PRAGMA cache_spill=1024;",
            NULL, NULL, NULL);
    if (rc != SQLITE_OK) {
        fail(s, rc, path, err);
        sqlite_close(&s->db);
        return -1;
    }
    *ret = &s->db;
    return 0;
}

static bool sqlite_usable(struct db *db)
{
    (void)db;
    return true;
}

/* With one writer no transaction is given up for another one. */
static bool sqlite_raced(struct db *db)
{
    (void)db;
    return false;
}

static int sqlite_script(struct db *db, const char *sql, struct error *err)
{
    int rc = sqlite3_exec(sqlite(db)->handle, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK ? 0 : fail(sqlite(db), rc, "script", err);
}

/* IMMEDIATE takes the write lock at once. What is not synced is so by the next commit that is, since the log has an order. */
static int sqlite_begin(struct db *db, enum db_intent intent, struct error *err)
{
    struct sqlite *s = sqlite(db);
    const bool writes = intent != DB_READ, syncs = intent != DB_WRITE_VOLATILE;
    int rc = SQLITE_OK;

    if (writes && syncs != s->syncs)
        rc = sqlite3_exec(s->handle, syncs ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        s->syncs = writes ? syncs : s->syncs;
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(s->handle, writes ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED", NULL, NULL, NULL);
    return rc == SQLITE_OK ? 0 : fail(sqlite(db), rc, "begin", err);
}

static int sqlite_commit(struct db *db, struct error *err)
{
    int rc = sqlite3_exec(sqlite(db)->handle, "COMMIT", NULL, NULL, NULL);

    return rc == SQLITE_OK ? 0 : fail(sqlite(db), rc, "commit", err);
}

static void sqlite_rollback(struct db *db)
{
    if (!sqlite3_get_autocommit(sqlite(db)->handle))
        (void)sqlite3_exec(sqlite(db)->handle, "ROLLBACK", NULL, NULL, NULL);
}

static void read_version(void *ctx, const struct db_row *row)
{
    int64_t *version = ctx;
    *version = db_int(row, 0);
}

static int64_t sqlite_data_version(struct db *db)
{
    struct error ignored = ERROR_INIT;
    int64_t version = -1;

    if (db_run(db, "PRAGMA data_version", read_version, &version, &ignored, "") < 0)
        return -1;
    return version;
}

/* All its processes are on one host. */
static int sqlite_now(struct db *db, int64_t *ret, struct error *err)
{
    (void)db, (void)err;
    *ret = clock_wall_ms();
    return 0;
}

static int prepare(struct sqlite *db, const char *sql, sqlite3_stmt **ret, struct error *err)
{
    for (int i = 0; i < db->cache_count; i++) {
        if (db->cache[i].sql == sql) {
            *ret = db->cache[i].stmt;
            return 0;
        }
    }
    int rc = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL);
    if (rc != SQLITE_OK)
        return fail(db, rc, sql, err);
    if (db->cache_count == CACHE_MAX) {
        sqlite3_finalize(db->cache[0].stmt);
        memmove(&db->cache[0], &db->cache[1], sizeof db->cache[0] * (CACHE_MAX - 1));
        db->cache_count--;
    }
    db->cache[db->cache_count].sql = sql;
    db->cache[db->cache_count++].stmt = *ret;
    return 0;
}

static void bind(sqlite3_stmt *stmt, const char *types, va_list args)
{
    assert((int)strlen(types) == sqlite3_bind_parameter_count(stmt));
    for (int i = 0; types[i]; i++) {
        if (types[i] == 's') {
            const char *s = va_arg(args, const char *);
            sqlite3_bind_text(stmt, i + 1, s ? s : "", -1, SQLITE_STATIC);
        } else {
            assert(types[i] == 'i');
            sqlite3_bind_int64(stmt, i + 1, va_arg(args, int64_t));
        }
    }
}

static int64_t sqlite_run(struct db *db, bool later, const char *sql, db_on_row on_row, void *ctx, struct error *err,
                          const char *types, va_list args)
{
    struct sqlite *s = sqlite(db);
    sqlite3_stmt *stmt;
    int64_t rows = 0;
    int rc;

    (void)later;
    if (prepare(s, sql, &stmt, err) < 0)
        return -1;
    bind(stmt, types, args);
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        const struct db_row row = { &db_driver_sqlite, stmt, 0 };
        if (on_row)
            on_row(ctx, &row);
        rows++;
    }
    if (rc == SQLITE_DONE && sqlite3_column_count(stmt) == 0)
        rows = sqlite3_changes64(s->handle);
    if (rc != SQLITE_DONE)
        fail(s, rc, "statement", err);
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return rc == SQLITE_DONE ? rows : -1;
}

static const char *sqlite_text(const struct db_row *row, int column)
{
    const unsigned char *s = sqlite3_column_text(row->result, column);
    return s ? (const char *)s : "";
}

static int64_t sqlite_integer(const struct db_row *row, int column)
{
    return sqlite3_column_int64(row->result, column);
}

const struct db_driver db_driver_sqlite = {
    .open = sqlite_open,
    .close = sqlite_close,
    .usable = sqlite_usable,
    .script = sqlite_script,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .raced = sqlite_raced,
    .data_version = sqlite_data_version,
    .now = sqlite_now,
    .reader_max = 4, /* they wait for the processors, not for a server */
    .has_table = "SELECT count(*) FROM sqlite_schema WHERE name = ?",
    .run = sqlite_run,
    .text = sqlite_text,
    .integer = sqlite_integer,
};
