/* The PostgreSQL driver's connection, and what is asked of the server over it: see db.h. Statements wait in a queue until the answer of
 * one is needed, and are then sent together (https://www.postgresql.org/docs/current/libpq-pipeline-mode.html). Private to db_pg*.c. */
#ifndef BERTH_STORE_DB_PG_H
#define BERTH_STORE_DB_PG_H

#include <libpq-fe.h>

#include "store/db_driver.h"

enum { DB_PG_CACHE_MAX = 256, DB_PG_REASON_MAX = 200 };

struct asked; /* a statement in the queue */

struct pg {
    struct db db;
    PGconn *conn;
    bool broken, raced, listening;
    int64_t changes; /* commits heard of */
    const char *cache[DB_PG_CACHE_MAX]; /* by address, as every statement is a literal; number N is prepared as "sN" */
    int cache_count;
    struct arena *arena; /* of the queue */
    struct asked *first, **last;
    struct asked **together; /* the queue's end when db_together() was called; NULL: it was not */
};

void db_pg_first_line(const char *text, char out[DB_PG_REASON_MAX]); /* of a text of libpq's */
/* Fills err by what the server, or libpq, says of `what`: the primary message only, since PostgreSQL's details repeat values. -1. */
int db_pg_fail(struct pg *p, const PGresult *r, const char *what, struct error *err);

/* Into the queue: a statement of libpq's own dialect without parameters. tag: the one good answer; NULL: every one but an error is. */
void db_pg_note(struct pg *p, const char *what, const char *sql, const char *tag);
/* The result is that of the first that failed, or the number of rows of those whose answer is waited for. */
int64_t db_pg_send(struct pg *p, struct error *err) WARN_UNUSED;
void db_pg_forget(struct pg *p); /* nothing of the queue is sent */

/* For the driver's table. */
int64_t db_pg_run(struct db *db, bool later, const char *sql, db_on_row on_row, void *ctx, struct error *err,
                  const char *types, va_list args) WARN_UNUSED;
void db_pg_together(struct db *db);
int64_t db_pg_answers(struct db *db, bool ask, struct error *err) WARN_UNUSED;

#endif
