/* provider/pdns.h and reconcile/zone.h against a real PowerDNS. Started by test_powerdns.py, which says where it is:
 * BERTH_TEST_PDNS_URL, BERTH_TEST_PDNS_KEY (a file) and BERTH_TEST_PDNS_DNS (host:port). */
#include "unit.h"

#include "base/file.h"
#include "provider/probe.h"
#include "reconcile/zone.h"

static const char *nameservers[] = { "ns1.berth.example", "ns2.berth.example" };
static const struct settings settings = { .platform_domain = "berth.example",
                                          .ingress_address = "192.0.2.7",
                                          .nameserver_count = 2,
                                          .nameservers = nameservers };

struct world {
    struct arena *arena;
    struct pdns *pdns;
    const char *url, *key, *dns;
};

static int up(void **state)
{
    struct arena *a = arena_new();
    struct world *w = arena_alloc(a, sizeof *w);
    struct error err = ERROR_INIT;

    w->arena = a;
    w->url = getenv("BERTH_TEST_PDNS_URL");
    w->key = getenv("BERTH_TEST_PDNS_KEY");
    w->dns = getenv("BERTH_TEST_PDNS_DNS");
    if (!w->url || !w->key || !w->dns)
        fail_msg("run this by pytest: tests/component/test_powerdns.py");
    expect_ok(pdns_new(w->url, w->key, &w->pdns, &err));
    *state = w;
    return 0;
}

static int down(void **state)
{
    struct world *w = *state;

    pdns_free(w->pdns);
    arena_free(w->arena);
    return 0;
}

static struct rrset rrset_of(struct world *w, const char *name, const char *type, const char *value, bool owned)
{
    struct rrset r = {
        .name = name, .type = type, .ttl = 300, .owned = owned, .values = arena_array(w->arena, 1, sizeof(char *))
    };

    r.values[0] = value;
    r.value_count = value != NULL;
    return r;
}

static const struct rrset *find(const struct zone *z, const char *name, const char *type)
{
    for (size_t i = 0; i < z->rrset_count; i++)
        if (str_eq(z->rrsets[i].name, name) && str_eq(z->rrsets[i].type, type))
            return &z->rrsets[i];
    return NULL;
}

static struct zone zone_of(struct world *w, const char *name)
{
    struct error err = ERROR_INIT;
    struct zone z;

    expect_ok(pdns_zone_get(w->pdns, w->arena, name, &z, &err));
    return z;
}

/* Makes the zone so; returns how many RRsets were written. */
static size_t ensure(struct world *w, const char *zone, const char *const *hosts, size_t host_count, bool dry,
                     bool *ret_made)
{
    struct error err = ERROR_INIT;
    struct rrset *changes;
    size_t want_count, count;
    const struct rrset *want = zone_want(w->arena, &settings, zone, hosts, host_count, &want_count);

    expect_ok(zone_ensure(w->pdns, w->arena, &settings, zone, want, want_count, dry, &changes, &count, ret_made, &err));
    return count;
}

static void test_life_of_a_zone(void **state)
{
    static const char *const hosts[] = { "www.life.example", "*.life.example" };
    struct world *w = *state;
    struct error err = ERROR_INIT;
    struct zone z;
    bool made;

    expect_error(pdns_zone_get(w->pdns, w->arena, "life.example", &z, &err), ERROR_NOT_FOUND);
    assert_int_equal(ensure(w, "life.example", hosts, 2, true, &made), 4); /* a dry run says it all … */
    expect_error(pdns_zone_get(w->pdns, w->arena, "life.example", &z, &err),
                 ERROR_NOT_FOUND); /* … and writes nothing */
    assert_int_equal(ensure(w, "life.example", hosts, 2, false, &made), 4);
    assert_true(made);
    assert_int_equal(ensure(w, "life.example", hosts, 2, false, &made), 0); /* as it should be: nothing is written */
    assert_false(made);
    z = zone_of(w, "life.example");
    assert_int_equal(z.rrset_count, 5); /* ours, and the SOA */
    const struct rrset *soa = find(&z, "life.example", "SOA");
    assert_non_null(soa);
    assert_false(soa->owned); /* its serial is PowerDNS's */
    assert_true(str_starts(soa->values[0], "ns1.berth.example. hostmaster.berth.example. "));
    assert_int_equal(find(&z, "life.example", "NS")->value_count, 2);
    for (size_t i = 0; i < z.rrset_count; i++)
        assert_true(z.rrsets[i].owned || &z.rrsets[i] == soa);
    expect_ok(probe_dns(w->arena, w->dns, "life.example", "192.0.2.7", &err));
    expect_ok(probe_dns(w->arena, w->dns, "www.life.example", "192.0.2.7", &err));
    expect_ok(probe_dns(w->arena, w->dns, "anything.life.example", "192.0.2.7", &err));
    expect_error(probe_dns(w->arena, w->dns, "www.life.example", "192.0.2.8", &err), ERROR_UNAVAILABLE);
    expect_error(pdns_zone_create(w->pdns, w->arena, "life.example", NULL, 0, &err), ERROR_CONFLICT);
    expect_ok(pdns_zone_delete(w->pdns, w->arena, "life.example", &err));
    expect_error(pdns_zone_delete(w->pdns, w->arena, "life.example", &err), ERROR_NOT_FOUND);
    expect_error(pdns_zone_get(w->pdns, w->arena, "life.example", &z, &err), ERROR_NOT_FOUND);
}

