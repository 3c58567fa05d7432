/* HTTP server: see httpd.h. libmicrohttpd with a thread for each connection, so that handlers may block. */
#include "base/httpd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/str.h"

enum {
    BODY_MAX = 1 << 20,
    DROP_MAX = 4 << 20,
    CONNECTIONS_MAX = 512,
    QUERY_MAX = 64,
    REQUEST_ID_MAX = 64,
    STREAM_BLOCK = 16384,
    CONNECTION_TIMEOUT_S = 60,
    HEADERS_MAX = 16
};

struct httpd {
    struct httpd_config config;
    struct MHD_Daemon *daemon;
    atomic_int running; /* requests between their first byte and their last */
    atomic_bool stopping;
};

struct pair {
    const char *name, *value;
};

struct httpd_request {
    struct httpd *httpd;
    struct MHD_Connection *connection;
    struct arena *arena;
    const char *method, *path, *id, *peer;
    size_t query_count;
    struct pair query[QUERY_MAX];
    const char *query_names[QUERY_MAX + 1];
    struct strbuf body;
    const struct httpd_sink *sink;
    void *sink_ctx;
    bool sink_open, failed, stream_ended;
    struct error error;
    int64_t started_ms;
    size_t header_count;
    struct pair headers[HEADERS_MAX];
    struct httpd_response response;
};

const char *httpd_method(const struct httpd_request *req)
{
    return req->method;
}

const char *httpd_path(const struct httpd_request *req)
{
    return req->path;
}

const char *httpd_query(const struct httpd_request *req, const char *name)
{
    for (size_t i = 0; i < req->query_count; i++)
        if (str_eq(req->query[i].name, name))
            return req->query[i].value;
    return NULL;
}

const char *const *httpd_query_names(const struct httpd_request *req)
{
    return req->query_names;
}

const char *httpd_header(const struct httpd_request *req, const char *name)
{
    return MHD_lookup_connection_value(req->connection, MHD_HEADER_KIND, name);
}

const char *httpd_cookie(const struct httpd_request *req, const char *name)
{
    return MHD_lookup_connection_value(req->connection, MHD_COOKIE_KIND, name);
}

const char *httpd_body(const struct httpd_request *req, size_t *ret_len)
{
    if (ret_len)
        *ret_len = req->body.len;
    return req->body.text;
}

const char *httpd_id(const struct httpd_request *req)
{
    return req->id;
}

const char *httpd_peer(const struct httpd_request *req)
{
    return req->peer;
}

struct arena *httpd_arena(const struct httpd_request *req)
{
    return req->arena;
}

int64_t httpd_started_ms(const struct httpd_request *req)
{
    return req->started_ms;
}

void *httpd_sink_ctx(const struct httpd_request *req)
{
    return req->sink_ctx;
}

bool httpd_stopping(const struct httpd_request *req)
{
    return atomic_load(&req->httpd->stopping);
}

void httpd_add_header(struct httpd_request *req, const char *name, const char *value)
{
    if (req->header_count < HEADERS_MAX && value)
        req->headers[req->header_count++] = (struct pair){ name, value };
}

/* --- the life of a request --- */

static enum MHD_Result add_query(void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct httpd_request *req = ctx;

    (void)kind;
    if (req->query_count < QUERY_MAX) {
        req->query_names[req->query_count] = arena_strdup(req->arena, name);
        req->query[req->query_count++] = (struct pair){ arena_strdup(req->arena, name),
                                                        arena_strdup(req->arena, value ? value : "") };
    }
    return MHD_YES;
}

