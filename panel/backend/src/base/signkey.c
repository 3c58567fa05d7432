/* Key pairs that sign: see signkey.h. */
#include "base/signkey.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/str.h"

enum { RSA_BITS = 2048, RSA_BITS_MAX = 4096, RAW_BYTES = 32, PRIVATE_MAX = 16 * 1024, BASE64_SLASH = 63 };

static int failed(struct error *err, const char *what)
{
    return error_set(err, ERROR_INTERNAL, "OpenSSL could not %s", what);
}

static void free_key(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}

static void free_bio(BIO **bio)
{
    BIO_free(*bio);
}

static void wipe(void *secret)
{
    OPENSSL_cleanse(secret, strlen(secret));
}

char *signkey_keep(struct arena *a, const char *secret)
{
    char *copy = arena_strdup(a, secret);

    arena_defer(a, wipe, copy);
    return copy;
}

static char *base64(struct arena *a, const unsigned char *data, size_t len)
{
    char *out = arena_alloc(a, 4 * ((len + 2) / 3) + 1);

    (void)EVP_EncodeBlock((unsigned char *)out, data, (int)len);
    return out;
}

/* --- from a key to text --- */

static int private_text(struct arena *a, const EVP_PKEY *key, char **ret, struct error *err)
{
    CLEANUP(free_bio) BIO *bio = BIO_new(BIO_s_secmem());
    char *data;

    if (!bio || PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) != 1)
        return failed(err, "write a private key");
    long len = BIO_get_mem_data(bio, &data);
    char *copy = arena_strndup(a, data, (size_t)len);
    arena_defer(a, wipe, copy);
    *ret = copy;
    return 0;
}

static int public_text(struct arena *a, EVP_PKEY *key, char **ret, struct error *err)
{
    unsigned char raw[RAW_BYTES], *der = NULL;
    size_t raw_len = sizeof raw;

    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519) {
        if (EVP_PKEY_get_raw_public_key(key, raw, &raw_len) != 1)
            return failed(err, "write a public key");
        *ret = base64(a, raw, raw_len);
        return 0;
    }
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key) > RSA_BITS_MAX)
        return error_set(err, ERROR_INVALID, "the key is neither RSA of at most %d bits nor Ed25519", RSA_BITS_MAX);
    int len = i2d_PUBKEY(key, &der);
    if (len <= 0)
        return failed(err, "write a public key");
    *ret = base64(a, der, (size_t)len);
    OPENSSL_free(der);
    return 0;
}

/* --- from text to a key --- */

/* No passphrase is asked for. */
static int no_passphrase(char *buffer, int size, int writing, void *ctx)
{
    (void)buffer, (void)size, (void)writing, (void)ctx;
    return -1;
}

static EVP_PKEY *read_private(const char *text)
{
    size_t len = strlen(text);
    CLEANUP(free_bio) BIO *bio = len <= PRIVATE_MAX ? BIO_new_mem_buf(text, (int)len) : NULL;

    return bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
}

int signkey_public(struct arena *a, const char *private_key, char **ret_public, struct error *err)
{
    CLEANUP(free_key) EVP_PKEY *key = read_private(private_key);

    if (!key)
        return error_set(err, ERROR_INVALID, "this is no private key in PEM");
    return public_text(a, key, ret_public, err);
}

int signkey_seed(struct arena *a, const char *private_key, char **ret, struct error *err)
{
    CLEANUP(free_key) EVP_PKEY *key = read_private(private_key);
    unsigned char raw[RAW_BYTES];
    size_t len = sizeof raw;

    if (!key || EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519 || EVP_PKEY_get_raw_private_key(key, raw, &len) != 1)
        return error_set(err, ERROR_INVALID, "this is no private Ed25519 key in PEM");
    *ret = base64(a, raw, len);
    arena_defer(a, wipe, *ret);
    OPENSSL_cleanse(raw, sizeof raw);
    return 0;
}

/* Rspamd takes a key whose first character is '/' for the name of a file, and then does not sign: see signkey.h. */
static bool is_readable(EVP_PKEY *key)
{
    unsigned char raw[RAW_BYTES];
    size_t len = sizeof raw;
    bool readable = EVP_PKEY_get_raw_private_key(key, raw, &len) == 1 && raw[0] >> 2 != BASE64_SLASH;

    OPENSSL_cleanse(raw, sizeof raw);
    return readable;
}

static EVP_PKEY *make_ed25519(void)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

    for (; key && !is_readable(key); key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"))
        EVP_PKEY_free(key);
    return key;
}

int signkey_make(struct arena *a, enum signkey_kind kind, char **ret_private, char **ret_public, struct error *err)
{
    CLEANUP(free_key)
    EVP_PKEY *key = kind == SIGNKEY_RSA ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)RSA_BITS) : make_ed25519();
    char *private_key, *public_key;

    if (!key)
        return failed(err, "make a key");
    if (private_text(a, key, &private_key, err) < 0 || public_text(a, key, &public_key, err) < 0)
        return -1;
    *ret_private = private_key;
    *ret_public = public_key;
    return 0;
}
