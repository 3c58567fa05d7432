/* Text on its way out: see text.h. */
#include "api/text.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"

json_t *text_json(const char *s)
{
    CLEANUP(arena_freep) struct arena *a = NULL;

    if (!s)
        return json_string("");
    if (str_has_utf8(s, strlen(s)))
        return json_string(s);
    a = arena_new();
    char *copy = arena_strdup(a, s);
    for (char *p = copy; *p; p++)
        if ((unsigned char)*p >= 0x80)
            *p = '?';
    return json_string(copy);
}

json_t *text_time(int64_t wall_ms)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    return json_string(clock_rfc3339(a, wall_ms));
}

void text_put(json_t *object, const char *name, const char *s)
{
    json_object_set_new(object, name, text_json(s));
}

void text_put_time(json_t *object, const char *name, int64_t wall_ms)
{
    json_object_set_new(object, name, text_time(wall_ms));
}

void text_put_int(json_t *object, const char *name, int64_t n)
{
    json_object_set_new(object, name, json_integer(n));
}

const char *text_count(struct arena *a, int64_t n, const char *one)
{
    const char *ending = n == 1 ? "" : str_ends(one, "x") || str_ends(one, "s") ? "es" : "s";

    return arena_printf(a, "%lld %s%s", (long long)n, one, ending);
}
