/* reconcile/sieve.h: the script to the byte, and texts that would like to be more than a text. */
#include "unit.h"

#include "reconcile/sieve.h"

static struct arena *arena;

static int up(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void test_quoted_strings(void **state)
{
    static const char *const cases[][2] = {
        { "", "\"\"" },
        { "away", "\"away\"" },
        { "a \"b\" \\c", "\"a \\\"b\\\" \\\\c\"" },
        { "bis 5. M\xc3\xa4rz \xf0\x9f\x8f\x96", "\"bis 5. M\xc3\xa4rz \xf0\x9f\x8f\x96\"" },
        { "a\r\nBcc: x@y.example", "\"a  Bcc: x@y.example\"" },
        { "\"; discard; #", "\"\\\"; discard; #\"" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(sieve_quote(arena, cases[i][0]), cases[i][1]);
}

static void test_multi_line_texts(void **state)
{
    static const char *const cases[][2] = {
        { "", "text:\r\n.\r\n" },
        { "one line", "text:\r\none line\r\n.\r\n" },
        { "a\nb\n", "text:\r\na\r\nb\r\n.\r\n" },
        { "a\r\nb\rc", "text:\r\na\r\nb\r\nc\r\n.\r\n" },
        { "a\n\nb", "text:\r\na\r\n\r\nb\r\n.\r\n" },
        { ".\n..\n.hidden", "text:\r\n..\r\n...\r\n..hidden\r\n.\r\n" },
        { "x\n.\n;\ndiscard;\n", "text:\r\nx\r\n..\r\n;\r\ndiscard;\r\n.\r\n" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(sieve_multi_line(arena, cases[i][0]), cases[i][1]);
}

static void test_vacation(void **state)
{
    static const char *const others[] = { "info@a.example", "\"o\\\"x\"@a.example" };
    struct auto_reply r = { .on = true, .subject = "Away", .text = "Back soon.\n.\n" };

    (void)state;
    assert_string_equal(sieve_vacation(arena, &r, NULL, 0),
                        "require [\"vacation\", \"date\", \"relational\"];\r\nif allof (true) {\r\n  vacation :days 7 "
                        ":subject \"Away\" text:\r\nBack soon.\r\n..\r\n.\r\n;\r\n}\r\n");
    r.subject = "";
    r.from_ms = 1795766400000; /* 2026-11-27T08:00:00Z */
    r.until_ms = 1796083199999; /* 2026-12-01T00:00:00Z, less a millisecond */
    assert_string_equal(
        sieve_vacation(arena, &r, others, COUNT(others)),
        "require [\"vacation\", \"date\", \"relational\"];\r\nif allof (true, currentdate :zone "
        "\"+0000\" :value \"ge\" \"iso8601\" \"2026-11-27T08:00:00\", currentdate :zone \"+0000\" "
        ":value \"lt\" \"iso8601\" \"2026-11-30T23:59:59\") {\r\n  vacation :days 7 :addresses "
        "[\"info@a.example\", \"\\\"o\\\\\\\"x\\\"@a.example\"] text:\r\nBack soon.\r\n..\r\n.\r\n;\r\n}"
        "\r\n");
    r.on = false;
    assert_string_equal(sieve_vacation(arena, &r, others, COUNT(others)), "");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_quoted_strings, up, down),
        cmocka_unit_test_setup_teardown(test_multi_line_texts, up, down),
        cmocka_unit_test_setup_teardown(test_vacation, up, down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
