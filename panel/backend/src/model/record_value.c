/* Values of RRsets: each type is a row of fields, read from RFC 1035's presentation form and written in one way. See
 * record.h. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/names.h"
#include "model/record.h"

enum { TOKENS_MAX = 512, STRING_MAX = 255, OUTPUT_MAX = 4 * RECORD_VALUE_MAX };

/* A type's fields, one letter each:
 *   1, 2  a number of 8 or 16 bits      4, 6  an address           x  hexadecimal digits, the rest
 *   h  a host                           H  a host, or "."          N  any name, or "."
 *   n  any name                         s  a string                t  strings, the rest
 *   k  a tag                            p  SvcParams, the rest                                                          */
static const struct type {
    const char *name, *fields, *example;
} types[] = {
    { "A", "4", "192.0.2.1" },
    { "AAAA", "6", "2001:db8::1" },
    { "CAA", "1ks", "0 issue \"ca.example\"" }, /* RFC 8659 */
    { "CNAME", "n", "target.example." },
    { "DS", "211x", "12345 13 2 <digest>" }, /* RFC 4034 */
    { "HTTPS", "2Np", "1 . alpn=h2" }, /* RFC 9460 */
    { "MX", "2H", "10 mail.example." }, /* RFC 1035; "0 ." is RFC 7505 */
    { "NAPTR", "22sssN", "100 10 \"u\" \"E2U+sip\" \"!^.*$!sip:info@example!\" ." }, /* RFC 3403 */
    { "NS", "h", "ns1.example." },
    { "PTR", "n", "host.example." },
    { "SRV", "222H", "10 5 5060 sip.example." }, /* RFC 2782 */
    { "SSHFP", "11x", "4 2 <fingerprint>" }, /* RFC 4255 */
    { "SVCB", "2Np", "1 svc.example. port=853" }, /* RFC 9460 */
    { "TLSA", "111x", "3 1 1 <hash>" }, /* RFC 6698 */
    { "TXT", "t", "v=spf1 -all" },
};

struct token {
    const char *text; /* with its escapes resolved; no NUL in it */
    bool quoted, escaped;
};

struct reader {
    struct arena *arena;
    const char *type, *origin, *pointer;
    struct token *tokens;
    size_t count, next;
    struct strbuf out;
};

static const struct type *find_type(const char *name)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (str_eq(types[i].name, name))
            return &types[i];
    return NULL;
}

const char *record_types(struct arena *a)
{
    const char *list = types[0].name;

    for (size_t i = 1; i < sizeof types / sizeof types[0]; i++)
        list = arena_printf(a, "%s, %s", list, types[i].name);
    return list;
}

int record_type(struct arena *a, const char *text, const char *pointer, const char **ret, struct error *err)
{
    const struct type *found = NULL;

    for (size_t i = 0; text && i < sizeof types / sizeof types[0]; i++)
        if (str_eq(str_lower(a, types[i].name), str_lower(a, text)))
            found = &types[i];
    if (!found)
        return error_field(err, pointer, "must be one of %s", record_types(a));
    *ret = found->name;
    return 0;
}

/* --- tokens (RFC 1035, section 5.1) --- */

