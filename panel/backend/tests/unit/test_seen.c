/* What the watches know (reconcile/seen.h), against a stand-in for the API server that lists and watches over real HTTP. */
#include "store_fixture.h"

#include <pthread.h>

#include "base/file.h"
#include "base/httpd.h"
#include "base/json.h"
#include "reconcile/owned.h"
#include "reconcile/seen.h"

enum { FEEDS = 11, QUEUE_MAX = 1 << 20, WAIT_MS = 4000, SOON_MS = 70 };

/* One kind: what a list of it holds, and the events that wait for its watch. */
struct feed {
    const char *plural, *items, *more; /* more: a second page */
    char *queue;
    int lists;
    bool expire; /* the next thing that the watch says: 410 */
};

struct world {
    struct fixture *f;
    struct httpd *httpd;
    struct kube *kube;
    struct seen *seen;
    pthread_mutex_t lock;
    struct feed feeds[FEEDS];
};

static bool say_events(void *ctx, struct httpd_request *req, char *out, size_t cap, size_t *ret_len)
{
    struct feed *feed = ctx;
    struct world *w = httpd_sink_ctx(req);

    pthread_mutex_lock(&w->lock);
    size_t len = strlen(feed->queue), part = len < cap ? len : cap;
    memcpy(out, feed->queue, part);
    memmove(feed->queue, feed->queue + part, len - part + 1);
    bool expire = feed->expire && len == 0;
    if (expire) {
        part = (size_t)snprintf(
            out, cap,
            "{\"type\":\"ERROR\",\"object\":{\"code\":410,\"reason\":\"Expired\",\"message\":\"too old\"}}\n");
        feed->expire = false;
    }
    pthread_mutex_unlock(&w->lock);
    *ret_len = part;
    if (part == 0)
        clock_sleep_ms(5);
    return !expire && !httpd_stopping(req);
}

/* The world comes to a request by its sink's context: the stream's own is the feed. */
static int remember_world(void *ctx, struct httpd_request *req, const struct httpd_sink **ret_sink, void **ret_sink_ctx,
                          struct error *err)
{
    (void)req, (void)ret_sink, (void)err;
    *ret_sink_ctx = ctx;
    return 0;
}

static void serve(void *ctx, struct httpd_request *req, struct httpd_response *res)
{
    struct world *w = ctx;
    const char *plural = strrchr(httpd_path(req), '/') + 1, *text;

    for (size_t i = 0; i < FEEDS; i++) {
        struct feed *feed = &w->feeds[i];
        if (!str_eq(feed->plural, plural))
            continue;
        if (httpd_query(req, "watch")) {
            *res = (struct httpd_response){ .status = 200, .stream = say_events, .stream_ctx = feed };
            return;
        }
        pthread_mutex_lock(&w->lock);
        feed->lists++;
        bool rest = httpd_query(req, "continue") != NULL;
        text = arena_printf(httpd_arena(req),
                            "{\"metadata\":{\"resourceVersion\":\"1\",\"continue\":\"%s\"},\"items\":[%s]}",
                            feed->more && !rest ? "m" : "", rest ? feed->more : feed->items);
        pthread_mutex_unlock(&w->lock);
        *res = (struct httpd_response){ .status = 200, .body = text, .body_len = strlen(text) };
        return;
    }
    *res = (struct httpd_response){ .status = 404 };
}

static void on_error(void *ctx, struct httpd_request *req, const struct error *err, struct httpd_response *res)
{
    (void)ctx, (void)req, (void)err;
    *res = (struct httpd_response){ .status = 500 };
}

static struct feed *feed_of(struct world *w, const char *plural)
{
    for (size_t i = 0; i < FEEDS; i++)
        if (str_eq(w->feeds[i].plural, plural))
            return &w->feeds[i];
    abort(); /* a kind that the test made up */
}

