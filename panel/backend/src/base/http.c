/* HTTP client: see http.h. A pool of libcurl handles, each of which keeps its connection alive. */
#include "base/http.h"

#include <curl/curl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/file.h"
#include "base/http_pool.h"
#include "base/str.h"

enum { CONNECT_TIMEOUT_MS = 3000, TIMEOUT_MS = 15000, RESPONSE_MAX = 16 << 20, HEADERS_MAX = 64, TOKEN_MAX = 16384 };

struct http_client {
    struct arena *arena; /* the configuration's strings; under lock after the start */
    struct http_client_config config;
    const char *s3_credential; /* key id and secret, or NULL */
    struct curl_slist *resolve;
    pthread_mutex_t lock;
    struct http_pool pool; /* under lock */
    CURLSH *cookies;
    char bearer[TOKEN_MAX]; /* of bearer_file, as it was at bearer_mtime */
    struct timespec bearer_mtime;
    atomic_uint_fast64_t requests;
};

static void curl_once(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static const char *const *copy_list(struct arena *a, const char *const *list)
{
    size_t n = 0;

    while (list && list[n])
        n++;
    const char **copy = arena_array(a, n + 1, sizeof *copy);
    for (size_t i = 0; i < n; i++)
        copy[i] = arena_strdup(a, list[i]);
    return copy;
}

int http_client_new(const struct http_client_config *config, struct http_client **ret, struct error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, curl_once);
    struct http_client *c = calloc(1, sizeof *c);
    if (!c)
        return error_set(err, ERROR_INTERNAL, "out of memory");
    struct arena *a = c->arena = arena_new();
    c->config = *config;
    c->config.base_url = arena_strdup(a, config->base_url ? config->base_url : "");
    c->config.ca_file = arena_strdup(a, config->ca_file);
    c->config.cert_file = arena_strdup(a, config->cert_file);
    c->config.key_file = arena_strdup(a, config->key_file);
    c->config.bearer = arena_strdup(a, config->bearer);
    c->config.bearer_file = arena_strdup(a, config->bearer_file);
    c->config.unix_socket = arena_strdup(a, config->unix_socket);
    c->config.crash_name = arena_strdup(a, config->crash_name ? config->crash_name : "http");
    c->config.headers = copy_list(a, config->headers);
    c->config.s3_region = arena_strdup(a, config->s3_region);
    c->s3_credential = config->s3_key_id ? arena_printf(a, "%s:%s", config->s3_key_id, config->s3_secret) : NULL;
    for (const char *const *r = config->resolve; r && *r; r++)
        c->resolve = curl_slist_append(c->resolve, *r);
    pthread_mutex_init(&c->lock, NULL);
    *ret = c;
    return 0;
}

void http_client_free(struct http_client *c)
{
    if (!c)
        return;
    http_pool_close(&c->pool);
    if (c->cookies)
        curl_share_cleanup(c->cookies);
    curl_slist_free_all(c->resolve);
    pthread_mutex_destroy(&c->lock);
    arena_free(c->arena);
    free(c);
}

uint64_t http_client_requests(const struct http_client *c)
{
    return atomic_load(&c->requests);
}

static CURL *take_handle(struct http_client *c)
{
    pthread_mutex_lock(&c->lock);
    CURL *h = http_pool_take(&c->pool);
    pthread_mutex_unlock(&c->lock);
    return h ? h : curl_easy_init();
}

static void give_handle(struct http_client *c, CURL *h)
{
    curl_easy_reset(h); /* keeps the connection and the cookies */
    pthread_mutex_lock(&c->lock);
    bool kept = http_pool_give(&c->pool, h);
    pthread_mutex_unlock(&c->lock);
    if (!kept)
        curl_easy_cleanup(h);
}

void http_client_trim(struct http_client *c)
{
    struct http_pool unused;

    pthread_mutex_lock(&c->lock);
    http_pool_trim(&c->pool, &unused);
    pthread_mutex_unlock(&c->lock);
    http_pool_close(&unused);
}

/* The token of bearer_file, read again when the file changed: the kubelet rotates service-account tokens. */
static int bearer_of(struct http_client *c, char *out, size_t cap, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    struct stat st;
    char *text;
    int rc = 0;

    if (c->config.bearer) {
        snprintf(out, cap, "%s", c->config.bearer);
        return 0;
    }
    pthread_mutex_lock(&c->lock);
    if (stat(c->config.bearer_file, &st) < 0 || st.st_mtim.tv_sec != c->bearer_mtime.tv_sec ||
        st.st_mtim.tv_nsec != c->bearer_mtime.tv_nsec) {
        rc = file_read(a, c->config.bearer_file, TOKEN_MAX - 1, &text, NULL, err);
        if (rc == 0) {
            snprintf(c->bearer, sizeof c->bearer, "%s", str_trim(a, text));
            c->bearer_mtime = st.st_mtim;
        }
    }
    snprintf(out, cap, "%s", c->bearer);
    pthread_mutex_unlock(&c->lock);
    return rc;
}

