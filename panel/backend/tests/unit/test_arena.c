/* The arena (base/arena.h): zeroed and separate allocations, growth, release in order, and its limit. */
#include "unit.h"

#include <sys/resource.h>
#include <sys/wait.h>

static void test_alloc(void **state)
{
    static const size_t sizes[] = { 0, 1, 15, 16, 17, 1000, 4096, 5000, 70000, 1 << 20 };
    CLEANUP(arena_freep) struct arena *a = arena_new();
    char *all[COUNT(sizes) * 20];
    size_t n = 0, used = 0;

    (void)state;
    for (size_t round = 0; round < 20; round++)
        for (size_t i = 0; i < COUNT(sizes); i++) {
            char *p = all[n++] = arena_alloc(a, sizes[i]);
            assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
            for (size_t j = 0; j < sizes[i]; j++)
                assert_int_equal(p[j], 0);
            memset(p, (int)n, sizes[i]);
            used += sizes[i];
        }
    assert_int_equal(arena_used(a), used);
    for (size_t i = 0; i < n; i++) /* nobody wrote into another's memory */
        for (size_t j = 0; j < sizes[i % COUNT(sizes)]; j += 97)
            assert_int_equal(all[i][j], (char)(i + 1));
}

static void test_reset(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 100; i++) {
            char *p = arena_alloc(a, (size_t)i * 50);
            for (int j = 0; j < i * 50; j++)
                assert_int_equal(p[j], 0); /* zeroed again after a reset */
            memset(p, 0xff, (size_t)i * 50);
        }
        arena_reset(a);
        assert_int_equal(arena_used(a), 0);
    }
}

static void test_grow(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    char *p = NULL;
    size_t size = 0;
    for (int i = 0; i < 2000; i++) {
        p = arena_grow(a, p, size, size + 13);
        for (size_t j = size; j < size + 13; j++)
            assert_int_equal(p[j], 0); /* the new part is zeroed */
        memset(p + size, i % 100 + 1, 13);
        size += 13;
        if (i % 50 == 0)
            *(char *)arena_alloc(a, 1) = 'x'; /* in the way: the next growth is a copy */
    }
    for (int i = 0; i < 2000; i++)
        for (int j = 0; j < 13; j++)
            assert_int_equal(p[i * 13 + j], i % 100 + 1);
}

static char order[64], letters[] = "abcm"; /* note() is given one of these */

static void add_to_order(char c)
{
    size_t n = strlen(order);

    assert_true(n + 1 < sizeof order);
    order[n] = c;
    order[n + 1] = '\0';
}

static void note(void *handle)
{
    add_to_order(*(const char *)handle);
}

static struct arena *deferring;

static void defer_more(void *handle)
{
    add_to_order('!');
    arena_defer(deferring, note, handle);
}

/* Newest first; a release may defer another one; each runs once. */
static void test_deferred_order(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    memset(order, 0, sizeof order);
    arena_defer(a, note, letters + 0);
    arena_defer(a, note, letters + 1);
    arena_defer(a, note, letters + 2);
    arena_reset(a);
    assert_string_equal(order, "cba");
    memset(order, 0, sizeof order);
    deferring = a;
    arena_defer(a, note, letters + 0);
    arena_defer(a, defer_more, letters + 3);
    arena_defer(a, note, letters + 2);
    arena_free(a);
    assert_string_equal(order, "c!ma");
    arena_free(NULL);
}

static void test_strings(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();

    (void)state;
    assert_null(arena_strdup(a, NULL));
    assert_null(arena_strndup(a, NULL, 3));
    assert_string_equal(arena_strdup(a, ""), "");
    assert_string_equal(arena_strndup(a, "abcdef", 3), "abc");
    for (int n = 250; n < 260; n++) { /* around the size of the buffer that arena_printf() tries first */
        const char *s = arena_printf(a, "%0*d", n, 7);
        assert_int_equal(strlen(s), n);
        assert_int_equal(s[n - 1], '7');
    }
}

/* Runs fn in a process of its own; true when it ended by abort(). */
static bool dies(void (*fn)(void))
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        const struct rlimit none = { 0, 0 };
        (void)setrlimit(RLIMIT_CORE, &none);
        (void)!freopen("/dev/null", "w", stderr);
        fn();
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void over_limit(void)
{
    struct arena *a = arena_new();

    arena_set_limit(a, 1000);
    (void)arena_alloc(a, 600);
    (void)arena_alloc(a, 401);
}

static void grow_over_limit(void)
{
    struct arena *a = arena_new();

    arena_set_limit(a, 1000);
    char *p = arena_alloc(a, 600);
    (void)arena_grow(a, p, 600, 1001);
}

static void array_overflow(void)
{
    (void)arena_array(arena_new(), SIZE_MAX / 2, 4);
}

static void huge(void)
{
    (void)arena_alloc(arena_new(), SIZE_MAX - 8);
}

static void long_string(void)
{
    (void)arena_strndup(arena_new(), "x", SIZE_MAX);
}

static void within_limit(void)
{
    struct arena *a = arena_new();

    arena_set_limit(a, 1000);
    (void)arena_alloc(a, 1000);
    arena_reset(a);
    (void)arena_alloc(a, 1000);
}

/* Past its limit the process ends, with no allocation that is smaller than was asked for. */
static void test_limits(void **state)
{
    (void)state;
    assert_true(dies(over_limit));
    assert_true(dies(grow_over_limit));
    assert_true(dies(array_overflow));
    assert_true(dies(huge));
    assert_true(dies(long_string));
    assert_false(dies(within_limit));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alloc),          cmocka_unit_test(test_reset),   cmocka_unit_test(test_grow),
        cmocka_unit_test(test_deferred_order), cmocka_unit_test(test_strings), cmocka_unit_test(test_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
