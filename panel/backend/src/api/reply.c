/* Answers and input of a call: JSON, problem+json (RFC 9457), pages. See call.h. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api/call.h"
#include "base/str.h"

enum { LIMIT_DEFAULT = 50, LIMIT_MAX = 200, CURSOR_MAX = 512 };

int reply_json(struct call *c, int status, json_t *body)
{
    json_own(c->arena, body);
    c->res->status = status;
    c->res->content_type = "application/json";
    c->res->body = json_text(c->arena, body);
    c->res->body_len = strlen(c->res->body);
    return 0;
}

int reply_empty(struct call *c, int status)
{
    c->res->status = status;
    return 0;
}

void reply_problem(struct call *c, const struct error *err)
{
    enum error_code code = err->code ? err->code : ERROR_INTERNAL;
    json_t *fields = json_array();
    json_t *body = json_pack("{s:s, s:s, s:i, s:s, s:s}", "type",
                             arena_printf(c->arena, "urn:berth:problem:%s", str_lower(c->arena, error_name(code))),
                             "title", error_title(code), "status", error_status(code), "detail", err->message,
                             "requestId", httpd_id(c->req));

    for (size_t i = 0; i < err->field_count; i++)
        json_array_append_new(
            fields, json_pack("{s:s, s:s}", "pointer", err->fields[i].pointer, "message", err->fields[i].message));
    if (err->field_count)
        json_object_set(body, "errors", fields);
    json_decref(fields);
    if (err->retry_after_s)
        httpd_add_header(c->req, "Retry-After", arena_printf(c->arena, "%u", err->retry_after_s));
    reply_json(c, error_status(code), body);
    c->res->content_type = "application/problem+json";
}

int call_body(struct call *c, const struct json_field *fields, size_t count, bool may_be_empty, void *ret_struct,
              struct error *err)
{
    const char *type = httpd_header(c->req, "Content-Type");
    size_t len;
    const char *text = httpd_body(c->req, &len);
    json_t *body;

    if (len == 0 && may_be_empty) {
        text = "{}";
        len = 2;
    } else if (!type || strncasecmp(type, "application/json", strlen("application/json")) != 0) {
        return error_set(err, ERROR_BAD_TYPE, "the body must be application/json");
    }
    if (json_parse(c->arena, text, len, &body, err) < 0)
        return -1;
    return json_read(c->arena, body, fields, count, ret_struct, err);
}

bool call_flag(const struct call *c, const char *name)
{
    return str_eq(httpd_query(c->req, name), "true");
}

int64_t call_if_match(const struct call *c)
{
    const char *given = httpd_header(c->req, "If-Match");
    struct error ignored = ERROR_INIT;
    int64_t n;

    if (!given || str_eq(given, "*"))
        return -1;
    char *text = str_replace(c->arena, given, "\"", "");
    return str_to_i64(text, 0, INT64_MAX, &n, &ignored) < 0 ? -2 : n;
}

int call_page(struct call *c, struct page *ret, struct error *err)
{
    const char *limit = httpd_query(c->req, "limit"), *cursor = httpd_query(c->req, "cursor");
    struct error bad = ERROR_INIT;
    char key[CURSOR_MAX];
    size_t len;
    int64_t n = LIMIT_DEFAULT;

    if (limit && str_to_i64(limit, 1, LIMIT_MAX, &n, &bad) < 0) {
        error_field(err, "?limit", "must be a whole number from 1 to %d", LIMIT_MAX);
        err->code = ERROR_INVALID;
        return -1;
    }
    *ret = (struct page){ "", (int)n };
    if (!cursor)
        return 0;
    if (sodium_base642bin((unsigned char *)key, sizeof key - 1, cursor, strlen(cursor), NULL, &len, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        !str_has_utf8(key, len)) {
        error_field(err, "?cursor", "is not one that a list gave");
        err->code = ERROR_INVALID;
        return -1;
    }
    ret->after = arena_strndup(c->arena, key, len);
    return 0;
}

json_t *page_json(struct call *c, const struct page *page, json_t *items, const char *last_key)
{
    json_t *out = json_pack("{s:o}", "items", items);

    if (last_key && json_array_size(items) >= (size_t)page->limit) {
        size_t len = strlen(last_key), cap = sodium_base64_encoded_len(len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
        char *cursor = arena_alloc(c->arena, cap);
        sodium_bin2base64(cursor, cap, (const unsigned char *)last_key, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
        json_object_set_new(out, "nextCursor", json_string(cursor));
    }
    return out;
}
