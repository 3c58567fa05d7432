/* What the watches know: see seen.h. A table with open addressing; keys are 64-bit hashes of kind, namespace and name. */
#include "reconcile/seen.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/str.h"
#include "reconcile/owned.h"

#define MANAGED "app.kubernetes.io/managed-by=berth"
#define HELPERS MANAGED ",berth.dev/role=helper" /* of the pods: a site's own are its Deployment's business */
#define NAMESPACE_PREFIX "cust-"

enum {
    REPAIRS_MAX = 5,
    REPAIR_WINDOW_S = 60,
    FIRST_CAPACITY = 1024,
    RETRY_MS = 1000,
    RETRY_MAX_MS = 8 * 1000,
    VERSION_MAX = 32,
    TOGETHER_MS = 10,
    CONTINUE_MAX = 4096,
};

static const enum kube_kind watched[] = { KUBE_NAMESPACE,   KUBE_QUOTA,     KUBE_LIMITS, KUBE_NETPOL,
                                          KUBE_ROLEBINDING, KUBE_CONFIGMAP, KUBE_PVC,    KUBE_DEPLOYMENT,
                                          KUBE_SERVICE,     KUBE_INGRESS,   KUBE_POD };
enum { WATCHED_COUNT = sizeof watched / sizeof watched[0] };

struct entry {
    uint64_t key; /* 0: free */
    uint64_t observed; /* hash that the watch saw last; 0: none, or deleted */
    uint64_t have, want; /* hashes of the last comparison that ended well; 0: none */
    uint32_t repair_window_s, repairs : 8, kind : 8, ready : 1, gone : 1, listed : 1;
};

struct watcher {
    struct seen *seen;
    enum kube_kind kind;
    pthread_t thread;
    bool started, heard; /* heard: the watch that runs, or ran last, told something */
    char version[VERSION_MAX]; /* resourceVersion up to which we know everything; "": list first */
};

struct seen {
    struct kube *kube;
    struct store *store;
    pthread_mutex_t lock;
    struct entry *table;
    size_t capacity, used;
    int64_t listed; /* pages */
    bool current[KUBE_KIND_COUNT];
    volatile bool stop;
    struct watcher watchers[WATCHED_COUNT];
};

uint64_t seen_key(enum kube_kind kind, const char *ns, const char *name)
{
    uint64_t key = id_hash64(&kind, sizeof kind);

    key = id_hash64_more(key, ns ? ns : "", ns ? strlen(ns) : 0);
    key = id_hash64_more(key, name, strlen(name));
    return key ? key : 1;
}

bool object_ready(enum kube_kind kind, const json_t *object)
{
    if (kind == KUBE_DEPLOYMENT) {
        int64_t want = json_int_at(object, "/spec/replicas", 1);
        return json_int_at(object, "/status/observedGeneration", 0) >= json_int_at(object, "/metadata/generation", 0) &&
               json_int_at(object, "/status/updatedReplicas", 0) >= want &&
               json_int_at(object, "/status/availableReplicas", 0) >= want;
    }
    if (kind == KUBE_POD) {
        const char *phase = json_str_at(object, "/status/phase");
        const json_t *status = json_at(object, "/status/containerStatuses/0");
        return str_eq(phase, "Succeeded") || str_eq(phase, "Failed") ||
               json_int_at(status, "/state/terminated/exitCode", 0) == HELPER_BAD_ARCHIVE ||
               json_int_at(status, "/lastState/terminated/exitCode", 0) == HELPER_BAD_ARCHIVE;
    }
    if (kind == KUBE_QUOTA)
        return json_object_size(json_at(object, "/status/hard")) > 0 &&
               json_equal(json_at(object, "/status/hard"), json_at(object, "/spec/hard"));
    return true;
}

/* --- the table; under lock --- */

static struct entry *slot_of(struct entry *table, size_t capacity, uint64_t key)
{
    size_t i = key & (capacity - 1);

    while (table[i].key && table[i].key != key)
        i = (i + 1) & (capacity - 1);
    return &table[i];
}