static int up(void **state)
{
    static const char *const plurals[FEEDS] = { "namespaces",   "resourcequotas",
                                                "limitranges",  "networkpolicies",
                                                "rolebindings", "persistentvolumeclaims",
                                                "deployments",  "services",
                                                "ingresses",    "pods",
                                                "configmaps" };
    struct world *w = unit_new(sizeof *w);
    struct error err = ERROR_INIT;
    void *fixture;
    struct lease l;

    assert_int_equal(fixture_up(&fixture), 0);
    w->f = fixture;
    pthread_mutex_init(&w->lock, NULL);
    for (size_t i = 0; i < FEEDS; i++)
        w->feeds[i] = (struct feed){ .plural = plurals[i], .items = "", .queue = unit_new(QUEUE_MAX) };
    const struct httpd_config config = {
        .address = "127.0.0.1:0", .open_sink = remember_world, .handler = serve, .on_error = on_error, .ctx = w
    };
    expect_ok(httpd_start(&config, &w->httpd, &err));
    const char *file = arena_printf(w->f->arena, "%s/kubeconfig", w->f->dir);
    const char *text = arena_printf(
        w->f->arena,
        "{current-context: c, contexts: [{name: c, context: {cluster: c, user: c}}], users: [], "
        "clusters: [{name: c, cluster: {server: \"http://127.0.0.1:%u\"}}]}",
        httpd_port(w->httpd));
    expect_ok(file_write(file, text, strlen(text), 0600, &err));
    expect_ok(kube_new(file, &w->kube, &err));
    w->seen = seen_new(w->kube, w->f->store);
    add_customer(w->f, "one");
    add_customer(w->f, "two");
    while (claim_as(w->f, "x", 60000, &l)) /* nobody is due: who becomes so, became so by a watch */
        pass_done(w->f, &l, true, 0);
    *state = w;
    return 0;
}

static int down(void **state)
{
    struct world *w = *state;
    void *fixture = w->f;

    httpd_stop(w->httpd, 500); /* first, so that the watches end at once */
    seen_stop(w->seen);
    kube_free(w->kube);
    for (size_t i = 0; i < FEEDS; i++)
        free(w->feeds[i].queue);
    pthread_mutex_destroy(&w->lock);
    free(w);
    return fixture_down(&fixture);
}

static void start(struct world *w)
{
    struct error err = ERROR_INIT;

    expect_ok(seen_start(w->seen, &err));
    for (int64_t end = clock_mono_ms() + WAIT_MS; !seen_current(w->seen) && clock_mono_ms() < end;)
        clock_sleep_ms(5);
    assert_true(seen_current(w->seen));
}

static char *deployment(struct world *w, const char *ns, const char *name, int replicas, int available)
{
    return arena_printf(
        w->f->arena,
        "{\"metadata\":{\"name\":\"%s\",\"namespace\":\"%s\",\"generation\":1},\"spec\":{\"replicas\":%d},"
        "\"status\":{\"observedGeneration\":1,\"updatedReplicas\":%d,\"availableReplicas\":%d}}",
        name, ns, replicas, available, available);
}

static void say(struct world *w, const char *plural, const char *type, const char *object)
{
    struct feed *feed = feed_of(w, plural);

    pthread_mutex_lock(&w->lock);
    size_t len = strlen(feed->queue);
    (void)snprintf(feed->queue + len, QUEUE_MAX - len, "{\"type\":\"%s\",\"object\":%s}\n", type, object);
    pthread_mutex_unlock(&w->lock);
}

static uint64_t hash_of(struct world *w, const char *object)
{
    struct error err = ERROR_INIT;
    json_t *json;

    expect_ok(json_parse(w->f->arena, object, strlen(object), &json, &err));
    return owned_hash(w->f->arena, json);
}

static enum seen_state ask(struct world *w, const char *name, uint64_t want)
{
    bool ready;

    return seen_ask(w->seen, KUBE_DEPLOYMENT, seen_key(KUBE_DEPLOYMENT, "cust-one", name), want, &ready, NULL);
}

static void await(struct world *w, const char *name, uint64_t want, enum seen_state state)
{
    for (int64_t end = clock_mono_ms() + WAIT_MS; ask(w, name, want) != state && clock_mono_ms() < end;)
        clock_sleep_ms(2);
    assert_int_equal(ask(w, name, want), state);
}