static struct curl_slist *add_headers(struct curl_slist *list, const char *const *headers)
{
    for (; headers && *headers; headers++)
        list = curl_slist_append(list, *headers);
    return list;
}

static int request_headers(struct http_client *c, const struct http_request *req, struct curl_slist **ret,
                           struct error *err)
{
    char bearer[TOKEN_MAX], line[TOKEN_MAX + 32];
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");

    list = add_headers(add_headers(list, c->config.headers), req->headers);
    if (req->content_type) {
        snprintf(line, sizeof line, "Content-Type: %s", req->content_type);
        list = curl_slist_append(list, line);
    }
    if (c->config.bearer || c->config.bearer_file) {
        if (bearer_of(c, bearer, sizeof bearer, err) < 0) {
            curl_slist_free_all(list);
            return -1;
        }
        snprintf(line, sizeof line, "Authorization: Bearer %s", bearer);
        list = curl_slist_append(list, line);
    }
    *ret = list;
    return 0;
}

static size_t read_fd(char *buf, size_t size, size_t count, void *ctx)
{
    const int *fd = ctx;
    ssize_t n = read(*fd, buf, size * count);

    return n < 0 ? CURL_READFUNC_ABORT : (size_t)n;
}

/* A request that met a connection which had just been closed is sent again by libcurl, from its start. */
static int seek_fd(void *ctx, curl_off_t offset, int origin)
{
    const int *fd = ctx;

    return lseek(*fd, (off_t)offset, origin) < 0 ? CURL_SEEKFUNC_FAIL : CURL_SEEKFUNC_OK;
}

static void set_body(CURL *h, const struct http_request *req, int *fd)
{
    if (req->body_fd > 0) {
        *fd = req->body_fd;
        (void)lseek(*fd, 0, SEEK_SET);
        curl_easy_setopt(h, CURLOPT_POST, 1L);
        curl_easy_setopt(h, CURLOPT_READFUNCTION, read_fd);
        curl_easy_setopt(h, CURLOPT_READDATA, fd);
        curl_easy_setopt(h, CURLOPT_SEEKFUNCTION, seek_fd);
        curl_easy_setopt(h, CURLOPT_SEEKDATA, fd);
        curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)req->body_len);
    } else if (req->body) {
        curl_easy_setopt(h, CURLOPT_POSTFIELDS, req->body);
        curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)req->body_len);
    } else if (str_eq(req->method, "POST") || str_eq(req->method, "PUT") || str_eq(req->method, "PATCH")) {
        curl_easy_setopt(h, CURLOPT_POSTFIELDS, "");
        curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE, 0L);
    }
    if (str_eq(req->method, "HEAD"))
        curl_easy_setopt(h, CURLOPT_NOBODY, 1L);
    else
        curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, req->method);
}

static void set_s3(const struct http_client *c, CURL *h)
{
    char how[64];

    (void)snprintf(how, sizeof how, "aws:amz:%s:s3", c->config.s3_region);
    curl_easy_setopt(h, CURLOPT_AWS_SIGV4, how);
    curl_easy_setopt(h, CURLOPT_USERPWD, c->s3_credential);
}

