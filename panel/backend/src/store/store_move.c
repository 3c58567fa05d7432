/* Moving an installation from SQLite to PostgreSQL: every row of every table, in one transaction, counted and verified before it
 * is committed. The tables and their columns are the source's own, which has the schema of this program, so there is no list of
 * them here; a row goes over as one JSON array. */
#include <errno.h>
#include <unistd.h>

#include "base/str.h"
#include "store/internal.h"

enum { TABLES_MAX = 64, SQL_TEXT_MAX = 4000 };

/* Of a table: what is run for it. The texts live as long as both connections, which know statements by their addresses. */
struct table {
    const char *name;
    struct strbuf columns, values; /* "id, seq"; "CAST(x.r ->> 0 AS text), ..." */
    int column_count;
    const char *serial; /* the column that the database numbers; NULL: none */
    const char *count, *read, *write, *set_serial;
    int64_t rows;
};

struct move {
    struct arena *arena;
    struct db *from, *to;
    struct table tables[TABLES_MAX], *table; /* table: that is being copied */
    size_t table_count;
    struct error *err;
    bool failed;
};

/* --- the tables --- */

/* name, column, type, its place in the key; in the order of their making, so that what is referred to comes first */
static void add_column(void *ctx, const struct db_row *row)
{
    struct move *m = ctx;
    const char *name = db_text(row, 0), *column = db_text(row, 1), *type = db_text(row, 2);
    struct table *t = m->table_count ? &m->tables[m->table_count - 1] : NULL;

    if (!t || !str_eq(t->name, name)) {
        if (m->table_count == TABLES_MAX) {
            m->failed = true;
            return;
        }
        t = &m->tables[m->table_count++];
        *t = (struct table){ .name = arena_strdup(m->arena, name) };
        strbuf_init(&t->columns, m->arena, SQL_TEXT_MAX);
        strbuf_init(&t->values, m->arena, SQL_TEXT_MAX);
    }
    const char *between = t->column_count ? ", " : "";
    strbuf_addf(&t->columns, "%s%s", between, column);
    strbuf_addf(&t->values, "%sCAST(x.r ->> %d AS %s)", between, t->column_count++,
                str_eq(type, "TEXT") ? "text" : "bigint");
    if (str_eq(type, "INTEGER") && db_int(row, 3) == 1)
        t->serial = arena_strdup(m->arena, column);
}

static int find_tables(struct move *m, struct error *err)
{
    if (db_run(
            m->from,
            "SELECT s.name, c.name, c.type, c.pk FROM sqlite_schema s JOIN pragma_table_info(s.name) c WHERE s.type = "
            "'table' AND substr(s.name, 1, 7) <> 'sqlite_' AND s.name <> 'schema_version' ORDER BY s.rowid, c.cid",
            add_column, m, err, "") < 0)
        return -1;
    if (m->failed)
        return error_set(err, ERROR_INTERNAL, "the database has more than %d tables", TABLES_MAX);
    for (size_t i = 0; i < m->table_count; i++) {
        struct table *t = &m->tables[i];
        t->count = arena_printf(m->arena, "SELECT count(*) FROM %s", t->name);
        t->read = arena_printf(m->arena, "SELECT json_array(%s) FROM %s", t->columns.text, t->name);
        t->write = arena_printf(m->arena, "INSERT INTO %s (%s) SELECT %s FROM (SELECT CAST(? AS json) AS r) x", t->name,
                                t->columns.text, t->values.text);
        /* What the number was last, also when that row is gone: readers go on behind it. */
        t->set_serial = arena_printf(
            m->arena,
            "SELECT setval(pg_get_serial_sequence(?, ?), greatest((SELECT max(%s) FROM %s), ?, 1),"
            " greatest((SELECT max(%s) FROM %s), ?) > 0)",
            t->serial ? t->serial : "", t->name, t->serial ? t->serial : "", t->name);
    }
    return 0;
}

static void read_int(void *ctx, const struct db_row *row)
{
    int64_t *n = ctx;
    *n = db_int(row, 0);
}

/* Each migration may leave rows of its own: they are the source's too, or were deleted there. */
static bool has_rows_at_first(const struct table *t)
{
    return str_eq(t->name, "plan") || str_eq(t->name, "audit_head");
}

static int check_empty(struct move *m, struct error *err)
{
    for (size_t i = 0; i < m->table_count; i++) {
        int64_t rows = 0;
        if (has_rows_at_first(&m->tables[i]))
            continue;
        if (db_run(m->to, m->tables[i].count, read_int, &rows, err, "") < 0)
            return -1;
        if (rows > 0)
            return error_set(
                err, ERROR_CONFLICT,
                "BERTH_DATABASE is not empty (table %s has %lld rows); nothing was changed: give it an empty "
                "database",
                m->tables[i].name, (long long)rows);
    }
    return db_run(m->to, "DELETE FROM plan", NULL, NULL, err, "") < 0 ||
                   db_run(m->to, "DELETE FROM audit_head", NULL, NULL, err, "") < 0
               ? -1
               : 0;
}

