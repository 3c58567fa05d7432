/* Signing in and out: a token is exchanged for a session's cookie that scripts cannot read. */
#include "api/auth.h"
#include "api/handlers.h"
#include "api/text.h"
#include "base/clock.h"
#include "base/id.h"

enum { SESSION_S = 12 * 60 * 60 };

static json_t *session_json(struct call *c, const char *user, int64_t expires_ms)
{
    json_t *session = json_own(c->arena, json_object());

    text_put(session, "user", user);
    text_put(session, "role", "admin");
    if (expires_ms)
        text_put_time(session, "expiresAt", expires_ms);
    return session;
}

static void set_cookie(struct call *c, const char *value, int max_age)
{
    const char *text = arena_printf(c->arena, AUTH_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=%d",
                                    value, max_age);

    httpd_add_header(c->req, "Set-Cookie", text);
}

int session_create(struct call *c, struct error *err)
{
    struct {
        const char *token;
    } in;
    static const struct json_field fields[] = { { "token", JSON_KIND_STRING, true, 0, JSON_NO_HAS, 1, 256 } };
    struct token t;
    json_t *body;

    if (auth_origin(c, false, err) < 0 || call_body(c, true, &body, err) < 0 ||
        json_read(c->arena, body, fields, 1, &in, err) < 0)
        return -1;
    if (auth_token(c, in.token, "token", &t, err) < 0)
        return -1;
    const char *secret = id_token(c->arena);
    int64_t now = clock_wall_ms();
    const struct token session = { id_hash_token(c->arena, secret), t.name, "session", now, now + SESSION_S * 1000LL };
    if (store_token_insert(c->store, &session, err) < 0)
        return -1;
    set_cookie(c, secret, SESSION_S);
    return call_answer(c, 200, session_json(c, t.name, session.expires_ms));
}

int session_get(struct call *c, struct error *err)
{
    (void)err;
    return call_answer(c, 200, session_json(c, c->user, c->expires_ms));
}

int session_delete(struct call *c, struct error *err)
{
    if (c->session && store_token_delete(c->store, c->session, err) < 0)
        return -1;
    set_cookie(c, "", 0);
    return call_answer_empty(c);
}
