/* Making an object be as it is wanted (reconcile/objects.h), against a stand-in for the API server that holds one object and
 * can be told to refuse: which requests are sent, and which are not. */
#include "store_fixture.h"

#include <stdatomic.h>

#include "base/file.h"
#include "base/httpd.h"
#include "base/json.h"
#include "base/str.h"
#include "reconcile/compared.h"
#include "reconcile/objects.h"
#include "reconcile/seen.h"

struct refusal {
    int status;
    const char *reason, *message;
};

struct world {
    struct arena *arena;
    const char *dir;
    struct httpd *httpd;
    struct kube *kube;
    struct planes planes;
    struct settings settings;
    struct tenant tenant;
    struct step_ctx *ctx;
    const char *object; /* what the server holds; NULL: nothing */
    const char *made; /* the object after a POST or PATCH */
    const char *listed; /* the only Service that a list has; NULL: none */
    struct refusal refusal[3]; /* of POST, PATCH and DELETE; status 0: none */
    char log[512]; /* the methods that were asked for */
    const char *last_body;
};

static const char *const methods[] = { "POST", "PATCH", "DELETE" };

static void answer(struct httpd_response *res, int status, const char *text)
{
    *res = (struct httpd_response){ .status = status, .body = text, .body_len = strlen(text) };
}

static bool say_nothing(void *ctx, struct httpd_request *req, char *out, size_t cap, size_t *ret_len)
{
    (void)ctx, (void)out, (void)cap;
    *ret_len = 0;
    clock_sleep_ms(10);
    return !httpd_stopping(req);
}

/* What the watches ask for. */
static bool serve_watches(struct world *w, struct httpd_request *req, struct httpd_response *res)
{
    if (!httpd_query(req, "labelSelector"))
        return false;
    if (httpd_query(req, "watch"))
        *res = (struct httpd_response){ .status = 200, .stream = say_nothing };
    else
        answer(res, 200,
               arena_printf(httpd_arena(req), "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[%s]}",
                            w->listed && strstr(httpd_path(req), "/services") ? w->listed : ""));
    return true;
}

static void serve(void *ctx, struct httpd_request *req, struct httpd_response *res)
{
    struct world *w = ctx;
    const char *method = httpd_method(req);

    if (serve_watches(w, req, res))
        return;

    (void)snprintf(w->log + strlen(w->log), sizeof w->log - strlen(w->log), "%s ", method);
    w->last_body = arena_strdup(w->arena, httpd_body(req, NULL));
    for (size_t i = 0; i < COUNT(methods); i++) {
        const struct refusal *r = &w->refusal[i];
        if (r->status && str_eq(method, methods[i])) {
            answer(res, r->status,
                   arena_printf(httpd_arena(req), "{\"kind\":\"Status\",\"reason\":\"%s\",\"message\":%s}", r->reason,
                                json_text(httpd_arena(req), json_own(httpd_arena(req), json_string(r->message)))));
            return;
        }
    }
    if (str_eq(method, "GET") && !w->object) {
        answer(res, 404, "{\"kind\":\"Status\",\"reason\":\"NotFound\",\"message\":\"not found\"}");
        return;
    }
    if (str_eq(method, "POST") || str_eq(method, "PATCH"))
        w->object = w->made;
    answer(res, 200, w->object ? w->object : "{}");
}

static void on_error(void *ctx, struct httpd_request *req, const struct error *err, struct httpd_response *res)
{
    (void)ctx, (void)req, (void)err;
    answer(res, 500, "{}");
}

