/* The audit log: who changed what, and whether the log is whole. */
#include "api/handlers.h"
#include "api/page.h"
#include "api/text.h"
#include "base/str.h"

static json_t *audit_json(struct call *c, const struct audit *row)
{
    json_t *o = json_own(c->arena, json_object());

    text_put_int(o, "seq", row->seq);
    text_put_time(o, "at", row->at_ms);
    text_put(o, "actor", row->actor);
    text_put(o, "action", row->action);
    if (!str_empty(row->customer))
        text_put(o, "customerId", row->customer);
    text_put(o, "subject", row->subject);
    text_put(o, "requestId", row->request_id);
    text_put(o, "hash", row->hash);
    return o;
}

static const char *const sorts[] = { "seq", NULL };

int audit_list(struct call *c, struct error *err)
{
    const struct audit_filter filter = { httpd_query(c->req, "actor"), httpd_query(c->req, "action"),
                                         httpd_query(c->req, "customer"), httpd_query(c->req, "subject") };
    struct paging p;
    struct audit *list;
    size_t count;
    int64_t before;
    struct error why = ERROR_INIT;

    if (page_read(c, sorts, "-seq", &p, err) < 0)
        return -1;
    if (p.after[0] && str_to_i64(p.after, 1, INT64_MAX, &before, &why) < 0)
        return call_bad_query(err, "cursor", "is no cursor of this API");
    if (store_audit_list(c->store, c->arena, &filter, page_of(&p), &list, &count, err) < 0)
        return -1;
    json_t *items = json_own(c->arena, json_array());
    size_t shown = page_shown(&p, count);
    for (size_t i = 0; i < shown; i++)
        json_array_append(items, audit_json(c, &list[i]));
    return page_answer(c, &p, items,
                       count > shown ? arena_printf(c->arena, "%lld", (long long)list[shown - 1].seq) : NULL);
}

int audit_verify(struct call *c, struct error *err)
{
    json_t *o = json_own(c->arena, json_object());
    struct audit_verdict verdict;

    if (store_audit_verify(c->store, c->arena, &verdict, err) < 0)
        return -1;
    json_object_set_new(o, "whole", json_boolean(verdict.broken == 0));
    text_put_int(o, "rows", verdict.rows);
    text_put(o, "head", verdict.head);
    if (verdict.broken) {
        text_put_int(o, "firstBroken", verdict.broken);
        text_put(o, "reason", verdict.reason);
    }
    return call_answer(c, 200, o);
}
