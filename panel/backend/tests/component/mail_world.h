/* A customer with all that mail has, a client of the mail database, and somebody else's connection to it. test_maildb.py starts the
 * server and sets BERTH_TEST_MAILDB_*. */
#ifndef BERTH_TESTS_MAIL_WORLD_H
#define BERTH_TESTS_MAIL_WORLD_H

#include "store_fixture.h"

#include <mysql.h>

#include "base/log.h"
#include "reconcile/step.h"

enum { TIMEOUT_MS = 3000, LEASE_MS = 60000 };

struct world {
    struct fixture *f;
    MYSQL *hand; /* somebody else's connection */
    struct settings settings;
    struct planes planes;
    struct tenant tenant;
    struct lease lease;
    struct step_ctx *ctx;
};

static inline struct maildb_config config(void)
{
    return (struct maildb_config){ .url = getenv("BERTH_TEST_MAILDB_URL"),
                                   .password_file = getenv("BERTH_TEST_MAILDB_PASSWORD"),
                                   .ca_file = getenv("BERTH_TEST_MAILDB_CA"),
                                   .timeout_ms = TIMEOUT_MS };
}

static inline void do_sql(MYSQL *db, const char *text)
{
    if (mysql_query(db, text) != 0)
        fail_msg("%s: %s", text, mysql_error(db));
    mysql_free_result(mysql_store_result(db));
}

static inline void sql(struct world *w, const char *text)
{
    do_sql(w->hand, text);
}

static inline const char *value(struct world *w, const char *text)
{
    if (mysql_query(w->hand, text) != 0)
        fail_msg("%s: %s", text, mysql_error(w->hand));
    MYSQL_RES *r = mysql_store_result(w->hand);
    MYSQL_ROW row = mysql_fetch_row(r);
    char *found = arena_strdup(w->f->arena, row && row[0] ? row[0] : "");
    mysql_free_result(r);
    return found;
}

