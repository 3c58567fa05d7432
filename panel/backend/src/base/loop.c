/* Threads that go on until they are told to end: see loop.h. */
#include "base/loop.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"

enum { PIECE_MS = 100 }; /* of a pause */

struct loop {
    void (*run)(const struct loop *l, const void *ctx);
    const void *ctx;
    pthread_t thread;
    atomic_bool stop;
};

static void *thread(void *ctx)
{
    const struct loop *l = ctx;

    l->run(l, l->ctx);
    return NULL;
}

int loop_start(void (*run)(const struct loop *l, const void *ctx), const void *ctx, const char *what, struct loop **ret,
               struct error *err)
{
    struct loop *l = calloc(1, sizeof *l);

    if (!l)
        abort();
    l->run = run;
    l->ctx = ctx;
    int rc = pthread_create(&l->thread, NULL, thread, l);
    if (rc != 0) {
        free(l);
        return error_set_errno(err, rc, "starting %s", what);
    }
    *ret = l;
    return 0;
}

bool loop_goes_on(const struct loop *l)
{
    return !atomic_load(&l->stop);
}

void loop_pause(const struct loop *l, int64_t ms)
{
    for (int64_t end = clock_mono_ms() + ms, left = ms; left > 0 && loop_goes_on(l); left = end - clock_mono_ms())
        clock_sleep_ms(left < PIECE_MS ? left : PIECE_MS);
}

void loop_stop(struct loop *l)
{
    if (!l)
        return;
    atomic_store(&l->stop, true);
    pthread_join(l->thread, NULL);
    free(l);
}
