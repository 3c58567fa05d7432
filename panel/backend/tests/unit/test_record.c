/* RRsets of customers: values of each type, names, and what may stand beside what (model/record.h). */
#include "unit.h"

#include "model/record.h"
#include "record_values.h"

#define ZONE "example.com"

static void test_good_values(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    const char *value, *again;

    (void)state;
    for (size_t i = 0; i < COUNT(record_values); i++) {
        expect_ok(record_value(a, record_values[i].type, record_values[i].given, NULL, "/v", &value, &err));
        assert_string_equal(value, record_values[i].want);
        expect_ok(record_value(a, record_values[i].type, value, NULL, "/v", &again, &err)); /* its own spelling */
        assert_string_equal(again, value);
        expect_ok(record_value(a, record_values[i].type, value, ZONE, "/v", &again, &err)); /* whole names stay */
        assert_string_equal(again, value);
    }
}

static const struct {
    const char *type, *value, *why;
} bad_values[] = {
    { "A", "192.0.2.256", "IPv4" },
    { "A", "192.0.2.1 192.0.2.2", "too many" },
    { "A", "", "1 to" },
    { "AAAA", "192.0.2.1", "IPv6" },
    { "AAAA", "::ffff:192.0.2.1", "disguise" },
    { "CAA", "0 issue", "too few" },
    { "CAA", "256 issue \"ca\"", "0 to 255" },
    { "CAA", "0 unknown \"ca\"", "issuewild" },
    { "CNAME", "a b", "too many" },
    { "CNAME", "*.example.com.", "must be a name" },
    { "CNAME", ".", "must be a name" },
    { "CNAME", "a..b.", "empty label" },
    { "CNAME", "a\\.b.example.com.", "without escapes" },
    { "DS", "1 13 2 abc", "even" },
    { "DS", "1 13 2 xy", "hexadecimal" },
    { "HTTPS", "1", "too few" },
    { "HTTPS", "0 . alpn=h2", "alias" },
    { "HTTPS", "1 . port=70000", "port" },
    { "HTTPS", "1 . colour=red", "mandatory" },
    { "HTTPS", "1 . ipv4hint=::1", "ipv4hint" },
    { "HTTPS", "1 . alpn=h2 alpn=h3", "each once" },
    { "HTTPS", "1 . alpn=h\\2552", "no value of alpn" },
    { "MX", "mail.example.com", "number" },
    { "MX", "10 192.0.2.1", "not its address" },
    { "MX", "10 2001:db8::1", "not its address" },
    { "MX", "70000 mail.example.com", "65535" },
    { "MX", "10 ma_il.example.com", "underscore" },
    { "MX", "10 -mail.example.com", "characters" },
    { "NAPTR", "1 2 \"u\" \"x\" \"y\"", "too few" },
    { "NS", "192.0.2.1", "not its address" },
    { "NS", ".", "must be a name" },
    { "SRV", "1 2 3 192.0.2.9.", "not its address" },
    { "SRV", "1 2 host.example.com.", "number" },
    { "SSHFP", "4 2", "too few" },
    { "TLSA", "3 1 0 \"\"", "even" },
    { "TLSA", "3 1 1 aabb", "has 64" },
    { "SSHFP", "4 2 aabb", "has 64" },
    { "DS", "1 13 2 aabb", "has 64" },
    { "TXT", "\"open", "without its other" },
    { "TXT", "\"a\"b\"", "blank behind" },
    { "TXT", "\"\\999\"", "escape" },
    { "TXT", "\"\\000\"", "escape" },
    { "TXT", "\xff", "UTF-8" },
    { "SOA", "whatever", "none of" },
};

static void test_bad_values(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *value = "untouched";

    (void)state;
    for (size_t i = 0; i < COUNT(bad_values); i++) {
        struct error err = ERROR_INIT;
        if (record_value(a, bad_values[i].type, bad_values[i].value, NULL, "/values/0", &value, &err) == 0)
            fail_msg("%s '%s' was taken", bad_values[i].type, bad_values[i].value);
        assert_int_equal(err.code, ERROR_UNPROCESSABLE);
        assert_string_equal(err.fields[0].pointer, "/values/0");
        if (!strstr(err.message, bad_values[i].why))
            fail_msg("%s '%s': %s", bad_values[i].type, bad_values[i].value, err.message);
    }
    assert_string_equal(value, "untouched");
}

/* Long text is cut into strings of 255 bytes, and none is longer than what a value may have. */
static void test_long_text(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    char text[RECORD_VALUE_MAX + 2];
    const char *value;

    (void)state;
    memset(text, 'x', sizeof text);
    text[600] = '\0';
    expect_ok(record_value(a, "TXT", text, NULL, "/v", &value, &err));
    assert_int_equal(strlen(value), 600 + 3 * 2 + 2);
    assert_int_equal(strspn(value + 1, "x"), 255);
    assert_true(str_starts(value + 256, "\" \"x"));
    expect_error(record_value(a, "TXT", arena_printf(a, "\"%s\"", text), NULL, "/v", &value, &err),
                 ERROR_UNPROCESSABLE);
    text[600] = 'x';
    text[RECORD_VALUE_MAX] = '\0';
    expect_error(record_value(a, "TXT", text, NULL, "/v", &value, &err), ERROR_UNPROCESSABLE); /* its quoted form */
}

