/* The internal listener: see internal.h. */
#include "reconcile/internal.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/httpd.h"
#include "base/log.h"
#include "base/str.h"
#include "reconcile/release.h"
#include "reconcile/vault.h"

struct internal {
    const struct planes *planes;
    struct arena *arena; /* of what lives as long */
    const char *vault_token; /* NULL: none */
    struct httpd *httpd;
};

static void text(struct httpd_response *res, int status, const char *body)
{
    res->status = status;
    res->content_type = "text/plain; charset=utf-8";
    res->body = body;
    res->body_len = strlen(body);
}

/* The token is good for this release, and only while it waits to be deployed. */
static bool may_fetch(const struct internal *in, struct httpd_request *req, const struct release *r)
{
    struct arena *a = httpd_arena(req);
    const char *given = httpd_header(req, "Authorization");
    const char *want = arena_printf(a, "Bearer %s", release_token(a, in->planes->fetch_key, r->id));

    if (r->state == RELEASE_CURRENT || r->state == RELEASE_FAILED || !given || strlen(given) != strlen(want))
        return false;
    return sodium_memcmp(given, want, strlen(want)) == 0;
}

static void serve_release(const struct internal *in, struct httpd_request *req, const char *id,
                          struct httpd_response *res)
{
    struct arena *a = httpd_arena(req);
    struct error err = ERROR_INIT;
    struct release r;

    if (store_release_get(in->planes->store, a, id, &r, &err) < 0 || !may_fetch(in, req, &r)) {
        text(res, 404, "no such release for this token\n");
        return;
    }
    if (spool_open(in->planes->spool, r.sha256, &res->file_fd, &res->file_size, &err) < 0) {
        if (err.code != ERROR_NOT_FOUND)
            log_line(LOG_LEVEL_WARN, "an archive cannot be read", LOG_S("release", r.id), LOG_S("error", err.message));
        text(res, err.code == ERROR_NOT_FOUND ? 410 : 503, "the archive is not in the spool\n");
        return;
    }
    res->status = 200;
    res->content_type = "application/octet-stream";
}

static void handle(void *ctx, struct httpd_request *req, struct httpd_response *res)
{
    const struct internal *in = ctx;
    const char *path = httpd_path(req);
    struct error err = ERROR_INIT;

    if (!str_eq(httpd_method(req), "GET"))
        text(res, 405, "GET only\n");
    else if (str_starts(path, "/spool/"))
        serve_release(in, req, path + strlen("/spool/"), res);
    else if (str_starts(path, "/v1/dkim/"))
        vault_answer(in->planes->store, in->vault_token, req, path + strlen("/v1/dkim/"), res);
    else if (str_eq(path, "/healthz"))
        text(res, 200, "ok\n");
    else if (str_eq(path, "/readyz"))
        text(res, store_ping(in->planes->store, &err) == 0 ? 200 : 503,
             err.code ? arena_strdup(httpd_arena(req), err.message) : "ok\n");
    else if (str_eq(path, "/metrics"))
        text(res, 200, metrics_text(in->planes->metrics, httpd_arena(req)));
    else
        text(res, 404, "nothing here\n");
}

static void refuse(void *ctx, struct httpd_request *req, const struct error *err, struct httpd_response *res)
{
    (void)ctx;
    text(res, error_status(err->code), arena_strdup(httpd_arena(req), err->message));
}

int internal_start(const struct planes *p, struct internal **ret, struct error *err)
{
    struct internal *in = calloc(1, sizeof *in);

    if (!in)
        abort();
    in->planes = p;
    in->arena = arena_new();
    const struct httpd_config config = {
        .address = p->settings->internal_listen, .max_body = 4096, .handler = handle, .on_error = refuse, .ctx = in
    };
    if (vault_token(in->arena, p->settings->dkim_token_file, &in->vault_token, err) < 0 ||
        httpd_start(&config, &in->httpd, err) < 0) {
        internal_stop(in);
        return error_context(err, "the internal listener");
    }
    *ret = in;
    return 0;
}

void internal_stop(struct internal *i)
{
    if (!i)
        return;
    if (i->httpd)
        httpd_stop(i->httpd, 1000);
    arena_free(i->arena);
    free(i);
}
