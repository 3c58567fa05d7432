/* Comparing objects by what we own of them: see owned.h. */
#include "reconcile/owned.h"

#include <string.h>

#include "base/id.h"
#include "base/json.h"
#include "base/str.h"
#include "model/names.h"

enum { LINES_MAX = 64, VALUE_MAX = 80 };

struct diff {
    struct arena *arena;
    const char **lines;
    size_t count;
};

/* Scalars; quantities are equal when their amounts are ("1000m" is "1"). */
static bool same_scalar(const json_t *want, const json_t *have)
{
    if (json_equal(want, have))
        return true;
    if (json_is_null(want)) /* as a merge patch has it: absent */
        return !have;
    if (json_is_string(want) && json_is_string(have)) {
        int64_t w = quantity_milli(json_string_value(want)), h = quantity_milli(json_string_value(have));
        return w >= 0 && w == h;
    }
    return json_is_number(want) && json_is_number(have) && json_number_value(want) == json_number_value(have);
}

static bool same(const json_t *want, const json_t *have)
{
    const char *key;
    json_t *item;
    size_t i;

    if (json_is_object(want)) {
        json_object_foreach((json_t *)(uintptr_t)want, key,
                            item) if (!same(item, json_object_get(have, key))) return false;
        /* An empty map is what the API server may leave out. */
        return json_is_object(have) || json_object_size(want) == 0;
    }
    if (json_is_array(want)) {
        if (json_array_size(want) != json_array_size(have))
            return false;
        json_array_foreach(want, i, item) if (!same(item, json_array_get(have, i))) return false;
        return true;
    }
    return same_scalar(want, have);
}

static const char *shown(struct arena *a, const json_t *value)
{
    if (!value || json_is_null(value))
        return "(none)";
    const char *text = json_is_string(value) ? json_string_value(value) : json_text(a, value);
    return strlen(text) > VALUE_MAX ? arena_printf(a, "%.*s...", VALUE_MAX, text) : text;
}

static void add_line(struct diff *d, const char *pointer, const json_t *want, const json_t *have)
{
    if (d->count < LINES_MAX)
        d->lines[d->count++] = arena_printf(d->arena, "%s: %s -> %s", pointer, shown(d->arena, have),
                                            shown(d->arena, want));
}

/* A key as it stands in an RFC 6901 pointer. */
static const char *escaped(struct arena *a, const char *key)
{
    return str_replace(a, str_replace(a, key, "~", "~0"), "/", "~1");
}

static void walk(struct diff *d, const char *pointer, const json_t *want, const json_t *have)
{
    const char *key;
    json_t *item;
    size_t i;

    if (json_is_object(want) && json_is_object(have)) {
        json_object_foreach((json_t *)(uintptr_t)want, key, item)
            walk(d, arena_printf(d->arena, "%s/%s", pointer, escaped(d->arena, key)), item, json_object_get(have, key));
    } else if (json_is_array(want) && json_array_size(want) == json_array_size(have)) {
        json_array_foreach(want, i, item)
            walk(d, arena_printf(d->arena, "%s/%zu", pointer, i), item, json_array_get(have, i));
    } else if (!same(want, have)) {
        add_line(d, pointer, want, have);
    }
}

static bool is_selector(const char *key)
{
    return str_eq(key, "selector") || str_eq(key, "podSelector") || str_eq(key, "namespaceSelector");
}

/* Below a selector maps are owned whole too: one label more would select other pods. So a key that only `have` has becomes
 * null in `want`, which means: absent. */
static void complete(json_t *want, const json_t *have, bool whole)
{
    const char *key;
    json_t *item;
    size_t i;

    json_object_foreach(want, key, item) complete(item, json_object_get(have, key), whole || is_selector(key));
    if (json_array_size(want) == json_array_size(have))
        json_array_foreach(want, i, item) complete(item, json_array_get(have, i), whole);
    if (!whole || !json_is_object(want))
        return;
    json_object_foreach((json_t *)(uintptr_t)have, key, item) if (!json_object_get(want, key))
        json_object_set_new(want, key, json_null());
}

static json_t *completed(struct arena *a, const json_t *want, const json_t *have)
{
    json_t *copy = json_own(a, json_deep_copy(want));

    complete(copy, have, false);
    return copy;
}

const char **owned_diff(struct arena *a, const json_t *want, const json_t *have, size_t *ret_count)
{
    struct diff d = { .arena = a, .lines = arena_array(a, LINES_MAX, sizeof(char *)) };

    walk(&d, "", completed(a, want, have), have);
    *ret_count = d.count;
    return d.lines;
}

/* A list goes into a patch as it is to be, so "absent" is left out of it. */
static json_t *without_nulls(json_t *value)
{
    const char *key;
    json_t *item;
    void *next;
    size_t i;

    json_object_foreach_safe(value, next, key, item)
    {
        if (json_is_null(item))
            json_object_del(value, key);
        else
            without_nulls(item);
    }
    json_array_foreach(value, i, item) without_nulls(item);
    return value;
}

static json_t *patch_of(const json_t *want, const json_t *have)
{
    const char *key;
    json_t *item;

    if (same(want, have))
        return NULL;
    if (json_is_array(want))
        return without_nulls(json_deep_copy(want));
    if (!json_is_object(want) || !json_is_object(have))
        return json_deep_copy(want);
    json_t *out = json_object();
    json_object_foreach((json_t *)(uintptr_t)want, key, item)
    {
        json_t *part = patch_of(item, json_object_get(have, key));
        if (part)
            json_object_set_new(out, key, part);
    }
    return out;
}

json_t *owned_patch(struct arena *a, const json_t *want, const json_t *have)
{
    json_t *patch = patch_of(completed(a, want, have), have);

    return patch ? json_own(a, patch) : NULL;
}

/* Notes that Kubernetes' own controllers keep in annotations. */
static void drop_controllers_notes(json_t *meta)
{
    static const char *const prefixes[] = { "deployment.kubernetes.io/", "pv.kubernetes.io/", "volume.kubernetes.io/",
                                            "volume.beta.kubernetes.io/" };
    json_t *annotations = json_copy(json_object_get(meta, "annotations")), *item;
    const char *key;
    void *next;

    if (!annotations)
        return;
    json_object_foreach_safe(annotations, next, key, item)
    {
        for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
            if (str_starts(key, prefixes[i])) {
                json_object_del(annotations, key);
                break;
            }
    }
    if (json_object_size(annotations) == 0) {
        json_object_del(meta, "annotations");
        json_decref(annotations);
    } else {
        json_object_set_new(meta, "annotations", annotations);
    }
}

uint64_t owned_hash(struct arena *a, const json_t *object)
{
    static const char *const volatile_fields[] = { "resourceVersion", "generation", "managedFields",
                                                   "creationTimestamp", "selfLink" };
    json_t *copy = json_own(a, json_copy((json_t *)(uintptr_t)object));
    json_t *meta = json_object_get(object, "metadata");

    json_object_del(copy, "status");
    /* Of the objects in a list the API server leaves these out. */
    json_object_del(copy, "kind");
    json_object_del(copy, "apiVersion");
    if (json_is_object(meta)) {
        meta = json_copy(meta);
        for (size_t i = 0; i < sizeof volatile_fields / sizeof volatile_fields[0]; i++)
            json_object_del(meta, volatile_fields[i]);
        drop_controllers_notes(meta);
        json_object_set_new(copy, "metadata", meta);
    }
    const char *text = json_text(a, copy);
    return id_hash64(text, strlen(text));
}