/* One byte at *p, whose escape is resolved: \DDD is a byte, \X is X. 0: a NUL, or an escape that is none. */
static unsigned char take(const char **p, bool *ret_escaped)
{
    const char *s = *p;

    if (*s != '\\') {
        *p = s + 1;
        return (unsigned char)*s;
    }
    *ret_escaped = true;
    if (s[1] < '0' || s[1] > '9') {
        *p = s + 1 + (s[1] != '\0');
        return (unsigned char)s[1];
    }
    int value = 0;
    for (int i = 1; i <= 3; i++) {
        if (s[i] < '0' || s[i] > '9')
            return 0;
        value = value * 10 + s[i] - '0';
    }
    *p = s + 4;
    return value > 255 ? 0 : (unsigned char)value;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int bad_escape(const struct reader *r, struct error *err)
{
    return error_field(err, r->pointer, "has an escape that is none: \\DDD is a byte from 001 to 255, \\\" a mark");
}

/* Reads one token at *p. Within an unquoted one a quoted part may follow "=" (RFC 9460, section 2.1). */
static int read_token(struct reader *r, const char **p, struct token *ret, struct error *err)
{
    char *text = arena_alloc(r->arena, strlen(*p) + 1);
    size_t len = 0;
    bool inside = **p == '"';
    struct token t = { .quoted = inside };

    *p += inside;
    while (**p && (inside || !is_blank(**p))) {
        if (**p == '"' && (inside || (len && text[len - 1] == '='))) {
            inside = !inside;
            (*p)++;
            if (!inside)
                break;
            continue;
        }
        unsigned char c = take(p, &t.escaped);
        if (c == 0)
            return bad_escape(r, err);
        text[len++] = (char)c;
    }
    if (inside)
        return error_field(err, r->pointer, "has a quotation mark without its other one");
    if (**p && !is_blank(**p))
        return error_field(err, r->pointer, "needs a blank behind a quoted string");
    t.text = text;
    *ret = t;
    return 0;
}

static int split(struct reader *r, const char *text, struct error *err)
{
    const char *p = text;

    r->tokens = arena_array(r->arena, TOKENS_MAX, sizeof r->tokens[0]);
    for (;;) {
        while (is_blank(*p))
            p++;
        if (!*p)
            return 0;
        if (r->count == TOKENS_MAX)
            return error_field(err, r->pointer, "has more than %d parts", TOKENS_MAX);
        if (read_token(r, &p, &r->tokens[r->count++], err) < 0)
            return -1;
    }
}

/* --- fields --- */

static void put_string(struct strbuf *out, const char *text, size_t len)
{
    strbuf_add(out, "\"");
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            strbuf_addf(out, "\\%c", c);
        else if (c < 0x20 || c > 0x7e)
            strbuf_addf(out, "\\%03u", c);
        else
            strbuf_add_n(out, text + i, 1);
    }
    strbuf_add(out, "\"");
}

static int put_number(struct reader *r, const char *text, int64_t max, struct error *err)
{
    struct error ignored = ERROR_INIT;
    int64_t n;

    if (str_to_i64(text, 0, max, &n, &ignored) < 0)
        return error_field(err, r->pointer, "'%.60s' must be a number from 0 to %lld", text, (long long)max);
    strbuf_addf(&r->out, "%lld", (long long)n);
    return 0;
}

static int put_address(struct reader *r, const char *text, int family, struct error *err)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    char canonical[INET6_ADDRSTRLEN];

    if (inet_pton(family, text, bytes) != 1 || !inet_ntop(family, bytes, canonical, sizeof canonical))
        return error_field(err, r->pointer, "'%.60s' must be an IPv%c address", text, family == AF_INET ? '4' : '6');
    if (strchr(canonical, '.') && family == AF_INET6)
        return error_field(err, r->pointer, "'%.60s' is an IPv4 address in disguise; its type is A", text);
    strbuf_add(&r->out, canonical);
    return 0;
}

static bool is_numeric(const char *label)
{
    return *label && strspn(label, "0123456789") == strlen(label);
}

/* letters: 'h' and 'H' host names; 'n' and 'N' any. Of 'H' and 'N' "." alone is right too. */
static int put_name(struct reader *r, const struct token *t, char letter, struct error *err)
{
    bool host = letter == 'h' || letter == 'H';
    unsigned char bytes[sizeof(struct in6_addr)];
    const char *name;

    if (str_eq(t->text, ".") && (letter == 'H' || letter == 'N')) {
        strbuf_add(&r->out, ".");
        return 0;
    }
    const char *last = strrchr(t->text, '.');
    size_t len = strlen(t->text);
    if (last && !last[1] && len > 1)
        last = memrchr(t->text, '.', len - 1);
    const char *top = arena_strndup(r->arena, last ? last + 1 : t->text, strcspn(last ? last + 1 : t->text, "."));
    if (host && (inet_pton(AF_INET6, t->text, bytes) == 1 || inet_pton(AF_INET, t->text, bytes) == 1 ||
                 (is_numeric(top) && (!r->origin || str_ends(t->text, ".")))))
        return error_field(err, r->pointer, "'%.80s' must be the name of a host, not its address", t->text);
    if (t->escaped || t->quoted)
        return error_field(err, r->pointer, "'%.80s' must be a name without escapes and quotation marks", t->text);
    /* Within the root everything is: record_name() then checks the labels alone. */
    const char *whole = str_eq(t->text, "@") && r->origin      ? r->origin
                        : r->origin && !str_ends(t->text, ".") ? arena_printf(r->arena, "%s.%s", t->text, r->origin)
                                                               : t->text;
    const char *end = str_ends(whole, ".") ? arena_strndup(r->arena, whole, strlen(whole) - 1) : whole;
    const char *zone = strrchr(end, '.') ? strrchr(end, '.') + 1 : end;
    if (str_empty(zone) || str_eq(end, "@") || strchr(end, '*'))
        return error_field(err, r->pointer, "'%.80s' must be a name such as host.example.com.", t->text);
    struct error why = ERROR_INIT;
    /* The zone is compared with a name in small A-labels, so the name goes through it first. */
    if (record_name(r->arena, arena_printf(r->arena, "%s.x", end), host ? "MX" : "CNAME", "x", NULL, r->pointer, &name,
                    &why) < 0)
        return error_field(err, r->pointer, "'%.80s' is no name: it %.120s", t->text, why.fields[0].message);
    strbuf_addf(&r->out, "%.*s.", (int)strlen(name) - 2, name);
    return 0;
}

