/* A site's folder: see unpack_site.h. */
#include "cmd/unpack_site.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"
#include "cmd/unpack_tree.h"

#define RELEASES "releases"
#define CURRENT "current"
#define UNFINISHED ".new"
#define ARCHIVE "archive" UNFINISHED
#define CURRENT_NEXT CURRENT UNFINISHED

enum { NAME_SIZE = NAME_MAX + 1 };

static int unfinished_name(char *out, const char *release, struct error *err)
{
    int n = snprintf(out, NAME_SIZE, "%s%s", release, UNFINISHED);

    return n < 0 || n >= NAME_SIZE ? error_set(err, ERROR_INVALID, "the release's id is too long") : 0;
}

/* Calls visit for each name in the folder; it may remove that entry. */
static int for_each_name(int folder, int (*visit)(void *ctx, int folder, const char *name, struct error *err),
                         void *ctx, struct error *err)
{
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    int rc = 0;

    if (!d) {
        int errnum = errno;
        file_closep(&fd);
        return error_set_errno(err, errnum, "reading the site's folder");
    }
    /* NOLINTBEGIN(concurrency-mt-unsafe): d is ours alone */
    for (const struct dirent *e = readdir(d); e && rc == 0; e = readdir(d))
        if (!str_eq(e->d_name, ".") && !str_eq(e->d_name, ".."))
            rc = visit(ctx, folder, e->d_name, err);
    /* NOLINTEND(concurrency-mt-unsafe) */
    closedir(d);
    return rc;
}

static int remove_unfinished(void *ctx, int folder, const char *name, struct error *err)
{
    (void)ctx;
    return str_ends(name, UNFINISHED) ? unpack_tree_remove(folder, name, err) : 0;
}

static int lock(int dir, struct error *err)
{
    while (flock(dir, LOCK_EX) < 0)
        if (errno != EINTR)
            return error_set_errno(err, errno, "locking the site's folder");
    return 0;
}

/* The descriptor, which is the caller's from now on. */
static int take(int *fd)
{
    int taken = *fd;

    *fd = -1;
    return taken;
}

