/* The spool on an S3 server: an archive is an object whose key is its digest, beneath a prefix. Path-style addresses, AWS
 * Signature Version 4. The server is told the SHA-256 of what it gets (x-amz-content-sha256) and takes nothing else; what it
 * gives is summed here. See spool.h. */
#include <errno.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/file.h"
#include "base/http.h"
#include "base/id.h"
#include "base/str.h"
#include "store/spool_driver.h"

enum {
    KEY_MAX = 1024,
    PUT_TIMEOUT_MS = 10 * 60 * 1000, /* less than what an archive is held for (api/upload.c) */
    IDLE_TIMEOUT_MS = 30 * 1000,
};

/* What a request without a body says of it: the SHA-256 of nothing. */
static const char *const no_body[] = {
    "x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", NULL
};

struct s3 {
    struct arena *arena;
    struct http_client *http;
    const char *dir; /* of scratch files */
    const char *bucket, *prefix; /* "/bucket", "/bucket/prefix" */
};

static void s3_free(void *ctx)
{
    struct s3 *s = ctx;

    http_client_free(s->http);
    arena_free(s->arena);
}

static int read_key(struct arena *a, const char *setting, const char *file, const char **ret, struct error *err)
{
    char *text;

    if (str_empty(file))
        return error_set(err, ERROR_INVALID, "%s is not set, and BERTH_SPOOL is an S3 server", setting);
    if (file_read(a, file, KEY_MAX, &text, NULL, err) < 0)
        return error_context(err, "%s", setting);
    *ret = str_trim(a, text);
    return str_empty(*ret) ? error_set(err, ERROR_INVALID, "%s: %s is empty", setting, file) : 0;
}

/* "https://host:port/bucket/prefix": server, bucket and prefix. */
static int read_url(struct s3 *s, const char *url, const char **ret_server, struct error *err)
{
    const char *host = strstr(url, "://"), *path = host ? strchr(host + 3, '/') : NULL;

    if ((!str_starts(url, "https://") && !str_starts(url, "http://")) || !path || path == host + 3 ||
        str_empty(path + 1) || path[1] == '/' || strpbrk(url, "?#@ "))
        return error_set(err, ERROR_INVALID,
                         "BERTH_SPOOL must be \"\" or https://HOST:PORT/BUCKET, perhaps with a /PREFIX");
    size_t len = strlen(path);
    while (path[len - 1] == '/')
        len--;
    s->prefix = arena_strndup(s->arena, path, len);
    s->bucket = arena_strndup(s->arena, path, 1 + strcspn(path + 1, "/"));
    *ret_server = arena_strndup(s->arena, url, (size_t)(path - url));
    return 0;
}

int spool_s3_new(const struct spool_config *config, const char *dir, void **ret, struct error *err)
{
    struct arena *a = arena_new();
    struct s3 *s = arena_alloc(a, sizeof *s);
    struct http_client_config http = { .crash_name = "spool", .s3_region = config->region };

    *s = (struct s3){ .arena = a, .dir = arena_strdup(a, dir) };
    http.ca_file = str_empty(config->ca_file) ? NULL : config->ca_file;
    if (read_url(s, config->url, &http.base_url, err) < 0 ||
        read_key(a, "BERTH_SPOOL_KEY_ID_FILE", config->key_id_file, &http.s3_key_id, err) < 0 ||
        read_key(a, "BERTH_SPOOL_SECRET_FILE", config->secret_file, &http.s3_secret, err) < 0 ||
        http_client_new(&http, &s->http, err) < 0) {
        arena_free(a);
        return -1;
    }
    *ret = s;
    return 0;
}

static const char *path_of(const struct s3 *s, struct arena *a, const char *sha256)
{
    return arena_printf(a, "%s/%s", s->prefix, sha256);
}

/* The <Code> of an error's XML, by which an operator finds the fault; "" when there is none. */
static const char *code_of(struct arena *a, const struct http_response *res)
{
    const char *begin = strstr(res->body, "<Code>"), *end = begin ? strstr(begin, "</Code>") : NULL;

    return end && end - begin < 80 ? arena_strndup(a, begin + 6, (size_t)(end - begin - 6)) : "";
}

