/* Files: see file.h. */
#include "base/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

void file_closep(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

int file_read(struct arena *a, const char *path, size_t max, char **ret, size_t *ret_len, struct error *err)
{
    CLEANUP(file_closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat st;

    assert(max < SIZE_MAX / 2);
    if (fd < 0) {
        int errnum = errno;
        if (errnum == ENOENT)
            return error_set(err, ERROR_NOT_FOUND, "%s: no such file", path);
        return error_set_errno(err, errnum, "opening %s", path);
    }
    if (fstat(fd, &st) < 0)
        return error_set_errno(err, errno, "reading %s", path);
    if (S_ISDIR(st.st_mode))
        return error_set_errno(err, EISDIR, "reading %s", path);

    /* The size is a hint only: files in /proc say 0, and a file may grow while it is read. */
    size_t cap = st.st_size > 0 && (uint64_t)st.st_size <= max ? (size_t)st.st_size + 1 : 4096, len = 0;
    char *data = arena_alloc(a, cap + 1);
    for (;;) {
        if (len == cap) {
            data = arena_grow(a, data, cap + 1, cap * 2 + 1);
            cap *= 2;
        }
        ssize_t n = read(fd, data + len, cap - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_set_errno(err, errno, "reading %s", path);
        if (n == 0)
            break;
        len += (size_t)n;
        if (len > max)
            return error_set(err, ERROR_TOO_LARGE, "%s is larger than %zu bytes", path, max);
    }
    data[len] = '\0';
    *ret = data;
    if (ret_len)
        *ret_len = len;
    return 0;
}

int file_read_private(struct arena *a, const char *path, size_t max, char **ret, size_t *ret_len, struct error *err)
{
    enum { FORBIDDEN = S_IWGRP | S_IRWXO };
    struct stat st;

    if (file_read(a, path, max, ret, ret_len, err) < 0)
        return -1;
    if (stat(path, &st) < 0)
        return error_set_errno(err, errno, "opening %s", path);
    if (st.st_mode & FORBIDDEN)
        return error_set(err, ERROR_INVALID,
                         "%s may be read or changed by others (its mode is %04o); chmod it to 0600 or 0440", path,
                         st.st_mode & 07777U);
    return 0;
}

static int write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

/* The folder that holds path; a rename lasts only once it was synced. */
static int sync_folder(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t len = slash ? (size_t)(slash - path) : 0;

    if (slash && len == 0)
        len = 1; /* the root itself */
    if (!slash) {
        folder[0] = '.';
        len = 1;
    } else {
        memcpy(folder, path, len);
    }
    folder[len] = '\0';
    CLEANUP(file_closep) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    return fsync(fd);
}

int file_write(const char *path, const char *data, size_t len, unsigned mode, struct error *err)
{
    char temporary[PATH_MAX];
    uint64_t random = 0;
    CLEANUP(file_closep) int fd = -1;

    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        return error_set_errno(err, errno, "writing %s", path);
    int n = snprintf(temporary, sizeof temporary, "%s.%016" PRIx64 ".tmp", path, random);
    if (n < 0 || (size_t)n >= sizeof temporary)
        return error_set_errno(err, ENAMETOOLONG, "writing %s", path);
    fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, (mode_t)mode);
    if (fd < 0)
        return error_set_errno(err, errno, "writing %s", path);
    if (write_all(fd, data, len) < 0 || fsync(fd) < 0 || rename(temporary, path) < 0) {
        int errnum = errno;
        unlink(temporary);
        return error_set_errno(err, errnum, "writing %s", path);
    }
    if (sync_folder(path) < 0)
        return error_set_errno(err, errno, "syncing the folder of %s", path);
    return 0;
}

int file_mkdirs(const char *path, unsigned mode, struct error *err)
{
    char part[PATH_MAX];
    size_t len = strlen(path);
    struct stat st;

    if (len == 0 || len >= sizeof part)
        return error_set_errno(err, len ? ENAMETOOLONG : ENOENT, "creating the folder %s", path);
    memcpy(part, path, len + 1);
    for (size_t i = 1; i <= len; i++) {
        if (part[i] != '/' && part[i] != '\0')
            continue;
        char at = part[i];
        part[i] = '\0';
        if (mkdir(part, (mode_t)mode) < 0 && errno != EEXIST) {
            int errnum = errno;
            /* A parent on a read-only file system may exist all the same. */
            if (stat(part, &st) < 0 || !S_ISDIR(st.st_mode))
                return error_set_errno(err, errnum, "creating the folder %s", part);
        }
        part[i] = at;
    }
    if (stat(path, &st) < 0)
        return error_set_errno(err, errno, "creating the folder %s", path);
    if (!S_ISDIR(st.st_mode))
        return error_set_errno(err, ENOTDIR, "creating the folder %s", path);
    return 0;
}
