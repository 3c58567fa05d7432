/* Addresses, hashes and names of mail (model/mail.h). */
#include "unit.h"

#include "model/mail.h"

static const char *repeated(struct arena *a, char c, size_t count)
{
    char *s = arena_alloc(a, count + 1);

    memset(s, c, count);
    s[count] = '\0';
    return s;
}

static void test_names(void **state)
{
    (void)state;
    for (int i = 0; i <= DKIM_RETIRED; i++)
        assert_int_equal(dkim_state_parse(dkim_state_name((enum dkim_state)i)), i);
    for (int i = 0; i <= DKIM_ED25519; i++)
        assert_int_equal(dkim_algorithm_parse(dkim_algorithm_name((enum dkim_algorithm)i)), i);
    assert_string_equal(dkim_algorithm_name(DKIM_ED25519), "ed25519");
    assert_int_equal(dkim_state_parse("Signing"), -1);
    assert_int_equal(dkim_algorithm_parse(NULL), -1);
}

static void test_locals(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *const good[] = { "a", "anna", "anna.b-c_d", "7", "_dmarc", "a.b.c", repeated(a, 'x', 64) };
    const struct {
        const char *local, *says;
    } bad[] = {
        { NULL, "a name before the @" },
        { "", "a name before the @" },
        { repeated(a, 'x', 65), "65 bytes" },
        { "anna+lists", "without being set up" },
        { "\"anna\"", "only" },
        { "anna b", "only" },
        { "anna\n", "only" },
        { "j\xc3\xbcrgen", "only" },
        { "a/b", "only" },
        { "a%b", "only" },
        { "a!b", "only" },
        { "*", "only" },
        { "anna@example.com", "only" },
        { "Anna", "small letters" },
        { "-rf", "dash" },
        { ".anna", "dot" },
        { "anna.", "dot" },
        { "an..na", "two dots" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        struct error err = ERROR_INIT;
        expect_ok(mail_check_local(good[i], "/local", &err));
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct error err = ERROR_INIT;
        assert_int_equal(mail_check_local(bad[i].local, "/local", &err), -1);
        assert_int_equal(err.code, ERROR_UNPROCESSABLE);
        assert_string_equal(err.fields[0].pointer, "/local");
        if (!strstr(err.fields[0].message, bad[i].says))
            fail_msg("'%s' is told: %s", bad[i].local, err.fields[0].message);
    }
}

static void test_addresses(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct {
        const char *from, *to;
    } good[] = {
        { "anna@example.com", "anna@example.com" },
        { "Anna+Lists@EXAMPLE.com", "anna+lists@example.com" },
        { "o'brien!x=y@example.com", "o'brien!x=y@example.com" },
        { "info@b\xc3\xbc"
          "cher.example",
          "info@xn--bcher-kva.example" },
        { "info@example.com.", "info@example.com" },
    };
    const char *const bad[] = {
        "",
        "anna",
        "@example.com",
        "anna@",
        "anna@localhost",
        "anna@192.0.2.1",
        "anna@[192.0.2.1]",
        "anna@exam_ple.com",
        "anna@example..com",
        "an..na@example.com",
        ".anna@example.com",
        "\"an na\"@example.com",
        "an na@example.com",
        "anna@b@example.com",
        "j\xc3\xbcrgen@example.com",
        "anna@example.com\nbcc@example.com",
        arena_printf(a, "%s@example.com", repeated(a, 'x', 65)),
        arena_printf(a, "anna@%s.%s.%s.%s.example", repeated(a, 'a', 63), repeated(a, 'b', 63), repeated(a, 'c', 63),
                     repeated(a, 'd', 55)),
    };
    char *got;

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        struct error err = ERROR_INIT;
        expect_ok(mail_address(a, good[i].from, "/targets/0", &got, &err));
        assert_string_equal(got, good[i].to);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct error err = ERROR_INIT;
        got = NULL;
        if (mail_address(a, bad[i], "/targets/0", &got, &err) == 0)
            fail_msg("'%s' is taken", bad[i]);
        assert_string_equal(err.fields[0].pointer, "/targets/0");
        assert_null(got);
    }
}

static void test_parts(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    assert_string_equal(mail_local_of(a, "anna+lists@example.com", false), "anna+lists");
    assert_string_equal(mail_local_of(a, "anna+lists@example.com", true), "anna");
    assert_string_equal(mail_local_of(a, "anna@example.com", true), "anna");
    assert_string_equal(mail_domain_of("anna+lists@example.com"), "example.com");
}

#define B22 "abcdefghijklmnopqrstuv"
#define C43 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"
#define D86 C43 C43
#define E53 C43 "./01234567"

static void test_hashes(void **state)
{
    static const char *const good[] = {
        "{ARGON2ID}$argon2id$v=19$m=65536,t=2,p=1$" B22 "$" C43,
        "{ARGON2ID}$argon2id$v=19$m=19456,t=10,p=4$" B22 "$" C43,
        "{SHA512-CRYPT}$6$salt$" D86,
        "{SHA512-CRYPT}$6$rounds=5000$abcdefghijklmnop$" D86,
        "{BLF-CRYPT}$2y$12$" E53,
        "{BLF-CRYPT}$2b$04$" E53,
    };
    static const char *const bad[] = {
        "",
        "secret",
        "{PLAIN}secret",
        "{MD5-CRYPT}$1$salt$" B22,
        "$6$salt$" D86,
        "{ARGON2ID}",
        "{ARGON2ID}$argon2id$v=19$m=65537,t=2,p=1$" B22 "$" C43, /* costs too much */
        "{ARGON2ID}$argon2id$v=19$m=65536,t=11,p=1$" B22 "$" C43,
        "{ARGON2ID}$argon2id$v=19$m=99999999999999999999,t=1,p=1$" B22 "$" C43,
        "{ARGON2ID}$argon2id$v=19$m=0,t=2,p=1$" B22 "$" C43,
        "{ARGON2ID}$argon2i$v=19$m=65536,t=2,p=1$" B22 "$" C43,
        "{ARGON2ID}$argon2id$v=19$m=65536,t=2,p=1$" B22 "$" C43 " ",
        "{SHA512-CRYPT}$6$rounds=999999999$salt$" D86,
        "{SHA512-CRYPT}$6$$" D86,
        "{SHA512-CRYPT}$6$salt$" C43,
        "{BLF-CRYPT}$2y$31$" E53,
        "{BLF-CRYPT}$2y$03$" E53,
        "{BLF-CRYPT}$2x$12$" E53,
        "{BLF-CRYPT}$2y$12$" E53 "x",
        "{BLF-CRYPT}$2y$12$" C43 "'; DROP --",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        struct error err = ERROR_INIT;
        expect_ok(mail_check_hash(good[i], "/passwordHash", &err));
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct error err = ERROR_INIT;
        if (mail_check_hash(bad[i], "/passwordHash", &err) == 0)
            fail_msg("'%s' is taken", bad[i]);
        assert_string_equal(err.fields[0].pointer, "/passwordHash");
        assert_null(strstr(err.fields[0].message, "secret")); /* what was typed is never told */
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names), cmocka_unit_test(test_locals), cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_parts), cmocka_unit_test(test_hashes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
