/* Signing in by password and second factor: see signin.h. */
#include "api/signin.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/password.h"
#include "base/str.h"
#include "base/totp.h"

enum { FREE_PAIR = 5, FREE_ADDRESS = 100, FREE_CODES = 100, MS = 1000 };

static bool is_inside(const char *address)
{
    struct in_addr v4;

    if (strncmp(address, "::ffff:", 7) == 0)
        address += 7;
    if (inet_pton(AF_INET, address, &v4) != 1)
        return str_eq(address, "::1") || strncmp(address, "fd", 2) == 0;
    uint32_t n = ntohl(v4.s_addr);
    return n >> 24 == 127 || n >> 24 == 10 || n >> 20 == 0xac1 || n >> 16 == 0xc0a8;
}

/* Behind the ingress the TCP peer is the ingress, which puts the client's address last into X-Forwarded-For and takes what
 * strangers put there away. A peer from outside is believed nothing. */
static const char *client_address(struct call *c)
{
    const char *forwarded = httpd_header(c->req, "X-Forwarded-For"), *peer = httpd_peer(c->req);

    if (!forwarded || !is_inside(peer))
        return peer;
    const char *comma = strrchr(forwarded, ',');
    return str_trim(c->arena, arena_strdup(c->arena, comma ? comma + 1 : forwarded));
}

/* --- limits --- */

static int count_attempt(struct call *c, const char *key, int64_t free, const char *why, struct error *err)
{
    int64_t wait_ms;

    if (store_attempt_begin(c->store, key, free, &wait_ms, err) < 0)
        return -1;
    if (wait_ms == 0)
        return 0;
    (void)error_set(err, ERROR_RATE, "%s", why);
    err->retry_after_s = (unsigned)((wait_ms + MS - 1) / MS);
    return -1;
}

/* What failures are counted by. */
struct keys {
    const char *address, *pair;
};

static int begin(struct call *c, const char *email, struct keys *ret, struct error *err)
{
    static const char why[] = "too many attempts to sign in from this address; try again later";
    const char *address = client_address(c);
    const struct keys k = { id_hash_token(c->arena, address),
                            id_hash_token(c->arena, arena_printf(c->arena, "%s\n%s", address, email)) };

    if (count_attempt(c, k.address, FREE_ADDRESS, why, err) < 0 || count_attempt(c, k.pair, FREE_PAIR, why, err) < 0)
        return -1;
    *ret = k;
    return 0;
}

/* forget: the failures before it too; otherwise this attempt alone was none. */
static int passed(struct call *c, const struct keys *k, bool forget, struct error *err)
{
    return store_attempt_passed(c->store, k->address, false, err) < 0
               ? -1
               : store_attempt_passed(c->store, k->pair, forget, err);
}

/* --- passwords --- */

int signin_hash(struct call *c, const char *password, char **ret, struct error *err)
{
    (void)sem_wait(c->hashing);
    int rc = password_hash(c->arena, password, ret, err);
    (void)sem_post(c->hashing);
    return rc;
}

/* It takes as long for an address that nobody has. */
static bool matches(struct call *c, const struct user *u, const char *password)
{
    struct error ignored = ERROR_INIT;
    char *unused;

    if (!u || str_empty(u->password)) {
        (void)!signin_hash(c, password, &unused, &ignored);
        return false;
    }
    (void)sem_wait(c->hashing);
    bool same = password_matches(u->password, password);
    (void)sem_post(c->hashing);
    return same;
}

static int check_password(struct call *c, const char *email, const char *password, struct user *ret, struct error *err)
{
    struct user u;
    int rc = store_user_get(c->store, c->arena, email, &u, err);

    if (rc < 0 && err->code != ERROR_NOT_FOUND)
        return -1;
    *err = ERROR_INIT;
    bool known = rc == 0 && str_eq(u.email, email); /* not by its id */
    if (!matches(c, known ? &u : NULL, password) || !known)
        return error_set(err, ERROR_UNAUTHENTICATED, "the e-mail address or the password is not right");
    *ret = u;
    return 0;
}

