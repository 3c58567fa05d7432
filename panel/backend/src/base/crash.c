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

/* Set once by crashpoint_init() before there are threads; only the counters change later. */
static bool active;
static int log_fd = -1;
static struct trap {
    const char *variable;
    int signal;
    char name[NAME_MAX_BYTES]; /* "": every point counts */
    long long at; /* 0: not set */
    atomic_llong passed; /* points that count */
} traps[] = { { .variable = "BERTH_CRASH_AT", .signal = SIGKILL }, { .variable = "BERTH_STOP_AT", .signal = SIGSTOP } };

enum { TRAPS = sizeof traps / sizeof traps[0] };

/* "N" or "NAME#N". A test that asks for a crash and gets none would pass for the wrong reason. */
static void parse_at(struct trap *t, const char *at)
{
    struct error err = ERROR_INIT;
    const char *hash = strrchr(at, '#');
    size_t len = hash ? (size_t)(hash - at) : 0;
    int64_t n = 0;

    if (len >= sizeof t->name || str_to_i64(hash ? hash + 1 : at, 1, INT64_MAX, &n, &err) < 0) {
        fprintf(stderr, "%s must be N or NAME#N: %s\n", t->variable, err.message);
        abort();
    }
    memcpy(t->name, at, len);
    t->name[len] = '\0';
    t->at = n;
}

static bool set_trap(struct trap *t)
{
    const char *at = getenv(t->variable); // NOLINT(concurrency-mt-unsafe): no threads yet, by contract

    t->at = 0;
    if (!str_empty(at))
        parse_at(t, at);
    atomic_store(&t->passed, 0);
    return t->at > 0;
}

void crashpoint_init(void)
{
    const char *log = getenv("BERTH_CRASH_LOG"); // NOLINT(concurrency-mt-unsafe): no threads yet, by contract

    if (log_fd >= 0)
        close(log_fd);
    log_fd = -1;
    if (!str_empty(log))
        log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    active = log_fd >= 0;
    for (int i = 0; i < TRAPS; i++)
        active = set_trap(&traps[i]) || active;
}

void crashpoint_hit(const char *system, const char *what, const char *when)
{
    char line[NAME_MAX_BYTES];

    if (!active)
        return;
    int len = snprintf(line, sizeof line - 1, "%s %s %s", system, what, when);
    size_t end = len < 0 ? 0 : (size_t)len < sizeof line - 1 ? (size_t)len : sizeof line - 2;
    bool here[TRAPS]; /* the name's line end is about to go */
    for (int i = 0; i < TRAPS; i++)
        here[i] = traps[i].at > 0 && (traps[i].name[0] == '\0' || str_eq(line, traps[i].name));
    if (log_fd >= 0) {
        line[end] = '\n';
        /* One write, so that lines of several threads and processes do not mix. A full disk costs the line alone. */
        if (write(log_fd, line, end + 1) < 0)
            line[0] = '\0';
    }
    for (int i = 0; i < TRAPS; i++)
        if (here[i] && atomic_fetch_add(&traps[i].passed, 1) + 1 == traps[i].at)
            (void)raise(traps[i].signal); /* this thread's: a stop takes hold before it goes on */
}
