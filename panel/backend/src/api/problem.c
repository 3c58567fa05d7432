/* Errors as answers: see problem.h. */
#include "api/problem.h"

#include <string.h>

#include "api/text.h"
#include "base/json.h"

enum { RETRY_S = 2 };

static json_t *fields_json(const struct error *err)
{
    json_t *list = json_array();

    for (size_t i = 0; i < err->field_count; i++) {
        json_t *entry = json_object();
        text_put(entry, "pointer", err->fields[i].pointer);
        text_put(entry, "message", err->fields[i].message);
        json_array_append_new(list, entry);
    }
    return list;
}

static void add_headers(struct httpd_request *req, const struct error *err, int status)
{
    unsigned seconds = err->retry_after_s ? err->retry_after_s : RETRY_S;

    if (status == 401)
        httpd_add_header(req, "WWW-Authenticate", "Bearer realm=\"berth\"");
    if (status == 429 || status == 503)
        httpd_add_header(req, "Retry-After", arena_printf(httpd_arena(req), "%u", seconds));
}

void problem_answer(struct httpd_request *req, const struct error *err, struct httpd_response *res)
{
    struct arena *a = httpd_arena(req);
    int status = error_status(err->code);
    json_t *problem = json_own(a, json_object());

    text_put(problem, "type", "about:blank");
    text_put(problem, "title", error_title(err->code));
    text_put_int(problem, "status", status);
    if (status != 500 && err->message[0])
        text_put(problem, "detail", err->message);
    text_put(problem, "requestId", httpd_id(req));
    if (err->field_count)
        json_object_set_new(problem, "errors", fields_json(err));
    add_headers(req, err, status);
    const char *text = json_text(a, problem);
    *res = (struct httpd_response){ .status = status, .content_type = "application/problem+json", .body = text };
    res->body_len = strlen(text);
}
