/* Identifiers, tokens and digests (base/id.h). */
#include "unit.h"

#include "base/id.h"

static int init(void **state)
{
    struct error err = ERROR_INIT;

    (void)state;
    return id_init(&err);
}

static void test_new(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    bool digit = false, last = false;

    (void)state;
    for (int i = 0; i < 2000; i++) {
        const char *bare = id_new(a, "", 9), *with = id_new(a, "s", 8);
        assert_int_equal(strlen(bare), 9);
        assert_int_equal(strspn(bare, "abcdefghijklmnopqrstuvwxyz0123456789"), 9);
        assert_in_range(bare[0], 'a', 'z'); /* a Kubernetes name may need that */
        assert_int_equal(with[0], 's');
        digit |= with[1] >= '0' && with[1] <= '9';
        last |= bare[8] == '9';
        assert_string_not_equal(bare, with);
    }
    assert_true(digit); /* all of the alphabet is used, to its end */
    assert_true(last);
}

static void test_uuid(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    for (int i = 0; i < 100; i++) {
        const char *u = id_uuid(a);
        assert_int_equal(strlen(u), 36);
        for (int j = 0; j < 36; j++)
            assert_true(j == 8 || j == 13 || j == 18 || j == 23 ? u[j] == '-'
                                                                : strchr("0123456789abcdef", u[j]) != NULL);
        assert_int_equal(u[14], '4');
        assert_non_null(strchr("89ab", u[19]));
        assert_string_not_equal(u, id_uuid(a));
    }
}

static void test_token(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    const char *t = id_token(a);
    assert_true(str_starts(t, "berth_"));
    assert_int_equal(strlen(t), 6 + 43); /* 256 bits as base64url */
    assert_int_equal(strspn(t + 6, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), 43);
    assert_string_not_equal(t, id_token(a));
}

/* What is stored of a token is BLAKE2b-256 for ever: another digest would sign everybody out. */
static void test_token_hash(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    assert_string_equal(id_hash_token(a, ""), "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    assert_string_equal(id_hash_token(a, "abc"), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

static void test_sha256(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    assert_string_equal(id_sha256_hex(id_sha256_new(), a),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    struct id_sha256 *h = id_sha256_new();
    id_sha256_add(h, "a", 1);
    id_sha256_add(h, "", 0);
    id_sha256_add(h, "bc", 2);
    assert_string_equal(id_sha256_hex(h, a), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    h = id_sha256_new();
    id_sha256_add(h, "abc", 3);
    id_sha256_free(h); /* given up half way */
    id_sha256_free(NULL);
    assert_string_equal(id_hex(a, "\x00\xff\x7f", 3), "00ff7f");
    assert_string_equal(id_hex(a, "", 0), "");
}

static void test_hash64(void **state)
{
    (void)state;
    assert_true(id_hash64("abc", 3) == id_hash64("abc", 3));
    assert_false(id_hash64("abc", 3) == id_hash64("abd", 3));
    assert_false(id_hash64("abc", 3) == id_hash64("abc", 2));
    /* chained: where one part ends and the next begins matters, and so does their order */
    uint64_t x = id_hash64_more(id_hash64("a", 1), "bc", 2), y = id_hash64_more(id_hash64("ab", 2), "c", 1),
             z = id_hash64_more(id_hash64("bc", 2), "a", 1);
    assert_false(x == y);
    assert_false(x == z);
    struct error err = ERROR_INIT;
    uint64_t before = id_hash64("abc", 3);
    expect_ok(id_init(&err)); /* a second time: the key stays */
    assert_true(before == id_hash64("abc", 3));
    /* a key that another process made: hashes are those of that process */
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *key = id_hash_key_new(a);
    assert_string_not_equal(key, id_hash_key_new(a));
    expect_ok(id_hash_key_use(key, &err));
    uint64_t theirs = id_hash64("abc", 3);
    assert_false(theirs == before);
    expect_ok(id_hash_key_use(id_hash_key_new(a), &err));
    assert_false(theirs == id_hash64("abc", 3));
    expect_ok(id_hash_key_use(key, &err));
    assert_true(theirs == id_hash64("abc", 3));
    const char *const bad[] = { "", "00", arena_printf(a, "%s00", key), arena_printf(a, "%.30szz", key) };
    for (size_t i = 0; i < COUNT(bad); i++)
        expect_error(id_hash_key_use(bad[i], &err), ERROR_INVALID);
    assert_true(theirs == id_hash64("abc", 3)); /* a bad one changes nothing */
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new),        cmocka_unit_test(test_uuid),   cmocka_unit_test(test_token),
        cmocka_unit_test(test_token_hash), cmocka_unit_test(test_sha256), cmocka_unit_test(test_hash64),
    };

    return cmocka_run_group_tests(tests, init, NULL);
}
