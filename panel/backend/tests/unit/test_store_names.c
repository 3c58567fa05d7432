/* Who has a name (store/store.h): hostnames, domains, clashes between customers, tombstones, releases. */
#include "store_fixture.h"

static const char *clash(struct fixture *f, const char *customer, const char *name)
{
    struct error err = ERROR_INIT;
    struct store_tx *tx = begin(f);
    char *other;

    expect_ok(store_name_clash(tx, f->arena, customer, name, &other, &err));
    store_rollback(tx);
    return other;
}

static void test_clash_with_domains(void **state)
{
    struct fixture *f = *state;

    add_customer(f, "one");
    add_customer(f, "two");
    add_domain(f, "one", "example.com");
    add_domain(f, "one", "deep.sub.example.org");
    assert_string_equal(clash(f, "two", "example.com"), "example.com"); /* equal */
    assert_string_equal(clash(f, "two", "www.example.com"), "example.com"); /* below */
    assert_string_equal(clash(f, "two", "a.b.c.example.com"), "example.com");
    assert_string_equal(clash(f, "two", "sub.example.org"), "deep.sub.example.org"); /* above */
    assert_string_equal(clash(f, "two", "example.org"), "deep.sub.example.org");
    /* names that only look alike */
    assert_string_equal(clash(f, "two", "badexample.com"), "");
    assert_string_equal(clash(f, "two", "example.com.au"), "");
    assert_string_equal(clash(f, "two", "example-com.net"), "");
    assert_string_equal(clash(f, "two", "example.co"), "");
    assert_string_equal(clash(f, "two", "other.example.org"), "");
    assert_string_equal(clash(f, "two", "eep.sub.example.org"), "");
    /* one's own names are no clash */
    assert_string_equal(clash(f, "one", "example.com"), "");
    assert_string_equal(clash(f, "one", "www.example.com"), "");
    assert_string_equal(clash(f, "one", "example.org"), "");
}

static void test_clash_with_hostnames(void **state)
{
    struct fixture *f = *state;

    add_customer(f, "one");
    add_customer(f, "two");
    add_site(f, "one", "s1", "shop.platform.example");
    assert_string_equal(clash(f, "two", "shop.platform.example"), "shop.platform.example"); /* equal */
    assert_string_equal(clash(f, "two", "a.shop.platform.example"), "shop.platform.example"); /* below */
    assert_string_equal(clash(f, "two", "platform.example"), "shop.platform.example"); /* above */
    assert_string_equal(clash(f, "two", "workshop.platform.example"), "");
    assert_string_equal(clash(f, "two", "shop.platform.exampl"), "");
    assert_string_equal(clash(f, "one", "a.shop.platform.example"), "");
}

/* A domain that was deleted stays taken until the planes are clean of it, for names above and below it too. */
static void test_clash_with_tombstones(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct tombstone *list;
    size_t count;

    add_customer(f, "one");
    add_customer(f, "two");
    add_domain(f, "one", "example.com");
    struct store_tx *tx = begin(f);
    expect_ok(store_domain_delete(tx, "example.com", &err));
    expect_error(store_domain_delete(tx, "example.com", &err), ERROR_NOT_FOUND);
    commit(tx);
    assert_string_equal(clash(f, "two", "example.com"), "example.com");
    assert_string_equal(clash(f, "two", "www.example.com"), "example.com");
    assert_string_equal(clash(f, "one", "example.com"), "");
    expect_ok(store_tombstone_list(f->store, f->arena, "one", &list, &count, &err));
    assert_int_equal(count, 1);
    assert_string_equal(list[0].kind, "domain");
    /* the owner takes it back: the tombstone is gone, or the new zone would be removed */
    add_domain(f, "one", "example.com");
    expect_ok(store_tombstone_list(f->store, f->arena, "one", &list, &count, &err));
    assert_int_equal(count, 0);
    tx = begin(f);
    expect_ok(store_domain_delete(tx, "example.com", &err));
    commit(tx);
    expect_ok(store_tombstone_clear(f->store, NULL, "two", "domain", "example.com", &err)); /* not theirs */
    assert_string_equal(clash(f, "two", "example.com"), "example.com");
    expect_ok(store_tombstone_clear(f->store, NULL, "one", "domain", "example.com", &err));
    assert_string_equal(clash(f, "two", "example.com"), "");
    expect_ok(store_tombstone_clear(f->store, NULL, "one", "domain", "example.com", &err)); /* again: nothing to do */
}

