/* Crash points: see crash.h. */
#include "base/crash.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/str.h"

enum { NAME_MAX_BYTES = 512 };

/* Set once by crashpoint_init() before there are threads; only the counter changes later. */
static bool active;
static int log_fd = -1;
static char crash_name[NAME_MAX_BYTES]; /* "": every point counts */
static long long crash_at;
static atomic_llong passed; /* points that count */

/* "N" or "NAME#N". A test that asks for a crash and gets none would pass for the wrong reason. */
static void parse_at(const char *at)
{
    struct error err = ERROR_INIT;
    const char *hash = strrchr(at, '#');
    size_t len = hash ? (size_t)(hash - at) : 0;
    int64_t n = 0;

    if (len >= sizeof crash_name || str_to_i64(hash ? hash + 1 : at, 1, INT64_MAX, &n, &err) < 0) {
        fprintf(stderr, "BERTH_CRASH_AT must be N or NAME#N: %s\n", err.message);
        abort();
    }
    memcpy(crash_name, at, len);
    crash_name[len] = '\0';
    crash_at = n;
}

void crashpoint_init(void)
{
    /* NOLINTBEGIN(concurrency-mt-unsafe): no threads yet, by contract */
    const char *log = getenv("BERTH_CRASH_LOG"), *at = getenv("BERTH_CRASH_AT");
    /* NOLINTEND(concurrency-mt-unsafe) */

    if (log_fd >= 0)
        close(log_fd);
    log_fd = -1;
    if (!str_empty(log))
        log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    crash_at = 0;
    if (!str_empty(at))
        parse_at(at);
    atomic_store(&passed, 0);
    active = log_fd >= 0 || crash_at > 0;
}

void crashpoint_hit(const char *system, const char *what, const char *when)
{
    char line[NAME_MAX_BYTES];

    if (!active)
        return;
    int len = snprintf(line, sizeof line - 1, "%s %s %s", system, what, when);
    size_t end = len < 0 ? 0 : (size_t)len < sizeof line - 1 ? (size_t)len : sizeof line - 2;
    bool counts = crash_name[0] == '\0' || str_eq(line, crash_name);
    if (log_fd >= 0) {
        line[end] = '\n';
        /* One write, so that lines of several threads and processes do not mix. A full disk costs the line alone. */
        if (write(log_fd, line, end + 1) < 0)
            line[0] = '\0';
    }
    if (counts && atomic_fetch_add(&passed, 1) + 1 == crash_at)
        kill(getpid(), SIGKILL);
}
