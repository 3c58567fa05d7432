/* The SQLite driver: see db.h. Write-ahead log, synchronous=FULL: what was committed survives a power cut. */
#include <assert.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/crash.h"
#include "base/str.h"
#include "store/db.h"

enum { BUSY_TIMEOUT_MS = 5000, CACHE_MAX = 64 };

struct db {
    sqlite3 *handle;
    struct {
        const char *sql; /* by address: every statement is a literal */
        sqlite3_stmt *stmt;
    } cache[CACHE_MAX];
    int cache_count;
};

struct db_row {
    sqlite3_stmt *stmt;
};

static int fail(struct db *db, int rc, const char *what, struct error *err)
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

int db_open(const char *path, struct db **ret, struct error *err)
{
    struct db *db = calloc(1, sizeof *db);

    if (!db)
        return error_set(err, ERROR_INTERNAL, "out of memory");
    int rc = sqlite3_open_v2(path, &db->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_extended_result_codes(db->handle, 1);
        sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
        rc = sqlite3_exec(
            db->handle,
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-4096;", NULL,
            NULL, NULL);
    }
    if (rc != SQLITE_OK) {
        fail(db, rc, path, err);
        db_close(db);
        return -1;
    }
    *ret = db;
    return 0;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    for (int i = 0; i < db->cache_count; i++)
        sqlite3_finalize(db->cache[i].stmt);
    sqlite3_close(db->handle);
    free(db);
}

int db_script(struct db *db, const char *sql, struct error *err)
{
    int rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK ? 0 : fail(db, rc, "script", err);
}

int db_begin(struct db *db, struct error *err)
{
    int rc = sqlite3_exec(db->handle, "BEGIN IMMEDIATE", NULL, NULL, NULL);

    return rc == SQLITE_OK ? 0 : fail(db, rc, "begin", err);
}

int db_commit(struct db *db, const char *what, struct error *err)
{
    crashpoint_hit("store", what, "before");
    int rc = sqlite3_exec(db->handle, "COMMIT", NULL, NULL, NULL);
    crashpoint_hit("store", what, "after");
    if (rc == SQLITE_OK)
        return 0;
    fail(db, rc, "commit", err);
    db_rollback(db);
    return -1;
}

void db_rollback(struct db *db)
{
    if (!sqlite3_get_autocommit(db->handle))
        (void)sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

static void read_version(void *ctx, const struct db_row *row)
{
    int64_t *version = ctx;
    *version = db_int(row, 0);
}

int64_t db_data_version(struct db *db)
{
    struct error ignored = ERROR_INIT;
    int64_t version = -1;

    if (db_run(db, "PRAGMA data_version", read_version, &version, &ignored, "") < 0)
        return -1;
    return version;
}

static int prepare(struct db *db, const char *sql, sqlite3_stmt **ret, struct error *err)
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

int64_t db_run(struct db *db, const char *sql, db_on_row on_row, void *ctx, struct error *err, const char *types, ...)
{
    sqlite3_stmt *stmt;
    int64_t rows = 0;
    va_list args;
    int rc;

    if (prepare(db, sql, &stmt, err) < 0)
        return -1;
    va_start(args, types);
    bind(stmt, types, args);
    va_end(args);
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        const struct db_row row = { stmt };
        if (on_row)
            on_row(ctx, &row);
        rows++;
    }
    if (rc == SQLITE_DONE && sqlite3_column_count(stmt) == 0)
        rows = sqlite3_changes64(db->handle);
    if (rc != SQLITE_DONE)
        fail(db, rc, "statement", err);
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return rc == SQLITE_DONE ? rows : -1;
}

const char *db_text(const struct db_row *row, int column)
{
    const unsigned char *s = sqlite3_column_text(row->stmt, column);
    return s ? (const char *)s : "";
}

int64_t db_int(const struct db_row *row, int column)
{
    return sqlite3_column_int64(row->stmt, column);
}
