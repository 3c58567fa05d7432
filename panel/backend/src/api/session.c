/* Signing in and out: a token, or an e-mail address and a password, is exchanged for a session's cookie that scripts cannot
 * read; or for a token, where there are no cookies. And what users do with their own password. */
#include <string.h>

#include "api/auth.h"
#include "api/change.h"
#include "api/handlers.h"
#include "api/input.h"
#include "api/signin.h"
#include "api/text.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/str.h"

enum { SESSION_S = 12 * 60 * 60 };

static json_t *session_json(struct call *c)
{
    json_t *session = json_own(c->arena, json_object());

    text_put(session, "user", c->user);
    text_put(session, "role", user_role_name(c->role));
    if (!str_empty(c->account))
        text_put(session, "userId", c->account);
    if (!str_empty(c->bound))
        text_put(session, "customerId", c->bound);
    json_object_set_new(session, "readOnly", json_boolean(!c->may_write));
    if (c->expires_ms)
        text_put_time(session, "expiresAt", c->expires_ms);
    return session;
}

static void set_cookie(struct call *c, const char *value, int max_age)
{
    const char *text = arena_printf(c->arena, AUTH_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=%d",
                                    value, max_age);

    httpd_add_header(c->req, "Set-Cookie", text);
}

struct session_input {
    const char *token, *email, *password, *code;
    bool as_token;
};

#define FIELD(json, field, max)                                                                                        \
    {                                                                                                                  \
        json, JSON_KIND_STRING, false, offsetof(struct session_input, field), JSON_NO_HAS, 1, (max)                    \
    }

static int read_input(struct call *c, struct session_input *ret, struct error *err)
{
    static const struct json_field fields[] = {
        FIELD("token", token, 256),
        FIELD("email", email, USER_EMAIL_MAX),
        FIELD("password", password, USER_PASSWORD_MAX),
        FIELD("code", code, 64),
        { "asToken", JSON_KIND_BOOL, false, offsetof(struct session_input, as_token), JSON_NO_HAS, 0, 0 },
    };
    struct session_input in = { 0 };
    json_t *body;

    if (call_body(c, true, &body, err) < 0 || json_read(c->arena, body, fields, 5, &in, err) < 0)
        return -1;
    if (in.token && (in.email || in.password || in.code))
        return error_field(err, "/token", "does not go together with email, password and code");
    if (!in.token && !in.email && !in.password)
        return error_field(err, "/token", "is missing");
    if (!in.token && !in.email)
        return error_field(err, "/email", "is missing");
    if (!in.token && !in.password)
        return error_field(err, "/password", "is missing");
    *ret = in;
    return 0;
}

/* Whose session it is to be, and how far it reaches: as far as the token that it is exchanged for. */
static int sign_in(struct call *c, const struct session_input *in, struct token *ret, struct error *err)
{
    struct user u;

    if (in->token)
        return auth_token(c, in->token, "token", ret, err);
    if (signin_enter(c, in->email, in->password, in->code, &u, err) < 0)
        return -1;
    *ret = (struct token){ .name = "session",
                           .id = auth_token_id(c->arena),
                           .account = u.id,
                           .scope = AUTH_SCOPE_ALL,
                           .customer = "",
                           .email = u.email,
                           .role = user_role_name(u.role) };
    return 0;
}

int session_create(struct call *c, struct error *err)
{
    struct session_input in;
    struct token t;

    if (auth_origin(c, false, err) < 0 || read_input(c, &in, err) < 0 || sign_in(c, &in, &t, err) < 0)
        return -1;
    const char *secret = id_token(c->arena);
    int64_t now = clock_wall_ms(), end = now + SESSION_S * 1000LL;
    t.hash = id_hash_token(c->arena, secret);
    t.kind = in.as_token ? "token" : "session";
    t.created_ms = now;
    t.expires_ms = t.expires_ms && t.expires_ms < end ? t.expires_ms : end;
    if (store_token_insert(c->store, &t, err) < 0)
        return -1;
    auth_enter(c, &t);
    json_t *session = session_json(c);
    if (in.as_token)
        text_put(session, "token", secret);
    else
        set_cookie(c, secret, SESSION_S);
    return call_answer(c, 200, session);
}

