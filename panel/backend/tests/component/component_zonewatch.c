/* reconcile/zonewatch.h and the trigger of k8s/dns/berth-notify.pgsql.sql in a real PostgreSQL: a change of a zone by hand
 * makes its customer due. Started by test_powerdns.py: BERTH_TEST_DSN is the superuser's connection, BERTH_TEST_LISTEN_FILE
 * holds that of the role berth_listen. */
#include "store_fixture.h"

#include <libpq-fe.h>

#include "base/log.h"
#include "reconcile/zonewatch.h"

enum { NOTICE_MS = 1500, RECONNECT_MS = 6000 };

struct world {
    struct fixture *f;
    PGconn *db;
    struct loop *watch;
    struct settings settings;
    struct planes planes;
};

static char *sql(struct world *w, const char *text)
{
    PGresult *r = PQexec(w->db, text);

    if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", text, PQerrorMessage(w->db));
    char *value = arena_strdup(w->f->arena, PQntuples(r) > 0 ? PQgetvalue(r, 0, 0) : "");
    PQclear(r);
    return value;
}

static void add_zone(struct world *w, const char *name)
{
    sql(w, arena_printf(w->f->arena,
                        "INSERT INTO domains (name, type) VALUES ('%s', 'NATIVE'); "
                        "INSERT INTO records (domain_id, name, type, content, ttl) SELECT id, 'www.%s', 'A', "
                        "'192.0.2.7', 300 FROM domains WHERE name = '%s'",
                        name, name, name));
}

static int listeners(struct world *w)
{
    return (int)strtol(
        sql(w, "SELECT count(*) FROM pg_stat_activity WHERE usename = 'berth_listen' AND query LIKE 'LISTEN%'"), NULL,
        10);
}

static void await_listener(struct world *w)
{
    for (int64_t end = clock_mono_ms() + RECONNECT_MS; listeners(w) == 0 && clock_mono_ms() < end;)
        clock_sleep_ms(20);
    assert_int_equal(listeners(w), 1);
}

static const char *due_within(struct world *w, int64_t ms)
{
    struct lease l;

    for (int64_t end = clock_mono_ms() + ms; clock_mono_ms() < end; clock_sleep_ms(10))
        if (claim_as(w->f, "x", 60000, &l)) {
            pass_done(w->f, &l, true, 0);
            return l.customer;
        }
    return "";
}

static int up(void **state)
{
    struct world *w = unit_new(sizeof *w);
    struct error err = ERROR_INIT;
    void *fixture;

    log_set_level(LOG_LEVEL_ERROR);
    if (!getenv("BERTH_TEST_DSN") || !getenv("BERTH_TEST_LISTEN_FILE"))
        fail_msg("run this by pytest: tests/component/test_powerdns.py");
    assert_int_equal(fixture_up(&fixture), 0);
    w->f = fixture;
    w->db = PQconnectdb(getenv("BERTH_TEST_DSN"));
    if (PQstatus(w->db) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(w->db));
    w->settings.pdns_listen_file = getenv("BERTH_TEST_LISTEN_FILE");
    w->planes = (struct planes){ .settings = &w->settings, .store = w->f->store };
    add_customer(w->f, "one");
    add_customer(w->f, "two");
    add_domain(w->f, "one", "one.example");
    add_domain(w->f, "two", "two.example");
    add_zone(w, "one.example");
    add_zone(w, "two.example");
    add_zone(w, "foreign.example");
    expect_ok(zonewatch_start(&w->planes, &w->watch, &err));
    await_listener(w);
    while (due_within(w, 50)[0]) /* nobody is due */
        ;
    *state = w;
    return 0;
}

static int down(void **state)
{
    struct world *w = *state;
    void *fixture = w->f;

    loop_stop(w->watch);
    sql(w, "DELETE FROM domains");
    PQfinish(w->db);
    free(w);
    return fixture_down(&fixture);
}