static void note(struct world *w, const char *name, uint64_t want, uint64_t have)
{
    seen_note(w->seen, KUBE_DEPLOYMENT, seen_key(KUBE_DEPLOYMENT, "cust-one", name), want, have, true);
}

/* The customer who became due, or "" when nobody did. */
static const char *due(struct world *w)
{
    struct lease l;

    if (!claim_as(w->f, "x", 60000, &l))
        return "";
    pass_done(w->f, &l, true, 0);
    return l.customer;
}

static const char *await_due(struct world *w)
{
    const char *who = "";

    for (int64_t end = clock_mono_ms() + WAIT_MS; !who[0] && clock_mono_ms() < end; who = due(w))
        clock_sleep_ms(2);
    return who;
}

/* An event that changes nothing, so that all events before it are known to be taken. */
static void flush(struct world *w)
{
    static int n;
    const char *name = arena_printf(w->f->arena, "flush%d", n++);

    say(w, "deployments", "ADDED", deployment(w, "cust-one", name, 1, 0)); /* new and not ready: nobody becomes due */
    await(w, name, 0, SEEN_DIFFERENT);
    clock_sleep_ms(SOON_MS); /* whom an event made due is due by now */
}

static void test_decisions(void **state)
{
    struct world *w = *state;
    const char *object = deployment(w, "cust-one", "site-a", 1, 1);

    assert_int_equal(ask(w, "site-a", 1), SEEN_UNKNOWN); /* before the first list nobody knows */
    assert_false(seen_current(w->seen));
    feed_of(w, "deployments")->items = object;
    start(w);
    assert_int_equal(ask(w, "absent", 1), SEEN_ABSENT);
    assert_int_equal(ask(w, "site-a", 1), SEEN_DIFFERENT); /* there, but never compared */
    note(w, "site-a", 1, hash_of(w, object));
    assert_int_equal(ask(w, "site-a", 1), SEEN_SAME);
    assert_int_equal(ask(w, "site-a", 2), SEEN_DIFFERENT); /* something else is wanted now */
    assert_string_equal(due(w), ""); /* a list makes nobody due */
}

static void test_foreign_change(void **state)
{
    struct world *w = *state;
    const char *object = deployment(w, "cust-one", "site-a", 1, 1);

    feed_of(w, "deployments")->items = object;
    start(w);
    note(w, "site-a", 1, hash_of(w, object));
    say(w, "deployments", "MODIFIED",
        "{\"metadata\":{\"name\":\"site-a\",\"namespace\":\"cust-one\",\"generation\":1,\"resourceVersion\":\"9\"},"
        "\"spec\":{\"replicas\":1},\"status\":{\"observedGeneration\":1,\"updatedReplicas\":1,\"availableReplicas\":1,"
        "\"x\":1}}");
    flush(w);
    assert_int_equal(ask(w, "site-a", 1), SEEN_SAME); /* status alone */
    say(w, "deployments", "MODIFIED", deployment(w, "cust-one", "site-a", 0, 1));
    assert_string_equal(await_due(w), "one");
    assert_int_equal(ask(w, "site-a", 1), SEEN_DIFFERENT);
    say(w, "deployments", "DELETED", deployment(w, "cust-one", "site-a", 0, 1));
    assert_string_equal(await_due(w), "one");
    assert_int_equal(ask(w, "site-a", 1), SEEN_ABSENT);
    assert_string_equal(due(w), ""); /* nobody else */
}

/* What a pass made is known before the watch tells of it, and the watch's word then makes nobody due. */
static void test_own_creation(void **state)
{
    struct world *w = *state;
    const char *object = deployment(w, "cust-one", "site-a", 1, 1);

    start(w);
    note(w, "site-a", 1, hash_of(w, object));
    assert_int_equal(ask(w, "site-a", 1), SEEN_SAME);
    say(w, "deployments", "ADDED", object);
    flush(w);
    assert_int_equal(ask(w, "site-a", 1), SEEN_SAME);
    assert_string_equal(due(w), "");
}

