/* Strings: comparison helpers and a bounded builder in an arena. */
#ifndef BERTH_BASE_STR_H
#define BERTH_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

bool str_eq(const char *a, const char *b); /* NULL equals only NULL */
/* NULL or "". Here, so that analysers see that what is not empty is not NULL. */
static inline bool str_empty(const char *s)
{
    return !s || !*s;
}
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
bool str_has_utf8(const char *s, size_t len); /* is it well-formed UTF-8 (RFC 3629) without NUL? */
char *str_lower(struct arena *a, const char *s); /* ASCII only */
char *str_trim(struct arena *a, const char *s); /* without white space at both ends */
char *str_replace(struct arena *a, const char *s, const char *from,
                  const char *to); /* every occurrence; from not empty */

/* Splits at each `sep`; returns a NULL-terminated array in the arena; empty parts are kept. *ret_count may be NULL. */
char **str_split(struct arena *a, const char *s, char sep, size_t *ret_count);

/* A decimal number within [min, max], nothing before or behind it. */
int str_to_i64(const char *s, int64_t min, int64_t max, int64_t *ret, struct error *err) WARN_UNUSED;

/* A growing string in an arena with a mandatory maximum (bytes without the NUL). Past it nothing is added any more and
 * strbuf_overflowed() is true. */
struct strbuf {
    struct arena *arena;
    char *text; /* always NUL-terminated, never NULL after strbuf_init */
    size_t len, cap, max;
    bool overflow;
};
void strbuf_init(struct strbuf *b, struct arena *a, size_t max);
void strbuf_add(struct strbuf *b, const char *s);
void strbuf_add_n(struct strbuf *b, const char *s, size_t len);
void strbuf_addf(struct strbuf *b, const char *format, ...) PRINTF_LIKE(2, 3);
bool strbuf_overflowed(const struct strbuf *b);

/* Percent-encodes for a URL path segment or query value (RFC 3986 unreserved characters stay). */
char *str_url_encode(struct arena *a, const char *s);

#endif
