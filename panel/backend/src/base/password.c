/* Argon2id: see password.h. */
#include "base/password.h"

#include <sodium.h>
#include <string.h>

enum { PASSES = 2, MEMORY = 19 << 20 };

int password_hash(struct arena *a, const char *password, char **ret, struct error *err)
{
    char *hash = arena_alloc(a, crypto_pwhash_STRBYTES);

    if (crypto_pwhash_str_alg(hash, password, strlen(password), PASSES, MEMORY, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return error_set(err, ERROR_UNAVAILABLE, "there is not enough memory to check a password");
    *ret = hash;
    return 0;
}

bool password_matches(const char *hash, const char *password)
{
    return hash[0] != '\0' && crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}
