/* The API itself, and the state of the server. */
#include "api/handlers.h"
#include "api/text.h"
#include "base/id.h"

int meta_openapi(struct call *c, struct error *err)
{
    enum { CHARS = 16 };

    (void)err;
    httpd_add_header(c->req, "ETag", arena_printf(c->arena, "\"%.*s\"", CHARS, id_hash_token(c->arena, c->openapi)));
    return call_answer_text(c, 200, "application/json", c->openapi);
}

int meta_version(struct call *c, struct error *err)
{
    (void)err;
    json_t *version = json_own(c->arena, json_object());

    text_put(version, "version", BERTH_VERSION);
    return call_answer_tagged(c, version);
}

int meta_health(struct call *c, struct error *err)
{
    (void)err;
    return call_answer_text(c, 200, "text/plain; charset=utf-8", "ok\n");
}

/* It asks for the database, not for the planes: while those are away, work is accepted and waits. */
int meta_readiness(struct call *c, struct error *err)
{
    if (store_ping(c->store, err) < 0)
        return error_set(err, ERROR_UNAVAILABLE, "the database does not answer");
    return call_answer_text(c, 200, "text/plain; charset=utf-8", "ok\n");
}

int meta_metrics(struct call *c, struct error *err)
{
    (void)err;
    return call_answer_text(c, 200, "text/plain; version=0.0.4; charset=utf-8",
                            metrics_text(c->config->metrics, c->arena));
}
