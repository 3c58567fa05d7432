/* Lists by pages: `limit`, `sort`, and the opaque `cursor`, which holds the place of the page's last row and is good for the
 * same path, filters and order only. */
#ifndef BERTH_API_PAGE_H
#define BERTH_API_PAGE_H

#include "api/call.h"

enum { PAGE_DEFAULT = 50, PAGE_MAX = 200 };

struct paging {
    size_t limit;
    const char *after; /* key of the last row before this page; "" for the first */
    const char *after_value; /* and what it was sorted by; NULL for the first */
    const char *last_value; /* the same of this page's last row: filled by the store or page_items() */
    int sort; /* index of the names that were given to page_read() */
    bool descending;
    const char *scope; /* of the path, the filters and the order */
    const char *account, *customer; /* who looks, as struct page has it */
};

/* sorts: the fields that the list can be sorted by, NULL at the end; standard: the order when none is asked for, "-" before
 * it for descending. */
int page_read(struct call *c, const char *const sorts[], const char *standard, struct paging *ret,
              struct error *err) WARN_UNUSED;

/* What to ask of the store: one row more than are shown, which tells whether there are more. */
struct page page_of(struct paging *p);
size_t page_shown(const struct paging *p, size_t found);

/* 200 {items, nextCursor?}. last_key: of the last row shown, NULL when nothing follows it. */
int page_answer(struct call *c, const struct paging *p, const json_t *items, const char *last_key);

/* For lists that are in memory whole: an array of objects, of which each has the fields that are named by `sorts` (texts or
 * whole numbers). key: what tells an item from all others. */
typedef const char *(*page_key)(struct arena *a, const json_t *item);
int page_answer_all(struct call *c, struct paging *p, const char *const sorts[], const json_t *items, page_key key);

#endif
