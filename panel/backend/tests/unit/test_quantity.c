/* Kubernetes quantities (model/names.h): every form that is taken, the bounds, and the canonical texts. */
#include "unit.h"

#include <inttypes.h>

#include "model/names.h"

static void test_forms(void **state)
{
    static const struct {
        const char *text;
        int64_t milli;
    } rows[] = {
        { "0", 0 },
        { "0m", 0 },
        { "1m", 1 },
        { "500m", 500 },
        { "1", 1000 },
        { "2", 2000 },
        { "0.5", 500 },
        { "1.25", 1250 },
        { "0.001", 1 },
        { "1k", 1000LL * 1000 },
        { "1M", 1000000LL * 1000 },
        { "1G", 1000000000LL * 1000 },
        { "1Ki", 1024LL * 1000 },
        { "512Mi", 512LL * 1048576 * 1000 },
        { "10Gi", 10LL * 1073741824 * 1000 },
        { "2Ti", 2LL * 1099511627776 * 1000 },
        { "9223372036854775", 9223372036854775000 },
        { "999999999999999999m", 999999999999999999 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (quantity_milli(rows[i].text) != rows[i].milli)
            fail_msg("%s: %" PRId64, rows[i].text, quantity_milli(rows[i].text));
}

static void test_no_forms(void **state)
{
    static const char *const rows[] = {
        "",      "m",    "Mi",  "-1",       "+1",    "1.5Gi", "1,5", "1.",   ".5",   "0.1234", "1.5m",  "1.2.3", "01",
        "00",    "1 ",   " 1",  "1mi",      "1Mib",  "1MI",   "1mm", "1K",   "1ki",  "0x10",   "1e3",   "1E3",   "one",
        "1Mi\n", "1m i", "1/2", "\xd9\xa1", "1\xff", "NaN",   "inf", "1 Gi", "1Gi1", "--1",    "1.0Gi",
    };

    (void)state;
    assert_int_equal(quantity_milli(NULL), -1);
    for (size_t i = 0; i < COUNT(rows); i++)
        if (quantity_milli(rows[i]) != -1)
            fail_msg("'%s' is %" PRId64, rows[i], quantity_milli(rows[i]));
}

/* What does not fit into 64 bits is refused and never wraps. */
static void test_overflow(void **state)
{
    static const char *const rows[] = {
        "9223372036854776",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616",
        "9007199254740992Ki",
        "8796093022208Mi",
        "8589934592Gi",
        "8389Ti",
        "9223372036854775808m",
        "10000000000000G",
        "99999999999999999999999999999",
        "1000000000000000000000000m",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (quantity_milli(rows[i]) != -1)
            fail_msg("'%s' is %" PRId64, rows[i], quantity_milli(rows[i]));
    assert_int_equal(quantity_milli("8388Ti"), 8388LL * 1099511627776 * 1000);
}

static void test_canonical(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    assert_string_equal(quantity_cpu(a, 0), "0");
    assert_string_equal(quantity_cpu(a, 1), "1m");
    assert_string_equal(quantity_cpu(a, 999), "999m");
    assert_string_equal(quantity_cpu(a, 1000), "1");
    assert_string_equal(quantity_cpu(a, 1500), "1500m");
    assert_string_equal(quantity_bytes(a, 0), "0");
    assert_string_equal(quantity_bytes(a, 1), "1");
    assert_string_equal(quantity_bytes(a, 1023), "1023");
    assert_string_equal(quantity_bytes(a, 1024), "1Ki");
    assert_string_equal(quantity_bytes(a, 1536), "1536");
    assert_string_equal(quantity_bytes(a, 1536LL << 10), "1536Ki");
    assert_string_equal(quantity_bytes(a, 1LL << 30), "1Gi");
    assert_string_equal(quantity_bytes(a, 1LL << 40), "1Ti");
    assert_string_equal(quantity_bytes(a, 1LL << 50), "1024Ti");
}

/* Writing and reading again gives the same amount, for amounts of every size. */
static void test_round_trip(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    for (int64_t n = 1; n < INT64_MAX / 3000; n = n * 3 + 1) {
        assert_int_equal(quantity_milli(quantity_cpu(a, n)), n);
        assert_int_equal(quantity_milli(quantity_bytes(a, n)), n * 1000);
    }
}

static void test_check(void **state)
{
    struct error err = ERROR_INIT;

    (void)state;
    expect_ok(quantity_check("500m", 500, 2000, "/cpu", &err));
    expect_ok(quantity_check("2", 500, 2000, "/cpu", &err));
    assert_int_equal(quantity_check("499m", 500, 2000, "/cpu", &err), -1);
    assert_string_equal(err.fields[0].pointer, "/cpu");
    assert_non_null(strstr(err.fields[0].message, "out of range"));
    expect_error(quantity_check("2001m", 500, 2000, "/cpu", &err), ERROR_UNPROCESSABLE);
    assert_int_equal(quantity_check("lots", 500, 2000, "/cpu", &err), -1);
    assert_non_null(strstr(err.fields[0].message, "500m"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),     cmocka_unit_test(test_no_forms),   cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_canonical), cmocka_unit_test(test_round_trip), cmocka_unit_test(test_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
