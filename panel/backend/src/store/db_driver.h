/* What a driver implements of db.h; db.c hands on to it. A driver's connection begins with a struct db. Private to db*.c. */
#ifndef BERTH_STORE_DB_DRIVER_H
#define BERTH_STORE_DB_DRIVER_H

#include <stdarg.h>

#include "store/db.h"

struct db_driver {
    int (*open)(const char *address, enum db_mode mode, struct db **ret, struct error *err);
    void (*close)(struct db *db);
    bool (*usable)(struct db *db);
    int (*script)(struct db *db, const char *sql, struct error *err);
    int (*begin)(struct db *db, enum db_intent intent, struct error *err);
    int (*commit)(struct db *db, struct error *err);
    void (*rollback)(struct db *db);
    bool (*raced)(struct db *db);
    int64_t (*data_version)(struct db *db);
    int (*now)(struct db *db, int64_t *ret, struct error *err);
    int reader_max;
    const char *has_table; /* a query of one number, with the name as its parameter */
    int64_t (*run)(struct db *db, bool later, const char *sql, db_on_row on_row, void *ctx, struct error *err,
                   const char *types, va_list args); /* later: db_note(); what saves nothing by it does not ask */
    void (*together)(struct db *db); /* NULL: nothing is saved by it */
    int64_t (*answers)(struct db *db, bool ask, struct error *err);
    const char *(*text)(const struct db_row *row, int column);
    int64_t (*integer)(const struct db_row *row, int column);
};

struct db {
    const struct db_driver *driver;
    int64_t rows; /* since db_together(), of a driver that runs each at once */
};

struct db_row {
    const struct db_driver *driver;
    void *result; /* the driver's */
    int index;
};

extern const struct db_driver db_driver_sqlite, db_driver_pg;

#endif
