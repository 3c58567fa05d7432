/* provider/maildb.h, the step mail and the watch of its database against a real server. Started by test_maildb.py, which sets
 * BERTH_TEST_MAILDB_*. Without words: the tests. "step": one pass of the step for the customer "one", whose result is printed, as a
 * process that can be killed. "remove": the step's removal. */
#include "store_fixture.h"

#include <mysql.h>

#include "base/crash.h"
#include "base/log.h"
#include "reconcile/mailwatch.h"

enum { NOTICE_MS = 3000, TIMEOUT_MS = 3000, LEASE_MS = 60000 };

struct world {
    struct fixture *f;
    MYSQL *hand; /* somebody else's connection */
    struct settings settings;
    struct planes planes;
    struct tenant tenant;
    struct lease lease;
    struct step_ctx *ctx;
};

static struct maildb_config config(void)
{
    return (struct maildb_config){ .url = getenv("BERTH_TEST_MAILDB_URL"),
                                   .password_file = getenv("BERTH_TEST_MAILDB_PASSWORD"),
                                   .ca_file = getenv("BERTH_TEST_MAILDB_CA"),
                                   .timeout_ms = TIMEOUT_MS };
}

static void do_sql(MYSQL *db, const char *text)
{
    if (mysql_query(db, text) != 0)
        fail_msg("%s: %s", text, mysql_error(db));
    mysql_free_result(mysql_store_result(db));
}

static void sql(struct world *w, const char *text)
{
    do_sql(w->hand, text);
}

static const char *value(struct world *w, const char *text)
{
    if (mysql_query(w->hand, text) != 0)
        fail_msg("%s: %s", text, mysql_error(w->hand));
    MYSQL_RES *r = mysql_store_result(w->hand);
    MYSQL_ROW row = mysql_fetch_row(r);
    char *found = arena_strdup(w->f->arena, row && row[0] ? row[0] : "");
    mysql_free_result(r);
    return found;
}

static MYSQL *connect_by_hand(void)
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

static struct mailbox *boxes(struct arena *a)
{
    static const char *out[] = { "c@d.example", "e@f.example" };
    struct mailbox *m = arena_array(a, 3, sizeof *m);

    m[0] = (struct mailbox){ .local = "ann",
                             .password = "{ARGON2ID}$argon2id$v=19$m=65536,t=2,p=1$c2FsdA$aGFzaA",
                             .quota = 1LL << 40,
                             .active = true,
                             .keep = true,
                             .forward_count = 2,
                             .forwards = out,
                             .created_ms = 1795766400000 };
    m[1] = (struct mailbox){ .local = "bob", .password = "", .quota = 1, .created_ms = 1795766400001 };
    m[2] = (struct mailbox){
        .local = "zo\xc3\xa9", .password = "{SHA512-CRYPT}$6$s$x'\"\\;--", .active = true, .created_ms = 1795766400002
    };
    m[2].reply = (struct auto_reply){ .on = true,
                                      .subject = "Abwesend \"bis\" 5. M\xc3\xa4rz \xf0\x9f\x8f\x96",
                                      .text = "Zur\xc3\xbc"
                                              "ck.\n.\n'; DROP TABLE virtual_users; --\n" };
    return m;
}

static struct tenant tenant_one(struct arena *a)
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
    return (struct tenant){ .customer = { .id = "one", .state = CUSTOMER_ACTIVE },
                            .plan = { .mailboxes = 50 },
                            .domain_count = 2,
                            .domains = d };
}

/* A pass of its own. */
static struct step_ctx *new_pass(struct world *w)
{
    w->ctx = arena_alloc(w->f->arena, sizeof *w->ctx);
    w->ctx->arena = w->f->arena;
    w->ctx->tenant = &w->tenant;
    w->ctx->planes = &w->planes;
    w->ctx->lease = &w->lease;
    return w->ctx;
}

static void expect_done(struct world *w)
{
    struct error err = ERROR_INIT;
    enum step_result result = step_mail.ensure(new_pass(w), &err);

    if (result != STEP_DONE)
        fail_msg("%d: %s%s", (int)result, err.message, w->ctx->message);
}

static void expect_wait(struct world *w, const char *for_what)
{
    struct error err = ERROR_INIT;

    assert_int_equal(step_mail.ensure(new_pass(w), &err), STEP_WAIT);
    if (!strstr(w->ctx->message, for_what))
        fail_msg("'%s' is waited for, not '%s'", w->ctx->message, for_what);
}

