/* JSON at the edges: parsing with limits, and field tables that fill plain structs.
 *
 * Values are jansson's json_t. A value that these functions return belongs to the arena (it is released with it), unless
 * said otherwise; borrowed references from jansson's json_object_get() live as long as their root.
 */
#ifndef BERTH_BASE_JSON_H
#define BERTH_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum { JSON_BODY_MAX = 1 << 20, JSON_DEPTH_MAX = 32 };

/* Parses RFC 8259 text: UTF-8 only, no duplicate keys, no NUL, nothing behind the value, at most JSON_DEPTH_MAX deep.
 * ERROR_INVALID says line and column. */
int json_parse(struct arena *a, const char *text, size_t len, json_t **ret, struct error *err) WARN_UNUSED;

/* As json_parse() without the depth limit and with duplicate keys allowed: for answers of outside systems. */
int json_parse_foreign(struct arena *a, const char *text, size_t len, json_t **ret, struct error *err) WARN_UNUSED;

json_t *json_own(
    struct arena *a,
    json_t *value); /* gives the reference to the arena; returns value; NULL ends the process (out of memory) */
char *json_text(struct arena *a, const json_t *value); /* compact, keys sorted */
char *json_pretty(struct arena *a, const json_t *value); /* indent 2, keys as inserted */

/* The value at an RFC 6901 pointer, or NULL. */
json_t *json_at(const json_t *root, const char *pointer);
const char *json_str_at(const json_t *root, const char *pointer); /* NULL when it is no string */
int64_t json_int_at(const json_t *root, const char *pointer, int64_t otherwise);
bool json_bool_at(const json_t *root, const char *pointer, bool otherwise);

/* Field tables: which fields an object may have. json_read() walks the object once, collects every fault (unknown field,
 * wrong type, missing, too long) by error_field(), and fills the struct at the given offsets. Strings are copied to the
 * arena; absent optional fields leave the struct untouched and, when has_offset is not JSON_NO_HAS, set that bool to false. */
enum json_kind { JSON_KIND_STRING, JSON_KIND_INT, JSON_KIND_BOOL, JSON_KIND_STRINGS, JSON_KIND_ANY };

struct json_strings {
    size_t count;
    const char **items;
};

#define JSON_NO_HAS ((size_t)-1)
struct json_field {
    const char *name;
    enum json_kind kind;
    bool required;
    size_t offset; /* of const char *, int64_t, bool, struct json_strings or json_t * */
    size_t has_offset; /* of a bool that says whether the field was there; JSON_NO_HAS: none */
    int64_t min, max; /* INT: value; STRING: length in bytes; STRINGS: count (each string 1..512 bytes) */
};
int json_read(struct arena *a, const json_t *object, const struct json_field *fields, size_t count, void *ret_struct,
              struct error *err) WARN_UNUSED;

#endif
