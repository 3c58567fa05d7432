/* Packing: see cli_pack.h. */
#include "cmd/cli_pack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/id.h"
#include "base/str.h"

enum { BLOCK = 64 << 10, TAR_BLOCK = 512, TAR_MAGIC_AT = 257, TAR_SUM_AT = 148, LINK_MAX = 4096 };

struct pack {
    struct arena *arena;
    const char *root;
    int root_fd;
    struct archive *out;
    int64_t file_count;
    unsigned char *block;
};

/* --- the kind of an archive --- */

/* The sum of the header's bytes, with the sum itself taken for blanks: what old tars have in place of a magic. */
static bool is_tar_header(const unsigned char *head)
{
    unsigned sum = 0, said = 0;
    const unsigned char *p = head + TAR_SUM_AT, *end = p + 8;

    for (int i = 0; i < TAR_BLOCK; i++)
        sum += i >= TAR_SUM_AT && i < TAR_SUM_AT + 8 ? ' ' : head[i];
    while (p < end && *p == ' ')
        p++;
    for (; p < end && *p >= '0' && *p <= '7'; p++)
        said = said * 8 + (unsigned)(*p - '0');
    return head[0] != '\0' && said == sum;
}

const char *cli_pack_media(const unsigned char *head, size_t len)
{
    if (len >= 2 && head[0] == 0x1f && head[1] == 0x8b)
        return "application/gzip";
    if (len >= 4 && memcmp(head, "PK", 2) == 0 && ((head[2] == 3 && head[3] == 4) || (head[2] == 5 && head[3] == 6)))
        return "application/zip";
    if (len >= TAR_BLOCK && (memcmp(head + TAR_MAGIC_AT, "ustar", 5) == 0 || is_tar_header(head)))
        return "application/x-tar";
    return NULL;
}

/* --- links --- */

/* Does the target, seen from the folder that the link is in, stay beneath the root when only names are looked at? */
static bool stays_by_name(const char *link, const char *target)
{
    int depth = 0;

    for (const char *p = strchr(link, '/'); p; p = strchr(p + 1, '/'))
        depth++;
    while (*target) {
        size_t len = strcspn(target, "/");
        if (len == 2 && strncmp(target, "..", 2) == 0)
            depth--;
        else if (len > 0 && !(len == 1 && target[0] == '.'))
            depth++;
        if (depth < 0)
            return false;
        target += len + strspn(target + len, "/");
    }
    return true;
}

static int check_link(const struct pack *p, const char *name, const char *target, struct error *err)
{
    const struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_BENEATH };

    if (target[0] == '/' || !stays_by_name(name, target))
        return error_set(err, ERROR_INVALID, "the link '%s' leads out of the folder (to '%s')", name, target);
    /* Names alone can mislead when there are links on the way: the kernel knows. A link to nothing is kept. */
    long fd = syscall(SYS_openat2, p->root_fd, name, &how, sizeof how);
    if (fd >= 0)
        close((int)fd);
    else if (errno == EXDEV)
        return error_set(err, ERROR_INVALID, "the link '%s' leads out of the folder (to '%s')", name, target);
    else if (errno == ELOOP)
        return error_set(err, ERROR_INVALID, "the link '%s' leads to itself", name);
    return 0;
}

/* --- entries --- */

static int archive_failed(const struct pack *p, const char *name, struct error *err)
{
    int code = archive_errno(p->out);

    if (code == ENOSPC || code == EDQUOT)
        return error_set(err, ERROR_FULL, "there is no room for the packed files in the folder for temporary files");
    return error_set(err, ERROR_IO, "packing '%s': %s", name, archive_error_string(p->out));
}

static int add_header(const struct pack *p, const char *name, const struct stat *st, const char *target,
                      struct error *err)
{
    struct archive_entry *e = archive_entry_new();

    if (!e)
        return error_set(err, ERROR_INTERNAL, "out of memory");
    archive_entry_set_pathname(e, name);
    archive_entry_set_filetype(e, st->st_mode & S_IFMT);
    archive_entry_set_perm(e, S_ISDIR(st->st_mode) || st->st_mode & 0111 ? 0755 : 0644);
    archive_entry_set_mtime(e, st->st_mtim.tv_sec, 0);
    archive_entry_set_size(e, S_ISREG(st->st_mode) ? st->st_size : 0);
    if (target)
        archive_entry_set_symlink(e, target);
    int rc = archive_write_header(p->out, e);
    archive_entry_free(e);
    return rc < ARCHIVE_WARN ? archive_failed(p, name, err) : 0;
}

static int add_data(const struct pack *p, int fd, const char *name, int64_t size, struct error *err)
{
    int64_t left = size;

    for (;;) {
        ssize_t n = read(fd, p->block, BLOCK);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_set_errno(err, errno, "reading '%s'", name);
        if (n > left || (n == 0 && left > 0))
            return error_set(err, ERROR_IO, "'%s' changed while it was packed; try again when nothing writes to it",
                             name);
        if (n == 0)
            return 0;
        if (archive_write_data(p->out, p->block, (size_t)n) < 0)
            return archive_failed(p, name, err);
        left -= n;
    }
}

