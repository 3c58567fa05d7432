/* The PostgreSQL driver, by libpq: see db.h. What it promises, and why so, is docs/decisions/0009-postgresql.md.
 *
 * A writing transaction begins with one advisory lock of the database, so writers of all processes take turns as they do in
 * SQLite: each sees all that the ones before it committed (READ COMMITTED takes a snapshot a statement), and rows become
 * visible in the order of their numbers. The lock goes with the transaction, whatever ends it.
 *
 * A connection that failed is never used again: usable() says so, and store.c opens another one. It leads to whichever of the
 * address's hosts takes writes. */
#include "store/db_pg.h"

#include <assert.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

static struct pg *pg(struct db *db)
{
    return (struct pg *)db; /* its first member */
}

/* --- connections --- */

static void ignore_notice(void *ctx, const PGresult *r)
{
    (void)ctx, (void)r;
}

static int execute(struct pg *p, const char *sql, const char *what, struct error *err)
{
    PGresult *r = PQexec(p->conn, sql);
    ExecStatusType status = PQresultStatus(r);
    int rc = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? 0 : db_pg_fail(p, r, what, err);

    PQclear(r);
    return rc;
}

static void pg_close(struct db *db)
{
    PQfinish(pg(db)->conn);
    arena_free(pg(db)->arena);
    free(db);
}

/* libpq's words for what is wrong with a URL repeat it, password and all. */
static int check_url(const char *url, struct error *err)
{
    char *ignored = NULL;
    PQconninfoOption *options = PQconninfoParse(url, &ignored);

    PQfreemem(ignored);
    if (!options)
        return error_set(
            err, ERROR_INVALID,
            "BERTH_DATABASE is not a URL of PostgreSQL's: postgres://USER@HOST:PORT,HOST:PORT/DATABASE?NAME=VALUE");
    PQconninfoFree(options);
    return 0;
}

static PGconn *connect_url(const char *url)
{
    /* Those before dbname are defaults, which the URL may change; those behind it hold in any case. A server that is gone
     * without a word is given up after 10 s. */
    static const char *const names[] = {
        "connect_timeout",           "keepalives_idle", "keepalives_interval",  "keepalives_count", "tcp_user_timeout",
        "fallback_application_name", "dbname",          "target_session_attrs", "client_encoding",  NULL
    };
    const char *const values[] = { "5", "5", "2", "2", "10000", "berthd", url, "read-write", "UTF8", NULL };

    return PQconnectdbParams(names, values, 1);
}

/* A commit waits as long as the server's standbys need: cancelling that wait would tell of a commit that a failover may
 * lose, so there is no statement_timeout. A holder of the write lock that stopped loses it after 10 s. */
#define SESSION                                                                                                        \
    "SET statement_timeout = 0; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '10s'; "            \
    "SET standard_conforming_strings = on"

/* libpq does not say what it has against a certificate: its root, or its time, and then perhaps this host's clock is wrong. */
static int no_answer(const struct pg *p, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char reason[DB_PG_REASON_MAX];

    db_pg_first_line(PQerrorMessage(p->conn), reason);
    if (strstr(reason, "certificate verify failed"))
        return error_set(err, ERROR_UNAVAILABLE,
                         "the database does not answer: %s: another authority's, or not of this time; the clock here "
                         "says %s",
                         reason, clock_rfc3339(a, clock_wall_ms()));
    return error_set(err, ERROR_UNAVAILABLE, "the database does not answer: %s", reason);
}

static int pg_open(const char *url, enum db_mode mode, struct db **ret, struct error *err)
{
    if (check_url(url, err) < 0)
        return -1;
    struct pg *p = calloc(1, sizeof *p);
    if (!p)
        return error_set(err, ERROR_INTERNAL, "out of memory");
    p->db.driver = &db_driver_pg;
    p->conn = connect_url(url);
    (void)PQsetNoticeReceiver(p->conn, ignore_notice, NULL);
    int rc = 0;
    if (PQstatus(p->conn) != CONNECTION_OK)
        rc = no_answer(p, err);
    if (rc == 0)
        rc = execute(p, mode == DB_LOOK ? SESSION "; SET default_transaction_read_only = on" : SESSION, "session", err);
    if (rc < 0) {
        pg_close(&p->db);
        return -1;
    }
    *ret = &p->db;
    return 0;
}

/* Takes in what the server sent meanwhile: notifications, or that it has ended the connection. */
static bool take_input(struct pg *p)
{
    struct pollfd fd = { .fd = PQsocket(p->conn), .events = POLLIN };

    do {
        p->broken = p->broken || !PQconsumeInput(p->conn) || PQstatus(p->conn) != CONNECTION_OK;
    } while (!p->broken && poll(&fd, 1, 0) > 0);
    return !p->broken;
}