static void test_every_change_is_seen(void **state)
{
    static const char *const changes[] = {
        "UPDATE records SET content = '198.51.100.1' WHERE name = 'www.one.example'",
        "UPDATE records SET ttl = 1 WHERE name = 'www.one.example'",
        "UPDATE records SET disabled = true WHERE name = 'www.one.example'",
        "INSERT INTO records (domain_id, name, type, content, ttl) SELECT id, 'x.one.example', 'TXT', '\"x\"', 60 FROM "
        "domains WHERE name = 'one.example'",
        "DELETE FROM records WHERE name = 'www.one.example'",
        "DELETE FROM domains WHERE name = 'one.example'",
    };
    struct world *w = *state;

    for (size_t i = 0; i < COUNT(changes); i++) {
        sql(w, changes[i]);
        const char *who = due_within(w, NOTICE_MS);
        if (!str_eq(who, "one"))
            fail_msg("%s: '%s' became due", changes[i], who);
        assert_string_equal(due_within(w, 100), ""); /* and nobody else */
    }
}

static void test_an_emptied_table_concerns_everybody(void **state)
{
    struct world *w = *state;

    sql(w, "TRUNCATE records");
    const char *first = due_within(w, NOTICE_MS), *second = due_within(w, NOTICE_MS);
    assert_true(first[0] && second[0]);
    assert_string_not_equal(first, second);
}

static void test_foreign_zones_concern_nobody(void **state)
{
    struct world *w = *state;

    sql(w, "UPDATE records SET content = '198.51.100.1' WHERE name = 'www.foreign.example'");
    sql(w, "DELETE FROM domains WHERE name = 'foreign.example'");
    assert_string_equal(due_within(w, 400), "");
}

/* What was rolled back has not happened; a change of many records is one visit. */
static void test_transactions(void **state)
{
    struct world *w = *state;

    sql(w, "BEGIN; UPDATE records SET ttl = 2 WHERE name = 'www.two.example'; ROLLBACK");
    assert_string_equal(due_within(w, 300), "");
    sql(w, "BEGIN");
    for (int i = 0; i < 500; i++)
        sql(w, arena_printf(w->f->arena,
                            "INSERT INTO records (domain_id, name, type, content, ttl) SELECT id, 'n%d.two.example', "
                            "'A', '192.0.2.1', 60 "
                            "FROM domains WHERE name = 'two.example'",
                            i));
    sql(w, "COMMIT");
    assert_string_equal(due_within(w, NOTICE_MS), "two");
    assert_string_equal(due_within(w, 300), "");
}

/* The connection breaks: it is made again, and changes are seen as before. */
static void test_reconnects(void **state)
{
    struct world *w = *state;

    sql(w, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'berth_listen'");
    for (int i = 0; listeners(w) != 0 && i < 100; i++)
        clock_sleep_ms(10);
    await_listener(w);
    while (due_within(w, 300)[0]) /* everybody is looked at, since something may have been missed */
        ;
    sql(w, "UPDATE records SET ttl = 3 WHERE name = 'www.two.example'");
    assert_string_equal(due_within(w, NOTICE_MS), "two");
}

/* What changed while nobody listened is looked at when somebody listens again. */
static void test_change_while_away(void **state)
{
    struct world *w = *state;

    sql(w, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'berth_listen'");
    sql(w, "UPDATE records SET ttl = 4 WHERE name = 'www.two.example'");
    for (int64_t end = clock_mono_ms() + RECONNECT_MS; clock_mono_ms() < end;)
        if (str_eq(due_within(w, 100), "two"))
            return;
    fail_msg("the change was never seen");
}

/* The listener's role may listen and nothing else. */
static void test_role_reads_nothing(void **state)
{
    static const char *const tries[] = { "SELECT * FROM records",
                                         "SELECT * FROM domains",
                                         "SELECT content FROM cryptokeys",
                                         "UPDATE records SET ttl = 1",
                                         "DELETE FROM domains",
                                         "CREATE TABLE x (y INT)",
                                         "ALTER FUNCTION berth_zone_changed() OWNER TO berth_listen" };
    struct world *w = *state;

    for (size_t i = 0; i < COUNT(tries); i++) {
        sql(w, "SET ROLE berth_listen");
        PGresult *r = PQexec(w->db, tries[i]);
        const char *code = PQresultErrorField(r, PG_DIAG_SQLSTATE);
        if (!str_eq(code, "42501")) /* insufficient_privilege */
            fail_msg("%s: %s", tries[i], code ? code : "went well");
        PQclear(r);
        sql(w, "RESET ROLE");
    }
}

#undef TEST
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_every_change_is_seen),
        TEST(test_foreign_zones_concern_nobody),
        TEST(test_an_emptied_table_concerns_everybody),
        TEST(test_transactions),
        TEST(test_reconnects),
        TEST(test_change_while_away),
        TEST(test_role_reads_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