/* The bytes of the digests whose length is known: RFC 4034 and 6605 (DS), RFC 4255 and 6594 (SSHFP), RFC 6698 (TLSA). */
static size_t digest_bytes(const char *type, const char *number)
{
    static const struct {
        const char *type, *number;
        size_t bytes;
    } known[] = { { "DS", "1", 20 },    { "DS", "2", 32 },   { "DS", "4", 48 },  { "SSHFP", "1", 20 },
                  { "SSHFP", "2", 32 }, { "TLSA", "1", 32 }, { "TLSA", "2", 64 } };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (str_eq(known[i].type, type) && str_eq(known[i].number, number))
            return known[i].bytes;
    return 0;
}

static int put_hex(struct reader *r, struct error *err)
{
    size_t digits = 0, wanted = digest_bytes(r->type, r->tokens[r->next - 1].text);

    for (; r->next < r->count; r->next++) {
        const char *hex = str_lower(r->arena, r->tokens[r->next].text);
        if (strspn(hex, "0123456789abcdef") != strlen(hex))
            return error_field(err, r->pointer, "'%.60s' must be hexadecimal digits", hex);
        digits += strlen(hex);
        strbuf_add(&r->out, hex);
    }
    if (digits == 0 || digits % 2)
        return error_field(err, r->pointer, "must hold an even number of hexadecimal digits");
    if (wanted && digits != 2 * wanted)
        return error_field(err, r->pointer, "has %zu hexadecimal digits; a digest of its type has %zu", digits,
                           2 * wanted);
    return 0;
}

static int put_strings(struct reader *r, struct error *err)
{
    for (bool first = true; r->next < r->count; r->next++, first = false) {
        const char *text = r->tokens[r->next].text;
        if (strlen(text) > STRING_MAX)
            return error_field(err, r->pointer,
                               "has a string of %zu bytes; at most %d are allowed in one pair of marks", strlen(text),
                               STRING_MAX);
        strbuf_add(&r->out, first ? "" : " ");
        put_string(&r->out, text, strlen(text));
    }
    return 0;
}

static int put_tag(struct reader *r, const char *text, struct error *err)
{
    static const char *const tags[] = {
        "issue", "issuewild", "iodef", "issuemail", "contactemail", "contactphone", NULL
    };
    const char *tag = str_lower(r->arena, text);

    for (const char *const *t = tags; *t; t++)
        if (str_eq(*t, tag)) {
            strbuf_add(&r->out, tag);
            return 0;
        }
    return error_field(err, r->pointer,
                       "'%.40s' must be issue, issuewild, iodef, issuemail, contactemail or contactphone", text);
}

/* --- SvcParams (RFC 9460) --- */

static const char *const svc_keys[] = { "mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint" };
enum { SVC_KEYS = sizeof svc_keys / sizeof svc_keys[0] };

static int check_svc_list(struct reader *r, int key, const char *value, struct error *err)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    struct error ignored = ERROR_INIT;
    int64_t port;
    bool good = true;

    for (char **item = str_split(r->arena, value, ',', NULL); *item; item++) {
        good = good && **item;
        if (key == 4 || key == 6)
            good = good && inet_pton(key == 4 ? AF_INET : AF_INET6, *item, bytes) == 1;
    }
    if (key == 2)
        good = !*value;
    if (key == 3)
        good = str_to_i64(value, 0, UINT16_MAX, &port, &ignored) == 0;
    for (const char *p = value; *p; p++) /* what would have to be escaped is in no key's value */
        good = good && *p > ' ' && *p < 0x7f && *p != '"' && *p != '\\';
    return good ? 0 : error_field(err, r->pointer, "'%.60s' is no value of %s (RFC 9460)", value, svc_keys[key]);
}

