/* The second factor at sign-in, of one's own: enrolled with the password, active once a code of it was given, and disabled with
 * the password and a code. What is answered once (secret, recovery codes) is stored as a box, or as hashes. */
#include "base/totp.h"
#include "api/change.h"
#include "api/handlers.h"
#include "api/signin.h"
#include "api/text.h"
#include "base/id.h"
#include "base/str.h"

enum { CODE_MAX = 64 };

static json_t *totp_json(struct call *c, const struct totp *t)
{
    json_t *o = json_own(c->arena, json_object());

    text_put(o, "state", !t ? "off" : t->active ? "active" : "pending");
    text_put_int(o, "recoveryCodesLeft", t ? t->recovery_codes : 0);
    return o;
}

/* *ret_found false: there is none. */
static int load(struct call *c, struct totp *ret, bool *ret_found, struct error *err)
{
    *ret_found = true;
    if (store_totp_get(c->store, c->account, ret, err) == 0)
        return 0;
    if (err->code != ERROR_NOT_FOUND)
        return -1;
    *err = ERROR_INIT;
    *ret_found = false;
    return 0;
}

int totp_get(struct call *c, struct error *err)
{
    struct totp t;
    bool found;

    return load(c, &t, &found, err) < 0 ? -1 : call_answer(c, 200, totp_json(c, found ? &t : NULL));
}

/* --- what is asked for --- */

struct proof {
    const char *password, *code;
};

static const struct json_field proof_fields[] = {
    { "password", JSON_KIND_STRING, true, offsetof(struct proof, password), JSON_NO_HAS, 1, USER_PASSWORD_MAX },
    { "code", JSON_KIND_STRING, true, offsetof(struct proof, code), JSON_NO_HAS, 1, CODE_MAX },
};

static int read_proof(struct call *c, size_t first, size_t count, struct proof *ret, struct error *err)
{
    json_t *body;

    if (call_body(c, true, &body, err) < 0 || json_read(c->arena, body, proof_fields + first, count, ret, err) < 0)
        return -1;
    if (str_empty(c->account))
        return error_set(err, ERROR_CONFLICT, "the installation's own token has no second factor; sign in as a user");
    /* What is kept of a request to know it again must not be a quick hash of a password. */
    c->body_digest = id_hash_token(c->arena, c->account);
    return 0;
}

/* Who is signed in already gets a fault of a field, not "sign in first". */
static int as_fields(struct error *err)
{
    if (err->code != ERROR_UNAUTHENTICATED)
        return -1;
    if (err->field_count) {
        err->code = ERROR_UNPROCESSABLE;
        return -1;
    }
    *err = ERROR_INIT;
    return error_field(err, "/password", "is not the password");
}

static int need_active(struct call *c, struct error *err)
{
    struct totp t;
    bool found;

    if (load(c, &t, &found, err) < 0)
        return -1;
    return found && t.active ? 0 : error_set(err, ERROR_CONFLICT, "there is no second factor; enable it first");
}

/* --- enabling --- */

static int apply_enrol(struct change *ch, struct error *err)
{
    struct call *c = ch->call;
    const char *issuer = arena_printf(c->arena, "Berth %s", c->config->platform_domain);
    const struct totp pending = { 0 };
    char *secret;

    if (totp_secret(c->arena, &secret, err) < 0 || store_totp_enrol(ch->tx, c->arena, c->account, secret, err) < 0)
        return -1;
    ch->status = 201;
    ch->subject = c->account;
    ch->secrets = json_own(c->arena, json_object());
    text_put(ch->secrets, "secret", secret);
    text_put(ch->secrets, "uri", totp_uri(c->arena, issuer, c->user, secret));
    json_object_set(ch->answer, "totp", totp_json(c, &pending));
    return 0;
}

int totp_enrol(struct call *c, struct error *err)
{
    struct proof in = { 0 };
    struct user u;

    if (read_proof(c, 0, 1, &in, err) < 0)
        return -1;
    if (signin_check(c, c->user, in.password, &u, err) < 0)
        return as_fields(err);
    return change_run_at_once(c, "user.totp-enrol", apply_enrol, NULL, err);
}

/* New codes in place of those before, answered once. */
static int answer_codes(struct change *ch, struct error *err)
{
    struct call *c = ch->call;
    const char *hashes[TOTP_RECOVERY_CODES];
    const struct totp t = { .active = true, .recovery_codes = TOTP_RECOVERY_CODES };
    json_t *codes = json_array();

    ch->subject = c->account;
    ch->secrets = json_own(c->arena, json_object());
    json_object_set_new(ch->secrets, "recoveryCodes", codes);
    for (size_t i = 0; i < TOTP_RECOVERY_CODES; i++) {
        const char *code = totp_recovery_code(c->arena);
        json_array_append_new(codes, text_json(code));
        hashes[i] = id_hash_token(c->arena, code);
    }
    json_object_set(ch->answer, "totp", totp_json(c, &t));
    return store_recovery_put(ch->tx, c->account, hashes, TOTP_RECOVERY_CODES, err);
}

static int apply_confirm(struct change *ch, struct error *err)
{
    return store_totp_activate(ch->tx, ch->call->account, err) < 0 ? -1 : answer_codes(ch, err);
}

int totp_confirm(struct call *c, struct error *err)
{
    struct proof in = { 0 };
    struct totp t;
    struct user u;
    bool found;

    if (read_proof(c, 1, 1, &in, err) < 0 || load(c, &t, &found, err) < 0)
        return -1;
    if (!found || t.active)
        return error_set(err, ERROR_CONFLICT, "there is no second factor to confirm; %s",
                         found ? "it is active already" : "enable it first");
    if (store_user_get(c->store, c->arena, c->account, &u, err) < 0)
        return -1;
    if (signin_code(c, &u, in.code, err) < 0)
        return as_fields(err);
    return change_run_at_once(c, "user.totp-confirm", apply_confirm, NULL, err);
}

/* --- with the password and a code --- */

static int change_with_proof(struct call *c, const char *action, change_apply apply, struct error *err)
{
    struct proof in = { 0 };
    struct user u;

    if (read_proof(c, 0, 2, &in, err) < 0 || need_active(c, err) < 0)
        return -1;
    if (signin_enter(c, c->user, in.password, in.code, &u, err) < 0)
        return as_fields(err);
    return change_run_at_once(c, action, apply, NULL, err);
}

int totp_recovery_codes(struct call *c, struct error *err)
{
    return change_with_proof(c, "user.recovery-codes", answer_codes, err);
}

static int apply_disable(struct change *ch, struct error *err)
{
    ch->status = 204;
    ch->subject = ch->call->account;
    return store_totp_delete(ch->tx, ch->call->account, err);
}

int totp_disable(struct call *c, struct error *err)
{
    return change_with_proof(c, "user.totp-disable", apply_disable, err);
}
