/* Password hashes that were made elsewhere: see mail.h. Forms as crypt(5) and RFC 9106's reference have them. */
#include <string.h>

#include "base/str.h"
#include "model/mail.h"

/* What checking one may cost at most: some tenths of a second of one core, and the memory of one connection. */
enum { ARGON_KIB_MAX = 65536, ARGON_PASSES_MAX = 10, ARGON_LANES_MAX = 4, SHA_ROUNDS_MAX = 100000, BLF_COST_MAX = 13 };

static const char crypt64[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static const char base64[] = "+/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* Takes `word` off the front. */
static bool take(const char **s, const char *word)
{
    if (!str_starts(*s, word))
        return false;
    *s += strlen(word);
    return true;
}

/* A decimal number without a zero in front, within 1 to max. */
static bool take_number(const char **s, int64_t max)
{
    size_t len = strspn(*s, "0123456789");
    int64_t n = 0;

    if (len == 0 || len > 9 || (*s)[0] == '0')
        return false;
    for (size_t i = 0; i < len; i++)
        n = n * 10 + ((*s)[i] - '0');
    *s += len;
    return n <= max;
}

static bool take_chars(const char **s, const char *allowed, size_t min, size_t max)
{
    size_t len = strspn(*s, allowed);

    *s += len;
    return len >= min && len <= max;
}

static bool is_argon(const char *s)
{
    return take(&s, "$argon2id$v=19$m=") && take_number(&s, ARGON_KIB_MAX) && take(&s, ",t=") &&
           take_number(&s, ARGON_PASSES_MAX) && take(&s, ",p=") && take_number(&s, ARGON_LANES_MAX) && take(&s, "$") &&
           take_chars(&s, base64, 11, 64) && take(&s, "$") && take_chars(&s, base64, 22, 86) && *s == '\0';
}

static bool is_sha512(const char *s)
{
    if (!take(&s, "$6$"))
        return false;
    if (take(&s, "rounds=") && !(take_number(&s, SHA_ROUNDS_MAX) && take(&s, "$")))
        return false;
    return take_chars(&s, crypt64, 1, 16) && take(&s, "$") && take_chars(&s, crypt64, 86, 86) && *s == '\0';
}

static bool is_blowfish(const char *s)
{
    if (!take(&s, "$2a$") && !take(&s, "$2b$") && !take(&s, "$2y$"))
        return false;
    if (strspn(s, "0123456789") < 2)
        return false;
    int cost = (s[0] - '0') * 10 + (s[1] - '0');
    s += 2;
    return cost >= 4 && cost <= BLF_COST_MAX && take(&s, "$") && take_chars(&s, crypt64, 53, 53) && *s == '\0';
}

int mail_check_hash(const char *s, const char *pointer, struct error *err)
{
    static const struct {
        const char *scheme;
        bool (*is)(const char *s);
        const char *form;
    } schemes[] = {
        { "{ARGON2ID}", is_argon, "$argon2id$v=19$m=65536,t=2,p=1$SALT$HASH, with m to 65536, t to 10, p to 4" },
        { "{SHA512-CRYPT}", is_sha512, "$6$SALT$HASH, with rounds=N$ before the salt to 100000" },
        { "{BLF-CRYPT}", is_blowfish, "$2y$12$SALTANDHASH, with a cost of 4 to 13" },
    };

    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0] && strlen(s) <= MAIL_HASH_MAX; i++)
        if (str_starts(s, schemes[i].scheme))
            return schemes[i].is(s + strlen(schemes[i].scheme))
                       ? 0
                       : error_field(err, pointer, "is no hash of this scheme that is taken: it is %s%s",
                                     schemes[i].scheme, schemes[i].form);
    return error_field(
        err, pointer,
        "must begin with its scheme, {ARGON2ID}, {SHA512-CRYPT} or {BLF-CRYPT}, and have at most %d bytes",
        MAIL_HASH_MAX);
}