static int up(void **state)
{
    struct arena *a = arena_new();
    struct world *w = arena_alloc(a, sizeof *w);
    struct error err = ERROR_INIT;

    expect_ok(id_init(&err));
    w->arena = a;
    w->dir = unit_folder(a);
    const struct httpd_config config = { .address = "127.0.0.1:0", .handler = serve, .on_error = on_error, .ctx = w };
    expect_ok(httpd_start(&config, &w->httpd, &err));
    const char *file = arena_printf(a, "%s/kubeconfig", w->dir);
    const char *text = arena_printf(a,
                                    "{current-context: c, contexts: [{name: c, context: {cluster: c}}], clusters: "
                                    "[{name: c, cluster: {server: \"http://127.0.0.1:%u\"}}]}",
                                    httpd_port(w->httpd));
    expect_ok(file_write(file, text, strlen(text), 0600, &err));
    expect_ok(kube_new(file, &w->kube, &err));
    w->tenant.customer.id = "one";
    expect_ok(store_open(arena_printf(a, "%s/berth.db", w->dir), true, &w->planes.store, &err));
    w->planes.settings = &w->settings;
    w->planes.kube = w->kube;
    w->planes.seen = seen_new(w->kube, w->planes.store);
    w->ctx = arena_alloc(a, sizeof *w->ctx);
    w->ctx->arena = a;
    w->ctx->tenant = &w->tenant;
    w->ctx->planes = &w->planes;
    *state = w;
    return 0;
}

static int down(void **state)
{
    struct world *w = *state;

    httpd_stop(w->httpd, 500);
    seen_stop(w->planes.seen);
    kube_free(w->kube);
    store_close(w->planes.store);
    unit_remove(w->dir);
    arena_free(w->arena);
    return 0;
}

/* The newest event that the store has of the customer; NULL: none. */
static const struct event *last_event(struct world *w)
{
    struct error err = ERROR_INIT;
    struct event *list;
    size_t count;

    expect_ok(store_event_list(w->planes.store, w->arena, "one", 0, 200, &list, &count, &err));
    return count ? &list[count - 1] : NULL;
}

static char *service(struct world *w, int port, const char *more)
{
    return arena_printf(
        w->arena,
        "{\"kind\":\"Service\",\"metadata\":{\"name\":\"site-a\",\"namespace\":\"cust-one\"%s},\"spec\":{"
        "\"ports\":[{\"port\":%d}]}}",
        more, port);
}

#define SERVER_SIDE ",\"uid\":\"u1\",\"resourceVersion\":\"7\",\"labels\":{\"theirs\":\"x\"}"

/* Wants a Service with port 80; says what came of it, and leaves what was asked for in w->log. */
static enum step_result ensure(struct world *w, enum kube_kind kind, struct error *err)
{
    struct error bad = ERROR_INIT;
    const char *text = service(w, 80, "");
    json_t *want;

    *err = ERROR_INIT;
    w->log[0] = '\0';
    w->ctx->message[0] = '\0';
    assert_int_equal(json_parse(w->arena, text, strlen(text), &want, &bad), 0);
    return object_ensure_tree(w->ctx, kind, want, NULL, err);
}

static void test_right_already(void **state)
{
    struct world *w = *state;
    struct error err;

    w->object = service(w, 80, SERVER_SIDE);
    assert_int_equal(ensure(w, KUBE_SERVICE, &err), STEP_DONE);
    assert_string_equal(w->log, "GET "); /* nothing is written */
    assert_int_equal(w->ctx->event_count, 0);
}

static void test_missing(void **state)
{
    struct world *w = *state;
    struct error err;

    w->made = service(w, 80, SERVER_SIDE);
    assert_int_equal(ensure(w, KUBE_SERVICE, &err), STEP_DONE);
    assert_string_equal(w->log, "GET POST ");
    assert_null(last_event(w)); /* a first creation is no repair */
    w->object = NULL;
    w->ctx->repair = true;
    assert_int_equal(ensure(w, KUBE_SERVICE, &err), STEP_DONE);
    assert_string_equal(last_event(w)->reason, "Repaired");
    assert_string_equal(last_event(w)->object, "cust-one/Service/site-a");
}

/* Another one made it between our look and our POST: its 409 is no failure of ours, but nothing has been observed. */
static void test_lost_race(void **state)
{
    struct world *w = *state;
    struct error err;

    w->refusal[0] = (struct refusal){ 409, "AlreadyExists", "exists" };
    assert_int_equal(ensure(w, KUBE_SERVICE, &err), STEP_WAIT);
    assert_string_equal(w->log, "GET POST ");
    assert_int_equal(err.code, ERROR_NONE);
}

