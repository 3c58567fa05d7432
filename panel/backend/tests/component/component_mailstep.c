/* The step mail and the watch of the mail database (reconcile/mailwatch.h) against a real server: what is written, held, refused and put
 * back. Started by test_maildb.py. */
#include "mail_world.h"

#include "reconcile/mailwatch.h"

enum { NOTICE_MS = 3000 };

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
    assert_int_equal(
        rows.alias_count,
        10); /* ann's 3, bob's and zoe's own for the catch-all, info's 2, the catch-all's; the second domain's
                             postmaster and abuse */
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
    sql(w, "CREATE TABLE test_log (local VARCHAR(64))");
    sql(w,
        "CREATE TRIGGER test_log AFTER UPDATE ON virtual_users FOR EACH ROW INSERT INTO test_log VALUES (NEW.local)");
    w->tenant.domains[0].mailboxes[1].quota = 77;
    w->tenant.customer.state = CUSTOMER_SUSPENDED;
    expect_done(w);
    sql(w, "DROP TRIGGER test_log");
    const char *written = value(w, "SELECT GROUP_CONCAT(local) FROM test_log");
    sql(w, "DROP TABLE test_log");
    assert_string_equal(written, "bob");
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

/* Who takes a lease over that was not given back finds all right, and yet shuts out who had it before. */
static void test_a_takeover_raises_the_fence(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;

    expect_done(w);
    w->lease.fence = 8;
    new_pass(w)->settling = true;
    assert_int_equal(step_mail.ensure(w->ctx, &err), STEP_DONE);
    assert_string_equal(value(w, "SELECT fence FROM mail_customers"), "8");
    w->lease.fence = 7;
    w->tenant.domains[0].mailboxes[0].quota = 5;
    assert_int_equal(step_mail.ensure(new_pass(w), &err), STEP_FAILED);
    assert_int_equal(err.code, ERROR_STALE);
    err = ERROR_INIT;
    w->lease.fence = 9;
    assert_int_equal(step_mail.remove(new_pass(w), &err), STEP_DONE);
    w->tenant.domain_count = 0;
    new_pass(w)->settling = true; /* without rows there is nothing to shut out */
    assert_int_equal(step_mail.ensure(w->ctx, &err), STEP_DONE);
    assert_string_equal(value(w, "SELECT COUNT(*) FROM mail_customers"), "0");
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

/* A row that is gone already may be another customer's by now: its files are not removed. */
static void test_only_files_of_rows_that_were_deleted_are_removed(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;
    struct maildb_domain domain = { .name = "third.example", .active = true };
    struct maildb_user user = { .domain = "one.example", .local = "nobody" };
    const struct maildb_change change = {
        .customer = { .sending = true, .hourly_limit = 1, .spam_header = "6.00", .spam_reject = "15.00" },
        .gone = { .domain_count = 1, .domains = &domain, .user_count = 1, .users = &user },
    };
    size_t held;

    expect_done(w);
    sql(w, "INSERT INTO mail_customers VALUES ('two', 1, 1, 1, 6, 15)");
    sql(w, "INSERT INTO virtual_domains VALUES ('third.example', 'two', 1)");
    expect_ok(maildb_write(w->planes.maildb, w->f->arena, "one", 7, &change, &held, &err));
    assert_string_equal(value(w, "SELECT COUNT(*) FROM mail_removed"), "0");
    assert_string_equal(value(w, "SELECT customer_id FROM virtual_domains WHERE name = 'third.example'"), "two");
}

/* Who signed in by a password that does not hold any more is to be signed out, and nobody else. */
static void test_sessions_that_are_to_end(void **state)
{
    static const char kicks[] =
        "SELECT COALESCE(GROUP_CONCAT(local, '@', domain ORDER BY domain, local), '') FROM mail_kicks";
    struct world *w = *state;
    struct domain *d = &w->tenant.domains[0];

    expect_done(w);
    d->mailboxes[0].quota = 77;
    d->mailboxes[0].reply.on = false;
    expect_done(w);
    assert_string_equal(value(w, kicks), "");
    d->mailboxes[0].password = "{ARGON2ID}$another";
    d->mailboxes[2].active = false;
    expect_done(w);
    assert_string_equal(value(w, kicks), "ann@one.example,zo\xc3\xa9@one.example");
    sql(w, "DELETE FROM mail_kicks");
    d->mailboxes[2].active = true;
    d->mail = false;
    expect_done(w);
    assert_string_equal(value(w, kicks), "@one.example");
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
    assert_int_equal(w->ctx->change_count, 1 + 2 + 3 + 10 + 2);
    assert_string_equal(w->ctx->changes[0].plane, "mail");
    assert_string_equal(w->ctx->changes[0].object, "Mail/one");
    assert_string_equal(value(w, "SELECT COUNT(*) FROM mail_customers"), "0");
    expect_done(w);
    new_pass(w)->dry = true;
    assert_int_equal(step_mail.remove(w->ctx, &err), STEP_DONE);
    assert_int_equal(w->ctx->change_count, 1 + 2 + 3 + 10 + 2);
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
    struct loop *watch;
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
    loop_stop(watch);
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

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WORLD_TEST(test_all_is_written_and_read_back),
        WORLD_TEST(test_what_is_right_is_left_alone),
        WORLD_TEST(test_only_what_differs_is_written),
        WORLD_TEST(test_an_older_fence_is_refused),
        WORLD_TEST(test_a_takeover_raises_the_fence),
        WORLD_TEST(test_removal),
        WORLD_TEST(test_a_mailbox_made_again_inherits_nothing),
        WORLD_TEST(test_only_files_of_rows_that_were_deleted_are_removed),
        WORLD_TEST(test_sessions_that_are_to_end),
        WORLD_TEST(test_a_domain_of_another_is_waited_for),
        WORLD_TEST(test_a_dry_run_only_notes),
        WORLD_TEST(test_changes_by_hand_are_seen_and_put_back),
        WORLD_TEST(test_the_counter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
