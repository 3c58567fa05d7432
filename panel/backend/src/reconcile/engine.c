/* The reconciler: see engine.h. */
#include "reconcile/engine.h"

#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/id.h"
#include "base/log.h"
#include "base/str.h"
#include "reconcile/compared.h"
#include "reconcile/house.h"
#include "reconcile/internal.h"
#include "reconcile/keypool.h"
#include "reconcile/look.h"
#include "reconcile/mailer.h"
#include "reconcile/mailhost.h"
#include "reconcile/mailwatch.h"
#include "reconcile/seen.h"
#include "reconcile/step.h"
#include "reconcile/zonewatch.h"

enum {
    WAIT_MIN_MS = 150,
    WATCHED_MIN_MS = 1000, /* a watch tells; this is for the case that it cannot */
    WAIT_MAX_MS = 60 * 1000,
    PROBE_EVERY_MS = 10 * 60 * 1000,
    IDLE_MS = 1000,
    HOUSEKEEPING_MS = 5000,
    WORKERS_MAX = 64,
    FAILURE_PAUSE_MS = 1000,
    LEASE_MARGIN_PART = 12, /* of a lease: in its last part the end of a pass is not tried again */
    FIRST_LISTS_MS = 3000, /* without a page of a list: nobody knows when they come */
    FIRST_LISTS_MAX_MS = 60 * 1000,
    FETCH_KEY_MIN = 32,
    FETCH_KEY_MAX = 256,
};

struct engine {
    struct arena *arena; /* of strings that live as long */
    struct planes planes;
    struct owner *owner;
    struct house house;
    struct internal *internal;
    struct loop *zonewatch, *mailwatch;
    struct mailer *mailer;
    pthread_t workers[WORKERS_MAX], housekeeper;
    int64_t worker_count;
    bool housekeeping;
    atomic_bool taken_over; /* the leases of the dead are released, and everybody is looked at */
    atomic_bool stop;
};

/* A lease with what follows from it in this process. */
struct tenure {
    struct lease lease;
    struct planes planes; /* whose requests end with the lease */
    int64_t end_ms; /* monotonic; counted from before the claim, so never later than in the store */
};

/* --- one pass --- */

static int64_t longest_wait(const struct step_ctx *ctx, const struct condition *before, size_t count, int64_t now)
{
    int64_t since = now;

    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < ctx->condition_count; j++)
            if (str_eq(before[i].step, ctx->conditions[j].step) &&
                str_eq(before[i].subject, ctx->conditions[j].subject) && ctx->conditions[j].status == CONDITION_FALSE &&
                !ctx->conditions[j].pending && before[i].status == CONDITION_FALSE && before[i].since_ms < since)
                since = before[i].since_ms;
    return now - since;
}

/* A quarter of the time waited so far, with a tenth of jitter. */
static int64_t next_look(struct step_ctx *ctx, int64_t now)
{
    struct error ignored = ERROR_INIT;
    struct condition *before;
    size_t count;
    int64_t waited = 0, least = ctx->polls ? WAIT_MIN_MS : WATCHED_MIN_MS;

    if (store_condition_list(ctx->planes->store, ctx->arena, ctx->tenant->customer.id, &before, &count, &ignored) == 0)
        waited = longest_wait(ctx, before, count, now);
    int64_t wait = waited / 4;
    wait = wait < least ? least : wait > WAIT_MAX_MS ? WAIT_MAX_MS : wait;
    wait = wait < ctx->retry_after_s * 1000LL ? ctx->retry_after_s * 1000LL : wait;
    wait += (int64_t)(id_hash64(&now, sizeof now) % (uint64_t)(wait / 10 + 1));
    for (size_t i = 0; i < ctx->condition_count; i++)
        if (ctx->conditions[i].status != CONDITION_TRUE)
            ctx->conditions[i].next_try_ms = now + wait;
    return now + wait;
}