static void test_different(void **state)
{
    struct world *w = *state;
    struct error err;

    w->object = service(w, 81, SERVER_SIDE);
    w->made = service(w, 80, SERVER_SIDE);
    assert_int_equal(ensure(w, KUBE_SERVICE, &err), STEP_DONE);
    assert_string_equal(w->log, "GET PATCH ");
    /* what differs, and which object is meant: never one that came after it, never somebody's newer version */
    assert_string_equal(
        w->last_body, "{\"metadata\":{\"resourceVersion\":\"7\",\"uid\":\"u1\"},\"spec\":{\"ports\":[{\"port\":80}]}}");
    w->object = service(w, 81, SERVER_SIDE);
    w->ctx->repair = true;
    assert_int_equal(ensure(w, KUBE_SERVICE, &err), STEP_DONE);
    assert_non_null(strstr(last_event(w)->message, "/spec/ports/0/port: 81 -> 80"));
}

/* A repair is told of before it is made. What was refused is not told; what perhaps happened is. */
static void test_repair_told(void **state)
{
    struct world *w = *state;
    struct error err;

    w->ctx->repair = true;
    w->object = service(w, 81, SERVER_SIDE);
    w->refusal[1] = (struct refusal){ 403, "Forbidden", "no" };
    assert_int_equal(ensure(w, KUBE_SERVICE, &err), STEP_FAILED);
    assert_null(last_event(w));
    w->refusal[1] = (struct refusal){ 500, "InternalError", "etcd" };
    assert_int_equal(ensure(w, KUBE_SERVICE, &err), STEP_FAILED);
    assert_non_null(strstr(last_event(w)->message, "/spec/ports/0/port: 81 -> 80"));
}

/* A dry run says what it would do and does nothing but read. */
static void test_dry(void **state)
{
    struct world *w = *state;
    struct error err;

    w->ctx->dry = true;
    assert_int_equal(ensure(w, KUBE_SERVICE, &err), STEP_DONE);
    assert_string_equal(w->log, "GET ");
    w->object = service(w, 81, SERVER_SIDE);
    assert_int_equal(ensure(w, KUBE_SERVICE, &err), STEP_DONE);
    assert_string_equal(w->log, "GET ");
    w->log[0] = '\0';
    assert_int_equal(object_absent(w->ctx, KUBE_SERVICE, "site-a", &err), STEP_DONE);
    assert_string_equal(w->log, "GET ");
    assert_int_equal(w->ctx->change_count, 3);
    assert_string_equal(w->ctx->changes[0].action, "create");
    assert_string_equal(w->ctx->changes[1].action, "update");
    assert_string_equal(w->ctx->changes[1].fields[0], "/spec/ports/0/port: 81 -> 80");
    assert_string_equal(w->ctx->changes[2].action, "delete");
}

/* What a refusal means: waiting, or a failure that names the object. */
static void test_refusals(void **state)
{
    static const struct {
        struct refusal refusal;
        enum step_result result;
        const char *words;
    } rows[] = {
        { { 409, "Conflict", "changed" }, STEP_WAIT, "has just changed" },
        { { 404, "NotFound", "gone" }, STEP_WAIT, "has just changed" },
        { { 403, "Forbidden", "User \"berthd\" cannot patch" }, STEP_WAIT, "permission" },
        { { 403, "Forbidden", "because it is being terminated" }, STEP_WAIT, "being deleted" },
        { { 403, "Forbidden", "exceeded quota: tenant-quota" }, STEP_FAILED, "exceeded quota" },
        { { 500, "InternalError", "etcd" }, STEP_FAILED, "etcd" },
        { { 429, "TooManyRequests", "later" }, STEP_FAILED, "later" },
    };
    struct world *w = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct error err;
        w->object = service(w, 81, SERVER_SIDE);
        w->refusal[1] = rows[i].refusal;
        enum step_result result = ensure(w, KUBE_SERVICE, &err);
        const char *words = result == STEP_FAILED ? err.message : w->ctx->message;
        if (result != rows[i].result || !strstr(words, rows[i].words) || !strstr(w->log, "PATCH"))
            fail_msg("row %zu: %d: %s", i, (int)result, words);
        if (result == STEP_FAILED)
            assert_non_null(strstr(err.message, "cust-one/Service/site-a"));
    }
}

