/* Client of the Kubernetes API server: see kube.h. */
#include "provider/kube.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/http.h"
#include "base/id.h"
#include "base/json.h"
#include "base/str.h"
#include "provider/kubeconfig.h"

enum {
    WATCH_IDLE_MS = 90 * 1000,
    WATCH_LINE_MAX = 4 << 20,
    ANSWER_MAX = 64 << 20,
    RETRY_AFTER_MAX_S = 3600,
    TIMEOUT_MS = 10 * 1000, /* shorter than what a question waits: the failure is then the answer */
    LIST_TIMEOUT_MS = 60 * 1000,
    HOLDS_MAX = 64,
    LIST_PAGE = 100, /* objects: what a start holds in memory does not grow with the installation */
};

/* What the server wants to be left alone with, and until when. */
struct hold {
    uint64_t home; /* hash of a namespace, or of a kind when a request is about all namespaces */
    int64_t until_ms; /* monotonic */
};

struct holds {
    pthread_mutex_t lock;
    struct hold list[HOLDS_MAX];
};

struct kube {
    struct http_client *http;
    int64_t deadline_ms; /* 0: none */
    struct holds *holds; /* shared with those of kube_until() */
};

static const struct {
    const char *name, *api, *plural;
    bool namespaced, replaceable;
} kinds[] = {
#define KIND(e, kind, api, plural, namespaced, replaceable) { kind, api, plural, namespaced, replaceable },
#include "provider/kinds.def"
#undef KIND
};

const char *kube_kind_name(enum kube_kind kind)
{
    assert(kind < KUBE_KIND_COUNT);
    return kinds[kind].name;
}

int kube_kind_parse(const char *name)
{
    for (int i = 0; i < KUBE_KIND_COUNT; i++)
        if (str_eq(kinds[i].name, name))
            return i;
    return -1;
}

bool kube_kind_replaceable(enum kube_kind kind)
{
    return kinds[kind].replaceable;
}

int kube_new(const char *kubeconfig, struct kube **ret, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct http_client_config config = { .crash_name = "kube", .timeout_ms = TIMEOUT_MS };

    if (kubeconfig_load(a, kubeconfig, &config, err) < 0)
        return error_context(err, "the API server's address and credential");
    struct http_client *http;
    if (http_client_new(&config, &http, err) < 0)
        return -1;
    *ret = calloc(1, sizeof **ret);
    if (!*ret)
        abort();
    (*ret)->http = http;
    (*ret)->holds = calloc(1, sizeof *(*ret)->holds);
    if (!(*ret)->holds)
        abort();
    pthread_mutex_init(&(*ret)->holds->lock, NULL);
    return 0;
}

void kube_free(struct kube *k)
{
    if (!k)
        return;
    http_client_free(k->http);
    pthread_mutex_destroy(&k->holds->lock);
    free(k->holds);
    free(k);
}

struct kube *kube_until(const struct kube *k, struct arena *a, int64_t deadline_ms)
{
    struct kube *bound = arena_alloc(a, sizeof *bound);

    *bound = (struct kube){ .http = k->http, .deadline_ms = deadline_ms, .holds = k->holds };
    return bound;
}

void kube_trim(struct kube *k)
{
    http_client_trim(k->http);
}

uint64_t kube_requests(const struct kube *k)
{
    return http_client_requests(k->http);
}

static char *path_of(struct arena *a, enum kube_kind kind, const char *ns, const char *name)
{
    assert(kind < KUBE_KIND_COUNT);
    const char *in = ns && kinds[kind].namespaced ? arena_printf(a, "/namespaces/%s", str_url_encode(a, ns)) : "";
    const char *one = name ? arena_printf(a, "/%s", str_url_encode(a, name)) : "";
    return arena_printf(a, "%s%s/%s%s", kinds[kind].api, in, kinds[kind].plural, one);
}

static enum error_code code_of(long status, const char *reason)
{
    switch (status) {
    case 400:
        return ERROR_INVALID;
    case 401:
    case 403:
        return ERROR_FORBIDDEN;
    case 404:
        return ERROR_NOT_FOUND;
    case 409:
        return str_eq(reason, "AlreadyExists") ? ERROR_CONFLICT : ERROR_STALE;
    case 410:
        return ERROR_GONE;
    case 413:
        return ERROR_TOO_LARGE;
    case 422:
        return ERROR_UNPROCESSABLE;
    case 429:
        return ERROR_RATE;
    case 504:
        return ERROR_TIMEOUT;
    default:
        return status >= 500 ? ERROR_UNAVAILABLE : ERROR_BAD_GATEWAY;
    }
}

/* How long the server wants to be left alone: its Status object says it, or, before there is one, the header alone (an
 * overloaded server, RFC 9110, section 10.2.3). 0: it does not say. */