static void test_relative_values(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    const char *value;

    (void)state;
    expect_ok(record_value(a, "MX", "10 mail", ZONE, "/v", &value, &err));
    assert_string_equal(value, "10 mail.example.com.");
    expect_ok(record_value(a, "CNAME", "@", ZONE, "/v", &value, &err));
    assert_string_equal(value, "example.com.");
    expect_ok(record_value(a, "TXT", "one two", ZONE, "/v", &value, &err)); /* a master file's words are strings */
    assert_string_equal(value, "\"one\" \"two\"");
}

static void test_names(void **state)
{
    static const struct {
        const char *name, *type, *want; /* want NULL: refused */
    } names[] = {
        { "@", "TXT", ZONE },
        { "example.com", "TXT", ZONE },
        { "WWW.Example.Com.", "A", "www.example.com" },
        { "b\xc3\xbc"
          "cher.example.com",
          "A", "xn--bcher-kva.example.com" },
        { "*.example.com", "A", "*.example.com" },
        { "*.a.example.com", "TXT", "*.a.example.com" },
        { "_dmarc.example.com", "TXT", "_dmarc.example.com" },
        { "_sip._tcp.example.com", "SRV", "_sip._tcp.example.com" },
        { "*._tcp.example.com", "TLSA", "*._tcp.example.com" },
        { "sip.example.com", "SRV", NULL },
        { "example.com", "TLSA", NULL },
        { "_x.example.com", "A", NULL },
        { "_x.example.com", "MX", NULL },
        { "a.*.example.com", "A", NULL },
        { "a*.example.com", "A", NULL },
        { "*.example.com", "NS", NULL },
        { "www", "A", NULL },
        { "example.org", "A", NULL },
        { "notexample.com", "A", NULL },
        { "a..example.com", "A", NULL },
        { ".example.com", "A", NULL },
        { "-a.example.com", "A", NULL },
        { "a b.example.com", "A", NULL },
        { "", "A", NULL },
        { "a1234567890123456789012345678901234567890123456789012345678901234.example.com", "A", NULL },
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *name;

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct error err = ERROR_INIT;
        int rc = record_name(a, names[i].name, names[i].type, ZONE, NULL, "/name", &name, &err);
        if ((rc == 0) != (names[i].want != NULL))
            fail_msg("%s %s: %s", names[i].name, names[i].type, rc < 0 ? err.message : "was taken");
        if (rc == 0)
            assert_string_equal(name, names[i].want);
        else
            assert_string_equal(err.fields[0].pointer, "/name");
    }
    struct error err = ERROR_INIT;
    expect_ok(record_name(a, "www", "A", ZONE, "sub.example.com", "/name", &name, &err));
    assert_string_equal(name, "www.sub.example.com");
    expect_ok(record_name(a, "@", "TXT", ZONE, "sub.example.com", "/name", &name, &err));
    assert_string_equal(name, "sub.example.com");
    expect_ok(record_type(a, "aaaa", "/type", &name, &err));
    assert_string_equal(name, "AAAA");
    expect_error(record_type(a, "SOA", "/type", &name, &err), ERROR_UNPROCESSABLE);
}

static struct record_set set_of(struct arena *a, const char *name, const char *type, const char *x, const char *y)
{
    struct record_set s = { .name = name, .type = type, .ttl = 300, .values = arena_array(a, 2, sizeof(char *)) };

    s.values[s.value_count++] = x;
    if (y)
        s.values[s.value_count++] = y;
    return s;
}

static void test_sets(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;

    (void)state;
    struct record_set s = set_of(a, "a.example.com", "A", "192.0.2.2", "192.0.2.1");
    expect_ok(record_set_check(&s, ZONE, &err));
    assert_string_equal(s.values[0], "192.0.2.1"); /* sorted */
    s.ttl = RECORD_TTL_MIN - 1;
    expect_error(record_set_check(&s, ZONE, &err), ERROR_UNPROCESSABLE);
    s.ttl = RECORD_TTL_MAX + 1;
    expect_error(record_set_check(&s, ZONE, &err), ERROR_UNPROCESSABLE);
    s = set_of(a, "a.example.com", "A", "192.0.2.1", "192.0.2.1");
    expect_error(record_set_check(&s, ZONE, &err), ERROR_UNPROCESSABLE);
    s = set_of(a, "a.example.com", "CNAME", "x.", "y.");
    expect_error(record_set_check(&s, ZONE, &err), ERROR_UNPROCESSABLE);
    s = set_of(a, ZONE, "CNAME", "x.", NULL);
    expect_error(record_set_check(&s, ZONE, &err), ERROR_UNPROCESSABLE);
    s = set_of(a, "a.example.com", "MX", "10 mail.", "0 .");
    expect_error(record_set_check(&s, ZONE, &err), ERROR_UNPROCESSABLE);
    s.value_count = 0;
    expect_error(record_set_check(&s, ZONE, &err), ERROR_UNPROCESSABLE);
}

