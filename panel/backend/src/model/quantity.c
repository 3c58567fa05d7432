/* Kubernetes quantities: the forms that Berth accepts and writes. See names.h. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "model/names.h"

static const struct {
    const char *suffix;
    int64_t factor;
} units[] = { { "", 1 },           { "Ki", 1LL << 10 }, { "Mi", 1LL << 20 }, { "Gi", 1LL << 30 },
              { "Ti", 1LL << 40 }, { "k", 1000 },       { "M", 1000000 },    { "G", 1000000000 } };

enum { MILLI = 1000 };

/* "0.5" and the like: thousandths behind the point; -1 when there is anything but one to three digits. */
static int64_t decimals_milli(int64_t whole, const char *point)
{
    size_t len = strspn(point + 1, "0123456789");
    int64_t part = 0, out;

    if (len < 1 || len > 3 || point[1 + len] != '\0')
        return -1;
    for (size_t i = 0; i < 3; i++)
        part = part * 10 + (i < len ? point[1 + i] - '0' : 0);
    return __builtin_mul_overflow(whole, MILLI, &out) || __builtin_add_overflow(out, part, &out) ? -1 : out;
}

int64_t quantity_milli(const char *s)
{
    struct error ignored = ERROR_INIT;
    char digits[20];
    int64_t n;

    size_t len = s ? strspn(s, "0123456789") : 0;
    if (len == 0 || len >= sizeof digits - 1 || (len > 1 && s[0] == '0'))
        return -1;
    memcpy(digits, s, len);
    digits[len] = '\0';
    if (str_to_i64(digits, 0, INT64_MAX, &n, &ignored) < 0)
        return -1;
    if (str_eq(s + len, "m"))
        return n;
    if (s[len] == '.')
        return decimals_milli(n, s + len);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        int64_t out;
        if (!str_eq(s + len, units[i].suffix))
            continue;
        return __builtin_mul_overflow(n, units[i].factor, &out) || __builtin_mul_overflow(out, MILLI, &out) ? -1 : out;
    }
    return -1;
}

char *quantity_cpu(struct arena *a, int64_t milli)
{
    if (milli % MILLI == 0)
        return arena_printf(a, "%lld", (long long)(milli / MILLI));
    return arena_printf(a, "%lldm", (long long)milli);
}

char *quantity_bytes(struct arena *a, int64_t bytes)
{
    for (size_t i = 4; i >= 1; i--)
        if (bytes && bytes % units[i].factor == 0)
            return arena_printf(a, "%lld%s", (long long)(bytes / units[i].factor), units[i].suffix);
    return arena_printf(a, "%lld", (long long)bytes);
}

int quantity_check(const char *s, int64_t min_milli, int64_t max_milli, const char *pointer, struct error *err)
{
    int64_t milli = quantity_milli(s);

    if (milli < 0)
        return error_field(err, pointer, "is no quantity; write it like 500m, 2, 512Mi or 10Gi");
    if (milli < min_milli || milli > max_milli)
        return error_field(err, pointer, "is out of range");
    return 0;
}
