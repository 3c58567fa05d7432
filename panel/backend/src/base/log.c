/* Logs: see log.h. A line is built on the stack and written with one call, so lines of several threads do not mix. */
#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"

enum { LINE_MAX_BYTES = 8192, VALUE_MAX = 2048, TAIL = 2 /* "}\n" */ };

/* Set at start, before threads. */
static enum log_level least_level = LOG_LEVEL_INFO;
static const char *program = "berth";

static const char *const level_names[] = { "debug", "info", "warn", "error" };

struct line {
    size_t len;
    char text[LINE_MAX_BYTES];
};

void log_set_level(enum log_level least)
{
    least_level = least;
}

void log_set_program(const char *name)
{
    program = name;
}

/* All of it or nothing: half an escape or half a number would spoil the line. */
static bool put(struct line *l, const char *s, size_t n)
{
    if (n > sizeof l->text - TAIL - l->len)
        return false;
    memcpy(l->text + l->len, s, n);
    l->len += n;
    return true;
}

/* One character of s, escaped; how many bytes of s it took. Bytes that are no UTF-8 become U+FFFD. */
static size_t put_char(struct line *l, const char *s, bool *ret_full)
{
    unsigned char c = (unsigned char)*s;
    char escape[8];
    size_t taken = 1;
    bool ok;

    if (c == '"' || c == '\\') {
        escape[0] = '\\';
        escape[1] = (char)c;
        ok = put(l, escape, 2);
    } else if (c < 0x20 || c == 0x7f) {
        snprintf(escape, sizeof escape, "\\u%04x", c);
        ok = put(l, escape, 6);
    } else if (c < 0x80) {
        ok = put(l, s, 1);
    } else {
        size_t want = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
        if (strnlen(s, want) == want && str_has_utf8(s, want)) {
            taken = want;
            ok = put(l, s, want);
        } else {
            ok = put(l, "\xef\xbf\xbd", 3);
        }
    }
    *ret_full = !ok;
    return taken;
}

static void put_string(struct line *l, const char *s)
{
    size_t start = l->len;
    bool full = false;

    if (!put(l, "\"", 1))
        return;
    while (*s && !full && l->len - start < VALUE_MAX)
        s += put_char(l, s, &full);
    /* Room for the closing quote is made by giving back what was written last; escapes are at most 6 bytes long. */
    if (!put(l, "\"", 1)) {
        l->len = start;
        put(l, "\"\"", 2);
    }
}

static void put_pair(struct line *l, const struct log_pair *pair)
{
    size_t start = l->len;
    char number[24];

    if (!pair->value.is_int && !pair->value.s)
        return;
    /* A pair that does not fit with its punctuation is left out whole. */
    if (sizeof l->text - TAIL - start < strlen(pair->name) + 32)
        return;
    put(l, ",\"", 2);
    put(l, pair->name, strlen(pair->name));
    put(l, "\":", 2);
    if (pair->value.is_int) {
        int n = snprintf(number, sizeof number, "%" PRId64, pair->value.i);
        put(l, number, n > 0 ? (size_t)n : 0);
    } else {
        put_string(l, pair->value.s);
    }
}

static void put_time(struct line *l)
{
    struct timespec now;
    struct tm t;
    char text[64];

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &t);
    int n = snprintf(text, sizeof text, "{\"time\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ\"", t.tm_year + 1900,
                     t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, now.tv_nsec / 1000000);
    put(l, text, n > 0 ? (size_t)n : 0);
}

void log_pairs(enum log_level level, const char *msg, const struct log_pair *pairs, unsigned count)
{
    if (level < least_level)
        return;
    struct line l;
    l.len = 0;
    put_time(&l);
    put_pair(&l, &(struct log_pair)LOG_S("level", level_names[level]));
    put_pair(&l, &(struct log_pair)LOG_S("program", program));
    put_pair(&l, &(struct log_pair)LOG_S("msg", msg));
    for (unsigned i = 0; i < count; i++)
        put_pair(&l, &pairs[i]);
    memcpy(l.text + l.len, "}\n", TAIL);
    l.len += TAIL;

    const char *p = l.text;
    while (l.len > 0) {
        ssize_t n = write(STDERR_FILENO, p, l.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return; /* nobody reads: there is nowhere to say so */
        p += n;
        l.len -= (size_t)n;
    }
}