static void test_readiness(void **state)
{
    struct world *w = *state;
    const char *object = deployment(w, "cust-one", "site-a", 1, 0);
    bool ready = true;

    feed_of(w, "deployments")->items = object;
    start(w);
    note(w, "site-a", 1, hash_of(w, object));
    uint64_t key = seen_key(KUBE_DEPLOYMENT, "cust-one", "site-a");
    assert_int_equal(seen_ask(w->seen, KUBE_DEPLOYMENT, key, 1, &ready, NULL), SEEN_SAME);
    assert_false(ready);
    say(w, "deployments", "MODIFIED", deployment(w, "cust-one", "site-a", 1, 1));
    assert_string_equal(await_due(w), "one"); /* what was waited for has come */
    assert_int_equal(seen_ask(w->seen, KUBE_DEPLOYMENT, key, 1, &ready, NULL), SEEN_SAME);
    assert_true(ready);
}

/* A helper pod's end is told; what the scheduler and the kubelet write before it is not. */
static void test_helper_pod(void **state)
{
    struct world *w = *state;
    uint64_t key = seen_key(KUBE_POD, "cust-one", "deploy-r1");
    bool ready;

#define POD                                                                                                            \
    "{\"metadata\":{\"namespace\":\"cust-one\",\"name\":\"deploy-r1\",\"uid\":\"p\"},\"spec\":{%s},\"status\":{%s}}"
    start(w);
    seen_note(w->seen, KUBE_POD, key, 0, 0, false); /* just made: the watch may not have it yet */
    assert_int_equal(seen_ask(w->seen, KUBE_POD, key, 0, &ready, NULL), SEEN_DIFFERENT);
    say(w, "pods", "ADDED", arena_printf(w->f->arena, POD, "", "\"phase\":\"Pending\""));
    say(w, "pods", "MODIFIED", arena_printf(w->f->arena, POD, "\"nodeName\":\"n\"", "\"phase\":\"Running\""));
    for (int64_t end = clock_mono_ms() + WAIT_MS; feed_of(w, "pods")->queue[0] && clock_mono_ms() < end;)
        clock_sleep_ms(2);
    flush(w);
    assert_string_equal(due(w), "");
    say(w, "pods", "MODIFIED", arena_printf(w->f->arena, POD, "\"nodeName\":\"n\"", "\"phase\":\"Succeeded\""));
    assert_string_equal(await_due(w), "one");
#undef POD
}

static void test_others_are_ignored(void **state)
{
    struct world *w = *state;
    bool ready;

    start(w);
    say(w, "deployments", "ADDED", deployment(w, "panel-system", "site-a", 1, 1));
    say(w, "deployments", "ADDED", "{}");
    say(w, "deployments", "ADDED", "7");
    flush(w);
    assert_int_equal(
        seen_ask(w->seen, KUBE_DEPLOYMENT, seen_key(KUBE_DEPLOYMENT, "panel-system", "site-a"), 1, &ready, NULL),
        SEEN_ABSENT);
    assert_string_equal(due(w), "");
}

/* 410: everything is listed again. What the list no longer has is gone, every customer is looked at, and what another
 * kind's watch knows stays as it is. */
/* A list comes in pages; what the last one holds is known too, and nothing is current before it. */
static void test_pages(void **state)
{
    struct world *w = *state;

    feed_of(w, "deployments")->items = deployment(w, "cust-one", "first", 1, 1);
    feed_of(w, "deployments")->more = deployment(w, "cust-one", "last", 1, 1);
    start(w);
    assert_int_equal(feed_of(w, "deployments")->lists, 2);
    assert_int_equal(ask(w, "first", 1), SEEN_DIFFERENT);
    assert_int_equal(ask(w, "last", 1), SEEN_DIFFERENT);
    assert_int_equal(ask(w, "other", 1), SEEN_ABSENT);
}

