/* Events: what happened to a customer, and why. */
#include "api/access.h"
#include "api/handlers.h"
#include "api/page.h"
#include "api/present.h"
#include "base/str.h"

struct events {
    size_t count;
    struct event *list; /* oldest first */
};

static int list_after(struct call *c, int64_t after, size_t limit, struct events *ret, struct error *err)
{
    const struct page page = {
        .after = "", .limit = (int)limit, .account = access_account(c), .customer = access_customer(c)
    };

    return store_event_page(c->store, c->arena, httpd_query(c->req, "customer"), after, page, &ret->list, &ret->count,
                            err);
}

static int answer_oldest_first(struct call *c, const struct paging *p, int64_t after, struct error *err)
{
    struct events e;

    if (list_after(c, after, p->limit + 1, &e, err) < 0)
        return -1;
    json_t *items = json_own(c->arena, json_array());
    size_t shown = page_shown(p, e.count);
    for (size_t i = 0; i < shown; i++)
        json_array_append(items, present_event(c, &e.list[i]));
    return page_answer(c, p, items,
                       e.count > shown ? arena_printf(c->arena, "%lld", (long long)e.list[shown - 1].seq) : NULL);
}

static size_t count_before(const struct events *e, int64_t before)
{
    size_t n = 0;

    while (n < e->count && e->list[n].seq < before)
        n++;
    return n;
}

/* The newest `wanted` events before `before`. The store lists upwards from a number, so the number from which on there are
 * just as many is searched by halving: some dozen look-ups in an index. */
static int list_newest(struct call *c, int64_t before, size_t wanted, struct events *ret, struct error *err)
{
    int64_t low = 0, high = before - 1; /* the number lies in [low, high] */

    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (list_after(c, middle, wanted + 1, ret, err) < 0)
            return -1;
        if (count_before(ret, before) > wanted)
            low = middle + 1;
        else
            high = middle;
    }
    if (list_after(c, low, wanted, ret, err) < 0)
        return -1;
    ret->count = count_before(ret, before);
    return 0;
}

static int answer_newest_first(struct call *c, const struct paging *p, int64_t before, struct error *err)
{
    struct events e;

    if (list_newest(c, before, p->limit + 1, &e, err) < 0)
        return -1;
    json_t *items = json_own(c->arena, json_array());
    size_t shown = page_shown(p, e.count);
    for (size_t i = 0; i < shown; i++)
        json_array_append(items, present_event(c, &e.list[e.count - 1 - i]));
    return page_answer(c, p, items,
                       e.count > shown ? arena_printf(c->arena, "%lld", (long long)e.list[e.count - shown].seq) : NULL);
}

int events_list(struct call *c, struct error *err)
{
    bool upwards = httpd_query(c->req, "after") != NULL;
    int64_t after = 0, from = upwards ? 0 : INT64_MAX;
    struct paging p;

    if (page_read(c, &p, err) < 0 || call_query_int(c, "after", 0, INT64_MAX - 1, &after, err) < 0)
        return -1;
    if (upwards && p.after[0])
        return call_bad_query(err, "cursor", "does not go together with 'after'");
    if (p.after[0] && str_to_i64(p.after, 1, INT64_MAX - 1, &from, err) < 0)
        return call_bad_query(err, "cursor", "is no cursor of this API");
    return upwards ? answer_oldest_first(c, &p, after, err) : answer_newest_first(c, &p, from, err);
}
