/* The seam to the database: connections, transactions and bound statements. All SQL above it is portable between SQLite
 * and PostgreSQL; a second driver implements this header (docs/decisions/0002-one-sql.md). Private to store/. */
#ifndef BERTH_STORE_DB_H
#define BERTH_STORE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

struct db; /* one connection: one thread at a time */

int db_open(const char *path, struct db **ret, struct error *err) WARN_UNUSED;
void db_close(struct db *db);
int db_script(struct db *db, const char *sql,
              struct error *err) WARN_UNUSED; /* several statements without parameters */
int db_begin(struct db *db, struct error *err) WARN_UNUSED; /* takes the write lock at once */
int db_commit(struct db *db, const char *what,
              struct error *err) WARN_UNUSED; /* what names the commit's crash points */
void db_rollback(struct db *db);
int64_t db_data_version(struct db *db); /* changes when another connection committed; -1: unknown */

/* Runs one statement. `types` has a letter for each parameter that follows: s const char *, i int64_t. For each row on_row
 * is called, when not NULL; it reads columns by db_text() and db_int(). Returns the number of rows changed or read, or -1:
 * CONFLICT for a uniqueness or reference, FULL, UNAVAILABLE when busy for too long, IO otherwise. */
struct db_row;
typedef void (*db_on_row)(void *ctx, const struct db_row *row);
int64_t db_run(struct db *db, const char *sql, db_on_row on_row, void *ctx, struct error *err, const char *types,
               ...) WARN_UNUSED;
const char *db_text(const struct db_row *row, int column); /* good until on_row returns; never NULL */
int64_t db_int(const struct db_row *row, int column);

#endif
