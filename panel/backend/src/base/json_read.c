/* Field tables: the part of json.h that fills plain structs from objects. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"

/* How long the character at s is as UTF-8, whose form the parser has checked. */
static size_t char_len(const char *s)
{
    size_t n = 1;

    while (((unsigned char)s[n] & 0xc0) == 0x80)
        n++;
    return n;
}

/* "/name" with the escapes of RFC 6901. The name may come from outside: it is cut at the size of an error's pointer, between
 * characters. */
static void pointer_to(const char *name, char out[ERROR_POINTER_MAX])
{
    size_t n = 0;

    out[n++] = '/';
    while (*name) {
        const char *put = *name == '~' ? "~0" : *name == '/' ? "~1" : name;
        size_t taken = char_len(name), len = put == name ? taken : 2;
        if (n + len >= ERROR_POINTER_MAX)
            break;
        memcpy(out + n, put, len);
        n += len;
        name += taken;
    }
    out[n] = '\0';
}

static bool has_limits(const struct json_field *f)
{
    return f->min != 0 || f->max != 0;
}

static void check_string(const struct json_field *f, const char *pointer, const json_t *value, struct error *err)
{
    if (!json_is_string(value)) {
        error_field(err, pointer, "must be a string");
        return;
    }
    int64_t len = (int64_t)json_string_length(value);
    if (!has_limits(f))
        return;
    if (len < f->min)
        error_field(err, pointer, f->min == 1 ? "must not be empty" : "must have at least %" PRId64 " bytes", f->min);
    else if (len > f->max)
        error_field(err, pointer, "must have at most %" PRId64 " bytes", f->max);
}

static void check_int(const struct json_field *f, const char *pointer, const json_t *value, struct error *err)
{
    if (!json_is_integer(value))
        error_field(err, pointer, "must be a whole number");
    else if (has_limits(f) && (json_integer_value(value) < f->min || json_integer_value(value) > f->max))
        error_field(err, pointer, "must be between %" PRId64 " and %" PRId64, f->min, f->max);
}

static void check_strings(const struct json_field *f, const char *pointer, const json_t *value, struct error *err)
{
    enum { ITEM_MAX = 512 };

    if (!json_is_array(value)) {
        error_field(err, pointer, "must be a list of strings");
        return;
    }
    int64_t count = (int64_t)json_array_size(value);
    if (has_limits(f) && (count < f->min || count > f->max)) {
        error_field(err, pointer, "must have between %" PRId64 " and %" PRId64 " entries", f->min, f->max);
        return;
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *item = json_array_get(value, i);
        char where[ERROR_POINTER_MAX + 24];
        snprintf(where, sizeof where, "%s/%zu", pointer, i);
        if (!json_is_string(item))
            error_field(err, where, "must be a string");
        else if (json_string_length(item) < 1 || json_string_length(item) > ITEM_MAX)
            error_field(err, where, "must have 1 to %d bytes", ITEM_MAX);
    }
}

static void check_field(const struct json_field *f, const json_t *value, struct error *err)
{
    char pointer[ERROR_POINTER_MAX];

    pointer_to(f->name, pointer);
    if (!value) {
        if (f->required)
            error_field(err, pointer, "is missing");
        return;
    }
    switch (f->kind) {
    case JSON_KIND_STRING:
        check_string(f, pointer, value, err);
        break;
    case JSON_KIND_INT:
        check_int(f, pointer, value, err);
        break;
    case JSON_KIND_BOOL:
        if (!json_is_boolean(value))
            error_field(err, pointer, "must be true or false");
        break;
    case JSON_KIND_STRINGS:
        check_strings(f, pointer, value, err);
        break;
    case JSON_KIND_ANY:
        break;
    }
}

static void check_unknown(const json_t *object, const struct json_field *fields, size_t count, struct error *err)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)object, name, value)
    {
        size_t i = 0;
        while (i < count && !str_eq(fields[i].name, name))
            i++;
        if (i == count) {
            char pointer[ERROR_POINTER_MAX];
            pointer_to(name, pointer);
            error_field(err, pointer, "is not a known field");
        }
    }
}

static struct json_strings copy_strings(struct arena *a, const json_t *array)
{
    struct json_strings list = { .count = json_array_size(array) };

    list.items = arena_array(a, list.count + 1, sizeof *list.items);
    for (size_t i = 0; i < list.count; i++)
        list.items[i] = arena_strdup(a, json_string_value(json_array_get(array, i)));
    return list;
}

static void fill_field(struct arena *a, const struct json_field *f, json_t *value, char *base)
{
    /* memcpy, because the offset says nothing about the type to the compiler. */
    void *at = base + f->offset;

    switch (f->kind) {
    case JSON_KIND_STRING: {
        const char *s = arena_strdup(a, json_string_value(value));
        memcpy(at, &s, sizeof s);
        break;
    }
    case JSON_KIND_INT: {
        int64_t i = json_integer_value(value);
        memcpy(at, &i, sizeof i);
        break;
    }
    case JSON_KIND_BOOL: {
        bool b = json_is_true(value);
        memcpy(at, &b, sizeof b);
        break;
    }
    case JSON_KIND_STRINGS: {
        struct json_strings list = copy_strings(a, value);
        memcpy(at, &list, sizeof list);
        break;
    }
    case JSON_KIND_ANY: {
        json_t *kept = json_own(a, json_incref(value));
        memcpy(at, &kept, sizeof(json_t *));
        break;
    }
    }
}

int json_read(struct arena *a, const json_t *object, const struct json_field *fields, size_t count, void *ret_struct,
              struct error *err)
{
    if (!json_is_object(object))
        return error_field(err, "", "must be an object");
    struct error faults = ERROR_INIT;
    for (size_t i = 0; i < count; i++)
        check_field(&fields[i], json_object_get(object, fields[i].name), &faults);
    check_unknown(object, fields, count, &faults);
    if (faults.code != ERROR_NONE) {
        *err = faults;
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        json_t *value = json_object_get(object, fields[i].name);
        bool has = value != NULL;
        if (value)
            fill_field(a, &fields[i], value, ret_struct);
        if (fields[i].has_offset != JSON_NO_HAS)
            memcpy((char *)ret_struct + fields[i].has_offset, &has, sizeof has);
    }
    return 0;
}
