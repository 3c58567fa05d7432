/* Who asks?: see auth.h. Tokens are 256 random bits; the store holds their hashes only. */
#include "api/auth.h"

#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/id.h"
#include "base/str.h"

enum { SECRET_MAX = 256, GIVEN_MIN = 32 };

int auth_token(struct call *c, const char *secret, const char *kind, struct token *ret, struct error *err)
{
    struct token found;

    if (str_empty(secret) || strlen(secret) > SECRET_MAX)
        return error_set(err, ERROR_UNAUTHENTICATED, "the %s is not known", kind);
    int rc = store_token_get(c->store, c->arena, id_hash_token(c->arena, secret), &found, err);
    if (rc < 0 && err->code != ERROR_NOT_FOUND)
        return -1;
    if (rc < 0 || !str_eq(found.kind, kind))
        return error_set(err, ERROR_UNAUTHENTICATED, "the %s is not known, or has expired", kind);
    *ret = found;
    return 0;
}

int auth_origin(const struct call *c, bool required, struct error *err)
{
    const char *origin = httpd_header(c->req, "Origin");

    if (!origin && !required)
        return 0;
    if (!origin)
        return error_set(err, ERROR_FORBIDDEN, "a change with a session's cookie needs the header Origin");
    if (!str_eq(origin, c->config->public_url))
        return error_set(err, ERROR_FORBIDDEN, "the request came from another origin than %s", c->config->public_url);
    return 0;
}

static bool is_safe(const char *method)
{
    return str_eq(method, "GET") || str_eq(method, "HEAD");
}

int auth_check(struct call *c, struct error *err)
{
    static const char scheme[] = "Bearer ";
    const char *header = httpd_header(c->req, "Authorization"), *cookie = httpd_cookie(c->req, AUTH_COOKIE);
    bool bearer = header && strncasecmp(header, scheme, sizeof scheme - 1) == 0;
    struct token t;

    if (header && !bearer)
        return error_set(err, ERROR_UNAUTHENTICATED, "the header Authorization must be of the scheme Bearer");
    if (!header && !cookie)
        return error_set(err, ERROR_UNAUTHENTICATED, "there is no token and no session's cookie");
    if (auth_token(c, bearer ? header + sizeof scheme - 1 : cookie, bearer ? "token" : "session", &t, err) < 0)
        return -1;
    if (!bearer && !is_safe(httpd_method(c->req)) && auth_origin(c, true, err) < 0)
        return -1;
    c->session = bearer ? NULL : t.hash;
    auth_enter(c, &t);
    return 0;
}

void auth_enter(struct call *c, const struct token *t)
{
    int role = user_role_parse(t->role);

    c->user = str_empty(t->account) ? "admin" : t->email;
    c->account = t->account;
    c->role = role < 0 ? USER_MEMBER : (enum user_role)role;
    c->token = t->id;
    c->bound = t->customer;
    c->may_write = str_eq(t->scope, AUTH_SCOPE_ALL);
    c->expires_ms = t->expires_ms;
}

const char *auth_token_id(struct arena *a)
{
    enum { CHARS = 15 };

    return id_new(a, "t", CHARS);
}

static struct token admin_token(struct arena *a, const char *secret)
{
    return (struct token){ .hash = id_hash_token(a, secret),
                           .name = "admin",
                           .kind = "token",
                           .id = auth_token_id(a),
                           .created_ms = clock_wall_ms() };
}

/* A token that all processes are given, so whichever is first enters it. */
static int given_token(const struct api_config *config, struct arena *a, struct error *err)
{
    const char *setting = "BERTH_ADMIN_TOKEN_FILE", *file = config->admin_token_file;
    char *text;
    bool made;

    if (file_read(a, file, SECRET_MAX, &text, NULL, err) < 0)
        return error_context(err, "%s", setting);
    const char *secret = str_trim(a, text);
    if (strlen(secret) < GIVEN_MIN)
        return error_set(err, ERROR_INVALID, "%s: %s must hold at least %d random characters", setting, file,
                         GIVEN_MIN);
    const struct token t = admin_token(a, secret);
    return store_token_first(config->store, &t, &made, err);
}

/* One at a time of those that share the folder; nothing is locked when the folder takes no file, which is told below. */
static int lock_folder(struct arena *a, const char *folder)
{
    int fd = open(arena_printf(a, "%s/admin-token.lock", folder), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    if (fd >= 0)
        (void)flock(fd, LOCK_EX);
    return fd;
}

/* The file comes first: after a crash between the two there is still no token in the store, and the next start makes a new
 * one and replaces the file. When another process was first, the file says nothing true. */
static int made_token(const struct api_config *config, struct arena *a, struct error *err)
{
    CLEANUP(file_closep) int lock = lock_folder(a, config->data_dir);
    const char *secret = id_token(a), *path = arena_printf(a, "%s/admin-token", config->data_dir);
    const struct token t = admin_token(a, secret);
    int64_t count;
    bool made;

    if (store_token_count(config->store, &count, err) < 0)
        return -1;
    if (count > 0)
        return 0;
    if (file_write(path, secret, strlen(secret), 0600, err) < 0)
        return error_context(err, "writing the admin's token");
    if (store_token_first(config->store, &t, &made, err) < 0)
        return -1;
    if (!made)
        (void)unlink(path);
    return 0;
}

int auth_first_token(const struct api_config *config, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    int64_t count;

    if (store_token_count(config->store, &count, err) < 0)
        return -1;
    if (count > 0)
        return 0;
    return str_empty(config->admin_token_file) ? made_token(config, a, err) : given_token(config, a, err);
}