int unpack_site_open(const char *path, struct unpack_site *ret, struct error *err)
{
    CLEANUP(file_closep) int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CLEANUP(file_closep) int releases = -1;

    if (dir < 0)
        return error_set_errno(err, errno, "opening the site's folder %s", path);
    if (lock(dir, err) < 0)
        return -1;
    if (mkdirat(dir, RELEASES, 0755) < 0 && errno != EEXIST)
        return error_set_errno(err, errno, "making %s/%s", path, RELEASES);
    releases = openat(dir, RELEASES, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (releases < 0)
        return error_set_errno(err, errno, "opening %s/%s", path, RELEASES);
    if (for_each_name(dir, remove_unfinished, NULL, err) < 0 ||
        for_each_name(releases, remove_unfinished, NULL, err) < 0)
        return -1;
    *ret = (struct unpack_site){ .dir = take(&dir), .releases = take(&releases) };
    return 0;
}

void unpack_site_close(struct unpack_site *s)
{
    file_closep(&s->releases);
    file_closep(&s->dir);
}

static int remove_any(void *ctx, int folder, const char *name, struct error *err)
{
    (void)ctx;
    return unpack_tree_remove(folder, name, err);
}

int unpack_site_clear(const char *path, struct error *err)
{
    CLEANUP(file_closep) int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (dir < 0)
        return error_set_errno(err, errno, "opening the site's folder %s", path);
    return lock(dir, err) < 0 ? -1 : for_each_name(dir, remove_any, NULL, err);
}

int unpack_site_archive(const struct unpack_site *s, int *ret_fd, struct error *err)
{
    int fd = openat(s->dir, ARCHIVE, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0)
        return error_set_errno(err, errno, "keeping the archive");
    /* Without a name it goes away with the process. (O_TMPFILE would do, but network file systems lack it.) */
    if (unlinkat(s->dir, ARCHIVE, 0) < 0) {
        int errnum = errno;
        close(fd);
        return error_set_errno(err, errnum, "keeping the archive");
    }
    *ret_fd = fd;
    return 0;
}

bool unpack_site_has(const struct unpack_site *s, const char *release)
{
    struct stat st;

    return fstatat(s->releases, release, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

int unpack_site_begin(const struct unpack_site *s, const char *release, int *ret_fd, struct error *err)
{
    char name[NAME_SIZE];

    if (unfinished_name(name, release, err) < 0)
        return -1;
    if (mkdirat(s->releases, name, 0755) < 0)
        return error_set_errno(err, errno, "making the release's folder");
    int fd = openat(s->releases, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return error_set_errno(err, errno, "opening the release's folder");
    *ret_fd = fd;
    return 0;
}

int unpack_site_keep(const struct unpack_site *s, const char *release, int fd, struct error *err)
{
    char name[NAME_SIZE];

    if (unfinished_name(name, release, err) < 0)
        return -1;
    /* One call for tens of thousands of files and folders; since Linux 5.8 it reports what could not be written. */
    if (syncfs(fd) < 0)
        return error_set_errno(err, errno, "syncing the release");
    if (renameat(s->releases, name, s->releases, release) < 0 || fsync(s->releases) < 0)
        return error_set_errno(err, errno, "keeping the release");
    return 0;
}

int unpack_site_abandon(const struct unpack_site *s, const char *release, struct error *err)
{
    char name[NAME_SIZE];

    if (unfinished_name(name, release, err) < 0)
        return -1;
    return unpack_tree_remove(s->releases, name, err);
}

/* The id of the current release; "" when there is none. */
static void current_release(const struct unpack_site *s, char out[NAME_SIZE])
{
    const size_t prefix = strlen(RELEASES "/");
    char target[NAME_SIZE + sizeof RELEASES];
    ssize_t n = readlinkat(s->dir, CURRENT, target, sizeof target - 1);

    out[0] = '\0';
    if (n < 0)
        return;
    target[n] = '\0';
    if (str_starts(target, RELEASES "/"))
        snprintf(out, NAME_SIZE, "%s", target + prefix);
}

int unpack_site_switch(const struct unpack_site *s, const char *release, struct error *err)
{
    char target[NAME_SIZE + sizeof RELEASES], now[NAME_SIZE];

    current_release(s, now);
    if (!str_eq(now, release)) {
        int n = snprintf(target, sizeof target, "%s/%s", RELEASES, release);
        if (n < 0 || (size_t)n >= sizeof target)
            return error_set(err, ERROR_INVALID, "the release's id is too long");
        if (symlinkat(target, s->dir, CURRENT_NEXT) < 0 || renameat(s->dir, CURRENT_NEXT, s->dir, CURRENT) < 0)
            return error_set_errno(err, errno, "switching to the release");
    }
    /* Also when nothing changed: the attempt that made the link may have died before this. */
    return fsync(s->dir) < 0 ? error_set_errno(err, errno, "switching to the release") : 0;
}

int64_t unpack_site_free(const struct unpack_site *s)
{
    struct statvfs v;

    if (fstatvfs(s->dir, &v) < 0 || v.f_frsize == 0 || v.f_bavail > (uint64_t)INT64_MAX / v.f_frsize)
        return -1;
    return (int64_t)(v.f_bavail * v.f_frsize);
}

struct oldest {
    char current[NAME_SIZE], name[NAME_SIZE];
    struct timespec time;
    size_t count;
};

static int find_oldest(void *ctx, int folder, const char *name, struct error *err)
{
    struct oldest *o = ctx;
    struct stat st;

    (void)err;
    if (str_eq(name, o->current) || str_ends(name, UNFINISHED) || fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return 0;
    bool older = o->count == 0 || st.st_mtim.tv_sec < o->time.tv_sec ||
                 (st.st_mtim.tv_sec == o->time.tv_sec && st.st_mtim.tv_nsec < o->time.tv_nsec);
    o->count++;
    if (older) {
        snprintf(o->name, sizeof o->name, "%s", name);
        o->time = st.st_mtim;
    }
    return 0;
}

int unpack_site_drop_oldest(const struct unpack_site *s, size_t keep, struct error *err)
{
    char unfinished[NAME_SIZE];
    struct oldest o = { .count = 0 };

    current_release(s, o.current);
    if (for_each_name(s->releases, find_oldest, &o, err) < 0)
        return -1;
    if (o.count <= keep)
        return 0;
    /* Renamed first: a release that is half removed must not be taken for one that a rollback can go to. */
    if (unfinished_name(unfinished, o.name, err) < 0)
        return -1;
    if (renameat(s->releases, o.name, s->releases, unfinished) < 0)
        return error_set_errno(err, errno, "removing the old release %s", o.name);
    return unpack_tree_remove(s->releases, unfinished, err) < 0 ? -1 : 1;
}
