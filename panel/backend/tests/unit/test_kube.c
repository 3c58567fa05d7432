/* The client of the API server (provider/kube.h) against a scripted bad one: each fault gives its documented code. */
#include "peer.h"

#include "base/file.h"
#include "base/json.h"
#include "provider/kube.h"

#define STATUS(code, reason, more)                                                                                     \
    "{\"kind\":\"Status\",\"status\":\"Failure\",\"code\":" #code ",\"reason\":\"" reason                              \
    "\",\"message\":\"words of the server\"" more "}"

struct world {
    struct arena *arena;
    const char *dir;
    struct peer *peer;
    struct kube *kube;
    struct peer_answer answers[4];
};

static char *http(struct arena *a, const char *status, const char *headers, const char *body)
{
    return arena_printf(a, "HTTP/1.1 %s\r\nContent-Type: application/json\r\n%sContent-Length: %zu\r\n\r\n%s", status,
                        headers, strlen(body), body);
}

static int up(void **state)
{
    struct arena *a = arena_new();
    struct world *w = arena_alloc(a, sizeof *w);

    w->arena = a;
    w->dir = unit_folder(a);
    *state = w;
    return 0;
}

static int down(void **state)
{
    struct world *w = *state;

    kube_free(w->kube);
    if (w->peer)
        peer_stop(w->peer);
    unit_remove(w->dir);
    arena_free(w->arena);
    return 0;
}

/* A client of a peer that gives these answers; the peer before it is stopped. */
static void answer_with(struct world *w, size_t count)
{
    struct error err = ERROR_INIT;

    kube_free(w->kube);
    if (w->peer)
        peer_stop(w->peer);
    w->peer = peer_start(w->answers, count);
    const char *file = arena_printf(w->arena, "%s/kubeconfig", w->dir);
    const char *text = arena_printf(
        w->arena,
        "apiVersion: v1\nkind: Config\ncurrent-context: c\n"
        "contexts:\n- {name: other, context: {cluster: x, user: x}}\n- {name: c, context: {cluster: k, user: u}}\n"
        "clusters:\n- name: k\n  cluster: {server: \"http://127.0.0.1:%u\"}\n"
        "users:\n- name: u\n  user: {token: secret}\n",
        w->peer->port);
    expect_ok(file_write(file, text, strlen(text), 0600, &err));
    expect_ok(kube_new(file, &w->kube, &err));
}

static void answer_one(struct world *w, const char *bytes)
{
    w->answers[0] = (struct peer_answer){ .bytes = bytes };
    answer_with(w, 1);
}

static void test_codes(void **state)
{
    static const struct {
        const char *status, *body;
        enum error_code code;
        const char *words;
    } rows[] = {
        { "400 Bad Request", STATUS(400, "BadRequest", ""), ERROR_INVALID, "words of the server" },
        { "401 Unauthorized", STATUS(401, "Unauthorized", ""), ERROR_FORBIDDEN, "words of the server" },
        { "403 Forbidden", STATUS(403, "Forbidden", ""), ERROR_FORBIDDEN, "words of the server" },
        { "404 Not Found", STATUS(404, "NotFound", ""), ERROR_NOT_FOUND, "words of the server" },
        { "409 Conflict", STATUS(409, "AlreadyExists", ""), ERROR_CONFLICT, "words of the server" },
        { "409 Conflict", STATUS(409, "Conflict", ""), ERROR_STALE, "words of the server" },
        { "410 Gone", STATUS(410, "Expired", ""), ERROR_GONE, "words of the server" },
        { "413 Request Entity Too Large", STATUS(413, "RequestEntityTooLarge", ""), ERROR_TOO_LARGE,
          "words of the server" },
        { "422 Unprocessable Entity", STATUS(422, "Invalid", ""), ERROR_UNPROCESSABLE, "words of the server" },
        { "429 Too Many Requests", STATUS(429, "TooManyRequests", ""), ERROR_RATE, "words of the server" },
        { "500 Internal Server Error", STATUS(500, "InternalError", ""), ERROR_UNAVAILABLE, "words of the server" },
        { "500 Internal Server Error", "<html>proxy</html>", ERROR_UNAVAILABLE, "without a Status object" },
        { "502 Bad Gateway", "", ERROR_UNAVAILABLE, "without a Status object" },
        { "503 Service Unavailable", STATUS(503, "ServiceUnavailable", ""), ERROR_UNAVAILABLE, "words of the server" },
        { "504 Gateway Timeout", STATUS(504, "Timeout", ""), ERROR_TIMEOUT, "words of the server" },
        { "302 Found", "", ERROR_BAD_GATEWAY, "without a Status object" },
        { "200 OK", "{\"kind\":\"Namesp", ERROR_BAD_GATEWAY, "not valid JSON" },
        { "200 OK", "", ERROR_BAD_GATEWAY, "not valid JSON" },
    };
    struct world *w = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct error err = ERROR_INIT;
        json_t *object = NULL;
        answer_one(w, http(w->arena, rows[i].status, "", rows[i].body));
        assert_int_equal(kube_get(w->kube, w->arena, KUBE_DEPLOYMENT, "cust-a", "site-s1", &object, &err), -1);
        if (err.code != rows[i].code)
            fail_msg("%s: %s: %s", rows[i].status, error_name(err.code), err.message);
        if (!strstr(err.message, rows[i].words) ||
            !strstr(err.message, "GET /apis/apps/v1/namespaces/cust-a/deployments/site-s1"))
            fail_msg("%s: %s", rows[i].status, err.message);
        assert_null(object);
    }
}