/* A customer with a site, two domains one below the other, and some RRsets. */
static struct tenant tenant_with(struct arena *a)
{
    static const char *hostnames[] = { "shop.example.com" };
    struct tenant t = { .site_count = 1, .domain_count = 2 };

    t.sites = arena_array(a, 1, sizeof *t.sites);
    t.sites[0] = (struct site){ .id = "s1", .hostname_count = 1, .hostnames = hostnames };
    t.domains = arena_array(a, 2, sizeof *t.domains);
    t.domains[0] = (struct domain){ .name = ZONE, .record_count = 3 };
    t.domains[1] = (struct domain){ .name = "own.example.com" };
    t.domains[0].records = arena_array(a, 3, sizeof(struct record_set));
    t.domains[0].records[0] = set_of(a, "alias.example.com", "CNAME", "x.", NULL);
    t.domains[0].records[1] = set_of(a, "sub.example.com", "NS", "ns1.example.net.", NULL);
    t.domains[0].records[2] = set_of(a, "text.example.com", "TXT", "\"x\"", NULL);
    return t;
}

static void test_beside(void **state)
{
    static const struct {
        const char *name, *type;
        bool good;
    } cases[] = {
        { ZONE, "TXT", true },
        { ZONE, "MX", true },
        { ZONE, "A", false }, /* Berth's */
        { ZONE, "AAAA", false },
        { ZONE, "NS", false },
        { ZONE, "SOA", false },
        { "www.example.com", "A", false },
        { "www.example.com", "CNAME", false },
        { "www.example.com", "TXT", true },
        { "shop.example.com", "A", false }, /* the site's */
        { "shop.example.com", "HTTPS", true },
        { "a.own.example.com", "A", false }, /* another domain's */
        { "alias.example.com", "CNAME", true }, /* replaces */
        { "alias.example.com", "TXT", false }, /* a CNAME is alone */
        { "text.example.com", "CNAME", false },
        { "text.example.com", "A", true },
        { "sub.example.com", "DS", true },
        { "sub.example.com", "TXT", false }, /* delegated */
        { "ns1.sub.example.com", "A", true }, /* glue */
        { "a.sub.example.com", "TXT", false },
        { "text.example.com", "NS", false }, /* would hide the text */
        { "shop.example.com", "NS", false }, /* would hide the site */
        { "other.example.com", "NS", true },
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct tenant t = tenant_with(a);

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct record_set s = set_of(a, cases[i].name, cases[i].type, "x", NULL);
        struct error err = ERROR_INIT;
        int rc = record_check_beside(a, &t, &t.domains[0], &s, &err);
        if ((rc == 0) != cases[i].good)
            fail_msg("%s %s: %s", cases[i].name, cases[i].type, rc < 0 ? err.message : "was taken");
        assert_int_equal(err.code, cases[i].good ? ERROR_NONE : ERROR_CONFLICT);
    }
    assert_non_null(record_against_host(&t, "alias.example.com"));
    assert_non_null(record_against_host(&t, "deep.sub.example.com"));
    assert_null(record_against_host(&t, "text.example.com"));
    assert_non_null(record_against_domain(&t, "sub.example.com"));
    assert_null(record_against_domain(&t, "free.example.com"));
}

static void test_count(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct tenant t = tenant_with(a);
    struct domain *d = &t.domains[0];
    struct error err = ERROR_INIT;

    (void)state;
    d->record_count = RECORD_SETS_MAX;
    d->records = arena_array(a, RECORD_SETS_MAX, sizeof(struct record_set));
    for (size_t i = 0; i < RECORD_SETS_MAX; i++)
        d->records[i] = set_of(a, arena_printf(a, "n%zu.example.com", i), "TXT", "\"x\"", NULL);
    struct record_set s = set_of(a, "one-more.example.com", "TXT", "\"x\"", NULL);
    expect_error(record_check_beside(a, &t, d, &s, &err), ERROR_CONFLICT);
    s.name = "n7.example.com";
    expect_ok(record_check_beside(a, &t, d, &s, &err));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_values),     cmocka_unit_test(test_bad_values), cmocka_unit_test(test_long_text),
        cmocka_unit_test(test_relative_values), cmocka_unit_test(test_names),      cmocka_unit_test(test_sets),
        cmocka_unit_test(test_beside),          cmocka_unit_test(test_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