static unsigned retry_after(const struct http_response *res, const json_t *status)
{
    struct error ignored = ERROR_INIT;
    int64_t seconds = json_int_at(status, "/details/retryAfterSeconds", 0);

    if (seconds == 0 && str_to_i64(http_header(res, "retry-after"), 0, RETRY_AFTER_MAX_S, &seconds, &ignored) < 0)
        return 0;
    return seconds < 0 || seconds > RETRY_AFTER_MAX_S ? 0 : (unsigned)seconds;
}

static int status_error(struct arena *a, const struct http_response *res, struct error *err)
{
    struct error ignored = ERROR_INIT;
    json_t *status = NULL;
    const char *message = NULL, *reason = NULL;

    if (json_parse_foreign(a, res->body, res->body_len, &status, &ignored) == 0) {
        message = json_str_at(status, "/message");
        reason = json_str_at(status, "/reason");
    }
    error_set(err, code_of(res->status, reason), "%s", message ? message : "an answer without a Status object");
    err->retry_after_s = retry_after(res, status);
    return -1;
}

/* --- what the server wants to be left alone with --- */

static uint64_t home_of(enum kube_kind kind, const char *ns, const char *name)
{
    if (kind == KUBE_NAMESPACE && name)
        ns = name; /* it is about what is in it, too */
    return ns ? id_hash64(ns, strlen(ns)) : id_hash64(&kind, sizeof kind);
}

static void hold(struct kube *k, uint64_t home, unsigned seconds)
{
    if (seconds == 0)
        return;
    pthread_mutex_lock(&k->holds->lock);
    struct hold *slot = &k->holds->list[0]; /* the home's own, else the one that ends first */
    for (size_t i = 0; i < HOLDS_MAX && slot->home != home; i++)
        if (k->holds->list[i].home == home || k->holds->list[i].until_ms < slot->until_ms)
            slot = &k->holds->list[i];
    *slot = (struct hold){ home, clock_mono_ms() + seconds * 1000LL };
    pthread_mutex_unlock(&k->holds->lock);
}

static int check_hold(struct kube *k, uint64_t home, struct error *err)
{
    int64_t now = clock_mono_ms(), left = 0;

    pthread_mutex_lock(&k->holds->lock);
    for (size_t i = 0; i < HOLDS_MAX; i++)
        if (k->holds->list[i].home == home && k->holds->list[i].until_ms > now)
            left = k->holds->list[i].until_ms - now;
    pthread_mutex_unlock(&k->holds->lock);
    if (left == 0)
        return 0;
    error_set(err, ERROR_RATE, "the API server wants to be left alone for %lld ms more", (long long)left);
    err->retry_after_s = (unsigned)((left + 999) / 1000);
    return -1;
}

static int request(struct kube *k, struct arena *a, uint64_t home, const struct http_request *req, json_t **ret,
                   struct error *err)
{
    struct http_response res;

    if (check_hold(k, home, err) < 0)
        return error_context(err, "%s %s", req->method, req->path);
    if (http_do(k->http, a, req, &res, err) < 0)
        return error_context(err, "the API server: %s %s", req->method, req->path);
    if (res.status < 200 || res.status > 299) {
        status_error(a, &res, err);
        hold(k, home, err->retry_after_s);
        return error_context(err, "%s %s: %ld", req->method, req->path, res.status);
    }
    if (ret && json_parse_foreign(a, res.body, res.body_len, ret, err) < 0) {
        err->code = ERROR_BAD_GATEWAY;
        return error_context(err, "%s %s", req->method, req->path);
    }
    return 0;
}

static int request_with(struct kube *k, struct arena *a, uint64_t home, const char *method, const char *path,
                        const char *type, const json_t *body, json_t **ret, struct error *err)
{
    struct http_request req = {
        .method = method, .path = path, .max_response = ANSWER_MAX, .deadline_ms = k->deadline_ms
    };

    if (body) {
        req.content_type = type;
        req.body = json_text(a, body);
        req.body_len = strlen(req.body);
    }
    return request(k, a, home, &req, ret, err);
}

int kube_get(struct kube *k, struct arena *a, enum kube_kind kind, const char *ns, const char *name, json_t **ret,
             struct error *err)
{
    const char *path = path_of(a, kind, ns, name);
    return request_with(k, a, home_of(kind, ns, name), "GET", path, NULL, NULL, ret, err);
}

int kube_create(struct kube *k, struct arena *a, enum kube_kind kind, const char *ns, const json_t *object,
                json_t **ret, struct error *err)
{
    const char *path = arena_printf(a, "%s?fieldManager=berth", path_of(a, kind, ns, NULL));
    uint64_t home = home_of(kind, ns, json_str_at(object, "/metadata/name"));
    return request_with(k, a, home, "POST", path, "application/json", object, ret, err);
}