static size_t count_alive(const struct seen *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->capacity; i++)
        n += s->table[i].key && !s->table[i].gone;
    return n;
}

/* Makes room: entries that are gone are dropped, and only when few were is the table doubled. */
static void grow(struct seen *s)
{
    size_t doubled = count_alive(s) * 2 < s->capacity ? s->capacity : s->capacity * 2, kept = 0;
    size_t capacity = s->capacity ? doubled : FIRST_CAPACITY;
    struct entry *table = calloc(capacity, sizeof *table);

    if (!table)
        abort();
    for (size_t i = 0; i < s->capacity; i++) {
        if (!s->table[i].key || s->table[i].gone)
            continue;
        *slot_of(table, capacity, s->table[i].key) = s->table[i];
        kept++;
    }
    free(s->table);
    s->table = table;
    s->capacity = capacity;
    s->used = kept;
}

static struct entry *entry_of(struct seen *s, uint64_t key)
{
    if (s->used * 4 >= s->capacity * 3)
        grow(s);
    struct entry *e = slot_of(s->table, s->capacity, key);
    if (!e->key) {
        e->key = key;
        e->gone = 1;
        s->used++;
    }
    return e;
}

enum seen_state seen_ask(struct seen *s, enum kube_kind kind, uint64_t key, uint64_t want_hash, bool *ret_ready,
                         uint64_t *ret_have)
{
    enum seen_state state = SEEN_UNKNOWN;

    pthread_mutex_lock(&s->lock);
    if (s->current[kind]) {
        const struct entry *e = slot_of(s->table, s->capacity, key);
        if (!e->key || e->gone)
            state = SEEN_ABSENT;
        else
            state = e->want == want_hash && e->have && e->have == e->observed ? SEEN_SAME : SEEN_DIFFERENT;
        *ret_ready = e->ready;
        if (ret_have)
            *ret_have = e->observed;
    }
    pthread_mutex_unlock(&s->lock);
    return state;
}

void seen_note(struct seen *s, enum kube_kind kind, uint64_t key, uint64_t want_hash, uint64_t have_hash, bool ready)
{
    pthread_mutex_lock(&s->lock);
    struct entry *e = entry_of(s, key);
    e->kind = (uint8_t)kind;
    e->listed = 1; /* a list that runs right now was perhaps taken before the object was there */
    e->want = want_hash;
    e->have = have_hash;
    if (e->gone) {
        /* Just made: the watch will say so too; until then this answer is the observation. */
        e->gone = 0;
        e->observed = have_hash;
        e->ready = ready;
    }
    pthread_mutex_unlock(&s->lock);
}

bool seen_may_repair(struct seen *s, uint64_t key, bool *ret_tell)
{
    uint32_t now = (uint32_t)(clock_mono_ms() / 1000);

    pthread_mutex_lock(&s->lock);
    struct entry *e = entry_of(s, key);
    if (now - e->repair_window_s >= REPAIR_WINDOW_S) {
        e->repair_window_s = now;
        e->repairs = 0;
    }
    bool may = e->repairs < REPAIRS_MAX;
    *ret_tell = e->repairs == REPAIRS_MAX;
    if (e->repairs <= REPAIRS_MAX)
        e->repairs++;
    pthread_mutex_unlock(&s->lock);
    return may;
}

void seen_repair_failed(struct seen *s, uint64_t key)
{
    pthread_mutex_lock(&s->lock);
    struct entry *e = entry_of(s, key);
    if (e->repairs > 0)
        e->repairs--;
    pthread_mutex_unlock(&s->lock);
}

int64_t seen_count(struct seen *s)
{
    pthread_mutex_lock(&s->lock);
    int64_t n = (int64_t)s->used;
    pthread_mutex_unlock(&s->lock);
    return n;
}

bool seen_current(struct seen *s)
{
    bool all = true;

    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < WATCHED_COUNT; i++)
        all = all && s->current[watched[i]];
    pthread_mutex_unlock(&s->lock);
    return all;
}

int64_t seen_listed(struct seen *s)
{
    pthread_mutex_lock(&s->lock);
    int64_t n = s->listed;
    pthread_mutex_unlock(&s->lock);
    return n;
}