static int up(void **state)
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

static int down(void **state)
{
    struct world *w = *state;
    void *fixture = w->f;

    maildb_free(w->planes.maildb);
    mysql_close(w->hand);
    free(w);
    return fixture_down(&fixture);
}

/* --- the rows --- */

static void test_all_is_written_and_read_back(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;
    struct maildb_rows rows;

    expect_done(w);
    expect_ok(maildb_read(w->planes.maildb, w->f->arena, "one", &rows, &err));
    assert_true(rows.there && rows.customer.sending);
    assert_string_equal(rows.customer.spam_reject, "15.00");
    assert_int_equal(rows.domain_count, 2);
    assert_int_equal(rows.user_count, 3);
    assert_int_equal(rows.alias_count,
                     8); /* ann's 3, bob's and zoe's own for the catch-all, info's 2, the catch-all's */
    assert_int_equal(rows.selector_count, 2);
    assert_string_equal(value(w, "SELECT password FROM virtual_users WHERE local = 'zo\xc3\xa9'"),
                        "{SHA512-CRYPT}$6$s$x'\"\\;--");
    assert_non_null(strstr(value(w, "SELECT sieve FROM virtual_users WHERE local = 'zo\xc3\xa9'"),
                           "\xf0\x9f\x8f\x96\" text:\r\nZur\xc3\xbc"
                           "ck.\r\n..\r\n'; DROP TABLE"));
    assert_string_equal(value(w, "SELECT quota_bytes FROM virtual_users WHERE local = 'ann'"), "1099511627776");
    assert_string_equal(value(w, "SELECT fence FROM mail_customers"), "7");
    assert_string_equal(value(w, "SELECT COUNT(*) FROM mail_removed"), "0");
}

/* A second pass looks once and writes nothing; our own writes are nobody's changes. */
static void test_what_is_right_is_left_alone(void **state)
{
    struct world *w = *state;

    expect_done(w);
    uint64_t before = maildb_requests(w->planes.maildb);
    w->lease.fence = 8;
    expect_done(w);
    assert_int_equal(maildb_requests(w->planes.maildb), before + 1);
    assert_string_equal(value(w, "SELECT fence FROM mail_customers"), "7");
    assert_string_equal(value(w, "SELECT COUNT(*) FROM mail_changes"), "0");
}

static void test_only_what_differs_is_written(void **state)
{
    struct world *w = *state;

    expect_done(w);
    sql(w, "CREATE TRIGGER test_log AFTER UPDATE ON virtual_users FOR EACH ROW SET @x = 1");
    w->tenant.domains[0].mailboxes[1].quota = 77;
    w->tenant.customer.state = CUSTOMER_SUSPENDED;
    sql(w, "UPDATE mail_changes SET seq = 0");
    expect_done(w);
    sql(w, "DROP TRIGGER test_log");
    assert_string_equal(value(w, "SELECT quota_bytes FROM virtual_users WHERE local = 'bob'"), "77");
    assert_string_equal(value(w, "SELECT sending FROM mail_customers"), "0");
    w->tenant.customer.state = CUSTOMER_TRASHED;
    expect_done(w);
    assert_string_equal(value(w, "SELECT SUM(active) FROM virtual_domains"), "0");
    assert_string_equal(value(w, "SELECT COUNT(*) FROM virtual_users"), "3");
    w->tenant.customer.state = CUSTOMER_ACTIVE;
    expect_done(w);
    assert_string_equal(value(w, "SELECT SUM(active) FROM virtual_domains"), "2");
}

/* Who claimed the customer earlier writes nothing any more, not even a part. */
static void test_an_older_fence_is_refused(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;

    expect_done(w);
    sql(w, "UPDATE mail_customers SET fence = 8");
    w->tenant.domains[0].mailboxes[0].quota = 5;
    assert_int_equal(step_mail.ensure(new_pass(w), &err), STEP_FAILED);
    assert_int_equal(err.code, ERROR_STALE);
    assert_string_equal(value(w, "SELECT quota_bytes FROM virtual_users WHERE local = 'ann'"), "1099511627776");
    assert_string_equal(value(w, "SELECT fence FROM mail_customers"), "8");
    err = ERROR_INIT;
    assert_int_equal(step_mail.remove(new_pass(w), &err), STEP_FAILED);
    assert_int_equal(err.code, ERROR_STALE);
    assert_string_equal(value(w, "SELECT COUNT(*) FROM virtual_domains"), "2");
    w->lease.fence = 9;
    expect_done(w);
    assert_string_equal(value(w, "SELECT quota_bytes FROM virtual_users WHERE local = 'ann'"), "5");
    assert_string_equal(value(w, "SELECT fence FROM mail_customers"), "9");
}