/* The policy that holds an Ingress to the list of hosts sees the list some moments later; what any other policy refuses stays
 * refused. Neither makes the object anew. */
static void test_policy(void **state)
{
    static const char *const message =
        "ValidatingAdmissionPolicy 'tenant-x' with binding 'tenant-x' denied request: no";
    struct world *w = *state;
    struct error err;

    w->refusal[0] = w->refusal[1] = (struct refusal){ 403, "Forbidden", message };
    assert_int_equal(ensure(w, KUBE_INGRESS, &err), STEP_WAIT);
    assert_string_equal(w->log, "GET POST ");
    assert_non_null(strstr(w->ctx->message, "cust-one/Ingress/site-a is not admitted yet: no"));
    w->object = service(w, 81, SERVER_SIDE);
    assert_int_equal(ensure(w, KUBE_INGRESS, &err), STEP_WAIT);
    assert_int_equal(ensure(w, KUBE_SERVICE, &err), STEP_FAILED);
    assert_string_equal(w->log, "GET PATCH ");
    assert_non_null(strstr(err.message, "denied request: no"));
}

/* A field that cannot be changed: the object is made again where that loses nothing; a volume claim never is. */
static void test_immutable(void **state)
{
    struct world *w = *state;
    struct error err;

    w->object = service(w, 81, SERVER_SIDE);
    w->refusal[1] = (struct refusal){ 422, "Invalid", "field is immutable" };
    assert_int_equal(ensure(w, KUBE_SERVICE, &err), STEP_WAIT);
    assert_string_equal(w->log, "GET PATCH DELETE ");
    assert_non_null(strstr(w->last_body, "\"uid\":\"u1\""));
    assert_int_equal(ensure(w, KUBE_PVC, &err), STEP_FAILED);
    assert_string_equal(w->log, "GET PATCH ");
}

