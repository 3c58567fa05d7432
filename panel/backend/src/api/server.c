/* The server: from a request to its handler and back. See api.h. */
#include <stdlib.h>
#include <string.h>

#include "api/access.h"
#include "api/api.h"
#include "api/auth.h"
#include "api/bulk.h"
#include "api/mail_web.h"
#include "api/problem.h"
#include "api/releases.h"
#include "api/routes.h"
#include "api/upload.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/id.h"
#include "base/log.h"
#include "base/str.h"
#include "base/yaml.h"

enum { OPENAPI_MAX = 4 << 20, HASHING_MAX = 2 };

struct api {
    struct api_config config;
    struct arena *arena;
    const char *openapi;
    struct httpd *httpd;
    struct bulk_worker *bulk;
    struct mail_web *mail_web;
    sem_t hashing;
};

static struct call call_of(struct api *api, struct httpd_request *req, struct httpd_response *res)
{
    return (struct call){ .config = &api->config,
                          .store = api->config.store,
                          .openapi = api->openapi,
                          .req = req,
                          .res = res,
                          .arena = httpd_arena(req),
                          .segment = "",
                          .hashing = &api->hashing };
}

/* --- a request --- */

static int find_route(struct call *c, const struct route **ret, struct error *err)
{
    const char *allow;
    const struct route *r = route_find(c->arena, httpd_method(c->req), httpd_path(c->req), c->segments, &allow);

    c->segment = r ? c->segments[0] : "";

    if (r) {
        *ret = r;
        return 0;
    }
    if (!allow)
        return error_set(err, ERROR_NOT_FOUND, "there is nothing at %.200s", httpd_path(c->req));
    httpd_add_header(c->req, "Allow", allow);
    return error_set(err, ERROR_BAD_METHOD, "this path takes %s", allow);
}

/* Which route, who asks, are the parameters known, and the headers well-formed? */
static int admit(struct call *c, const struct route **ret, struct error *err)
{
    if (find_route(c, ret, err) < 0)
        return -1;
    if ((*ret)->access != ROUTE_PUBLIC && (auth_check(c, err) < 0 || access_check(c, (*ret)->operation_id, err) < 0))
        return -1;
    return route_check_query(*ret, c->req, err) < 0 || call_check_headers(c, err) < 0 ? -1 : 0;
}

static void log_fault(const struct httpd_request *req, const struct error *err)
{
    if (error_status(err->code) >= 500)
        log_line(LOG_LEVEL_ERROR, "request failed", LOG_S("request_id", httpd_id(req)),
                 LOG_S("code", error_name(err->code)), LOG_S("error", err->message));
}

static void answer_error(void *ctx, struct httpd_request *req, const struct error *err, struct httpd_response *res)
{
    (void)ctx;
    log_fault(req, err);
    httpd_add_header(req, "Cache-Control", "no-store");
    httpd_add_header(req, "X-Content-Type-Options", "nosniff");
    problem_answer(req, err, res);
}

static void handle(void *ctx, struct httpd_request *req, struct httpd_response *res)
{
    struct call c = call_of(ctx, req, res);
    struct error err = ERROR_INIT;
    const struct route *r;

    if (admit(&c, &r, &err) < 0 || r->handle(&c, &err) < 0) {
        answer_error(ctx, req, &err, res);
        return;
    }
    httpd_add_header(req, "Cache-Control", "no-store");
    httpd_add_header(req, "X-Content-Type-Options", "nosniff");
}

/* Only an upload goes to a file, and only after all that can be known by its headers is known. */
static int open_sink(void *ctx, struct httpd_request *req, const struct httpd_sink **ret_sink, void **ret_sink_ctx,
                     struct error *err)
{
    struct call c = call_of(ctx, req, NULL);
    const char *allow;
    const struct route *r = route_find(c.arena, httpd_method(req), httpd_path(req), c.segments, &allow);
    struct upload *upload;

    if (!route_is(r, "createRelease"))
        return 0;
    if (admit(&c, &r, err) < 0 || releases_open(&c, &upload, err) < 0)
        return -1;
    *ret_sink = &upload_sink;
    *ret_sink_ctx = upload;
    return 0;
}

/* The kubelet's and the monitoring's requests come every few seconds and are worth no line. */
static void log_request(void *ctx, struct httpd_request *req, int status)
{
    struct api *api = ctx;
    const char *path = httpd_path(req), *segments[CALL_SEGMENTS], *allow;
    const struct route *r = route_find(httpd_arena(req), httpd_method(req), path, segments, &allow);
    int64_t ms = clock_mono_ms() - httpd_started_ms(req);
    const char *label = arena_printf(httpd_arena(req), "operation=\"%s\",status=\"%d\"", r ? r->operation_id : "none",
                                     status);

    log_line(str_starts(path, "/api/") ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG, "request",
             LOG_S("request_id", httpd_id(req)), LOG_S("method", httpd_method(req)), LOG_S("path", path),
             LOG_I("status", status), LOG_I("ms", ms), LOG_S("peer", httpd_peer(req)));
    metrics_add(api->config.metrics, "berth_http_requests_total", label, "Requests that were answered.", 1);
    metrics_add(api->config.metrics, "berth_http_request_milliseconds_total", NULL,
                "Time that all requests took, streams with them.", ms);
}

/* --- start and stop --- */

static int load_openapi(struct api *api, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char *text;
    size_t len;
    json_t *document;

    if (file_read(a, api->config.openapi_file, OPENAPI_MAX, &text, &len, err) < 0 ||
        yaml_to_json(a, text, len, &document, err) < 0)
        return error_context(err, "the API's description");
    api->openapi = arena_strdup(api->arena, json_text(a, document));
    return 0;
}

static int prepare(struct api *api, struct error *err)
{
    const struct api_config *config = &api->config;
    const struct httpd_config httpd = { .address = config->listen,
                                        .max_body = JSON_BODY_MAX,
                                        .open_sink = open_sink,
                                        .handler = handle,
                                        .on_error = answer_error,
                                        .on_done = log_request,
                                        .ctx = api };

    if (load_openapi(api, err) < 0 || auth_first_token(config, err) < 0)
        return -1;
    if (httpd_start(&httpd, &api->httpd, err) < 0 || mail_web_start(&api->config, &api->mail_web, err) < 0)
        return -1;
    api->bulk = bulk_start(config);
    return 0;
}

int api_start(const struct api_config *config, struct api **ret, struct error *err)
{
    struct api *api = calloc(1, sizeof *api);

    if (!api)
        abort();
    api->config = *config;
    api->arena = arena_new();
    (void)sem_init(&api->hashing, 0, HASHING_MAX);
    if (prepare(api, err) < 0) {
        api_stop(api, 0);
        return -1;
    }
    *ret = api;
    return 0;
}

void api_stop(struct api *api, int64_t grace_ms)
{
    if (!api)
        return;
    mail_web_stop(api->mail_web);
    httpd_stop(api->httpd, grace_ms);
    bulk_stop(api->bulk);
    (void)sem_destroy(&api->hashing);
    arena_free(api->arena);
    free(api);
}

unsigned api_port(const struct api *api)
{
    return httpd_port(api->httpd);
}

unsigned api_mail_web_port(const struct api *api)
{
    return api->mail_web ? mail_web_port(api->mail_web) : 0;
}

void api_print_access(FILE *out)
{
    access_print(out);
}

void api_print_routes(FILE *out)
{
    routes_print(out);
}
