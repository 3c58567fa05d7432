/* Strings: see str.h. */
#include "base/str.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool str_eq(const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    return strcmp(a, b) == 0;
}

bool str_starts(const char *s, const char *prefix)
{
    return s && strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix)
{
    if (!s)
        return false;
    size_t len = strlen(s), tail = strlen(suffix);
    return len >= tail && memcmp(s + len - tail, suffix, tail) == 0;
}

/* The table of well-formed sequences in RFC 3629, section 4: how long the one at s is; 0 when it is not one. */
static size_t utf8_sequence(const unsigned char *s, size_t len)
{
    unsigned char c = s[0], low = 0x80, high = 0xbf;
    size_t need;

    if (c < 0x80)
        return c != 0;
    if (c >= 0xc2 && c <= 0xdf) {
        need = 2;
    } else if (c >= 0xe0 && c <= 0xef) {
        need = 3;
        low = c == 0xe0 ? 0xa0 : 0x80; /* no overlong forms */
        high = c == 0xed ? 0x9f : 0xbf; /* no surrogates */
    } else if (c >= 0xf0 && c <= 0xf4) {
        need = 4;
        low = c == 0xf0 ? 0x90 : 0x80;
        high = c == 0xf4 ? 0x8f : 0xbf; /* nothing above U+10FFFF */
    } else {
        return 0;
    }
    if (len < need || s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < need; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    }
    return need;
}

bool str_has_utf8(const char *s, size_t len)
{
    const unsigned char *p = (const unsigned char *)s;

    while (len > 0) {
        size_t n = utf8_sequence(p, len);
        if (n == 0)
            return false;
        p += n;
        len -= n;
    }
    return true;
}

char *str_lower(struct arena *a, const char *s)
{
    char *copy = arena_strdup(a, s);

    for (char *p = copy; p && *p; p++) {
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    }
    return copy;
}

char *str_trim(struct arena *a, const char *s)
{
    static const char white[] = " \t\r\n\v\f";

    if (!s)
        return NULL;
    s += strspn(s, white);
    size_t len = strlen(s);
    while (len > 0 && strchr(white, s[len - 1]))
        len--;
    return arena_strndup(a, s, len);
}

char *str_replace(struct arena *a, const char *s, const char *from, const char *to)
{
    size_t from_len = strlen(from), to_len = strlen(to), count = 0;

    assert(from_len > 0);
    for (const char *p = s; (p = strstr(p, from)); p += from_len)
        count++;
    size_t len = strlen(s), extra;
    if (__builtin_mul_overflow(count, to_len, &extra) || extra > SIZE_MAX / 4)
        extra = SIZE_MAX / 4; /* more than any arena gives: ends there */
    char *out = arena_alloc(a, len - count * from_len + extra + 1), *o = out;
    for (const char *hit; (hit = strstr(s, from)); s = hit + from_len) {
        memcpy(o, s, (size_t)(hit - s));
        o += hit - s;
        memcpy(o, to, to_len);
        o += to_len;
    }
    memcpy(o, s, strlen(s) + 1);
    return out;
}

char **str_split(struct arena *a, const char *s, char sep, size_t *ret_count)
{
    size_t count = 1;

    for (const char *p = s; *p; p++)
        count += *p == sep;
    char **parts = arena_array(a, count + 1, sizeof *parts);
    for (size_t i = 0; i < count; i++) {
        const char *end = strchr(s, sep);
        size_t len = end ? (size_t)(end - s) : strlen(s);
        parts[i] = arena_strndup(a, s, len);
        s += len + 1;
    }
    if (ret_count)
        *ret_count = count;
    return parts;
}

int str_to_i64(const char *s, int64_t min, int64_t max, int64_t *ret, struct error *err)
{
    const char *p = s ? s : "";
    bool negative = *p == '-';
    int64_t value = 0;

    p += negative;
    if (!*p)
        return error_set(err, ERROR_INVALID, "not a number");
    for (; *p; p++) {
        if (*p < '0' || *p > '9')
            return error_set(err, ERROR_INVALID, "not a number");
        int digit = *p - '0';
        /* Grows on the negative side when there is a sign, so that INT64_MIN is within reach. */
        if (__builtin_mul_overflow(value, (int64_t)10, &value) ||
            __builtin_add_overflow(value, (int64_t)(negative ? -digit : digit), &value))
            return error_set(err, ERROR_INVALID, "the number is too large");
    }
    if (value < min || value > max)
        return error_set(err, ERROR_INVALID, "must be between %" PRId64 " and %" PRId64, min, max);
    *ret = value;
    return 0;
}

void strbuf_init(struct strbuf *b, struct arena *a, size_t max)
{
    assert(max < SIZE_MAX / 2);
    *b = (struct strbuf){ .arena = a, .max = max };
    b->cap = max < 63 ? max + 1 : 64;
    b->text = arena_alloc(a, b->cap);
}

/* Room for `more` bytes and the NUL; false, and nothing is added from now on, when that passes the maximum. */
static bool make_room(struct strbuf *b, size_t more)
{
    if (b->overflow || more > b->max - b->len) {
        b->overflow = true;
        return false;
    }
    size_t need = b->len + more + 1;
    if (need <= b->cap)
        return true;
    size_t cap = b->cap * 2;
    if (cap < need)
        cap = need;
    if (cap > b->max + 1)
        cap = b->max + 1;
    b->text = arena_grow(b->arena, b->text, b->cap, cap);
    b->cap = cap;
    return true;
}

void strbuf_add_n(struct strbuf *b, const char *s, size_t len)
{
    if (!make_room(b, len))
        return;
    memcpy(b->text + b->len, s, len);
    b->len += len;
    b->text[b->len] = '\0';
}

void strbuf_add(struct strbuf *b, const char *s)
{
    strbuf_add_n(b, s, strlen(s));
}

void strbuf_addf(struct strbuf *b, const char *format, ...)
{
    char small[256];
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, format, args);
    assert(n >= 0);
    size_t len = (size_t)n;
    if (len < sizeof small) {
        strbuf_add_n(b, small, len);
    } else if (make_room(b, len)) {
        vsnprintf(b->text + b->len, len + 1, format, again);
        b->len += len;
    }
    va_end(again);
    va_end(args);
}

bool strbuf_overflowed(const struct strbuf *b)
{
    return b->overflow;
}

char *str_url_encode(struct arena *a, const char *s)
{
    static const char hex[] = "0123456789ABCDEF";
    char *out = arena_alloc(a, strlen(s) * 3 + 1), *o = out;

    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                     c == '.' || c == '_' || c == '~';
        if (plain) {
            *o++ = (char)c;
        } else {
            *o++ = '%';
            *o++ = hex[c >> 4];
            *o++ = hex[c & 15];
        }
    }
    return out;
}
