/* What is asked of a PostgreSQL server, and its answers: see db_pg.h. */
#include "store/db_pg.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { PARAMETERS_MAX = 32, SQL_MAX = 4096 };
enum { OID_INT8 = 20, OID_TEXT = 25 };

struct asked {
    struct asked *next;
    const char *what, *sql, *tag; /* sql: of one that is not prepared. tag: as db_pg_note() has it */
    char name[16]; /* of the prepared statement */
    int count;
    const char *values[PARAMETERS_MAX];
    db_on_row on_row;
    void *ctx;
    bool later; /* nobody waits for its own answer */
};

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

void db_pg_first_line(const char *text, char out[DB_PG_REASON_MAX])
{
    size_t len = strcspn(text, "\n");

    len = len < DB_PG_REASON_MAX ? len : DB_PG_REASON_MAX - 1;
    memcpy(out, text, len);
    out[len] = '\0';
}

int db_pg_fail(struct pg *p, const PGresult *r, const char *what, struct error *err)
{
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE),
               *primary = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
    char reason[DB_PG_REASON_MAX];

    db_pg_first_line(primary ? primary : PQerrorMessage(p->conn), reason);
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

/* --- preparing --- */

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

    assert(p->cache_count < DB_PG_CACHE_MAX); /* more than there are statements */
    strbuf_init(&text, a, SQL_MAX);
    number_parameters(sql, &text);
    for (int i = 0; types[i]; i++)
        oids[i] = types[i] == 's' ? OID_TEXT : OID_INT8;
    PGresult *r = PQprepare(p->conn, arena_printf(a, "s%d", p->cache_count), text.text, (int)strlen(types), oids);
    int rc = PQresultStatus(r) == PGRES_COMMAND_OK ? 0 : db_pg_fail(p, r, "prepare", err);
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

/* --- the queue --- */

static struct asked *add(struct pg *p, const char *what)
{
    if (!p->arena)
        p->arena = arena_new();
    struct asked *q = arena_alloc(p->arena, sizeof *q);

    q->what = what;
    *(p->first ? p->last : &p->first) = q;
    p->last = &q->next;
    return q;
}

void db_pg_note(struct pg *p, const char *what, const char *sql, const char *tag)
{
    struct asked *q = add(p, what);

    q->sql = sql;
    q->tag = tag;
    q->later = true;
}

static void set_values(struct arena *a, struct asked *q, const char *types, va_list args)
{
    q->count = (int)strlen(types);
    assert(q->count <= PARAMETERS_MAX);
    for (int i = 0; i < q->count; i++) {
        assert(types[i] == 's' || types[i] == 'i');
        if (types[i] == 's')
            q->values[i] = utf8_of(a, va_arg(args, const char *));
        else
            q->values[i] = arena_printf(a, "%lld", (long long)va_arg(args, int64_t));
    }
}

int64_t db_pg_run(struct db *db, bool later, const char *sql, db_on_row on_row, void *ctx, struct error *err,
                  const char *types, va_list args)
{
    struct pg *p = (struct pg *)db;
    int statement = prepared(p, sql, types, err);

    if (statement < 0)
        return -1;
    struct asked *q = add(p, "statement");
    (void)snprintf(q->name, sizeof q->name, "s%d", statement);
    set_values(p->arena, q, types, args);
    q->on_row = on_row;
    q->ctx = ctx;
    q->later = later;
    return later || p->together ? 0 : db_pg_send(p, err);
}

void db_pg_forget(struct pg *p)
{
    p->first = NULL;
    if (p->arena)
        arena_reset(p->arena);
}

/* --- the answers --- */

/* The number of rows that were changed or read, -1. Takes r over. Whoever is waiting takes a conflict for his own statement's, so that
 * of another one is none. */
static int64_t take_rows(struct pg *p, const struct asked *q, PGresult *r, struct error *err)
{
    const ExecStatusType status = PQresultStatus(r);
    int64_t rows = status == PGRES_TUPLES_OK    ? PQntuples(r)
                   : status == PGRES_COMMAND_OK ? strtoll(PQcmdTuples(r), NULL, 10)
                                                : db_pg_fail(p, r, q->what, err);

    if (rows < 0 && q->later && err->code == ERROR_CONFLICT)
        err->code = ERROR_IO;
    if (rows >= 0 && q->tag && !str_eq(PQcmdStatus(r), q->tag))
        rows = error_set(err, ERROR_IO, "database: %s: the transaction had failed before", q->what);
    for (struct db_row row = { p->db.driver, r, 0 }; q->on_row && row.index < PQntuples(r); row.index++)
        q->on_row(q->ctx, &row);
    PQclear(r);
    return rows;
}

static bool send_one(struct pg *p, const struct asked *q)
{
    return (q->sql ? PQsendQueryParams(p->conn, q->sql, 0, NULL, NULL, NULL, NULL, 0)
                   : PQsendQueryPrepared(p->conn, q->name, q->count, q->values, NULL, NULL, 0)) == 1;
}

/* After one that failed the server skips the rest, up to the mark. */
static int64_t send_and_take(struct pg *p, struct error *err)
{
    bool sent = PQenterPipelineMode(p->conn) == 1;
    int64_t sum = 0;

    for (const struct asked *q = p->first; sent && q; q = q->next)
        sent = send_one(p, q);
    if (!sent || PQpipelineSync(p->conn) != 1)
        return db_pg_fail(p, NULL, "pipeline", err);
    for (const struct asked *q = p->first; q; q = q->next) {
        PGresult *r = PQgetResult(p->conn);
        int64_t rows = -1;
        if (sum < 0)
            PQclear(r);
        else
            rows = take_rows(p, q, r, err);
        sum = rows < 0 ? -1 : q->later ? sum : sum + rows;
        PQclear(PQgetResult(p->conn)); /* NULL, which ends the statement's results */
        if (p->broken)
            return -1;
    }
    PGresult *mark = PQgetResult(p->conn);
    bool marked = PQresultStatus(mark) == PGRES_PIPELINE_SYNC;
    PQclear(mark);
    return marked && PQexitPipelineMode(p->conn) == 1 ? sum : db_pg_fail(p, NULL, "pipeline", err);
}

int64_t db_pg_send(struct pg *p, struct error *err)
{
    int64_t sum = p->first ? send_and_take(p, err) : 0;

    db_pg_forget(p);
    return sum;
}

/* --- several at once --- */

void db_pg_together(struct db *db)
{
    struct pg *p = (struct pg *)db;

    assert(!p->together);
    p->together = p->first ? p->last : &p->first;
}

/* What was in the queue before stays there when the rest is forgotten. */
int64_t db_pg_answers(struct db *db, bool ask, struct error *err)
{
    struct pg *p = (struct pg *)db;

    if (!ask) {
        *p->together = NULL;
        p->last = p->together;
    }
    p->together = NULL;
    return ask ? db_pg_send(p, err) : -1;
}