static void test_removal(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;

    expect_done(w);
    assert_int_equal(step_mail.remove(new_pass(w), &err), STEP_DONE);
    assert_string_equal(value(w, "SELECT COUNT(*) FROM mail_customers"), "0");
    assert_string_equal(value(w, "SELECT COUNT(*) FROM virtual_aliases"), "0");
    assert_string_equal(value(w, "SELECT GROUP_CONCAT(domain ORDER BY domain) FROM mail_removed WHERE local = ''"),
                        "one.example,second.example");
    assert_int_equal(step_mail.remove(new_pass(w), &err), STEP_DONE); /* again: nothing is there */
}

/* Files of a mailbox or domain that is gone are to be removed; one made again waits for that. */
static void test_a_mailbox_made_again_inherits_nothing(void **state)
{
    struct world *w = *state;
    struct domain *d = &w->tenant.domains[0];

    expect_done(w);
    d->mailbox_count = 2; /* without zoe */
    expect_done(w);
    assert_string_equal(value(w, "SELECT local FROM mail_removed"), "zo\xc3\xa9");
    d->mailbox_count = 3;
    d->mailboxes[2].created_ms++;
    d->mailboxes[0].created_ms++; /* deleted and made again between two passes */
    expect_wait(w, "the files of 2 removed mailboxes");
    assert_string_equal(value(w, "SELECT GROUP_CONCAT(local) FROM virtual_users"), "bob");
    sql(w, "DELETE FROM mail_removed WHERE local = 'ann'");
    expect_wait(w, "the files of 1 removed mailbox");
    assert_string_equal(value(w, "SELECT created FROM virtual_users WHERE local = 'ann'"), "1795766400001");
    sql(w, "INSERT INTO mail_removed (domain, local) VALUES ('one.example', '')");
    sql(w, "DELETE FROM mail_removed WHERE local <> ''");
    expect_wait(w, "the files of 1 removed mailbox");
    sql(w, "DELETE FROM mail_removed");
    expect_done(w);
    assert_string_equal(value(w, "SELECT COUNT(*) FROM virtual_users"), "3");
}

/* A domain that another customer's rows still have is waited for, and theirs are left alone. */
static void test_a_domain_of_another_is_waited_for(void **state)
{
    struct world *w = *state;

    sql(w, "INSERT INTO mail_customers VALUES ('two', 1, 1, 1, 6, 15)");
    sql(w, "INSERT INTO virtual_domains VALUES ('second.example', 'two', 1)");
    expect_wait(w, "second.example");
    assert_string_equal(value(w, "SELECT customer_id FROM virtual_domains WHERE name = 'second.example'"), "two");
    assert_string_equal(value(w, "SELECT COUNT(*) FROM mail_customers WHERE id = 'one'"), "0"); /* all or nothing */
    sql(w, "DELETE FROM mail_customers WHERE id = 'two'");
    expect_done(w);
}

static void test_a_dry_run_only_notes(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;

    new_pass(w)->dry = true;
    w->ctx->lease = NULL;
    assert_int_equal(step_mail.ensure(w->ctx, &err), STEP_DONE);
    assert_int_equal(w->ctx->change_count, 1 + 2 + 3 + 8 + 2);
    assert_string_equal(w->ctx->changes[0].plane, "mail");
    assert_string_equal(w->ctx->changes[0].object, "Mail/one");
    assert_string_equal(value(w, "SELECT COUNT(*) FROM mail_customers"), "0");
    expect_done(w);
    new_pass(w)->dry = true;
    assert_int_equal(step_mail.remove(w->ctx, &err), STEP_DONE);
    assert_int_equal(w->ctx->change_count, 1 + 2 + 3 + 8 + 2);
    assert_string_equal(value(w, "SELECT COUNT(*) FROM virtual_users"), "3");
}