/* --- the rows --- */

static void copy_row(void *ctx, const struct db_row *row)
{
    struct move *m = ctx;

    if (m->failed)
        return;
    m->failed = db_run(m->to, m->table->write, NULL, NULL, m->err, "s", db_text(row, 0)) < 0;
    m->table->rows++;
}

static int set_serial(struct move *m, const struct table *t, struct error *err)
{
    int64_t last = 0;

    if (db_run(m->from, "SELECT seq FROM sqlite_sequence WHERE name = ?", read_int, &last, err, "s", t->name) < 0)
        return -1;
    return db_run(m->to, t->set_serial, NULL, NULL, err, "ssii", t->name, t->serial, last, last) < 0 ? -1 : 0;
}

static int copy_table(struct move *m, struct table *t, struct error *err)
{
    int64_t there = 0;

    m->table = t;
    if (db_run(m->from, t->read, copy_row, m, err, "") < 0 || m->failed ||
        db_run(m->to, t->count, read_int, &there, err, "") < 0 || (t->serial && set_serial(m, t, err) < 0))
        return error_context(err, "table %s, row %lld", t->name, (long long)t->rows);
    if (there != t->rows)
        return error_set(err, ERROR_INTERNAL, "table %s has %lld rows in place of %lld", t->name, (long long)there,
                         (long long)t->rows);
    return 0;
}

/* The chain is what it was: whole, or broken where it was. */
static int check_audit(struct move *m, struct audit_verdict *ret, struct error *err)
{
    struct audit_verdict before;

    if (store_audit_walk(m->from, m->arena, &before, err) < 0 || store_audit_walk(m->to, m->arena, ret, err) < 0)
        return -1;
    if (ret->rows != before.rows || ret->broken != before.broken || !str_eq(ret->head, before.head))
        return error_set(err, ERROR_INTERNAL,
                         "the audit log is another one: it breaks at row %lld, in the source at %lld",
                         (long long)ret->broken, (long long)before.broken);
    return 0;
}

static int copy_all(struct move *m, struct store_moved *ret, struct error *err)
{
    if (check_empty(m, err) < 0)
        return -1;
    ret->tables = arena_array(m->arena, m->table_count, sizeof *ret->tables);
    for (size_t i = 0; i < m->table_count; i++) {
        if (copy_table(m, &m->tables[i], err) < 0)
            return -1;
        ret->tables[ret->count++] = (struct store_moved_table){ m->tables[i].name, m->tables[i].rows };
    }
    return check_audit(m, &ret->audit, err);
}

/* --- both ends --- */

/* Alone with the file, and so until it is closed: no berthd writes into it what would stay behind. */
static int open_source(const char *path, struct db **ret, struct error *err)
{
    struct error why = ERROR_INIT;
    struct db *db;

    if (access(path, R_OK | W_OK) < 0)
        return error_set_errno(err, errno, "the source %s", path);
    if (db_open(path, DB_USE, &db, err) < 0)
        return -1;
    if (db_script(db, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;", &why) < 0) {
        db_close(db);
        return error_set(err, ERROR_CONFLICT, "the source %s is in use (%s); end every berthd of it first", path,
                         why.message);
    }
    if (store_schema_check(db, false, err) < 0) {
        db_close(db);
        return error_context(err, "the source %s", path);
    }
    *ret = db;
    return 0;
}

static int move_between(struct move *m, struct store_moved *ret, struct error *err)
{
    struct store_moved moved = { 0 };

    if (store_schema_check(m->to, true, err) < 0 || find_tables(m, err) < 0 || db_begin(m->to, DB_WRITE, err) < 0)
        return -1;
    if (copy_all(m, &moved, err) < 0) {
        db_rollback(m->to);
        return -1;
    }
    if (db_commit(m->to, "move", err) < 0)
        return -1;
    *ret = moved;
    return 0;
}

int store_move(const char *path, const char *url, struct arena *a, struct store_moved *ret, struct error *err)
{
    struct move *m = arena_alloc(a, sizeof *m);

    *m = (struct move){ .arena = a, .err = err };
    if (!str_starts(url, "postgres://") && !str_starts(url, "postgresql://"))
        return error_set(err, ERROR_INVALID, "BERTH_DATABASE must be the URL of the PostgreSQL database to move to");
    if (open_source(path, &m->from, err) < 0)
        return -1;
    int rc = db_open(url, DB_USE, &m->to, err) < 0 ? -1 : move_between(m, ret, err);
    db_close(m->to);
    db_close(m->from);
    return rc;
}
