/* Identifiers, tokens and digests: see id.h. */
#include "base/id.h"

#include <assert.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOKEN_BYTES = 32, TOKEN_HASH_BYTES = 32 };

/* The key of id_hash64(): set before threads start. */
static unsigned char hash_key[crypto_shorthash_KEYBYTES];
static_assert(sizeof hash_key == ID_HASH_KEY_BYTES, "libsodium's short hash");

int id_init(struct error *err)
{
    int was = sodium_init();

    if (was < 0)
        return error_set(err, ERROR_INTERNAL, "libsodium cannot start: no source of random numbers");
    if (was == 0) /* 1: somebody was here before, and the key must stay as it is */
        crypto_shorthash_keygen(hash_key);
    return 0;
}

/* Random bytes, of which the system is asked for many at once. */
struct pool {
    unsigned char bytes[64];
    size_t left;
};

/* 0 to bound - 1, each as likely: a byte beyond the last whole multiple of the bound is thrown away. */
static unsigned draw(struct pool *p, unsigned bound)
{
    unsigned byte;

    do {
        if (p->left == 0) {
            randombytes_buf(p->bytes, sizeof p->bytes);
            p->left = sizeof p->bytes;
        }
        byte = p->bytes[--p->left];
    } while (byte >= 256 - 256 % bound);
    return byte % bound;
}

char *id_new(struct arena *a, const char *prefix, size_t chars)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    size_t at = strlen(prefix);
    char *id = arena_alloc(a, at + chars + 1);
    struct pool pool = { .left = 0 };

    memcpy(id, prefix, at);
    for (size_t i = 0; i < chars; i++)
        id[at + i] = alphabet[draw(&pool, at + i == 0 ? 26 : 36)];
    return id;
}

char *id_hex(struct arena *a, const void *data, size_t len)
{
    char *hex = arena_array(a, len + 1, 2);

    sodium_bin2hex(hex, len * 2 + 1, data, len);
    return hex;
}

char *id_uuid(struct arena *a)
{
    unsigned char b[16];

    randombytes_buf(b, sizeof b);
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40); /* version 4 */
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80); /* variant of RFC 9562 */
    const char *h = id_hex(a, b, sizeof b);
    return arena_printf(a, "%.8s-%.4s-%.4s-%.4s-%.12s", h, h + 8, h + 12, h + 16, h + 20);
}

char *id_token(struct arena *a)
{
    unsigned char secret[TOKEN_BYTES];
    char text[sodium_base64_ENCODED_LEN(TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];

    randombytes_buf(secret, sizeof secret);
    sodium_bin2base64(text, sizeof text, secret, sizeof secret, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *token = arena_printf(a, "berth_%s", text);
    sodium_memzero(secret, sizeof secret);
    sodium_memzero(text, sizeof text);
    return token;
}

char *id_hash_token(struct arena *a, const char *token)
{
    unsigned char digest[TOKEN_HASH_BYTES];

    crypto_generichash(digest, sizeof digest, (const unsigned char *)token, strlen(token), NULL, 0);
    return id_hex(a, digest, sizeof digest);
}

char *id_hash_key_new(struct arena *a)
{
    unsigned char key[ID_HASH_KEY_BYTES];

    randombytes_buf(key, sizeof key);
    return id_hex(a, key, sizeof key);
}

int id_hash_key_use(const char *hex, struct error *err)
{
    unsigned char key[ID_HASH_KEY_BYTES];
    size_t len;

    if (sodium_hex2bin(key, sizeof key, hex, strlen(hex), NULL, &len, NULL) != 0 || len != sizeof key)
        return error_set(err, ERROR_INVALID, "a key of hashes is %d hexadecimal digits", 2 * ID_HASH_KEY_BYTES);
    memcpy(hash_key, key, sizeof key);
    return 0;
}

uint64_t id_hash64_more(uint64_t seed, const void *data, size_t len)
{
    unsigned char key[sizeof hash_key], out[crypto_shorthash_BYTES];
    uint64_t hash;

    memcpy(key, hash_key, sizeof key);
    for (size_t i = 0; i < sizeof seed; i++)
        key[i] ^= (unsigned char)(seed >> (8 * i));
    crypto_shorthash(out, data, len, key);
    memcpy(&hash, out, sizeof hash);
    return hash;
}

uint64_t id_hash64(const void *data, size_t len)
{
    return id_hash64_more(0, data, len);
}

struct id_sha256 {
    EVP_MD_CTX *ctx;
};

/* OpenSSL fails here only when memory is gone or its providers cannot be loaded: no caller could go on. */
static void sha256_must(int ok)
{
    if (ok != 1) {
        fputs("id: SHA-256 is not to be had\n", stderr);
        abort();
    }
}

struct id_sha256 *id_sha256_new(void)
{
    struct id_sha256 *h = calloc(1, sizeof *h);

    sha256_must(h != NULL);
    h->ctx = EVP_MD_CTX_new();
    sha256_must(h->ctx != NULL);
    sha256_must(EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL));
    return h;
}

void id_sha256_add(struct id_sha256 *h, const void *data, size_t len)
{
    sha256_must(EVP_DigestUpdate(h->ctx, data, len));
}

char *id_sha256_hex(struct id_sha256 *h, struct arena *a)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    sha256_must(EVP_DigestFinal_ex(h->ctx, digest, &len));
    id_sha256_free(h);
    return id_hex(a, digest, len);
}

void id_sha256_free(struct id_sha256 *h)
{
    if (!h)
        return;
    EVP_MD_CTX_free(h->ctx);
    free(h);
}
