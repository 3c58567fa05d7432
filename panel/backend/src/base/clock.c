/* Time: see clock.h. */
#include "base/clock.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

static int64_t now_ms(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_wall_ms(void)
{
    return now_ms(CLOCK_REALTIME);
}

int64_t clock_mono_ms(void)
{
    return now_ms(CLOCK_BOOTTIME); /* a machine that slept has not held its leases meanwhile */
}

void clock_sleep_ms(int64_t ms)
{
    if (ms <= 0)
        return;
    struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR)
        ;
}

char *clock_rfc3339(struct arena *a, int64_t wall_ms)
{
    int64_t ms = wall_ms % 1000;
    if (ms < 0)
        ms += 1000;
    time_t seconds = (time_t)((wall_ms - ms) / 1000);
    struct tm t;

    if (!gmtime_r(&seconds, &t))
        return arena_strdup(a, "0000-00-00T00:00:00.000Z"); /* a year that does not fit an int */
    return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour,
                        t.tm_min, t.tm_sec, (int)ms);
}

/* Reads exactly `count` digits at *p and moves on; -1 when there are fewer. */
static int read_digits(const char **p, int count)
{
    int n = 0;

    for (int i = 0; i < count; i++, (*p)++) {
        if (**p < '0' || **p > '9')
            return -1;
        n = n * 10 + (**p - '0');
    }
    return n;
}

static bool take(const char **p, char c)
{
    if (**p != c)
        return false;
    (*p)++;
    return true;
}

static int days_in(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

/* ".123456" in ms, 0 when there is none; -1 for a dot without digits. */
static int read_fraction(const char **p)
{
    int ms = 0, weight = 100, digits = 0;

    if (!take(p, '.'))
        return 0;
    for (; **p >= '0' && **p <= '9'; (*p)++, digits++) {
        ms += (**p - '0') * weight;
        weight /= 10;
    }
    return digits ? ms : -1;
}

/* "Z" or "+hh:mm" in minutes east of UTC. */
static bool read_offset(const char **p, int *ret_minutes)
{
    if (take(p, 'Z') || take(p, 'z')) {
        *ret_minutes = 0;
        return true;
    }
    int sign = **p == '-' ? -1 : 1;
    if (!take(p, '+') && !take(p, '-'))
        return false;
    int hours = read_digits(p, 2);
    if (hours < 0 || hours > 23 || !take(p, ':'))
        return false;
    int minutes = read_digits(p, 2);
    if (minutes < 0 || minutes > 59)
        return false;
    *ret_minutes = sign * (hours * 60 + minutes);
    return true;
}

int64_t clock_parse_rfc3339(const char *s)
{
    const char *p = s;
    struct tm t = { 0 };
    int year, month, offset;

    if (!s)
        return -1;
    if ((year = read_digits(&p, 4)) < 0 || !take(&p, '-') || (month = read_digits(&p, 2)) < 1 || month > 12 ||
        !take(&p, '-') || (t.tm_mday = read_digits(&p, 2)) < 1 || t.tm_mday > days_in(year, month))
        return -1;
    if (!take(&p, 'T') && !take(&p, 't'))
        return -1;
    if ((t.tm_hour = read_digits(&p, 2)) < 0 || t.tm_hour > 23 || !take(&p, ':') ||
        (t.tm_min = read_digits(&p, 2)) < 0 || t.tm_min > 59 || !take(&p, ':') || (t.tm_sec = read_digits(&p, 2)) < 0 ||
        t.tm_sec > 60)
        return -1;
    int fraction = read_fraction(&p);
    if (fraction < 0 || !read_offset(&p, &offset) || *p)
        return -1;
    t.tm_year = year - 1900;
    t.tm_mon = month - 1;
    int64_t ms = ((int64_t)timegm(&t) - (int64_t)offset * 60) * 1000 + fraction;
    return ms < 0 ? -1 : ms;
}