/* A store that is full or away for a moment: the end of a pass is tried again while the lease is ours. */
static int keep_pass(struct engine *e, const struct tenure *t, const struct pass_result *r, struct error *err)
{
    int64_t end = t->end_ms - e->planes.settings->lease_ms / LEASE_MARGIN_PART;

    for (;;) {
        *err = ERROR_INIT;
        if (store_pass_end(e->planes.store, &t->lease, r, err) == 0)
            return 0;
        if (!error_retriable(err->code) || atomic_load(&e->stop) || clock_mono_ms() >= end)
            return -1;
        clock_sleep_ms(FAILURE_PAUSE_MS);
    }
}

/* After a lease was taken over, a create or a DNS write of the holder before may come as late as the end of its time: all is
 * looked at once more then. */
static int64_t not_after_settling(const struct tenure *t, int64_t due_ms)
{
    int64_t settle = t->lease.settle_ms;

    return settle > 0 && settle < due_ms ? settle : due_ms;
}

static int end_pass(struct engine *e, const struct tenure *t, struct step_ctx *ctx, bool ready, struct error *err)
{
    int64_t now = clock_wall_ms();
    struct pass_result r = { .ready = ready, .due_ms = ready ? now + PROBE_EVERY_MS : next_look(ctx, now) };

    if (ctx->look_ms > 0 && ctx->look_ms < r.due_ms)
        r.due_ms = ctx->look_ms < now + WAIT_MIN_MS ? now + WAIT_MIN_MS : ctx->look_ms;
    r.due_ms = not_after_settling(t, r.due_ms);
    r.condition_count = ctx->condition_count;
    r.conditions = ctx->conditions;
    r.event_count = ctx->event_count;
    r.events = ctx->events;
    r.compared = ready ? compared_text(ctx) : NULL;
    return keep_pass(e, t, &r, err);
}

static int erase(struct engine *e, const struct tenure *t, struct step_ctx *ctx, struct error *err)
{
    struct error why = ERROR_INIT;
    enum step_result result = steps_remove(ctx, &why);

    if (result == STEP_DONE && !ctx->settling)
        return store_customer_erase(e->planes.store, &t->lease, err);
    if (result == STEP_DONE)
        result = step_watch(ctx, "all is gone; it is looked at once more when nothing of an earlier try can come late");
    step_condition(ctx, "erase", "", CONDITION_FALSE, result == STEP_FAILED ? error_name(why.code) : "InProgress",
                   arena_strdup(ctx->arena, result == STEP_FAILED ? why.message : ctx->message));
    return end_pass(e, t, ctx, false, err);
}

static int pass(struct engine *e, struct arena *a, struct tenure *own, struct error *err)
{
    struct tenant *t = arena_alloc(a, sizeof *t);
    struct step_ctx *ctx = arena_alloc(a, sizeof *ctx);
    struct lease *l = &own->lease;

    if (store_tenant_load(e->planes.store, NULL, a, l->customer, t, err) < 0)
        return -1;
    ctx->arena = a;
    ctx->tenant = t;
    ctx->planes = &own->planes;
    ctx->lease = l;
    ctx->settling = l->settle_ms > clock_wall_ms();
    ctx->moved = l->moved;
    ctx->repair = t->customer.observed == t->customer.generation;
    if (t->customer.state == CUSTOMER_ERASING)
        return erase(e, own, ctx, err);
    /* A change that came between the claim and the load is part of what is done now. */
    l->generation = t->customer.generation;
    return end_pass(e, own, ctx, steps_ensure(ctx), err);
}

static bool claim(struct engine *e, struct arena *a, struct tenure *ret, bool *ret_found, int64_t *ret_next_ms,
                  struct error *err)
{
    const int64_t lease_ms = e->planes.settings->lease_ms, end = clock_mono_ms() + lease_ms;

    if (store_claim(e->planes.store, a, owner_name(e->owner), lease_ms, &ret->lease, ret_found, ret_next_ms, err) < 0)
        return false;
    ret->end_ms = end;
    ret->planes = e->planes;
    ret->planes.kube = kube_until(e->planes.kube, a, end);
    ret->planes.pdns = pdns_until(e->planes.pdns, a, end);
    ret->planes.maildb = e->planes.maildb ? maildb_until(e->planes.maildb, a, end) : NULL;
    return true;
}

