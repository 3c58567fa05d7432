/* Server-sent events: see cli_sse.h. */
#include "cmd/cli_sse.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

enum { EVENT_MAX = 4 << 20, ID_MAX = 64 };

struct cli_sse {
    cli_sse_event on_event;
    void *ctx;
    struct arena *arena; /* of the event that is being read */
    struct strbuf line, data;
    bool has_data, other; /* other: the event is not of the name that is asked for */
    char id[ID_MAX];
};

static void begin(struct cli_sse *s)
{
    arena_reset(s->arena);
    strbuf_init(&s->line, s->arena, EVENT_MAX);
    strbuf_init(&s->data, s->arena, EVENT_MAX);
    s->has_data = s->other = false;
}

static void free_arena(void *arena)
{
    arena_free(arena);
}

struct cli_sse *cli_sse_new(struct arena *a, cli_sse_event on_event, void *ctx)
{
    struct cli_sse *s = arena_alloc(a, sizeof *s);

    s->on_event = on_event;
    s->ctx = ctx;
    s->arena = arena_new();
    arena_defer(a, free_arena, s->arena);
    begin(s);
    return s;
}

static void take_field(struct cli_sse *s, const char *name, const char *value)
{
    if (str_eq(name, "data")) {
        if (s->has_data)
            strbuf_add(&s->data, "\n");
        strbuf_add(&s->data, value);
        s->has_data = true;
    } else if (str_eq(name, "event")) {
        s->other = !str_eq(value, "operation");
    } else if (str_eq(name, "id")) {
        (void)snprintf(s->id, sizeof s->id, "%s", value);
    }
}

static bool end_line(struct cli_sse *s)
{
    char *line = s->line.text, *colon = strchr(line, ':');
    size_t len = s->line.len;

    if (len && line[len - 1] == '\r')
        line[len - 1] = '\0';
    if (line[0] == '\0') {
        bool more = !s->has_data || s->other || s->on_event(s->ctx, s->id, s->data.text);
        begin(s);
        return more;
    }
    if (colon && colon != line) { /* a line that begins with a colon is a comment */
        *colon = '\0';
        take_field(s, line, colon[1] == ' ' ? colon + 2 : colon + 1);
    }
    strbuf_init(&s->line, s->arena, EVENT_MAX);
    return true;
}

bool cli_sse_feed(struct cli_sse *s, const char *data, size_t len)
{
    while (len > 0) {
        const char *end = memchr(data, '\n', len);
        size_t part = end ? (size_t)(end - data) : len;
        strbuf_add_n(&s->line, data, part);
        if (strbuf_overflowed(&s->line) || strbuf_overflowed(&s->data))
            return false;
        if (end && !end_line(s))
            return false;
        part += end ? 1 : 0;
        data += part;
        len -= part;
    }
    return true;
}
