/* The schema: which migrations the database has, and bringing it up to those of this program. Never backwards. */
#include "base/str.h"
#include "store/internal.h"
#include "store/migrations.h"

static void read_int(void *ctx, const struct db_row *row)
{
    int64_t *n = ctx;
    *n = db_int(row, 0);
}

static int refuse_newer(int64_t version, struct error *err)
{
    if (version <= migration_count)
        return 0;
    return error_set(err, ERROR_CONFLICT,
                     "the database's schema is version %lld, newer than this program's %d; use the newer program",
                     (long long)version, migration_count);
}

/* 0: there is none yet. */
static int schema_version(struct db *db, int64_t *ret, struct error *err)
{
    bool there;

    *ret = 0;
    if (db_has_table(db, "schema_version", &there, err) < 0)
        return -1;
    return there && db_run(db, "SELECT version FROM schema_version", read_int, ret, err, "") < 0 ? -1 : 0;
}

static int begin_schema(struct db *db, struct error *err)
{
    if (db_begin(db, DB_WRITE, err) < 0)
        return -1;
    if (db_script(db,
                  "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL);"
                  "INSERT INTO schema_version SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM schema_version);",
                  err) == 0)
        return db_commit(db, "migration", err);
    db_rollback(db);
    return -1;
}

static int apply(struct db *db, int64_t version, struct error *err)
{
    if (db_script(db, migrations[version], err) < 0 ||
        db_run(db, "UPDATE schema_version SET version = ?", NULL, NULL, err, "i", version + 1) < 0)
        return error_context(err, "migration %lld", (long long)version + 1);
    return 0;
}

/* One migration, in a transaction that asks for the version again: of processes that start at once, one does each. */
static int migrate_next(struct db *db, int64_t *ret_version, struct error *err)
{
    int64_t version;

    if (db_begin(db, DB_WRITE, err) < 0)
        return -1;
    int rc = schema_version(db, &version, err) < 0 ? -1 : refuse_newer(version, err);
    bool missing = rc == 0 && version < migration_count;
    if (missing)
        rc = apply(db, version, err);
    if (!missing || rc < 0)
        db_rollback(db);
    else
        rc = db_commit(db, "migration", err);
    if (rc == 0)
        *ret_version = version + missing;
    return rc;
}

int store_schema_check(struct db *db, bool migrate, struct error *err)
{
    int64_t version;
    bool there;

    if (db_has_table(db, "schema_version", &there, err) < 0)
        return -1;
    if (!there && !migrate)
        return error_set(err, ERROR_UNAVAILABLE, "the database has no schema yet (run `berthd migrate`)");
    if ((!there && begin_schema(db, err) < 0) || schema_version(db, &version, err) < 0 ||
        refuse_newer(version, err) < 0)
        return -1;
    while (migrate && version < migration_count)
        if (migrate_next(db, &version, err) < 0)
            return -1;
    if (version < migration_count)
        return error_set(err, ERROR_UNAVAILABLE,
                         "the database's schema is version %lld, this program needs %d; run `berthd migrate`",
                         (long long)version, migration_count);
    return 0;
}

int store_migrations_check(const char *address, struct arena *a, const char **ret_missing, struct error *err)
{
    struct strbuf missing;
    struct db *db;
    int64_t version;

    if (db_open(address, DB_LOOK, &db, err) < 0)
        return -1;
    int rc = schema_version(db, &version, err) < 0 ? -1 : refuse_newer(version, err);
    db_close(db);
    if (rc < 0)
        return -1;
    strbuf_init(&missing, a, 4096);
    for (; version < migration_count; version++)
        strbuf_addf(&missing, "%s%04lld", missing.len ? ", " : "", (long long)version + 1);
    *ret_missing = missing.text;
    return 0;
}
