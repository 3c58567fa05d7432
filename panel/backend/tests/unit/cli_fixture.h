/* Runs the program `berth` (BERTH_PROGRAM) as a user would: against the API of api_fixture.h, with settings of its own. And
 * a stand-in for the reconciler, which makes everything true after a look that was not. */
#ifndef BERTH_TESTS_CLI_FIXTURE_H
#define BERTH_TESTS_CLI_FIXTURE_H

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include "api_fixture.h"

enum { RUN_WORDS = 24, RUN_OUTPUT_MAX = 1 << 20 };

struct ran {
    int code; /* exit code; -1: ended by a signal */
    const char *out, *err;
};

static inline const char *server_url(const struct fixture *f)
{
    return arena_printf(f->arena, "http://127.0.0.1:%u", api_port(f->api));
}

static inline char *const *run_environment(struct fixture *f, const char *more)
{
    const char *dir = arena_strndup(f->arena, BERTH_PROGRAM, (size_t)(strrchr(BERTH_PROGRAM, '/') - BERTH_PROGRAM));
    const char *sanitizer = getenv("ASAN_OPTIONS"); // NOLINT(concurrency-mt-unsafe)
    char **env = arena_array(f->arena, 8, sizeof *env);
    size_t n = 0;

    env[n++] = arena_printf(f->arena, "PATH=%s:/usr/bin:/bin", dir);
    env[n++] = arena_printf(f->arena, "XDG_CONFIG_HOME=%s/settings", f->dir);
    env[n++] = arena_printf(f->arena, "TMPDIR=%s", f->dir);
    env[n++] = arena_strdup(f->arena, "LC_ALL=C.UTF-8");
    env[n++] = arena_strdup(f->arena, "TERM=xterm");
    if (sanitizer)
        env[n++] = arena_printf(f->arena, "ASAN_OPTIONS=%s", sanitizer);
    if (more)
        env[n++] = arena_strdup(f->arena, more);
    return env;
}

static inline pid_t start_program(struct fixture *f, const char *program, char *const *argv, const char *input,
                                  const char *env, const char *out, const char *err)
{
    const char *in = arena_printf(f->arena, "%s/stdin", f->dir);
    posix_spawn_file_actions_t actions;
    struct error why = ERROR_INIT;
    pid_t pid;

    assert_int_equal(file_write(in, input ? input : "", input ? strlen(input) : 0, 0600, &why), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, in, O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, err, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(posix_spawn(&pid, program, &actions, NULL, argv, run_environment(f, env)), 0);
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

static inline int end_of(pid_t pid)
{
    int status;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline const char *content(struct fixture *f, const char *path)
{
    struct error err = ERROR_INIT;
    char *text;

    return file_read(f->arena, path, RUN_OUTPUT_MAX, &text, NULL, &err) < 0 ? "" : text;
}

static inline struct ran run_program(struct fixture *f, const char *program, const char *input, const char *env,
                                     const char *const *words)
{
    const char *out = arena_printf(f->arena, "%s/stdout", f->dir), *err = arena_printf(f->arena, "%s/stderr", f->dir);
    char *argv[RUN_WORDS + 2] = { arena_strdup(f->arena, program) };

    for (size_t i = 0; words[i]; i++) {
        assert_true(i < RUN_WORDS);
        argv[i + 1] = arena_strdup(f->arena, words[i]);
    }
    int code = end_of(start_program(f, program, argv, input, env, out, err));
    return (struct ran){ code, content(f, out), content(f, err) };
}

/* berth(f, "customer", "list") */
#define berth(f, ...) run_program((f), BERTH_PROGRAM, NULL, NULL, (const char *const[]){ __VA_ARGS__, NULL })
#define berth_with(f, input, env, ...)                                                                                 \
    run_program((f), BERTH_PROGRAM, (input), (env), (const char *const[]){ __VA_ARGS__, NULL })

static inline void expect_ran(const struct ran *r, int code, const char *out, const char *err)
{
    if (r->code != code || (out && !str_eq(r->out, out)) || (err && !str_eq(r->err, err)))
        fail_msg("exit code %d in place of %d\n--- stdout\n%s--- stderr\n%s", r->code, code, r->out, r->err);
}

/* The text is in one of the outputs. */
static inline void expect_in(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' is missing in:\n%s", part, text);
}

static inline void sign_in(struct fixture *f)
{
    struct ran r = berth(f, "login", server_url(f), "--token-file", arena_printf(f->arena, "%s/admin-token", f->dir));

    expect_ran(&r, 0, NULL, "");
}

/* --- the stand-in --- */

static inline void serve_releases(struct fixture *f, struct arena *a, const char *customer)
{
    struct error err = ERROR_INIT;
    struct site *sites;
    struct release *releases;
    size_t site_count, count;

    assert_int_equal(store_site_list(f->store, a, &(struct site_filter){ .customer = customer },
                                     (struct page){ "", 50 }, &sites, &site_count, &err),
                     0);
    for (size_t i = 0; i < site_count; i++) {
        assert_int_equal(store_release_list(f->store, a, sites[i].id, &releases, &count, &err), 0);
        if (count && releases[0].state != RELEASE_CURRENT)
            assert_int_equal(store_release_state(f->store, NULL, releases[0].id, RELEASE_CURRENT, "", &err), 0);
    }
}

/* Looks once at one customer: `web` is as said, all else is true. Is there one? */
static inline bool look_once_as(struct fixture *f, bool web)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const struct condition seen[] = {
        { .step = "namespace", .subject = "", .status = CONDITION_TRUE, .reason = "", .message = "" },
        { .step = "web",
          .subject = "",
          .status = web ? CONDITION_TRUE : CONDITION_FALSE,
          .reason = web ? "" : "WaitingForPods",
          .message = web ? "" : "0 of 1 pods are ready" },
    };
    const struct event event = {
        .customer = "", .type = "Normal", .reason = web ? "Ready" : "Waiting", .object = "x", .message = "seen"
    };
    struct pass_result result = { .ready = web, .condition_count = 2, .conditions = seen, .event_count = 1 };
    struct error err = ERROR_INIT;
    struct lease lease;
    int64_t next;
    bool found;

    assert_int_equal(store_claim(f->store, a, "test", 10000, &lease, &found, &next, &err), 0);
    if (!found)
        return false;
    struct event mine = event;
    mine.customer = lease.customer;
    result.events = &mine;
    result.due_ms = web ? 0 : clock_wall_ms() + 150;
    if (web)
        serve_releases(f, a, lease.customer);
    if (store_pass_end(f->store, &lease, &result, &err) < 0 && err.code != ERROR_STALE)
        fail_msg("%s", err.message);
    return true;
}

static inline void *make_true(void *ctx)
{
    struct fixture *f = ctx;
    bool web = false;

    while (!atomic_load(&f->stop)) {
        if (look_once_as(f, web))
            web = !web;
        clock_sleep_ms(20);
    }
    return NULL;
}

static inline void engine_begin(struct fixture *f)
{
    atomic_store(&f->stop, false);
    assert_int_equal(pthread_create(&f->reconciler, NULL, make_true, f), 0);
}

/* Ends it, or the one of api_fixture.h, if it runs. */
static inline void stand_in_end(struct fixture *f)
{
    if (f->reconciler)
        reconciler_stop(f);
    f->reconciler = 0;
}

/* A test that failed may have left it running. */
static inline int cli_down(void **state)
{
    stand_in_end(*state);
    return fixture_down(state);
}

#endif