int signin_check(struct call *c, const char *email, const char *password, struct user *ret, struct error *err)
{
    const char *lower = str_lower(c->arena, email);
    struct keys k;
    struct user u;

    if (begin(c, lower, &k, err) < 0 || check_password(c, lower, password, &u, err) < 0 || passed(c, &k, true, err) < 0)
        return -1;
    *ret = u;
    return 0;
}

/* --- the second factor --- */

static int refuse_code(struct error *err, const char *message)
{
    *err = ERROR_INIT;
    (void)error_field(err, "/code", "%s", message);
    err->code = ERROR_UNAUTHENTICATED;
    return -1;
}

static const char wrong_code[] = "is not right, or was used before";

/* Each time step is good once: the store refuses one that is not newer than the last. */
static int use_step(struct call *c, const char *user, int64_t step, struct error *err)
{
    CLEANUP(store_rollbackp) struct store_tx *tx = NULL;

    if (store_begin(c->store, &tx, err) < 0)
        return -1;
    if (store_totp_use(tx, user, step, err) < 0)
        return err->code == ERROR_STALE ? refuse_code(err, wrong_code) : -1;
    struct store_tx *ended = tx;
    tx = NULL;
    return store_commit(ended, err);
}

static int check_digits(struct call *c, const struct user *u, const char *code, struct error *err)
{
    const char *key = id_hash_token(c->arena, arena_printf(c->arena, "code\n%s", u->id));
    bool right;
    char *secret;
    int64_t step;

    if (count_attempt(c, key, FREE_CODES, "too many wrong codes for this user; use a recovery code, or try again later",
                      err) < 0 ||
        store_secret_get(c->store, c->arena, "totp", u->id, &secret, err) < 0 ||
        totp_match(secret, code, clock_wall_ms() / MS, &right, &step, err) < 0)
        return -1;
    if (!right)
        return refuse_code(err, wrong_code);
    return use_step(c, u->id, step, err) < 0 ? -1 : store_attempt_passed(c->store, key, false, err);
}

static int take_recovery_code(struct call *c, const struct user *u, const char *typed, struct error *err)
{
    CLEANUP(store_rollbackp) struct store_tx *tx = NULL;
    const char *code = totp_recovery_spelling(c->arena, typed);
    const struct audit entry = { .actor = u->email,
                                 .request_id = httpd_id(c->req),
                                 .action = "user.recovery-code",
                                 .customer = u->customer_count == 1 ? u->customers[0] : "",
                                 .subject = u->id };

    if (store_begin(c->store, &tx, err) < 0)
        return -1;
    if (store_recovery_take(tx, u->id, id_hash_token(c->arena, code), err) < 0)
        return err->code == ERROR_NOT_FOUND ? refuse_code(err, wrong_code) : -1;
    if (store_audit_append(tx, &entry, 1, err) < 0)
        return -1;
    struct store_tx *ended = tx;
    tx = NULL;
    return store_commit(ended, err);
}

static int check_code(struct call *c, const struct user *u, const char *typed, struct error *err)
{
    const char *code = str_trim(c->arena, str_replace(c->arena, typed, " ", "")); /* as some show it: 123 456 */

    return totp_is_code(code) ? check_digits(c, u, code, err) : take_recovery_code(c, u, typed, err);
}

int signin_code(struct call *c, const struct user *u, const char *code, struct error *err)
{
    struct keys k;

    if (begin(c, u->email, &k, err) < 0 || check_code(c, u, code, err) < 0)
        return -1;
    return passed(c, &k, true, err);
}

int signin_enter(struct call *c, const char *email, const char *password, const char *code, struct user *ret,
                 struct error *err)
{
    const char *lower = str_lower(c->arena, email);
    struct keys k;
    struct user u;

    if (begin(c, lower, &k, err) < 0 || check_password(c, lower, password, &u, err) < 0)
        return -1;
    if (u.has_totp && !code) /* asked for, not guessed at */
        return passed(c, &k, false, err) < 0
                   ? -1
                   : refuse_code(err, "is needed: the six digits of your authenticator, or a recovery code");
    if ((u.has_totp && check_code(c, &u, code, err) < 0) || passed(c, &k, true, err) < 0)
        return -1;
    *ret = u;
    return 0;
}
