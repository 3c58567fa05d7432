/* Hands each call of db.h to the driver of the connection. */
#include "store/db.h"

#include <string.h>

#include "base/crash.h"
#include "base/str.h"
#include "store/db_driver.h"

int db_open(const char *address, enum db_mode mode, struct db **ret, struct error *err)
{
    if (str_starts(address, "postgres://") || str_starts(address, "postgresql://"))
        return db_driver_pg.open(address, mode, ret, err);
    if (strstr(address, "://")) /* not repeated: there may be a password in it */
        return error_set(err, ERROR_INVALID,
                         "BERTH_DATABASE is neither the path of a file nor a URL that begins with postgres://");
    return db_driver_sqlite.open(address, mode, ret, err);
}

void db_close(struct db *db)
{
    if (db)
        db->driver->close(db);
}

bool db_usable(struct db *db)
{
    return db && db->driver->usable(db);
}

int db_script(struct db *db, const char *sql, struct error *err)
{
    return db->driver->script(db, sql, err);
}

int db_begin(struct db *db, enum db_intent intent, struct error *err)
{
    return db->driver->begin(db, intent, err);
}

int db_commit(struct db *db, const char *what, struct error *err)
{
    crashpoint_hit("store", what, "before");
    int rc = db->driver->commit(db, err);
    crashpoint_hit("store", what, "after");
    if (rc < 0)
        db_rollback(db);
    return rc;
}

void db_rollback(struct db *db)
{
    db->driver->rollback(db);
}

bool db_raced(struct db *db)
{
    return db->driver->raced(db);
}

int db_reader_max(const struct db *db)
{
    return db->driver->reader_max;
}

int64_t db_data_version(struct db *db)
{
    return db->driver->data_version(db);
}

int db_now(struct db *db, int64_t *ret, struct error *err)
{
    return db->driver->now(db, ret, err);
}

static void read_int(void *ctx, const struct db_row *row)
{
    int64_t *n = ctx;
    *n = db_int(row, 0);
}

int db_has_table(struct db *db, const char *name, bool *ret, struct error *err)
{
    int64_t count = 0;

    if (db_run(db, db->driver->has_table, read_int, &count, err, "s", name) < 0)
        return -1;
    *ret = count > 0;
    return 0;
}

int64_t db_run(struct db *db, const char *sql, db_on_row on_row, void *ctx, struct error *err, const char *types, ...)
{
    va_list args;

    va_start(args, types);
    int64_t rows = db->driver->run(db, false, sql, on_row, ctx, err, types, args);
    va_end(args);
    db->rows += rows > 0 ? rows : 0;
    return rows;
}

int db_note(struct db *db, const char *sql, db_on_row on_row, void *ctx, struct error *err, const char *types, ...)
{
    va_list args;

    va_start(args, types);
    int64_t rows = db->driver->run(db, true, sql, on_row, ctx, err, types, args);
    va_end(args);
    return rows < 0 ? -1 : 0;
}

void db_together(struct db *db)
{
    db->rows = 0;
    if (db->driver->together)
        db->driver->together(db);
}

int64_t db_answers(struct db *db, bool ask, struct error *err)
{
    if (db->driver->answers)
        return db->driver->answers(db, ask, err);
    return ask ? db->rows : -1;
}

const char *db_text(const struct db_row *row, int column)
{
    return row->driver->text(row, column);
}

int64_t db_int(const struct db_row *row, int column)
{
    return row->driver->integer(row, column);
}
