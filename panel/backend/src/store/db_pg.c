/* The PostgreSQL driver, by libpq: see db.h. What it promises, and why so, is docs/decisions/0009-postgresql.md.
 *
 * A writing transaction begins with one advisory lock of the database, so writers of all processes take turns as they do in
 * SQLite: each sees all that the ones before it committed (READ COMMITTED takes a snapshot a statement), and rows become
 * visible in the order of their numbers. The lock goes with the transaction, whatever ends it.
 *
 * A connection that failed is never used again: usable() says so, and store.c opens another one. It leads to whichever of the
 * address's hosts takes writes. */
#include <assert.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "store/db_driver.h"

enum { CACHE_MAX = 256, PARAMETERS_MAX = 32, SQL_MAX = 4096, REASON_MAX = 200 };
enum { OID_INT8 = 20, OID_TEXT = 25 };

/* A statement with its parameters, ready to be sent. */
struct asked {
    struct asked *next;
    char name[16]; /* of the prepared statement */
    int count;
    const char *values[PARAMETERS_MAX];
    db_on_row on_row;
    void *ctx;
};

struct pg {
    struct db db;
    PGconn *conn;
    bool broken, raced, listening;
    int64_t changes; /* commits heard of */
    const char *cache[CACHE_MAX]; /* by address, as every statement is a literal; number N is prepared as "sN" */
    int cache_count;
    struct arena *noted; /* of the statements that are sent together; NULL: each is run at once */
    struct asked *first, **last;
};

static struct pg *pg(struct db *db)
{
    return (struct pg *)db; /* its first member */
}

/* --- errors --- */

static enum error_code code_of(const char *state)
{
    static const struct {
        const char *prefix; /* of SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
        enum error_code code;
    } table[] = {
        { "23", ERROR_CONFLICT }, /* integrity constraint */
        { "53100", ERROR_FULL }, /* disk full */
        { "53", ERROR_UNAVAILABLE }, /* too many connections, out of memory */
        { "40", ERROR_UNAVAILABLE }, /* serialization failure, deadlock */
        { "55P03", ERROR_UNAVAILABLE }, /* lock_timeout */
        { "57", ERROR_UNAVAILABLE }, /* shutdown, crash of another backend, starting up, cancelled */
        { "08", ERROR_UNAVAILABLE }, /* connection */
        { "25006", ERROR_UNAVAILABLE }, /* this server takes no writes (any more) */
        { "25P03", ERROR_UNAVAILABLE }, /* idle in the transaction for too long */
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (str_starts(state, table[i].prefix))
            return table[i].code;
    return ERROR_IO;
}

/* The first line of a text of libpq's. */
static void first_line(const char *text, char out[REASON_MAX])
{
    size_t len = strcspn(text, "\n");

    len = len < REASON_MAX ? len : REASON_MAX - 1;
    memcpy(out, text, len);
    out[len] = '\0';
}

/* The primary message only: PostgreSQL's details repeat values. */
static int fail(struct pg *p, const PGresult *r, const char *what, struct error *err)
{
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE),
               *primary = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
    char reason[REASON_MAX];

    first_line(primary ? primary : PQerrorMessage(p->conn), reason);
    p->raced = state && (str_eq(state, "40001") || str_eq(state, "40P01"));
    if (PQstatus(p->conn) != CONNECTION_OK || !state) {
        p->broken = true;
        return error_set(err, ERROR_UNAVAILABLE, "the connection to the database was lost: %s", reason);
    }
    if (str_eq(state, "25006"))
        p->broken = true; /* the next connection finds the server that does */
    enum error_code code = code_of(state);
    return error_set(err, code, code == ERROR_IO ? "database: %s: %s" : "%s: %s", what, reason);
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
    int rc = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? 0 : fail(p, r, what, err);

    PQclear(r);
    return rc;
}

