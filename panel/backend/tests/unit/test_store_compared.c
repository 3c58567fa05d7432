/* What a restart goes on from (store/store.h): what was found right before, the key of its hashes, and whose customers were. */
#include "store_fixture.h"

#include "store/internal.h"

static const char *compared_of(struct fixture *f, const char *customer)
{
    struct error err = ERROR_INIT;
    const char *text;

    expect_ok(store_compared_get(f->store, f->arena, customer, &text, &err));
    return text;
}

static void test_compared(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct pass_result r = { .ready = true, .compared = "aa" };
    struct lease stale, l;

    add_customer(f, "one");
    assert_string_equal(compared_of(f, "one"), "");
    assert_true(claim_as(f, "dies", 20, &stale));
    clock_sleep_ms(30);
    assert_true(claim_as(f, "a", 60000, &l));
    expect_error(store_pass_end(f->store, &stale, &r, &err), ERROR_STALE); /* who lost the lease writes nothing */
    assert_string_equal(compared_of(f, "one"), "");
    expect_ok(store_pass_end(f->store, &l, &r, &err));
    assert_string_equal(compared_of(f, "one"), "aa");
    pass_done(f, &l, false, clock_wall_ms()); /* a pass that says nothing of it leaves it */
    assert_string_equal(compared_of(f, "one"), "aa");
    r.compared = "bbcc";
    expect_ok(store_pass_end(f->store, &l, &r, &err));
    expect_ok(store_pass_end(f->store, &l, &r, &err));
    assert_string_equal(compared_of(f, "one"), "bbcc");
    expect_ok(store_customer_erase(f->store, &l, &err));
    add_customer(f, "one"); /* another one of that name inherits nothing */
    assert_string_equal(compared_of(f, "one"), "");
}

static void test_hash_key(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    const char *first, *second;

    expect_ok(store_hash_key(f->store, f->arena, "k1", &first, &err));
    assert_string_equal(first, "k1");
    expect_ok(store_hash_key(f->store, f->arena, "k2", &second, &err)); /* the next process has the same */
    assert_string_equal(second, "k1");
}

/* A process that starts has seen nothing yet, so nothing that it will see is older than what others have done until now. */
static void test_adopt(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct lease held, l;

    add_customer(f, "held");
    assert_true(claim_as(f, "other", 60000, &held));
    add_customer(f, "one");
    assert_true(claim_as(f, "before", 60000, &l));
    pass_done(f, &l, false, clock_wall_ms());
    assert_true(claim_as(f, "old", 60000, &l));
    assert_true(l.moved);
    pass_done(f, &l, false, clock_wall_ms());
    expect_ok(store_adopt(f->store, "new", &err));
    assert_true(claim_as(f, "new", 60000, &l));
    assert_string_equal(l.customer, "one");
    assert_false(l.moved);
    pass_done(f, &l, false, clock_wall_ms());
    /* what another one does after that may not be seen yet */
    assert_true(claim_as(f, "old", 60000, &l));
    assert_true(l.moved);
    pass_done(f, &l, false, clock_wall_ms());
    assert_true(claim_as(f, "new", 60000, &l));
    assert_true(l.moved);
    pass_done(f, &l, true, 0);
    /* and neither may what was being done when the process started */
    pass_done(f, &held, false, clock_wall_ms());
    assert_true(claim_as(f, "new", 60000, &l));
    assert_string_equal(l.customer, "held");
    assert_true(l.moved);
}

/* One that died in a pass may have written until its end: its successor is told so, although it released the lease. */
static void test_adopt_the_dead(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct lease l;

    add_customer(f, "one");
    assert_true(claim_as(f, "dead", 60000, &l));
    expect_ok(store_adopt(f->store, "new", &err));
    expect_ok(store_lease_release(f->store, "dead", &err));
    assert_true(claim_as(f, "new", 60000, &l));
    assert_true(l.moved);
}

static void read_int(void *ctx, const struct db_row *row)
{
    int64_t *n = ctx;
    *n = db_int(row, 0);
}

/* What SQLite does at the commit of the transaction: 2 FULL, 1 NORMAL. PostgreSQL has a server that others may outlive. */
static int64_t read_synchronous(struct db *db, void *ctx, struct error *err)
{
    return db_run(db, "PRAGMA synchronous", read_int, ctx, err, "");
}

static int64_t raise_version(struct db *db, void *ctx, struct error *err)
{
    (void)ctx;
    return db_run(db, "UPDATE schema_version SET version = version", NULL, NULL, err, "");
}

/* Only what says who works on what may go with the power: every other commit is on the disk, and takes those before it along. */
static void test_volatile(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    int64_t before = 0, within = 0, after = 0;

    if (strstr(f->path, "://")) { /* there it is a write as any other */
        assert_int_equal(store_write_volatile(f->store, "test", raise_version, NULL, &err), 1);
        return;
    }
    assert_true(store_write(f->store, "test", read_synchronous, &before, &err) >= 0);
    assert_true(store_write_volatile(f->store, "test", read_synchronous, &within, &err) >= 0);
    assert_true(store_write(f->store, "test", read_synchronous, &after, &err) >= 0);
    assert_int_equal(before, 2);
    assert_int_equal(within, 1);
    assert_int_equal(after, 2);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_compared), TEST(test_hash_key), TEST(test_adopt), TEST(test_adopt_the_dead), TEST(test_volatile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
