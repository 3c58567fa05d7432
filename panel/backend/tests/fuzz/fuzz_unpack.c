/* Fuzzing berth-unpack's names, links and archives (run.sh): whatever the bytes, nothing is written outside of the release,
 * no link in an accepted release leads out of it, and what is refused is refused for good. */
#include <assert.h>
#include <fcntl.h>
#include <ftw.h>
#include <locale.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"
#include "cmd/unpack_archive.h"
#include "cmd/unpack_name.h"
#include "cmd/unpack_tree.h"

static const struct unpack_limits limits = {
    .bytes = 1 << 20, .entries = 64, .links = 8, .ratio = 200, .ratio_free = 1 << 18
};
static char top[] = "/tmp/berth-fuzz-XXXXXX";

static void check_name(struct arena *a, const char *raw)
{
    struct error err = ERROR_INIT;
    const char *name;

    assert(str_has_utf8(unpack_name_show(a, raw), strlen(unpack_name_show(a, raw))));
    if (unpack_name_clean(a, raw, &name, &err) < 0) {
        assert(err.code == ERROR_UNPROCESSABLE);
        return;
    }
    assert(name[0] != '/' && strlen(name) <= UNPACK_PATH_MAX && !str_ends(name, "/"));
    for (const char *part = name; *part; part += strcspn(part, "/"), part += *part == '/')
        assert(strncmp(part, "../", 3) != 0 && strcmp(part, "..") != 0 && *part != '/');
}

static int check_kind(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    char real[4096];

    (void)kind, (void)at;
    assert(S_ISREG(st->st_mode) || S_ISDIR(st->st_mode) || S_ISLNK(st->st_mode));
    assert((st->st_mode & 07022) == 0 || S_ISLNK(st->st_mode));
    if (S_ISLNK(st->st_mode))
        assert(realpath(path, real) && str_starts(real, top));
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

static void unpack(struct arena *a, int fd)
{
    struct unpack_plan plan;
    struct error err = ERROR_INIT;
    CLEANUP(file_closep) int parent = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (unpack_archive_check(a, fd, &limits, &plan, &err) < 0) {
        assert(err.code == ERROR_UNPROCESSABLE);
        return;
    }
    assert(mkdirat(parent, "root", 0755) == 0);
    CLEANUP(file_closep) int root = openat(parent, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char *path = arena_printf(a, "%s/root", top);
    if (unpack_archive_write(a, fd, &limits, &plan, root, &err) == 0)
        assert(nftw(path, check_kind, 16, FTW_PHYS) == 0);
    else
        assert(err.code == ERROR_UNPROCESSABLE);
    assert(unpack_tree_remove(parent, "root", &err) == 0);
    assert(rmdir(top) == 0 && mkdir(top, 0700) == 0); /* nothing else came beside it */
}

static void leave(void)
{
    (void)nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    umask(022);
    if (!setlocale(LC_CTYPE, "C.UTF-8") || !mkdtemp(top))
        abort();
    (void)atexit(leave);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(file_closep) int fd = memfd_create("archive", MFD_CLOEXEC);

    check_name(a, arena_strndup(a, (const char *)data, size));
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    unpack(a, fd);
    return 0;
}
