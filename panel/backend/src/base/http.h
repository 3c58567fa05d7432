/* HTTP client over libcurl: blocking, keep-alive, safe to share between threads.
 *
 * A client is for one outside system: base URL, TLS trust, credential. Connections are kept in a pool and reused.
 * A status of any kind is a success here: providers decide. Failures of transport are ERROR_UNAVAILABLE or ERROR_TIMEOUT,
 * an answer over max_response ERROR_TOO_LARGE. Every request passes crashpoint_hit() before and after (see crash.h).
 */
#ifndef BERTH_BASE_HTTP_H
#define BERTH_BASE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct http_client;

struct http_client_config {
    const char *base_url; /* "https://10.96.0.1:443", no slash at the end; "" when requests carry whole URLs */
    const char *ca_file; /* PEM; NULL: the system's */
    const char *cert_file, *key_file; /* client certificate, or NULL */
    const char *bearer_file; /* read again whenever its mtime changes (rotated service-account tokens), or NULL */
    const char *bearer; /* fixed bearer token, or NULL */
    const char *const *headers; /* NULL-terminated "Name: value" sent with every request, or NULL */
    const char *s3_key_id, *s3_secret, *s3_region; /* requests are signed for S3 (AWS Signature Version 4), or NULL */
    const char *unix_socket; /* or NULL */
    const char *const *resolve; /* NULL-terminated libcurl CURLOPT_RESOLVE entries "host:port:address", or NULL */
    long connect_timeout_ms; /* 0: 3000 */
    long timeout_ms; /* of a whole request; 0: 15000 */
    const char *crash_name; /* prefix of its crash points: "kube", "pdns" */
    bool cookies; /* keep a cookie jar in memory */
    bool insecure; /* any certificate will do: only for probes that look whether a service is there */
};

struct http_request {
    const char *method; /* "GET" */
    const char *path; /* behind base_url */
    const char *content_type; /* of body */
    const char *body; /* NULL: none */
    size_t body_len;
    int body_fd; /* when > 0: the body is read from this file from its start, body_len bytes */
    const char *const *headers; /* NULL-terminated extra "Name: value", or NULL */
    long timeout_ms; /* 0: the client's */
    /* By clock_mono_ms(): nothing is sent after it, and no answer is waited for beyond it (ERROR_TIMEOUT). 0: none. It is looked
     * at last when the connection is there and the request is about to be written. */
    int64_t deadline_ms;
    size_t max_response; /* 0: 16 MiB */
};

struct http_header {
    const char *name, *value;
}; /* name in lower case */

struct http_response {
    long status;
    const char *body; /* NUL-terminated */
    size_t body_len;
    const char *content_type;
    size_t header_count;
    const struct http_header *headers;
};

int http_client_new(const struct http_client_config *config, struct http_client **ret, struct error *err) WARN_UNUSED;
void http_client_free(struct http_client *c);
/* Closes connections that no request has needed since this was called last; one is kept. */
void http_client_trim(struct http_client *c);

int http_do(struct http_client *c, struct arena *a, const struct http_request *req, struct http_response *ret,
            struct error *err) WARN_UNUSED;
const char *http_header(const struct http_response *res, const char *lower_name); /* NULL: absent */

/* Streams the body of a long answer (a watch, SSE). on_data returns false to end it (that is a success). idle_timeout_ms
 * without a byte is ERROR_TIMEOUT. *ret_status is set before the first on_data; a status other than 200 is not streamed but
 * put into *ret_status with 0 returned, and err->retry_after_s is what its Retry-After says. stop, when not NULL, is looked
 * at twice a second. */
typedef bool (*http_on_data)(void *ctx, const char *data, size_t len);
int http_stream(struct http_client *c, const struct http_request *req, long idle_timeout_ms, const volatile bool *stop,
                http_on_data on_data, void *ctx, long *ret_status, struct error *err) WARN_UNUSED;

uint64_t http_client_requests(const struct http_client *c); /* how many were sent: for metrics and tests */

#endif
