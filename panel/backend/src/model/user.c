/* Checks of users: see user.h. */
#include "model/user.h"

#include <string.h>

#include "base/str.h"

static const char *const role_names[] = {
#define X(e, n) n,
    USER_ROLES(X)
#undef X
};

const char *user_role_name(enum user_role role)
{
    return role_names[role];
}

int user_role_parse(const char *name)
{
    for (size_t i = 0; i < sizeof role_names / sizeof role_names[0]; i++)
        if (str_eq(name, role_names[i]))
            return (int)i;
    return -1;
}

/* Words of these characters with single dots between. */
static bool has_dotted_words(const char *s, size_t len, const char *allowed)
{
    if (len == 0 || s[0] == '.' || s[len - 1] == '.')
        return false;
    for (size_t i = 0; i < len; i++)
        if (s[i] == '.' ? s[i + 1] == '.' : !strchr(allowed, s[i]))
            return false;
    return true;
}

int user_check_email(struct arena *a, const char *email, const char *pointer, char **ret, struct error *err)
{
    static const char in_domain[] = "abcdefghijklmnopqrstuvwxyz0123456789-",
                      in_local[] = "abcdefghijklmnopqrstuvwxyz0123456789-!#$%&'*+/=?^_`{|}~";
    enum { LOCAL_MAX = 64 };
    char *lower = str_lower(a, email);
    size_t len = strlen(lower), local = strcspn(lower, "@");
    const char *domain = lower + local + (local < len);

    if (len > USER_EMAIL_MAX || local > LOCAL_MAX)
        return error_field(err, pointer, "is too long for an e-mail address");
    if (local == len || !has_dotted_words(lower, local, in_local) ||
        !has_dotted_words(domain, strlen(domain), in_domain) || !strchr(domain, '.'))
        return error_field(err, pointer, "must be an e-mail address, like anna@example.com");
    *ret = lower;
    return 0;
}

int user_check_password(const char *password, const char *email, const char *pointer, struct error *err)
{
    size_t len = strlen(password);

    if (len < USER_PASSWORD_MIN || len > USER_PASSWORD_MAX)
        return error_field(err, pointer, "must have %d to %d bytes", USER_PASSWORD_MIN, USER_PASSWORD_MAX);
    if (str_eq(password, email))
        return error_field(err, pointer, "must not be the e-mail address");
    return 0;
}
