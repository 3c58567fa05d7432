/* The auto-reply as a Sieve script: see sieve.h. */
#include "reconcile/sieve.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"

enum { SCRIPT_MAX = 4 * 1024 * 1024, REPLY_DAYS = 7, SECONDS_LEN = sizeof "2026-11-24T08:33:07" - 1 };

/* RFC 5228, 2.4.2: only these two are special. A line end would be part of a header, so it becomes a space. */
char *sieve_quote(struct arena *a, const char *text)
{
    struct strbuf b;

    strbuf_init(&b, a, SCRIPT_MAX);
    strbuf_add(&b, "\"");
    for (const char *p = text; *p; p++) {
        if (*p == '"' || *p == '\\')
            strbuf_add(&b, "\\");
        strbuf_add_n(&b, *p == '\r' || *p == '\n' ? " " : p, 1);
    }
    strbuf_add(&b, "\"");
    return b.text;
}

/* RFC 5228, 2.4.2: lines end with CRLF, a dot at the start of one is doubled, and a dot alone ends it. */
char *sieve_multi_line(struct arena *a, const char *text)
{
    struct strbuf b;

    strbuf_init(&b, a, SCRIPT_MAX);
    strbuf_add(&b, "text:\r\n");
    for (const char *p = text; *p;) {
        size_t len = strcspn(p, "\r\n");
        if (*p == '.')
            strbuf_add(&b, ".");
        strbuf_add_n(&b, p, len);
        strbuf_add(&b, "\r\n");
        p += len;
        p += p[0] == '\r' && p[1] == '\n' ? 2 : p[0] != '\0';
    }
    strbuf_add(&b, ".\r\n");
    return b.text;
}

/* The date part "iso8601" (RFC 5260) of UTC is this text and "+00:00", so that texts are in the order of times. */
static void add_bound(struct strbuf *b, struct arena *a, const char *relation, int64_t ms)
{
    char *at = clock_rfc3339(a, ms);

    at[SECONDS_LEN] = '\0';
    strbuf_addf(b, ", currentdate :zone \"+0000\" :value \"%s\" \"iso8601\" \"%s\"", relation, at);
}

static void add_addresses(struct strbuf *b, struct arena *a, const char *const *addresses, size_t count)
{
    if (count == 0)
        return;
    strbuf_add(b, " :addresses [");
    for (size_t i = 0; i < count; i++)
        strbuf_addf(b, "%s%s", i ? ", " : "", sieve_quote(a, addresses[i]));
    strbuf_add(b, "]");
}

const char *sieve_vacation(struct arena *a, const struct auto_reply *r, const char *const *addresses, size_t count)
{
    struct strbuf b;

    if (!r->on)
        return "";
    strbuf_init(&b, a, SCRIPT_MAX);
    strbuf_add(&b, "require [\"vacation\", \"date\", \"relational\"];\r\nif allof (true");
    if (r->from_ms > 0)
        add_bound(&b, a, "ge", r->from_ms);
    if (r->until_ms > 0)
        add_bound(&b, a, "lt", r->until_ms);
    strbuf_addf(&b, ") {\r\n  vacation :days %d", REPLY_DAYS);
    if (!str_empty(r->subject))
        strbuf_addf(&b, " :subject %s", sieve_quote(a, r->subject));
    add_addresses(&b, a, addresses, count);
    strbuf_addf(&b, " %s;\r\n}\r\n", sieve_multi_line(a, r->text ? r->text : ""));
    return b.text;
}
