/* Progress: see cli_progress.h.
 *
 * One thread draws ten times a second, watches the time, and takes Ctrl-C: while it runs the signal is blocked elsewhere,
 * so that a half-drawn line is cleaned up and the user is told that the work goes on. */
#include "cmd/cli_progress.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/str.h"
#include "cmd/cli_output.h"

enum { TICK_MS = 100, TEXT_MAX = 512, DONE_MAX = 256 };

struct cli_progress {
    const struct cli *cli;
    enum cli_progress_kind kind;
    bool drawn; /* there is something to look at */
    int64_t begin_ms, deadline_ms;
    pthread_t thread;
    sigset_t signals, before;
    pthread_mutex_t lock; /* guards what follows */
    char text[TEXT_MAX];
    bool ended;
    size_t done_count;
    uint32_t done[DONE_MAX]; /* hashes of the steps that were said to be true */
    volatile bool stop, interrupted;
};

static int terminal_width(void)
{
    struct winsize size = { 0 };

    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

/* At most `width` characters of UTF-8 text: a line that wraps could not be taken away again. */
static int fitting(const char *s, int width)
{
    int bytes = 0;

    for (; s[bytes] && width > 0; width--)
        do
            bytes++;
        while (((unsigned char)s[bytes] & 0xc0) == 0x80);
    return bytes;
}

static void draw(const struct cli_progress *p, unsigned frame)
{
    static const char *const dots[] = { "⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏" }, *const bars[] = { "|", "/",
                                                                                                              "-",
                                                                                                              "\\" };
    const char *mark = p->cli->utf8 ? dots[frame % 10] : bars[frame % 4];
    long long seconds = (clock_mono_ms() - p->begin_ms) / 1000;
    char line[TEXT_MAX + 32];

    (void)snprintf(line, sizeof line, "%s (%lld s)", p->text, seconds);
    fprintf(stderr, "\r\033[K%s %.*s", mark, fitting(line, terminal_width() - 3), line);
}

static void wipe(void)
{
    fputs("\r\033[K", stderr);
}

static void *run(void *ctx)
{
    const struct timespec tick = { .tv_nsec = TICK_MS * 1000000L };
    struct cli_progress *p = ctx;
    bool ended = false;

    for (unsigned frame = 0; !ended; frame++) {
        int got = sigtimedwait(&p->signals, NULL, &tick);
        pthread_mutex_lock(&p->lock);
        if (got > 0 && (p->interrupted || p->kind == CLI_WORKING)) {
            if (p->drawn)
                wipe();
            _exit(CLI_EXIT_INTERRUPTED); /* what waits, at the second time */
        }
        p->interrupted = p->interrupted || got > 0;
        if (p->interrupted || (p->deadline_ms && clock_mono_ms() >= p->deadline_ms))
            p->stop = true;
        ended = p->ended;
        if (!ended && p->drawn && p->text[0])
            draw(p, frame);
        pthread_mutex_unlock(&p->lock);
    }
    return NULL;
}

int cli_progress_start(struct cli *cli, enum cli_progress_kind kind, int64_t deadline_ms, struct cli_progress **ret,
                       struct error *err)
{
    struct cli_progress *p = calloc(1, sizeof *p);

    if (!p)
        return error_set(err, ERROR_INTERNAL, "out of memory");
    p->cli = cli;
    p->kind = kind;
    p->drawn = cli->err_terminal && !cli->quiet && !cli->verbose;
    p->begin_ms = clock_mono_ms();
    p->deadline_ms = deadline_ms;
    pthread_mutex_init(&p->lock, NULL);
    sigemptyset(&p->signals);
    sigaddset(&p->signals, SIGINT);
    sigaddset(&p->signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &p->signals, &p->before);
    if (pthread_create(&p->thread, NULL, run, p) != 0) {
        pthread_sigmask(SIG_SETMASK, &p->before, NULL);
        free(p);
        return error_set(err, ERROR_INTERNAL, "a thread could not be started");
    }
    *ret = p;
    return 0;
}

void cli_progress_text(struct cli_progress *p, const char *text)
{
    pthread_mutex_lock(&p->lock);
    (void)snprintf(p->text, sizeof p->text, "%s", text);
    pthread_mutex_unlock(&p->lock);
}

static uint32_t hash_of(const char *type, const char *subject)
{
    uint32_t h = 2166136261U; /* FNV-1a */

    for (const char *s = type; *s; s++)
        h = (h ^ (unsigned char)*s) * 16777619U;
    for (const char *s = subject; *s; s++)
        h = (h ^ (unsigned char)*s) * 16777619U;
    return h;
}

/* Was this step said to be true already? If not it is from now on. */
static bool is_known(struct cli_progress *p, uint32_t hash)
{
    for (size_t i = 0; i < p->done_count; i++)
        if (p->done[i] == hash)
            return true;
    if (p->done_count < DONE_MAX)
        p->done[p->done_count++] = hash;
    return false;
}

static void say_step(struct cli_progress *p, const char *type, const char *subject)
{
    const char *mark = p->cli->utf8 ? "✓" : "ok", *on = p->cli->err_color ? "\033[32m" : "",
               *off = p->cli->err_color ? "\033[0m" : "";

    if (!p->drawn || is_known(p, hash_of(type, subject)))
        return;
    wipe();
    fprintf(stderr, "%s%s%s %-10s %s\n", on, mark, off, type, subject);
}

void cli_progress_operation(struct cli_progress *p, const json_t *operation)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *waiting = NULL, *message = json_str_at(operation, "/message");
    const json_t *step;
    size_t i;

    pthread_mutex_lock(&p->lock);
    json_array_foreach(json_object_get(operation, "steps"), i, step)
    {
        const char *type = json_str_at(step, "/type"), *subject = json_str_at(step, "/subject");
        if (!type || !subject)
            continue;
        if (str_eq(json_str_at(step, "/status"), "true"))
            say_step(p, cli_clean(a, type), cli_clean(a, subject));
        else if (!waiting)
            waiting = arena_printf(a, "%s %s: %s", type, subject, json_str_at(step, "/message"));
    }
    if (!waiting)
        waiting = str_empty(message) ? "waiting for the reconciler" : message;
    (void)snprintf(p->text, sizeof p->text, "%s", cli_clean(a, waiting));
    pthread_mutex_unlock(&p->lock);
}

void cli_progress_end(struct cli_progress *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->ended = true;
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    if (p->drawn)
        wipe();
    pthread_sigmask(SIG_SETMASK, &p->before, NULL);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

const volatile bool *cli_progress_stop(const struct cli_progress *p)
{
    return &p->stop;
}

bool cli_progress_interrupted(const struct cli_progress *p)
{
    return p->interrupted;
}
