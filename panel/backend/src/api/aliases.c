/* Aliases: addresses without a mailbox, whose mail is sent on. */
#include "api/address.h"
#include "api/handlers.h"
#include "api/page.h"
#include "api/text.h"
#include "base/str.h"

struct alias_input {
    const char *address;
    struct json_strings targets;
    struct address at;
};

static const struct json_field fields[] = {
    { "targets", JSON_KIND_STRINGS, true, offsetof(struct alias_input, targets), JSON_NO_HAS, 1, MAIL_TARGETS_MAX },
    { "address", JSON_KIND_STRING, true, offsetof(struct alias_input, address), JSON_NO_HAS, 0, 0 },
};

enum { UPDATE_FIELDS = 1, CREATE_FIELDS = 2 };

static json_t *alias_json(struct call *c, const struct mail_alias *m)
{
    json_t *o = json_own(c->arena, json_object());

    text_put(o, "address", arena_printf(c->arena, "%s@%s", m->local, m->domain));
    text_put(o, "domain", m->domain);
    text_put(o, "customerId", m->customer);
    json_object_set_new(o, "targets", address_list_json(m->targets, m->target_count));
    text_put_time(o, "createdAt", m->created_ms);
    return o;
}

/* --- reading --- */

int aliases_list(struct call *c, struct error *err)
{
    const struct address_filter filter = { httpd_query(c->req, "customer"), httpd_query(c->req, "domain"),
                                           httpd_query(c->req, "q") };
    struct paging p;
    struct mail_alias *list;
    size_t count;

    if (page_read(c, store_alias_sorts, "address", &p, err) < 0 ||
        store_alias_list(c->store, c->arena, &filter, page_of(&p), &list, &count, err) < 0)
        return -1;
    json_t *items = json_own(c->arena, json_array());
    for (size_t i = 0; i < page_shown(&p, count); i++)
        json_array_append(items, alias_json(c, &list[i]));
    const struct mail_alias *last = count > p.limit ? &list[p.limit - 1] : NULL;
    return page_answer(c, &p, items, last ? arena_printf(c->arena, "%s@%s", last->local, last->domain) : NULL);
}

int aliases_get(struct call *c, struct error *err)
{
    struct address at;
    struct mail_alias m;

    address_of_path(c, &at);
    if (store_alias_get(c->store, NULL, c->arena, at.domain, at.local, &m, err) < 0)
        return -1;
    httpd_add_header(c->req, "ETag", address_etag(c, m.created_ms, m.version));
    return call_answer(c, 200, alias_json(c, &m));
}

/* --- changing --- */

static int answer_alias(struct change *ch, const struct address *at, struct error *err)
{
    struct mail_alias m;

    if (store_alias_get(NULL, ch->tx, ch->call->arena, at->domain, at->local, &m, err) < 0)
        return -1;
    ch->customer = m.customer;
    ch->subject = at->text;
    ch->etag = address_etag(ch->call, m.created_ms, m.version);
    json_object_set(ch->answer, "alias", alias_json(ch->call, &m));
    return 0;
}

static int apply_create(struct change *ch, struct error *err)
{
    const struct alias_input *in = ch->input;
    struct mail_alias m = {
        .domain = in->at.domain, .local = in->at.local, .target_count = in->targets.count, .targets = in->targets.items
    };
    struct mail_place place;

    if (address_place(ch, &in->at, "/address", &place, err) < 0)
        return -1;
    m.customer = place.customer.id;
    if (address_check_room(ch->call, &place.plan, &place.use, &(struct mail_use){ .aliases = 1 }, "/address", "", err) <
        0)
        return -1;
    if (store_alias_insert(ch->tx, &m, err) < 0)
        return address_taken(err);
    return address_check_route(ch, &in->at, m.customer, "/targets", err) < 0 ? -1 : answer_alias(ch, &in->at, err);
}

static int read_input(struct call *c, size_t count, const char *own, struct alias_input *ret, struct error *err)
{
    struct alias_input in = { 0 };
    json_t *body;

    if (call_body(c, true, &body, err) < 0 || json_read(c->arena, body, fields, count, &in, err) < 0)
        return -1;
    if (in.address)
        (void)!address_read(c, in.address, true, NULL, "/address", &in.at, err);
    (void)!address_targets(c, &in.targets, "/targets", in.address ? in.address : own, &in.targets, err);
    if (err->code != ERROR_NONE)
        return -1;
    *ret = in;
    return 0;
}

int aliases_create(struct call *c, struct error *err)
{
    struct alias_input in;

    return read_input(c, CREATE_FIELDS, NULL, &in, err) < 0 ? -1
                                                            : change_run(c, "alias.create", apply_create, &in, err);
}

/* The alias that the path names, as the transaction sees it: the customer is open, If-Match holds. */
static int load(struct change *ch, struct address *ret_at, struct mail_alias *ret, struct error *err)
{
    struct call *c = ch->call;
    struct address at;
    struct mail_alias m;
    struct mail_place place;

    address_of_path(c, &at);
    if (store_alias_get(NULL, ch->tx, c->arena, at.domain, at.local, &m, err) < 0 ||
        store_mail_place(ch->tx, c->arena, at.domain, &place, err) < 0 || change_check_open(&place.customer, err) < 0 ||
        call_if_match(c, address_etag(c, m.created_ms, m.version), err) < 0)
        return -1;
    *ret_at = at;
    *ret = m;
    return 0;
}

static int apply_update(struct change *ch, struct error *err)
{
    const struct alias_input *in = ch->input;
    struct address at;
    struct mail_alias m;

    if (load(ch, &at, &m, err) < 0)
        return -1;
    m.targets = in->targets.items;
    m.target_count = in->targets.count;
    if (store_alias_update(ch->tx, &m, err) < 0 || address_check_route(ch, &at, m.customer, "/targets", err) < 0)
        return -1;
    return answer_alias(ch, &at, err);
}

int aliases_update(struct call *c, struct error *err)
{
    struct alias_input in;

    return read_input(c, UPDATE_FIELDS, c->segment, &in, err) < 0
               ? -1
               : change_run(c, "alias.update", apply_update, &in, err);
}

static int apply_delete(struct change *ch, struct error *err)
{
    struct address at;
    struct mail_alias m;

    if (load(ch, &at, &m, err) < 0 || answer_alias(ch, &at, err) < 0 ||
        store_alias_delete(ch->tx, m.domain, m.local, err) < 0)
        return -1;
    ch->etag = NULL;
    return address_check_route(ch, &at, m.customer, NULL, err);
}

int aliases_delete(struct call *c, struct error *err)
{
    return change_run(c, "alias.delete", apply_delete, NULL, err);
}
