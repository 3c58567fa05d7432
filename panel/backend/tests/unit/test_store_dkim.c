/* DKIM keys in the store: written as a whole under the lease, kept as boxes, served while the domain's mail may be signed, and
 * gone with all that they belong to. */
#include "store_fixture.h"

#include "store/dkim.h"
#include "store/internal.h"

static void sql(struct fixture *f, const char *text)
{
    struct error err = ERROR_INIT;
    struct store_tx *tx = begin(f);

    expect_ok(db_script(store_tx_db(tx), text, &err));
    commit(tx);
}

static struct tenant tenant_of(struct fixture *f, const char *customer)
{
    struct error err = ERROR_INIT;
    struct tenant t;

    expect_ok(store_tenant_load(f->store, NULL, f->arena, customer, &t, &err));
    return t;
}

static struct dkim_key a_key(const char *selector, enum dkim_algorithm algorithm, enum dkim_state state)
{
    return (struct dkim_key){ .domain = "a.example",
                              .selector = selector,
                              .algorithm = algorithm,
                              .state = state,
                              .public_key = "PUBLIC",
                              .created_ms = 1000 };
}

/* The customer with a proven domain whose mail is on, and a key of each algorithm that signs. */
static struct domain prepare(struct fixture *f)
{
    static const char *const secrets[] = { "RSA PRIVATE", "ED PRIVATE" };
    struct error err = ERROR_INIT;

    add_customer(f, "acme");
    add_domain(f, "acme", "a.example");
    sql(f, "UPDATE domain SET mail = 1, ownership = 'proven'");
    struct domain d = tenant_of(f, "acme").domains[0];
    const struct dkim_key made[] = { a_key("r1", DKIM_RSA, DKIM_SIGNING), a_key("e1", DKIM_ED25519, DKIM_SIGNING) };
    const struct dkim_write w = { .domain = &d, .made_count = 2, .made = made, .made_private = secrets };
    expect_ok(store_dkim_write(f->store, NULL, &w, &err));
    return d;
}

static size_t signers(struct fixture *f, struct dkim_signer **ret)
{
    struct error err = ERROR_INIT;
    size_t count;

    expect_ok(store_dkim_signers(f->store, f->arena, "a.example", ret, &count, &err));
    return count;
}

static int64_t secrets(struct fixture *f)
{
    struct error err = ERROR_INIT;
    struct secret_report r;

    expect_ok(store_secret_report(f->store, f->arena, &r, &err));
    assert_int_equal(r.unreadable, 0);
    return r.total;
}

static void test_written_and_read(void **state)
{
    struct fixture *f = *state;
    struct keyring *k = use_keys(f, KEY_A);
    struct dkim_signer *list;

    prepare(f);
    struct tenant t = tenant_of(f, "acme");
    assert_int_equal(t.domains[0].dkim_key_count, 2);
    assert_string_equal(t.domains[0].dkim_keys[0].selector, "e1");
    assert_string_equal(t.domains[0].dkim_keys[0].public_key, "PUBLIC");
    assert_int_equal(signers(f, &list), 2);
    assert_string_equal(list[0].key.selector, "e1");
    assert_string_equal(list[0].private_key, "ED PRIVATE");
    assert_string_equal(list[1].private_key, "RSA PRIVATE");
    keyring_free(k);
}

static void test_keys_of_secrets_rotate(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct keyring *old = use_keys(f, KEY_A), *new, *only;
    struct secret_report r;
    struct dkim_signer *list;

    prepare(f);
    new = use_keys(f, KEY_B KEY_A);
    struct store_tx *tx = begin(f);
    expect_ok(store_secret_rotate(tx, f->arena, &r, &err));
    commit(tx);
    assert_int_equal(r.rotated, 2);
    only = use_keys(f, KEY_B);
    assert_int_equal(signers(f, &list), 2);
    assert_string_equal(list[1].private_key, "RSA PRIVATE");
    keyring_free(old);
    keyring_free(new);
    keyring_free(only);
}