/* How long the server wants to be left alone: in its Status object, or in the header when there is none. */
static void test_retry_after(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;
    json_t *object;

    answer_one(w, http(w->arena, "429 Too Many Requests", "Retry-After: 1\r\n",
                       STATUS(429, "TooManyRequests", ",\"details\":{\"retryAfterSeconds\":7}")));
    assert_int_equal(kube_get(w->kube, w->arena, KUBE_POD, "n", "p", &object, &err), -1);
    assert_int_equal(err.code, ERROR_RATE);
    assert_int_equal(err.retry_after_s, 7);
    answer_one(
        w, http(w->arena, "429 Too Many Requests", "Retry-After: 3\r\n", "Too many requests, please try again later."));
    assert_int_equal(kube_get(w->kube, w->arena, KUBE_POD, "n", "p", &object, &err), -1);
    assert_int_equal(err.code, ERROR_RATE);
    assert_int_equal(err.retry_after_s, 3);
    answer_one(w, http(w->arena, "503 Service Unavailable", "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n",
                       "{\"details\":{\"retryAfterSeconds\":-5}}"));
    assert_int_equal(kube_get(w->kube, w->arena, KUBE_POD, "n", "p", &object, &err), -1);
    assert_int_equal(err.retry_after_s, 0); /* nothing that makes sense */
}

static void test_transport(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;
    json_t *object;

    answer_one(w, "");
    expect_error(kube_get(w->kube, w->arena, KUBE_POD, "n", "p", &object, &err), ERROR_UNAVAILABLE);
    answer_one(w, "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{\"kind\":");
    expect_error(kube_get(w->kube, w->arena, KUBE_POD, "n", "p", &object, &err), ERROR_UNAVAILABLE);
    peer_stop(w->peer);
    w->peer = NULL;
    expect_error(kube_get(w->kube, w->arena, KUBE_POD, "n", "p", &object, &err), ERROR_UNAVAILABLE);
}

