/* Mailboxes: reading them, and making, changing and deleting them. */
#include "api/mailboxes.h"

#include "api/handlers.h"
#include "api/page.h"
#include "api/text.h"
#include "base/str.h"
#include "model/names.h"

/* --- reading --- */

static json_t *reply_json(const struct auto_reply *r)
{
    json_t *o = json_object();

    json_object_set_new(o, "on", json_boolean(r->on));
    text_put(o, "subject", r->subject);
    text_put(o, "text", r->text);
    if (r->from_ms)
        text_put_time(o, "from", r->from_ms);
    if (r->until_ms)
        text_put_time(o, "until", r->until_ms);
    return o;
}

/* Whatever is known of the password: that there is one. */
static json_t *mailbox_json(struct call *c, const struct mailbox *m)
{
    json_t *o = json_own(c->arena, json_object());

    text_put(o, "address", arena_printf(c->arena, "%s@%s", m->local, m->domain));
    text_put(o, "domain", m->domain);
    text_put(o, "customerId", m->customer);
    text_put(o, "name", m->name);
    json_object_set_new(o, "hasPassword", json_boolean(!str_empty(m->password)));
    text_put(o, "quota", quantity_bytes(c->arena, m->quota));
    json_object_set_new(o, "active", json_boolean(m->active));
    json_object_set_new(o, "forwards", address_list_json(m->forwards, m->forward_count));
    json_object_set_new(o, "keep", json_boolean(m->keep));
    json_object_set_new(o, "autoReply", reply_json(&m->reply));
    text_put_time(o, "createdAt", m->created_ms);
    return o;
}

int mailboxes_list(struct call *c, struct error *err)
{
    const struct address_filter filter = { httpd_query(c->req, "customer"), httpd_query(c->req, "domain"),
                                           httpd_query(c->req, "q") };
    struct paging p;
    struct mailbox *list;
    size_t count;

    if (page_read(c, store_mailbox_sorts, "address", &p, err) < 0 ||
        store_mailbox_list(c->store, c->arena, &filter, page_of(&p), &list, &count, err) < 0)
        return -1;
    json_t *items = json_own(c->arena, json_array());
    for (size_t i = 0; i < page_shown(&p, count); i++)
        json_array_append(items, mailbox_json(c, &list[i]));
    const struct mailbox *last = count > p.limit ? &list[p.limit - 1] : NULL;
    return page_answer(c, &p, items, last ? arena_printf(c->arena, "%s@%s", last->local, last->domain) : NULL);
}

int mailboxes_get(struct call *c, struct error *err)
{
    struct address at;
    struct mailbox m;

    address_of_path(c, &at);
    if (store_mailbox_get(c->store, NULL, c->arena, at.domain, at.local, &m, err) < 0)
        return -1;
    httpd_add_header(c->req, "ETag", address_etag(c, m.created_ms, m.version));
    return call_answer(c, 200, mailbox_json(c, &m));
}

/* --- changing --- */

int mailboxes_insert_users(struct change *ch, const struct tenant *t, struct mailbox *list, size_t count,
                           struct error *err)
{
    const struct mail_use have = address_use_of(t);
    struct mail_use more = { .mailboxes = (int64_t)count };

    for (size_t i = 0; i < count; i++)
        more.bytes += list[i].quota;
    if (address_check_room(ch->call, &t->plan, &have, &more, "/mailUsers", "/mailUsers", err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        list[i].customer = t->customer.id;
        if (store_mailbox_insert(ch->tx, &list[i], err) < 0)
            return -1;
    }
    return 0;
}

static int answer_mailbox(struct change *ch, const struct address *at, struct error *err)
{
    struct mailbox m;

    if (store_mailbox_get(NULL, ch->tx, ch->call->arena, at->domain, at->local, &m, err) < 0)
        return -1;
    ch->customer = m.customer;
    ch->subject = at->text;
    ch->etag = address_etag(ch->call, m.created_ms, m.version);
    json_object_set(ch->answer, "mailbox", mailbox_json(ch->call, &m));
    return 0;
}

static int apply_create(struct change *ch, struct error *err)
{
    const struct mailbox_input *in = ch->input;
    struct mailbox m = mailboxes_new(in);
    struct mail_place place;

    if (mailboxes_apply(in, &m, err) < 0 || address_place(ch, &in->at, "/address", &place, err) < 0 ||
        address_check_room(ch->call, &place.plan, &place.use, &(struct mail_use){ .mailboxes = 1, .bytes = m.quota },
                           "/address", "/quota", err) < 0)
        return -1;
    m.customer = place.customer.id;
    if (store_mailbox_insert(ch->tx, &m, err) < 0)
        return address_taken(err);
    if (m.forward_count && address_check_route(ch, &in->at, m.customer, "/forwards", err) < 0)
        return -1;
    return answer_mailbox(ch, &in->at, err);
}

int mailboxes_create(struct call *c, struct error *err)
{
    struct mailbox_input in;

    return mailboxes_read(c, NULL, &in, err) < 0 ? -1 : change_run(c, "mailbox.create", apply_create, &in, err);
}

/* The mailbox that the path names, as the transaction sees it: the customer is open, If-Match holds. */
static int load(struct change *ch, struct address *ret_at, struct mailbox *ret, struct mail_place *ret_place,
                struct error *err)
{
    struct call *c = ch->call;
    struct address at;
    struct mailbox m;
    struct mail_place place;

    address_of_path(c, &at);
    if (store_mailbox_get(NULL, ch->tx, c->arena, at.domain, at.local, &m, err) < 0 ||
        store_mail_place(ch->tx, c->arena, at.domain, &place, err) < 0 || change_check_open(&place.customer, err) < 0 ||
        call_if_match(c, address_etag(c, m.created_ms, m.version), err) < 0)
        return -1;
    *ret_at = at;
    *ret = m;
    *ret_place = place;
    return 0;
}

/* A new password is not refused for where somebody else has led the mail since. */
static int apply_update(struct change *ch, struct error *err)
{
    const struct mailbox_input *in = ch->input;
    struct address at;
    struct mail_place place;
    struct mailbox m;

    if (load(ch, &at, &m, &place, err) < 0)
        return -1;
    const int64_t quota = m.quota;
    if (mailboxes_apply(in, &m, err) < 0 ||
        address_check_room(ch->call, &place.plan, &place.use, &(struct mail_use){ .bytes = m.quota - quota }, "/quota",
                           "/quota", err) < 0 ||
        store_mailbox_update(ch->tx, &m, err) < 0)
        return -1;
    if ((in->has_forwards || in->has_keep) && address_check_route(ch, &at, m.customer, "/forwards", err) < 0)
        return -1;
    return answer_mailbox(ch, &at, err);
}

int mailboxes_update(struct call *c, struct error *err)
{
    struct mailbox_input in;

    return mailboxes_read(c, c->segment, &in, err) < 0 ? -1 : change_run(c, "mailbox.update", apply_update, &in, err);
}

static int apply_delete(struct change *ch, struct error *err)
{
    struct mail_place place;
    struct address at;
    struct mailbox m;

    if (load(ch, &at, &m, &place, err) < 0 || answer_mailbox(ch, &at, err) < 0 ||
        store_mailbox_delete(ch->tx, m.domain, m.local, err) < 0)
        return -1;
    ch->etag = NULL;
    return address_check_route(ch, &at, m.customer, NULL, err);
}

int mailboxes_delete(struct call *c, struct error *err)
{
    return change_run(c, "mailbox.delete", apply_delete, NULL, err);
}
