/* Passwords at work: checking one with limits that do not lock its owner out, and hashing few at a time. */
#ifndef BERTH_API_SIGNIN_H
#define BERTH_API_SIGNIN_H

#include "api/call.h"

/* The user with this address and password; ERROR_UNAUTHENTICATED, the same whether the address or the password is wrong.
 * Failures are counted by client address and e-mail address together, and by client address alone: ERROR_RATE with
 * retry_after_s while they are too many, whatever the password. From another client address it is good all the same. */
int signin_check(struct call *c, const char *email, const char *password, struct user *ret,
                 struct error *err) WARN_UNUSED;

/* password_hash(), when it is its turn. */
int signin_hash(struct call *c, const char *password, char **ret, struct error *err) WARN_UNUSED;

#endif
