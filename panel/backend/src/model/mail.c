/* Addresses of mail, and the names of DKIM's states: see mail.h. */
#include "model/mail.h"

#include <string.h>

#include "base/str.h"
#include "model/names.h"

static const char *const states[] = {
#define X(e, n) n,
    DKIM_STATES(X)
#undef X
};
static const char *const algorithms[] = {
#define X(e, n) n,
    DKIM_ALGORITHMS(X)
#undef X
};

static int parse(const char *const names[], size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(names[i], name))
            return (int)i;
    return -1;
}

const char *dkim_state_name(enum dkim_state s)
{
    return states[s];
}

const char *dkim_algorithm_name(enum dkim_algorithm a)
{
    return algorithms[a];
}

int dkim_state_parse(const char *name)
{
    return parse(states, sizeof states / sizeof states[0], name);
}

int dkim_algorithm_parse(const char *name)
{
    return parse(algorithms, sizeof algorithms / sizeof algorithms[0], name);
}

/* --- addresses --- */

/* Atoms of these characters with single dots between (RFC 5321, Dot-string). */
static int check_dots(const char *s, size_t len, const char *pointer, struct error *err)
{
    if (s[0] == '.' || s[len - 1] == '.')
        return error_field(err, pointer, "may not begin or end with a dot before the @");
    for (size_t i = 0; i + 1 < len; i++)
        if (s[i] == '.' && s[i + 1] == '.')
            return error_field(err, pointer, "may not have two dots in a row before the @");
    return 0;
}

static bool has_upper(const char *s)
{
    for (; *s; s++)
        if (*s >= 'A' && *s <= 'Z')
            return true;
    return false;
}

int mail_check_local(const char *s, const char *pointer, struct error *err)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
    size_t len = s ? strlen(s) : 0;

    if (len == 0)
        return error_field(err, pointer, "must have a name before the @, like anna in anna@example.com");
    if (len > MAIL_LOCAL_MAX)
        return error_field(err, pointer, "has %zu bytes before the @; at most %d are allowed", len, MAIL_LOCAL_MAX);
    if (strchr(s, '+'))
        return error_field(err, pointer,
                           "may not have a + before the @: anna+anything is delivered to anna without being set up");
    if (has_upper(s))
        return error_field(err, pointer, "must be written in small letters before the @");
    if (strspn(s, allowed) != len)
        return error_field(err, pointer,
                           "may have small letters, digits, dots, dashes and underscores before the @ only");
    if (s[0] == '-')
        return error_field(err, pointer, "may not begin with a dash");
    return check_dots(s, len, pointer, err);
}

int mail_address(struct arena *a, const char *s, const char *pointer, char **ret, struct error *err)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789.-!#$%&'*+/=?^_`{|}~";
    char *lower = str_lower(a, s), *domain;
    const char *at = strrchr(lower, '@');
    size_t len = at ? (size_t)(at - lower) : 0;

    if (len == 0)
        return error_field(err, pointer, "must be an address like anna@example.com");
    if (len > MAIL_LOCAL_MAX)
        return error_field(err, pointer, "has %zu bytes before the @; at most %d are allowed", len, MAIL_LOCAL_MAX);
    if (strspn(lower, allowed) != len)
        return error_field(err, pointer,
                           "has a character before the @ that is not allowed; quoted names are not taken");
    if (check_dots(lower, len, pointer, err) < 0)
        return -1;
    if (name_hostname(a, at + 1, NULL, pointer, &domain, err) < 0)
        return -1;
    char *address = arena_printf(a, "%.*s@%s", (int)len, lower, domain);
    if (strlen(address) > MAIL_ADDRESS_MAX)
        return error_field(err, pointer, "has more than %d bytes", MAIL_ADDRESS_MAX);
    *ret = address;
    return 0;
}

const char *mail_local_of(struct arena *a, const char *address, bool plain)
{
    return arena_strndup(a, address, strcspn(address, plain ? "+@" : "@"));
}

const char *mail_domain_of(const char *address)
{
    const char *at = strrchr(address, '@');
    return at ? at + 1 : "";
}
