/* Names from outside (model/names.h): what is refused, in which words, and what canonical form the rest gets. */
#include "unit.h"

#include "model/names.h"

#define PLATFORM "berth.example"

static char *repeat(struct arena *a, const char *s, size_t times)
{
    struct strbuf out;

    strbuf_init(&out, a, 1 << 20);
    for (size_t i = 0; i < times; i++)
        strbuf_add(&out, s);
    return out.text;
}

/* Refused, with the field's pointer and words that say what is wrong. */
static void refuse(struct arena *a, const char *s, const char *words)
{
    struct error err = ERROR_INIT;
    char *ret = NULL;

    if (name_hostname(a, s, PLATFORM, "/domain", &ret, &err) != -1)
        fail_msg("'%s' became '%s'", s, ret);
    assert_int_equal(err.code, ERROR_UNPROCESSABLE);
    assert_int_equal(err.field_count, 1);
    assert_string_equal(err.fields[0].pointer, "/domain");
    if (!strstr(err.fields[0].message, words))
        fail_msg("'%s': \"%s\" does not say \"%s\"", s, err.fields[0].message, words);
    assert_null(ret); /* outputs stay as they were */
}

static void test_bad_hostnames(void **state)
{
    static const struct {
        const char *name, *words;
    } rows[] = {
        { "", "empty" },
        { ".", "empty label" },
        { "..", "empty label" },
        { "a..example.com", "empty label" },
        { ".example.com", "empty label" },
        { "example.com..", "empty label" },
        { "my_site.example.com", "underscore" },
        { "192.0.2.1", "IP address" },
        { "2001:db8::1", "IP address" },
        { "256.1.2.3", "IP address" },
        { "1.2.3", "IP address" },
        { "-a.example.com", "inner dashes" },
        { "a-.example.com", "inner dashes" },
        { "localhost", "one label" },
        { "com", "one label" },
        { "co.uk", "public suffix" },
        { "github.io", "public suffix" },
        { "xn--55qx5d.cn", "public suffix" },
        { "\xe5\x85\xac\xe5\x8f\xb8.cn", "public suffix" },
        { PLATFORM, "platform" },
        { "panel." PLATFORM, "platform" },
        { "A.B." PLATFORM ".", "platform" },
        { "exa mple.com", "other than letters" },
        { "example.com/x", "other than letters" },
        { "example.com:80", "other than letters" },
        { "exa\nmple.com", "other than letters" },
        { "*.example.com", "other than letters" },
        { "a@example.com", "other than letters" },
        { "xn--a.example.com", "internationalised" },
        { "xn--99999999.example.com", "internationalised" },
        { "xn--abc-.example.com", "inner dashes" },
        { "ab--cd.example.com", "internationalised" },
        { "caf\xe9.example.com", "internationalised" }, /* Latin-1, so no UTF-8 */
        { "caf\xc3.example.com", "internationalised" },
        { "\xf0\x9f\x92\xa9\xed\xa0\x80.example.com", "internationalised" }, /* a surrogate */
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    refuse(a, NULL, "empty");
    for (size_t i = 0; i < COUNT(rows); i++)
        refuse(a, rows[i].name, rows[i].words);
}

/* Characters that IDNA maps to ASCII ones are no way around the checks of the ASCII form. */
static void test_mapped_hostnames(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    refuse(a, "\xef\xbc\x91\xef\xbc\x99\xef\xbc\x92.0.2.1", "IP address"); /* fullwidth 192 */
    refuse(a,
           "192\xe3\x80\x82"
           "0\xe3\x80\x82"
           "2\xe3\x80\x82"
           "1",
           "IP address"); /* ideographic full stops */
    refuse(a,
           "a\xe3\x80\x82\xe3\x80\x82"
           "com",
           "empty label");
    refuse(a, "my\xef\xbc\xbfsite.example.com", "underscore"); /* fullwidth underscore */
    refuse(a, "\xef\xbd\x83o.uk", "public suffix"); /* fullwidth c */
    refuse(a, "exa\xe3\x80\x80mple.com", "other than letters"); /* ideographic space */
    refuse(a,
           "a\xef\xbc\xa0"
           "example.com",
           "other than letters"); /* fullwidth at sign */
    refuse(a, "\xe2\x84\x80.example.com", "other than letters"); /* one character for "a/c" */
    refuse(a, "panel\xe3\x80\x82" PLATFORM, "platform");
}

static void test_lengths(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    char *ret;

    (void)state;
    const char *label63 = repeat(a, "a", 63), *label64 = repeat(a, "a", 64);
    expect_ok(name_hostname(a, arena_printf(a, "%s.example.com", label63), NULL, "/d", &ret, &err));
    refuse(a, arena_printf(a, "%s.example.com", label64), "label of 64 bytes");
    /* 63 + 1 + 63 + 1 + 63 + 1 + 57 + 4 = 253 */
    const char *most = arena_printf(a, "%s.%s.%s.%s.com", label63, label63, label63, repeat(a, "b", 57));
    assert_int_equal(strlen(most), 253);
    expect_ok(name_hostname(a, most, NULL, "/d", &ret, &err));
    expect_ok(
        name_hostname(a, arena_printf(a, "%s.", most), NULL, "/d", &ret, &err)); /* the root's dot is not counted */
    assert_string_equal(ret, most);
    refuse(a, arena_printf(a, "%s.%s.%s.%s.com", label63, label63, label63, repeat(a, "b", 58)), "254 bytes");
    refuse(a, repeat(a, "a.", 100000), "253 bytes");
    /* 40 letters of two bytes each grow beyond 63 as punycode */
    refuse(a, arena_printf(a, "%s.example.com", repeat(a, "\xc3\xa4\xc3\xb6\xd0\xb6", 24)), "internationalised");
}

static void test_good_hostnames(void **state)
{
    static const struct {
        const char *name, *canonical;
    } rows[] = {
        { "example.com", "example.com" },
        { "EXAMPLE.Com.", "example.com" },
        { "b\xc3\xbc"
          "cher.example",
          "xn--bcher-kva.example" },
        { "B\xc3\x9c"
          "CHER.example",
          "xn--bcher-kva.example" },
        { "xn--bcher-kva.example", "xn--bcher-kva.example" },
        { "XN--BCHER-KVA.example", "xn--bcher-kva.example" },
        { "bu\xcc\x88"
          "cher.example",
          "xn--bcher-kva.example" }, /* u with a combining diaeresis */
        { "stra\xc3\x9f"
          "e.example",
          "xn--strae-oqa.example" }, /* IDNA2008 keeps the sharp s */
        { "example\xe3\x80\x82"
          "com",
          "example.com" },
        { "1a.2b.example.com", "1a.2b.example.com" },
        { "a.b.c.d.e.f.example.com", "a.b.c.d.e.f.example.com" },
        { "not" PLATFORM, "not" PLATFORM },
        { PLATFORM ".com", PLATFORM ".com" },
        { "example.co.uk", "example.co.uk" },
        { "example.localhost", "example.localhost" },
    };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    char *ret;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        expect_ok(name_hostname(a, rows[i].name, PLATFORM, "/d", &ret, &err));
        assert_string_equal(ret, rows[i].canonical);
        const char *once = ret;
        expect_ok(name_hostname(a, once, PLATFORM, "/d", &ret, &err));
        assert_string_equal(ret, once); /* the canonical form is its own canonical form */
    }
    expect_ok(name_hostname(a, "panel." PLATFORM, NULL, "/d", &ret, &err)); /* without a platform nothing is its own */
}

