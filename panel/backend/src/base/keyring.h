/* Keys and boxes: secrets that must be read again (passwords are hashed: see password.h) lie in the database as boxes only.
 *
 * A box is text, "v1:KEY-ID:BASE64URL(nonce, ciphertext)": XChaCha20-Poly1305 with a random nonce (libsodium's AEAD, RFC 8439
 * with draft-irtf-cfrg-xchacha). What the box belongs to is bound in as additional data, so that a box which was copied to
 * another row does not open there.
 *
 * The keys come from a file that is not in the database: a line "ID KEY" each, the id of [a-z0-9-], the key 64 hex digits, `#`
 * begins a comment. The first key makes new boxes; all of them open old ones. So a key is replaced by a new first line, and the
 * old line goes once no box is of it (store_secret_rotate()).
 *
 * Keys and secrets are in no message. Safe for many threads. */
#ifndef BERTH_BASE_KEYRING_H
#define BERTH_BASE_KEYRING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum { KEYRING_KEYS_MAX = 16, KEYRING_ID_MAX = 32, KEYRING_SECRET_MAX = 64 * 1024 };

struct keyring;

/* A file that others may read, or that more than its owner may write, is refused; so is an empty one. The message names the
 * file and the line. */
int keyring_load(const char *path, struct keyring **ret, struct error *err) WARN_UNUSED;
void keyring_free(struct keyring *k); /* wipes the keys; NULL is a no-op */

const char *keyring_newest(const struct keyring *k); /* id of the first key */
size_t keyring_count(const struct keyring *k);
const char *keyring_id(const struct keyring *k, size_t at); /* in the file's order */
bool keyring_has(const struct keyring *k, const char *id);

/* Secrets are text, at most KEYRING_SECRET_MAX bytes. `of` says what the box belongs to. */
int keyring_seal(const struct keyring *k, struct arena *a, const char *of, const char *secret, char **ret_box,
                 struct error *err) WARN_UNUSED;
/* UNAVAILABLE: the box's key is not in the file, which can be mended. INTERNAL: the key of that id is another one than made
 * the box, or the box was changed or is another row's. */
int keyring_open(const struct keyring *k, struct arena *a, const char *of, const char *box, char **ret_secret,
                 struct error *err) WARN_UNUSED;
/* The id of the key that made the box; NULL: it is no box. */
const char *keyring_box_key(struct arena *a, const char *box);

#endif
