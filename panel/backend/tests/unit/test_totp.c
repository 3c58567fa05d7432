/* One-time codes: the vectors of RFC 6238 (appendix B, SHA-1, cut to six digits), the window, and spellings. */
#include "unit.h"

#include "base/id.h"
#include "base/str.h"
#include "base/totp.h"

/* "12345678901234567890" */
static const char secret[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

static bool matches(const char *code, int64_t now_s, int64_t *ret_step)
{
    struct error err = ERROR_INIT;
    bool right;

    expect_ok(totp_match(secret, code, now_s, &right, ret_step, &err));
    return right;
}

static void test_vectors(void **state)
{
    static const struct {
        int64_t at;
        const char *code;
    } rows[] = { { 59, "287082" },         { 1111111109, "081804" }, { 1111111111, "050471" },
                 { 1234567890, "005924" }, { 2000000000, "279037" }, { 20000000000, "353130" } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t step = 0;
        assert_true(matches(rows[i].code, rows[i].at, &step));
        assert_int_equal(step, rows[i].at / TOTP_STEP_S);
        assert_true(matches(rows[i].code, rows[i].at + TOTP_STEP_S, &step));
        assert_true(matches(rows[i].code, rows[i].at - TOTP_STEP_S, &step));
        assert_int_equal(step, rows[i].at / TOTP_STEP_S);
        assert_false(matches(rows[i].code, rows[i].at + 2 * TOTP_STEP_S, &step));
        if (rows[i].at > 2 * TOTP_STEP_S) /* not before 1970 */
            assert_false(matches(rows[i].code, rows[i].at - 2 * TOTP_STEP_S, &step));
    }
}

static void test_no_codes(void **state)
{
    static const char *const codes[] = { "", "28708", "2870822", "28708a", " 287082", "-87082" };
    int64_t step;

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        assert_false(matches(codes[i], 59, &step));
    struct error err = ERROR_INIT;
    bool right;
    assert_int_equal(totp_match("no base32 1!", "287082", 59, &right, &step, &err), -1);
    assert_null(strstr(err.message, "no base32 1!"));
}

static void test_secret_and_uri(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    char *one, *other;

    (void)state;
    expect_ok(totp_secret(a, &one, &err));
    expect_ok(totp_secret(a, &other, &err));
    assert_int_equal(strlen(one), 32);
    assert_string_not_equal(one, other);
    assert_string_equal(totp_uri(a, "Berth x.example", "a+b@x.example", "ABC"),
                        "otpauth://totp/Berth%20x.example:a%2Bb%40x.example?secret=ABC&issuer=Berth%20x.example"
                        "&algorithm=SHA1&digits=6&period=30");
}

static void test_recovery_codes(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *code = totp_recovery_code(a);

    (void)state;
    assert_int_equal(strlen(code), 19);
    assert_false(totp_is_code(code));
    assert_string_equal(totp_recovery_spelling(a, code), code);
    assert_string_equal(totp_recovery_spelling(a, "ABCD efgh 2345-ijkl"), "abcd-efgh-2345-ijkl");
    assert_string_equal(totp_recovery_spelling(a, ""), "");
    assert_string_not_equal(totp_recovery_code(a), code);
    assert_true(strlen(totp_recovery_spelling(a, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")) <=
                32);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_vectors), cmocka_unit_test(test_no_codes),
                                        cmocka_unit_test(test_secret_and_uri), cmocka_unit_test(test_recovery_codes) };
    struct error err = ERROR_INIT;

    return id_init(&err) < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
