/* YAML to JSON: see yaml.h. A recursive descent over libyaml's events. */
#include "base/yaml.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/json.h"
#include "base/str.h"

enum { YAML_DEPTH_MAX = 64 };

struct reader {
    yaml_parser_t parser;
    struct error *err;
};

static int next(struct reader *r, yaml_event_t *event)
{
    if (!yaml_parser_parse(&r->parser, event))
        return error_set(r->err, ERROR_INVALID, "not valid YAML: line %zu: %s", r->parser.problem_mark.line + 1,
                         r->parser.problem ? r->parser.problem : "unknown problem");
    return 0;
}

/* The core schema of plain scalars. */
static json_t *plain_scalar(const char *s)
{
    static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };
    static const char *const trues[] = { "true", "True", "TRUE" };
    static const char *const falses[] = { "false", "False", "FALSE" };
    char *end;

    for (size_t i = 0; i < sizeof nulls / sizeof nulls[0]; i++)
        if (str_eq(s, nulls[i]))
            return json_null();
    for (size_t i = 0; i < sizeof trues / sizeof trues[0]; i++) {
        if (str_eq(s, trues[i]))
            return json_true();
        if (str_eq(s, falses[i]))
            return json_false();
    }
    if (strspn(s, "+-0123456789") == strlen(s)) {
        errno = 0;
        long long n = strtoll(s, &end, 10);
        if (errno == 0 && *end == '\0' && end != s)
            return json_integer(n);
    }
    if (strspn(s, "+-.0123456789eE") == strlen(s) && strpbrk(s, "0123456789")) {
        double d = strtod(s, &end);
        if (*end == '\0')
            return json_real(d);
    }
    return json_string(s);
}

static bool is_anchored(const yaml_event_t *event)
{
    return (event->type == YAML_SCALAR_EVENT && event->data.scalar.anchor) ||
           (event->type == YAML_SEQUENCE_START_EVENT && event->data.sequence_start.anchor) ||
           (event->type == YAML_MAPPING_START_EVENT && event->data.mapping_start.anchor);
}

/* Its text; NULL when it holds a NUL, at which it would be cut. */
static const char *scalar_text(const yaml_event_t *event)
{
    const char *s = (const char *)event->data.scalar.value;
    return strlen(s) == event->data.scalar.length ? s : NULL;
}

static json_t *scalar(const yaml_event_t *event)
{
    const char *s = scalar_text(event);

    if (!s)
        return NULL;
    return event->data.scalar.plain_implicit ? plain_scalar(s) : json_string(s);
}

static int read_value(struct reader *r, const yaml_event_t *event, int depth, json_t **ret);

static int read_sequence(struct reader *r, int depth, json_t *list)
{
    for (;;) {
        yaml_event_t event;
        json_t *item = NULL;

        if (next(r, &event) < 0)
            return -1;
        bool end = event.type == YAML_SEQUENCE_END_EVENT;
        int rc = end ? 0 : read_value(r, &event, depth, &item);
        yaml_event_delete(&event);
        if (end || rc < 0)
            return rc;
        json_array_append_new(list, item);
    }
}

static int read_mapping(struct reader *r, int depth, json_t *object)
{
    for (;;) {
        yaml_event_t key, event;
        json_t *item = NULL;

        if (next(r, &key) < 0)
            return -1;
        if (key.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&key);
            return 0;
        }
        if (key.type != YAML_SCALAR_EVENT || is_anchored(&key) || !scalar_text(&key) ||
            json_object_get(object, scalar_text(&key))) {
            size_t line = key.start_mark.line + 1;
            yaml_event_delete(&key);
            return error_set(r->err, ERROR_INVALID,
                             "not valid YAML: line %zu: a key that is no plain text or stands twice", line);
        }
        if (next(r, &event) < 0) {
            yaml_event_delete(&key);
            return -1;
        }
        int rc = read_value(r, &event, depth, &item);
        if (rc == 0)
            json_object_set_new(object, scalar_text(&key), item);
        yaml_event_delete(&event);
        yaml_event_delete(&key);
        if (rc < 0)
            return rc;
    }
}

static int read_value(struct reader *r, const yaml_event_t *event, int depth, json_t **ret)
{
    json_t *value = NULL;
    int rc = 0;

    if (depth > YAML_DEPTH_MAX)
        return error_set(r->err, ERROR_INVALID, "not valid YAML: deeper than %d", YAML_DEPTH_MAX);
    if (is_anchored(event))
        return error_set(r->err, ERROR_INVALID, "not valid YAML: line %zu: anchors are refused",
                         event->start_mark.line + 1);
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        value = scalar(event);
        if (!value)
            return error_set(r->err, ERROR_INVALID, "not valid YAML: line %zu: a NUL, or a number that is too large",
                             event->start_mark.line + 1);
        break;
    case YAML_SEQUENCE_START_EVENT:
        value = json_array();
        rc = read_sequence(r, depth + 1, value);
        break;
    case YAML_MAPPING_START_EVENT:
        value = json_object();
        rc = read_mapping(r, depth + 1, value);
        break;
    default:
        return error_set(r->err, ERROR_INVALID,
                         "not valid YAML: line %zu: anchors, aliases and empty documents are refused",
                         event->start_mark.line + 1);
    }
    if (rc < 0) {
        json_decref(value);
        return -1;
    }
    *ret = value;
    return 0;
}

static int read_document(struct reader *r, json_t **ret)
{
    yaml_event_t event;

    for (;;) {
        if (next(r, &event) < 0)
            return -1;
        if (event.type != YAML_STREAM_START_EVENT && event.type != YAML_DOCUMENT_START_EVENT)
            break;
        yaml_event_delete(&event);
    }
    int rc = read_value(r, &event, 0, ret);
    yaml_event_delete(&event);
    return rc;
}

int yaml_to_json(struct arena *a, const char *text, size_t len, json_t **ret, struct error *err)
{
    struct reader r = { .err = err };
    json_t *value;

    if (!yaml_parser_initialize(&r.parser))
        return error_set(err, ERROR_INTERNAL, "out of memory");
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, len);
    int rc = read_document(&r, &value);
    yaml_parser_delete(&r.parser);
    if (rc == 0)
        *ret = json_own(a, value);
    return rc;
}
