/* Connections to the mail database, for maildb.c: a pool, and statements with bound parameters. */
#ifndef BERTH_PROVIDER_MAILDB_CONN_H
#define BERTH_PROVIDER_MAILDB_CONN_H

#include "provider/maildb.h"

struct maildb_pool;
struct maildb_conn;

int maildb_pool_new(const struct maildb_config *config, struct maildb_pool **ret, struct error *err) WARN_UNUSED;
void maildb_pool_free(struct maildb_pool *p); /* NULL is a no-op */

/* A connection that answers: one of the pool, or a new one. Nothing is sent on it that could outlive deadline_ms; 0: none. */
int maildb_conn_take(struct maildb_pool *p, int64_t deadline_ms, struct maildb_conn **ret,
                     struct error *err) WARN_UNUSED;
/* Back to the pool; closed, which rolls back, unless all went well. */
void maildb_conn_give(struct maildb_conn *c, bool well);

/* A statement without parameters or rows. */
int maildb_conn_run(struct maildb_conn *c, const char *sql, struct error *err) WARN_UNUSED;
/* A statement, which must be a literal: it is prepared once a connection and known by its address. `types`: "s" text, "i" int64_t, a
 * letter a parameter. The number of rows that it found, or -1. */
int64_t maildb_conn_do(struct maildb_conn *c, struct error *err, const char *sql, const char *types, ...) WARN_UNUSED;
/* The same, with `row` called for each row of the answer; values are text, in buffers that the next row uses again. */
typedef void maildb_row(void *ctx, const char *const *values);
int maildb_conn_each(struct maildb_conn *c, struct arena *a, maildb_row *row, void *ctx, struct error *err,
                     const char *sql, const char *types, ...) WARN_UNUSED;

#endif