static int add_file(struct pack *p, const char *name, struct error *err)
{
    CLEANUP(file_closep) int fd = openat(p->root_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;

    if (fd < 0 || fstat(fd, &st) < 0)
        return error_set_errno(err, errno, "reading '%s'", name);
    p->file_count++;
    return add_header(p, name, &st, NULL, err) < 0 ? -1 : add_data(p, fd, name, st.st_size, err);
}

static int add_link(const struct pack *p, const char *name, const struct stat *st, struct error *err)
{
    char target[LINK_MAX + 1];
    ssize_t len = readlinkat(p->root_fd, name, target, LINK_MAX);

    if (len < 0)
        return error_set_errno(err, errno, "reading the link '%s'", name);
    target[len] = '\0';
    return check_link(p, name, target, err) < 0 ? -1 : add_header(p, name, st, target, err);
}

static int add_entry(struct pack *p, FTS *walk, FTSENT *e, struct error *err)
{
    const char *name = e->fts_path + strlen(p->root);

    name += strspn(name, "/");
    if (e->fts_level > 0 && str_eq(e->fts_name, ".git")) {
        (void)fts_set(walk, e, FTS_SKIP);
        return 0;
    }
    switch (e->fts_info) {
    case FTS_D:
        return e->fts_level == 0 ? 0 : add_header(p, name, e->fts_statp, NULL, err);
    case FTS_DP:
        return 0;
    case FTS_F:
        return add_file(p, name, err);
    case FTS_SL:
    case FTS_SLNONE:
        return add_link(p, name, e->fts_statp, err);
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        return error_set_errno(err, e->fts_errno, "reading '%s'", e->fts_path);
    default:
        return error_set(err, ERROR_INVALID,
                         "'%s' is a socket, pipe or device; only files, folders and links can be served", name);
    }
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int add_all(struct pack *p, struct error *err)
{
    char *const roots[] = { arena_strdup(p->arena, p->root), NULL };
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    int rc = 0;

    if (!walk)
        return error_set_errno(err, errno, "reading '%s'", p->root);
    for (FTSENT *e = fts_read(walk); e && rc == 0; e = fts_read(walk))
        rc = add_entry(p, walk, e, err);
    (void)fts_close(walk);
    if (rc == 0 && p->file_count == 0)
        return error_set(err, ERROR_INVALID, "the folder '%s' has no files", p->root);
    return rc;
}

/* --- the whole --- */

static int temporary(struct arena *a, int *ret, struct error *err)
{
    const char *dir = getenv("TMPDIR"); // NOLINT(concurrency-mt-unsafe): nothing here changes the environment
    char *path = arena_printf(a, "%s/berth-XXXXXX", str_empty(dir) ? "/tmp" : dir);
    int fd = mkostemp(path, O_CLOEXEC);

    if (fd < 0)
        return error_set_errno(err, errno, "a temporary file in %s", str_empty(dir) ? "/tmp" : dir);
    (void)unlink(path); /* it goes with the process, however that ends */
    *ret = fd;
    return 0;
}

static int write_archive(struct pack *p, int fd, struct error *err)
{
    int rc = 0;

    p->out = archive_write_new();
    if (!p->out)
        return error_set(err, ERROR_INTERNAL, "out of memory");
    if (archive_write_add_filter_gzip(p->out) < ARCHIVE_WARN || archive_write_set_format_pax_restricted(p->out) < 0 ||
        archive_write_set_options(p->out, "gzip:!timestamp") < ARCHIVE_WARN || archive_write_open_fd(p->out, fd) < 0)
        rc = archive_failed(p, p->root, err);
    if (rc == 0)
        rc = add_all(p, err);
    if (rc == 0 && archive_write_close(p->out) < 0)
        rc = archive_failed(p, p->root, err);
    archive_write_free(p->out);
    return rc;
}

static int pack_folder(struct arena *a, const char *path, struct cli_archive *ret, struct error *err)
{
    CLEANUP(file_closep) int root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct pack p = { .arena = a, .root = path, .root_fd = root, .block = arena_alloc(a, BLOCK) };
    int fd = -1;

    if (root < 0)
        return error_set_errno(err, errno, "'%s'", path);
    if (temporary(a, &fd, err) < 0)
        return -1;
    if (write_archive(&p, fd, err) < 0) {
        close(fd);
        return -1;
    }
    *ret = (struct cli_archive){ .fd = fd, .media = "application/gzip", .file_count = p.file_count };
    return 0;
}

static int open_archive(const char *path, struct cli_archive *ret, struct error *err)
{
    unsigned char head[TAR_BLOCK];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : pread(fd, head, sizeof head, 0);

    if (n < 0) {
        error_set_errno(err, errno, "'%s'", path);
        file_closep(&fd);
        return -1;
    }
    const char *media = cli_pack_media(head, (size_t)n);
    if (!media) {
        file_closep(&fd);
        return error_set(err, ERROR_INVALID, "'%s' is neither a folder nor a tar, tar.gz or zip archive", path);
    }
    *ret = (struct cli_archive){ .fd = fd, .media = media, .file_count = -1 };
    return 0;
}

static int measure(struct arena *a, struct cli_archive *archive, struct error *err)
{
    struct id_sha256 *sum = id_sha256_new();
    unsigned char *block = arena_alloc(a, BLOCK);
    ssize_t n;

    archive->size = 0;
    while ((n = pread(archive->fd, block, BLOCK, archive->size)) > 0) {
        id_sha256_add(sum, block, (size_t)n);
        archive->size += n;
    }
    archive->sha256 = id_sha256_hex(sum, a);
    return n < 0 ? error_set_errno(err, errno, "reading the archive") : 0;
}

int cli_pack(struct arena *a, const char *path, struct cli_archive *ret, struct error *err)
{
    struct cli_archive archive;
    struct stat st;

    if (stat(path, &st) < 0)
        return error_set_errno(err, errno, "'%s'", path);
    if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
        return error_set(err, ERROR_INVALID, "'%s' is neither a folder nor a tar, tar.gz or zip archive", path);
    if ((S_ISDIR(st.st_mode) ? pack_folder(a, path, &archive, err) : open_archive(path, &archive, err)) < 0)
        return -1;
    if (measure(a, &archive, err) < 0) {
        close(archive.fd);
        return -1;
    }
    *ret = archive;
    return 0;
}
