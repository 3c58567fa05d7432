/* Key pairs that sign: the keys of the RFCs give the RFCs' values, and what is made is a pair. */
#include "unit.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/signkey.h"

/* RFC 6376, appendix C. */
#define RSA_PRIVATE                                                                                                    \
    "-----BEGIN RSA PRIVATE KEY-----\n"                                                                                \
    "MIICXwIBAAKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFC\n"                                               \
    "jxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gb\n"                                               \
    "to/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB\n"                                               \
    "AoGBALmn+XwWk7akvkUlqb+dOxyLB9i5VBVfje89Teolwc9YJT36BGN/l4e0l6QX\n"                                               \
    "/1//6DWUTB3KI6wFcm7TWJcxbS0tcKZX7FsJvUz1SbQnkS54DJck1EZO/BLa5ckJ\n"                                               \
    "gAYIaqlA9C0ZwM6i58lLlPadX/rtHb7pWzeNcZHjKrjM461ZAkEA+itss2nRlmyO\n"                                               \
    "n1/5yDyCluST4dQfO8kAB3toSEVc7DeFeDhnC1mZdjASZNvdHS4gbLIA1hUGEF9m\n"                                               \
    "3hKsGUMMPwJBAPW5v/U+AWTADFCS22t72NUurgzeAbzb1HWMqO4y4+9Hpjk5wvL/\n"                                               \
    "eVYizyuce3/fGke7aRYw/ADKygMJdW8H/OcCQQDz5OQb4j2QDpPZc0Nc4QlbvMsj\n"                                               \
    "7p7otWRO5xRa6SzXqqV3+F0VpqvDmshEBkoCydaYwc2o6WQ5EBmExeV8124XAkEA\n"                                               \
    "qZzGsIxVP+sEVRWZmW6KNFSdVUpk3qzK0Tz/WjQMe5z0UunY9Ax9/4PVhp/j61bf\n"                                               \
    "eAYXunajbBSOLlx4D+TunwJBANkPI5S9iylsbLs6NkaMHV6k5ioHBBmgCak95JGX\n"                                               \
    "GMot/L2x0IYyMLAz6oLWh2hm7zwtb0CgOrPo1ke44hFYnfc=\n"                                                               \
    "-----END RSA PRIVATE KEY-----\n"
#define RSA_PUBLIC                                                                                                     \
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSs"  \
    "q631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"

/* RFC 8463, appendix A: the seed, as PKCS #8 (RFC 8410, section 7), and its public key. */
#define ED_SEED "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="
#define ED_PRIVATE                                                                                                     \
    "-----BEGIN PRIVATE KEY-----\n"                                                                                    \
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"                                               \
    "-----END PRIVATE KEY-----\n"
#define ED_PUBLIC "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

static void test_known(void **state)
{
    struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    char *text;

    (void)state;
    expect_ok(signkey_public(a, RSA_PRIVATE, &text, &err));
    assert_string_equal(text, RSA_PUBLIC);
    expect_ok(signkey_public(a, ED_PRIVATE, &text, &err));
    assert_string_equal(text, ED_PUBLIC);
    expect_ok(signkey_seed(a, ED_PRIVATE, &text, &err));
    assert_string_equal(text, ED_SEED);
    expect_error(signkey_seed(a, RSA_PRIVATE, &text, &err), ERROR_INVALID);
    expect_error(signkey_public(a, "-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n", &text, &err),
                 ERROR_INVALID);
    expect_error(signkey_public(a, "", &text, &err), ERROR_INVALID);
    arena_free(a);
}

/* What the private half signs, the published half verifies. */
static bool verifies(const char *private_key, const char *public_key, bool rsa)
{
    unsigned char der[1024], sig[1024];
    size_t sig_len = sizeof sig;
    BIO *bio = BIO_new_mem_buf(private_key, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL), *open;
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    const EVP_MD *digest = rsa ? EVP_sha256() : NULL;
    int len = EVP_DecodeBlock(der, (const unsigned char *)public_key, (int)strlen(public_key));
    const unsigned char *p = der;

    assert_true(len > 0);
    assert_int_equal(EVP_DigestSignInit(md, NULL, digest, NULL, key), 1);
    assert_int_equal(EVP_DigestSign(md, sig, &sig_len, (const unsigned char *)"text", 4), 1);
    EVP_MD_CTX_reset(md);
    open = rsa ? d2i_PUBKEY(NULL, &p, len) : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, der, 32);
    assert_non_null(open);
    assert_int_equal(EVP_DigestVerifyInit(md, NULL, digest, NULL, open), 1);
    bool good = EVP_DigestVerify(md, sig, sig_len, (const unsigned char *)"text", 4) == 1;
    good = good && (!rsa || EVP_PKEY_get_bits(open) == 2048);
    EVP_MD_CTX_free(md);
    EVP_PKEY_free(open);
    EVP_PKEY_free(key);
    BIO_free(bio);
    return good;
}

static void test_made(void **state)
{
    struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    char *rsa, *rsa_public, *ed, *ed_public, *other, *other_public;

    (void)state;
    expect_ok(signkey_make(a, SIGNKEY_RSA, &rsa, &rsa_public, &err));
    expect_ok(signkey_make(a, SIGNKEY_ED25519, &ed, &ed_public, &err));
    expect_ok(signkey_make(a, SIGNKEY_ED25519, &other, &other_public, &err));
    assert_true(str_starts(rsa, "-----BEGIN PRIVATE KEY-----\n"));
    assert_true(verifies(rsa, rsa_public, true));
    assert_true(verifies(ed, ed_public, false));
    assert_false(verifies(ed, other_public, false));
    assert_int_equal(strlen(ed_public), 44);
    arena_free(a);
}

/* One seed of 64 would begin with it: that none of 2,000 does by chance happens once in 10^13 times. */
static void test_no_seed_looks_like_a_file(void **state)
{
    struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    char *private_key, *public_key, *seed;

    (void)state;
    for (int i = 0; i < 2000; i++) {
        expect_ok(signkey_make(a, SIGNKEY_ED25519, &private_key, &public_key, &err));
        expect_ok(signkey_seed(a, private_key, &seed, &err));
        assert_true(seed[0] != '/');
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_known), cmocka_unit_test(test_made),
                                        cmocka_unit_test(test_no_seed_looks_like_a_file) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
