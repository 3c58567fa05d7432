/* Whose a domain is: the pure part (model/ownership.h), and claims in the store (store/store_ownership.c), on SQLite or on a server.
 * Looking for proofs is tested with a real resolver, in tests/component/test_domains.py. */
#include "store_fixture.h"

#include "model/ownership.h"

static void test_free_domains(void **state)
{
    static const char *const list[] = { "free.example", "localhost" };

    (void)state;
    assert_true(ownership_is_free(list, 2, "shop.free.example"));
    assert_true(ownership_is_free(list, 2, "a.b.localhost"));
    assert_false(ownership_is_free(list, 2, "free.example")); /* itself is the installation's */
    assert_false(ownership_is_free(list, 2, "notfree.example"));
    assert_false(ownership_is_free(list, 2, "free.example.com"));
    assert_false(ownership_is_free(NULL, 0, "shop.free.example"));
}

static void test_challenges(void **state)
{
    struct fixture *f = *state;
    const char *one = ownership_challenge(f->arena, "uid-1", "example.com");

    assert_string_equal(ownership_challenge_name(f->arena, "example.com"), "_berth-challenge.example.com");
    assert_int_equal(strlen(one), strlen("berth-") + 32);
    assert_true(str_starts(one, "berth-"));
    assert_string_equal(one, ownership_challenge(f->arena, "uid-1", "example.com")); /* for ever the same */
    assert_string_not_equal(one, ownership_challenge(f->arena, "uid-2", "example.com"));
    assert_string_not_equal(one, ownership_challenge(f->arena, "uid-1", "www.example.com"));
}

static void test_routes(void **state)
{
    struct fixture *f = *state;
    struct domain domains[] = { { .name = "pending.example", .ownership = OWNERSHIP_PENDING },
                                { .name = "in.pending.example", .ownership = OWNERSHIP_PROVEN },
                                { .name = "free.localhost", .ownership = OWNERSHIP_PLATFORM } };
    const char *names[] = { "www.pending.example", "a.in.pending.example", "free.localhost", "x.berth.localhost" };
    const struct tenant t = { .domain_count = 3, .domains = domains };
    const struct site s = { .id = "s1", .hostname_count = 4, .hostnames = names }, all = { .id = "s2" };

    const struct site routed = ownership_routed(f->arena, &t, &s);
    assert_int_equal(routed.hostname_count, 3);
    assert_string_equal(routed.hostnames[0], "a.in.pending.example");
    assert_string_equal(routed.hostnames[1], "free.localhost");
    assert_string_equal(routed.hostnames[2], "x.berth.localhost");
    assert_string_equal(routed.id, "s1");
    assert_int_equal(s.hostname_count, 4); /* the site itself is as it was */
    assert_int_equal(ownership_routed(f->arena, &t, &all).hostname_count, 0);
}

/* --- in the store --- */

static void claim(struct fixture *f, const char *customer, const char *name, enum ownership ownership)
{
    const struct domain d = { .name = name, .customer = customer, .ownership = ownership };
    struct error err = ERROR_INIT;
    struct store_tx *tx = begin(f);

    expect_ok(store_domain_insert(tx, &d, &err));
    commit(tx);
}

static void host(struct fixture *f, const char *customer, const char *id, const char **names, size_t count)
{
    const struct site s = { .id = id,
                            .customer = customer,
                            .runtime = "static",
                            .release = "",
                            .release_sha256 = "",
                            .hostnames = names,
                            .hostname_count = count };
    struct error err = ERROR_INIT;
    struct store_tx *tx = begin(f);

    expect_ok(store_site_insert(tx, &s, &err));
    commit(tx);
}

static struct domain domain_of(struct fixture *f, const char *name)
{
    struct error err = ERROR_INIT;
    struct domain d;

    expect_ok(store_domain_get(f->store, f->arena, name, &d, &err));
    return d;
}

/* What a look found is written to the row that was looked at, and to no other. */
static void test_checked(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;

    add_customer(f, "one");
    claim(f, "one", "example.com", OWNERSHIP_PENDING);
    struct domain d = domain_of(f, "example.com");
    assert_string_equal(d.customer_uid, "uid-one");
    assert_int_equal(d.ownership, OWNERSHIP_PENDING);
    struct domain found = d;
    found.ownership = OWNERSHIP_PROVEN;
    found.proof = "txt";
    found.proven_ms = found.check_ms = 7;
    found.delegated = "no";
    const struct event e = { .customer = "one", .type = "Normal", .reason = "R", .object = "Domain/x", .message = "m" };
    struct domain other = found;
    other.created_ms--; /* one of this name that was before */
    expect_ok(store_domain_checked(f->store, &other, &e, &err));
    other = found;
    other.version++; /* it was changed meanwhile */
    expect_ok(store_domain_checked(f->store, &other, &e, &err));
    assert_int_equal(domain_of(f, "example.com").ownership, OWNERSHIP_PENDING);
    expect_ok(store_domain_checked(f->store, &found, &e, &err));
    struct domain now = domain_of(f, "example.com");
    assert_int_equal(now.ownership, OWNERSHIP_PROVEN);
    assert_string_equal(now.proof, "txt");
    assert_string_equal(now.delegated, "no");
    assert_int_equal(now.proven_ms, 7);
    struct event *events;
    size_t count;
    expect_ok(store_event_list(f->store, f->arena, "one", 0, 10, &events, &count, &err));
    assert_int_equal(count, 1); /* of the one that was written */
}

