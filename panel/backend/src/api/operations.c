/* Operations: accepted changes, read, listed, and followed live. */
#include <string.h>

#include "api/bulk.h"
#include "api/handlers.h"
#include "api/page.h"
#include "api/present.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/str.h"

enum { SLICE_MS = 1000, KEEP_ALIVE_MS = 15 * 1000 };

int operations_list(struct call *c, struct error *err)
{
    static const char *const sorts[] = { "createdAt", NULL };
    static const char *const states[] = { "accepted", "running", "done", "failed", NULL };
    struct operation_filter filter = { .customer = httpd_query(c->req, "customer"),
                                       .kind = httpd_query(c->req, "kind"),
                                       .actor = httpd_query(c->req, "actor") };
    struct paging p;
    struct operation *list;
    size_t count;

    if (call_query_word(c, "state", states, &filter.state, err) < 0 || page_read(c, sorts, "-createdAt", &p, err) < 0 ||
        store_operation_list(c->store, c->arena, &filter, page_of(&p), &list, &count, err) < 0)
        return -1;
    json_t *items = json_own(c->arena, json_array());
    for (size_t i = 0; i < page_shown(&p, count); i++)
        json_array_append(items, present_operation(c, &list[i], NULL));
    return page_answer(c, &p, items, count > p.limit ? list[p.limit - 1].id : NULL);
}

static int read_operation(struct call *c, const char *id, struct operation *ret, json_t **ret_json, struct error *err)
{
    struct present_seen seen = { 0 };

    if (store_operation_get(c->store, c->arena, id, ret, err) < 0 || present_see(c, ret->customer, &seen, err) < 0)
        return -1;
    json_t *json = present_operation(c, ret, &seen);
    if (str_ends(ret->kind, ".bulk")) {
        struct bulk_progress p;
        if (store_bulk_progress(c->store, id, &p, err) < 0)
            return -1;
        json_object_set(json, "progress", bulk_progress_json(c, &p));
    }
    *ret_json = json;
    return 0;
}

int operations_get(struct call *c, struct error *err)
{
    struct operation op;
    json_t *json;

    if (read_operation(c, c->segment, &op, &json, err) < 0)
        return -1;
    return call_answer_tagged(c, json);
}

/* --- live --- */

struct stream {
    struct call call; /* with an arena of its own that is emptied at each look */
    const char *id;
    int64_t last_id; /* of the newest operation that the client has */
    int64_t last_seq; /* of the newest event in the log that it has */
    uint64_t last_hash; /* of the operation's JSON; 0: none was sent */
    int64_t store_seen, sent_ms;
    const char *pending; /* what is still to be sent */
    size_t pending_len;
    bool ending;
};

static void queue(struct stream *s, const char *text)
{
    s->pending = text;
    s->pending_len = strlen(text);
    s->sent_ms = clock_mono_ms();
}

/* An id says both how new the operation and how new the log is that the client has. The first part is a time, so that ids
 * grow over restarts of the server too. */
static const char *event_text(struct stream *s, const char *name, const char *data)
{
    return arena_printf(s->call.arena, "id: %lld.%lld\nevent: %s\ndata: %s\n\n", (long long)s->last_id,
                        (long long)s->last_seq, name, data);
}

/* The log: what happened to the customer while the operation ran, as far as the client does not have it. */
static const char *new_log(struct stream *s, const struct operation *op)
{
    enum { AT_ONCE = 200 };
    const struct event_filter filter = { .customer = op->customer, .from_ms = op->created_ms };
    const struct page page = { .after = "", .limit = AT_ONCE };
    struct error ignored = ERROR_INIT;
    struct event *list;
    const char *text = "";
    size_t count;

    if (str_empty(op->customer) ||
        store_event_page(s->call.store, s->call.arena, &filter, s->last_seq, page, &list, &count, &ignored) < 0)
        return ""; /* the next look comes soon */
    for (size_t i = 0; i < count && (!op->finished_ms || list[i].at_ms <= op->finished_ms); i++) {
        s->last_seq = list[i].seq;
        text = arena_printf(s->call.arena, "%s%s", text,
                            event_text(s, "log", json_text(s->call.arena, present_event(&s->call, &list[i]))));
    }
    return text;
}

static void look(struct stream *s)
{
    struct error err = ERROR_INIT;
    struct operation op;
    json_t *json;

    s->pending = "";
    arena_reset(s->call.arena);
    if (read_operation(&s->call, s->id, &op, &json, &err) < 0) {
        s->ending = err.code == ERROR_NOT_FOUND; /* else the store is busy: the next look comes soon */
        return;
    }
    s->ending = op.finished_ms != 0;
    /* What ended before the client's last event was in that event. */
    bool known = s->ending && s->last_hash == 0 && s->last_id > op.finished_ms;
    const char *data = json_text(s->call.arena, json), *text = new_log(s, &op);
    uint64_t hash = id_hash64(data, strlen(data)) | 1;
    if (hash != s->last_hash && !known) {
        int64_t now = clock_wall_ms();
        s->last_id = now > s->last_id ? now : s->last_id + 1;
        s->last_hash = hash;
        text = arena_printf(s->call.arena, "%s%s", text, event_text(s, "operation", data));
    }
    if (text[0])
        queue(s, text);
    else if (clock_mono_ms() - s->sent_ms >= KEEP_ALIVE_MS)
        queue(s, ": still here\n\n");
}

/* "TIME.SEQ", or a time alone. */
static int read_last_id(struct stream *s, const char *text, struct error *err)
{
    const char *dot = strchr(text, '.');
    const char *time = dot ? arena_strndup(s->call.arena, text, (size_t)(dot - text)) : text;
    struct error why = ERROR_INIT;

    if (str_to_i64(time, 0, INT64_MAX - 1, &s->last_id, &why) < 0 ||
        (dot && str_to_i64(dot + 1, 0, INT64_MAX - 1, &s->last_seq, &why) < 0))
        return call_bad_query(err, "Last-Event-ID", "must be the id of an event");
    return 0;
}

static bool stream_more(void *ctx, struct httpd_request *req, char *out, size_t cap, size_t *ret_len)
{
    struct stream *s = ctx;

    if (s->pending_len == 0) {
        if (s->ending || httpd_stopping(req))
            return false;
        (void)store_wait(s->call.store, &s->store_seen, SLICE_MS);
        look(s);
    }
    size_t len = s->pending_len < cap ? s->pending_len : cap;
    memcpy(out, s->pending, len);
    s->pending += len;
    s->pending_len -= len;
    *ret_len = len;
    return s->pending_len > 0 || !s->ending;
}

static void free_arena(void *arena)
{
    arena_free(arena);
}

int operations_stream(struct call *c, struct error *err)
{
    const char *last = httpd_header(c->req, "Last-Event-ID");
    struct stream *s = arena_alloc(c->arena, sizeof *s);
    struct operation op;

    s->call = *c;
    if (last && read_last_id(s, last, err) < 0)
        return -1;
    if (store_operation_get(c->store, c->arena, c->segment, &op, err) < 0)
        return -1;
    s->call.arena = arena_new();
    arena_defer(c->arena, free_arena, s->call.arena);
    s->id = op.id;
    s->pending = "";
    s->sent_ms = clock_mono_ms();
    c->res->status = 200;
    c->res->content_type = "text/event-stream";
    c->res->stream = stream_more;
    c->res->stream_ctx = s;
    return 0;
}
