/* Strings (base/str.h): comparisons, UTF-8, splitting, numbers, and the bounded builder. */
#include "unit.h"

static void test_compare(void **state)
{
    (void)state;
    assert_true(str_eq(NULL, NULL));
    assert_false(str_eq(NULL, ""));
    assert_false(str_eq("a", NULL));
    assert_true(str_eq("a", "a"));
    assert_true(str_empty(NULL));
    assert_true(str_empty(""));
    assert_false(str_empty(" "));
    assert_true(str_starts("abc", "ab"));
    assert_true(str_starts("abc", ""));
    assert_false(str_starts("ab", "abc"));
    assert_false(str_starts(NULL, "a"));
    assert_true(str_ends("abc", "bc"));
    assert_false(str_ends("c", "bc"));
    assert_false(str_ends(NULL, ""));
}

/* RFC 3629: shortest forms, no surrogates, nothing above U+10FFFF; and no NUL, since strings end there. */
static void test_utf8(void **state)
{
    static const char *const good[] = { "",
                                        "abc",
                                        "\xc2\x80",
                                        "\xdf\xbf",
                                        "\xe0\xa0\x80",
                                        "\xed\x9f\xbf",
                                        "\xee\x80\x80",
                                        "\xef\xbf\xbf",
                                        "\xf0\x90\x80\x80",
                                        "\xf4\x8f\xbf\xbf",
                                        "a\xc3\xa4z" };
    static const char *const bad[] = { "\x80",
                                       "\xbf",
                                       "\xc0\x80",
                                       "\xc1\xbf",
                                       "\xc2",
                                       "\xc2"
                                       "a",
                                       "\xe0\x80\x80",
                                       "\xe0\x9f\xbf",
                                       "\xed\xa0\x80",
                                       "\xed\xbf\xbf",
                                       "\xe2\x82",
                                       "\xf0\x80\x80\x80",
                                       "\xf0\x8f\xbf\xbf",
                                       "\xf4\x90\x80\x80",
                                       "\xf5\x80\x80\x80",
                                       "\xff",
                                       "\xfe",
                                       "abc\xe4",
                                       "\xf0\x9f\x92" };

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        if (!str_has_utf8(good[i], strlen(good[i])))
            fail_msg("good %zu", i);
    for (size_t i = 0; i < COUNT(bad); i++)
        if (str_has_utf8(bad[i], strlen(bad[i])))
            fail_msg("bad %zu", i);
    assert_false(str_has_utf8("a\0b", 3));
    assert_false(str_has_utf8("\xc3\xa4", 1)); /* the length cuts it */
}

static void test_transform(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    size_t count;

    (void)state;
    assert_string_equal(str_lower(a, "AbZ\xc3\x84"), "abz\xc3\x84");
    assert_null(str_lower(a, NULL));
    assert_string_equal(str_trim(a, " \t\r\n a b \n"), "a b");
    assert_string_equal(str_trim(a, " \n"), "");
    assert_string_equal(str_trim(a, ""), "");
    assert_string_equal(str_replace(a, "aXbXc", "X", "--"), "a--b--c");
    assert_string_equal(str_replace(a, "XXX", "X", ""), "");
    assert_string_equal(str_replace(a, "aaa", "aa", "b"), "ba");
    assert_string_equal(str_replace(a, "abc", "x", "y"), "abc");
    assert_string_equal(str_replace(a, "XaX", "X", "X"), "XaX");
    char **parts = str_split(a, ".a..b.", '.', &count);
    assert_int_equal(count, 5);
    assert_string_equal(parts[0], "");
    assert_string_equal(parts[1], "a");
    assert_string_equal(parts[2], "");
    assert_string_equal(parts[4], "");
    assert_null(parts[5]);
    parts = str_split(a, "", '.', NULL);
    assert_string_equal(parts[0], "");
    assert_null(parts[1]);
    assert_string_equal(str_url_encode(a, "a-b.c_d~e/f g?\xc3\xa4%"), "a-b.c_d~e%2Ff%20g%3F%C3%A4%25");
}

static void test_numbers(void **state)
{
    static const struct {
        const char *text;
        int64_t min, max, value;
    } good[] = {
        { "0", 0, 0, 0 },
        { "-0", 0, 0, 0 },
        { "42", 1, 42, 42 },
        { "007", 0, 10, 7 },
        { "9223372036854775807", INT64_MIN, INT64_MAX, INT64_MAX },
        { "-9223372036854775808", INT64_MIN, INT64_MAX, INT64_MIN },
    };
    static const char *const bad[] = { "",
                                       "-",
                                       "+1",
                                       " 1",
                                       "1 ",
                                       "1.0",
                                       "0x1",
                                       "1e3",
                                       "--1",
                                       "a",
                                       "9223372036854775808",
                                       "-9223372036854775809",
                                       "99999999999999999999999",
                                       "11",
                                       "-1",
                                       "\xd9\xa1" };

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        struct error err = ERROR_INIT;
        int64_t n = -77;
        expect_ok(str_to_i64(good[i].text, good[i].min, good[i].max, &n, &err));
        assert_int_equal(n, good[i].value);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct error err = ERROR_INIT;
        int64_t n = -77;
        if (str_to_i64(bad[i], 0, 10, &n, &err) != -1)
            fail_msg("'%s' is a number", bad[i]);
        assert_int_equal(n, -77);
    }
    struct error err = ERROR_INIT;
    int64_t n;
    expect_error(str_to_i64(NULL, 0, 1, &n, &err), ERROR_INVALID);
}

/* Up to the maximum and not a byte further, whatever the pieces; once over it, nothing is added any more. */
static void test_builder_bounds(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    for (size_t max = 0; max < 300; max++) {
        struct strbuf b;
        strbuf_init(&b, a, max);
        for (size_t i = 0; i < max; i++)
            strbuf_add_n(&b, "x", 1);
        assert_false(strbuf_overflowed(&b));
        assert_int_equal(b.len, max);
        strbuf_add(&b, "");
        assert_false(strbuf_overflowed(&b));
        strbuf_add(&b, "y");
        assert_true(strbuf_overflowed(&b));
        strbuf_add_n(&b, "", 0);
        assert_int_equal(strlen(b.text), max);
        strbuf_init(&b, a, max);
        strbuf_addf(&b, "%0*d", (int)max + 1, 1);
        assert_true(strbuf_overflowed(&b));
        assert_string_equal(b.text, "");
        strbuf_add(&b, "z"); /* would fit: half a text is worse than none */
        assert_int_equal(b.len, 0);
    }
}

static void test_builder(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct strbuf b;

    (void)state;
    strbuf_init(&b, a, 1 << 20);
    for (int i = 0; i < 3000; i++) {
        strbuf_addf(&b, "%d,", i % 10);
        if (i % 100 == 0)
            (void)arena_alloc(a, 32); /* the buffer cannot always grow in place */
    }
    strbuf_addf(&b, "%0300d", 1);
    assert_int_equal(b.len, 6300);
    for (int i = 0; i < 3000; i++)
        assert_int_equal(b.text[i * 2], '0' + i % 10);
    strbuf_init(&b, a, 10);
    strbuf_add_n(&b, "a\0b", 3);
    assert_int_equal(b.len, 3);
    assert_memory_equal(b.text, "a\0b", 4);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compare), cmocka_unit_test(test_utf8),           cmocka_unit_test(test_transform),
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_builder_bounds), cmocka_unit_test(test_builder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