int kube_patch(struct kube *k, struct arena *a, enum kube_kind kind, const char *ns, const char *name,
               const json_t *patch, json_t **ret, struct error *err)
{
    const char *path = arena_printf(a, "%s?fieldManager=berth", path_of(a, kind, ns, name));
    return request_with(k, a, home_of(kind, ns, name), "PATCH", path, "application/merge-patch+json", patch, ret, err);
}

int kube_delete(struct kube *k, struct arena *a, enum kube_kind kind, const char *ns, const char *name,
                const json_t *seen, struct error *err)
{
    const char *uid = json_str_at(seen, "/metadata/uid"), *version = json_str_at(seen, "/metadata/resourceVersion");
    json_t *options = json_own(a, json_pack("{s:s, s:s, s:s, s:{s:s*, s:s*}}", "apiVersion", "v1", "kind",
                                            "DeleteOptions", "propagationPolicy", "Background", "preconditions", "uid",
                                            uid, "resourceVersion", version));

    const char *path = path_of(a, kind, ns, name);
    return request_with(k, a, home_of(kind, ns, name), "DELETE", path, "application/json", options, NULL, err);
}

int kube_list(struct kube *k, struct arena *a, enum kube_kind kind, const char *ns, const char *selector,
              const char *from, json_t **ret, struct error *err)
{
    const char *path = arena_printf(a, "%s?limit=%d", path_of(a, kind, ns, NULL), LIST_PAGE);

    if (selector)
        path = arena_printf(a, "%s&labelSelector=%s", path, str_url_encode(a, selector));
    if (from)
        path = arena_printf(a, "%s&continue=%s", path, str_url_encode(a, from));
    const struct http_request req = {
        .method = "GET", .path = path, .max_response = ANSWER_MAX, .timeout_ms = LIST_TIMEOUT_MS
    };
    return request(k, a, home_of(kind, ns, NULL), &req, ret, err);
}

/* --- watches: one JSON object a line --- */

struct watch {
    kube_on_event on_event;
    void *ctx;
    struct error *err;
    bool failed;
    char *line;
    size_t len, cap;
};

static void watch_line(struct watch *w)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    json_t *event;

    if (json_parse_foreign(a, w->line, w->len, &event, w->err) < 0) {
        w->err->code = ERROR_BAD_GATEWAY;
        w->failed = true;
        return;
    }
    const char *type = json_str_at(event, "/type");
    const json_t *object = json_object_get(event, "object");
    if (str_eq(type, "ERROR")) {
        long status = (long)json_int_at(object, "/code", 500);
        const char *message = json_str_at(object, "/message");
        error_set(w->err, code_of(status, json_str_at(object, "/reason")), "watch: %s", message ? message : "ended");
        w->failed = true;
        return;
    }
    if (type && object)
        w->on_event(w->ctx, type, object);
}

static bool watch_data(void *ctx, const char *data, size_t len)
{
    struct watch *w = ctx;

    while (len > 0 && !w->failed) {
        const char *end = memchr(data, '\n', len);
        size_t part = end ? (size_t)(end - data) : len;
        if (w->len + part > WATCH_LINE_MAX) {
            error_set(w->err, ERROR_TOO_LARGE, "watch: an event over %d bytes", WATCH_LINE_MAX);
            w->failed = true;
            break;
        }
        if (w->len + part + 1 > w->cap) {
            w->cap = (w->len + part + 1) * 2;
            char *line = realloc(w->line, w->cap);
            if (!line)
                abort();
            w->line = line;
        }
        memcpy(w->line + w->len, data, part);
        w->len += part;
        if (end) {
            watch_line(w);
            w->len = 0;
            part++;
        }
        data += part;
        len -= part;
    }
    return !w->failed;
}

int kube_watch(struct kube *k, enum kube_kind kind, const char *selector, const char *version,
               const volatile bool *stop, kube_on_event on_event, void *ctx, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct watch w = { .on_event = on_event, .ctx = ctx, .err = err };
    struct http_request req = { .method = "GET" };
    uint64_t home = home_of(kind, NULL, NULL);
    long status = 0;

    if (check_hold(k, home, err) < 0)
        return error_context(err, "watching %s", kinds[kind].plural);
    req.path = arena_printf(
        a, "%s?watch=true&allowWatchBookmarks=true&timeoutSeconds=600&labelSelector=%s&resourceVersion=%s",
        path_of(a, kind, NULL, NULL), str_url_encode(a, selector), str_url_encode(a, version));
    int rc = http_stream(k->http, &req, WATCH_IDLE_MS, stop, watch_data, &w, &status, err);
    free(w.line);
    if (rc == 0 && status != 200) {
        unsigned seconds = err->retry_after_s > RETRY_AFTER_MAX_S ? 0 : err->retry_after_s;
        rc = error_set(err, code_of(status, NULL), "watch: status %ld", status);
        err->retry_after_s = seconds;
        hold(k, home, seconds);
    }
    return rc < 0 || w.failed ? error_context(err, "watching %s", kinds[kind].plural) : 0;
}