static void test_within(void **state)
{
    (void)state;
    assert_true(name_within("example.com", "example.com"));
    assert_true(name_within("a.example.com", "example.com"));
    assert_true(name_within("a.b.example.com", "example.com"));
    assert_false(name_within("badexample.com", "example.com"));
    assert_false(name_within("com", "example.com"));
    assert_false(name_within("example.com", "a.example.com"));
    assert_false(name_within("example.com.evil.org", "example.com"));
    assert_false(name_within(".example.com", "a.example.com"));
}

static void test_slugs(void **state)
{
    static const char *const good[] = { "ab",      "a1",      "a-b",
                                        "example", "a-b-c-1", "abcdefghijabcdefghijabcdefghijabcdefghij" };
    static const char *const bad[] = { "",
                                       "a",
                                       "-a",
                                       "a-",
                                       "1a",
                                       "A1",
                                       "aB",
                                       "a_b",
                                       "a.b",
                                       "a--b",
                                       "a b",
                                       "a\n",
                                       "\xc3\xa4"
                                       "b",
                                       "ab\xff",
                                       "a/b",
                                       "../a",
                                       "ab%",
                                       "ab\t1",
                                       "abcdefghijabcdefghijabcdefghijabcdefghijk" };

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        struct error err = ERROR_INIT;
        expect_ok(name_check_slug(good[i], "/id", &err));
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct error err = ERROR_INIT;
        if (name_check_slug(bad[i], "/id", &err) != -1)
            fail_msg("'%s' is a slug", bad[i]);
        assert_int_equal(err.code, ERROR_UNPROCESSABLE);
        assert_string_equal(err.fields[0].pointer, "/id");
    }
    struct error err = ERROR_INIT;
    assert_int_equal(name_check_slug(NULL, "/id", &err), -1);
}

/* Namespaces: the prefix and the longest id fit a Kubernetes name (RFC 1123 label, 63 bytes). */
static void test_slug_fits_namespace(void **state)
{
    (void)state;
    assert_true(strlen("cust-") + CUSTOMER_ID_MAX <= 63);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_hostnames),
        cmocka_unit_test(test_mapped_hostnames),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_good_hostnames),
        cmocka_unit_test(test_within),
        cmocka_unit_test(test_slugs),
        cmocka_unit_test(test_slug_fits_namespace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
