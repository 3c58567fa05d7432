/* JSON at the edges: see json.h. */
#include "base/json.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static void release_json(void *value)
{
    json_decref(value);
}

json_t *json_own(struct arena *a, json_t *value)
{
    if (!value) {
        fputs("json: out of memory, or text that is not UTF-8\n", stderr);
        abort();
    }
    arena_defer(a, release_json, value);
    return value;
}

/* Looks at brackets only, outside of strings: text that is not JSON at all is left to the parser. */
static bool is_too_deep(const char *text, size_t len)
{
    int depth = 0;
    bool in_string = false;

    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > JSON_DEPTH_MAX)
                return true;
        } else if (c == ']' || c == '}') {
            depth--;
        }
    }
    return false;
}

static int parse(struct arena *a, const char *text, size_t len, size_t flags, json_t **ret, struct error *err)
{
    json_error_t why;
    json_t *value = json_loadb(text, len, flags | JSON_DECODE_ANY, &why);

    if (!value)
        return error_set(err, ERROR_INVALID, "not valid JSON: line %d, column %d: %s", why.line, why.column, why.text);
    *ret = json_own(a, value);
    return 0;
}

int json_parse(struct arena *a, const char *text, size_t len, json_t **ret, struct error *err)
{
    if (is_too_deep(text, len))
        return error_set(err, ERROR_INVALID, "not valid JSON: nested more than %d levels deep", JSON_DEPTH_MAX);
    if (memchr(text, '\0', len)) /* jansson takes one behind the value for the end */
        return error_set(err, ERROR_INVALID, "not valid JSON: it holds a NUL byte");
    return parse(a, text, len, JSON_REJECT_DUPLICATES, ret, err);
}

int json_parse_foreign(struct arena *a, const char *text, size_t len, json_t **ret, struct error *err)
{
    return parse(a, text, len, JSON_ALLOW_NUL, ret, err);
}

static char *dump(struct arena *a, const json_t *value, size_t flags)
{
    char *text = json_dumps(value, flags | JSON_ENCODE_ANY);

    if (!text) {
        fputs("json: out of memory\n", stderr);
        abort();
    }
    arena_defer(a, free, text);
    return text;
}

char *json_text(struct arena *a, const json_t *value)
{
    return dump(a, value, JSON_COMPACT | JSON_SORT_KEYS);
}

char *json_pretty(struct arena *a, const json_t *value)
{
    return dump(a, value, JSON_INDENT(2));
}

/* RFC 6901, section 4: an array index is "0" or digits that do not start with 0. */
static json_t *array_at(const json_t *array, const char *token, size_t len)
{
    size_t index = 0;

    if (len == 0 || len > 9 || (len > 1 && token[0] == '0'))
        return NULL;
    for (size_t i = 0; i < len; i++) {
        if (token[i] < '0' || token[i] > '9')
            return NULL;
        index = index * 10 + (size_t)(token[i] - '0');
    }
    return json_array_get(array, index);
}

/* The member that the escaped token names ("~1" is "/", "~0" is "~"). */
static json_t *member_at(const json_t *object, const char *token, size_t len)
{
    char key[256];
    size_t n = 0;

    if (len >= sizeof key)
        return NULL;
    for (size_t i = 0; i < len; i++) {
        char c = token[i];
        if (c == '~') {
            if (i + 1 == len || (token[i + 1] != '0' && token[i + 1] != '1'))
                return NULL;
            c = token[++i] == '0' ? '~' : '/';
        }
        key[n++] = c;
    }
    key[n] = '\0';
    return json_object_get(object, key);
}

json_t *json_at(const json_t *root, const char *pointer)
{
    const json_t *value = root;

    while (value && *pointer) {
        if (*pointer != '/')
            return NULL;
        pointer++;
        size_t len = strcspn(pointer, "/");
        if (json_is_object(value))
            value = member_at(value, pointer, len);
        else if (json_is_array(value))
            value = array_at(value, pointer, len);
        else
            value = NULL;
        pointer += len;
    }
    return (json_t *)value;
}

const char *json_str_at(const json_t *root, const char *pointer)
{
    return json_string_value(json_at(root, pointer));
}

int64_t json_int_at(const json_t *root, const char *pointer, int64_t otherwise)
{
    const json_t *value = json_at(root, pointer);

    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

bool json_bool_at(const json_t *root, const char *pointer, bool otherwise)
{
    const json_t *value = json_at(root, pointer);

    return json_is_boolean(value) ? json_is_true(value) : otherwise;
}
