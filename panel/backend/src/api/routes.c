/* The table of routes: see routes.h. Some dozens of them, so they are simply tried one by one. */
#include "api/routes.h"

#include <string.h>

#include "api/handlers.h"
#include "base/str.h"

#define ROUTE(method, path, id, handler, access, query) { (method), (path), (id), (handler), ROUTE_##access, (query) },
static const struct route routes[] = {
#include "api/routes.def"
};
#undef ROUTE

enum { QUERY_MAX = 253, CURSOR_MAX = 2048 }; /* characters of a parameter, as docs/openapi.yaml has them */
enum { ROUTE_COUNT = sizeof routes / sizeof routes[0] };

/* Does the path have the template's form? What stands for {…} is one segment that is not empty. */
static bool matches(struct arena *a, const char *template, const char *path, const char *ret_segments[CALL_SEGMENTS])
{
    size_t n = 0;

    for (size_t i = 0; i < CALL_SEGMENTS; i++)
        ret_segments[i] = "";
    for (const char *open; (open = strchr(template, '{')); template = strchr(open, '}') + 1) {
        size_t head = (size_t)(open - template);
        if (strncmp(template, path, head) != 0)
            return false;
        size_t len = strcspn(path + head, "/");
        if (len == 0 || n == CALL_SEGMENTS)
            return false;
        ret_segments[n++] = arena_strndup(a, path + head, len);
        path += head + len;
    }
    return str_eq(template, path);
}

/* A path that a route has word for word is none of a template: /customers/bulk is no customer. */
static bool is_literal(const char *path)
{
    for (size_t i = 0; i < ROUTE_COUNT; i++)
        if (str_eq(routes[i].path, path))
            return true;
    return false;
}

const struct route *route_find(struct arena *a, const char *method, const char *path,
                               const char *ret_segments[CALL_SEGMENTS], const char **ret_allow)
{
    const char *wanted = str_eq(method, "HEAD") ? "GET" : method, *segments[CALL_SEGMENTS];
    bool literal = is_literal(path);

    *ret_allow = NULL;
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        const struct route *r = &routes[i];
        if (!matches(a, r->path, path, segments) || (literal && !str_eq(r->path, path)))
            continue;
        if (str_eq(r->method, wanted)) {
            memcpy(ret_segments, segments, sizeof segments);
            return r;
        }
        const char *name = str_eq(r->method, "GET") ? "GET, HEAD" : r->method;
        *ret_allow = *ret_allow ? arena_printf(a, "%s, %s", *ret_allow, name) : name;
    }
    return NULL;
}

bool route_is(const struct route *r, const char *operation_id)
{
    return r && str_eq(r->operation_id, operation_id);
}

static bool takes(const struct route *r, const char *name)
{
    size_t len = strlen(name);

    for (const char *at = r->query; *at; at += strcspn(at, ",")) {
        at += *at == ',';
        if (strcspn(at, ",") == len && strncmp(at, name, len) == 0)
            return true;
    }
    return false;
}

static size_t characters(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

int route_check_query(const struct route *r, const struct httpd_request *req, struct error *err)
{
    const char *const *names = httpd_query_names(req);

    for (size_t i = 0; names[i]; i++) {
        const char *value = httpd_query(req, names[i]);
        if (!takes(r, names[i]))
            return call_bad_query(err, names[i], "is not a parameter of this operation");
        for (size_t j = 0; j < i; j++)
            if (str_eq(names[j], names[i]))
                return call_bad_query(err, names[i], "is given more than once");
        if (!str_has_utf8(value, strlen(value)))
            return call_bad_query(err, names[i], "is not UTF-8");
        if (value[0] == '\0')
            return call_bad_query(err, names[i], "must not be empty; leave it out instead");
        if (characters(value) > (str_eq(names[i], "cursor") ? CURSOR_MAX : QUERY_MAX))
            return call_bad_query(err, names[i], "is too long");
    }
    return 0;
}

void routes_print(FILE *out)
{
    for (size_t i = 0; i < ROUTE_COUNT; i++)
        fprintf(out, "%s %s %s\n", routes[i].method, routes[i].path, routes[i].operation_id);
}
