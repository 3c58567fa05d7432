/* Whole small files (base/file.h): limits, and that a replaced file is the old or the new one whatever happens. */
#include "unit.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/file.h"

struct place {
    struct arena *arena;
    const char *dir, *path;
};

static int up(void **state)
{
    struct arena *a = arena_new();
    struct place *p = arena_alloc(a, sizeof *p);

    p->arena = a;
    p->dir = unit_folder(a);
    p->path = arena_printf(a, "%s/file", p->dir);
    *state = p;
    return 0;
}

static int down(void **state)
{
    struct place *p = *state;

    unit_remove(p->dir);
    arena_free(p->arena);
    return 0;
}

static int entries(const char *dir)
{
    DIR *d = opendir(dir);
    int n = 0;

    assert_non_null(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n - 2; /* without . and .. */
}

static void test_round_trip(void **state)
{
    struct place *p = *state;
    struct error err = ERROR_INIT;
    char *text, *big = arena_alloc(p->arena, 3 << 20);
    struct stat st;
    size_t len;

    expect_ok(file_write(p->path, "", 0, 0600, &err));
    expect_ok(file_read(p->arena, p->path, 0, &text, &len, &err));
    assert_int_equal(len, 0);
    assert_string_equal(text, "");
    expect_ok(file_write(p->path, "a\0b", 3, 0640, &err));
    expect_ok(file_read(p->arena, p->path, 3, &text, &len, &err));
    assert_int_equal(len, 3);
    assert_memory_equal(text, "a\0b", 4);
    for (size_t i = 0; i < 3 << 20; i++)
        big[i] = (char)(i * 31 / 7);
    expect_ok(file_write(p->path, big, 3 << 20, 0600, &err));
    expect_ok(file_read(p->arena, p->path, 3 << 20, &text, NULL, &err));
    assert_memory_equal(text, big, 3 << 20);
    assert_int_equal(stat(p->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(entries(p->dir), 1); /* no temporary file is left */
}

static void test_limits(void **state)
{
    struct place *p = *state;
    struct error err = ERROR_INIT;
    char *text = NULL;

    expect_error(file_read(p->arena, p->path, 10, &text, NULL, &err), ERROR_NOT_FOUND);
    expect_ok(file_write(p->path, "0123456789", 10, 0600, &err));
    expect_error(file_read(p->arena, p->path, 9, &text, NULL, &err), ERROR_TOO_LARGE);
    assert_null(text);
    expect_error(file_read(p->arena, p->dir, 10, &text, NULL, &err), ERROR_IO);
    expect_error(file_read(p->arena, "/dev/zero", 100000, &text, NULL, &err),
                 ERROR_TOO_LARGE); /* has no size, has no end */
    expect_ok(file_read(p->arena, "/proc/self/status", 100000, &text, NULL, &err)); /* says size 0, has text */
    assert_non_null(strstr(text, "Name:"));
}

static void test_failed_write(void **state)
{
    struct place *p = *state;
    struct error err = ERROR_INIT;

    expect_error(file_write(arena_printf(p->arena, "%s/no/such/folder", p->dir), "x", 1, 0600, &err), ERROR_IO);
    expect_error(file_write(p->dir, "x", 1, 0600, &err), ERROR_IO); /* a folder is in the way */
    char *longest = arena_printf(p->arena, "%s/%0300d", p->dir, 1);
    expect_error(file_write(longest, "x", 1, 0600, &err), ERROR_IO);
    assert_int_equal(entries(p->dir), 0);
}

/* A write that finds no room leaves the old file whole and no temporary one. */
static void test_no_room(void **state)
{
    struct place *p = *state;
    struct error err = ERROR_INIT;
    char *text;
    int status;

    expect_ok(file_write(p->path, "old", 3, 0600, &err));
    pid_t pid = fork();
    if (pid == 0) {
        const struct rlimit small = { 4096, 4096 };
        (void)signal(SIGXFSZ, SIG_IGN);
        (void)setrlimit(RLIMIT_FSIZE, &small);
        char *big = calloc(1, 100000);
        int rc = file_write(p->path, big, 100000, 0600, &err);
        _exit(rc == -1 && err.code == ERROR_IO ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    expect_ok(file_read(p->arena, p->path, 100, &text, NULL, &err));
    assert_string_equal(text, "old");
    assert_int_equal(entries(p->dir), 1);
}

enum { WHOLE = 200000 };

static _Noreturn void rewrite_for_ever(const char *path)
{
    char *text = malloc(WHOLE);
    struct error err = ERROR_INIT;

    for (char c = 'a';; c = c == 'z' ? 'a' : (char)(c + 1)) {
        memset(text, c, WHOLE);
        if (file_write(path, text, WHOLE, 0600, &err) < 0)
            _exit(1);
    }
}

/* Killed at any moment, the file is whole: one version from its first byte to its last. */
static void test_killed(void **state)
{
    struct place *p = *state;
    struct error err = ERROR_INIT;

    for (int i = 0; i < 30; i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        char *text;
        size_t len;
        int status;
        pid_t pid = fork();
        if (pid == 0)
            rewrite_for_ever(p->path);
        while (i == 0 && access(p->path, F_OK) != 0)
            clock_sleep_ms(1);
        clock_sleep_ms(i);
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
        expect_ok(file_read(a, p->path, WHOLE, &text, &len, &err));
        assert_int_equal(len, WHOLE);
        for (size_t j = 1; j < len; j++)
            if (text[j] != text[0])
                fail_msg("half a file at byte %zu", j);
    }
}

/* Readers at the same time see whole versions too. */
static void test_replaced_while_read(void **state)
{
    struct place *p = *state;
    struct error err = ERROR_INIT;
    int status;

    pid_t pid = fork();
    if (pid == 0)
        rewrite_for_ever(p->path);
    while (access(p->path, F_OK) != 0)
        clock_sleep_ms(1);
    for (int i = 0; i < 100; i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        char *text;
        size_t len;
        expect_ok(file_read(a, p->path, WHOLE, &text, &len, &err));
        assert_int_equal(len, WHOLE);
        assert_int_equal(text[0], text[WHOLE - 1]);
    }
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
}

static void test_mkdirs(void **state)
{
    struct place *p = *state;
    struct error err = ERROR_INIT;
    struct stat st;
    const char *deep = arena_printf(p->arena, "%s/a/b//c/", p->dir);

    expect_ok(file_mkdirs(deep, 0750, &err));
    assert_int_equal(stat(arena_printf(p->arena, "%s/a/b/c", p->dir), &st), 0);
    assert_true(S_ISDIR(st.st_mode));
    expect_ok(file_mkdirs(deep, 0750, &err)); /* existing is fine */
    expect_ok(file_mkdirs("/", 0750, &err));
    expect_ok(file_write(p->path, "x", 1, 0600, &err));
    expect_error(file_mkdirs(p->path, 0750, &err), ERROR_IO);
    expect_error(file_mkdirs(arena_printf(p->arena, "%s/below", p->path), 0750, &err), ERROR_IO);
    expect_error(file_mkdirs("", 0750, &err), ERROR_IO);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_round_trip), TEST(test_limits), TEST(test_failed_write),
        TEST(test_no_room),    TEST(test_killed), TEST(test_replaced_while_read),
        TEST(test_mkdirs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
