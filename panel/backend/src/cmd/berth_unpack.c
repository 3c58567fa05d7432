/* berth-unpack: the helper beside a site's volume. It fetches one release from the reconciler, checks and unpacks it
 * beneath the site's folder, and switches `current` to it (docs/STORAGE-DESIGN.md). With --clear it removes all that is in
 * the site's folder, which needs BERTH_SITE_DIR alone.
 *
 * All it needs is in its environment, which the pod's template fills in (k8s/tenants/templates/helper-pod.yaml). It ends
 * with 0: the release is served; 2: this archive can never be; 1: it may be later. What it writes to stderr is the
 * message that the customer reads, so it is that one line and nothing else.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/id.h"
#include "base/str.h"
#include "cmd/unpack.h"
#include "cmd/unpack_site.h"

enum { EXIT_LATER = 1, EXIT_NEVER = 2, RELEASE_MAX = 63, DIGEST_CHARS = 64, ATTEMPTS = 5, PAUSE_MS = 1000 };

static const int64_t archive_max = 1LL << 30; /* what an upload may have */

/* Below the pod's 256 MiB: an archive made to eat memory is then refused in words instead of by the kernel's killer.
 * AddressSanitizer reserves terabytes and could not live with it. */
static int bound_memory(void)
{
#ifdef __SANITIZE_ADDRESS__
    return 0;
#else
    const struct rlimit most = { 192 << 20, 192 << 20 };
    return setrlimit(RLIMIT_DATA, &most);
#endif
}

static int only(const char *name, const char *text, const char *allowed, size_t min, size_t max, struct error *err)
{
    size_t len = strlen(text);

    if (len < min || len > max || strspn(text, allowed) != len)
        return error_set(err, ERROR_INVALID, "the setting %s is not valid; it must have %zu to %zu characters of %s",
                         name, min, max, allowed);
    return 0;
}

static int setting(const char *name, const char **ret, struct error *err)
{
    const char *value = getenv(name); /* NOLINT(concurrency-mt-unsafe): nothing writes the environment */

    if (str_empty(value))
        return error_set(err, ERROR_INVALID, "the setting %s is missing", name);
    *ret = value;
    return 0;
}

static int read_settings(struct unpack_job *job, struct error *err)
{
    *job = (struct unpack_job){ .source = { .max_bytes = archive_max, .attempts = ATTEMPTS, .pause_ms = PAUSE_MS },
                                .limits = &unpack_limits_default };
    if (setting("BERTH_FETCH_URL", &job->source.url, err) < 0 ||
        setting("BERTH_FETCH_TOKEN", &job->source.token, err) < 0 ||
        setting("BERTH_SHA256", &job->source.sha256, err) < 0 || setting("BERTH_RELEASE", &job->release, err) < 0 ||
        setting("BERTH_SITE_DIR", &job->dir, err) < 0)
        return -1;
    if (only("BERTH_SHA256", job->source.sha256, "0123456789abcdef", DIGEST_CHARS, DIGEST_CHARS, err) < 0)
        return -1;
    return only("BERTH_RELEASE", job->release, "abcdefghijklmnopqrstuvwxyz0123456789-", 1, RELEASE_MAX, err);
}

/* What is to be done, done; prints what was. */
static int run(bool clear, struct error *err)
{
    struct unpack_job job;
    const char *dir;

    if (clear) {
        if (setting("BERTH_SITE_DIR", &dir, err) < 0 || unpack_site_clear(dir, err) < 0)
            return -1;
        puts("the site's files are removed");
        return 0;
    }
    if (id_init(err) < 0 || read_settings(&job, err) < 0 || unpack_run(&job, err) < 0)
        return -1;
    printf("release %s is served\n", job.release);
    return 0;
}

int main(int argc, char **argv)
{
    struct error err = ERROR_INIT;
    bool clear = argc == 2 && str_eq(argv[1], "--clear");

    if (argc > 1 && !clear) {
        fputs("usage: berth-unpack [--clear]\n", stderr);
        return EXIT_NEVER;
    }
    umask(022);
    /* libarchive converts names by the locale. */
    if (!setlocale(LC_CTYPE, "C.UTF-8")) /* NOLINT(concurrency-mt-unsafe): there is one thread */
        (void)error_set(&err, ERROR_INTERNAL, "the image has no locale C.UTF-8");
    else if (bound_memory() < 0)
        (void)error_set(&err, ERROR_INTERNAL, "the memory cannot be bounded");
    if (err.code == ERROR_NONE && run(clear, &err) == 0)
        return EXIT_SUCCESS;
    fprintf(stderr, "%s\n", err.message);
    return unpack_final(&err) ? EXIT_NEVER : EXIT_LATER;
}
