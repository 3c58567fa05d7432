/* Following operations: see cli_wait.h. */
#include "cmd/cli_wait.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/str.h"
#include "cmd/cli_api.h"
#include "cmd/cli_output.h"
#include "cmd/cli_progress.h"
#include "cmd/cli_sse.h"

enum { IDLE_MS = 45 * 1000, PAUSE_MS = 1000 };

struct follow {
    struct cli *cli;
    const struct cli_wait *wait;
    struct cli_progress *progress;
    json_t *last; /* our reference; NULL before the first */
    char event_id[64];
};

static bool is_final(const json_t *operation)
{
    const char *state = json_str_at(operation, "/state");

    return str_eq(state, "done") || str_eq(state, "failed");
}

static void take(struct follow *f, json_t *operation)
{
    json_incref(operation);
    json_decref(f->last);
    f->last = operation;
    cli_progress_operation(f->progress, operation);
    if (f->wait->on_operation)
        f->wait->on_operation(f->wait->ctx, operation);
}

static bool on_event(void *ctx, const char *id, const char *data)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error ignored = ERROR_INIT;
    struct follow *f = ctx;
    json_t *operation;

    (void)snprintf(f->event_id, sizeof f->event_id, "%s", id);
    if (json_parse_foreign(a, data, strlen(data), &operation, &ignored) < 0)
        return false; /* what follows is read by polling */
    take(f, operation);
    return !is_final(operation);
}

static bool on_data(void *ctx, const char *data, size_t len)
{
    return cli_sse_feed(ctx, data, len);
}

static const char *operation_path(struct follow *f)
{
    return arena_printf(f->cli->arena, "/api/v1/operations/%s", str_url_encode(f->cli->arena, f->wait->operation));
}

static void stream(struct follow *f)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *path = arena_printf(a, "%s/stream", operation_path(f));
    const char *last = arena_printf(a, "Last-Event-ID: %s", f->event_id);
    const char *const headers[] = { "Accept: text/event-stream", f->event_id[0] ? last : NULL, NULL };
    const struct http_request req = { .method = "GET", .path = path, .headers = headers };
    struct error ignored = ERROR_INIT;
    long status;

    if (f->cli->verbose)
        fprintf(stderr, "> GET %s%s\n", f->cli->server, path);
    (void)!http_stream(f->cli->client, &req, IDLE_MS, cli_progress_stop(f->progress), on_data,
                       cli_sse_new(a, on_event, f), &status, &ignored);
}

/* Reads the operation; an outage is waited out, as long as there is time. */
static int poll_once(struct follow *f, struct error *err)
{
    struct cli_call call = { .method = "GET", .path = operation_path(f) };
    struct cli_reply reply;

    if (cli_call(f->cli, &call, &reply, err) == 0) {
        take(f, reply.json);
        return 0;
    }
    if (!error_retriable(err->code))
        return -1;
    cli_progress_text(f->progress, cli_clean(f->cli->arena, err->message));
    *err = ERROR_INIT;
    return 0;
}

static int follow(struct follow *f, struct error *err)
{
    while (!is_final(f->last) && !*cli_progress_stop(f->progress)) {
        stream(f);
        if (is_final(f->last) || *cli_progress_stop(f->progress))
            break;
        if (poll_once(f, err) < 0)
            return -1;
        if (!is_final(f->last))
            clock_sleep_ms(PAUSE_MS);
    }
    return 0;
}

void cli_wait_steps(const json_t *operation, struct error *err)
{
    const json_t *step;
    size_t i;

    json_array_foreach(json_object_get(operation, "steps"), i, step)
    {
        const char *type = json_str_at(step, "/type"), *subject = json_str_at(step, "/subject"),
                   *reason = json_str_at(step, "/reason"), *message = json_str_at(step, "/message");
        if (str_eq(json_str_at(step, "/status"), "true") || err->field_count == ERROR_FIELDS_MAX)
            continue;
        struct error_field *field = &err->fields[err->field_count++];
        snprintf(field->pointer, sizeof field->pointer, "%s %s", type ? type : "", subject ? subject : "");
        snprintf(field->message, sizeof field->message, "%s",
                 !str_empty(message)  ? message
                 : !str_empty(reason) ? reason
                                      : "not looked at yet");
    }
}

static int not_in_time(struct follow *f, struct error *err)
{
    const char *subject = json_str_at(f->last, "/subject"), *id = f->wait->operation;

    subject = subject ? subject : id;
    f->cli->interrupted = cli_progress_interrupted(f->progress);
    if (f->cli->interrupted)
        error_set(err, ERROR_TIMEOUT, "stopped waiting for %s; the work goes on: %s op watch %s", subject,
                  f->cli->program, id);
    else
        error_set(err, ERROR_TIMEOUT, "%s is not done after %ld s; the work goes on: %s op watch %s", subject,
                  f->wait->timeout_s, f->cli->program, id);
    cli_wait_steps(f->last, err);
    if (str_eq(json_str_at(f->last, "/state"), "accepted")) {
        struct error_field *field = &err->fields[0];
        err->field_count = 1;
        snprintf(field->pointer, sizeof field->pointer, "%s", "reconciler");
        snprintf(field->message, sizeof field->message, "%s", "has not looked at it yet; is berthd reconcile running?");
    }
    return -1;
}

int cli_wait_for(struct cli *cli, const struct cli_wait *w, json_t **ret, struct error *err)
{
    struct follow f = { .cli = cli, .wait = w };
    int64_t deadline = w->timeout_s ? clock_mono_ms() + w->timeout_s * 1000LL : 0;
    bool quiet = cli->quiet;

    if (cli_connect(cli, err) < 0)
        return -1;
    cli->quiet = quiet || !w->progress;
    int rc = cli_progress_start(cli, CLI_WAITING, deadline, &f.progress, err);
    cli->quiet = quiet;
    if (rc < 0)
        return -1;
    cli_progress_text(f.progress, arena_printf(cli->arena, "waiting for %s", w->operation));
    rc = follow(&f, err);
    if (rc == 0 && !is_final(f.last))
        rc = not_in_time(&f, err);
    if (rc == 0)
        *ret = json_own(cli->arena, json_incref(f.last));
    cli_progress_end(f.progress);
    json_decref(f.last);
    return rc;
}

int cli_wait_check(const json_t *operation, struct error *err)
{
    const char *message = json_str_at(operation, "/message");

    if (str_eq(json_str_at(operation, "/state"), "done"))
        return 0;
    error_set(err, ERROR_CONFLICT, "%s of %s has failed: %s", json_str_at(operation, "/kind"),
              json_str_at(operation, "/subject"), str_empty(message) ? "no reason was given" : message);
    cli_wait_steps(operation, err);
    return -1;
}
