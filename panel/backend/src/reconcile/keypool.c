/* RSA keys made beforehand: see keypool.h. */
#include "reconcile/keypool.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/signkey.h"

enum { KEYS = 4 };

struct pair {
    struct arena *arena; /* its own, so that the key is wiped with it */
    char *private_key, *public_key;
};

struct keypool {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stop;
    int count;
    struct pair pairs[KEYS];
};

static bool wait_for_room(struct keypool *p)
{
    pthread_mutex_lock(&p->lock);
    while (p->count == KEYS && !p->stop)
        pthread_cond_wait(&p->changed, &p->lock);
    bool go = !p->stop;
    pthread_mutex_unlock(&p->lock);
    return go;
}

static void *fill(void *ctx)
{
    const struct sched_param idle = { 0 };
    struct keypool *p = ctx;

    (void)pthread_setschedparam(pthread_self(), SCHED_IDLE,
                                &idle); /* where it is refused, keys are made all the same */
    while (wait_for_room(p)) {
        struct error err = ERROR_INIT;
        struct pair made = { .arena = arena_new() };
        if (signkey_make(made.arena, SIGNKEY_RSA, &made.private_key, &made.public_key, &err) < 0) {
            log_line(LOG_LEVEL_WARN, "no key was made for the pool", LOG_S("error", err.message));
            arena_free(made.arena);
            break; /* who needs one makes it, and tells what is wrong */
        }
        pthread_mutex_lock(&p->lock);
        p->pairs[p->count++] = made;
        pthread_mutex_unlock(&p->lock);
    }
    return NULL;
}

int keypool_start(struct keypool **ret, struct error *err)
{
    struct keypool *p = calloc(1, sizeof *p);

    if (!p)
        abort();
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
    int rc = pthread_create(&p->thread, NULL, fill, p);
    if (rc != 0) {
        free(p);
        return error_set_errno(err, rc, "starting the thread that makes keys");
    }
    *ret = p;
    return 0;
}

void keypool_stop(struct keypool *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    while (p->count > 0)
        arena_free(p->pairs[--p->count].arena);
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

static bool take(struct keypool *p, struct pair *ret)
{
    pthread_mutex_lock(&p->lock);
    bool found = p->count > 0;
    if (found)
        *ret = p->pairs[--p->count];
    pthread_cond_signal(&p->changed);
    pthread_mutex_unlock(&p->lock);
    return found;
}

int keypool_take(struct keypool *p, struct arena *a, char **ret_private, char **ret_public, struct error *err)
{
    struct pair pair;

    if (!p || !take(p, &pair))
        return signkey_make(a, SIGNKEY_RSA, ret_private, ret_public, err);
    *ret_private = signkey_keep(a, pair.private_key);
    *ret_public = arena_strdup(a, pair.public_key);
    arena_free(pair.arena);
    return 0;
}

int keypool_count(struct keypool *p)
{
    pthread_mutex_lock(&p->lock);
    int count = p->count;
    pthread_mutex_unlock(&p->lock);
    return count;
}
