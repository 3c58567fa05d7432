/* Threads that go on until they are told to end (base/loop.h). */
#include "unit.h"

#include <stdatomic.h>

#include "base/clock.h"
#include "base/loop.h"

enum { LONG_MS = 60 * 1000, SOON_MS = 5000 };

struct seen {
    atomic_int *rounds;
    int64_t pause_ms;
};

static void count_rounds(const struct loop *l, const void *ctx)
{
    const struct seen *s = ctx;

    while (loop_goes_on(l)) {
        atomic_fetch_add(s->rounds, 1);
        loop_pause(l, s->pause_ms);
    }
}

static void test_goes_on_until_it_is_stopped(void **state)
{
    struct error err = ERROR_INIT;
    atomic_int rounds = 0;
    const struct seen s = { .rounds = &rounds, .pause_ms = 1 };
    struct loop *l;

    (void)state;
    assert_int_equal(loop_start(count_rounds, &s, "a test", &l, &err), 0);
    for (int64_t end = clock_mono_ms() + SOON_MS; atomic_load(&rounds) < 3 && clock_mono_ms() < end;)
        clock_sleep_ms(1);
    loop_stop(l);
    int at_the_end = atomic_load(&rounds);
    assert_true(at_the_end >= 3);
    clock_sleep_ms(20);
    assert_int_equal(atomic_load(&rounds), at_the_end);
}

static void test_a_pause_ends_when_it_is_stopped(void **state)
{
    struct error err = ERROR_INIT;
    atomic_int rounds = 0;
    const struct seen s = { .rounds = &rounds, .pause_ms = LONG_MS };
    struct loop *l;
    int64_t begin = clock_mono_ms();

    (void)state;
    assert_int_equal(loop_start(count_rounds, &s, "a test", &l, &err), 0);
    while (atomic_load(&rounds) == 0 && clock_mono_ms() < begin + SOON_MS)
        clock_sleep_ms(1);
    loop_stop(l);
    assert_int_equal(atomic_load(&rounds), 1);
    assert_true(clock_mono_ms() - begin < SOON_MS);
    loop_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_goes_on_until_it_is_stopped),
        cmocka_unit_test(test_a_pause_ends_when_it_is_stopped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