static void test_not_served(void **state)
{
    static const char *const off[][2] = {
        { "UPDATE domain SET mail = 0", "UPDATE domain SET mail = 1" },
        { "UPDATE domain SET ownership = 'pending'", "UPDATE domain SET ownership = 'proven'" },
        { "UPDATE customer SET state = 'suspended'", "UPDATE customer SET state = 'active'" },
        { "UPDATE customer SET state = 'trashed'", "UPDATE customer SET state = 'active'" },
    };
    struct fixture *f = *state;
    struct keyring *k = use_keys(f, KEY_A);
    struct dkim_signer *list;

    prepare(f);
    for (size_t i = 0; i < COUNT(off); i++) {
        sql(f, off[i][0]);
        assert_int_equal(signers(f, &list), 0);
        sql(f, off[i][1]);
        assert_int_equal(signers(f, &list), 2);
    }
    keyring_free(k);
}

static void test_retired_and_gone(void **state)
{
    static const char *const gone[] = { "e1" };
    struct fixture *f = *state;
    struct keyring *k = use_keys(f, KEY_A);
    struct error err = ERROR_INIT;
    struct dkim_signer *list;
    const struct domain d = prepare(f);
    struct dkim_key retired = a_key("r1", DKIM_RSA, DKIM_RETIRED);
    struct dkim_write w = { .domain = &d, .key_count = 1, .keys = &retired, .gone_count = 1, .gone = gone };

    retired.retired_ms = 5000;
    expect_ok(store_dkim_write(f->store, NULL, &w, &err));
    struct tenant t = tenant_of(f, "acme");
    assert_int_equal(t.domains[0].dkim_key_count, 1);
    assert_int_equal(t.domains[0].dkim_keys[0].state, DKIM_RETIRED);
    assert_true(t.domains[0].dkim_keys[0].retired_ms == 5000);
    assert_int_equal(signers(f, &list), 0);
    assert_int_equal(secrets(f), 0);
    keyring_free(k);
}

static void test_lost_lease_writes_nothing(void **state)
{
    struct fixture *f = *state;
    struct keyring *k = use_keys(f, KEY_A);
    struct error err = ERROR_INIT;
    const struct domain d = prepare(f);
    const struct lease l = { .customer = "acme", .fence = 99 };
    const struct dkim_key retired = a_key("r1", DKIM_RSA, DKIM_RETIRED);
    const struct dkim_write w = { .domain = &d, .key_count = 1, .keys = &retired };
    struct domain another = d;
    struct dkim_write late = { .domain = &another, .key_count = 1, .keys = &retired };
    struct dkim_signer *list;

    expect_error(store_dkim_write(f->store, &l, &w, &err), ERROR_STALE);
    another.created_ms--; /* the domain was deleted, and made again */
    expect_ok(store_dkim_write(f->store, NULL, &late, &err));
    assert_int_equal(signers(f, &list), 2);
    keyring_free(k);
}

static void test_goes_with_the_domain(void **state)
{
    struct fixture *f = *state;
    struct keyring *k = use_keys(f, KEY_A);
    struct error err = ERROR_INIT;

    prepare(f);
    assert_int_equal(secrets(f), 2);
    struct store_tx *tx = begin(f);
    expect_ok(store_domain_delete(tx, "a.example", &err));
    commit(tx);
    assert_int_equal(secrets(f), 0);
    keyring_free(k);
}

static void test_goes_with_the_customer(void **state)
{
    struct fixture *f = *state;
    struct keyring *k = use_keys(f, KEY_A);
    struct error err = ERROR_INIT;
    const struct lease l = { .customer = "acme" };

    prepare(f);
    expect_ok(store_customer_erase(f->store, &l, &err));
    assert_int_equal(secrets(f), 0);
    keyring_free(k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_written_and_read, fixture_up, fixture_down),
        cmocka_unit_test_setup_teardown(test_keys_of_secrets_rotate, fixture_up, fixture_down),
        cmocka_unit_test_setup_teardown(test_not_served, fixture_up, fixture_down),
        cmocka_unit_test_setup_teardown(test_retired_and_gone, fixture_up, fixture_down),
        cmocka_unit_test_setup_teardown(test_lost_lease_writes_nothing, fixture_up, fixture_down),
        cmocka_unit_test_setup_teardown(test_goes_with_the_domain, fixture_up, fixture_down),
        cmocka_unit_test_setup_teardown(test_goes_with_the_customer, fixture_up, fixture_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
