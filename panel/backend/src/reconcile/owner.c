/* Reconcilers of one data folder, by locks: see owner.h. */
#include "reconcile/owner.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "base/id.h"
#include "base/log.h"
#include "base/str.h"

enum { RANDOM_CHARS = 10, DEAD_MAX = 64 };

struct owner {
    struct arena *arena;
    const char *dir, *name;
    int lock; /* -1: none */
};

struct owner *owner_new(const char *data_dir, const char *host)
{
    struct arena *a = arena_new();
    struct owner *o = arena_alloc(a, sizeof *o);
    struct error err = ERROR_INIT;

    *o = (struct owner){ .arena = a, .dir = arena_printf(a, "%s/reconcilers", data_dir), .lock = -1 };
    o->name = id_new(a, arena_printf(a, "%s.", str_empty(host) ? "berthd" : host), RANDOM_CHARS);
    const char *path = arena_printf(a, "%s/%s", o->dir, o->name);
    if (file_mkdirs(o->dir, 0750, &err) == 0) {
        o->lock = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (o->lock < 0 || flock(o->lock, LOCK_EX | LOCK_NB) < 0)
            (void)error_set_errno(&err, errno, "%s", path);
    }
    if (err.code != ERROR_NONE)
        log_line(LOG_LEVEL_WARN, "this reconciler has no lock", LOG_S("error", err.message));
    return o;
}

void owner_free(struct owner *o)
{
    if (!o)
        return;
    if (o->lock >= 0)
        owner_bury(o, o->name);
    file_closep(&o->lock);
    arena_free(o->arena);
}

const char *owner_name(const struct owner *o)
{
    return o->name;
}

static bool is_dead(int folder, const char *name)
{
    CLEANUP(file_closep) int fd = openat(folder, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);

    return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
}

void owner_list_dead(const struct owner *o, struct arena *a, const char ***ret, size_t *ret_count)
{
    const char **list = arena_array(a, DEAD_MAX, sizeof *list);
    DIR *d = opendir(o->dir);
    size_t n = 0;

    *ret = list;
    *ret_count = 0;
    if (!d)
        return;
    const int folder = dirfd(d);
    assert(folder >= 0);
    /* NOLINTBEGIN(concurrency-mt-unsafe): d is ours alone */
    for (const struct dirent *e = readdir(d); e && n < DEAD_MAX; e = readdir(d))
        if (e->d_name[0] != '.' && !str_eq(e->d_name, o->name) && is_dead(folder, e->d_name))
            list[n++] = arena_strdup(a, e->d_name);
    /* NOLINTEND(concurrency-mt-unsafe) */
    closedir(d);
    *ret_count = n;
}

void owner_bury(const struct owner *o, const char *dead)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)unlink(arena_printf(a, "%s/%s", o->dir, dead));
}