static void test_being_deleted(void **state)
{
    struct world *w = *state;
    struct error err;

    w->object = service(w, 81, SERVER_SIDE ",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"");
    assert_int_equal(ensure(w, KUBE_SERVICE, &err), STEP_WAIT);
    assert_string_equal(w->log, "GET "); /* what is going away is left to go */
    w->log[0] = '\0';
    assert_int_equal(object_absent(w->ctx, KUBE_SERVICE, "site-a", &err), STEP_WAIT);
    assert_string_equal(w->log, "GET ");
}

/* Somebody who insists is not fought: five repairs, then an event and a pause. */
static void test_contested(void **state)
{
    struct world *w = *state;
    struct error err;

    w->ctx->repair = true;
    w->made = service(w, 80, SERVER_SIDE);
    for (int i = 0; i < 5; i++) {
        w->object = service(w, 81, SERVER_SIDE);
        assert_int_equal(ensure(w, KUBE_SERVICE, &err), STEP_DONE);
    }
    w->object = service(w, 81, SERVER_SIDE);
    assert_int_equal(ensure(w, KUBE_SERVICE, &err), STEP_WAIT);
    assert_string_equal(w->log, "GET ");
    assert_string_equal(w->ctx->events[w->ctx->event_count - 1].reason, "Contested");
}

static void test_absent(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;

    assert_int_equal(object_absent(w->ctx, KUBE_SERVICE, "site-a", &err), STEP_DONE); /* a 404 is the observation */
    assert_int_equal(err.code, ERROR_NONE);
    w->object = service(w, 80, SERVER_SIDE);
    w->log[0] = '\0';
    assert_int_equal(object_absent(w->ctx, KUBE_SERVICE, "site-a", &err), STEP_WAIT); /* deleted now, not yet gone */
    assert_string_equal(w->log, "GET DELETE ");
    assert_non_null(strstr(w->last_body, "\"uid\":\"u1\""));
    w->refusal[2] = (struct refusal){ 500, "InternalError", "etcd" };
    assert_int_equal(object_absent(w->ctx, KUBE_SERVICE, "site-a", &err), STEP_FAILED);
}

/* As a process that has just started: nothing is known but what the lists have. */
static void begin_anew(struct world *w, const char *listed)
{
    struct error err = ERROR_INIT;

    seen_stop(w->planes.seen);
    w->listed = listed;
    w->planes.seen = seen_new(w->kube, w->planes.store);
    expect_ok(seen_start(w->planes.seen, &err));
    for (int64_t end = clock_mono_ms() + 4000; !seen_current(w->planes.seen) && clock_mono_ms() < end;)
        clock_sleep_ms(5);
    assert_true(seen_current(w->planes.seen));
    w->ctx = arena_alloc(w->arena, sizeof *w->ctx);
    *w->ctx = (struct step_ctx){ .arena = w->arena, .tenant = &w->tenant, .planes = &w->planes };
    w->log[0] = '\0';
}

/* What an earlier process found right is not read again, as long as the list has it unchanged and the same is wanted. */
static void test_compared_before(void **state)
{
    struct world *w = *state;
    struct fixture f = { .arena = w->arena, .store = w->planes.store };
    const char *right = service(w, 80, SERVER_SIDE);
    struct error err = ERROR_INIT;
    struct lease l;

    add_customer(&f, "one");
    assert_true(claim_as(&f, "a", 60000, &l));
    w->object = right;
    begin_anew(w, right);
    assert_int_equal(ensure(w, KUBE_SERVICE, &err), STEP_DONE);
    assert_string_equal(w->log, "GET "); /* nobody has compared it yet */
    const struct pass_result r = { .ready = true, .compared = compared_text(w->ctx) };
    expect_ok(store_pass_end(w->planes.store, &l, &r, &err));
    /* of a list the API server leaves the kind out, and the version is another one after a change of the status */
    begin_anew(w, str_replace(w->arena, str_replace(w->arena, right, "\"kind\":\"Service\",", ""), "\"7\"", "\"9\""));
    assert_int_equal(ensure(w, KUBE_SERVICE, &err), STEP_DONE);
    assert_string_equal(w->log, "");
    assert_int_equal(ensure(w, KUBE_SERVICE, &err), STEP_DONE);
    assert_string_equal(w->log, "");
    assert_string_equal(compared_text(w->ctx), r.compared); /* handed on */
    /* another process had the customer meanwhile: what the watch has may be old */
    w->ctx->moved = true;
    assert_int_equal(ensure(w, KUBE_SERVICE, &err), STEP_DONE);
    assert_string_equal(w->log, "GET ");
    /* it was changed while nobody looked, or another one has its name */
    w->object = service(w, 81, SERVER_SIDE);
    w->made = right;
    begin_anew(w, w->object);
    assert_int_equal(ensure(w, KUBE_SERVICE, &err), STEP_DONE);
    assert_string_equal(w->log, "GET PATCH ");
    w->object = str_replace(w->arena, right, "u1", "u2");
    begin_anew(w, w->object);
    assert_int_equal(ensure(w, KUBE_SERVICE, &err), STEP_DONE);
    assert_string_equal(w->log, "GET ");
}

#undef TEST
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_right_already),   TEST(test_missing),       TEST(test_lost_race),
        TEST(test_different),       TEST(test_dry),           TEST(test_refusals),
        TEST(test_immutable),       TEST(test_being_deleted), TEST(test_contested),
        TEST(test_absent),          TEST(test_repair_told),   TEST(test_policy),
        TEST(test_compared_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
