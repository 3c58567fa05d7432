/* The thread that carries bulk changes out: see bulk.h. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "api/access.h"
#include "api/auth.h"
#include "api/bulk.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"

enum { IDLE_MS = 1000, PAUSE_MS = 1, FAILURE_PAUSE_MS = 500, BURST = 50 };

struct bulk_worker {
    const struct api_config *config;
    pthread_t thread;
    atomic_bool stop;
};

/* Who asked, as that user is now. */
static int enter(struct call *c, const struct bulk *b, struct error *err)
{
    struct token t = { .account = b->account,
                       .customer = b->customer,
                       .scope = AUTH_SCOPE_ALL,
                       .id = "",
                       .role = user_role_name(USER_ADMIN) };
    struct user u;

    if (!str_empty(b->account)) {
        if (store_user_get(c->store, c->arena, b->account, &u, err) < 0)
            return err->code == ERROR_NOT_FOUND
                       ? error_set(err, ERROR_FORBIDDEN, "the user who asked for it is there no more")
                       : -1;
        t.email = u.email;
        t.role = user_role_name(u.role);
    }
    auth_enter(c, &t);
    return 0;
}

static int read_action(struct call *c, const struct bulk *b, struct bulk_action *ret, struct error *err)
{
    json_t *change;

    if (json_parse_foreign(c->arena, b->change, strlen(b->change), &change, err) < 0)
        return -1;
    return str_starts(b->kind, "customer.") ? customers_bulk_read(c, change, ret, err)
                                            : sites_bulk_read(c, change, ret, err);
}

/* The change of one object, in tx. */
static int change_one(struct call *c, struct store_tx *tx, const struct bulk *b, struct bulk_item *item,
                      struct error *err)
{
    struct bulk_action action;

    c->segment = c->segments[0] = item->object;
    if (enter(c, b, err) < 0 || read_action(c, b, &action, err) < 0 || access_check(c, action.operation_id, err) < 0 ||
        change_apply_one(c, tx, action.kind, action.apply, action.input, &item->child, err) < 0)
        return -1;
    item->state = "accepted";
    item->message = "";
    return store_bulk_end(tx, b->operation, item, err);
}

/* What cannot be done is refused, in a transaction of its own, since the first one can only be rolled back. */
static int refuse(struct call *c, const struct bulk *b, const struct bulk_item *item, const char *why,
                  struct error *err)
{
    const struct bulk_item refused = { .position = item->position, .state = "refused", .message = why, .child = "" };
    CLEANUP(store_rollbackp) struct store_tx *tx = NULL;

    if (store_begin(c->store, &tx, err) < 0 || store_bulk_end(tx, b->operation, &refused, err) < 0)
        return -1;
    struct store_tx *ending = tx;
    tx = NULL;
    return store_commit(ending, err);
}

/* The next object of b. *ret_more false: none waits. */
static int work_one(struct bulk_worker *w, const struct bulk *b, bool *ret_more, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    CLEANUP(store_rollbackp) struct store_tx *tx = NULL;
    struct call c = {
        .config = w->config, .store = w->config->store, .arena = a, .segment = "", .request_id = b->request_id
    };
    struct error why = ERROR_INIT;
    struct bulk_item item;

    if (store_begin(c.store, &tx, err) < 0 || store_bulk_next(tx, a, b->operation, &item, ret_more, err) < 0)
        return -1;
    if (!*ret_more)
        return 0;
    int rc = change_one(&c, tx, b, &item, &why);
    if (rc == 0) {
        struct store_tx *ending = tx;
        tx = NULL;
        return store_commit(ending, err);
    }
    store_rollback(tx);
    tx = NULL;
    if (error_retriable(why.code)) {
        *err = why;
        return -1;
    }
    return refuse(&c, b, &item, arena_strdup(a, why.message), err);
}

/* Finished when every object is: done, failed or refused. */
static int finish(struct bulk_worker *w, const struct bulk *b, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct call c = { .config = w->config, .store = w->config->store, .arena = a };
    struct bulk_progress p;

    if (store_bulk_progress(c.store, b->operation, &p, err) < 0)
        return -1;
    if (p.waiting || p.running)
        return 0;
    bool whole = p.done == p.total;
    const char *message = whole ? ""
                                : arena_printf(a, "of %lld objects %lld were refused and %lld failed",
                                               (long long)p.total, (long long)p.refused, (long long)p.failed);
    return store_operation_finish(c.store, b->operation, whole ? OPERATION_DONE : OPERATION_FAILED, message,
                                  json_text(a, bulk_progress_json(&c, &p)), err);
}

static int work(struct bulk_worker *w, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct bulk *open;
    size_t count;
    bool again = true;

    if (store_bulk_open(w->config->store, a, &open, &count, err) < 0)
        return -1;
    /* In turns, so that a small one does not wait for a large one. */
    while (again) {
        again = false;
        for (size_t i = 0; i < count; i++) {
            bool more = true;
            for (int n = 0; more && n < BURST && !atomic_load(&w->stop); n++) {
                if (work_one(w, &open[i], &more, err) < 0)
                    return -1;
                clock_sleep_ms(PAUSE_MS); /* others write in between */
            }
            again = again || (more && !atomic_load(&w->stop));
        }
    }
    for (size_t i = 0; i < count; i++)
        if (!atomic_load(&w->stop) && finish(w, &open[i], err) < 0)
            return -1;
    return 0;
}

static void *run(void *ctx)
{
    struct bulk_worker *w = ctx;
    int64_t seen = 0;

    while (!atomic_load(&w->stop)) {
        struct error err = ERROR_INIT;
        if (work(w, &err) < 0) {
            log_line(LOG_LEVEL_WARN, "a bulk change waits", LOG_S("code", error_name(err.code)),
                     LOG_S("error", err.message));
            clock_sleep_ms(FAILURE_PAUSE_MS);
        }
        (void)store_wait(w->config->store, &seen, IDLE_MS);
    }
    return NULL;
}

struct bulk_worker *bulk_start(const struct api_config *config)
{
    struct bulk_worker *w = calloc(1, sizeof *w);

    if (!w)
        abort();
    w->config = config;
    if (pthread_create(&w->thread, NULL, run, w) != 0)
        abort();
    return w;
}

void bulk_stop(struct bulk_worker *w)
{
    if (!w)
        return;
    atomic_store(&w->stop, true);
    pthread_join(w->thread, NULL);
    free(w);
}