static bool pg_usable(struct db *db)
{
    return take_input(pg(db)) && PQtransactionStatus(pg(db)->conn) == PQTRANS_IDLE;
}

static bool pg_raced(struct db *db)
{
    return pg(db)->raced;
}

/* --- transactions --- */

#define CHANNEL "berth_store" /* notified by every commit */
#define WRITE_LOCK "1650816628" /* "bert" */

/* It is sent with the first statement, and so is the lock: whatever reads before that reads within it (store_read()). */
static int pg_begin(struct db *db, enum db_intent intent, struct error *err)
{
    struct pg *p = pg(db);

    (void)err;
    assert(!p->first);
    p->raced = false;
    if (intent == DB_READ) {
        db_pg_note(p, "begin", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", NULL);
        return 0;
    }
    db_pg_note(p, "begin", "BEGIN ISOLATION LEVEL READ COMMITTED", NULL);
    db_pg_note(p, "begin", "SELECT pg_advisory_xact_lock(" WRITE_LOCK ")", NULL);
    return 0;
}

/* The answer "COMMIT" alone means that it was: a transaction that had failed is answered "ROLLBACK". Without an answer
 * nobody knows. */
static int pg_commit(struct db *db, struct error *err)
{
    struct pg *p = pg(db);

    db_pg_note(p, "commit", "NOTIFY " CHANNEL, NULL);
    db_pg_note(p, "commit", "COMMIT", "COMMIT");
    if (db_pg_send(p, err) >= 0)
        return 0;
    return p->broken ? error_context(err, "whether the change was made is not known (with the same Idempotency-Key it "
                                          "is safe to repeat)")
                     : -1;
}

static void pg_rollback(struct db *db)
{
    struct error ignored = ERROR_INIT;
    struct pg *p = pg(db);
    bool raced = p->raced;

    db_pg_forget(p);
    if (!p->broken && PQtransactionStatus(p->conn) != PQTRANS_IDLE && execute(p, "ROLLBACK", "rollback", &ignored) < 0)
        p->broken = true;
    p->raced = raced;
}

/* Counts the notifications. One that ends with its connection is made up for by store.c, which takes a new connection for a
 * change. */
static int64_t pg_data_version(struct db *db)
{
    struct error ignored = ERROR_INIT;
    struct pg *p = pg(db);
    PGnotify *n;

    if (!p->listening && execute(p, "LISTEN " CHANNEL, "listen", &ignored) < 0)
        return -1;
    p->listening = true;
    if (!take_input(p))
        return -1;
    while ((n = PQnotifies(p->conn)) != NULL) {
        p->changes++;
        PQfreemem(n);
    }
    return p->changes;
}

static void read_int(void *ctx, const struct db_row *row)
{
    int64_t *n = ctx;
    *n = db_int(row, 0);
}

static int pg_now(struct db *db, int64_t *ret, struct error *err)
{
    return db_run(db, "SELECT CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS bigint)", read_int, ret, err,
                  "") < 0
               ? -1
               : 0;
}

/* --- statements --- */

/* The migrations are written for both: what differs is told here (store/migrations/README.md). Names are compared byte by
 * byte, whatever the database's locale is. */
static int pg_script(struct db *db, const char *sql, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    static const char identity[] = "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY";
    const char *text = str_replace(a, sql, "INTEGER PRIMARY KEY AUTOINCREMENT", identity);

    text = str_replace(a, text, "INTEGER PRIMARY KEY", identity);
    if (db_pg_send(pg(db), err) < 0)
        return -1;
    return execute(pg(db), str_replace(a, text, " TEXT ", " TEXT COLLATE \"C\" "), "script", err);
}

static const char *pg_text(const struct db_row *row, int column)
{
    return PQgetvalue(row->result, row->index, column); /* "" for NULL */
}

static int64_t pg_integer(const struct db_row *row, int column)
{
    return strtoll(PQgetvalue(row->result, row->index, column), NULL, 10);
}

const struct db_driver db_driver_pg = {
    .open = pg_open,
    .close = pg_close,
    .usable = pg_usable,
    .script = pg_script,
    .begin = pg_begin,
    .commit = pg_commit,
    .rollback = pg_rollback,
    .raced = pg_raced,
    .data_version = pg_data_version,
    .now = pg_now,
    .reader_max = 16,
    .has_table = "SELECT count(to_regclass(?))",
    .run = db_pg_run,
    .together = db_pg_together,
    .answers = db_pg_answers,
    .text = pg_text,
    .integer = pg_integer,
};
