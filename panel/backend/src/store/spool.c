/* The spool as a whole: parts, and the choice of the back end. See spool.h. */
#include "store/spool.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/id.h"
#include "base/str.h"
#include "store/spool_driver.h"

#define PART_PREFIX "part-"

enum { PART_CHARS = 16 };

struct spool {
    struct arena *arena;
    const char *dir;
    const struct spool_driver *driver;
    void *ctx;
};

struct spool_part {
    struct arena *arena;
    struct spool *spool;
    struct spool_file file;
};

/* A part is locked by the process that writes it, so that another one of the same folder knows it from a left one. */
int spool_scratch(const char *dir, struct arena *a, const char **ret_path, int *ret_fd, struct error *err)
{
    const char *path = arena_printf(a, "%s/%s", dir, id_new(a, PART_PREFIX, PART_CHARS));
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0)
        return error_set_errno(err, errno, "keeping the archive");
    (void)flock(fd, LOCK_EX | LOCK_NB);
    if (!ret_path)
        (void)unlink(path);
    else
        *ret_path = path;
    *ret_fd = fd;
    return 0;
}

int spool_write_all(int fd, const char *data, size_t len, struct error *err)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_set_errno(err, errno, "keeping the archive");
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

static void remove_if_left(int folder, const char *name)
{
    CLEANUP(file_closep) int fd = openat(folder, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);

    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
        (void)unlinkat(folder, name, 0);
}

static int clear_parts(const char *dir, struct error *err)
{
    DIR *d = opendir(dir);

    if (!d)
        return error_set_errno(err, errno, "%s", dir);
    const int folder = dirfd(d);
    assert(folder >= 0);
    /* NOLINTBEGIN(concurrency-mt-unsafe): d is ours alone */
    for (const struct dirent *entry = readdir(d); entry; entry = readdir(d))
        if (str_starts(entry->d_name, PART_PREFIX))
            remove_if_left(folder, entry->d_name);
    /* NOLINTEND(concurrency-mt-unsafe) */
    closedir(d);
    return 0;
}

int spool_new(const struct spool_config *config, struct spool **ret, struct error *err)
{
    struct arena *a = arena_new();
    struct spool *s = arena_alloc(a, sizeof *s);

    s->arena = a;
    s->dir = arena_printf(a, "%s/spool", config->data_dir);
    s->driver = str_empty(config->url) ? &spool_driver_folder : &spool_driver_s3;
    if (file_mkdirs(s->dir, 0750, err) < 0 || clear_parts(s->dir, err) < 0 ||
        (str_empty(config->url) ? spool_folder_new(s->dir, &s->ctx, err) : spool_s3_new(config, s->dir, &s->ctx, err)) <
            0) {
        arena_free(a);
        return error_context(err, "the spool");
    }
    *ret = s;
    return 0;
}

void spool_free(struct spool *s)
{
    if (!s)
        return;
    s->driver->free(s->ctx);
    arena_free(s->arena);
}

int spool_part_new(struct spool *s, struct spool_part **ret, struct error *err)
{
    struct arena *a = arena_new();
    struct spool_part *p = arena_alloc(a, sizeof *p);

    p->arena = a;
    p->spool = s;
    if (spool_scratch(s->dir, a, &p->file.path, &p->file.fd, err) < 0) {
        arena_free(a);
        return -1;
    }
    *ret = p;
    return 0;
}

int spool_part_write(struct spool_part *p, const char *data, size_t len, struct error *err)
{
    if (spool_write_all(p->file.fd, data, len, err) < 0)
        return -1;
    p->file.size += (int64_t)len;
    return 0;
}

int spool_part_keep(struct spool_part *p, const char *sha256, struct error *err)
{
    return p->spool->driver->put(p->spool->ctx, &p->file, sha256, err);
}

void spool_part_free(struct spool_part *p)
{
    if (!p)
        return;
    (void)unlink(p->file.path); /* what was kept is no longer there */
    file_closep(&p->file.fd);
    arena_free(p->arena);
}

int spool_open(struct spool *s, const char *sha256, int *ret_fd, uint64_t *ret_size, struct error *err)
{
    CLEANUP(file_closep) int fd = -1;
    struct stat st;

    if (s->driver->open(s->ctx, sha256, &fd, err) < 0)
        return -1;
    if (fstat(fd, &st) < 0)
        return error_set_errno(err, errno, "reading the archive");
    *ret_size = (uint64_t)st.st_size;
    *ret_fd = fd;
    fd = -1;
    return 0;
}

int spool_drop(struct spool *s, const char *sha256, int64_t deadline_ms, struct error *err)
{
    return s->driver->drop(s->ctx, sha256, deadline_ms, err);
}
