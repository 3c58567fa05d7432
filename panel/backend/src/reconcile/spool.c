/* The spool of uploads: see spool.h. */
#include "reconcile/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"

enum { DIGEST_CHARS = 64, GRACE_S = 60 * 60 };

static int prune_one(const struct planes *p, int folder, const char *name, struct error *err)
{
    struct stat st;
    bool used;

    /* Anything else is an upload under way. */
    if (strlen(name) != DIGEST_CHARS || strspn(name, "0123456789abcdef") != DIGEST_CHARS)
        return 0;
    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || clock_wall_ms() / 1000 - st.st_mtime < GRACE_S)
        return 0;
    if (store_release_uses(p->store, name, &used, err) < 0)
        return -1;
    if (!used && unlinkat(folder, name, 0) < 0 && errno != ENOENT)
        return error_set_errno(err, errno, "deleting %s of the spool", name);
    return 0;
}

int spool_prune(const struct planes *p, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *path = arena_printf(a, "%s/spool", p->settings->data_dir);
    int rc = 0;

    if (store_release_prune(p->store, SPOOL_RELEASES_KEPT, err) < 0)
        return -1;
    DIR *d = opendir(path);
    if (!d)
        return errno == ENOENT ? 0 : error_set_errno(err, errno, "reading %s", path);
    /* NOLINTBEGIN(concurrency-mt-unsafe): d is ours alone */
    for (const struct dirent *e = readdir(d); e && rc == 0; e = readdir(d))
        rc = prune_one(p, dirfd(d), e->d_name, err);
    /* NOLINTEND(concurrency-mt-unsafe) */
    closedir(d);
    return rc;
}
