/* Requests: see cli_api.h. */
#include "cmd/cli_api.h"

#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/str.h"
#include "cmd/cli_config.h"
#include "cmd/cli_output.h"

enum {
    ATTEMPTS = 4,
    FIRST_PAUSE_MS = 200,
    LONGEST_PAUSE_S = 20,
    ANSWER_MS = 40 * 1000, /* the server itself waits 15 s for the planes */
    UPLOAD_MS = 3600 * 1000,
};

int cli_connect(struct cli *cli, struct error *err)
{
    static const char *const headers[] = { "User-Agent: berth/" BERTH_VERSION, "Accept: application/json", NULL };

    if (cli->client)
        return 0;
    if (!cli->server)
        return error_set(err, ERROR_UNAUTHENTICATED, "you are not signed in");
    const char *server;
    if (cli_server_check(cli->arena, cli->server, &server, err) < 0)
        return -1;
    const struct http_client_config config = { .base_url = server,
                                               .ca_file = cli->ca,
                                               .bearer = cli->token,
                                               .headers = headers,
                                               .connect_timeout_ms = 5000,
                                               .timeout_ms = ANSWER_MS,
                                               .crash_name = "berth" };
    return http_client_new(&config, &cli->client, err);
}

/* --- what the command's row says --- */

const char *cli_fill_path(const struct cli *cli, const char *pattern)
{
    struct strbuf b;

    strbuf_init(&b, cli->arena, 4096);
    while (*pattern) {
        size_t plain = strcspn(pattern, "{"), name = strcspn(pattern + plain, "}");
        strbuf_add_n(&b, pattern, plain);
        pattern += plain;
        if (*pattern == '\0')
            break;
        const char *value = cli_get(cli, arena_strndup(cli->arena, pattern + 1, name - 1));
        strbuf_add(&b, str_url_encode(cli->arena, value ? value : ""));
        pattern += name + 1;
    }
    return b.text;
}

const char *cli_request_path(const struct cli *cli)
{
    const char *path = cli_fill_path(cli, cli->command->path);
    char between = '?';

    for (size_t i = 0; i < cli->value_count; i++) {
        const struct cli_value *v = &cli->values[i];
        if (v->param->place != CLI_QUERY)
            continue;
        path = arena_printf(cli->arena, "%s%c%s=%s", path, between, v->param->field,
                            str_url_encode(cli->arena, v->text));
        between = '&';
    }
    return cli->dry_run ? arena_printf(cli->arena, "%s%cdryRun=true", path, between) : path;
}

static json_t *body_value(const struct cli_value *v)
{
    struct error ignored = ERROR_INIT;
    int64_t number;

    if (v->param->kind == CLI_FLAG)
        return json_true();
    if (v->param->type == CLI_NUMBER && str_to_i64(v->text, 0, INT64_MAX, &number, &ignored) == 0)
        return json_integer(number);
    return json_string(v->text);
}

void cli_put_field(json_t *body, const char *field, json_t *value)
{
    const char *slash = strchr(field, '/');
    char outer[32];

    if (!slash) {
        json_object_set_new(body, field, value);
        return;
    }
    snprintf(outer, sizeof outer, "%.*s", (int)(slash - field), field);
    if (!json_object_get(body, outer))
        json_object_set_new(body, outer, json_object());
    json_object_set_new(json_object_get(body, outer), slash + 1, value);
}

json_t *cli_request_body(const struct cli *cli)
{
    json_t *body = json_own(cli->arena, json_object());
    bool any = false;

    for (size_t i = 0; i < cli->value_count; i++) {
        const struct cli_value *v = &cli->values[i];
        if (v->param->place != CLI_BODY)
            continue;
        any = true;
        if (v->param->kind != CLI_ARG_MANY && v->param->kind != CLI_OPTION_MANY) {
            cli_put_field(body, v->param->field, body_value(v));
            continue;
        }
        if (!json_object_get(body, v->param->field))
            json_object_set_new(body, v->param->field, json_array());
        json_array_append_new(json_object_get(body, v->param->field), body_value(v));
    }
    return any ? body : NULL;
}

/* --- problems --- */

static enum error_code code_of(long status)
{
    static const enum error_code codes[] = {
#define ERROR_CODE(name, status, retry, title) ERROR_##name,
#include "base/error.def"
#undef ERROR_CODE
    };

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (error_status(codes[i]) == status)
            return codes[i];
    return status >= 500 ? ERROR_INTERNAL : ERROR_INVALID;
}

static void read_fields(const json_t *problem, struct error *err)
{
    const json_t *entry;
    size_t i;

    json_array_foreach(json_object_get(problem, "errors"), i, entry)
    {
        const char *pointer = json_str_at(entry, "/pointer"), *message = json_str_at(entry, "/message");
        if (err->field_count == ERROR_FIELDS_MAX || !pointer || !message)
            continue;
        struct error_field *f = &err->fields[err->field_count++];
        snprintf(f->pointer, sizeof f->pointer, "%s", pointer);
        snprintf(f->message, sizeof f->message, "%s", message);
    }
}

static unsigned retry_after(const struct http_response *res)
{
    const char *header = http_header(res, "retry-after");
    struct error ignored = ERROR_INIT;
    int64_t seconds = 0;

    return header && str_to_i64(header, 0, 86400, &seconds, &ignored) == 0 ? (unsigned)seconds : 0;
}