static void test_same_name_twice(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    const struct domain d = { .name = "example.com", .customer = "two" };
    const char *names[] = { "new.example.net", "a.example.com" };
    const struct site s = {
        .id = "s2", .customer = "two", .runtime = "static", .hostname_count = 2, .hostnames = names
    };
    struct site found;

    add_customer(f, "one");
    add_customer(f, "two");
    add_domain(f, "one", "example.com");
    add_site(f, "one", "s1", "a.example.com");
    struct store_tx *tx = begin(f);
    expect_error(store_domain_insert(tx, &d, &err), ERROR_CONFLICT);
    store_rollback(tx);
    tx = begin(f);
    assert_int_equal(store_site_insert(tx, &s, &err), -1);
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_non_null(strstr(err.message, "a.example.com"));
    store_rollback(tx);
    err = ERROR_INIT;
    expect_error(store_site_get(f->store, f->arena, "new.example.net", &found, &err), ERROR_NOT_FOUND);
}

/* The ids "a-b" + "c" and "a" + "b-c" are different customers with different sites: nothing is joined by dashes. */
static void test_dashes_do_not_collide(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct tenant one, two;

    add_customer(f, "a-b");
    add_customer(f, "a");
    add_domain(f, "a-b", "c.example.com");
    add_domain(f, "a", "b-c.example.com");
    add_site(f, "a-b", "c", "c.example.com");
    add_site(f, "a", "b-c", "b-c.example.com");
    expect_ok(store_tenant_load(f->store, NULL, f->arena, "a-b", &one, &err));
    expect_ok(store_tenant_load(f->store, NULL, f->arena, "a", &two, &err));
    assert_int_equal(one.site_count, 1);
    assert_int_equal(two.site_count, 1);
    assert_string_equal(one.sites[0].hostnames[0], "c.example.com");
    assert_string_equal(two.sites[0].hostnames[0], "b-c.example.com");
    assert_string_equal(clash(f, "a", "c.example.com"), "c.example.com");
    assert_string_equal(clash(f, "a-b", "b-c.example.com"), "b-c.example.com");
}

