/* Metrics (base/metrics.h): the text format of Prometheus, threads, and a bounded number of series. */
#include "unit.h"

#include <pthread.h>

#include "base/metrics.h"

static void test_text(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct metrics *m = metrics_new();

    (void)state;
    metrics_add(m, "b_total", "code=\"500\"", "Bees.", 1);
    metrics_add(m, "b_total", "code=\"200\"", "ignored", 2);
    metrics_add(m, "b_total", "code=\"200\"", NULL, 3);
    metrics_set(m, "a_now", NULL, "Back\\slash\nand newline.", 5);
    metrics_set(m, "a_now", NULL, NULL, -7);
    assert_string_equal(metrics_text(m, a), "# HELP a_now Back\\\\slash\\nand newline.\n# TYPE a_now gauge\na_now -7\n"
                                            "# HELP b_total Bees.\n# TYPE b_total counter\n"
                                            "b_total{code=\"200\"} 5\nb_total{code=\"500\"} 1\n");
    metrics_free(m);
    metrics_free(NULL);
}

/* One HELP and one TYPE a family, whichever series came first. */
static void test_family_has_one_header(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct metrics *m = metrics_new();

    (void)state;
    for (int i = 9; i >= 0; i--)
        metrics_add(m, "n_total", arena_printf(a, "i=\"%d\"", i), "Help.", i);
    const char *text = metrics_text(m, a), *first = strstr(text, "# HELP");
    assert_non_null(first);
    assert_null(strstr(first + 1, "# HELP"));
    assert_non_null(strstr(text, "# HELP n_total Help.\n"));
    metrics_free(m);
}

static void *count(void *ctx)
{
    for (int i = 0; i < 10000; i++)
        metrics_add(ctx, "n_total", NULL, "N.", 1);
    return NULL;
}

static void test_threads(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct metrics *m = metrics_new();
    pthread_t threads[4];

    (void)state;
    for (size_t i = 0; i < COUNT(threads); i++)
        (void)pthread_create(&threads[i], NULL, count, m);
    for (size_t i = 0; i < COUNT(threads); i++)
        pthread_join(threads[i], NULL);
    assert_non_null(strstr(metrics_text(m, a), "\nn_total 40000\n"));
    metrics_free(m);
}

static void test_bounded(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct metrics *m = metrics_new();

    (void)state;
    for (int i = 0; i < 5000; i++)
        metrics_add(m, "n_total", arena_printf(a, "i=\"%d\"", i), "N.", 1);
    metrics_add(m, "n_total", "i=\"0\"", "N.", 1); /* one that is there goes on */
    const char *text = metrics_text(m, a);
    assert_non_null(strstr(text, "\nberth_metrics_dropped_total 904\n"));
    assert_non_null(strstr(text, "\nn_total{i=\"0\"} 2\n"));
    metrics_free(m);
}

static void test_overflow(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct metrics *m = metrics_new();

    (void)state;
    metrics_add(m, "n_total", NULL, "N.", INT64_MAX);
    metrics_add(m, "n_total", NULL, "N.", 1);
    assert_non_null(strstr(metrics_text(m, a), "\nn_total 0\n"));
    metrics_free(m);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),     cmocka_unit_test(test_family_has_one_header),
        cmocka_unit_test(test_threads),  cmocka_unit_test(test_bounded),
        cmocka_unit_test(test_overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