/* --- changes of others --- */

/* Claims the customer that becomes due within `ms`; "" none does. Its lease is the world's then. */
static const char *due_within(struct world *w, int64_t ms)
{
    for (int64_t end = clock_mono_ms() + ms; clock_mono_ms() < end; clock_sleep_ms(10))
        if (claim_as(w->f, "x", LEASE_MS, &w->lease))
            return w->lease.customer;
    return "";
}

static void test_changes_by_hand_are_seen_and_put_back(void **state)
{
    static const char *const changes[] = {
        "UPDATE virtual_users SET password = '{PLAIN}x' WHERE local = 'ann'",
        "INSERT INTO virtual_users (domain, local, password, quota_bytes, active, hourly_limit, sieve, created) VALUES "
        "('one.example', 'eve', '{PLAIN}x', 0, 1, 1, '', 1)",
        "DELETE FROM virtual_aliases WHERE local = ''",
        "INSERT INTO virtual_aliases VALUES ('one.example', 'ann', 'eve@evil.example')",
        "UPDATE virtual_aliases SET destination = 'eve@evil.example' WHERE local = 'info' LIMIT 1",
        "UPDATE virtual_domains SET active = 0 WHERE name = 'second.example'",
        "DELETE FROM virtual_domains WHERE name = 'second.example'",
        "UPDATE mail_customers SET sending = 0",
        "DELETE FROM dkim_selectors",
        "UPDATE mail_customers SET hourly_limit = 1",
    };
    struct world *w = *state;
    struct error err = ERROR_INIT;
    struct mailwatch *watch;
    struct event *events;
    size_t count;

    w->lease.fence = 0; /* below those of the store's claims */
    expect_done(w);
    while (due_within(w, 50)[0]) /* nobody is due */
        pass_done(w->f, &w->lease, true, 0);
    expect_ok(mailwatch_start(&w->planes, &watch, &err));
    assert_string_equal(due_within(w, 1500), ""); /* the first look makes nobody due */
    for (size_t i = 0; i < COUNT(changes); i++) {
        sql(w, changes[i]);
        if (!str_eq(due_within(w, NOTICE_MS), "one"))
            fail_msg("%s: not seen", changes[i]);
        sql(w, "DELETE FROM mail_removed"); /* of the domain that was deleted by hand there is none */
        new_pass(w)->repair = !str_starts(changes[i], "DELETE FROM dkim");
        if (step_mail.ensure(w->ctx, &err) != STEP_DONE)
            fail_msg("%s: %s", changes[i], err.message);
        pass_done(w->f, &w->lease, true, 0);
    }
    assert_string_equal(due_within(w, 1500), ""); /* what we put back is no change of others */
    mailwatch_stop(watch);
    assert_string_equal(value(w, "SELECT COUNT(*) FROM virtual_users WHERE password = '{PLAIN}x'"), "0");
    expect_ok(store_event_page(w->f->store, w->f->arena, &(struct event_filter){ .reason = "Repaired" }, 0,
                               (struct page){ .after = "", .limit = 50 }, &events, &count, &err));
    assert_int_equal(count, COUNT(changes) - 1);
    assert_string_equal(events[0].object, "Mailbox/ann@one.example");
    assert_string_equal(events[0].message, "was changed from outside and is put back: password: changed");
    assert_string_equal(events[1].message, "was added from outside and is taken away");
}

/* What a transaction took back has not happened; a change of many rows is one visit. Of another's row nobody else is told. */
static void test_the_counter(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;
    const char **who;
    size_t count;
    int64_t first, seq;

    expect_done(w);
    sql(w, "INSERT INTO mail_customers VALUES ('two', 1, 1, 1, 6, 15)");
    expect_ok(maildb_changes(w->planes.maildb, w->f->arena, INT64_MAX, &first, &who, &count, &err));
    assert_int_equal(count, 0);
    sql(w, "START TRANSACTION");
    sql(w, "UPDATE virtual_users SET active = 0");
    sql(w, "ROLLBACK");
    expect_ok(maildb_changes(w->planes.maildb, w->f->arena, first, &seq, &who, &count, &err));
    assert_int_equal(seq, first);
    sql(w, "UPDATE virtual_users SET active = 1 - active");
    sql(w, "UPDATE virtual_domains SET customer_id = 'two' WHERE name = 'second.example'");
    expect_ok(maildb_changes(w->planes.maildb, w->f->arena, first, &seq, &who, &count, &err));
    assert_int_equal(count, 2);
    assert_true(seq > first);
    expect_ok(maildb_changes(w->planes.maildb, w->f->arena, seq, &first, &who, &count, &err));
    assert_int_equal(count, 0);
    assert_string_equal(value(w, "SELECT COUNT(*) FROM mail_changes"), "2"); /* a row a customer, however often */
}

