/* Time (base/clock.h): RFC 3339 both ways, and sleeping at least as long as was asked for. */
#include "unit.h"

#include "base/clock.h"

static void test_parse(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } rows[] = {
        { "1970-01-01T00:00:00Z", 0 },
        { "1970-01-01T00:00:00.001Z", 1 },
        { "2000-02-29T23:59:59.999Z", 951868799999 },
        { "2026-11-24T08:33:07.123Z", 1795509187123 },
        { "2026-11-24T10:33:07.123+02:00", 1795509187123 },
        { "2026-11-24T02:03:07.123-06:30", 1795509187123 },
        { "2026-11-24t08:33:07.123456789z", 1795509187123 },
        { "2016-12-31T23:59:60Z", 1483228800000 }, /* a leap second */
        { "9999-12-31T23:59:59Z", 253402300799000 },
    };
    static const char *const bad[] = { "",
                                       "now",
                                       "2026-11-24",
                                       "2026-11-24T08:33:07",
                                       "2026-11-24 08:33:07Z",
                                       "2026-13-01T00:00:00Z",
                                       "2026-00-01T00:00:00Z",
                                       "2026-02-29T00:00:00Z",
                                       "1900-02-29T00:00:00Z",
                                       "2026-04-31T00:00:00Z",
                                       "2026-01-00T00:00:00Z",
                                       "2026-01-01T24:00:00Z",
                                       "2026-01-01T00:60:00Z",
                                       "2026-01-01T00:00:61Z",
                                       "2026-01-01T00:00:00.Z",
                                       "2026-01-01T00:00:00+24:00",
                                       "2026-01-01T00:00:00+0100",
                                       "2026-01-01T00:00:00+01",
                                       "2026-01-01T00:00:00Zx",
                                       "2026-1-1T00:00:00Z",
                                       "1969-12-31T23:59:59Z",
                                       "+2026-01-01T00:00:00Z",
                                       "2026-01-01T00:00:00Z " };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (clock_parse_rfc3339(rows[i].text) != rows[i].ms)
            fail_msg("%s: %lld", rows[i].text, (long long)clock_parse_rfc3339(rows[i].text));
    for (size_t i = 0; i < COUNT(bad); i++)
        if (clock_parse_rfc3339(bad[i]) != -1)
            fail_msg("'%s' is a time", bad[i]);
    assert_int_equal(clock_parse_rfc3339(NULL), -1);
}

static void test_round_trip(void **state)
{
    (void)state;
    for (int64_t ms = 1; ms < 253402300799999; ms += 86400000LL * 17 + 3599123) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        const char *text = clock_rfc3339(a, ms);
        if (clock_parse_rfc3339(text) != ms)
            fail_msg("%lld became %s", (long long)ms, text);
    }
    CLEANUP(arena_freep) struct arena *a = arena_new();
    assert_string_equal(clock_rfc3339(a, 0), "1970-01-01T00:00:00.000Z");
    assert_string_equal(clock_rfc3339(a, -1), "1969-12-31T23:59:59.999Z");
    (void)clock_rfc3339(a, INT64_MAX); /* no year that fits: some text, and no crash */
    (void)clock_rfc3339(a, INT64_MIN + 1000);
}

static void test_sleep(void **state)
{
    (void)state;
    int64_t before = clock_mono_ms();
    clock_sleep_ms(30);
    assert_in_range(clock_mono_ms() - before, 29, 5000);
    before = clock_mono_ms();
    clock_sleep_ms(0);
    clock_sleep_ms(-1000);
    assert_in_range(clock_mono_ms() - before, 0, 1000);
    assert_true(clock_wall_ms() > 1700000000000);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_sleep),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
