/* RRsets that customers ask for, in the real PowerDNS: it keeps each value in the spelling that Berth gives it, or the zone
 * would be repaired for ever. Run by test_powerdns.py. */
#include "unit.h"

#include "base/file.h"
#include "model/record.h"
#include "reconcile/zone.h"
#include "record_values.h"

static const char *nameservers[] = { "ns1.berth.example" };
static const struct settings settings = { .platform_domain = "berth.example",
                                          .ingress_address = "192.0.2.7",
                                          .nameserver_count = 1,
                                          .nameservers = nameservers };

struct world {
    struct arena *arena;
    struct pdns *pdns;
    struct tenant tenant;
    struct domain domain;
};

static int up(void **state)
{
    struct world *w = unit_new(sizeof *w);
    struct error err = ERROR_INIT;

    w->arena = arena_new();
    w->domain = (struct domain){ .name = "record.example", .customer = "c" };
    w->tenant = (struct tenant){ .customer = { .id = "c" }, .domain_count = 1, .domains = &w->domain };
    expect_ok(pdns_new(getenv("BERTH_TEST_PDNS_URL"), getenv("BERTH_TEST_PDNS_KEY"), &w->pdns, &err));
    *state = w;
    return 0;
}

static int down(void **state)
{
    struct world *w = *state;

    pdns_free(w->pdns);
    arena_free(w->arena);
    free(w);
    return 0;
}

static size_t ensure(struct world *w, struct rrset **ret_changes)
{
    struct error err = ERROR_INIT;
    size_t want_count, count;
    bool made;

    struct rrset *want = zone_want(w->arena, &settings, w->domain.name, NULL, 0, &want_count);
    want = zone_want_records(w->arena, want, want_count, &w->tenant, &w->domain, &want_count);
    expect_ok(zone_ensure(w->pdns, w->arena, &settings, w->domain.name, want, want_count, false, ret_changes, &count,
                          &made, &err));
    return count;
}

static void test_every_type(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;
    struct rrset *changes;

    w->domain.records = arena_array(w->arena, COUNT(record_values), sizeof(struct record_set));
    for (size_t i = 0; i < COUNT(record_values); i++) {
        struct record_set *r = &w->domain.records[w->domain.record_count++];
        *r = (struct record_set){ .name = arena_printf(w->arena, "%s.record.example", record_values[i].name),
                                  .type = record_values[i].type,
                                  .ttl = 600,
                                  .value_count = 1,
                                  .values = arena_array(w->arena, 1, sizeof(char *)) };
        expect_ok(record_value(w->arena, r->type, record_values[i].given, NULL, "/v", &r->values[0], &err));
        expect_ok(record_set_check(r, "record.example", &err));
    }
    size_t count = ensure(w, &changes);
    assert_true(count >= COUNT(record_values));
    count = ensure(w, &changes);
    for (size_t i = 0; i < count; i++)
        print_message("differs: %s %s: %s\n", changes[i].name, changes[i].type,
                      changes[i].value_count ? changes[i].values[0] : "");
    assert_int_equal(count, 0);
}

/* A CNAME takes the place of what was there before in one change, and gives it back. */
static void test_cname_in_place_of_others(void **state)
{
    const char *addresses[] = { "192.0.2.9" }, *targets[] = { "other.example." };
    struct record_set
        a = { .name = "x.record.example", .type = "A", .ttl = 300, .value_count = 1, .values = addresses },
        cname = { .name = "x.record.example", .type = "CNAME", .ttl = 300, .value_count = 1, .values = targets };
    struct world *w = *state;
    struct error err = ERROR_INIT;
    struct rrset *changes;

    w->domain.record_count = 1;
    w->domain.records = &a;
    (void)ensure(w, &changes);
    w->domain.records = &cname;
    assert_int_equal(ensure(w, &changes), 2);
    w->domain.records = &a;
    assert_int_equal(ensure(w, &changes), 2);
    w->domain.record_count = 0;
    assert_int_equal(ensure(w, &changes), 1);
    assert_int_equal(ensure(w, &changes), 0);
    expect_ok(pdns_zone_delete(w->pdns, w->arena, "record.example", &err));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)

int main(void)
{
    static const struct CMUnitTest tests[] = { TEST(test_every_type), TEST(test_cname_in_place_of_others) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
