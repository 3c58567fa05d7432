/* Where a test's store is: a file in its folder, or, with BERTH_TEST_DATABASE (a URL of PostgreSQL's in which the word DATABASE
 * stands for the name), a database of its own on that server. So each test of the store runs on both. */
#ifndef BERTH_TESTS_DATABASE_H
#define BERTH_TESTS_DATABASE_H

#include "unit.h"

#include "store/db.h"

static inline const char *database_server(void)
{
    return getenv("BERTH_TEST_DATABASE"); // NOLINT(concurrency-mt-unsafe): before threads
}

/* One statement, or several, on the database at this address, beside any store. */
static inline void database_sql(const char *address, const char *sql)
{
    struct error err = ERROR_INIT;
    struct db *db;

    expect_ok(db_open(address, DB_USE, &db, &err));
    expect_ok(db_script(db, sql, &err));
    db_close(db);
}

static inline const char *database_on_server(struct arena *a, const char *name)
{
    return str_replace(a, database_server(), "DATABASE", name);
}

/* A database that is empty; the folder is the test's own, and `name` is unique in it. */
static inline const char *database_new(struct arena *a, const char *folder, const char *name)
{
    if (!database_server())
        return arena_printf(a, "%s/%s.db", folder, name);
    const char *database = str_lower(a, arena_printf(a, "%s_%s", strrchr(folder, '/') + 1, name));
    database_sql(database_on_server(a, "postgres"),
                 arena_printf(a, "CREATE DATABASE %s", str_replace(a, database, "-", "_")));
    return database_on_server(a, str_replace(a, database, "-", "_"));
}

#endif
