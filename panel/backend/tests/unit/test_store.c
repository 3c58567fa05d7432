/* The store as a whole on a real SQLite file: schema, transactions, plans and customers (store/store.h). */
#include "store_fixture.h"

#include <sqlite3.h>

/* Straight to the file, beside the store. */
static void sql(struct fixture *f, const char *text)
{
    sqlite3 *db;
    char *why = NULL;

    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", text, why);
    sqlite3_close(db);
}

static void test_migrations_run_once(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct plan *plans;
    size_t count;

    add_customer(f, "kept");
    for (int i = 0; i < 3; i++) {
        store_close(f->store);
        expect_ok(store_open(f->path, i != 1, &f->store, &err));
        assert_string_equal(customer_of(f, "kept").plan, "small");
        expect_ok(store_plan_list(f->store, f->arena, &plans, &count, &err));
        assert_int_equal(count, 3); /* the first migration's rows are there once */
    }
}

static void test_newer_schema_is_refused(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct store *other;

    sql(f, "UPDATE schema_version SET version = 9999");
    expect_error(store_open(f->path, true, &other, &err), ERROR_CONFLICT);
    assert_int_equal(store_open(f->path, false, &other, &err), -1);
    assert_non_null(strstr(err.message, "9999"));
}

static void test_older_schema_needs_migrate(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct store *other;

    sql(f, "UPDATE schema_version SET version = 0");
    assert_int_equal(store_open(f->path, false, &other, &err), -1);
    assert_int_equal(err.code, ERROR_UNAVAILABLE);
    assert_non_null(strstr(err.message, "berthd migrate"));
    err = ERROR_INIT;
    assert_int_equal(store_open(arena_printf(f->arena, "%s/new.db", f->dir), false, &other, &err), -1);
    assert_non_null(strstr(err.message, "berthd migrate"));
}

/* A migration that fails half way leaves the version and the tables as they were. */
static void test_failed_migration_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct store *other;
    sqlite3 *db;
    sqlite3_stmt *stmt;
    const char *path = arena_printf(f->arena, "%s/half.db", f->dir);

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE site (x INT)", NULL, NULL, NULL), SQLITE_OK); /* in the way */
    assert_int_equal(store_open(path, true, &other, &err), -1);
    assert_non_null(strstr(err.message, "migration 1"));
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT version, (SELECT count(*) FROM sqlite_schema WHERE name IN ('plan', "
                                        "'customer')) FROM schema_version",
                                        -1, &stmt, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(stmt, 0), 0);
    assert_int_equal(sqlite3_column_int(stmt, 1), 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}

static void test_no_file(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct store *other;

    expect_error(store_open("/nonexistent/berth.db", true, &other, &err), ERROR_IO);
    expect_error(store_open("postgres://localhost/berth", true, &other, &err), ERROR_INVALID);
    const char *text = arena_printf(f->arena, "%s/text.db", f->dir);
    FILE *out = fopen(text, "w");
    assert_non_null(out);
    for (int i = 0; i < 200; i++)
        fputs("this is no database\n", out);
    fclose(out);
    expect_error(store_open(text, true, &other, &err), ERROR_IO);
}

/* Rolled back: no row, no generation, no operation and no audit row is left. */
static void test_rollback_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct tenant t;
    struct site s;
    struct operation op;

    add_customer(f, "acme");
    int64_t generation = customer_of(f, "acme").generation;
    struct store_tx *tx = begin(f);
    struct customer c = a_customer(f, "other");
    const char *names[] = { "www.example.com" };
    const struct site site = {
        .id = "s1", .customer = "acme", .runtime = "static", .hostname_count = 1, .hostnames = names
    };
    const struct operation made = an_operation("op1", "site.create", "acme");
    const struct domain d = { .name = "example.com", .customer = "acme" };
    expect_ok(store_customer_insert(tx, &c, &err));
    expect_ok(store_domain_insert(tx, &d, &err));
    expect_ok(store_site_insert(tx, &site, &err));
    expect_ok(store_operation_insert(tx, &made, &err));
    expect_ok(store_plan_delete(tx, "large", &err));
    expect_ok(store_tenant_load(f->store, tx, f->arena, "acme", &t, &err));
    assert_int_equal(t.site_count, 1); /* seen inside */
    assert_int_equal(t.domain_count, 1);
    expect_ok(store_tenant_load(f->store, NULL, f->arena, "acme", &t, &err));
    assert_int_equal(t.site_count, 0); /* and not outside */
    store_rollback(tx);

    expect_error(store_customer_get(f->store, f->arena, "other", &c, &err), ERROR_NOT_FOUND);
    expect_error(store_site_get(f->store, f->arena, "www.example.com", &s, &err), ERROR_NOT_FOUND);
    expect_error(store_operation_get(f->store, f->arena, "op1", &op, &err), ERROR_NOT_FOUND);
    expect_ok(store_tenant_load(f->store, NULL, f->arena, "acme", &t, &err));
    assert_int_equal(t.domain_count, 0);
    assert_int_equal(t.customer.generation, generation);
    struct plan p;
    expect_ok(store_plan_get(f->store, f->arena, "large", &p, &err));
    store_rollback(NULL);
}

