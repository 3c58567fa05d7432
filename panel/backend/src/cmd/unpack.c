/* Unpacking a release: see unpack.h. */
#include "cmd/unpack.h"

#include "base/file.h"
#include "cmd/unpack_site.h"

/* Room that is left to the site itself, and for the file system's own data. */
static const int64_t spare_bytes = 16LL << 20;
enum { FILE_OVERHEAD = 4096 }; /* the last block of a file is not full */

bool unpack_final(const struct error *err)
{
    return err->code == ERROR_UNPROCESSABLE || err->code == ERROR_GONE;
}

/* When the archive itself does not fit, old releases make room. */
static int fetch(const struct unpack_job *job, const struct unpack_site *s, int fd, struct error *err)
{
    while (unpack_fetch(&job->source, fd, err) < 0) {
        struct error ignored = ERROR_INIT;
        if (err->code != ERROR_FULL || unpack_site_drop_oldest(s, 0, &ignored) != 1)
            return -1;
        *err = ERROR_INIT;
    }
    return 0;
}

static int make_room(const struct unpack_site *s, const struct unpack_plan *plan, struct error *err)
{
    const int64_t need = plan->bytes + (int64_t)plan->entries * FILE_OVERHEAD + spare_bytes;

    for (;;) {
        int64_t free_bytes = unpack_site_free(s);
        if (free_bytes < 0 || free_bytes >= need)
            return 0;
        int dropped = unpack_site_drop_oldest(s, 0, err);
        if (dropped < 0)
            return -1;
        if (dropped == 0)
            return error_set(err, ERROR_UNPROCESSABLE,
                             "the release needs %lld MiB, but the site's volume has %lld MiB free; remove files, or "
                             "choose a plan with more storage",
                             (long long)(need >> 20), (long long)(free_bytes >> 20));
    }
}

static int write_release(const struct unpack_job *job, const struct unpack_site *s, int archive,
                         const struct unpack_plan *plan, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(file_closep) int fd = -1;

    if (unpack_site_begin(s, job->release, &fd, err) < 0)
        return -1;
    if (unpack_archive_write(a, archive, job->limits, plan, fd, err) == 0)
        return unpack_site_keep(s, job->release, fd, err);
    /* A failure here is of no interest beside the first; the next run removes what is left. */
    struct error ignored = ERROR_INIT;
    (void)!unpack_site_abandon(s, job->release, &ignored);
    return -1;
}

static int bring(const struct unpack_job *job, const struct unpack_site *s, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(file_closep) int archive = -1;
    struct unpack_plan plan;

    if (unpack_site_archive(s, &archive, err) < 0 || fetch(job, s, archive, err) < 0)
        return -1;
    if (unpack_archive_check(a, archive, job->limits, &plan, err) < 0 || make_room(s, &plan, err) < 0)
        return -1;
    return write_release(job, s, archive, &plan, err);
}

int unpack_run(const struct unpack_job *job, struct error *err)
{
    struct error ignored = ERROR_INIT;
    struct unpack_site s;
    int rc = 0;

    if (unpack_site_open(job->dir, &s, err) < 0)
        return -1;
    if (!unpack_site_has(&s, job->release))
        rc = bring(job, &s, err);
    if (rc == 0)
        rc = unpack_site_switch(&s, job->release, err);
    /* The release is served; that an old one could not be removed must not fail it. The next run tries again. */
    while (rc == 0 && unpack_site_drop_oldest(&s, UNPACK_KEPT_RELEASES, &ignored) == 1)
        ;
    unpack_site_close(&s);
    return rc;
}
