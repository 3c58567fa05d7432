/* Identifiers, random tokens and digests (libsodium's generator and BLAKE2b, OpenSSL's SHA-256). */
#ifndef BERTH_BASE_ID_H
#define BERTH_BASE_ID_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

int id_init(struct error *err) WARN_UNUSED; /* once a process, before anything else here */

/* `prefix` and `chars` random characters of [a-z0-9]; the first is always a letter when prefix is "". */
char *id_new(struct arena *a, const char *prefix, size_t chars);
char *id_uuid(struct arena *a); /* RFC 9562 version 4 */
char *id_token(struct arena *a); /* 256 bits, "berth_" + base64url */
char *id_hash_token(struct arena *a, const char *token); /* what is stored of it: BLAKE2b-256, hex */

/* Keyed, so that nobody outside can choose input that collides: by a key of this process, until another one is used. That is
 * given before any hash is kept, and before threads start. */
enum { ID_HASH_KEY_BYTES = 16 };
char *id_hash_key_new(struct arena *a); /* random, in hex */
int id_hash_key_use(const char *hex, struct error *err) WARN_UNUSED;
uint64_t id_hash64(const void *data, size_t len);
uint64_t id_hash64_more(uint64_t seed, const void *data, size_t len); /* chained: order matters */

/* SHA-256 of what was added, as lower-case hex. */
struct id_sha256;
struct id_sha256 *id_sha256_new(void);
void id_sha256_add(struct id_sha256 *h, const void *data, size_t len);
char *id_sha256_hex(struct id_sha256 *h, struct arena *a); /* ends it; frees h */
void id_sha256_free(struct id_sha256 *h);
char *id_hex(struct arena *a, const void *data, size_t len);

#endif