/* A fault within a transaction does not end it: what was done before can still be rolled back, or committed. */
static void test_fault_keeps_transaction(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct customer one = a_customer(f, "one"), again = a_customer(f, "one");

    struct store_tx *tx = begin(f);
    expect_ok(store_customer_insert(tx, &one, &err));
    expect_error(store_customer_insert(tx, &again, &err), ERROR_CONFLICT);
    commit(tx);
    assert_string_equal(customer_of(f, "one").id, "one");
}

/* Every kind of change raises the customer's generation by one and makes it due at once. */
static void test_changes_raise_generation(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct lease l;

    add_customer(f, "acme");
    int64_t expected = 1;
    assert_int_equal(customer_of(f, "acme").generation, expected);
    for (int step = 0; step < 8; step++) {
        while (claim_as(f, "test", 60000, &l))
            pass_done(f, &l, true, 0);
        struct store_tx *tx = begin(f);
        struct customer c = customer_of(f, "acme");
        const char *names[] = { "a.example.com", "b.example.com" };
        struct site site = {
            .id = "s1", .customer = "acme", .runtime = "static", .release = "", .hostname_count = 1, .hostnames = names
        };
        const struct domain d = { .name = "example.com", .customer = "acme" };
        const struct plan p = { "small", "1", "1Gi", "10Gi", 1, 2, 3, 4, 5, 0 };
        switch (step) {
        case 0:
            expect_ok(store_customer_update(tx, &c, -1, &err));
            break;
        case 1:
            expect_ok(store_customer_touch(tx, "acme", &err));
            break;
        case 2:
            expect_ok(store_domain_insert(tx, &d, &err));
            break;
        case 3:
            expect_ok(store_site_insert(tx, &site, &err));
            break;
        case 4:
            site.hostname_count = 2;
            expect_ok(store_site_update(tx, &site, -1, &err));
            break;
        case 5:
            expect_ok(store_plan_put(tx, &p, false, &err));
            break;
        case 6:
            expect_ok(store_site_delete(tx, "s1", &err));
            break;
        case 7:
            expect_ok(store_domain_delete(tx, "example.com", &err));
            break;
        default:
            break;
        }
        commit(tx);
        assert_int_equal(customer_of(f, "acme").generation, ++expected);
        if (!claim_as(f, "test", 60000, &l))
            fail_msg("step %d made nobody due", step);
        assert_int_equal(l.generation, expected);
        pass_done(f, &l, true, 0);
    }
}

static void test_if_generation(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;

    add_customer(f, "acme");
    add_site(f, "acme", "s1", "a.example.com");
    struct customer c = customer_of(f, "acme");
    struct store_tx *tx = begin(f);
    c.name = "New";
    expect_ok(store_customer_update(tx, &c, c.generation, &err));
    c.name = "Newer";
    expect_error(store_customer_update(tx, &c, c.generation, &err), ERROR_STALE);
    struct site s;
    expect_ok(store_site_get(f->store, f->arena, "s1", &s, &err));
    s.replicas = 3;
    expect_ok(store_site_update(tx, &s, s.generation, &err));
    s.replicas = 4;
    expect_error(store_site_update(tx, &s, s.generation, &err), ERROR_STALE);
    commit(tx);
    assert_string_equal(customer_of(f, "acme").name, "New");
    expect_ok(store_site_get(f->store, f->arena, "s1", &s, &err));
    assert_int_equal(s.replicas, 3);
}