/* What somebody changed of ours is put back; what is not ours stays, through changes and all. */
static void test_drift(void **state)
{
    static const char *const hosts[] = { "www.drift.example", "shop.drift.example" };
    struct world *w = *state;
    struct error err = ERROR_INIT;
    bool made;

    (void)ensure(w, "drift.example", hosts, 2, false, &made);
    const struct rrset foreign[] = {
        rrset_of(w, "drift.example", "TXT", "\"v=spf1 -all\"", false),
        rrset_of(w, "mail.drift.example", "A", "198.51.100.9", false),
        rrset_of(w, "drift.example", "MX", "10 mail.drift.example.", false),
        rrset_of(w, "www.drift.example", "A", "198.51.100.1", false), /* ours, changed by hand */
        rrset_of(w, "drift.example", "A", NULL, false), /* ours, deleted by hand */
    };
    expect_ok(pdns_zone_patch(w->pdns, w->arena, "drift.example", foreign, COUNT(foreign), &err));
    assert_int_equal(ensure(w, "drift.example", hosts, 2, true, &made), 2);
    assert_int_equal(ensure(w, "drift.example", hosts, 1, false, &made), 3); /* and a host fewer is wanted */
    struct zone z = zone_of(w, "drift.example");
    assert_string_equal(find(&z, "www.drift.example", "A")->values[0], "192.0.2.7");
    assert_true(find(&z, "www.drift.example", "A")->owned);
    assert_non_null(find(&z, "drift.example", "A"));
    assert_null(find(&z, "shop.drift.example", "A"));
    assert_string_equal(find(&z, "mail.drift.example", "A")->values[0], "198.51.100.9");
    assert_string_equal(find(&z, "drift.example", "TXT")->values[0], "\"v=spf1 -all\"");
    assert_string_equal(find(&z, "drift.example", "MX")->values[0], "10 mail.drift.example.");
    assert_int_equal(ensure(w, "drift.example", hosts, 1, false, &made), 0);
    expect_ok(pdns_zone_delete(w->pdns, w->arena, "drift.example", &err));
}

/* One bad record in a change: nothing of the change is there. */
static void test_all_or_nothing(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;
    bool made;

    (void)ensure(w, "whole.example", NULL, 0, false, &made);
    const struct rrset mixed[] = { rrset_of(w, "good.whole.example", "A", "192.0.2.1", true),
                                   rrset_of(w, "bad.whole.example", "A", "not an address", true) };
    expect_error(pdns_zone_patch(w->pdns, w->arena, "whole.example", mixed, 2, &err), ERROR_UNPROCESSABLE);
    const struct rrset outside = rrset_of(w, "www.other.example", "A", "192.0.2.1", true);
    expect_error(pdns_zone_patch(w->pdns, w->arena, "whole.example", &outside, 1, &err), ERROR_UNPROCESSABLE);
    struct zone z = zone_of(w, "whole.example");
    assert_null(find(&z, "good.whole.example", "A"));
    expect_error(pdns_zone_patch(w->pdns, w->arena, "absent.example", &mixed[0], 1, &err), ERROR_NOT_FOUND);
    expect_ok(pdns_zone_delete(w->pdns, w->arena, "whole.example", &err));
}

/* A zone that lies within another one is a zone of its own. */
static void test_nested(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;
    struct zone z;
    bool made;

    (void)ensure(w, "outer.example", NULL, 0, false, &made);
    (void)ensure(w, "inner.outer.example", NULL, 0, false, &made);
    expect_ok(pdns_zone_delete(w->pdns, w->arena, "inner.outer.example", &err));
    z = zone_of(w, "outer.example");
    assert_non_null(find(&z, "outer.example", "NS"));
    expect_ok(pdns_zone_delete(w->pdns, w->arena, "outer.example", &err));
    expect_error(pdns_zone_get(w->pdns, w->arena, "inner.outer.example", &z, &err), ERROR_NOT_FOUND);
}

static void test_wrong_key(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;
    const char *dir = unit_folder(w->arena), *file = arena_printf(w->arena, "%s/key", dir);
    struct pdns *p;
    struct zone z;

    expect_ok(file_write(file, "wrong", 5, 0600, &err));
    expect_ok(pdns_new(w->url, file, &p, &err));
    expect_error(pdns_zone_get(p, w->arena, "life.example", &z, &err), ERROR_FORBIDDEN);
    pdns_free(p);
    unit_remove(dir);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)

int main(void)
{
    static const struct CMUnitTest tests[] = { TEST(test_life_of_a_zone), TEST(test_drift), TEST(test_all_or_nothing),
                                               TEST(test_nested), TEST(test_wrong_key) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