/* --- watching --- */

/* Takes an object in; true when the customer should be looked at. */
static bool take(struct seen *s, enum kube_kind kind, uint64_t key, uint64_t hash, bool ready, bool deleted)
{
    bool look;

    pthread_mutex_lock(&s->lock);
    struct entry *e = entry_of(s, key);
    /* What no pass of ours has compared, another process keeps; should that one be gone, a change is looked at all the same. */
    uint64_t was = e->have ? e->have : e->gone || kind == KUBE_POD ? 0 : e->observed;
    look = deleted ? !e->gone : (was && hash != was) || ready != e->ready;
    e->kind = (uint8_t)kind;
    e->observed = deleted ? 0 : hash;
    e->gone = deleted;
    e->listed = 1;
    if (deleted)
        e->have = e->want = 0;
    e->ready = ready;
    pthread_mutex_unlock(&s->lock);
    return look;
}

static void on_object(struct watcher *w, const json_t *object, bool deleted, bool listing)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct error ignored = ERROR_INIT;
    const char *ns = json_str_at(object, "/metadata/namespace"), *name = json_str_at(object, "/metadata/name");
    const char *home = ns ? ns : name;

    /* Whose it is, the namespace's name says: a label may be what somebody took away. */
    if (!name || !str_starts(home, NAMESPACE_PREFIX))
        return;
    const char *customer = home + strlen(NAMESPACE_PREFIX);
    uint64_t key = seen_key(w->kind, ns, name);
    bool look = take(w->seen, w->kind, key, deleted ? 0 : owned_hash(a, object),
                     !deleted && object_ready(w->kind, object), deleted);
    if (look && !listing)
        (void)!store_customer_due_in(w->seen->store, customer, TOGETHER_MS,
                                     &ignored); /* when the store is away, the pass at its return looks anyway */
}

static void set_current(struct seen *s, enum kube_kind kind, bool current)
{
    pthread_mutex_lock(&s->lock);
    s->current[kind] = current;
    pthread_mutex_unlock(&s->lock);
}

static void remember_version(struct watcher *w, const json_t *object)
{
    const char *version = json_str_at(object, "/metadata/resourceVersion");

    if (version && strlen(version) < sizeof w->version)
        memcpy(w->version, version, strlen(version) + 1);
}

static void on_event(void *ctx, const char *type, const json_t *object)
{
    struct watcher *w = ctx;

    if (!str_eq(type, "BOOKMARK"))
        on_object(w, object, str_eq(type, "DELETED"), false);
    remember_version(w, object);
    set_current(w->seen, w->kind, true);
    w->heard = true;
}

/* Entries of this kind that the list did not have are gone; objects that changed while nobody looked make nobody due here:
 * the engine looks at every customer after a start, and seen_ask() says DIFFERENT. */
static void sweep(struct seen *s, enum kube_kind kind, bool begin)
{
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->capacity; i++) {
        struct entry *e = &s->table[i];
        if (!e->key || e->kind != (uint8_t)kind)
            continue;
        if (begin)
            e->listed = 0;
        else if (!e->listed)
            e->gone = 1;
    }
    s->current[kind] = !begin;
    pthread_mutex_unlock(&s->lock);
}

static const char *selector(enum kube_kind kind)
{
    return kind == KUBE_POD ? HELPERS : MANAGED;
}

/* Takes one page in. *ret_next gets what the next one goes on from, "" after the last. */
static int list_page(struct watcher *w, char *ret_next, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    json_t *all, *item;
    size_t i;

    if (kube_list(w->seen->kube, a, w->kind, NULL, selector(w->kind), ret_next[0] ? ret_next : NULL, &all, err) < 0)
        return -1;
    json_array_foreach(json_object_get(all, "items"), i, item) on_object(w, item, false, true);
    pthread_mutex_lock(&w->seen->lock);
    w->seen->listed++;
    pthread_mutex_unlock(&w->seen->lock);
    const char *next = json_str_at(all, "/metadata/continue");
    if (next && strlen(next) >= CONTINUE_MAX)
        return error_set(err, ERROR_BAD_GATEWAY, "a list that goes on from a mark of %zu bytes", strlen(next));
    memcpy(ret_next, next ? next : "", next ? strlen(next) + 1 : 1);
    if (ret_next[0] == '\0')
        remember_version(w, all);
    return 0;
}