int cli_problem(struct cli *cli, const struct http_response *res, struct error *err)
{
    struct error ignored = ERROR_INIT, problem = ERROR_INIT;
    json_t *json = NULL;

    if (json_parse_foreign(cli->arena, res->body, res->body_len, &json, &ignored) < 0 || !json_str_at(json, "/title"))
        json = NULL;
    cli->request_id = json ? json_str_at(json, "/requestId") : http_header(res, "x-request-id");
    problem.code = code_of(res->status);
    problem.retry_after_s = retry_after(res);
    if (json) {
        const char *detail = json_str_at(json, "/detail");
        snprintf(problem.message, sizeof problem.message, "%s", detail ? detail : json_str_at(json, "/title"));
        read_fields(json, &problem);
    } else {
        snprintf(problem.message, sizeof problem.message,
                 "%s answered %ld, and not as Berth's API does; is the URL right, and is the panel running?",
                 cli->server, res->status);
    }
    *err = problem;
    return -1;
}

/* --- sending --- */

static void trace_request(const struct cli *cli, const struct cli_call *call)
{
    if (!cli->verbose)
        return;
    fprintf(stderr, "> %s %s%s", call->method, cli->server, call->path);
    if (call->body)
        fprintf(stderr, " %s", json_text(cli->arena, call->body));
    if (call->body_fd > 0)
        fprintf(stderr, " (%zu bytes of %s)", call->body_len, call->content_type);
    fputc('\n', stderr);
}

static void trace_answer(const struct cli *cli, int rc, const struct http_response *res, int64_t ms,
                         const struct error *err)
{
    if (!cli->verbose)
        return;
    if (rc < 0) {
        fprintf(stderr, "< %s\n", err->message);
        return;
    }
    const char *id = http_header(res, "x-request-id");
    fprintf(stderr, "< %ld, %lld ms, request %s\n", res->status, (long long)ms,
            id ? cli_clean(cli->arena, id) : "unknown");
}

static int send_once(struct cli *cli, const struct cli_call *call, const char *const *headers,
                     struct http_response *res, struct error *err)
{
    const char *body = call->body ? json_text(cli->arena, call->body) : NULL;
    const struct http_request req = { .method = call->method,
                                      .path = call->path,
                                      .content_type = body ? "application/json" : call->content_type,
                                      .body = body,
                                      .body_len = body ? strlen(body) : call->body_len,
                                      .body_fd = call->body_fd,
                                      .headers = headers,
                                      .timeout_ms = call->body_fd > 0 ? UPLOAD_MS : 0 };
    int64_t begin = clock_mono_ms();

    trace_request(cli, call);
    int rc = http_do(cli->client, cli->arena, &req, res, err);
    trace_answer(cli, rc, res, clock_mono_ms() - begin, err);
    return rc;
}

/* Can the same request be sent again without doing anything twice? */
static bool may_repeat(const struct cli_call *call, const struct http_response *res)
{
    if (res && (res->status == 429 || res->status == 503))
        return true;
    if (res && res->status != 502)
        return false;
    return str_eq(call->method, "GET") || str_eq(call->method, "POST");
}

/* How long to wait before the attempt; -1: no more attempts. */
static int64_t pause_before(int attempt, const struct error *err)
{
    int64_t ms = (int64_t)FIRST_PAUSE_MS << attempt;

    if (attempt + 1 >= ATTEMPTS || err->retry_after_s > LONGEST_PAUSE_S)
        return -1;
    return err->retry_after_s * 1000LL > ms ? err->retry_after_s * 1000LL : ms;
}

static int read_answer(struct cli *cli, const struct cli_call *call, const struct http_response *res,
                       struct cli_reply *ret, struct error *err)
{
    json_t *json = json_own(cli->arena, json_object());

    if (res->body_len > 0 && !call->as_text &&
        (json_parse_foreign(cli->arena, res->body, res->body_len, &json, err) < 0 || !json_is_object(json)))
        return error_set(err, ERROR_BAD_GATEWAY, "%s does not answer as Berth's API does; is it the panel's URL?",
                         cli->server);
    *ret = (struct cli_reply){ res->status, json, http_header(res, "etag"), call->as_text ? res->body : NULL };
    return 0;
}

static const char *const *headers_of(struct cli *cli, const struct cli_call *call)
{
    const char **headers = arena_array(cli->arena, 4, sizeof *headers);
    size_t n = 0;

    if (str_eq(call->method, "POST"))
        headers[n++] = arena_printf(cli->arena, "Idempotency-Key: %s", id_uuid(cli->arena));
    if (call->if_match)
        headers[n++] = arena_printf(cli->arena, "If-Match: %s", call->if_match);
    if (call->sha256)
        headers[n++] = arena_printf(cli->arena, "X-Content-SHA256: %s", call->sha256);
    return headers;
}

int cli_call(struct cli *cli, const struct cli_call *call, struct cli_reply *ret, struct error *err)
{
    if (cli_connect(cli, err) < 0)
        return -1;
    const char *const *headers = headers_of(cli, call);
    for (int attempt = 0;; attempt++) {
        struct http_response res = { 0 };
        struct error why = ERROR_INIT;
        int rc = send_once(cli, call, headers, &res, &why);
        cli->request_id = NULL;
        if (rc == 0 && res.status >= 200 && res.status < 300)
            return read_answer(cli, call, &res, ret, err);
        if (rc == 0)
            (void)cli_problem(cli, &res, &why);
        int64_t ms = may_repeat(call, rc == 0 ? &res : NULL) ? pause_before(attempt, &why) : -1;
        if (ms < 0) {
            *err = why;
            return -1;
        }
        if (cli->verbose)
            fprintf(stderr, "  again in %lld ms\n", (long long)ms);
        clock_sleep_ms(ms);
    }
}
