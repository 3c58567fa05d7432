/* Fetching: see unpack_fetch.h. */
#include "cmd/unpack_fetch.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/http.h"
#include "base/id.h"
#include "base/str.h"

enum { IDLE_TIMEOUT_MS = 30000 };

struct sink {
    int fd;
    int64_t size, max;
    struct id_sha256 *sum;
    struct error *err; /* filled in when writing failed */
};

static bool on_data(void *ctx, const char *data, size_t len)
{
    struct sink *k = ctx;

    k->size += (int64_t)len;
    if (k->size > k->max) {
        (void)error_set(k->err, ERROR_UNPROCESSABLE, "the archive has more than %lld bytes; pack fewer files",
                        (long long)k->max);
        return false;
    }
    id_sha256_add(k->sum, data, len);
    while (len > 0) {
        ssize_t n = write(k->fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            (void)error_set_errno(k->err, errno, "keeping the archive");
            return false;
        }
        data += n;
        len -= (size_t)n;
    }
    return true;
}

static int check_status(long status, struct error *err)
{
    if (status == 200)
        return 0;
    if (status == 410)
        return error_set(err, ERROR_GONE,
                         "the archive of this release is no longer kept; deploy the files again as a new release");
    return error_set(err, ERROR_UNAVAILABLE, "the panel answered %ld when asked for the archive", status);
}

static int fetch_once(struct http_client *c, const struct unpack_source *s, int fd, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct http_request req = { .method = "GET", .path = s->url };
    struct sink k = { .fd = fd, .max = s->max_bytes, .err = err };
    long status = 0;

    if (ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0)
        return error_set_errno(err, errno, "keeping the archive");
    k.sum = id_sha256_new();
    int rc = http_stream(c, &req, IDLE_TIMEOUT_MS, NULL, on_data, &k, &status, err);
    const char *digest = id_sha256_hex(k.sum, a);
    if (rc < 0)
        return error_context(err, "fetching the archive");
    if (err->code != ERROR_NONE)
        return -1;
    if (check_status(status, err) < 0)
        return -1;
    if (!str_eq(digest, s->sha256))
        return error_set(err, ERROR_BAD_GATEWAY, "the archive came with SHA-256 %s instead of %s", digest, s->sha256);
    return 0;
}

int unpack_fetch(const struct unpack_source *s, int fd, struct error *err)
{
    /* Whole URL in the request: the client is for this one alone. */
    const struct http_client_config config = { .base_url = "", .bearer = s->token, .crash_name = "fetch" };
    int64_t pause = s->pause_ms;
    struct http_client *c;
    int rc = -1;

    if (http_client_new(&config, &c, err) < 0)
        return -1;
    for (int attempt = 1;; attempt++, pause *= 2) {
        rc = fetch_once(c, s, fd, err);
        bool again = rc < 0 && error_retriable(err->code) && err->code != ERROR_FULL;
        if (!again || attempt >= s->attempts)
            break;
        *err = ERROR_INIT;
        clock_sleep_ms(pause);
    }
    http_client_free(c);
    return rc;
}
