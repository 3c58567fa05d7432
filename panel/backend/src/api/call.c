/* One request: see call.h. */
#include "api/call.h"

#include <string.h>
#include <strings.h>

#include "base/id.h"
#include "base/str.h"

enum { IF_MATCH_MAX = 256, KEY_MAX = 128 }; /* bytes, as docs/openapi.yaml has them */

static bool is_json_type(const char *type)
{
    static const char name[] = "application/json";
    size_t len = sizeof name - 1;

    return type && strncasecmp(type, name, len) == 0 && (type[len] == '\0' || type[len] == ';' || type[len] == ' ');
}

int call_body(struct call *c, bool required, json_t **ret, struct error *err)
{
    size_t len;
    const char *text = httpd_body(c->req, &len);

    if (len == 0) {
        if (required)
            return error_set(err, ERROR_INVALID, "the body is empty; a JSON object is needed");
        *ret = json_own(c->arena, json_object());
        return 0;
    }
    if (!is_json_type(httpd_header(c->req, "Content-Type")))
        return error_set(err, ERROR_BAD_TYPE, "application/json is needed here");
    if (!c->body && json_parse(c->arena, text, len, &c->body, err) < 0)
        return -1;
    *ret = c->body;
    return 0;
}

int call_bad_query(struct error *err, const char *name, const char *message)
{
    char pointer[ERROR_POINTER_MAX];

    snprintf(pointer, sizeof pointer, "/%s", name);
    error_field(err, pointer, "%s", message);
    err->code = ERROR_INVALID;
    return -1;
}

int call_query_bool(const struct call *c, const char *name, bool *ret, struct error *err)
{
    const char *value = httpd_query(c->req, name);

    if (value && !str_eq(value, "true") && !str_eq(value, "false"))
        return call_bad_query(err, name, "must be true or false");
    if (value)
        *ret = str_eq(value, "true");
    return 0;
}

int call_query_int(const struct call *c, const char *name, int64_t min, int64_t max, int64_t *ret, struct error *err)
{
    const char *value = httpd_query(c->req, name);
    struct error why = ERROR_INIT;

    if (!value || str_to_i64(value, min, max, ret, &why) == 0)
        return 0;
    return call_bad_query(err, name,
                          arena_printf(c->arena, "must be a number from %lld to %lld", (long long)min, (long long)max));
}

const char *const call_bools[] = { "true", "false", NULL };

int call_query_word(const struct call *c, const char *name, const char *const words[], const char **ret,
                    struct error *err)
{
    const char *value = httpd_query(c->req, name), *known = words[0];

    for (size_t i = 0; value && words[i]; i++)
        if (str_eq(words[i], value))
            break;
        else if (!words[i + 1]) {
            for (size_t k = 1; words[k]; k++)
                known = arena_printf(c->arena, words[k + 1] ? "%s, %s" : "%s and %s", known, words[k]);
            return call_bad_query(err, name, arena_printf(c->arena, "is one of %s", known));
        }
    *ret = value;
    return 0;
}

int call_answer_text(struct call *c, int status, const char *content_type, const char *text)
{
    c->res->status = status;
    c->res->content_type = content_type;
    c->res->body = text;
    c->res->body_len = strlen(text);
    return 0;
}

int call_answer(struct call *c, int status, const json_t *body)
{
    return call_answer_text(c, status, "application/json", json_text(c->arena, body));
}

int call_answer_tagged(struct call *c, const json_t *body)
{
    enum { CHARS = 16 };

    httpd_add_header(c->req, "ETag",
                     arena_printf(c->arena, "\"%.*s\"", CHARS, id_hash_token(c->arena, json_text(c->arena, body))));
    return call_answer(c, 200, body);
}

int call_answer_empty(struct call *c)
{
    c->res->status = 204;
    return 0;
}

char *call_etag(struct call *c, int64_t version)
{
    return arena_printf(c->arena, "\"%lld\"", (long long)version);
}

/* What is behind the entity tag at the beginning of `text`; NULL: there is none. */
static const char *behind_tag(const char *text)
{
    text += strncmp(text, "W/", 2) == 0 ? 2 : 0;
    const char *end = *text == '"' ? strchr(text + 1, '"') : NULL;

    return end ? end + 1 : NULL;
}

static bool are_tags(const char *text)
{
    while ((text = behind_tag(text + strspn(text, " \t")))) {
        text += strspn(text, " \t");
        if (*text != ',')
            return *text == '\0';
        text++;
    }
    return false;
}

int call_check_headers(const struct call *c, struct error *err)
{
    const char *match = httpd_header(c->req, "If-Match"), *key = httpd_header(c->req, "Idempotency-Key");

    if (str_eq(httpd_method(c->req), "GET"))
        return 0;
    if (match && (strlen(match) > IF_MATCH_MAX || (!str_eq(match, "*") && !are_tags(match))))
        return call_bad_query(err, "If-Match", "must be an ETag as it was read, with its quotation marks, or *");
    if (!key || !str_eq(httpd_method(c->req), "POST"))
        return 0;
    size_t len = strlen(key);
    for (const char *p = key; *p; p++)
        if (*p < 0x21 || *p > 0x7e)
            len = 0;
    if (len == 0 || len > KEY_MAX)
        return call_bad_query(err, "Idempotency-Key", "must have 1 to 128 printable characters without blanks");
    return 0;
}

int call_if_match(struct call *c, const char *etag, struct error *err)
{
    const char *header = c->req ? httpd_header(c->req, "If-Match") : NULL;

    if (!header)
        return 0;
    for (char **tag = str_split(c->arena, header, ',', NULL); *tag; tag++) {
        const char *given = str_trim(c->arena, *tag);
        if (str_eq(given, etag) || str_eq(given, "*"))
            return 0;
    }
    return error_set(err, ERROR_STALE, "the resource's version is %s now", etag);
}

int call_need_match(struct call *c, const char *etag, struct error *err)
{
    if (c->req && !httpd_header(c->req, "If-Match"))
        return error_set(err, ERROR_PRECONDITION,
                         "this replaces all of it, so say by If-Match what it replaces: the ETag that was read, or *");
    return call_if_match(c, etag, err);
}

const char *call_request_id(const struct call *c)
{
    return c->req ? httpd_id(c->req) : c->request_id;
}
