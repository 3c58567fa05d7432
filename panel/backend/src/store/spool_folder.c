/* The spool in a folder: an archive is a file whose name is its digest. See spool.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "store/spool_driver.h"

struct folder {
    struct arena *arena;
    const char *dir;
};

int spool_folder_new(const char *dir, void **ret, struct error *err)
{
    struct arena *a = arena_new();
    struct folder *f = arena_alloc(a, sizeof *f);

    (void)err;
    *f = (struct folder){ .arena = a, .dir = arena_strdup(a, dir) };
    *ret = f;
    return 0;
}

static void folder_free(void *ctx)
{
    struct folder *f = ctx;

    arena_free(f->arena);
}

static int sync_dir(const char *dir, struct error *err)
{
    CLEANUP(file_closep) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || fsync(fd) < 0)
        return error_set_errno(err, errno, "keeping the archive");
    return 0;
}

static int folder_put(void *ctx, const struct spool_file *file, const char *sha256, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct folder *f = ctx;

    /* The group may read it: the reconciler serves it to the helper pods. */
    if (fchmod(file->fd, 0640) < 0 || fsync(file->fd) < 0 ||
        rename(file->path, arena_printf(a, "%s/%s", f->dir, sha256)) < 0)
        return error_set_errno(err, errno, "keeping the archive");
    return sync_dir(f->dir, err);
}

static int folder_open(void *ctx, const char *sha256, int *ret_fd, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct folder *f = ctx;
    int fd = open(arena_printf(a, "%s/%s", f->dir, sha256), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0 && errno == ENOENT)
        return error_set(err, ERROR_NOT_FOUND, "the archive is not in the spool");
    if (fd < 0)
        return error_set_errno(err, errno, "reading the archive");
    *ret_fd = fd;
    return 0;
}

static int folder_drop(void *ctx, const char *sha256, int64_t deadline_ms, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct folder *f = ctx;

    if (clock_mono_ms() >= deadline_ms)
        return error_set(err, ERROR_TIMEOUT, "the time to delete an archive was over");
    if (unlink(arena_printf(a, "%s/%s", f->dir, sha256)) < 0 && errno != ENOENT)
        return error_set_errno(err, errno, "deleting %s of the spool", sha256);
    return 0;
}

const struct spool_driver spool_driver_folder = { folder_put, folder_open, folder_drop, folder_free };
