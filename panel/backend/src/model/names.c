/* Names from outside: see names.h. */
#include "model/names.h"

#include <arpa/inet.h>
#include <idn2.h>
#include <libpsl.h>
#include <string.h>

#include "base/str.h"

static const char lower_digits_dash[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

int name_check_slug(const char *s, const char *pointer, struct error *err)
{
    size_t len = s ? strlen(s) : 0;

    if (len < 2 || len > CUSTOMER_ID_MAX)
        return error_field(err, pointer, "must have 2 to %d characters", CUSTOMER_ID_MAX);
    if (s[0] < 'a' || s[0] > 'z')
        return error_field(err, pointer, "must begin with a letter from a to z");
    if (strspn(s, lower_digits_dash) != len)
        return error_field(err, pointer, "may hold small letters, digits and dashes only");
    if (s[len - 1] == '-' || strstr(s, "--"))
        return error_field(err, pointer, "may not end with a dash, nor hold two in a row");
    return 0;
}

bool name_within(const char *name, const char *zone)
{
    size_t n = strlen(name), z = strlen(zone);

    if (n == z)
        return str_eq(name, zone);
    return n > z && name[n - z - 1] == '.' && str_eq(name + n - z, zone);
}

static bool is_address(const char *s)
{
    unsigned char buf[sizeof(struct in6_addr)];

    if (inet_pton(AF_INET, s, buf) == 1 || inet_pton(AF_INET6, s, buf) == 1)
        return true;
    const char *last = strrchr(s, '.');
    last = last ? last + 1 : s;
    return last[0] != '\0' &&
           strspn(last, "0123456789") == strlen(last); /* a numeric last label is an address, or never a name */
}

/* Letters, digits and dashes in each label (RFC 5890's LDH rule), lengths as RFC 1035 has them. */
static int check_labels(const char *s, const char *pointer, struct error *err)
{
    for (const char *label = s;;) {
        size_t len = strcspn(label, ".");
        if (len == 0)
            return error_field(err, pointer, "has an empty label: two dots in a row, or one at the start");
        if (len > LABEL_MAX)
            return error_field(err, pointer, "has a label of %zu bytes; at most %d are allowed", len, LABEL_MAX);
        if (memchr(label, '_', len))
            return error_field(err, pointer, "has an underscore, which hostnames may not have");
        if (strspn(label, lower_digits_dash) < len || label[0] == '-' || label[len - 1] == '-')
            return error_field(err, pointer, "has a label with characters other than letters, digits and inner dashes");
        if (label[len] == '\0')
            return 0;
        label += len + 1;
    }
}

static bool is_ascii(const char *s)
{
    while (*s && (unsigned char)*s < 0x80)
        s++;
    return *s == '\0';
}

static int to_ascii(struct arena *a, const char *s, const char *pointer, char **ret, struct error *err)
{
    uint8_t *out = NULL;
    /* Without IDN2_USE_STD3_ASCII_RULES, which drops characters that the rules forbid in place of refusing them;
     * check_labels() refuses what the mapping leaves. */
    int rc = idn2_lookup_u8((const uint8_t *)s, &out, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);

    if (rc != IDN2_OK)
        return error_field(err, pointer, "is no valid internationalised name: %s", idn2_strerror(rc));
    *ret = str_lower(a, (const char *)out);
    idn2_free(out);
    return 0;
}

int name_hostname(struct arena *a, const char *s, const char *platform, const char *pointer, char **ret,
                  struct error *err)
{
    char *ascii;

    if (str_empty(s))
        return error_field(err, pointer, "must not be empty");
    char *name = str_lower(a, s);
    size_t len = strlen(name);
    if (name[len - 1] == '.')
        name[--len] = '\0';
    if (len == 0 || strstr(name, "..") || name[0] == '.')
        return error_field(err, pointer, "has an empty label: two dots in a row, or one at the start");
    if (len > (size_t)4 * HOSTNAME_MAX)
        return error_field(err, pointer, "has more than %d bytes", HOSTNAME_MAX);
    if (strchr(name, '_'))
        return error_field(err, pointer, "has an underscore, which hostnames may not have");
    if (is_address(name))
        return error_field(err, pointer, "is an IP address; a name is needed");
    if (is_ascii(name) && len > HOSTNAME_MAX)
        return error_field(err, pointer, "has %zu bytes; at most %d are allowed", len, HOSTNAME_MAX);
    if (is_ascii(name) && check_labels(name, pointer, err) < 0)
        return -1;
    if (to_ascii(a, name, pointer, &ascii, err) < 0)
        return -1;
    if (strlen(ascii) > HOSTNAME_MAX)
        return error_field(err, pointer, "has more than %d bytes", HOSTNAME_MAX);
    if (check_labels(ascii, pointer, err) < 0)
        return -1;
    if (is_address(ascii)) /* written with digits or dots of another script */
        return error_field(err, pointer, "is an IP address; a name is needed");
    if (!strchr(ascii, '.'))
        return error_field(err, pointer, "has one label only; a name like example.com is needed");
    if (psl_is_public_suffix(psl_builtin(), ascii))
        return error_field(err, pointer, "is a public suffix, under which others register names");
    if (platform && name_within(ascii, platform))
        return error_field(err, pointer, "belongs to the platform itself");
    *ret = ascii;
    return 0;
}