static const char *request_id(struct arena *a, const char *given)
{
    size_t len = given ? strlen(given) : 0;

    if (len >= 8 && len <= REQUEST_ID_MAX &&
        strspn(given, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == len)
        return arena_strdup(a, given);
    return id_new(a, "req-", 16);
}

static const char *peer_of(struct arena *a, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char text[NI_MAXHOST];

    if (!info || !info->client_addr)
        return "";
    socklen_t len = info->client_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    if (getnameinfo(info->client_addr, len, text, sizeof text, NULL, 0, NI_NUMERICHOST) != 0)
        return "";
    return arena_strdup(a, text);
}

static struct httpd_request *begin(struct httpd *d, struct MHD_Connection *connection, const char *url,
                                   const char *method)
{
    struct arena *a = arena_new();
    struct httpd_request *req = arena_alloc(a, sizeof *req);

    *req = (struct httpd_request){ .httpd = d, .connection = connection, .arena = a, .started_ms = clock_mono_ms() };
    req->method = arena_strdup(a, method);
    req->path = arena_strdup(a, url);
    req->id = request_id(a, MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Request-Id"));
    req->peer = peer_of(a, connection);
    strbuf_init(&req->body, a, d->config.max_body);
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, add_query, req);
    atomic_fetch_add(&d->running, 1);
    return req;
}

static void on_headers(struct httpd_request *req)
{
    const struct httpd_config *config = &req->httpd->config;

    if (!config->open_sink)
        return;
    if (config->open_sink(config->ctx, req, &req->sink, &req->sink_ctx, &req->error) < 0)
        req->failed = true;
    else
        req->sink_open = req->sink != NULL;
}

/* After a fault the rest of the body is read and dropped, so that the client gets to read the answer; but nobody sends
 * gigabytes to be told that they are too many (see on_request). */
static void on_body(struct httpd_request *req, const char *data, size_t len)
{
    if (req->failed)
        return;
    if (req->sink) {
        if (req->sink->write(req->sink_ctx, data, len, &req->error) == 0)
            return;
        req->sink->abort(req->sink_ctx);
        req->sink_open = false;
        req->failed = true;
        return;
    }
    strbuf_add_n(&req->body, data, len);
    if (strbuf_overflowed(&req->body)) {
        error_set(&req->error, ERROR_TOO_LARGE, "the body is over %zu bytes", req->body.max);
        req->failed = true;
    }
}

static ssize_t on_stream(void *ctx, uint64_t pos, char *buf, size_t max)
{
    struct httpd_request *req = ctx;

    (void)pos;
    for (;;) {
        size_t len = 0;
        if (req->stream_ended)
            return MHD_CONTENT_READER_END_OF_STREAM;
        req->stream_ended = !req->response.stream(req->response.stream_ctx, req, buf, max, &len);
        if (len > 0)
            return (ssize_t)len;
        if (httpd_stopping(req))
            req->stream_ended = true;
    }
}

static struct MHD_Response *response_of(struct httpd_request *req)
{
    const struct httpd_response *r = &req->response;

    if (r->stream)
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, on_stream, req, NULL);
    if (r->file_fd > 0)
        return MHD_create_response_from_fd64(r->file_size, r->file_fd);
    return MHD_create_response_from_buffer(r->body ? r->body_len : 0, (void *)(uintptr_t)(r->body ? r->body : ""),
                                           MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result answer(struct httpd_request *req)
{
    const struct httpd_config *config = &req->httpd->config;

    req->sink_open = false; /* from here on the handler owns what the sink gathered */
    if (req->failed)
        config->on_error(config->ctx, req, &req->error, &req->response);
    else
        config->handler(config->ctx, req, &req->response);
    struct MHD_Response *out = response_of(req);
    if (!out)
        return MHD_NO;
    if (req->response.content_type)
        MHD_add_response_header(out, MHD_HTTP_HEADER_CONTENT_TYPE, req->response.content_type);
    MHD_add_response_header(out, "X-Request-Id", req->id);
    for (size_t i = 0; i < req->header_count; i++)
        MHD_add_response_header(out, req->headers[i].name, req->headers[i].value);
    enum MHD_Result rc = MHD_queue_response(req->connection, (unsigned)req->response.status, out);
    MHD_destroy_response(out);
    return rc;
}

static int64_t declared_length(struct MHD_Connection *connection)
{
    const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
    struct error ignored = ERROR_INIT;
    int64_t n = 0;

    return length && str_to_i64(length, 0, INT64_MAX, &n, &ignored) == 0 ? n : 0;
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *data, size_t *len, void **state)
{
    struct httpd_request *req = *state;

    (void)version;
    if (!req) {
        *state = req = begin(ctx, connection, url, method);
        on_headers(req);
        return req->failed && declared_length(connection) > DROP_MAX ? answer(req) : MHD_YES;
    }
    if (*len > 0) {
        on_body(req, data, *len);
        *len = 0;
        return MHD_YES;
    }
    return answer(req);
}

static void on_completed(void *ctx, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    struct httpd *d = ctx;
    struct httpd_request *req = *state;

    (void)connection, (void)code;
    if (!req)
        return;
    if (req->sink_open)
        req->sink->abort(req->sink_ctx);
    if (d->config.on_done)
        d->config.on_done(d->config.ctx, req, req->response.status);
    arena_free(req->arena);
    *state = NULL;
    atomic_fetch_sub(&d->running, 1);
}

/* --- start and stop --- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Percent-decoding in place (RFC 3986, section 2.1), but for "%00": as a NUL it would cut the text, so it stays as written. */
static size_t unescape(void *ctx, struct MHD_Connection *connection, char *s)
{
    char *out = s;

    (void)ctx, (void)connection;
    for (const char *p = s; *p; p++) {
        int high = p[0] == '%' ? hex_digit(p[1]) : -1, low = high >= 0 ? hex_digit(p[2]) : -1;
        if (low >= 0 && high + low > 0) {
            *out++ = (char)(high * 16 + low);
            p += 2;
        } else {
            *out++ = *p;
        }
    }
    *out = '\0';
    return (size_t)(out - s);
}

static int parse_address(const char *text, struct sockaddr_storage *ret, struct error *err)
{
    CLEANUP(arena_freep) struct arena *a = arena_new();
    const char *colon = text ? strrchr(text, ':') : NULL;
    struct addrinfo *ai;
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
                                    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };

    int64_t port;
    if (!colon || str_to_i64(colon + 1, 0, UINT16_MAX, &port, err) < 0) /* getaddrinfo() lets larger ports wrap */
        return error_set(err, ERROR_INVALID, "'%s' is no address: write it as 0.0.0.0:8080", text ? text : "");
    char *host = arena_strndup(a, text, (size_t)(colon - text));
    if (host[0] == '[' && str_ends(host, "]")) {
        host[strlen(host) - 1] = '\0';
        host++;
    }
    int rc = getaddrinfo(host, colon + 1, &hints, &ai);
    if (rc != 0)
        return error_set(err, ERROR_INVALID, "'%s' is no address: %s", text, gai_strerror(rc));
    memcpy(ret, ai->ai_addr, ai->ai_addrlen);
    freeaddrinfo(ai);
    return 0;
}

int httpd_start(const struct httpd_config *config, struct httpd **ret, struct error *err)
{
    struct sockaddr_storage address = { 0 };

    if (parse_address(config->address, &address, err) < 0)
        return -1;
    struct httpd *d = calloc(1, sizeof *d);
    if (!d)
        return error_set(err, ERROR_INTERNAL, "out of memory");
    d->config = *config;
    d->config.max_body = config->max_body ? config->max_body : BODY_MAX;
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_ITC;
    if (address.ss_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    unsigned connections = config->max_connections ? config->max_connections : CONNECTIONS_MAX;
    d->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, d, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
                                 MHD_OPTION_CONNECTION_LIMIT, connections, MHD_OPTION_CONNECTION_TIMEOUT,
                                 (unsigned)CONNECTION_TIMEOUT_S, MHD_OPTION_NOTIFY_COMPLETED, on_completed, d,
                                 MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL, MHD_OPTION_STRICT_FOR_CLIENT, 1,
                                 MHD_OPTION_END);
    if (!d->daemon) {
        free(d);
        return error_set_errno(err, errno, "listening on %s", config->address);
    }
    *ret = d;
    return 0;
}

unsigned httpd_port(const struct httpd *d)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(d->daemon, MHD_DAEMON_INFO_BIND_PORT);

    return info ? info->port : 0;
}

void httpd_stop(struct httpd *d, int64_t grace_ms)
{
    if (!d)
        return;
    atomic_store(&d->stopping, true);
    MHD_socket fd = MHD_quiesce_daemon(d->daemon);
    int64_t end = clock_mono_ms() + grace_ms;
    while (atomic_load(&d->running) > 0 && clock_mono_ms() < end)
        clock_sleep_ms(10);
    MHD_stop_daemon(d->daemon);
    if (fd != MHD_INVALID_SOCKET)
        close(fd);
    free(d);
}