static inline MYSQL *connect_by_hand(void)
{
    const unsigned tcp = MYSQL_PROTOCOL_TCP;
    MYSQL *db = mysql_init(NULL);
    struct error err = ERROR_INIT;
    struct arena *a = arena_new();
    int64_t port;
    char *password, line[256] = "";

    FILE *in = fopen(getenv("BERTH_TEST_MAILDB_PASSWORD"), "r");
    assert_true(in && fgets(line, sizeof line, in));
    fclose(in);
    password = str_trim(a, line);
    expect_ok(str_to_i64(getenv("BERTH_TEST_MAILDB_PORT"), 1, 65535, &port, &err));
    mysql_options(db, MYSQL_OPT_PROTOCOL, &tcp);
    mysql_options(db, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    mysql_options(db, MYSQL_OPT_SSL_CA, getenv("BERTH_TEST_MAILDB_CA"));
    if (!mysql_real_connect(db, "localhost", "hand", password, "mail", (unsigned)port, NULL, 0))
        fail_msg("%s", mysql_error(db));
    arena_free(a);
    return db;
}

/* --- the customer "one", with all that mail has --- */

static inline struct mailbox *boxes(struct arena *a)
{
    static const char *out[] = { "c@d.example", "e@f.example" };
    struct mailbox *m = arena_array(a, 3, sizeof *m);

    m[0] = (struct mailbox){ .domain = "one.example",
                             .local = "ann",
                             .password = "{ARGON2ID}$argon2id$v=19$m=65536,t=2,p=1$c2FsdA$aGFzaA",
                             .quota = 1LL << 40,
                             .active = true,
                             .keep = true,
                             .forward_count = 2,
                             .forwards = out,
                             .created_ms = 1795766400000 };
    m[1] = (struct mailbox){
        .domain = "one.example", .local = "bob", .password = "", .quota = 1, .created_ms = 1795766400001
    };
    m[2] = (struct mailbox){ .domain = "one.example",
                             .local = "zo\xc3\xa9",
                             .password = "{SHA512-CRYPT}$6$s$x'\"\\;--",
                             .active = true,
                             .created_ms = 1795766400002 };
    m[2].reply = (struct auto_reply){ .on = true,
                                      .subject = "Abwesend \"bis\" 5. M\xc3\xa4rz \xf0\x9f\x8f\x96",
                                      .text = "Zur\xc3\xbc"
                                              "ck.\n.\n'; DROP TABLE virtual_users; --\n" };
    return m;
}

static inline struct tenant tenant_one(struct arena *a)
{
    static const char *targets[] = { "ann@one.example", "x@elsewhere.example" };
    struct domain *d = arena_array(a, 2, sizeof *d);
    struct mail_alias *alias = arena_array(a, 2, sizeof *alias);
    struct dkim_key *keys = arena_array(a, 2, sizeof *keys);

    alias[0] = (struct mail_alias){ .local = "info", .target_count = 2, .targets = targets };
    alias[1] = (struct mail_alias){ .local = "*", .target_count = 1, .targets = targets };
    keys[0] = (struct dkim_key){ .selector = "b20261127r", .algorithm = DKIM_RSA, .state = DKIM_SIGNING };
    keys[1] = (struct dkim_key){ .selector = "b20261127e", .algorithm = DKIM_ED25519, .state = DKIM_SIGNING };
    d[0] = (struct domain){ .name = "one.example", .ownership = OWNERSHIP_PROVEN, .mail = true, .mailbox_count = 3 };
    d[0].mailboxes = boxes(a);
    d[0].alias_count = d[0].dkim_key_count = 2;
    d[0].aliases = alias;
    d[0].dkim_keys = keys;
    d[1] = (struct domain){ .name = "second.example", .ownership = OWNERSHIP_PLATFORM, .mail = true };
    return (struct tenant){ .customer = { .id = "one", .state = CUSTOMER_ACTIVE, .spam = { SPAM_JUNK, SPAM_REJECT } },
                            .plan = { .mailboxes = 50 },
                            .domain_count = 2,
                            .domains = d };
}

/* A pass of its own. */
static inline struct step_ctx *new_pass(struct world *w)
{
    w->ctx = arena_alloc(w->f->arena, sizeof *w->ctx);
    w->ctx->arena = w->f->arena;
    w->ctx->tenant = &w->tenant;
    w->ctx->planes = &w->planes;
    w->ctx->lease = &w->lease;
    return w->ctx;
}

static inline void expect_done(struct world *w)
{
    struct error err = ERROR_INIT;
    enum step_result result = step_mail.ensure(new_pass(w), &err);

    if (result != STEP_DONE)
        fail_msg("%d: %s%s", (int)result, err.message, w->ctx->message);
}

static inline void expect_wait(struct world *w, const char *for_what)
{
    struct error err = ERROR_INIT;

    assert_int_equal(step_mail.ensure(new_pass(w), &err), STEP_WAIT);
    if (!strstr(w->ctx->message, for_what))
        fail_msg("'%s' is waited for, not '%s'", w->ctx->message, for_what);
}

static inline int world_up(void **state)
{
    struct world *w = unit_new(sizeof *w);
    struct error err = ERROR_INIT;
    const struct maildb_config c = config();
    void *fixture;

    log_set_level(LOG_LEVEL_ERROR);
    if (!c.url)
        fail_msg("run this by pytest: tests/component/test_maildb.py");
    assert_int_equal(fixture_up(&fixture), 0);
    w->f = fixture;
    w->hand = connect_by_hand();
    sql(w, "SET @berth_writes = 1");
    sql(w, "DELETE FROM mail_customers");
    sql(w, "DELETE FROM mail_removed");
    sql(w, "DELETE FROM mail_kicks");
    sql(w, "DELETE FROM mail_changes");
    sql(w, "SET @berth_writes = NULL");
    add_customer(w->f, "one");
    add_customer(w->f, "two");
    w->tenant = tenant_one(w->f->arena);
    w->lease = (struct lease){ .customer = "one", .fence = 7 };
    w->planes = (struct planes){ .settings = &w->settings, .store = w->f->store };
    expect_ok(maildb_new(&c, &w->planes.maildb, &err));
    *state = w;
    return 0;
}

static inline int world_down(void **state)
{
    struct world *w = *state;
    void *fixture = w->f;

    maildb_free(w->planes.maildb);
    mysql_close(w->hand);
    free(w);
    return fixture_down(&fixture);
}

#define WORLD_TEST(fn) cmocka_unit_test_setup_teardown(fn, world_up, world_down)

#endif
