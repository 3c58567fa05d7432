/* The seam to the database: connections, transactions and bound statements. All SQL above it is portable between SQLite
 * and PostgreSQL (docs/decisions/0002-one-sql.md); db.c picks the driver by the address. Private to store/. */
#ifndef BERTH_STORE_DB_H
#define BERTH_STORE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

struct db; /* one connection: one thread at a time */

/* DB_LOOK: the database is not made when it is not there, and nothing is written. */
enum db_mode { DB_USE, DB_LOOK };

/* The address is the path of a file (SQLite) or a URL postgres://... (libpq's; a password in it is in no error). */
int db_open(const char *address, enum db_mode mode, struct db **ret, struct error *err) WARN_UNUSED;
void db_close(struct db *db); /* NULL is a no-op */
int db_reader_max(const struct db *db); /* connections that are worth reading side by side */
bool db_usable(struct db *db); /* false: close it, and open another one; NULL is not usable */
/* Several statements without parameters, in the migrations' dialect (store/migrations/README.md). */
int db_script(struct db *db, const char *sql, struct error *err) WARN_UNUSED;

/* DB_WRITE: there is one writer at a time among all processes, and it sees what all before it committed; UNAVAILABLE when
 * the others take too long. DB_READ: all statements see one state. DB_WRITE_VOLATILE: as DB_WRITE, but where
 * the database runs on the machine of all its writers, so that a power cut ends them too, the newest such commits may go with it. */
enum db_intent { DB_READ, DB_WRITE, DB_WRITE_VOLATILE };
/* The server may be asked for it with the first statement only, whose error is then this one's. */
int db_begin(struct db *db, enum db_intent intent, struct error *err) WARN_UNUSED;
int db_commit(struct db *db, const char *what, struct error *err)
    WARN_UNUSED; /* what names the commit's crash points; ends the transaction in any case */
void db_rollback(struct db *db);
bool db_raced(
    struct db *db); /* the last error was the database's choice between transactions: the same again may pass */
int64_t db_data_version(struct db *db); /* changes when another connection committed; -1: unknown */
int db_now(struct db *db, int64_t *ret, struct error *err) WARN_UNUSED; /* the database's clock: Unix time in ms */
int db_has_table(struct db *db, const char *name, bool *ret, struct error *err) WARN_UNUSED;

/* Runs one statement, whose text is a literal. `types` has a letter for each parameter that follows: s const char *,
 * i int64_t. For each row on_row is called, when not NULL; it reads columns by db_text() and db_int(). Returns the number
 * of rows changed or read, or -1: CONFLICT for a uniqueness or reference, FULL, UNAVAILABLE when busy for too long or not there, IO otherwise. After an error the transaction can only be rolled
 * back (PostgreSQL's rule). */
struct db_row;
typedef void (*db_on_row)(void *ctx, const struct db_row *row);
int64_t db_run(struct db *db, const char *sql, db_on_row on_row, void *ctx, struct error *err, const char *types,
               ...) WARN_UNUSED;
/* A statement of a transaction whose answer nobody waits for: it is sent with the next one that is, or with the commit, and then
 * on_row is called, so what ctx leads to lives until then. An error of it is that one's, but no CONFLICT: for what may be one, or for
 * the number of rows, there is db_run(). A driver without ways to save runs it at once. */
int db_note(struct db *db, const char *sql, db_on_row on_row, void *ctx, struct error *err, const char *types,
            ...) WARN_UNUSED;
/* Statements that need nothing of each other's rows are sent together, which saves the ways to a server. After db_together() db_run()
 * only notes a statement, and returns 0; db_answers() runs what was noted in its order and calls on_row for each row, so what ctx
 * leads to lives until then. It returns the number of rows changed or read in sum, or what the first that failed did. ask false: they are
 * forgotten, and it returns -1. A driver without ways to save runs each at once. */
void db_together(struct db *db);
int64_t db_answers(struct db *db, bool ask, struct error *err) WARN_UNUSED;
const char *db_text(const struct db_row *row, int column); /* good until on_row returns; never NULL */
int64_t db_int(const struct db_row *row, int column);

#endif