static void log_pass(const char *customer, int64_t ms, int rc, const struct error *err)
{
    if (rc < 0)
        log_line(LOG_LEVEL_WARN, "pass failed", LOG_S("customer", customer), LOG_S("error", err->message),
                 LOG_I("ms", ms));
    else
        log_line(LOG_LEVEL_DEBUG, "pass", LOG_S("customer", customer), LOG_I("ms", ms));
}

/* Does one piece of work. *ret_wait_ms: how long there is none. */
static bool work(struct engine *e, int64_t *ret_wait_ms)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error err = ERROR_INIT;
    struct tenure t;
    bool found = false;
    int64_t next_ms = 0;

    *ret_wait_ms = IDLE_MS;
    if (look_once(&e->planes, a, &found, &err) < 0 || found)
        return found;
    if (!claim(e, a, &t, &found, &next_ms, &err)) {
        log_line(LOG_LEVEL_WARN, "the store does not answer", LOG_S("error", err.message));
        *ret_wait_ms = FAILURE_PAUSE_MS;
        return false;
    }
    if (!found) {
        int64_t left = next_ms > 0 ? next_ms - clock_wall_ms() : IDLE_MS;
        *ret_wait_ms = left < 1 ? 1 : left > IDLE_MS ? IDLE_MS : left;
        return false;
    }
    int64_t begin = clock_mono_ms();
    int rc = pass(e, a, &t, &err);
    log_pass(t.lease.customer, clock_mono_ms() - begin, rc, &err);
    metrics_add(e->planes.metrics, "berth_reconcile_passes_total", rc < 0 ? "result=\"failed\"" : "result=\"ok\"",
                "Reconcile passes.", 1);
    return true;
}

/* A start finds many customers due; with the watches current most of their objects need no request. An API server that
 * is away is not waited for: it is a condition of the steps. */
static void await_first_lists(struct engine *e)
{
    int64_t now = clock_mono_ms(), end = now + FIRST_LISTS_MS, last = now + FIRST_LISTS_MAX_MS, listed = 0;

    while (!atomic_load(&e->stop) && !seen_current(e->planes.seen) && now < end && now < last) {
        clock_sleep_ms(10);
        now = clock_mono_ms();
        if (seen_listed(e->planes.seen) != listed)
            end = now + FIRST_LISTS_MS;
        listed = seen_listed(e->planes.seen);
    }
}

static void *worker(void *ctx)
{
    struct engine *e = ctx;
    int64_t seen = 0, wait_ms;

    while (!atomic_load(&e->taken_over) && !atomic_load(&e->stop))
        clock_sleep_ms(10);
    await_first_lists(e);
    while (!atomic_load(&e->stop))
        if (!work(e, &wait_ms))
            (void)store_wait(e->planes.store, &seen, wait_ms);
    return NULL;
}

/* What a start writes. A store that is full or away is waited for: the process answers meanwhile. */
static void take_over(struct engine *e)
{
    bool told = false;

    while (!atomic_load(&e->stop)) {
        struct error err = ERROR_INIT;
        if (house_take_over(&e->house, &err) == 0)
            break;
        if (!told)
            log_line(LOG_LEVEL_WARN, "the start waits for the store", LOG_S("error", err.message));
        told = true;
        clock_sleep_ms(FAILURE_PAUSE_MS);
    }
    atomic_store(&e->taken_over, true);
}

/* Passes need much for a moment, and nothing in between: connections that rested since the last time are closed, and what is free
 * in the pools of all threads goes back to the system. */
static void rest(struct engine *e)
{
    store_trim(e->planes.store);
    kube_trim(e->planes.kube);
    pdns_trim(e->planes.pdns);
    (void)malloc_trim(0);
}

