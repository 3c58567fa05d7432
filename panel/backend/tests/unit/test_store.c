/* The store as a whole on a real database: schema, transactions, plans and customers (store/store.h). */
#include "store_fixture.h"

#include <sys/wait.h>

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

    database_sql(f->path, "UPDATE schema_version SET version = 9999");
    expect_error(store_open(f->path, true, &other, &err), ERROR_CONFLICT);
    assert_int_equal(store_open(f->path, false, &other, &err), -1);
    assert_non_null(strstr(err.message, "9999"));
}

static void test_older_schema_needs_migrate(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct store *other;

    database_sql(f->path, "UPDATE schema_version SET version = 0");
    assert_int_equal(store_open(f->path, false, &other, &err), -1);
    assert_int_equal(err.code, ERROR_UNAVAILABLE);
    assert_non_null(strstr(err.message, "berthd migrate"));
    err = ERROR_INIT;
    assert_int_equal(store_open(database_new(f->arena, f->dir, "new"), false, &other, &err), -1);
    assert_non_null(strstr(err.message, "berthd migrate"));
}

static void read_int(void *ctx, const struct db_row *row)
{
    int64_t *n = ctx;
    *n = db_int(row, 0);
}

/* A migration that fails half way leaves the version and the tables as they were. */
static void test_failed_migration_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct store *other;
    struct db *db;
    int64_t version = -1;
    bool there;
    const char *path = database_new(f->arena, f->dir, "half");

    database_sql(path, "CREATE TABLE site (x INT)"); /* in the way */
    assert_int_equal(store_open(path, true, &other, &err), -1);
    assert_non_null(strstr(err.message, "migration 1"));
    err = ERROR_INIT;
    expect_ok(db_open(path, DB_USE, &db, &err));
    assert_int_equal(db_run(db, "SELECT version FROM schema_version", read_int, &version, &err, ""), 1);
    assert_int_equal(version, 0);
    expect_ok(db_has_table(db, "plan", &there, &err));
    assert_false(there);
    expect_ok(db_has_table(db, "customer", &there, &err));
    assert_false(there);
    db_close(db);
}

/* A look at the migrations says which are missing, and changes nothing: not even a file or a table is made. */
static void test_migrations_check(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    const char *missing, *empty = database_new(f->arena, f->dir, "empty");
    struct db *db;
    bool there;

    expect_ok(store_migrations_check(f->path, f->arena, &missing, &err));
    assert_string_equal(missing, "");
    database_sql(f->path, "UPDATE schema_version SET version = 1");
    for (int i = 0; i < 2; i++) {
        expect_ok(store_migrations_check(f->path, f->arena, &missing, &err));
        assert_true(str_starts(missing, "0002"));
    }
    const char *after_first = missing;
    database_sql(f->path, "UPDATE schema_version SET version = 9999");
    expect_error(store_migrations_check(f->path, f->arena, &missing, &err), ERROR_CONFLICT);
    if (!database_server()) {
        expect_error(store_migrations_check(empty, f->arena, &missing, &err), ERROR_IO);
        assert_int_equal(access(empty, F_OK), -1);
    }
    expect_ok(db_open(empty, DB_USE, &db, &err));
    expect_ok(store_migrations_check(empty, f->arena, &missing, &err));
    assert_string_equal(missing, arena_printf(f->arena, "0001, %s", after_first));
    expect_ok(db_has_table(db, "schema_version", &there, &err));
    assert_false(there);
    db_close(db);
}

static int migrate_in_child(const char *path)
{
    struct error err = ERROR_INIT;
    struct store *s;

    return store_open(path, true, &s, &err) < 0;
}

