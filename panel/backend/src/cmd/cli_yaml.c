/* JSON as YAML. Only what every YAML parser reads as a string is written without quotes. */
#include <string.h>
#include <yaml.h>

#include "base/str.h"
#include "cmd/cli_output.h"

struct writer {
    yaml_emitter_t emitter;
    struct arena *arena;
    char number[48];
};

/* Words that YAML 1.1 or 1.2 parsers take for something else. */
static bool is_special(const char *s)
{
    static const char *const words[] = { "null", "true", "false", "yes", "no", "on", "off", "y", "n", NULL };

    for (const char *const *w = words; *w; w++)
        if (strcasecmp(*w, s) == 0)
            return true;
    return false;
}

static bool is_plain(const char *s)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t len = strlen(s);

    if (len == 0 || !strchr(letters, s[0]) || is_special(s) || s[len - 1] == ' ' || s[len - 1] == ':')
        return false;
    for (const char *p = s; *p; p++)
        if ((unsigned char)*p < 0x20 || (unsigned char)*p >= 0x7f || strchr("\"'\\`{}[]&*!|>%@,?", *p) ||
            (*p == ':' && p[1] == ' ') || (*p == '#' && p[-1] == ' '))
            return false;
    return true;
}

static int scalar(struct writer *w, const char *text, bool plain)
{
    yaml_event_t event;

    if (!yaml_scalar_event_initialize(&event, NULL, NULL, (yaml_char_t *)(uintptr_t)text, (int)strlen(text), plain,
                                      !plain, plain ? YAML_PLAIN_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE))
        return 0;
    return yaml_emitter_emit(&w->emitter, &event);
}

static int value(struct writer *w, const json_t *v);

static int mapping(struct writer *w, const json_t *v)
{
    yaml_event_t event;
    const char *key;
    json_t *member;

    yaml_mapping_start_event_initialize(&event, NULL, NULL, 1,
                                        json_object_size(v) ? YAML_BLOCK_MAPPING_STYLE : YAML_FLOW_MAPPING_STYLE);
    if (!yaml_emitter_emit(&w->emitter, &event))
        return 0;
    json_object_foreach((json_t *)(uintptr_t)v, key,
                        member) if (!scalar(w, key, is_plain(key)) || !value(w, member)) // NOLINT(misc-no-recursion)
        return 0;
    yaml_mapping_end_event_initialize(&event);
    return yaml_emitter_emit(&w->emitter, &event);
}

static int sequence(struct writer *w, const json_t *v)
{
    yaml_event_t event;
    json_t *member;
    size_t i;

    yaml_sequence_start_event_initialize(&event, NULL, NULL, 1,
                                         json_array_size(v) ? YAML_BLOCK_SEQUENCE_STYLE : YAML_FLOW_SEQUENCE_STYLE);
    if (!yaml_emitter_emit(&w->emitter, &event))
        return 0;
    json_array_foreach(v, i, member) if (!value(w, member)) return 0;
    yaml_sequence_end_event_initialize(&event);
    return yaml_emitter_emit(&w->emitter, &event);
}

static int value(struct writer *w, const json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        return mapping(w, v);
    case JSON_ARRAY:
        return sequence(w, v);
    case JSON_STRING:
        return scalar(w, json_string_value(v), is_plain(json_string_value(v)));
    case JSON_INTEGER:
        snprintf(w->number, sizeof w->number, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
        return scalar(w, w->number, true);
    case JSON_REAL:
        snprintf(w->number, sizeof w->number, "%.17g", json_real_value(v));
        return scalar(w, w->number, true);
    case JSON_TRUE:
        return scalar(w, "true", true);
    case JSON_FALSE:
        return scalar(w, "false", true);
    default:
        return scalar(w, "null", true);
    }
}

static int write_text(void *ctx, unsigned char *data, size_t len)
{
    struct strbuf *b = ctx;

    strbuf_add_n(b, (const char *)data, len);
    return !strbuf_overflowed(b);
}

char *cli_yaml(struct arena *a, const json_t *root)
{
    struct writer w = { .arena = a };
    struct strbuf text;
    yaml_event_t event;

    strbuf_init(&text, a, 256 << 20);
    if (!yaml_emitter_initialize(&w.emitter))
        return arena_strdup(a, "");
    yaml_emitter_set_output(&w.emitter, write_text, &text);
    yaml_emitter_set_unicode(&w.emitter, 1);
    yaml_emitter_set_width(&w.emitter, -1);
    yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING);
    int ok = yaml_emitter_emit(&w.emitter, &event);
    yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1);
    ok = ok && yaml_emitter_emit(&w.emitter, &event) && value(&w, root);
    yaml_document_end_event_initialize(&event, 1);
    ok = ok && yaml_emitter_emit(&w.emitter, &event);
    yaml_stream_end_event_initialize(&event);
    (void)(ok && yaml_emitter_emit(&w.emitter, &event));
    yaml_emitter_delete(&w.emitter);
    return text.text;
}