static void *housekeeper(void *ctx)
{
    struct engine *e = ctx;
    bool told = false;

    take_over(e);
    while (!atomic_load(&e->stop)) {
        struct error err = ERROR_INIT;
        if (house_keep(&e->house, &err) < 0) {
            if (!told)
                log_line(LOG_LEVEL_WARN, "housekeeping failed", LOG_S("error", err.message));
            told = true;
        } else {
            told = false;
        }
        rest(e);
        metrics_set(e->planes.metrics, "berth_watched_objects", NULL, "Objects that the watches know.",
                    seen_count(e->planes.seen));
        metrics_set(e->planes.metrics, "berth_kube_requests_total", NULL, "Requests to the API server.",
                    (int64_t)kube_requests(e->planes.kube));
        metrics_set(e->planes.metrics, "berth_pdns_requests_total", NULL, "Requests to PowerDNS.",
                    (int64_t)pdns_requests(e->planes.pdns));
        if (e->planes.maildb)
            metrics_set(e->planes.metrics, "berth_maildb_requests_total", NULL, "Transactions in the mail database.",
                        (int64_t)maildb_requests(e->planes.maildb));
        for (int i = 0; i < (told ? FAILURE_PAUSE_MS : HOUSEKEEPING_MS) / 100 && !atomic_load(&e->stop); i++)
            clock_sleep_ms(100);
    }
    return NULL;
}

/* --- start and stop --- */

/* The key of helper pods' tokens: given to all reconcilers, or made once and kept, so that a token outlives a restart. */
static int fetch_key(struct engine *e, struct error *err)
{
    const char *path = arena_printf(e->arena, "%s/fetch-key", e->planes.settings->data_dir);
    const char *given = e->planes.settings->fetch_key_file;
    char *key;

    if (!str_empty(given)) {
        if (file_read(e->arena, given, FETCH_KEY_MAX, &key, NULL, err) < 0)
            return error_context(err, "BERTH_FETCH_KEY_FILE");
        e->planes.fetch_key = str_trim(e->arena, key);
        return strlen(e->planes.fetch_key) < FETCH_KEY_MIN
                   ? error_set(err, ERROR_INVALID, "BERTH_FETCH_KEY_FILE: %s must hold at least %d random characters",
                               given, FETCH_KEY_MIN)
                   : 0;
    }
    if (file_read(e->arena, path, FETCH_KEY_MAX, &key, NULL, err) < 0) {
        if (err->code != ERROR_NOT_FOUND)
            return -1;
        *err = ERROR_INIT;
        key = id_token(e->arena);
        if (file_write(path, key, strlen(key), 0600, err) < 0)
            return -1;
    }
    e->planes.fetch_key = key;
    return 0;
}

/* A statement waits for a sixth of a lease at most, so that a pass gets through several. */
static int connect_maildb(struct planes *p, struct error *err)
{
    enum { LEASE_PART = 6, LONGEST_MS = 10000 };
    const struct settings *set = p->settings;
    int64_t ms = set->lease_ms / LEASE_PART;
    const struct maildb_config config = { .url = set->mail_url,
                                          .password_file = set->mail_password_file,
                                          .ca_file = set->mail_ca_file,
                                          .timeout_ms = ms < LONGEST_MS ? ms : LONGEST_MS };

    if (str_empty(set->mail_url))
        return 0;
    return maildb_new(&config, &p->maildb, err) < 0 ? error_context(err, "BERTH_MAIL_URL") : 0;
}

static int connect_planes(struct engine *e, struct error *err)
{
    struct planes *p = &e->planes;
    const struct settings *set = p->settings;

    if (templates_load(set->templates, &p->templates, err) < 0 || kube_new(set->kubeconfig, &p->kube, err) < 0 ||
        pdns_new(set->pdns_url, set->pdns_key_file, &p->pdns, err) < 0 || connect_maildb(p, err) < 0 ||
        fetch_key(e, err) < 0)
        return -1;
    p->seen = seen_new(p->kube, p->store);
    return 0;
}

