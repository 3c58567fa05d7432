/* Connections to the mail database, by libmariadb: see maildb_conn.h. */
#include "provider/maildb_conn.h"

#include <errmsg.h>
#include <mysql.h>
#include <mysqld_error.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/str.h"

enum {
    STATEMENTS_MAX = 32,
    PARAMETERS_MAX = 12,
    COLUMNS_MAX = 12,
    IDLE_MAX = 32,
    PING_MS = 2000, /* a connection that was not used for so long is asked whether it lives */
    PASSWORD_MAX = 1024,
    NUMBER_BYTES = 32,
    PORT = 3306,
    PORT_MAX = 65535,
};

struct maildb_conn {
    struct maildb_conn *next; /* in the pool */
    struct maildb_pool *pool;
    MYSQL *db;
    int64_t deadline_ms, used_ms; /* monotonic */
    size_t count;
    const char *texts[STATEMENTS_MAX];
    MYSQL_STMT *statements[STATEMENTS_MAX];
};

struct maildb_pool {
    struct arena *arena; /* of the strings */
    const char *host, *user, *database, *password_file, *ca_file;
    unsigned port, timeout_s;
    pthread_mutex_t lock;
    struct maildb_conn *idle;
    size_t idle_count;
};

/* --- the pool --- */

static int parse_url(struct maildb_pool *p, const char *url, struct error *err)
{
    static const char scheme[] = "mysql://";
    int64_t port = PORT;

    if (!str_starts(url, scheme))
        return error_set(err, ERROR_INVALID, "'%s' must be mysql://USER@HOST:PORT/DATABASE", url);
    char *user = arena_strdup(p->arena, url + strlen(scheme)), *at = strchr(user, '@'),
         *slash = at ? strchr(at, '/') : NULL;
    if (!slash || at == user || slash[1] == '\0' || strpbrk(slash + 1, "/?#") || memchr(user, ':', (size_t)(at - user)))
        return error_set(err, ERROR_INVALID, "'%s' must be mysql://USER@HOST:PORT/DATABASE", url);
    *at = *slash = '\0';
    char *colon = strrchr(at + 1, ':');
    if (colon) {
        *colon = '\0';
        if (str_to_i64(colon + 1, 1, PORT_MAX, &port, err) < 0)
            return error_context(err, "the port");
    }
    if (at[1] == '\0')
        return error_set(err, ERROR_INVALID, "'%s' names no host: mysql://USER@HOST:PORT/DATABASE", url);
    p->user = user;
    p->host = at + 1;
    p->database = slash + 1;
    p->port = (unsigned)port;
    return 0;
}

int maildb_pool_new(const struct maildb_config *config, struct maildb_pool **ret, struct error *err)
{
    struct maildb_pool *p = calloc(1, sizeof *p);

    if (!p || mysql_library_init(0, NULL, NULL) != 0)
        abort();
    p->arena = arena_new();
    p->password_file = arena_strdup(p->arena, config->password_file);
    p->ca_file = arena_strdup(p->arena, config->ca_file);
    p->timeout_s = config->timeout_ms < 1000 ? 1 : (unsigned)(config->timeout_ms / 1000);
    pthread_mutex_init(&p->lock, NULL);
    if (parse_url(p, config->url, err) < 0) {
        maildb_pool_free(p);
        return -1;
    }
    *ret = p;
    return 0;
}

static void conn_close(struct maildb_conn *c)
{
    for (size_t i = 0; i < c->count; i++)
        (void)mysql_stmt_close(c->statements[i]);
    mysql_close(c->db);
    free(c);
}

void maildb_pool_free(struct maildb_pool *p)
{
    if (!p)
        return;
    while (p->idle) {
        struct maildb_conn *c = p->idle;
        p->idle = c->next;
        conn_close(c);
    }
    pthread_mutex_destroy(&p->lock);
    arena_free(p->arena);
    free(p);
}

/* --- errors --- */

