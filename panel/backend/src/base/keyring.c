/* Keys and boxes: see keyring.h. */
#include "base/keyring.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"

#define VERSION "v1"

enum {
    FILE_BYTES_MAX = 16384,
    KEY_BYTES = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    BASE64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING,
};

struct key {
    char id[KEYRING_ID_MAX + 1];
    unsigned char bytes[KEY_BYTES];
};

struct keyring {
    size_t count;
    struct key keys[KEYRING_KEYS_MAX];
};

/* --- the file --- */

static bool is_id(const char *id)
{
    size_t len = strlen(id);

    return len > 0 && len <= KEYRING_ID_MAX && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static const struct key *find(const struct keyring *k, const char *id)
{
    for (size_t i = 0; i < k->count; i++)
        if (str_eq(k->keys[i].id, id))
            return &k->keys[i];
    return NULL;
}

/* "ID KEY"; the line is cut in two. */
static int read_key(struct keyring *k, char *line, struct error *err)
{
    size_t id_len = strcspn(line, " \t"), len;
    char *hex = line + id_len + strspn(line + id_len, " \t");
    struct key *key = &k->keys[k->count];

    line[id_len] = '\0';
    if (!is_id(line))
        return error_set(err, ERROR_INVALID, "the key's id must be 1 to %d characters of a-z, 0-9 and -",
                         KEYRING_ID_MAX);
    if (find(k, line))
        return error_set(err, ERROR_INVALID, "there are two keys with the id '%s'", line);
    if (k->count == KEYRING_KEYS_MAX)
        return error_set(err, ERROR_INVALID, "there are more than %d keys", KEYRING_KEYS_MAX);
    if (strlen(hex) != 2 * (size_t)KEY_BYTES ||
        sodium_hex2bin(key->bytes, KEY_BYTES, hex, strlen(hex), NULL, &len, NULL) != 0 || len != KEY_BYTES)
        return error_set(err, ERROR_INVALID, "the key '%s' must be %d hex digits (`openssl rand -hex %d` makes one)",
                         line, 2 * KEY_BYTES, KEY_BYTES);
    memcpy(key->id, line, id_len + 1);
    k->count++;
    return 0;
}

static int read_lines(struct keyring *k, char *text, const char *path, struct error *err)
{
    size_t number = 0;

    for (char *line = text, *next; line; line = next) {
        char *end = strchr(line, '\n');
        next = end ? end + 1 : NULL;
        if (end)
            *end = '\0';
        number++;
        line[strcspn(line, "#\r")] = '\0';
        line += strspn(line, " \t");
        for (size_t len = strlen(line); len && strchr(" \t", line[len - 1]); len--)
            line[len - 1] = '\0';
        if (line[0] && read_key(k, line, err) < 0)
            return error_context(err, "%s, line %zu", path, number);
    }
    return k->count ? 0 : error_set(err, ERROR_INVALID, "%s holds no key", path);
}

int keyring_load(const char *path, struct keyring **ret, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char *text;
    size_t len;

    if (file_read_private(a, path, FILE_BYTES_MAX, &text, &len, err) < 0)
        return -1;
    struct keyring *k = sodium_init() < 0 ? NULL : sodium_malloc(sizeof *k);
    if (!k)
        return error_set(err, ERROR_UNAVAILABLE, "there is no memory that keys can be locked in");
    memset(k, 0, sizeof *k);
    int rc = strlen(text) == len ? read_lines(k, text, path, err)
                                 : error_set(err, ERROR_INVALID, "%s is no text", path);
    sodium_memzero(text, len);
    if (rc < 0) {
        keyring_free(k);
        return -1;
    }
    *ret = k;
    return 0;
}

void keyring_free(struct keyring *k)
{
    sodium_free(k);
}

const char *keyring_newest(const struct keyring *k)
{
    return k->keys[0].id;
}

size_t keyring_count(const struct keyring *k)
{
    return k->count;
}

const char *keyring_id(const struct keyring *k, size_t at)
{
    return k->keys[at].id;
}

bool keyring_has(const struct keyring *k, const char *id)
{
    return find(k, id) != NULL;
}

/* --- boxes --- */

int keyring_seal(const struct keyring *k, struct arena *a, const char *of, const char *secret, char **ret_box,
                 struct error *err)
{
    size_t len = strlen(secret), sealed = NONCE_BYTES + len + TAG_BYTES;
    const struct key *key = &k->keys[0];

    if (len > KEYRING_SECRET_MAX)
        return error_set(err, ERROR_TOO_LARGE, "a secret has at most %d bytes", KEYRING_SECRET_MAX);
    unsigned char *raw = arena_alloc(a, sealed);
    size_t text_max = sodium_base64_encoded_len(sealed, BASE64);
    char *text = arena_alloc(a, text_max);
    randombytes_buf(raw, NONCE_BYTES);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(raw + NONCE_BYTES, NULL, (const unsigned char *)secret, len,
                                                     (const unsigned char *)of, strlen(of), NULL, raw, key->bytes);
    sodium_bin2base64(text, text_max, raw, sealed, BASE64);
    *ret_box = arena_printf(a, VERSION ":%s:%s", key->id, text);
    return 0;
}

const char *keyring_box_key(struct arena *a, const char *box)
{
    if (!str_starts(box, VERSION ":"))
        return NULL;
    const char *id = box + strlen(VERSION ":"), *end = strchr(id, ':');
    const char *copy = end ? arena_strndup(a, id, (size_t)(end - id)) : "";
    return is_id(copy) ? copy : NULL;
}

int keyring_open(const struct keyring *k, struct arena *a, const char *of, const char *box, char **ret_secret,
                 struct error *err)
{
    const char *id = keyring_box_key(a, box), *text = id ? strrchr(box, ':') + 1 : "";
    size_t max = strlen(box), len = 0;
    unsigned char *raw = arena_alloc(a, max + 1);

    if (!id || sodium_base642bin(raw, max, text, strlen(text), NULL, &len, NULL, BASE64) != 0 ||
        len < NONCE_BYTES + TAG_BYTES)
        return error_set(err, ERROR_INTERNAL, "this is no box: it was changed");
    const struct key *key = find(k, id);
    if (!key)
        return error_set(err, ERROR_UNAVAILABLE,
                         "it is encrypted with the key '%s', which the file of BERTH_SECRETS_KEY_FILE does not hold; "
                         "put that line back and restart",
                         id);
    char *secret = arena_alloc(a, len - NONCE_BYTES - TAG_BYTES + 1);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt((unsigned char *)secret, NULL, NULL, raw + NONCE_BYTES,
                                                   len - NONCE_BYTES, (const unsigned char *)of, strlen(of), raw,
                                                   key->bytes) != 0)
        return error_set(err, ERROR_INTERNAL,
                         "the key '%s' of the file does not open it: it is another key of that id, or the box was "
                         "changed or is another row's",
                         id);
    *ret_secret = secret;
    return 0;
}