/* --- trouble --- */

static void expect_refused(struct world *w, struct maildb_config c, enum error_code code, const char *why)
{
    struct error err = ERROR_INIT;
    struct maildb *m;
    struct maildb_rows rows;

    expect_ok(maildb_new(&c, &m, &err));
    assert_int_equal(maildb_read(m, w->f->arena, "one", &rows, &err), -1);
    maildb_free(m);
    if (err.code != code || !strstr(err.message, why))
        fail_msg("%s: %s; due was %s with '%s'", error_name(err.code), err.message, error_name(code), why);
}

static void test_connections_that_are_not_trusted(void **state)
{
    struct world *w = *state;
    struct maildb_config c = config();

    c.ca_file = getenv("BERTH_TEST_MAILDB_OTHER_CA");
    expect_refused(w, c, ERROR_UNAVAILABLE, "certificate");
    c.ca_file = "/nowhere";
    expect_refused(w, c, ERROR_UNAVAILABLE, "");
    c = config(); /* the right certificate, of another name */
    c.url = arena_printf(w->f->arena, "mysql://berthd@127.0.0.1:%s/mail", getenv("BERTH_TEST_MAILDB_PORT"));
    expect_refused(w, c, ERROR_UNAVAILABLE, "");
    c = config(); /* a server without TLS */
    c.url = getenv("BERTH_TEST_MAILDB_PLAIN_URL");
    c.password_file = getenv("BERTH_TEST_MAILDB_PLAIN_PASSWORD");
    expect_refused(w, c, ERROR_UNAVAILABLE, "");
    c = config();
    c.password_file = getenv("BERTH_TEST_MAILDB_CA");
    expect_refused(w, c, ERROR_FORBIDDEN, "Access denied");
    c.password_file = "/nowhere";
    expect_refused(w, c, ERROR_NOT_FOUND, "password");
    c = config();
    c.url = "mysql://berthd@localhost:1/mail";
    expect_refused(w, c, ERROR_UNAVAILABLE, "localhost:1");
}

static void test_urls(void **state)
{
    static const char *const bad[] = { "",
                                       "http://a@b/c",
                                       "mysql://b:3306/mail",
                                       "mysql://@b:3306/mail",
                                       "mysql://a@b:3306",
                                       "mysql://a@b:3306/",
                                       "mysql://a@b:0/mail",
                                       "mysql://a@b:x/mail",
                                       "mysql://a:secret@b/mail",
                                       "mysql://a@/mail",
                                       "mysql://a@b/mail?ssl=0" };
    struct error err = ERROR_INIT;
    struct maildb_config c = config();
    struct maildb *m;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        c.url = bad[i];
        expect_error(maildb_new(&c, &m, &err), ERROR_INVALID);
    }
}

/* The server ends our connections: the next look may fail, the one after it does not. */
static void test_lost_connections(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;
    struct maildb_rows rows;

    expect_done(w);
    for (int idle = 0; idle < 2; idle++) {
        const char *id = value(w, "SELECT id FROM information_schema.processlist WHERE user = 'berthd' LIMIT 1");
        sql(w, arena_printf(w->f->arena, "KILL %s", id));
        if (idle) {
            clock_sleep_ms(2500); /* one that was idle for a while is asked first */
        } else {
            assert_int_equal(maildb_read(w->planes.maildb, w->f->arena, "one", &rows, &err), -1);
            assert_int_equal(err.code, ERROR_UNAVAILABLE);
            err = ERROR_INIT;
        }
        expect_ok(maildb_read(w->planes.maildb, w->f->arena, "one", &rows, &err));
        assert_int_equal(rows.user_count, 3);
    }
}

