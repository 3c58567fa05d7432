/* Passwords and second factors at work: checking them with limits that do not lock their owner out, and hashing few at a time.
 *
 * Failures are counted by client address and e-mail address together, and by client address alone: ERROR_RATE with
 * retry_after_s while they are too many, whatever was given. From another client address it is good all the same. Six digits
 * can be guessed from many addresses by who has the password, so wrong codes are counted by user too; recovery codes, which
 * cannot be guessed, are not held up by that. */
#ifndef BERTH_API_SIGNIN_H
#define BERTH_API_SIGNIN_H

#include "api/call.h"

/* The user with this address and password; ERROR_UNAUTHENTICATED, the same whether the address or the password is wrong. For
 * who is signed in already: a second factor is not asked for. */
int signin_check(struct call *c, const char *email, const char *password, struct user *ret,
                 struct error *err) WARN_UNUSED;

/* The same with the code of the second factor, or a recovery code, where the user has one. ERROR_UNAUTHENTICATED that names
 * the field /code when the password is right, and the code is missing (NULL) or wrong. */
int signin_enter(struct call *c, const char *email, const char *password, const char *code, struct user *ret,
                 struct error *err) WARN_UNUSED;

/* The code alone, also of a factor that is not confirmed yet. ERROR_UNAUTHENTICATED that names the field /code. */
int signin_code(struct call *c, const struct user *u, const char *code, struct error *err) WARN_UNUSED;

/* password_hash(), when it is its turn. */
int signin_hash(struct call *c, const char *password, char **ret, struct error *err) WARN_UNUSED;

#endif