static enum error_code code_of(unsigned number)
{
    static const struct {
        unsigned number; /* of the server: mysqld_error.h */
        enum error_code code;
    } table[] = {
        { ER_ACCESS_DENIED_ERROR, ERROR_FORBIDDEN },
        { ER_DBACCESS_DENIED_ERROR, ERROR_FORBIDDEN },
        { ER_TABLEACCESS_DENIED_ERROR, ERROR_FORBIDDEN },
        { ER_COLUMNACCESS_DENIED_ERROR, ERROR_FORBIDDEN },
        { ER_DUP_ENTRY, ERROR_CONFLICT },
        { ER_NO_REFERENCED_ROW_2, ERROR_CONFLICT }, /* the domain went meanwhile */
        { ER_DISK_FULL, ERROR_FULL },
        { ER_RECORD_FILE_FULL, ERROR_FULL },
        { ER_CON_COUNT_ERROR, ERROR_UNAVAILABLE },
        { ER_TOO_MANY_USER_CONNECTIONS, ERROR_UNAVAILABLE },
        { ER_OUT_OF_RESOURCES, ERROR_UNAVAILABLE },
        { ER_SERVER_SHUTDOWN, ERROR_UNAVAILABLE },
        { ER_LOCK_WAIT_TIMEOUT, ERROR_UNAVAILABLE },
        { ER_LOCK_DEADLOCK, ERROR_UNAVAILABLE },
        { ER_OPTION_PREVENTS_STATEMENT, ERROR_UNAVAILABLE }, /* read-only for the time being */
        { ER_QUERY_INTERRUPTED, ERROR_UNAVAILABLE },
        { ER_BAD_DB_ERROR, ERROR_UNAVAILABLE }, /* the schema is yet to be made */
        { ER_NO_SUCH_TABLE, ERROR_UNAVAILABLE },
        { ER_HOST_NOT_PRIVILEGED, ERROR_FORBIDDEN },
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].number == number)
            return table[i].code;
    return number >= CR_MIN_ERROR && number <= CR_MAX_ERROR ? ERROR_UNAVAILABLE : ERROR_BAD_GATEWAY;
}

static int set_error(struct error *err, unsigned number, const char *text)
{
    return error_set(err, code_of(number), "the mail database: %s (%u)", str_empty(text) ? "no reason given" : text,
                     number);
}

static int db_error(struct error *err, MYSQL *db)
{
    return set_error(err, mysql_errno(db), mysql_error(db));
}

static int stmt_error(struct error *err, MYSQL_STMT *st)
{
    return set_error(err, mysql_stmt_errno(st), mysql_stmt_error(st));
}

/* --- connections --- */

static int may_send(const struct maildb_pool *p, int64_t deadline_ms, struct error *err)
{
    if (deadline_ms == 0 || clock_mono_ms() + p->timeout_s * 1000LL <= deadline_ms)
        return 0;
    return error_set(err, ERROR_TIMEOUT, "the mail database: not asked, since the lease would end before its answer");
}