/* Whatever the server has against us is no fault of whoever uploads, and may be over soon. */
static int refused(long status, const char *code, struct error *err)
{
    const char *hint = status == 403   ? "; its key is refused: see BERTH_SPOOL_KEY_ID_FILE and BERTH_SPOOL_SECRET_FILE"
                       : status == 404 ? "; there is no such bucket: see BERTH_SPOOL"
                                       : "";

    return error_set(err, ERROR_UNAVAILABLE, "the spool's S3 server answered %ld %s%s", status, code, hint);
}

static int s3_put(void *ctx, const struct spool_file *file, const char *sha256, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct s3 *s = ctx;
    const char *const headers[] = { arena_printf(a, "x-amz-content-sha256: %s", sha256), NULL };
    const struct http_request req = { .method = "PUT",
                                      .path = path_of(s, a, sha256),
                                      .content_type = "application/octet-stream",
                                      .body_fd = file->fd,
                                      .body_len = (size_t)file->size,
                                      .headers = headers,
                                      .timeout_ms = PUT_TIMEOUT_MS };
    struct http_response res;

    if (http_do(s->http, a, &req, &res, err) < 0) {
        err->code = err->code == ERROR_TIMEOUT ? ERROR_TIMEOUT : ERROR_UNAVAILABLE;
        return error_context(err, "the spool");
    }
    return res.status == 200 ? 0 : refused(res.status, code_of(a, &res), err);
}

struct download {
    int fd;
    int64_t size;
    struct id_sha256 *sum;
    struct error *err;
};

static bool on_data(void *ctx, const char *data, size_t len)
{
    struct download *d = ctx;

    if (d->size + (int64_t)len > SPOOL_ARCHIVE_MAX)
        return false; /* the digest will tell */
    id_sha256_add(d->sum, data, len);
    d->size += (int64_t)len;
    return spool_write_all(d->fd, data, len, d->err) == 0;
}

/* 404 says of an object that it is gone, or of the bucket that it was never there: the first is for good. */
static int missing(const struct s3 *s, struct arena *a, struct error *err)
{
    const struct http_request req = { .method = "HEAD", .path = s->bucket, .headers = no_body };
    struct http_response res;

    if (http_do(s->http, a, &req, &res, err) < 0)
        return error_context(err, "the spool");
    if (res.status != 200)
        return refused(res.status, "", err);
    return error_set(err, ERROR_NOT_FOUND, "the archive is not in the spool");
}

static int s3_open(void *ctx, const char *sha256, int *ret_fd, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(file_closep) int fd = -1;
    const struct s3 *s = ctx;
    const struct http_request req = { .method = "GET", .path = path_of(s, a, sha256), .headers = no_body };
    long status = 0;

    if (spool_scratch(s->dir, a, NULL, &fd, err) < 0)
        return -1;
    struct download d = { .fd = fd, .sum = id_sha256_new(), .err = err };
    int rc = http_stream(s->http, &req, IDLE_TIMEOUT_MS, NULL, on_data, &d, &status, err);
    const char *got = id_sha256_hex(d.sum, a);
    if (rc < 0)
        return error_context(err, "the spool");
    if (err->code != ERROR_NONE)
        return -1;
    if (status == 404)
        return missing(s, a, err);
    if (status != 200)
        return refused(status, "", err);
    if (!str_eq(got, sha256))
        return error_set(err, ERROR_UNAVAILABLE, "the spool's S3 server gave %s with another content", sha256);
    if (lseek(fd, 0, SEEK_SET) < 0)
        return error_set_errno(err, errno, "reading the archive");
    *ret_fd = fd;
    fd = -1;
    return 0;
}

static int s3_drop(void *ctx, const char *sha256, int64_t deadline_ms, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct s3 *s = ctx;
    const struct http_request req = {
        .method = "DELETE", .path = path_of(s, a, sha256), .headers = no_body, .deadline_ms = deadline_ms
    };
    struct http_response res;

    if (http_do(s->http, a, &req, &res, err) < 0)
        return error_context(err, "the spool");
    const char *code = code_of(a, &res);
    return res.status == 204 || res.status == 200 || str_eq(code, "NoSuchKey") ? 0 : refused(res.status, code, err);
}

const struct spool_driver spool_driver_s3 = { s3_put, s3_open, s3_drop, s3_free };
