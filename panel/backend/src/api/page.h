/* Lists by pages: `limit` and the opaque `cursor`, which holds the key of the page's last row and is good for the same path
 * and filters only. */
#ifndef BERTH_API_PAGE_H
#define BERTH_API_PAGE_H

#include "api/call.h"

enum { PAGE_DEFAULT = 50, PAGE_MAX = 200 };

struct paging {
    size_t limit;
    const char *after; /* key of the last row before this page; "" for the first */
    const char *scope; /* of the path and the filters */
    const char *account, *customer; /* who looks, as struct page has it */
};

int page_read(struct call *c, struct paging *ret, struct error *err) WARN_UNUSED;

/* What to ask of the store: one row more than are shown, which tells whether there are more. */
struct page page_of(const struct paging *p);
size_t page_shown(const struct paging *p, size_t found);

/* 200 {items, nextCursor?}. last_key: of the last row shown, NULL when nothing follows it. */
int page_answer(struct call *c, const struct paging *p, const json_t *items, const char *last_key);

/* For lists that are in memory whole: where the page begins among count rows. */
typedef const char *(*page_key)(const void *rows, size_t i);
size_t page_start(const struct paging *p, const void *rows, size_t count, page_key key);

#endif
