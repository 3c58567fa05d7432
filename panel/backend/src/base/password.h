/* Passwords as they are stored: Argon2id (RFC 9106, by libsodium), 19 MiB and two passes, some 30 ms of one core. */
#ifndef BERTH_BASE_PASSWORD_H
#define BERTH_BASE_PASSWORD_H

#include "base/arena.h"

/* Slow on purpose, and 19 MiB each: the caller bounds how many run at once. */
int password_hash(struct arena *a, const char *password, char **ret, struct error *err) WARN_UNUSED;
bool password_matches(const char *hash, const char *password); /* hash "": false at once */

#endif
