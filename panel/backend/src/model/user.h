/* Users: who may sign in, and as what. Plain data, and the checks of what people type. */
#ifndef BERTH_MODEL_USER_H
#define BERTH_MODEL_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* From the one who may do everything down; X(enum suffix, name). */
#define USER_ROLES(X) X(ADMIN, "admin") X(RESELLER, "reseller") X(OWNER, "owner") X(MEMBER, "member")

enum user_role {
#define X(e, n) USER_##e,
    USER_ROLES(X)
#undef X
};

const char *user_role_name(enum user_role role);
int user_role_parse(const char *name); /* or -1 */

struct user {
    const char *id, *email, *name;
    const char *password; /* as base/password.h made it; "": none was set yet */
    enum user_role role;
    bool has_totp; /* a second factor is asked for at sign-in */
    int64_t generation, created_ms, updated_ms;
    size_t customer_count;
    const char **customers; /* that the user may see; none for admins, who see all */
};

enum { USER_EMAIL_MAX = 254, USER_PASSWORD_MIN = 12, USER_PASSWORD_MAX = 256 };

/* An address of one local part and a domain with a dot (RFC 5321 without quotes), in lower case, so that nobody has two
 * accounts by spelling. Notes what is wrong at the pointer. */
int user_check_email(struct arena *a, const char *email, const char *pointer, char **ret,
                     struct error *err) WARN_UNUSED;

/* Long enough, and not the address itself. The message never holds the password. */
int user_check_password(const char *password, const char *email, const char *pointer, struct error *err) WARN_UNUSED;

#endif
