/* A tree that is written: see unpack_tree.h. */
#include "cmd/unpack_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"
#include "cmd/unpack_name.h"

enum { FOLDER_MODE = 0755, FILE_MODE = 0644, PROGRAM_MODE = 0755 };

/* glibc has no wrapper for it yet. */
static int open_beneath(int root, const char *path, int flags, mode_t mode, uint64_t resolve)
{
    const struct open_how how = { .flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
                                  .mode = mode,
                                  .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | resolve };

    for (;;) {
        long fd = syscall(SYS_openat2, root, path, &how, sizeof how);
        if (fd >= 0 || (errno != EAGAIN && errno != EINTR)) /* EAGAIN: something else in the tree was being renamed */
            return (int)fd;
    }
}

static int refuse(struct arena *a, const char *path, const char *why, struct error *err)
{
    return error_set(err, ERROR_UNPROCESSABLE, "%s %s", unpack_name_show(a, path), why);
}

static int fail(struct arena *a, const char *path, int errnum, struct error *err)
{
    if (errnum == EEXIST || errnum == EISDIR)
        return refuse(a, path, "is in the archive twice; pack it again from one folder", err);
    if (errnum == ENOTDIR)
        return refuse(a, path, "lies beneath what is no folder in this archive; pack it again", err);
    return error_set_errno(err, errnum, "writing %s", unpack_name_show(a, path));
}

static int count(struct unpack_tree *t, struct error *err)
{
    if (++t->made <= t->made_max)
        return 0;
    return error_set(err, ERROR_UNPROCESSABLE,
                     "the archive has more than %zu files and folders; leave out what the site does not serve",
                     t->made_max);
}

/* The folder that holds path, and what path is called in it. Makes the folder when it is not there. */
static int open_parent(struct unpack_tree *t, struct arena *a, const char *path, int *ret_fd, const char **ret_name,
                       struct error *err)
{
    const char *slash = strrchr(path, '/');
    const char *parent = slash ? arena_strndup(a, path, (size_t)(slash - path)) : ".";
    const int flags = O_PATH | O_DIRECTORY;
    int fd = open_beneath(t->root, parent, flags, 0, RESOLVE_NO_SYMLINKS);

    if (fd < 0 && errno == ENOENT) {
        if (unpack_tree_folder(t, a, parent, err) < 0)
            return -1;
        fd = open_beneath(t->root, parent, flags, 0, RESOLVE_NO_SYMLINKS);
    }
    if (fd < 0)
        return fail(a, path, errno, err);
    *ret_fd = fd;
    *ret_name = slash ? slash + 1 : path;
    return 0;
}

int unpack_tree_folder(struct unpack_tree *t, struct arena *a, const char *path, struct error *err)
{
    CLEANUP(file_closep) int parent = -1;
    const char *name;
    struct stat st;

    if (str_empty(path))
        return 0;
    if (open_parent(t, a, path, &parent, &name, err) < 0)
        return -1;
    if (mkdirat(parent, name, FOLDER_MODE) == 0)
        return count(t, err);
    if (errno != EEXIST)
        return fail(a, path, errno, err);
    if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return fail(a, path, errno, err);
    return S_ISDIR(st.st_mode) ? 0 : fail(a, path, EEXIST, err);
}

int unpack_tree_file(struct unpack_tree *t, struct arena *a, const char *path, bool executable, int *ret_fd,
                     struct error *err)
{
    CLEANUP(file_closep) int parent = -1;
    const char *name;

    if (open_parent(t, a, path, &parent, &name, err) < 0 || count(t, err) < 0)
        return -1;
    int fd = open_beneath(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, executable ? PROGRAM_MODE : FILE_MODE,
                          RESOLVE_NO_SYMLINKS);
    if (fd < 0)
        return fail(a, path, errno, err);
    *ret_fd = fd;
    return 0;
}

int unpack_tree_link(struct unpack_tree *t, struct arena *a, const char *path, const char *target, struct error *err)
{
    CLEANUP(file_closep) int parent = -1;
    const char *name;

    if (open_parent(t, a, path, &parent, &name, err) < 0 || count(t, err) < 0)
        return -1;
    return symlinkat(target, parent, name) < 0 ? fail(a, path, errno, err) : 0;
}

int unpack_tree_check_link(const struct unpack_tree *t, struct arena *a, const char *path, const char *target,
                           struct error *err)
{
    CLEANUP(file_closep) int fd = open_beneath(t->root, path, O_PATH, 0, 0);
    const char *why = NULL;

    if (fd >= 0)
        return 0;
    int errnum = errno;
    if (errnum == EXDEV)
        why = "which leads out of the site; put the file itself in its place";
    else if (errnum == ENOENT || errnum == ENOTDIR)
        why = "which is not in the archive; add it or leave the link out";
    else if (errnum == ELOOP)
        why = "which leads back to the link; leave it out";
    else
        return error_set_errno(err, errnum, "following the link %s", unpack_name_show(a, path));
    return error_set(err, ERROR_UNPROCESSABLE, "%s is a link to %s, %s", unpack_name_show(a, path),
                     unpack_name_show(a, target), why);
}

static int remove_all_in(DIR *d, int folder, struct error *err)
{
    /* NOLINTBEGIN(concurrency-mt-unsafe): d is ours alone */
    for (const struct dirent *e = readdir(d); e; e = readdir(d))
        if (!str_eq(e->d_name, ".") && !str_eq(e->d_name, "..") && unpack_tree_remove(folder, e->d_name, err) < 0)
            return -1;
    /* NOLINTEND(concurrency-mt-unsafe) */
    return 0;
}

int unpack_tree_remove(int parent, const char *name, struct error *err)
{
    struct stat st;

    if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT ? 0 : error_set_errno(err, errno, "removing %s", name);
    if (!S_ISDIR(st.st_mode))
        return unlinkat(parent, name, 0) < 0 && errno != ENOENT ? error_set_errno(err, errno, "removing %s", name) : 0;
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    if (!d) {
        int errnum = errno;
        file_closep(&fd);
        return error_set_errno(err, errnum, "removing %s", name);
    }
    int rc = remove_all_in(d, fd, err);
    closedir(d);
    if (rc == 0 && unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
        return error_set_errno(err, errno, "removing %s", name);
    return rc;
}