static void test_update(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;

    add_customer(f, "one");
    claim(f, "one", "example.com", OWNERSHIP_PENDING);
    struct domain d = domain_of(f, "example.com");
    d.dnssec = DNSSEC_ON;
    struct store_tx *tx = begin(f);
    expect_ok(store_domain_update(tx, &d, &err));
    commit(tx);
    struct domain now = domain_of(f, "example.com");
    assert_int_equal(now.dnssec, DNSSEC_ON);
    assert_true(now.version > d.version);
    now.ds = "1 13 2 ab\n1 13 4 cd";
    now.dnskey = "257 3 13 xx";
    now.ds_until_ms = 9;
    expect_ok(store_domain_keys(f->store, &now, NULL, &err));
    assert_string_equal(domain_of(f, "example.com").ds, "1 13 2 ab\n1 13 4 cd");
    assert_int_equal(domain_of(f, "example.com").ds_until_ms, 9);
    d.name = "absent.example";
    tx = begin(f);
    expect_error(store_domain_update(tx, &d, &err), ERROR_NOT_FOUND);
    store_rollback(tx);
}

static void test_claims_expire(void **state)
{
    static const char *names[] = { "old.example", "www.old.example", "in.old.example", "new.example" };
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct site s;

    add_customer(f, "one");
    claim(f, "one", "old.example", OWNERSHIP_PENDING);
    claim(f, "one", "in.old.example", OWNERSHIP_PROVEN); /* what is proven below it stays */
    claim(f, "one", "new.example", OWNERSHIP_PLATFORM);
    host(f, "one", "s1", names, COUNT(names));
    expect_ok(store_claims_expire(f->store, 60000, &err)); /* not before its time */
    (void)domain_of(f, "old.example");
    expect_ok(store_claims_expire(f->store, -1000, &err));
    struct domain d;
    expect_error(store_domain_get(f->store, f->arena, "old.example", &d, &err), ERROR_NOT_FOUND);
    (void)domain_of(f, "in.old.example");
    (void)domain_of(f, "new.example");
    expect_ok(store_site_get(f->store, f->arena, "s1", &s, &err));
    assert_int_equal(s.hostname_count, 2);
    assert_string_equal(s.hostnames[0], "in.old.example");
    assert_string_equal(s.hostnames[1], "new.example");
    struct tombstone *dead;
    size_t count;
    expect_ok(store_tombstone_list(f->store, f->arena, "one", &dead, &count, &err));
    assert_int_equal(count, 1); /* its zone goes */
    assert_string_equal(dead[0].name, "old.example");
    struct audit_verdict verdict;
    expect_ok(store_audit_verify(f->store, f->arena, &verdict, &err));
    assert_int_equal(verdict.broken, 0);
    assert_int_equal(verdict.rows, 1);
}

static void test_claims_taken(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    struct tombstone *dead;
    size_t count;
    int64_t claims;
    char *clash;

    add_customer(f, "squatter");
    add_customer(f, "owner");
    claim(f, "squatter", "example.com", OWNERSHIP_PENDING);
    claim(f, "squatter", "shop.example.com", OWNERSHIP_PENDING);
    claim(f, "squatter", "notexample.com", OWNERSHIP_PENDING);
    claim(f, "owner", "mine.example.com", OWNERSHIP_PENDING); /* one's own are no claims of others */
    expect_ok(store_claims_of_others(f->store, "owner", "example.com", &claims, &err));
    assert_int_equal(claims, 2);
    struct store_tx *tx = begin(f);
    expect_ok(store_claims_take(tx, "owner", "example.com", &err));
    expect_ok(store_name_clash(tx, f->arena, "owner", "example.com", &clash, &err));
    assert_string_equal(clash, ""); /* not even for the time until the zones are gone */
    commit(tx);
    expect_ok(store_claims_of_others(f->store, "owner", "example.com", &claims, &err));
    assert_int_equal(claims, 0);
    (void)domain_of(f, "notexample.com");
    (void)domain_of(f, "mine.example.com");
    /* The zone of the same name is the owner's to go on with; the one below it is the owner's to take away. */
    expect_ok(store_tombstone_list(f->store, f->arena, "squatter", &dead, &count, &err));
    assert_int_equal(count, 0);
    expect_ok(store_tombstone_list(f->store, f->arena, "owner", &dead, &count, &err));
    assert_int_equal(count, 1);
    assert_string_equal(dead[0].name, "shop.example.com");
    struct event *events;
    expect_ok(store_event_list(f->store, f->arena, "squatter", 0, 10, &events, &count, &err));
    assert_int_equal(count, 2);
    assert_string_equal(events[0].reason, "ClaimTaken");
}

static void test_proven_is_not_taken(void **state)
{
    struct fixture *f = *state;
    struct error err = ERROR_INIT;
    int64_t claims;

    add_customer(f, "first");
    add_customer(f, "second");
    claim(f, "first", "example.com", OWNERSHIP_PROVEN);
    expect_ok(store_claims_of_others(f->store, "second", "example.com", &claims, &err));
    assert_int_equal(claims, 0);
    struct store_tx *tx = begin(f);
    expect_ok(store_claims_take(tx, "second", "example.com", &err));
    commit(tx);
    assert_string_equal(domain_of(f, "example.com").customer, "first");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_up, fixture_down)

int main(void)
{
    static const struct CMUnitTest tests[] = { TEST(test_free_domains), TEST(test_challenges),
                                               TEST(test_routes),       TEST(test_checked),
                                               TEST(test_update),       TEST(test_claims_expire),
                                               TEST(test_claims_taken), TEST(test_proven_is_not_taken) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
