/* Releases and volumes (store/store.h): which release a site serves, which can be forgotten, and what a new volume means. */
#include "store_fixture.h"

static void add_release(struct fixture *f, const char *site, const char *id, const char *sha256)
{
    struct error err = ERROR_INIT;
    const struct release r = { .id = id, .site = site, .sha256 = sha256, .media = "tar", .size = 1 };
    struct store_tx *tx = begin(f);

    expect_ok(store_release_insert(tx, &r, &err));
    commit(tx);
    clock_sleep_ms(2); /* they are ordered by their times */
}

static void become(struct fixture *f, const char *id, enum release_state state)
{
    struct error err = ERROR_INIT;

    expect_ok(store_release_state(f->store, NULL, id, state, "", &err));
}

static enum release_state state_of(struct fixture *f, const char *id)
{
    struct error err = ERROR_INIT;
    struct release r;

    expect_ok(store_release_get(f->store, f->arena, id, &r, &err));
    return r.state;
}

static size_t count_of(struct fixture *f, const char *site)
{
    struct error err = ERROR_INIT;
    struct release *list;
    size_t count;

    expect_ok(store_release_list(f->store, f->arena, site, &list, &count, &err));
    return count;
}

static void serve(struct fixture *f, const char *site, const char *release)
{
    struct error err = ERROR_INIT;
    struct site s;
    struct store_tx *tx;

    expect_ok(store_site_get(f->store, f->arena, site, &s, &err));
    s.release = release;
    tx = begin(f);
    expect_ok(store_site_update(tx, &s, -1, &err));
    commit(tx);
}

/* Of each site the newest stay, whatever other sites have; what should be served stays however old it is. */
static void test_prune(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;

    add_customer(f, "one");
    add_site(f, "one", "s1", "a.example.com");
    add_site(f, "one", "s2", "b.example.com");
    for (int i = 0; i < 5; i++) {
        add_release(f, "s1", arena_printf(f->arena, "r%d", i), "aa");
        become(f, arena_printf(f->arena, "r%d", i), RELEASE_KEPT);
    }
    add_release(f, "s2", "q0", "bb");
    become(f, "q0", RELEASE_FAILED);
    add_release(f, "s1", "waits", "cc");
    serve(f, "s1", "r0");
    expect_ok(store_release_prune(f->store, 3, &err));
    assert_int_equal(count_of(f, "s1"), 4); /* waits, r4, r3, and r0 that should be served */
    assert_int_equal(state_of(f, "r0"), RELEASE_KEPT);
    assert_int_equal(state_of(f, "waits"), RELEASE_UPLOADED);
    assert_int_equal(count_of(f, "s2"), 1);
}

static void hold(struct fixture *f, const char *sha256, int64_t ms)
{
    struct error err = ERROR_INIT;

    expect_ok(store_archive_hold(f->store, sha256, ms, &err));
}

static bool held(struct fixture *f, const char *sha256)
{
    struct error err = ERROR_INIT;
    struct store_tx *tx = begin(f);
    int rc = store_archive_held(tx, sha256, &err);

    store_rollback(tx);
    assert_true(rc == 0 || err.code == ERROR_UNAVAILABLE);
    return rc == 0;
}

/* Gives the digest of the archive that was claimed to be deleted, "" for none. */
static struct archive_claim claim_archive(struct fixture *f, int64_t ms)
{
    struct error err = ERROR_INIT;
    struct archive_claim c;
    bool found;

    expect_ok(store_archive_claim(f->store, f->arena, ms, &c, &found, &err));
    if (!found)
        c.sha256 = "";
    return c;
}

/* An archive goes when no release names it and no upload holds it, once, by one process. */
static void test_archives(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;

    add_customer(f, "one");
    add_site(f, "one", "s1", "a.example.com");
    assert_false(held(f, "aa"));
    hold(f, "aa", 60000);
    assert_true(held(f, "aa"));
    assert_string_equal(claim_archive(f, 60000).sha256, "");
    hold(f, "bb", 20); /* its request ended without a release */
    hold(f, "cc", 20);
    add_release(f, "s1", "r0", "cc");
    clock_sleep_ms(30);
    assert_false(held(f, "bb"));
    struct archive_claim first = claim_archive(f, 500);
    assert_string_equal(first.sha256, "bb");
    assert_string_equal(claim_archive(f, 60000).sha256, ""); /* another process finds it taken */
    expect_error(store_archive_hold(f->store, "bb", 60000, &err), ERROR_UNAVAILABLE); /* it is being deleted */
    clock_sleep_ms(510);
    struct archive_claim second = claim_archive(f, 60000); /* whoever claimed it died */
    assert_string_equal(second.sha256, "bb");
    expect_ok(store_archive_forget(f->store, &first, &err)); /* comes too late, and changes nothing */
    expect_error(store_archive_hold(f->store, "bb", 60000, &err), ERROR_UNAVAILABLE);
    expect_ok(store_archive_forget(f->store, &second, &err));
    hold(f, "bb", 60000);
    assert_true(held(f, "bb"));
    assert_string_equal(claim_archive(f, 60000).sha256, "");
}

