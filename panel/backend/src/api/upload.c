/* Uploads: see upload.h. */
#include "api/upload.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/id.h"
#include "base/str.h"

#define PART_PREFIX "part-"

enum { PART_CHARS = 16 };
static const int64_t upload_max = 1LL << 30;

struct upload {
    struct arena *arena;
    const char *dir, *path; /* path NULL: there is no file under the passing name */
    int fd;
    int64_t size;
    struct id_sha256 *sum;
    const char *digest; /* NULL while it is summed */
};

static void discard(void *handle)
{
    struct upload *u = handle;

    file_closep(&u->fd);
    if (u->path)
        (void)unlink(u->path);
    u->path = NULL;
    id_sha256_free(u->sum);
    u->sum = NULL;
}

static int write_all(int fd, const char *data, size_t len, struct error *err)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_set_errno(err, errno, "keeping the upload");
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

static int sink_write(void *ctx, const char *data, size_t len, struct error *err)
{
    struct upload *u = ctx;

    if (u->size + (int64_t)len > upload_max)
        return error_set(err, ERROR_TOO_LARGE, "the body has more than %lld bytes", (long long)upload_max);
    if (write_all(u->fd, data, len, err) < 0)
        return -1;
    id_sha256_add(u->sum, data, len);
    u->size += (int64_t)len;
    return 0;
}

const struct httpd_sink upload_sink = { .write = sink_write, .abort = discard };

static int check_length(const struct call *c, struct error *err)
{
    const char *header = httpd_header(c->req, "Content-Length");
    struct error ignored = ERROR_INIT;
    int64_t length;

    /* A chunked body has no length; it is counted as it comes. */
    if (!header || str_to_i64(header, 0, upload_max, &length, &ignored) == 0)
        return 0;
    return error_set(err, ERROR_TOO_LARGE, "the body has more than %lld bytes", (long long)upload_max);
}

int upload_open(struct call *c, struct upload **ret, struct error *err)
{
    struct arena *a = c->arena;
    const char *dir = arena_printf(a, "%s/spool", c->config->data_dir);
    const char *path = arena_printf(a, "%s/%s", dir, id_new(a, PART_PREFIX, PART_CHARS));

    if (check_length(c, err) < 0)
        return -1;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_set_errno(err, errno, "keeping the upload");
    struct upload *u = arena_alloc(a, sizeof *u);
    *u = (struct upload){ .arena = a, .dir = dir, .path = path, .fd = fd, .sum = id_sha256_new() };
    arena_defer(a, discard, u);
    *ret = u;
    return 0;
}

const char *upload_digest(struct upload *u)
{
    if (!u->digest) {
        u->digest = id_sha256_hex(u->sum, u->arena);
        u->sum = NULL;
    }
    return u->digest;
}

int64_t upload_size(const struct upload *u)
{
    return u->size;
}

static int sync_dir(const char *dir, struct error *err)
{
    CLEANUP(file_closep) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || fsync(fd) < 0)
        return error_set_errno(err, errno, "keeping the upload");
    return 0;
}

int upload_sync(struct upload *u, struct error *err)
{
    /* The group may read it: the reconciler serves it to the helper pods. */
    if (fchmod(u->fd, 0640) < 0 || fsync(u->fd) < 0)
        return error_set_errno(err, errno, "keeping the upload");
    return 0;
}

int upload_keep(struct upload *u, struct error *err)
{
    const char *name = arena_printf(u->arena, "%s/%s", u->dir, upload_digest(u));

    if (rename(u->path, name) < 0)
        return error_set_errno(err, errno, "keeping the upload");
    u->path = NULL;
    return sync_dir(u->dir, err);
}

int upload_make_spool(const char *data_dir, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *dir = arena_printf(a, "%s/spool", data_dir);

    if (file_mkdirs(dir, 0750, err) < 0)
        return -1;
    DIR *d = opendir(dir);
    if (!d)
        return error_set_errno(err, errno, "%s", dir);
    const int folder = dirfd(d);
    assert(folder >= 0);
    /* NOLINTBEGIN(concurrency-mt-unsafe): d is ours alone */
    for (const struct dirent *entry = readdir(d); entry; entry = readdir(d))
        if (str_starts(entry->d_name, PART_PREFIX))
            (void)unlinkat(folder, entry->d_name, 0);
    /* NOLINTEND(concurrency-mt-unsafe) */
    closedir(d);
    return 0;
}
