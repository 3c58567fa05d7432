/* Which RRsets a zone should have, and what to write so that it has them (reconcile/zone.h, provider/pdns.h). */
#include "unit.h"

#include "reconcile/zone.h"

static const char *nameservers[] = { "ns2.berth.example", "ns1.berth.example" };
static const struct settings set = { .platform_domain = "berth.example",
                                     .ingress_address = "192.0.2.7",
                                     .nameserver_count = 2,
                                     .nameservers = nameservers };

static const struct rrset *named(const struct rrset *list, size_t count, const char *name, const char *type)
{
    const struct rrset *found = NULL;

    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].name, name) && str_eq(list[i].type, type)) {
            assert_null(found); /* an RRset stands once in a list */
            found = &list[i];
        }
    return found;
}

static void test_want(void **state)
{
    static const char *const hosts[] = { "www.example.com", "example.com", "shop.example.com", "www.example.com" };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    size_t count;

    (void)state;
    const struct rrset *want = zone_want(a, &set, "example.com", hosts, 4, &count);
    assert_int_equal(count, 4); /* NS, the apex, and two names: each once */
    const struct rrset *ns = named(want, count, "example.com", "NS");
    assert_int_equal(ns->value_count, 2);
    assert_string_equal(ns->values[0], "ns1.berth.example."); /* sorted, with the dot */
    assert_string_equal(ns->values[1], "ns2.berth.example.");
    const struct rrset *apex = named(want, count, "example.com", "A");
    assert_string_equal(apex->values[0], "192.0.2.7");
    assert_non_null(named(want, count, "shop.example.com", "A"));
    for (size_t i = 0; i < count; i++) {
        assert_true(want[i].owned);
        assert_int_equal(want[i].ttl, 300);
    }
    assert_null(named(want, count, "ns1.berth.example", "A")); /* lies in another zone */
}

static void test_want_platform(void **state)
{
    static const char *const hosts[] = { "*.berth.example" };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    size_t count;

    (void)state;
    const struct rrset *want = zone_want(a, &set, "berth.example", hosts, 1, &count);
    assert_int_equal(count, 5);
    assert_non_null(named(want, count, "ns1.berth.example", "A")); /* glue */
    assert_non_null(named(want, count, "ns2.berth.example", "A"));
    assert_non_null(named(want, count, "*.berth.example", "A"));
    (void)zone_want(a, &set, "example.com", NULL, 0, &count);
    assert_int_equal(count, 2);
}

static struct rrset one(struct arena *a, const char *name, const char *type, const char *value, bool owned)
{
    struct rrset r = { .name = name,
                       .type = type,
                       .ttl = 300,
                       .value_count = 1,
                       .values = arena_array(a, 1, sizeof(char *)),
                       .owned = owned };

    r.values[0] = value;
    return r;
}

/* What PowerDNS does with the list: replace, or delete what comes without values. */
static struct zone apply(struct arena *a, const struct zone *have, const struct rrset *changes, size_t count)
{
    struct zone out = { .rrsets = arena_array(a, have->rrset_count + count + 1, sizeof(struct rrset)) };

    for (size_t i = 0; i < have->rrset_count; i++)
        if (!named(changes, count, have->rrsets[i].name, have->rrsets[i].type))
            out.rrsets[out.rrset_count++] = have->rrsets[i];
    for (size_t i = 0; i < count; i++)
        if (changes[i].value_count)
            out.rrsets[out.rrset_count++] = changes[i];
    return out;
}

/* Applied, the difference is gone; and what is not ours was never in it. */
static void test_diff(void **state)
{
    static const char *const hosts[] = { "www.example.com" };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    size_t want_count, count;

    (void)state;
    struct rrset *want = zone_want(a, &set, "example.com", hosts, 1, &want_count);
    struct rrset rrsets[] = {
        one(a, "example.com", "SOA", "ns1. hostmaster. 1 2 3 4 5", false),
        one(a, "example.com", "MX", "10 mail.example.com.", false),
        one(a, "www.example.com", "AAAA", "2001:db8::1", false),
        one(a, "example.com", "A", "198.51.100.1", true), /* changed by hand */
        one(a, "www.example.com", "A", "192.0.2.7", false), /* right, but not marked as ours */
        one(a, "old.example.com", "A", "192.0.2.7", true), /* ours, and too many */
        one(a, "theirs.example.com", "A", "192.0.2.9", false),
    };
    const struct zone have = { COUNT(rrsets), rrsets };
    struct rrset *changes = zone_diff(a, want, want_count, &have, &count);
    assert_int_equal(count, 4);
    assert_int_equal(named(changes, count, "example.com", "NS")->value_count, 2);
    assert_string_equal(named(changes, count, "example.com", "A")->values[0], "192.0.2.7");
    assert_true(named(changes, count, "www.example.com", "A")->owned);
    assert_int_equal(named(changes, count, "old.example.com", "A")->value_count, 0);
    assert_null(named(changes, count, "theirs.example.com", "A"));
    assert_null(named(changes, count, "example.com", "MX"));
    assert_null(named(changes, count, "example.com", "SOA"));
    const struct zone after = apply(a, &have, changes, count);
    (void)zone_diff(a, want, want_count, &after, &count);
    assert_int_equal(count, 0);
    assert_non_null(named(after.rrsets, after.rrset_count, "theirs.example.com", "A"));
}