/* A shorter hold does not end a longer one: two uploads of one content. */
static void test_longest_hold(void **state)
{
    struct fixture *f = *state;

    hold(f, "aa", 60000);
    hold(f, "aa", 10);
    clock_sleep_ms(20);
    assert_true(held(f, "aa"));
    assert_string_equal(claim_archive(f, 60000).sha256, "");
}

/* Files are gone with their volume: what was served must be unpacked again, for this customer alone and once. */
static void test_new_volume(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;

    add_customer(f, "one");
    add_site(f, "one", "s1", "a.example.com");
    add_customer(f, "two");
    add_site(f, "two", "s2", "b.example.com");
    expect_ok(store_volume_seen(f->store, NULL, "one", "uid-1", &err));
    expect_ok(store_volume_seen(f->store, NULL, "two", "uid-2", &err));
    add_release(f, "s1", "r1", "aa");
    add_release(f, "s2", "r2", "bb");
    become(f, "r1", RELEASE_CURRENT);
    become(f, "r2", RELEASE_CURRENT);
    expect_ok(store_volume_seen(f->store, NULL, "one", "uid-1", &err));
    assert_int_equal(state_of(f, "r1"), RELEASE_CURRENT);
    expect_ok(store_volume_seen(f->store, NULL, "one", "uid-3", &err));
    assert_int_equal(state_of(f, "r1"), RELEASE_UPLOADED);
    assert_int_equal(state_of(f, "r2"), RELEASE_CURRENT);
    become(f, "r1", RELEASE_CURRENT);
    expect_ok(store_volume_seen(f->store, NULL, "one", "uid-3", &err));
    assert_int_equal(state_of(f, "r1"), RELEASE_CURRENT);
    /* a customer that is gone in the meantime is no error */
    expect_ok(store_volume_seen(f->store, NULL, "gone", "uid-4", &err));
}

static const char *wanted_of(struct fixture *f, const char *site)
{
    struct error err = ERROR_INIT;
    struct site s;

    expect_ok(store_site_get(f->store, f->arena, site, &s, &err));
    return s.release;
}

/* What failed is not what should be: the site goes on with what it serves, or with nothing. */
static void test_failed(void **state)
{
    struct fixture *f = *state;

    add_customer(f, "one");
    add_site(f, "one", "s1", "a.example.com");
    add_release(f, "s1", "r1", "aa");
    serve(f, "s1", "r1");
    become(f, "r1", RELEASE_FAILED);
    assert_string_equal(wanted_of(f, "s1"), "");
    add_release(f, "s1", "r2", "bb");
    serve(f, "s1", "r2");
    become(f, "r2", RELEASE_CURRENT);
    add_release(f, "s1", "r3", "cc");
    serve(f, "s1", "r3");
    add_release(f, "s1", "r4", "dd");
    serve(f, "s1", "r4");
    become(f, "r3", RELEASE_FAILED); /* a newer one took its place */
    assert_string_equal(wanted_of(f, "s1"), "r4");
    become(f, "r4", RELEASE_FAILED);
    assert_string_equal(wanted_of(f, "s1"), "r2");
    assert_int_equal(state_of(f, "r2"), RELEASE_CURRENT);
}

static void add_deploy(struct fixture *f, const char *id, const char *kind, const char *release)
{
    struct error err = ERROR_INIT;
    struct operation op = an_operation(id, kind, "one");
    struct store_tx *tx = begin(f);

    op.input = release;
    expect_ok(store_operation_insert(tx, &op, &err));
    commit(tx);
}

/* With a release fail the operations that wait for it, at once and no others. */
static void test_failed_operations(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct operation op;

    add_customer(f, "one");
    add_site(f, "one", "s1", "a.example.com");
    add_release(f, "s1", "r1", "aa");
    add_deploy(f, "op1", "site.deploy", "r1");
    add_deploy(f, "op2", "site.rollback", "r1");
    add_deploy(f, "op3", "site.deploy", "r2");
    add_deploy(f, "op4", "site.update", "r1");
    expect_ok(store_release_end(f->store, NULL, "r1", RELEASE_FAILED, "no archive", NULL, &err));
    assert_int_equal(operation_state_of(f, "op1"), OPERATION_FAILED);
    assert_int_equal(operation_state_of(f, "op2"), OPERATION_FAILED);
    assert_int_equal(operation_state_of(f, "op3"), OPERATION_ACCEPTED);
    assert_int_equal(operation_state_of(f, "op4"), OPERATION_ACCEPTED);
    expect_ok(store_operation_get(f->store, f->arena, "op1", &op, &err));
    assert_string_equal(op.message, "no archive");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_prune),    TEST(test_failed),       TEST(test_failed_operations),
        TEST(test_archives), TEST(test_longest_hold), TEST(test_new_volume)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