static void pg_close(struct db *db)
{
    PQfinish(pg(db)->conn);
    arena_free(pg(db)->noted);
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
    char reason[REASON_MAX];

    first_line(PQerrorMessage(p->conn), reason);
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

static int pg_begin(struct db *db, enum db_intent intent, struct error *err)
{
    pg(db)->raced = false;
    if (intent == DB_READ)
        return execute(pg(db), "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "begin", err);
    if (execute(pg(db), "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(" WRITE_LOCK ")", "begin",
                err) == 0)
        return 0;
    db_rollback(db);
    return -1;
}

/* The answer "COMMIT" alone means that it was: a transaction that had failed is answered "ROLLBACK". Without an answer
 * nobody knows. */
static int pg_commit(struct db *db, struct error *err)
{
    struct pg *p = pg(db);
    PGresult *r = PQexec(p->conn, "NOTIFY " CHANNEL "; COMMIT");
    int rc = 0;

    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        rc = fail(p, r, "commit", err);
    else if (!str_eq(PQcmdStatus(r), "COMMIT"))
        rc = error_set(err, ERROR_IO, "database: commit: the transaction had failed before");
    PQclear(r);
    if (p->broken)
        return error_context(err,
                             "whether the change was made is not known (with the same Idempotency-Key it is safe to "
                             "repeat)");
    return rc;
}

static void pg_rollback(struct db *db)
{
    struct error ignored = ERROR_INIT;
    struct pg *p = pg(db);
    bool raced = p->raced;

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
    return execute(pg(db), str_replace(a, text, " TEXT ", " TEXT COLLATE \"C\" "), "script", err);
}

/* Each ? outside quotes becomes $1, $2, ... */
static void number_parameters(const char *sql, struct strbuf *out)
{
    bool quoted = false;
    int n = 0;

    for (const char *c = sql; *c; c++) {
        quoted ^= *c == '\'';
        if (*c == '?' && !quoted)
            strbuf_addf(out, "$%d", ++n);
        else
            strbuf_add_n(out, c, 1);
    }
    assert(!strbuf_overflowed(out));
}

static int prepare(struct pg *p, const char *sql, const char *types, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct strbuf text;
    Oid oids[PARAMETERS_MAX];

    assert(p->cache_count < CACHE_MAX); /* more than there are statements */
    strbuf_init(&text, a, SQL_MAX);
    number_parameters(sql, &text);
    for (int i = 0; types[i]; i++)
        oids[i] = types[i] == 's' ? OID_TEXT : OID_INT8;
    PGresult *r = PQprepare(p->conn, arena_printf(a, "s%d", p->cache_count), text.text, (int)strlen(types), oids);
    int rc = PQresultStatus(r) == PGRES_COMMAND_OK ? 0 : fail(p, r, "prepare", err);
    PQclear(r);
    if (rc == 0)
        p->cache[p->cache_count++] = sql;
    return rc;
}

/* The number of the statement, -1 when it could not be prepared. */
static int prepared(struct pg *p, const char *sql, const char *types, struct error *err)
{
    for (int i = 0; i < p->cache_count; i++)
        if (p->cache[i] == sql)
            return i;
    return prepare(p, sql, types, err) < 0 ? -1 : p->cache_count - 1;
}

/* A copy; NULL is "". PostgreSQL holds no text that is not UTF-8, and nobody's name is such; a message from outside may be. */
static const char *utf8_of(struct arena *a, const char *s)
{
    char *copy = arena_strdup(a, s ? s : "");

    if (!str_has_utf8(copy, strlen(copy)))
        for (char *c = copy; *c; c++)
            *c = (char)((unsigned char)*c >= 0x80 ? '?' : *c);
    return copy;
}

static struct asked *ask_for(struct arena *a, int statement, const char *types, va_list args)
{
    struct asked *q = arena_alloc(a, sizeof *q);

    q->count = (int)strlen(types);
    assert(q->count <= PARAMETERS_MAX);
    (void)snprintf(q->name, sizeof q->name, "s%d", statement);
    for (int i = 0; i < q->count; i++) {
        assert(types[i] == 's' || types[i] == 'i');
        if (types[i] == 's')
            q->values[i] = utf8_of(a, va_arg(args, const char *));
        else
            q->values[i] = arena_printf(a, "%lld", (long long)va_arg(args, int64_t));
    }
    return q;
}

/* The number of rows that were changed or read, -1. Takes r over. */
static int64_t take_rows(struct pg *p, const struct asked *q, PGresult *r, struct error *err)
{
    const ExecStatusType status = PQresultStatus(r);
    int64_t rows = status == PGRES_TUPLES_OK    ? PQntuples(r)
                   : status == PGRES_COMMAND_OK ? strtoll(PQcmdTuples(r), NULL, 10)
                                                : fail(p, r, "statement", err);

    for (struct db_row row = { &db_driver_pg, r, 0 }; q->on_row && row.index < PQntuples(r); row.index++)
        q->on_row(q->ctx, &row);
    PQclear(r);
    return rows;
}

static int64_t pg_run(struct db *db, const char *sql, db_on_row on_row, void *ctx, struct error *err, const char *types,
                      va_list args)
{
    CLEANUP(arena_freep) struct arena *own = NULL;
    struct pg *p = pg(db);
    int statement = prepared(p, sql, types, err);

    if (statement < 0)
        return -1;
    if (!p->noted)
        own = arena_new();
    struct asked *q = ask_for(own ? own : p->noted, statement, types, args);
    q->on_row = on_row;
    q->ctx = ctx;
    if (own)
        return take_rows(p, q, PQexecPrepared(p->conn, q->name, q->count, q->values, NULL, NULL, 0), err);
    *p->last = q;
    p->last = &q->next;
    return 0;
}

/* --- several at once (https://www.postgresql.org/docs/current/libpq-pipeline-mode.html) --- */

static void pg_together(struct db *db)
{
    struct pg *p = pg(db);

    assert(!p->noted);
    p->noted = arena_new();
    p->first = NULL;
    p->last = &p->first;
}

/* After one that failed the server skips the rest, up to the mark. */
static int64_t send_and_take(struct pg *p, struct error *err)
{
    bool sent = PQenterPipelineMode(p->conn) == 1;
    int64_t sum = 0;

    for (const struct asked *q = p->first; sent && q; q = q->next)
        sent = PQsendQueryPrepared(p->conn, q->name, q->count, q->values, NULL, NULL, 0) == 1;
    if (!sent || PQpipelineSync(p->conn) != 1)
        return fail(p, NULL, "pipeline", err);
    for (const struct asked *q = p->first; q; q = q->next) {
        PGresult *r = PQgetResult(p->conn);
        int64_t rows = -1;
        if (sum < 0)
            PQclear(r);
        else
            rows = take_rows(p, q, r, err);
        sum = rows < 0 ? -1 : sum + rows;
        PQclear(PQgetResult(p->conn)); /* NULL, which ends the statement's results */
        if (p->broken)
            return -1;
    }
    PGresult *mark = PQgetResult(p->conn);
    bool marked = PQresultStatus(mark) == PGRES_PIPELINE_SYNC;
    PQclear(mark);
    return marked && PQexitPipelineMode(p->conn) == 1 ? sum : fail(p, NULL, "pipeline", err);
}

static int64_t pg_answers(struct db *db, bool ask, struct error *err)
{
    struct pg *p = pg(db);
    int64_t rc = !ask ? -1 : p->first ? send_and_take(p, err) : 0;

    arena_free(p->noted);
    p->noted = NULL;
    return rc;
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
    .run = pg_run,
    .together = pg_together,
    .answers = pg_answers,
    .text = pg_text,
    .integer = pg_integer,
};