static void test_requests(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;
    json_t *object, *sent = json_own(w->arena, json_pack("{s:s}", "kind", "Service"));

    w->answers[0] = (struct peer_answer){ .bytes = http(w->arena, "201 Created", "", "{\"made\":true}"), .keep = true };
    answer_with(w, 1);
    expect_ok(kube_create(w->kube, w->arena, KUBE_SERVICE, "cust-a", sent, &object, &err));
    assert_true(json_bool_at(object, "/made", false));
    assert_true(str_starts(w->peer->last, "POST /api/v1/namespaces/cust-a/services?fieldManager=berth HTTP/1.1\r\n"));
    assert_non_null(strstr(w->peer->last, "Authorization: Bearer secret\r\n"));
    assert_true(str_ends(w->peer->last, "\r\n\r\n{\"kind\":\"Service\"}"));
    expect_ok(kube_create(w->kube, w->arena, KUBE_NAMESPACE, NULL, sent, &object, &err));
    assert_true(str_starts(w->peer->last, "POST /api/v1/namespaces?fieldManager=berth "));
    expect_ok(kube_patch(w->kube, w->arena, KUBE_INGRESS, "cust-a", "site-s1", sent, &object, &err));
    assert_true(str_starts(w->peer->last,
                           "PATCH /apis/networking.k8s.io/v1/namespaces/cust-a/ingresses/site-s1?fieldManager=berth "));
    assert_non_null(strstr(w->peer->last, "Content-Type: application/merge-patch+json\r\n"));
    json_t *was = json_own(w->arena, json_pack("{s:{s:s, s:s}}", "metadata", "uid", "u1", "resourceVersion", "7"));
    expect_ok(kube_delete(w->kube, w->arena, KUBE_POD, "cust-a", "p", was, &err));
    assert_true(str_starts(w->peer->last, "DELETE /api/v1/namespaces/cust-a/pods/p "));
    assert_non_null(strstr(w->peer->last, "\"uid\":\"u1\""));
    assert_non_null(strstr(w->peer->last, "\"resourceVersion\":\"7\""));
    expect_ok(kube_list(w->kube, w->arena, KUBE_PVC, NULL, "a=b,c", NULL, &object, &err));
    assert_true(str_starts(w->peer->last, "GET /api/v1/persistentvolumeclaims?limit=100&labelSelector=a%3Db%2Cc "));
    expect_ok(kube_list(w->kube, w->arena, KUBE_PVC, NULL, NULL, "m+1", &object, &err));
    assert_true(str_starts(w->peer->last, "GET /api/v1/persistentvolumeclaims?limit=100&continue=m%2B1 "));
    /* a name from outside stays one segment of the path */
    expect_ok(kube_get(w->kube, w->arena, KUBE_POD, "a/../b", "x?y", &object, &err));
    assert_true(str_starts(w->peer->last, "GET /api/v1/namespaces/a%2F..%2Fb/pods/x%3Fy "));
    assert_int_equal(kube_requests(w->kube), 7);
    assert_int_equal(atomic_load(&w->peer->connections), 1);
}

/* --- watches --- */

struct seen {
    char types[256];
    int count;
};

static void on_event(void *ctx, const char *type, const json_t *object)
{
    struct seen *s = ctx;

    s->count++;
    (void)snprintf(s->types + strlen(s->types), sizeof s->types - strlen(s->types), "%s:%s ", type,
                   json_str_at(object, "/metadata/name"));
}

static int watch(struct world *w, struct seen *s, struct error *err)
{
    static const bool go_on = false;

    *s = (struct seen){ 0 };
    *err = ERROR_INIT;
    return kube_watch(w->kube, KUBE_SERVICE, "a=b", "77", &go_on, on_event, s, err);
}

#define EVENT(type, name) "{\"type\":\"" type "\",\"object\":{\"metadata\":{\"name\":\"" name "\"}}}\n"
#define CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

static char *chunk(struct arena *a, const char *text)
{
    return arena_printf(a, "%zx\r\n%s\r\n", strlen(text), text);
}

