/* provider/maildb.h in trouble: connections that are not trusted, that break, and that wait. Started by test_maildb.py. Without words: the
 * tests. "step": one pass of the step mail for the customer "one", whose result is printed, as a process that can be killed. "remove": the
 * step's removal. */
#include "mail_world.h"

#include "base/crash.h"

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

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        WORLD_TEST(test_connections_that_are_not_trusted),
        WORLD_TEST(test_urls),
        WORLD_TEST(test_lost_connections),
        WORLD_TEST(test_nothing_outlives_the_lease),
        WORLD_TEST(test_a_lock_is_not_waited_for_long),
        WORLD_TEST(test_the_database_is_away),
    };

    return argc > 1 ? one_pass(argv[1]) : cmocka_run_group_tests(tests, NULL, NULL);
}
