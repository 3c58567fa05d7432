/* libcurl handles at rest, each with the connection that it keeps alive. The caller holds a lock. Private to base/http.c.
 *
 * The handle that was given back last is taken first, so those at the bottom are what only a burst needs. A trim takes out what
 * was not touched since the trim before: connections cost some hundred KiB each, TLS and all. */
#ifndef BERTH_BASE_HTTP_POOL_H
#define BERTH_BASE_HTTP_POOL_H

#include <curl/curl.h>
#include <stdbool.h>

enum { HTTP_POOL_MAX = 64 };

struct http_pool {
    CURL *idle[HTTP_POOL_MAX];
    int count;
    int rested; /* the fewest that were at rest since the last trim */
};

CURL *http_pool_take(struct http_pool *p); /* NULL: none is at rest */
bool http_pool_give(struct http_pool *p, CURL *h); /* false: it is full, and the handle is the caller's */
void http_pool_trim(struct http_pool *p, struct http_pool *ret_unused); /* one is kept */
void http_pool_close(struct http_pool *p);

#endif