/* Before the first list: what was compared before this start, and by whom customers were worked on, counts on. A store that does
 * not take it now costs requests, nothing else. */
static void go_on(struct engine *e)
{
    struct error err = ERROR_INIT;
    const char *key;

    if (store_hash_key(e->planes.store, e->arena, id_hash_key_new(e->arena), &key, &err) < 0 ||
        id_hash_key_use(key, &err) < 0 || store_adopt(e->planes.store, owner_name(e->owner), &err) < 0)
        log_line(LOG_LEVEL_WARN, "all objects are read again", LOG_S("error", err.message));
}

static int start_threads(struct engine *e, struct error *err)
{
    const struct settings *set = e->planes.settings;
    int64_t want = set->workers < 1 ? 1 : set->workers > WORKERS_MAX ? WORKERS_MAX : set->workers;
    int rc = 0;

    if (!str_empty(set->mail_host) && keypool_start(&e->planes.keypool, err) < 0)
        return -1;
    go_on(e);
    if (seen_start(e->planes.seen, err) < 0 || internal_start(&e->planes, &e->internal, err) < 0 ||
        zonewatch_start(&e->planes, &e->zonewatch, err) < 0 || mailer_start(&e->planes, &e->mailer, err) < 0 ||
        mailwatch_start(&e->planes, &e->mailwatch, err) < 0)
        return -1;
    for (; e->worker_count < want && rc == 0; e->worker_count += rc == 0)
        rc = pthread_create(&e->workers[e->worker_count], NULL, worker, e);
    if (rc == 0)
        rc = pthread_create(&e->housekeeper, NULL, housekeeper, e);
    e->housekeeping = rc == 0;
    return rc == 0 ? 0 : error_set_errno(err, rc, "starting a worker");
}

int engine_start(const struct settings *settings, struct store *store, struct spool *spool, struct metrics *metrics,
                 struct engine **ret, struct error *err)
{
    struct engine *e = calloc(1, sizeof *e);

    if (!e)
        abort();
    e->arena = arena_new();
    e->planes = (struct planes){ .settings = settings, .store = store, .spool = spool, .metrics = metrics };
    e->planes.mailhost = mailhost_new();
    e->owner = owner_new(settings->data_dir, settings->host);
    e->house = (struct house){ .planes = &e->planes, .owner = e->owner, .prune_ms = clock_mono_ms() };
    if (connect_planes(e, err) < 0 || start_threads(e, err) < 0) {
        engine_stop(e);
        return -1;
    }
    *ret = e;
    return 0;
}

void engine_stop(struct engine *e)
{
    struct error ignored = ERROR_INIT;

    if (!e)
        return;
    atomic_store(&e->stop, true);
    for (int64_t i = 0; i < e->worker_count; i++)
        pthread_join(e->workers[i], NULL);
    if (e->housekeeping)
        pthread_join(e->housekeeper, NULL);
    loop_stop(e->mailwatch);
    mailer_stop(e->mailer);
    loop_stop(e->zonewatch);
    internal_stop(e->internal);
    seen_stop(e->planes.seen);
    keypool_stop(e->planes.keypool);
    mailhost_free(e->planes.mailhost);
    maildb_free(e->planes.maildb);
    pdns_free(e->planes.pdns);
    kube_free(e->planes.kube);
    templates_free(e->planes.templates);
    if (store_lease_release(e->planes.store, owner_name(e->owner), &ignored) == 0)
        owner_free(e->owner);
    arena_free(e->arena);
    free(e);
}

void engine_print_steps(void)
{
    for (const struct step *const *s = steps; *s; s++) {
        printf("%-10s %-10s %s", (*s)->name, (*s)->plane, (*s)->help);
        for (const char *const *n = (*s)->needs; n && *n; n++)
            printf("%s%s", n == (*s)->needs ? " Needs: " : ", ", *n);
        printf("%s\n", (*s)->remove ? " Has a removal of its own." : "");
    }
}
