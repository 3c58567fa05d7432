/* HTTP server over libmicrohttpd: one thread a connection, blocking handlers.
 *
 * The server knows no routes: it collects a request (method, path, headers, body up to a limit), calls the handler once
 * with an arena that lives as long as the request, and sends what the handler put into the response. A handler may stream
 * the answer (SSE). A body may be streamed to a sink instead of memory (uploads), chosen when the headers are known.
 */
#ifndef BERTH_BASE_HTTPD_H
#define BERTH_BASE_HTTPD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct httpd;
struct httpd_request;

/* What a handler answers. Strings live in the request's arena (or for ever). */
struct httpd_response {
    int status; /* 0 is a bug */
    const char *content_type; /* NULL: none */
    const char *body; /* NULL: none */
    size_t body_len;
    int file_fd; /* > 0: the body is this file, file_size bytes; the server closes it */
    uint64_t file_size;
    /* When not NULL the answer is a stream: called again and again from the connection's thread until it returns false or
     * the client is gone. It appends to *out what is to be sent now (may block up to a second; may append nothing). */
    bool (*stream)(void *ctx, struct httpd_request *req, char *out, size_t cap, size_t *ret_len);
    void *stream_ctx;
};

/* Request facts; strings live as long as the request. */
const char *httpd_method(const struct httpd_request *req);
const char *httpd_path(const struct httpd_request *req); /* decoded, no query; never with NUL */
const char *httpd_query(const struct httpd_request *req, const char *name); /* NULL: absent, "" when without value */
/* Names of all query parameters, NULL-terminated, so that unknown ones can be refused. */
const char *const *httpd_query_names(const struct httpd_request *req);
const char *httpd_header(const struct httpd_request *req, const char *name); /* any case */
const char *httpd_cookie(const struct httpd_request *req, const char *name);
const char *httpd_body(const struct httpd_request *req, size_t *ret_len); /* NUL-terminated; "" when streamed */
const char *httpd_id(const struct httpd_request *req); /* request id: of a sane X-Request-Id header, or made here */
const char *httpd_peer(const struct httpd_request *req); /* address of the TCP peer */
struct arena *httpd_arena(const struct httpd_request *req);
int64_t httpd_started_ms(const struct httpd_request *req); /* monotonic */
void *httpd_sink_ctx(const struct httpd_request *req); /* what open_sink returned, or NULL */
bool httpd_stopping(const struct httpd_request *req); /* the server is going down: streams end */

void httpd_add_header(struct httpd_request *req, const char *name, const char *value); /* of the answer */

/* Gets each piece of a streamed body. -1 ends the upload: the error becomes the answer, by on_error of the config. */
struct httpd_sink {
    int (*write)(void *sink_ctx, const char *data, size_t len, struct error *err);
    void (*abort)(void *sink_ctx); /* the client went away, or write failed */
};

struct httpd_config {
    const char *address; /* "0.0.0.0:8080" or "[::]:8080"; port 0 picks one */
    unsigned max_connections; /* 0: 512 */
    size_t max_body; /* 0: 1 MiB; more is answered by on_error with ERROR_TOO_LARGE */
    /* NULL, or: asked once the headers are known; returns the sink for this body or NULL for memory; an error is answered. */
    int (*open_sink)(void *ctx, struct httpd_request *req, const struct httpd_sink **ret_sink, void **ret_sink_ctx,
                     struct error *err);
    void (*handler)(void *ctx, struct httpd_request *req, struct httpd_response *res);
    void (*on_error)(void *ctx, struct httpd_request *req, const struct error *err, struct httpd_response *res);
    void (*on_done)(void *ctx, struct httpd_request *req,
                    int status); /* once a request, for the access log; may be NULL */
    void *ctx;
};

int httpd_start(const struct httpd_config *config, struct httpd **ret, struct error *err) WARN_UNUSED;
unsigned httpd_port(const struct httpd *d);
void httpd_stop(struct httpd *d,
                int64_t grace_ms); /* no new connections; waits for running requests up to grace_ms; frees d */

#endif