static void test_plans(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct plan p = { "tiny", "100m", "128Mi", "2Gi", 1, 1, 1, 1, 1, 0 };
    struct plan *list;
    size_t count;

    struct store_tx *tx = begin(f);
    expect_ok(store_plan_put(tx, &p, true, &err));
    expect_error(store_plan_put(tx, &p, true, &err), ERROR_CONFLICT);
    p.id = "absent";
    expect_error(store_plan_put(tx, &p, false, &err), ERROR_NOT_FOUND);
    expect_error(store_plan_delete(tx, "absent", &err), ERROR_NOT_FOUND);
    commit(tx);
    add_customer(f, "acme");
    tx = begin(f);
    expect_error(store_plan_delete(tx, "small", &err), ERROR_CONFLICT);
    expect_ok(store_plan_delete(tx, "large", &err));
    struct customer c = customer_of(f, "acme");
    c.plan = "large";
    assert_int_equal(store_customer_update(tx, &c, -1, &err), -1); /* a plan that is gone */
    assert_string_equal(err.fields[0].pointer, "/plan");
    commit(tx);
    expect_ok(store_plan_list(f->store, f->arena, &list, &count, &err));
    assert_int_equal(count, 3);
    assert_string_equal(list[1].id, "small"); /* in order of their ids */
    assert_int_equal(list[1].customers, 1);
    assert_string_equal(list[2].id, "tiny");
}

/* Pages cover every row once, in order, while others come and go between them. */
static void test_customer_pages(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    const struct customer_filter any = { 0 };
    struct page page = { "", 7 };
    struct customer *list;
    size_t count, total = 0;

    for (int i = 0; i < 30; i++)
        add_customer(f, arena_printf(f->arena, "c%02d", (i * 7) % 30));
    do {
        expect_ok(store_customer_list(f->store, f->arena, &any, page, &list, &count, &err));
        for (size_t i = 0; i < count; i++)
            assert_string_equal(list[i].id, arena_printf(f->arena, "c%02zu", total + i));
        total += count;
        page.after = count ? list[count - 1].id : page.after;
        add_customer(f, arena_printf(f->arena, "b%02zu", total)); /* before where we are: not seen */
    } while (count == 7);
    assert_int_equal(total, 30);
}

static void test_customer_filters(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct customer_filter filter = { .text = "c_e" };
    const struct page page = { "", 200 };
    struct customer *list;
    size_t count;

    add_customer(f, "acme");
    add_customer(f, "other");
    expect_ok(store_customer_list(f->store, f->arena, &filter, page, &list, &count, &err));
    assert_int_equal(count, 0); /* an underscore is itself, not any character */
    filter.text = "%";
    expect_ok(store_customer_list(f->store, f->arena, &filter, page, &list, &count, &err));
    assert_int_equal(count, 0);
    filter.text = "\\";
    expect_ok(store_customer_list(f->store, f->arena, &filter, page, &list, &count, &err));
    assert_int_equal(count, 0);
    filter.text = "of acme";
    expect_ok(store_customer_list(f->store, f->arena, &filter, page, &list, &count, &err));
    assert_int_equal(count, 1);
    filter = (struct customer_filter){ .state = "suspended" };
    expect_ok(store_customer_list(f->store, f->arena, &filter, page, &list, &count, &err));
    assert_int_equal(count, 0);
    filter = (struct customer_filter){ .plan = "small", .state = "active" };
    expect_ok(store_customer_list(f->store, f->arena, &filter, page, &list, &count, &err));
    assert_int_equal(count, 2);
}

/* Text is bound, never pasted: what looks like SQL is a name like any other. */
static void test_text_is_data(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct customer c = a_customer(f, "acme");

    c.name = "x'); DROP TABLE customer; --\" \xf0\x9f\x92\xa9";
    struct store_tx *tx = begin(f);
    expect_ok(store_customer_insert(tx, &c, &err));
    commit(tx);
    assert_string_equal(customer_of(f, "acme").name, c.name);
    expect_error(store_customer_get(f->store, f->arena, "' OR 1=1 --", &c, &err), ERROR_NOT_FOUND);
}

static void test_ping(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;

    expect_ok(store_ping(f->store, &err));
    sql(f, "DROP TABLE schema_version");
    expect_error(store_ping(f->store, &err), ERROR_IO);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_migrations_run_once),
        TEST(test_newer_schema_is_refused),
        TEST(test_older_schema_needs_migrate),
        TEST(test_failed_migration_leaves_nothing),
        TEST(test_no_file),
        TEST(test_rollback_leaves_nothing),
        TEST(test_fault_keeps_transaction),
        TEST(test_changes_raise_generation),
        TEST(test_if_generation),
        TEST(test_plans),
        TEST(test_customer_pages),
        TEST(test_customer_filters),
        TEST(test_text_is_data),
        TEST(test_ping),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
