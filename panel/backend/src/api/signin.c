/* Signing in by password: see signin.h. */
#include "api/signin.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/id.h"
#include "base/password.h"
#include "base/str.h"

enum { FREE_PAIR = 5, FREE_ADDRESS = 100, MS = 1000 };

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

static int count_attempt(struct call *c, const char *key, int64_t free, struct error *err)
{
    int64_t wait_ms;

    if (store_attempt_begin(c->store, key, free, &wait_ms, err) < 0)
        return -1;
    if (wait_ms == 0)
        return 0;
    (void)error_set(err, ERROR_RATE, "too many attempts to sign in from this address; try again later");
    err->retry_after_s = (unsigned)((wait_ms + MS - 1) / MS);
    return -1;
}

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

int signin_check(struct call *c, const char *email, const char *password, struct user *ret, struct error *err)
{
    const char *address = client_address(c), *lower = str_lower(c->arena, email);
    const char *by_address = id_hash_token(c->arena, address),
               *by_pair = id_hash_token(c->arena, arena_printf(c->arena, "%s\n%s", address, lower));
    struct user u;

    if (count_attempt(c, by_address, FREE_ADDRESS, err) < 0 || count_attempt(c, by_pair, FREE_PAIR, err) < 0)
        return -1;
    int rc = store_user_get(c->store, c->arena, lower, &u, err);
    if (rc < 0 && err->code != ERROR_NOT_FOUND)
        return -1;
    *err = ERROR_INIT;
    bool known = rc == 0 && str_eq(u.email, lower); /* not by its id */
    if (!matches(c, known ? &u : NULL, password) || !known)
        return error_set(err, ERROR_UNAUTHENTICATED, "the e-mail address or the password is not right");
    if (store_attempt_passed(c->store, by_address, false, err) < 0 ||
        store_attempt_passed(c->store, by_pair, true, err) < 0)
        return -1;
    *ret = u;
    return 0;
}