/* TLS with a certificate that the CA file leads to and that names the host, before the password is sent. */
static void set_options(const struct maildb_pool *p, MYSQL *db)
{
    static const char init[] = "SET @berth_writes = 1, SESSION sql_mode = 'STRICT_ALL_TABLES', SESSION "
                               "innodb_lock_wait_timeout = 3";
    const my_bool on = 1;
    const unsigned off = 0, tcp = MYSQL_PROTOCOL_TCP;

    mysql_options(db, MYSQL_OPT_PROTOCOL, &tcp);
    mysql_options(db, MYSQL_OPT_CONNECT_TIMEOUT, &p->timeout_s);
    mysql_options(db, MYSQL_OPT_READ_TIMEOUT, &p->timeout_s);
    mysql_options(db, MYSQL_OPT_WRITE_TIMEOUT, &p->timeout_s);
    mysql_options(db, MYSQL_OPT_LOCAL_INFILE, &off);
    mysql_options(db, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    mysql_options(db, MYSQL_INIT_COMMAND, init);
    mysql_options(db, MYSQL_OPT_SSL_ENFORCE, &on);
    mysql_options(db, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &on);
    mysql_options(db, MYSQL_OPT_SSL_CA, p->ca_file);
}

static int conn_open(struct maildb_pool *p, struct maildb_conn **ret, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char *password;

    if (file_read(a, p->password_file, PASSWORD_MAX, &password, NULL, err) < 0)
        return error_context(err, "the mail database's password");
    MYSQL *db = mysql_init(NULL);
    if (!db)
        abort();
    set_options(p, db);
    if (!mysql_real_connect(db, p->host, p->user, str_trim(a, password), p->database, p->port, NULL,
                            CLIENT_FOUND_ROWS)) {
        (void)db_error(err, db);
        mysql_close(db);
        return error_context(err, "%s:%u", p->host, p->port);
    }
    if (!mysql_get_ssl_cipher(db)) {
        mysql_close(db);
        return error_set(err, ERROR_UNAVAILABLE, "the mail database: %s:%u speaks no TLS", p->host, p->port);
    }
    *ret = calloc(1, sizeof **ret);
    if (!*ret)
        abort();
    **ret = (struct maildb_conn){ .pool = p, .db = db };
    return 0;
}

static struct maildb_conn *pop(struct maildb_pool *p)
{
    pthread_mutex_lock(&p->lock);
    struct maildb_conn *c = p->idle;
    if (c) {
        p->idle = c->next;
        p->idle_count--;
    }
    pthread_mutex_unlock(&p->lock);
    return c;
}

int maildb_conn_take(struct maildb_pool *p, int64_t deadline_ms, struct maildb_conn **ret, struct error *err)
{
    struct maildb_conn *c;

    if (may_send(p, deadline_ms, err) < 0)
        return -1;
    while ((c = pop(p)) && clock_mono_ms() - c->used_ms > PING_MS && mysql_ping(c->db) != 0)
        conn_close(c);
    if (!c && conn_open(p, &c, err) < 0)
        return -1;
    c->deadline_ms = deadline_ms;
    *ret = c;
    return 0;
}

void maildb_conn_give(struct maildb_conn *c, bool well)
{
    struct maildb_pool *p = c->pool;

    c->used_ms = clock_mono_ms();
    pthread_mutex_lock(&p->lock);
    bool keep = well && p->idle_count < IDLE_MAX;
    if (keep) {
        c->next = p->idle;
        p->idle = c;
        p->idle_count++;
    }
    pthread_mutex_unlock(&p->lock);
    if (!keep)
        conn_close(c);
}

/* --- statements --- */

int maildb_conn_run(struct maildb_conn *c, const char *sql, struct error *err)
{
    if (may_send(c->pool, c->deadline_ms, err) < 0)
        return -1;
    return mysql_query(c->db, sql) == 0 ? 0 : db_error(err, c->db);
}

static MYSQL_STMT *prepared(struct maildb_conn *c, const char *sql, struct error *err)
{
    const my_bool on = 1;

    for (size_t i = 0; i < c->count; i++)
        if (c->texts[i] == sql)
            return c->statements[i];
    if (c->count == STATEMENTS_MAX)
        abort(); /* a bug: the statements are literals, fewer than that */
    MYSQL_STMT *st = mysql_stmt_init(c->db);
    if (!st)
        abort();
    (void)mysql_stmt_attr_set(st, STMT_ATTR_UPDATE_MAX_LENGTH, &on);
    if (mysql_stmt_prepare(st, sql, strlen(sql)) != 0) {
        (void)stmt_error(err, st);
        (void)mysql_stmt_close(st);
        return NULL;
    }
    c->texts[c->count] = sql;
    c->statements[c->count++] = st;
    return st;
}

static MYSQL_STMT *execute(struct maildb_conn *c, struct error *err, const char *sql, const char *types, va_list args)
{
    MYSQL_BIND binds[PARAMETERS_MAX];
    int64_t numbers[PARAMETERS_MAX];
    unsigned long lengths[PARAMETERS_MAX];
    size_t n = strlen(types);

    if (n > PARAMETERS_MAX)
        abort();
    if (may_send(c->pool, c->deadline_ms, err) < 0)
        return NULL;
    MYSQL_STMT *st = prepared(c, sql, err);
    if (!st)
        return NULL;
    if (mysql_stmt_param_count(st) != n)
        abort();
    memset(binds, 0, sizeof binds);
    for (size_t i = 0; i < n; i++) {
        if (types[i] == 'i') {
            numbers[i] = va_arg(args, int64_t);
            binds[i].buffer_type = MYSQL_TYPE_LONGLONG;
            binds[i].buffer = &numbers[i];
            continue;
        }
        const char *text = va_arg(args, const char *);
        lengths[i] = strlen(text);
        binds[i].buffer_type = MYSQL_TYPE_STRING;
        binds[i].buffer = (void *)(uintptr_t)text;
        binds[i].buffer_length = lengths[i];
        binds[i].length = &lengths[i];
    }
    if ((n > 0 && mysql_stmt_bind_param(st, binds) != 0) || mysql_stmt_execute(st) != 0) {
        (void)stmt_error(err, st);
        return NULL;
    }
    return st;
}

int64_t maildb_conn_do(struct maildb_conn *c, struct error *err, const char *sql, const char *types, ...)
{
    va_list args;

    va_start(args, types);
    MYSQL_STMT *st = execute(c, err, sql, types, args);
    va_end(args);
    return st ? (int64_t)mysql_stmt_affected_rows(st) : -1;
}

/* A buffer a column, as wide as the widest value; all as text. */
static int bind_columns(struct arena *a, MYSQL_STMT *st, MYSQL_BIND *binds, unsigned long *lengths, const char **values,
                        struct error *err)
{
    MYSQL_RES *meta = mysql_stmt_result_metadata(st);
    unsigned columns = mysql_stmt_field_count(st);

    if (!meta || columns > COLUMNS_MAX)
        abort();
    for (unsigned i = 0; i < columns; i++) {
        unsigned long room = mysql_fetch_field_direct(meta, i)->max_length;
        room = (room < NUMBER_BYTES ? NUMBER_BYTES : room) + 1;
        char *buffer = arena_alloc(a, room);
        values[i] = buffer;
        binds[i].buffer_type = MYSQL_TYPE_STRING;
        binds[i].buffer = buffer;
        binds[i].buffer_length = room;
        binds[i].length = &lengths[i];
    }
    mysql_free_result(meta);
    return mysql_stmt_bind_result(st, binds) == 0 ? 0 : stmt_error(err, st);
}

static int fetch_rows(struct arena *a, MYSQL_STMT *st, maildb_row *row, void *ctx, struct error *err)
{
    MYSQL_BIND binds[COLUMNS_MAX];
    unsigned long lengths[COLUMNS_MAX] = { 0 };
    const char *values[COLUMNS_MAX];
    int rc;

    memset(binds, 0, sizeof binds);
    if (bind_columns(a, st, binds, lengths, values, err) < 0)
        return -1;
    while ((rc = mysql_stmt_fetch(st)) == 0) {
        for (unsigned i = 0; i < mysql_stmt_field_count(st); i++)
            ((char *)binds[i].buffer)[lengths[i]] = '\0';
        row(ctx, values);
    }
    if (rc == MYSQL_DATA_TRUNCATED)
        return error_set(err, ERROR_BAD_GATEWAY, "the mail database: a value is longer than it said");
    return rc == MYSQL_NO_DATA ? 0 : stmt_error(err, st);
}

int maildb_conn_each(struct maildb_conn *c, struct arena *a, maildb_row *row, void *ctx, struct error *err,
                     const char *sql, const char *types, ...)
{
    va_list args;

    va_start(args, types);
    MYSQL_STMT *st = execute(c, err, sql, types, args);
    va_end(args);
    if (!st)
        return -1;
    int rc = mysql_stmt_store_result(st) == 0 ? fetch_rows(a, st, row, ctx, err) : stmt_error(err, st);
    (void)mysql_stmt_free_result(st);
    return rc;
}