static void test_hostnames_keep_their_order(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    const char *names[] = { "z.example.com", "a.example.com", "m.example.com" };
    const char *fewer[] = { "m.example.com", "z.example.com" };
    struct site s = {
        .id = "s1", .customer = "one", .runtime = "static", .release = "", .hostname_count = 3, .hostnames = names
    };
    struct site found;
    struct tenant t;

    add_customer(f, "one");
    struct store_tx *tx = begin(f);
    expect_ok(store_site_insert(tx, &s, &err));
    commit(tx);
    expect_ok(store_site_get(f->store, f->arena, "a.example.com", &found, &err));
    assert_int_equal(found.hostname_count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(found.hostnames[i], names[i]);
    tx = begin(f);
    s.hostname_count = 2;
    s.hostnames = fewer;
    expect_ok(store_site_update(tx, &s, -1, &err));
    commit(tx);
    expect_ok(store_tenant_load(f->store, NULL, f->arena, "one", &t, &err));
    assert_int_equal(t.sites[0].hostname_count, 2);
    assert_string_equal(t.sites[0].hostnames[0], "m.example.com");
    assert_string_equal(t.sites[0].hostnames[1], "z.example.com");
    expect_error(store_site_get(f->store, f->arena, "a.example.com", &found, &err), ERROR_NOT_FOUND);
}

static void test_site_deletion(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct tombstone *list;
    struct site s;
    size_t count;

    add_customer(f, "one");
    add_site(f, "one", "s1", "a.example.com");
    struct store_tx *tx = begin(f);
    const struct release r = { .id = "r1", .site = "s1", .sha256 = "ff", .media = "tar", .size = 1 };
    expect_ok(store_release_insert(tx, &r, &err));
    expect_ok(store_site_delete(tx, "s1", &err));
    expect_error(store_site_delete(tx, "s1", &err), ERROR_NOT_FOUND);
    commit(tx);
    expect_error(store_site_get(f->store, f->arena, "a.example.com", &s, &err), ERROR_NOT_FOUND);
    struct release gone;
    expect_error(store_release_get(f->store, f->arena, "r1", &gone, &err), ERROR_NOT_FOUND);
    expect_ok(store_tombstone_list(f->store, f->arena, "one", &list, &count, &err));
    assert_int_equal(count, 1);
    assert_string_equal(list[0].kind, "site");
    assert_string_equal(list[0].name, "s1");
}

static void test_releases(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct release *list;
    size_t count;

    add_customer(f, "one");
    add_site(f, "one", "s1", "a.example.com");
    add_site(f, "one", "s2", "b.example.com");
    for (int i = 0; i < 4; i++) {
        const struct release r = { .id = arena_printf(f->arena, "r%d", i),
                                   .site = i == 3 ? "s2" : "s1",
                                   .sha256 = "ff",
                                   .media = "tar",
                                   .size = i };
        struct store_tx *tx = begin(f);
        expect_ok(store_release_insert(tx, &r, &err));
        commit(tx);
        clock_sleep_ms(2);
    }
    expect_ok(store_release_state(f->store, NULL, "r0", RELEASE_CURRENT, "", &err));
    expect_ok(store_release_state(f->store, NULL, "r3", RELEASE_CURRENT, "", &err));
    expect_ok(store_release_state(f->store, NULL, "r1", RELEASE_CURRENT, "", &err));
    expect_ok(store_release_state(f->store, NULL, "r2", RELEASE_FAILED, "not a tar file", &err));
    expect_error(store_release_state(f->store, NULL, "absent", RELEASE_CURRENT, "", &err), ERROR_NOT_FOUND);
    expect_ok(store_release_list(f->store, f->arena, "s1", &list, &count, &err));
    assert_int_equal(count, 3);
    assert_string_equal(list[0].id, "r2"); /* newest first */
    assert_int_equal(list[0].state, RELEASE_FAILED);
    assert_string_equal(list[0].message, "not a tar file");
    assert_int_equal(list[1].state, RELEASE_CURRENT); /* one current a site */
    assert_true(list[1].deployed_ms > 0);
    assert_int_equal(list[2].state, RELEASE_KEPT);
    struct release other;
    expect_ok(store_release_get(f->store, f->arena, "r3", &other, &err));
    assert_int_equal(other.state, RELEASE_CURRENT); /* of another site: untouched */
}

static void test_site_and_domain_pages(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct page page = { "", 4 };
    struct domain *domains;
    struct site *sites;
    size_t count, total = 0;

    add_customer(f, "one");
    add_customer(f, "two");
    for (int i = 0; i < 10; i++) {
        const char *name = arena_printf(f->arena, "d%d.example", (i * 3) % 10);
        add_domain(f, i % 5 ? "one" : "two", name);
        add_site(f, i % 5 ? "one" : "two", arena_printf(f->arena, "s%d", (i * 3) % 10), name);
    }
    do {
        expect_ok(store_domain_list(f->store, f->arena, &(struct domain_filter){ 0 }, page, &domains, &count, &err));
        for (size_t i = 0; i < count; i++)
            assert_string_equal(domains[i].name, arena_printf(f->arena, "d%zu.example", total + i));
        total += count;
        page.after = count ? domains[count - 1].name : page.after;
    } while (count == 4);
    assert_int_equal(total, 10);
    page.after = "";
    expect_ok(
        store_site_list(f->store, f->arena, &(struct site_filter){ .customer = "two" }, page, &sites, &count, &err));
    assert_int_equal(count, 2);
    assert_string_equal(sites[0].id, "s0");
    assert_string_equal(sites[1].hostnames[0], "d5.example");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_clash_with_domains),    TEST(test_clash_with_hostnames),
        TEST(test_clash_with_tombstones), TEST(test_same_name_twice),
        TEST(test_dashes_do_not_collide), TEST(test_hostnames_keep_their_order),
        TEST(test_site_deletion),         TEST(test_releases),
        TEST(test_site_and_domain_pages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