/* What the customer asks for comes behind what Berth keeps itself, and never in its place. */
static void test_want_records(void **state)
{
    static const char *values[] = { "192.0.2.9" }, *hostnames[] = { "shop.example.com" };
    struct record_set records[] = {
        { .name = "mail.example.com", .type = "A", .ttl = 60, .value_count = 1, .values = values },
        { .name = "shop.example.com",
          .type = "A",
          .ttl = 60,
          .value_count = 1,
          .values = values }, /* a site's by now */
        { .name = "www.example.com", .type = "CNAME", .ttl = 60, .value_count = 1, .values = values },
    };
    struct site site = { .id = "s1", .hostname_count = 1, .hostnames = hostnames };
    struct domain d = { .name = "example.com", .record_count = 3, .records = records };
    const struct tenant t = { .site_count = 1, .sites = &site, .domain_count = 1, .domains = &d };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct zone empty = { 0 };
    size_t count;

    (void)state;
    struct rrset *want = zone_want(a, &set, "example.com", hostnames, 1, &count);
    want = zone_want_records(a, want, count, &t, &d, &count);
    assert_int_equal(count, 4);
    assert_string_equal(named(want, count, "shop.example.com", "A")->values[0], "192.0.2.7");
    const struct rrset *mail = named(want, count, "mail.example.com", "A");
    assert_int_equal(mail->ttl, 60);
    assert_true(mail->owned);
    assert_null(named(want, count, "www.example.com", "CNAME"));
    /* Deletions come first, so that a CNAME can take their place in the same change. */
    struct rrset rrsets[] = { one(a, "old.example.com", "A", "192.0.2.1", true) };
    const struct zone have = { 1, rrsets };
    const struct rrset *changes = zone_diff(a, want, count, &have, &count);
    assert_int_equal(changes[0].value_count, 0);
    (void)zone_diff(a, want, 0, &empty, &count);
    assert_int_equal(count, 0);
}

static void test_diff_of_nothing(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct zone empty = { 0 };
    size_t want_count, count;

    (void)state;
    struct rrset *want = zone_want(a, &set, "example.com", NULL, 0, &want_count);
    (void)zone_diff(a, want, want_count, &empty, &count);
    assert_int_equal(count, want_count);
    (void)zone_diff(a, want, 0, &empty, &count);
    assert_int_equal(count, 0);
}

static void test_equal(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct rrset x = one(a, "a.example", "A", "192.0.2.1", true);
    struct rrset y = one(a, "a.example", "A", "192.0.2.1", true);

    (void)state;
    assert_true(rrset_equal(&x, &y));
    y.ttl = 301;
    assert_false(rrset_equal(&x, &y));
    y = one(a, "a.example", "A", "192.0.2.1", false);
    assert_false(rrset_equal(&x, &y));
    y = one(a, "a.example", "A", "192.0.2.2", true);
    assert_false(rrset_equal(&x, &y));
    y = one(a, "a.example", "AAAA", "192.0.2.1", true);
    assert_false(rrset_equal(&x, &y));
    y = one(a, "b.example", "A", "192.0.2.1", true);
    assert_false(rrset_equal(&x, &y));
    y = one(a, "a.example", "A", "192.0.2.1", true);
    y.value_count = 0;
    assert_false(rrset_equal(&x, &y));
    const char *values[] = { "c", "a", "b" };
    struct rrset three = { .value_count = 3, .values = values };
    rrset_sort(&three);
    assert_string_equal(values[0], "a");
    assert_string_equal(values[2], "c");
    rrset_sort(&(struct rrset){ 0 });
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_want),  cmocka_unit_test(test_want_platform), cmocka_unit_test(test_diff),
        cmocka_unit_test(test_equal), cmocka_unit_test(test_want_records),  cmocka_unit_test(test_diff_of_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
