/* The store's connections for reading (store/store.h): a burst opens some, and a trim closes what it left. */
#include "store_fixture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

/* SQLite leaves the descriptor of the database's own file open while another connection of the process has a lock on it. */
static int open_connections(const struct fixture *f)
{
    char name[64], target[4096];
    int n = 0;

    for (int fd = 0; fd < 1024; fd++) {
        (void)snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
        ssize_t len = readlink(name, target, sizeof target - 1);
        if (len < 0)
            continue;
        target[len] = '\0';
        n += strcmp(target, f->path) != 0;
    }
    return n;
}

struct burst {
    struct fixture *f;
    atomic_bool stop;
};

static void *read_on(void *ctx)
{
    struct burst *b = ctx;
    struct error err = ERROR_INIT;

    while (!atomic_load(&b->stop)) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        struct customer c;
        expect_ok(store_customer_get(b->f->store, a, "one", &c, &err));
    }
    return NULL;
}

/* What a burst of reads opened is closed when it rested from one trim to the next; the store goes on. */
static void test_trim(void **state)
{
    struct fixture *f = *state;
    struct burst b = { .f = f };
    struct error err = ERROR_INIT;
    struct customer c;
    pthread_t threads[8];

    add_customer(f, "one");
    expect_ok(store_customer_get(f->store, f->arena, "one", &c, &err));
    const int before = open_connections(f);
    for (size_t i = 0; i < COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_on, &b), 0);
    for (int64_t end = clock_mono_ms() + 20000; open_connections(f) == before && clock_mono_ms() < end;)
        clock_sleep_ms(1);
    atomic_store(&b.stop, true);
    for (size_t i = 0; i < COUNT(threads); i++)
        pthread_join(threads[i], NULL);
    assert_true(open_connections(f) > before);
    store_trim(f->store); /* all may have been in use until now */
    expect_ok(store_customer_get(f->store, f->arena, "one", &c, &err));
    store_trim(f->store);
    assert_int_equal(open_connections(f), before);
    expect_ok(store_customer_get(f->store, f->arena, "one", &c, &err));
    store_trim(f->store);
    store_trim(f->store); /* one is kept, used or not */
    assert_int_equal(open_connections(f), before);
}

int main(void)
{
    static const struct CMUnitTest tests[] = { TEST(test_trim) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