static int list(struct watcher *w, struct error *err)
{
    char next[CONTINUE_MAX] = "";

    sweep(w->seen, w->kind, true);
    do {
        if (list_page(w, next, err) < 0)
            return -1;
    } while (next[0] && !w->seen->stop);
    if (str_empty(w->version))
        return error_set(err, ERROR_BAD_GATEWAY, "a list without a resourceVersion");
    sweep(w->seen, w->kind, false);
    return 0;
}

/* Watches from where the last watch ended; lists first at the start, and when the server no longer knows that version. */
static int follow(struct watcher *w, bool *listed_before, struct error *err)
{
    struct error ignored = ERROR_INIT;

    if (w->version[0] == '\0') {
        if (list(w, err) < 0)
            return -1;
        if (*listed_before)
            (void)!store_customer_due(w->seen->store, NULL, &ignored); /* what changed meanwhile, no event told */
        *listed_before = true;
    }
    int rc = kube_watch(w->seen->kube, w->kind, selector(w->kind), w->version, &w->seen->stop, on_event, w, err);
    if (rc < 0 && err->code == ERROR_GONE)
        w->version[0] = '\0';
    return rc;
}

/* A watch that told nothing before it ended, however it ended, is begun again after ever longer pauses: a server that refuses
 * or drops all of them gets a few requests a minute from each kind. */
static int64_t pause_after(const struct watcher *w, int64_t last_ms, unsigned retry_after_s)
{
    int64_t pause = w->heard || last_ms == 0 ? RETRY_MS : last_ms * 2;

    pause = pause > RETRY_MAX_MS ? RETRY_MAX_MS : pause;
    return pause < retry_after_s * 1000LL ? retry_after_s * 1000LL : pause;
}

static void *run(void *ctx)
{
    struct watcher *w = ctx;
    struct seen *s = w->seen;
    bool listed_before = false;
    int64_t pause = 0;

    while (!s->stop) {
        struct error err = ERROR_INIT;
        int64_t begin = clock_mono_ms();
        w->heard = false;
        int rc = follow(w, &listed_before, &err);
        if (rc == 0 && (w->heard || clock_mono_ms() - begin >= RETRY_MAX_MS)) {
            pause = 0;
            continue;
        }
        /* Until an event or a bookmark comes again nobody knows what happens: passes ask the API server. */
        if (rc < 0)
            set_current(s, w->kind, false);
        pause = pause_after(w, pause, err.retry_after_s);
        for (int64_t end = clock_mono_ms() + pause; clock_mono_ms() < end && !s->stop;)
            clock_sleep_ms(100);
    }
    return NULL;
}

struct seen *seen_new(struct kube *kube, struct store *store)
{
    struct seen *s = calloc(1, sizeof *s);

    if (!s)
        abort();
    s->kube = kube;
    s->store = store;
    pthread_mutex_init(&s->lock, NULL);
    grow(s);
    return s;
}

int seen_start(struct seen *s, struct error *err)
{
    for (size_t i = 0; i < WATCHED_COUNT; i++) {
        s->watchers[i] = (struct watcher){ .seen = s, .kind = watched[i] };
        int rc = pthread_create(&s->watchers[i].thread, NULL, run, &s->watchers[i]);
        if (rc != 0)
            return error_set_errno(err, rc, "starting a watch");
        s->watchers[i].started = true;
    }
    return 0;
}

void seen_stop(struct seen *s)
{
    if (!s)
        return;
    s->stop = true;
    for (size_t i = 0; i < WATCHED_COUNT; i++)
        if (s->watchers[i].started)
            pthread_join(s->watchers[i].thread, NULL);
    pthread_mutex_destroy(&s->lock);
    free(s->table);
    free(s);
}