int session_get(struct call *c, struct error *err)
{
    (void)err;
    return call_answer_tagged(c, session_json(c));
}

int session_delete(struct call *c, struct error *err)
{
    if (c->session && store_token_delete(c->store, c->session, err) < 0)
        return -1;
    set_cookie(c, "", 0);
    return call_answer_empty(c);
}

/* --- passwords --- */

struct password_change {
    const char *user, *hash, *link;
};

static int apply_password(struct change *ch, struct error *err)
{
    const struct password_change *in = ch->input;

    ch->status = 204;
    ch->subject = in->user;
    return store_user_password(ch->tx, in->user, in->hash, err);
}

int session_password(struct call *c, struct error *err)
{
    struct {
        const char *current, *password;
    } in = { 0 };
    static const struct json_field fields[] = {
        { "current", JSON_KIND_STRING, true, 0, JSON_NO_HAS, 1, USER_PASSWORD_MAX },
        { "password", JSON_KIND_STRING, true, sizeof(const char *), JSON_NO_HAS, 0, 0 },
    };
    struct user u;
    json_t *body;
    char *hash;

    if (call_body(c, true, &body, err) < 0 || json_read(c->arena, body, fields, 2, &in, err) < 0)
        return -1;
    if (str_empty(c->account))
        return error_set(err, ERROR_CONFLICT, "the installation's own token has no password");
    if (user_check_password(in.password, c->user, "/password", err) < 0)
        return -1;
    if (signin_check(c, c->user, in.current, &u, err) < 0) {
        if (err->code != ERROR_UNAUTHENTICATED)
            return -1;
        *err = ERROR_INIT;
        return error_field(err, "/current", "is not the password");
    }
    if (signin_hash(c, in.password, &hash, err) < 0)
        return -1;
    const struct password_change change = { .user = u.id, .hash = hash };
    return change_run_at_once(c, "user.password", apply_password, &change, err);
}

static int apply_redeem(struct change *ch, struct error *err)
{
    struct password_change in = *(const struct password_change *)ch->input;
    struct call *c = ch->call;
    struct user u;

    if (store_link_take(ch->tx, c->arena, in.link, &in.user, err) < 0) {
        if (err->code != ERROR_NOT_FOUND)
            return -1;
        *err = ERROR_INIT;
        return error_field(err, "/token", "is not that of a link, or was used, or has expired; ask for a new link");
    }
    if (store_user_get(c->store, c->arena, in.user, &u, err) < 0)
        return -1;
    c->user = u.email;
    ch->input = &in;
    return apply_password(ch, err);
}

int session_redeem(struct call *c, struct error *err)
{
    struct {
        const char *token, *password;
    } in = { 0 };
    static const struct json_field fields[] = {
        { "token", JSON_KIND_STRING, true, 0, JSON_NO_HAS, 1, 256 },
        { "password", JSON_KIND_STRING, true, sizeof(const char *), JSON_NO_HAS, 0, 0 },
    };
    json_t *body;
    char *hash;

    if (auth_origin(c, false, err) < 0 || call_body(c, true, &body, err) < 0 ||
        json_read(c->arena, body, fields, 2, &in, err) < 0 ||
        user_check_password(in.password, "", "/password", err) < 0 || signin_hash(c, in.password, &hash, err) < 0)
        return -1;
    c->user = "";
    /* What is kept of a request to know it again must not be a quick hash of a password. */
    c->body_digest = id_hash_token(c->arena, in.token);
    const struct password_change change = { .hash = hash, .link = c->body_digest };
    return change_run_at_once(c, "user.password", apply_redeem, &change, err);
}