static void set_client(const struct http_client *c, CURL *h)
{
    curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(h, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(h, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS,
                     c->config.connect_timeout_ms ? c->config.connect_timeout_ms : CONNECT_TIMEOUT_MS);
    if (c->config.ca_file) {
        curl_easy_setopt(h, CURLOPT_CAINFO, c->config.ca_file);
        curl_easy_setopt(h, CURLOPT_CAPATH, NULL);
    }
    if (c->config.insecure) {
        curl_easy_setopt(h, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(h, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (c->config.cert_file) {
        curl_easy_setopt(h, CURLOPT_SSLCERT, c->config.cert_file);
        curl_easy_setopt(h, CURLOPT_SSLKEY, c->config.key_file);
    }
    if (c->config.unix_socket)
        curl_easy_setopt(h, CURLOPT_UNIX_SOCKET_PATH, c->config.unix_socket);
    if (c->resolve)
        curl_easy_setopt(h, CURLOPT_RESOLVE, c->resolve);
    if (c->config.cookies)
        curl_easy_setopt(h, CURLOPT_COOKIEFILE, "");
    if (c->s3_credential)
        set_s3(c, h);
}

static int transport_error(CURLcode code, const char *detail, const char *url, struct error *err)
{
    const char *why = str_empty(detail) ? curl_easy_strerror(code) : detail;

    if (code == CURLE_OPERATION_TIMEDOUT)
        return error_set(err, ERROR_TIMEOUT, "%s: %s", url, why);
    /* Of a certificate's time: it is as often this host's clock that is wrong. */
    if (code == CURLE_PEER_FAILED_VERIFICATION && (strstr(why, "expired") || strstr(why, "not yet valid"))) {
        CLEANUP(arena_freep) struct arena *a = arena_new();
        return error_set(err, ERROR_UNAVAILABLE, "%s: %s; the clock here says %s", url, why,
                         clock_rfc3339(a, clock_wall_ms()));
    }
    return error_set(err, ERROR_UNAVAILABLE, "%s: %s", url, why);
}

/* --- whole answers --- */

struct answer {
    struct arena *arena;
    struct strbuf body;
    struct http_header *headers;
    size_t header_count;
    bool headers_ended; /* libcurl takes an answer that is cut off within its headers for a whole one */
    int64_t deadline_ms; /* 0: none */
};

/* libcurl calls this when the connection is there and the request is about to be written. */
static int about_to_send(void *ctx, char *to, char *from, int to_port, int from_port)
{
    const struct answer *w = ctx;

    (void)to, (void)from, (void)to_port, (void)from_port;
    return w->deadline_ms && clock_mono_ms() >= w->deadline_ms ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* Last thing before the request: whatever this thread was kept from doing until now counts. */
static CURLcode perform(const struct http_client *c, CURL *h, const struct http_request *req, struct answer *w)
{
    long timeout = req->timeout_ms ? req->timeout_ms : c->config.timeout_ms ? c->config.timeout_ms : TIMEOUT_MS;

    w->deadline_ms = req->deadline_ms;
    if (req->deadline_ms) {
        int64_t left = req->deadline_ms - clock_mono_ms();
        if (left <= 0)
            return CURLE_ABORTED_BY_CALLBACK;
        timeout = left < timeout ? (long)left : timeout;
    }
    curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, timeout);
    curl_easy_setopt(h, CURLOPT_PREREQFUNCTION, about_to_send);
    curl_easy_setopt(h, CURLOPT_PREREQDATA, w);
    return curl_easy_perform(h);
}

static size_t on_body(char *data, size_t size, size_t count, void *ctx)
{
    struct answer *w = ctx;

    strbuf_add_n(&w->body, data, size * count);
    return strbuf_overflowed(&w->body) ? 0 : size * count;
}

static size_t on_header(char *data, size_t size, size_t count, void *ctx)
{
    struct answer *w = ctx;
    size_t len = size * count;
    const char *colon = memchr(data, ':', len);

    if (len >= 5 && memcmp(data, "HTTP/", 5) == 0) {
        w->header_count = 0; /* the headers of an interim answer are not the answer's */
        w->headers_ended = false;
        return len;
    }
    w->headers_ended |= len > 0 && (data[0] == '\r' || data[0] == '\n');
    if (!colon || w->header_count >= HEADERS_MAX)
        return len;
    struct http_header *h = &w->headers[w->header_count++];
    h->name = str_lower(w->arena, arena_strndup(w->arena, data, (size_t)(colon - data)));
    h->value = str_trim(w->arena, arena_strndup(w->arena, colon + 1, len - (size_t)(colon + 1 - data)));
    return len;
}

static int finish(CURL *h, CURLcode code, const struct answer *w, const char *detail, const char *url,
                  struct http_response *ret, struct error *err)
{
    long status = 0;

    if (code == CURLE_WRITE_ERROR && strbuf_overflowed(&w->body))
        return error_set(err, ERROR_TOO_LARGE, "%s: the answer is over %zu bytes", url, w->body.max);
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return error_set(err, ERROR_TIMEOUT, "%s: the time for it was over before it was sent", url);
    if (code != CURLE_OK)
        return transport_error(code, detail, url, err);
    if (!w->headers_ended)
        return error_set(err, ERROR_UNAVAILABLE, "%s: the answer ended within its headers", url);
    curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
    *ret = (struct http_response){ .status = status,
                                   .body = w->body.text,
                                   .body_len = w->body.len,
                                   .header_count = w->header_count,
                                   .headers = w->headers };
    ret->content_type = http_header(ret, "content-type");
    return 0;
}

int http_do(struct http_client *c, struct arena *a, const struct http_request *req, struct http_response *ret,
            struct error *err)
{
    struct answer w = { .arena = a, .headers = arena_array(a, HEADERS_MAX, sizeof(struct http_header)) };
    const char *url = arena_printf(a, "%s%s", c->config.base_url, req->path);
    char detail[CURL_ERROR_SIZE] = "";
    struct curl_slist *headers;
    int fd;

    strbuf_init(&w.body, a, req->max_response ? req->max_response : RESPONSE_MAX);
    if (request_headers(c, req, &headers, err) < 0)
        return -1;
    CURL *h = take_handle(c);
    if (!h) {
        curl_slist_free_all(headers);
        return error_set(err, ERROR_INTERNAL, "out of memory");
    }
    set_client(c, h);
    set_body(h, req, &fd);
    curl_easy_setopt(h, CURLOPT_URL, url);
    curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(h, CURLOPT_ERRORBUFFER, detail);
    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(h, CURLOPT_WRITEDATA, &w);
    curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(h, CURLOPT_HEADERDATA, &w);
    const char *what = arena_printf(a, "%s %s", req->method, req->path);
    crashpoint_hit(c->config.crash_name, what, "before");
    CURLcode code = perform(c, h, req, &w);
    atomic_fetch_add(&c->requests, 1);
    crashpoint_hit(c->config.crash_name, what, "after");
    int rc = finish(h, code, &w, detail, url, ret, err);
    curl_slist_free_all(headers);
    give_handle(c, h);
    return rc;
}

const char *http_header(const struct http_response *res, const char *lower_name)
{
    for (size_t i = 0; i < res->header_count; i++)
        if (str_eq(res->headers[i].name, lower_name))
            return res->headers[i].value;
    return NULL;
}

/* --- streams --- */

struct stream {
    CURL *handle;
    http_on_data on_data;
    void *ctx;
    const volatile bool *stop;
    bool ended;
    long *ret_status;
    int64_t last_ms;
    long idle_ms;
};

static size_t on_stream(char *data, size_t size, size_t count, void *ctx)
{
    struct stream *s = ctx;

    s->last_ms = clock_mono_ms();
    curl_easy_getinfo(s->handle, CURLINFO_RESPONSE_CODE, s->ret_status);
    if (*s->ret_status != 200)
        return size * count;
    if (s->on_data(s->ctx, data, size * count))
        return size * count;
    s->ended = true;
    return 0;
}

/* libcurl calls this about once a second even when nothing comes. */
static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct stream *s = ctx;

    (void)a, (void)b, (void)c, (void)d;
    if (s->stop && *s->stop)
        s->ended = true;
    return s->ended || clock_mono_ms() - s->last_ms > s->idle_ms;
}

int http_stream(struct http_client *c, const struct http_request *req, long idle_timeout_ms, const volatile bool *stop,
                http_on_data on_data, void *ctx, long *ret_status, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *url = arena_printf(a, "%s%s", c->config.base_url, req->path);
    char detail[CURL_ERROR_SIZE] = "";
    curl_off_t retry_after_s = 0;
    struct curl_slist *headers;
    int fd;

    if (request_headers(c, req, &headers, err) < 0)
        return -1;
    CURL *h = take_handle(c);
    if (!h) {
        curl_slist_free_all(headers);
        return error_set(err, ERROR_INTERNAL, "out of memory");
    }
    struct stream s = { h, on_data, ctx, stop, false, ret_status, clock_mono_ms(), idle_timeout_ms };
    set_client(c, h);
    set_body(h, req, &fd);
    curl_easy_setopt(h, CURLOPT_URL, url);
    curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(h, CURLOPT_ERRORBUFFER, detail);
    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, on_stream);
    curl_easy_setopt(h, CURLOPT_WRITEDATA, &s);
    curl_easy_setopt(h, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(h, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(h, CURLOPT_XFERINFODATA, &s);
    *ret_status = 0;
    const char *what = arena_printf(a, "WATCH %.*s", (int)strcspn(req->path, "?"), req->path);
    crashpoint_hit(c->config.crash_name, what, "before");
    CURLcode code = curl_easy_perform(h);
    atomic_fetch_add(&c->requests, 1);
    crashpoint_hit(c->config.crash_name, what, "after");
    curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, ret_status);
    curl_easy_getinfo(h, CURLINFO_RETRY_AFTER, &retry_after_s);
    curl_slist_free_all(headers);
    curl_easy_cleanup(h); /* a stream that was cut off leaves a connection that is of no more use */
    err->retry_after_s = retry_after_s > 0 && retry_after_s < UINT_MAX ? (unsigned)retry_after_s : 0;
    if (code == CURLE_OK || s.ended)
        return 0;
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return error_set(err, ERROR_TIMEOUT, "%s: nothing came for %ld ms", url, idle_timeout_ms);
    return transport_error(code, detail, url, err);
}