static void test_list_again(void **state)
{
    struct world *w = *state;
    const char *old = deployment(w, "cust-one", "old", 1, 1), *kept = deployment(w, "cust-one", "kept", 1, 1);

    feed_of(w, "deployments")->items = arena_printf(w->f->arena, "%s,%s", old, kept);
    start(w);
    note(w, "old", 1, hash_of(w, old));
    note(w, "kept", 1, hash_of(w, kept));
    pthread_mutex_lock(&w->lock);
    feed_of(w, "deployments")->items = kept;
    feed_of(w, "deployments")->expire = true;
    pthread_mutex_unlock(&w->lock);
    await(w, "old", 1, SEEN_ABSENT);
    await(w, "kept", 1, SEEN_SAME);
    assert_int_equal(feed_of(w, "deployments")->lists, 2);
    const char *first = await_due(w), *second = await_due(w);
    assert_string_not_equal(first, second); /* both customers */
    note(w, "made", 1, 42); /* just made, and not yet told of by the deployments' watch */
    pthread_mutex_lock(&w->lock);
    feed_of(w, "namespaces")->expire = true;
    pthread_mutex_unlock(&w->lock);
    for (int64_t end = clock_mono_ms() + WAIT_MS; feed_of(w, "namespaces")->lists < 2 && clock_mono_ms() < end;)
        clock_sleep_ms(5);
    (void)await_due(w);
    (void)await_due(w);
    assert_int_equal(ask(w, "made", 1), SEEN_SAME);
    assert_int_equal(ask(w, "kept", 1), SEEN_SAME);
    pthread_mutex_lock(&w->lock); /* but its own kind's list is believed: somebody has deleted it at once */
    feed_of(w, "deployments")->expire = true;
    pthread_mutex_unlock(&w->lock);
    await(w, "made", 1, SEEN_ABSENT);
}

/* The API server is gone: what was known is no longer believed. */
static void test_server_gone(void **state)
{
    struct world *w = *state;

    feed_of(w, "deployments")->items = deployment(w, "cust-one", "site-a", 1, 1);
    start(w);
    assert_int_equal(ask(w, "site-a", 1), SEEN_DIFFERENT);
    httpd_stop(w->httpd, 500);
    w->httpd = NULL;
    await(w, "site-a", 1, SEEN_UNKNOWN);
    assert_false(seen_current(w->seen));
}

static void test_repairs_are_limited(void **state)
{
    struct world *w = *state;
    bool tell;

    for (int i = 0; i < 5; i++) {
        assert_true(seen_may_repair(w->seen, 7, &tell));
        assert_false(tell);
    }
    assert_false(seen_may_repair(w->seen, 7, &tell));
    assert_true(tell);
    for (int i = 0; i < 300; i++) { /* it is told once, however often it is asked */
        assert_false(seen_may_repair(w->seen, 7, &tell));
        assert_false(tell);
    }
    assert_true(seen_may_repair(w->seen, 8, &tell)); /* each object has its own count */
}

/* Objects that come and go leave nothing behind: the memory is that of those that are there. */
static void test_churn(void **state)
{
    struct world *w = *state;

    start(w);
    for (int i = 0; i < 5000; i++) {
        const char *object = arena_printf(w->f->arena, "{\"metadata\":{\"name\":\"d%d\",\"namespace\":\"cust-gone\"}}",
                                          i);
        say(w, "services", "ADDED", object);
        say(w, "services", "DELETED", object);
    }
    bool ready;
    say(w, "services", "ADDED", "{\"metadata\":{\"name\":\"last\",\"namespace\":\"cust-gone\"}}");
    for (int64_t end = clock_mono_ms() + WAIT_MS;
         seen_ask(w->seen, KUBE_SERVICE, seen_key(KUBE_SERVICE, "cust-gone", "last"), 1, &ready, NULL) !=
             SEEN_DIFFERENT &&
         clock_mono_ms() < end;)
        clock_sleep_ms(5);
    assert_in_range(seen_count(w->seen), 1, 800);
}

#undef TEST
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_decisions),   TEST(test_foreign_change),      TEST(test_own_creation), TEST(test_readiness),
        TEST(test_helper_pod),  TEST(test_others_are_ignored),  TEST(test_pages),        TEST(test_list_again),
        TEST(test_server_gone), TEST(test_repairs_are_limited), TEST(test_churn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