static int put_svc(struct reader *r, struct error *err)
{
    const char *values[SVC_KEYS] = { NULL };

    if (r->next < r->count && str_starts(r->out.text, "0 "))
        return error_field(err, r->pointer, "may have no parameters when its priority is 0 (an alias)");
    for (; r->next < r->count; r->next++) {
        const char *text = r->tokens[r->next].text;
        size_t len = strcspn(text, "=");
        int key = 0;
        while (key < SVC_KEYS && (strlen(svc_keys[key]) != len || strncmp(svc_keys[key], text, len) != 0))
            key++;
        if (key == SVC_KEYS || values[key])
            return error_field(
                err, r->pointer,
                "'%.60s' must be mandatory, alpn, no-default-alpn, port, ipv4hint, ipv6hint or ech, each once", text);
        values[key] = text[len] ? text + len + 1 : "";
        if (check_svc_list(r, key, values[key], err) < 0)
            return -1;
    }
    for (int key = 0; key < SVC_KEYS; key++) { /* in the order of their numbers */
        if (values[key])
            strbuf_addf(&r->out, " %s%s%s", svc_keys[key], key == 2 ? "" : "=", values[key]);
    }
    return 0;
}

/* --- whole values --- */

static int put_rest(struct reader *r, char letter, struct error *err)
{
    if (letter == 'x')
        return put_hex(r, err);
    return letter == 't' ? put_strings(r, err) : put_svc(r, err);
}

static int put_one(struct reader *r, char letter, struct error *err)
{
    const struct token *t = &r->tokens[r->next++];

    switch (letter) {
    case '1':
        return put_number(r, t->text, UINT8_MAX, err);
    case '2':
        return put_number(r, t->text, UINT16_MAX, err);
    case '4':
        return put_address(r, t->text, AF_INET, err);
    case '6':
        return put_address(r, t->text, AF_INET6, err);
    case 'k':
        return put_tag(r, t->text, err);
    case 's':
        if (strlen(t->text) > STRING_MAX)
            return error_field(err, r->pointer, "has a string of more than %d bytes", STRING_MAX);
        put_string(&r->out, t->text, strlen(t->text));
        return 0;
    default:
        return put_name(r, t, letter, err);
    }
}

static int put_fields(struct reader *r, const struct type *type, struct error *err)
{
    for (const char *f = type->fields; *f; f++) {
        bool rest = strchr("xtp", *f) != NULL;
        if (r->next == r->count && *f != 'p')
            return error_field(err, r->pointer, "has too few parts; %s is written like: %s", type->name, type->example);
        if (f != type->fields && *f != 'p')
            strbuf_add(&r->out, " ");
        if ((rest ? put_rest(r, *f, err) : put_one(r, *f, err)) < 0)
            return -1;
    }
    if (r->next < r->count)
        return error_field(err, r->pointer, "has too many parts; %s is written like: %s", type->name, type->example);
    return 0;
}

/* Plain text as TXT: cut into strings of 255 bytes (RFC 1035, section 3.3), which are read as one text (RFC 7208). */
static void put_text(struct strbuf *out, const char *text)
{
    size_t left = strlen(text);

    for (const char *p = text; left > 0;) {
        size_t n = left < STRING_MAX ? left : STRING_MAX;
        strbuf_add(out, p == text ? "" : " ");
        put_string(out, p, n);
        p += n;
        left -= n;
    }
}

int record_value(struct arena *a, const char *type, const char *text, const char *origin, const char *pointer,
                 const char **ret, struct error *err)
{
    struct reader r = { .arena = a, .type = type, .origin = origin, .pointer = pointer };
    const struct type *t = find_type(type);

    if (!t)
        return error_field(err, pointer, "is of a type that is none of %s", record_types(a));
    if (str_empty(text) || strlen(text) > RECORD_VALUE_MAX)
        return error_field(err, pointer, "must have 1 to %d bytes", RECORD_VALUE_MAX);
    if (!str_has_utf8(text, strlen(text)))
        return error_field(err, pointer, "is not UTF-8; other bytes are written as \\DDD");
    strbuf_init(&r.out, a, OUTPUT_MAX + 64);
    if (str_eq(type, "TXT") && !origin && text[0] != '"')
        put_text(&r.out, text);
    else if (split(&r, text, err) < 0 || put_fields(&r, t, err) < 0)
        return -1;
    if (r.out.len > RECORD_VALUE_MAX || strbuf_overflowed(&r.out))
        return error_field(err, pointer, "has more than %d bytes in its quoted form", RECORD_VALUE_MAX);
    *ret = r.out.text;
    return 0;
}