static void test_watch(void **state)
{
    struct world *w = *state;
    struct arena *a = w->arena;
    struct error err = ERROR_INIT;
    struct seen s;

    /* events that lie across chunks, and several in one */
    answer_one(w,
               arena_printf(a, CHUNKED "%s%s%s0\r\n\r\n", chunk(a, "{\"type\":\"ADDED\",\"obj"),
                            chunk(a, "ect\":{\"metadata\":{\"name\":\"x\"}}}\n{\"type\":\"MOD"),
                            chunk(a, "IFIED\",\"object\":{\"metadata\":{\"name\":\"y\"}}}\n" EVENT("DELETED", "z"))));
    expect_ok(watch(w, &s, &err));
    assert_string_equal(s.types, "ADDED:x MODIFIED:y DELETED:z ");
    assert_non_null(strstr(w->peer->last, "/api/v1/services?watch=true&"));
    assert_non_null(strstr(w->peer->last, "labelSelector=a%3Db"));
    assert_non_null(strstr(w->peer->last, "resourceVersion=77"));
    /* closed in the middle of an event: what was whole has been told, and the end is a failure */
    answer_one(w, arena_printf(a, CHUNKED "%s%s", chunk(a, EVENT("ADDED", "x")), "50\r\n{\"type\":\"MODI"));
    expect_error(watch(w, &s, &err), ERROR_UNAVAILABLE);
    assert_string_equal(s.types, "ADDED:x ");
    /* a line that is no JSON */
    answer_one(w, arena_printf(a, CHUNKED "%s%s0\r\n\r\n", chunk(a, EVENT("ADDED", "x") "{\"type\":\n"),
                               chunk(a, EVENT("ADDED", "never"))));
    expect_error(watch(w, &s, &err), ERROR_BAD_GATEWAY);
    assert_string_equal(s.types, "ADDED:x ");
    /* too old, as an event and as a status: list again */
    answer_one(w, arena_printf(a, CHUNKED "%s0\r\n\r\n",
                               chunk(a, "{\"type\":\"ERROR\",\"object\":" STATUS(410, "Expired", "") "}\n")));
    expect_error(watch(w, &s, &err), ERROR_GONE);
    assert_int_equal(s.count, 0);
    answer_one(w, http(a, "410 Gone", "", STATUS(410, "Expired", "")));
    expect_error(watch(w, &s, &err), ERROR_GONE);
    answer_one(w, http(a, "403 Forbidden", "", STATUS(403, "Forbidden", "")));
    expect_error(watch(w, &s, &err), ERROR_FORBIDDEN);
    answer_one(w, arena_printf(a, CHUNKED "%s0\r\n\r\n", chunk(a, "{\"type\":\"ERROR\",\"object\":{}}\n")));
    expect_error(watch(w, &s, &err), ERROR_UNAVAILABLE);
    answer_one(w, http(a, "200 OK", "", EVENT("BOOKMARK", "b") "{\"odd\":1}\n[]\n" EVENT("ADDED", "x")));
    expect_ok(watch(w, &s, &err));
    assert_string_equal(s.types, "BOOKMARK:b ADDED:x ");
}

/* An event without an end is refused before it fills the memory. */
static void test_watch_line_limit(void **state)
{
    struct world *w = *state;
    struct error err = ERROR_INIT;
    struct strbuf b;
    struct seen s;

    strbuf_init(&b, w->arena, 8 << 20);
    strbuf_add(&b, CHUNKED "500000\r\n{\"type\":\"");
    const char *kilobyte = arena_printf(w->arena, "%01024d", 1);
    for (int i = 0; i < 5 << 10; i++)
        strbuf_add(&b, kilobyte);
    answer_one(w, b.text);
    expect_error(watch(w, &s, &err), ERROR_TOO_LARGE);
}

static void test_kinds(void **state)
{
    (void)state;
    for (int i = 0; i < KUBE_KIND_COUNT; i++)
        assert_int_equal(kube_kind_parse(kube_kind_name((enum kube_kind)i)), i);
    assert_int_equal(kube_kind_parse("Secret"), -1);
    assert_int_equal(kube_kind_parse(NULL), -1);
    assert_false(kube_kind_replaceable(KUBE_PVC)); /* its data would go */
    assert_false(kube_kind_replaceable(KUBE_NAMESPACE));
}

static void test_kubeconfig_faults(void **state)
{
    static const char *const rows[] = {
        "",
        "a: [",
        "[]",
        "current-context: c\n",
        "current-context: c\ncontexts: [{name: c, context: {cluster: x}}]\nclusters: [{name: y, cluster: {server: "
        "z}}]\n",
        "current-context: c\ncontexts: [{name: c, context: {cluster: y}}]\nclusters: [{name: y, cluster: {}}]\n"
    };
    struct world *w = *state;
    const char *file = arena_printf(w->arena, "%s/bad", w->dir);
    struct error err = ERROR_INIT;
    struct kube *k;

    expect_error(kube_new(arena_printf(w->arena, "%s/absent", w->dir), &k, &err), ERROR_NOT_FOUND);
    for (size_t i = 0; i < COUNT(rows); i++) {
        expect_ok(file_write(file, rows[i], strlen(rows[i]), 0600, &err));
        assert_int_equal(kube_new(file, &k, &err), -1);
        assert_int_equal(err.code, ERROR_INVALID);
        assert_non_null(strstr(err.message, file));
        err = ERROR_INIT;
    }
    (void)unsetenv("KUBERNETES_SERVICE_HOST");
    assert_int_equal(kube_new(NULL, &k, &err), -1);
    assert_non_null(strstr(err.message, "BERTH_KUBECONFIG"));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_codes), TEST(test_retry_after),      TEST(test_transport), TEST(test_requests),
        TEST(test_watch), TEST(test_watch_line_limit), TEST(test_kinds),     TEST(test_kubeconfig_faults),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