/* Processes that start at once do each migration once between them. */
static void test_migrations_at_once(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    const char *path = database_new(f->arena, f->dir, "both");
    pid_t pids[4];
    struct store *s;
    struct plan *plans;
    size_t count;

    for (size_t i = 0; i < COUNT(pids); i++) {
        pids[i] = fork();
        if (pids[i] == 0)
            _exit(migrate_in_child(path));
    }
    for (size_t i = 0; i < COUNT(pids); i++) {
        int status;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
    expect_ok(store_open(path, false, &s, &err));
    expect_ok(store_plan_list(s, f->arena, &plans, &count, &err));
    assert_int_equal(count, 3);
    store_close(s);
}

/* What is wrong with an address is said without it: there may be a password in it. */
static void test_password_is_in_no_error(void **state)
{
    static const char *const addresses[] = { "postgres://berth:hunter2@127.0.0.1:1/berth",
                                             "postgresql://berth:hunter2@[::1/berth",
                                             "postgresql://berth:hunter2@127.0.0.1:1:2/berth",
                                             "postgres://berth:hunter2@127.0.0.1/berth?nothing=1",
                                             "mysql://berth:hunter2@127.0.0.1/berth" };
    struct store *other;

    (void)state;
    for (size_t i = 0; i < COUNT(addresses); i++) {
        struct error err = ERROR_INIT;
        assert_int_equal(store_open(addresses[i], true, &other, &err), -1);
        if (err.code != (i == 0 || i == 2 ? ERROR_UNAVAILABLE : ERROR_INVALID))
            fail_msg("%s: %s: %s", addresses[i], error_name(err.code), err.message);
        assert_null(strstr(err.message, "hunter2"));
    }
}

static void test_no_file(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct store *other;

    expect_error(store_open("/nonexistent/berth.db", true, &other, &err), ERROR_IO);
    expect_error(store_open("postgres://127.0.0.1:1/berth", true, &other, &err), ERROR_UNAVAILABLE);
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
    expect_ok(store_site_get(f->store, f->arena, "www.example.com", &s, &err)); /* by whatever reads */
    struct store *outside = another(f);
    expect_ok(store_tenant_load(outside, NULL, f->arena, "acme", &t, &err));
    assert_int_equal(t.site_count, 0);
    store_close(outside);
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

/* After a fault within a transaction nothing of it is left, and the next one is not troubled. */
static void test_fault_ends_transaction(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct customer one = a_customer(f, "one"), again = a_customer(f, "one");

    struct store_tx *tx = begin(f);
    expect_ok(store_customer_insert(tx, &one, &err));
    expect_error(store_customer_insert(tx, &again, &err), ERROR_CONFLICT);
    store_rollback(tx);
    struct customer gone;
    expect_error(store_customer_get(f->store, f->arena, "one", &gone, &err), ERROR_NOT_FOUND);
    add_customer(f, "one");
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
        const struct plan p = { "small", "1", "1Gi", "10Gi", "4Gi", 1, 2, 3, 4, 6, 5, 0 };
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
    const int64_t old = c.generation;
    expect_ok(store_customer_update(tx, &c, old, &err));
    assert_int_equal(c.generation, old + 1);
    c.name = "Newer";
    expect_error(store_customer_update(tx, &c, old, &err), ERROR_STALE);
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
    struct plan p = { "tiny", "100m", "128Mi", "2Gi", "1Gi", 1, 1, 1, 1, 1, 1, 0 };
    struct plan *list;
    size_t count;

    struct store_tx *tx = begin(f);
    expect_ok(store_plan_put(tx, &p, true, &err));
    commit(tx);
    tx = begin(f);
    expect_error(store_plan_put(tx, &p, true, &err), ERROR_CONFLICT);
    store_rollback(tx);
    tx = begin(f);
    p.id = "absent";
    expect_error(store_plan_put(tx, &p, false, &err), ERROR_NOT_FOUND);
    expect_error(store_plan_delete(tx, "absent", &err), ERROR_NOT_FOUND);
    commit(tx);
    add_customer(f, "acme");
    tx = begin(f);
    expect_error(store_plan_delete(tx, "small", &err), ERROR_CONFLICT);
    store_rollback(tx);
    tx = begin(f);
    expect_ok(store_plan_delete(tx, "large", &err));
    struct customer c = customer_of(f, "acme");
    c.plan = "large";
    commit(tx);
    tx = begin(f);
    assert_int_equal(store_customer_update(tx, &c, -1, &err), -1); /* a plan that is gone */
    assert_string_equal(err.fields[0].pointer, "/plan");
    store_rollback(tx);
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
    struct customer fruit = a_customer(f, "fruit");
    fruit.name = "\xc3\x84pfel";
    struct store_tx *tx = begin(f);
    expect_ok(store_customer_insert(tx, &fruit, &err));
    commit(tx);
    filter.text = "\xc3\x84PFEL"; /* ASCII letters are alike in both cases, others are themselves */
    expect_ok(store_customer_list(f->store, f->arena, &filter, page, &list, &count, &err));
    assert_int_equal(count, 1);
    filter = (struct customer_filter){ .state = "suspended" };
    expect_ok(store_customer_list(f->store, f->arena, &filter, page, &list, &count, &err));
    assert_int_equal(count, 0);
    filter = (struct customer_filter){ .plan = "small", .state = "active" };
    expect_ok(store_customer_list(f->store, f->arena, &filter, page, &list, &count, &err));
    assert_int_equal(count, 3);
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
    database_sql(f->path, "DROP TABLE schema_version");
    expect_error(store_ping(f->store, &err), ERROR_IO);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_migrations_run_once),
        TEST(test_newer_schema_is_refused),
        TEST(test_older_schema_needs_migrate),
        TEST(test_failed_migration_leaves_nothing),
        TEST(test_migrations_check),
        TEST(test_migrations_at_once),
        TEST(test_password_is_in_no_error),
        TEST(test_no_file),
        TEST(test_rollback_leaves_nothing),
        TEST(test_fault_ends_transaction),
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
