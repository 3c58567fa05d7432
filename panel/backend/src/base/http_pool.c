/* Handles at rest: see http_pool.h. */
#include "base/http_pool.h"

#include <string.h>

CURL *http_pool_take(struct http_pool *p)
{
    if (p->count == 0)
        return NULL;
    CURL *h = p->idle[--p->count];
    p->rested = p->count < p->rested ? p->count : p->rested;
    return h;
}

bool http_pool_give(struct http_pool *p, CURL *h)
{
    if (p->count == HTTP_POOL_MAX)
        return false;
    p->idle[p->count++] = h;
    return true;
}

void http_pool_trim(struct http_pool *p, struct http_pool *ret_unused)
{
    int unused = p->rested == p->count && p->rested > 0 ? p->rested - 1 : p->rested;

    *ret_unused = (struct http_pool){ .count = unused };
    memcpy(ret_unused->idle, p->idle, (size_t)unused * sizeof p->idle[0]);
    p->count -= unused;
    memmove(p->idle, p->idle + unused, (size_t)p->count * sizeof p->idle[0]);
    p->rested = p->count;
}

void http_pool_close(struct http_pool *p)
{
    for (int i = 0; i < p->count; i++)
        curl_easy_cleanup(p->idle[i]);
    p->count = p->rested = 0;
}
