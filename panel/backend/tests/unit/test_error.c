/* Errors (base/error.h): one table of codes, messages that are cut between characters, fields that are collected. */
#include "unit.h"

#include <errno.h>

static void test_codes(void **state)
{
    static const struct {
        enum error_code code;
        const char *name;
        int status;
        bool retry;
    } rows[] = {
        { ERROR_INVALID, "INVALID", 400, false },
        { ERROR_NOT_FOUND, "NOT_FOUND", 404, false },
        { ERROR_CONFLICT, "CONFLICT", 409, false },
        { ERROR_STALE, "STALE", 412, false },
        { ERROR_UNPROCESSABLE, "UNPROCESSABLE", 422, false },
        { ERROR_RATE, "RATE", 429, true },
        { ERROR_UNAVAILABLE, "UNAVAILABLE", 503, true },
        { ERROR_TIMEOUT, "TIMEOUT", 504, true },
        { ERROR_FULL, "FULL", 507, true },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(error_name(rows[i].code), rows[i].name);
        assert_int_equal(error_status(rows[i].code), rows[i].status);
        assert_int_equal(error_retriable(rows[i].code), rows[i].retry);
        assert_true(strlen(error_title(rows[i].code)) > 0);
    }
    for (int i = 1; i <= ERROR_FULL; i++) /* every code is a failure with a status of one */
        assert_in_range(error_status((enum error_code)i), 400, 599);
    assert_int_equal(error_status((enum error_code)9999), 500);
    assert_string_equal(error_name((enum error_code) - 1), "INTERNAL");
}

static void test_messages(void **state)
{
    struct error err = ERROR_INIT;

    (void)state;
    err.retry_after_s = 7;
    assert_int_equal(error_set(&err, ERROR_TIMEOUT, "GET %s", "/x"), -1);
    assert_int_equal(err.retry_after_s, 0);
    assert_int_equal(error_context(&err, "site '%s'", "s1"), -1);
    assert_int_equal(error_context(&err, "customer"), -1);
    assert_string_equal(err.message, "customer: site 's1': GET /x");
    assert_int_equal(err.code, ERROR_TIMEOUT);
    (void)error_set(&err, ERROR_IO, "again: %s", err.message); /* an argument that points into the error itself */
    assert_string_equal(err.message, "again: customer: site 's1': GET /x");
    struct error empty = ERROR_INIT;
    (void)error_context(&empty, "alone");
    assert_string_equal(empty.message, "alone");
    (void)error_set_errno(&err, ENOENT, "opening %s", "x");
    assert_int_equal(err.code, ERROR_IO);
    assert_string_equal(err.message, "opening x: No such file or directory");
    (void)error_set_errno(&err, ENOSPC, "x");
    assert_int_equal(err.code, ERROR_FULL);
    (void)error_set_errno(&err, EDQUOT, "x");
    assert_int_equal(err.code, ERROR_FULL);
}

/* Messages go into JSON: cut at their limit, they are still UTF-8, whatever character lies across it. */
static void test_cut(void **state)
{
    static const char *const characters[] = { "a", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80" };

    (void)state;
    for (size_t i = 0; i < COUNT(characters); i++)
        for (int shift = 0; shift < 4; shift++) {
            struct error err = ERROR_INIT;
            char text[2000] = "xxx";
            text[shift] = '\0';
            for (size_t n = strlen(text); n < 1900; n = strlen(text))
                snprintf(text + n, sizeof text - n, "%s", characters[i]);
            (void)error_set(&err, ERROR_IO, "%s", text);
            assert_true(str_has_utf8(err.message, strlen(err.message)));
            assert_in_range(strlen(err.message), ERROR_MESSAGE_MAX - 5, ERROR_MESSAGE_MAX - 1);
            (void)error_context(&err, "%s", "context");
            assert_true(str_has_utf8(err.message, strlen(err.message)));
            assert_true(str_starts(err.message, "context: "));
            (void)error_field(&err, text, "%s", text);
            assert_true(str_has_utf8(err.fields[0].pointer, strlen(err.fields[0].pointer)));
            assert_true(str_has_utf8(err.fields[0].message, strlen(err.fields[0].message)));
            (void)error_set_errno(&err, ENOENT, "%s", text);
            assert_true(str_has_utf8(err.message, strlen(err.message)));
        }
}

static void test_fields(void **state)
{
    struct error err = ERROR_INIT;

    (void)state;
    (void)error_set(&err, ERROR_TIMEOUT, "something else");
    for (int i = 0; i < ERROR_FIELDS_MAX + 10; i++)
        assert_int_equal(error_field(&err, "/x", "fault %d", i), -1);
    assert_int_equal(err.code, ERROR_UNPROCESSABLE);
    assert_int_equal(err.field_count, ERROR_FIELDS_MAX);
    assert_string_equal(err.message, "/x: fault 0"); /* the first one's */
    assert_string_equal(err.fields[ERROR_FIELDS_MAX - 1].message, "fault 15");
    (void)error_set(&err, ERROR_IO, "x");
    assert_int_equal(err.field_count, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_fields),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
