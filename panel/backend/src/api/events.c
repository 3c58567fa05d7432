/* Events: what happened to a customer, and why. */
#include "api/handlers.h"
#include "api/page.h"
#include "api/present.h"
#include "base/clock.h"
#include "base/str.h"

/* Where the list begins: after a number, or before one when it goes downwards. */
static int read_start(struct call *c, const struct paging *p, int64_t *ret, struct error *err)
{
    struct error why = ERROR_INIT;

    *ret = p->descending ? INT64_MAX : 0;
    if (p->after[0] && str_to_i64(p->after, 1, INT64_MAX - 1, ret, &why) < 0)
        return call_bad_query(err, "cursor", "is no cursor of this API");
    if (!httpd_query(c->req, "after"))
        return 0;
    if (p->after[0])
        return call_bad_query(err, "cursor", "does not go together with 'after'");
    if (p->descending)
        return call_bad_query(err, "sort", "must be seq, or left out, together with 'after'");
    return call_query_int(c, "after", 0, INT64_MAX - 1, ret, err);
}

int events_list(struct call *c, struct error *err)
{
    static const char *const sorts[] = { "seq", NULL };
    static const char *const types[] = { "Normal", "Warning", NULL };
    struct event_filter filter = { .customer = httpd_query(c->req, "customer"),
                                   .reason = httpd_query(c->req, "reason") };
    struct paging p;
    struct event *list;
    size_t count;
    int64_t start;

    if (call_query_word(c, "type", types, &filter.type, err) < 0 ||
        page_read(c, sorts, httpd_query(c->req, "after") ? "seq" : "-seq", &p, err) < 0 ||
        read_start(c, &p, &start, err) < 0 ||
        store_event_page(c->store, c->arena, &filter, start, page_of(&p), &list, &count, err) < 0)
        return -1;
    json_t *items = json_own(c->arena, json_array());
    size_t shown = page_shown(&p, count);
    for (size_t i = 0; i < shown; i++)
        json_array_append(items, present_event(c, &list[i]));
    return page_answer(c, &p, items,
                       count > shown ? arena_printf(c->arena, "%lld", (long long)list[shown - 1].seq) : NULL);
}