/* Nothing is sent that the lease could end before. */
static void test_nothing_outlives_the_lease(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;
    struct maildb *m = w->planes.maildb;

    w->planes.maildb = maildb_until(m, w->f->arena, clock_mono_ms() + TIMEOUT_MS - 100);
    assert_int_equal(step_mail.ensure(new_pass(w), &err), STEP_FAILED);
    assert_int_equal(err.code, ERROR_TIMEOUT);
    w->planes.maildb = maildb_until(m, w->f->arena, clock_mono_ms() + LEASE_MS);
    expect_done(w);
    w->planes.maildb = m;
}

/* Somebody holds the customer's row: told in time, and nothing is half done. */
static void test_a_lock_is_not_waited_for_long(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;

    expect_done(w);
    sql(w, "START TRANSACTION");
    sql(w, "UPDATE mail_customers SET fence = fence");
    w->tenant.domains[0].mailboxes[0].quota = 5;
    int64_t begin = clock_mono_ms();
    assert_int_equal(step_mail.ensure(new_pass(w), &err), STEP_FAILED);
    assert_int_equal(err.code, ERROR_UNAVAILABLE);
    assert_true(clock_mono_ms() - begin < 2 * TIMEOUT_MS);
    sql(w, "ROLLBACK");
    expect_done(w);
}

/* Who has mail waits for its database and says so; who has none does not. */
static void test_the_database_is_away(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;
    struct maildb_config c = config();
    struct maildb *m = w->planes.maildb;

    c.url = "mysql://berthd@localhost:1/mail";
    expect_ok(maildb_new(&c, &w->planes.maildb, &err));
    assert_int_equal(step_mail.ensure(new_pass(w), &err), STEP_FAILED);
    assert_int_equal(err.code, ERROR_UNAVAILABLE);
    assert_non_null(strstr(err.message, "the mail database"));
    err = ERROR_INIT;
    w->tenant.domain_count = 0;
    expect_done(w);
    assert_non_null(strstr(w->ctx->message, "looked for later"));
    assert_true(w->ctx->look_ms > 0);
    assert_int_equal(step_mail.remove(new_pass(w), &err), STEP_FAILED); /* to be erased is another matter */
    maildb_free(w->planes.maildb);
    w->planes.maildb = NULL; /* no mail servers at all */
    expect_done(w);
    assert_int_equal(step_mail.remove(new_pass(w), &err), STEP_DONE);
    w->planes.maildb = m;
}

/* --- one pass, as a process --- */

static int one_pass(const char *word)
{
    struct error err = ERROR_INIT;
    struct world w = { .f = unit_new(sizeof *w.f) };
    const struct maildb_config c = config();

    w.f->arena = arena_new();
    crashpoint_init();
    w.tenant = tenant_one(w.f->arena);
    w.lease = (struct lease){ .customer = "one", .fence = 7 };
    w.planes = (struct planes){ .settings = &w.settings };
    int rc = maildb_new(&c, &w.planes.maildb, &err);
    enum step_result result = STEP_FAILED;
    if (rc == 0)
        result = (str_eq(word, "remove") ? step_mail.remove : step_mail.ensure)(new_pass(&w), &err);
    printf("%s %s\n",
           result == STEP_DONE   ? "done"
           : result == STEP_WAIT ? "wait"
                                 : error_name(err.code),
           result == STEP_FAILED ? err.message : w.ctx->message);
    maildb_free(w.planes.maildb);
    arena_free(w.f->arena);
    free(w.f);
    return result == STEP_DONE ? 0 : 1;
}

#undef TEST
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_all_is_written_and_read_back),
        TEST(test_what_is_right_is_left_alone),
        TEST(test_only_what_differs_is_written),
        TEST(test_an_older_fence_is_refused),
        TEST(test_removal),
        TEST(test_a_mailbox_made_again_inherits_nothing),
        TEST(test_a_domain_of_another_is_waited_for),
        TEST(test_a_dry_run_only_notes),
        TEST(test_changes_by_hand_are_seen_and_put_back),
        TEST(test_the_counter),
        TEST(test_connections_that_are_not_trusted),
        TEST(test_urls),
        TEST(test_lost_connections),
        TEST(test_nothing_outlives_the_lease),
        TEST(test_a_lock_is_not_waited_for_long),
        TEST(test_the_database_is_away),
    };

    return argc > 1 ? one_pass(argv[1]) : cmocka_run_group_tests(tests, NULL, NULL);
}
