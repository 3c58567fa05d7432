/* Many mailboxes of one customer by one request, all or none: POST /mailboxes/import. Each item is read as a mailbox that is made alone
 * (mailbox_input.c); what the database is asked is asked once a domain, or together. The faults of all items are told, as many as an
 * error has room for. */
#include <stdlib.h>
#include <string.h>

#include "api/handlers.h"
#include "api/input.h"
#include "api/mailboxes.h"
#include "api/text.h"
#include "base/str.h"

/* Each costs some 30 ms of Argon2id. */
enum { PASSWORDS_MAX = 100 };

struct import {
    size_t count;
    struct mailbox_input *items;
    struct mailbox *boxes; /* what is made of them */
};

/* Faults of items; the code is the first one's, as the message is. */
struct faults {
    struct error all;
    enum error_code code;
};

static const char *pointer_to(struct call *c, size_t i)
{
    return arena_printf(c->arena, "/items/%zu", i);
}

/* Takes in why item i cannot be made. -1: it is none of the item's faults, but in *err. */
static int note(struct call *c, struct faults *f, size_t i, const struct error *why, struct error *err)
{
    if (why->field_count == 0) {
        *err = *why;
        return -1;
    }
    f->code = f->all.code == ERROR_NONE ? why->code : f->code;
    input_nest(&f->all, pointer_to(c, i), why);
    return 0;
}

static int tell(const struct faults *f, struct error *err)
{
    if (f->all.code == ERROR_NONE)
        return 0;
    *err = f->all;
    err->code = f->code;
    return -1;
}

/* --- the body --- */

static void read_item(struct call *c, const json_t *object, const char *good, struct mailbox_input *in,
                      struct mailbox *m, struct error *err)
{
    if (mailboxes_read_object(c, object, NULL, good, in, err) < 0)
        return;
    if (!in->password && !in->hash)
        (void)!error_field(err, "/passwordHash",
                           "is missing, and so is password: one of them is needed, since none is made here");
    *m = mailboxes_new(in);
    (void)!mailboxes_apply(in, m, err);
}

static int compare(const void *a, const void *b)
{
    const struct mailbox_input *const *x = a, *const *y = b;
    int order = strcmp((*x)->address, (*y)->address);

    return order ? order : (*x > *y) - (*x < *y);
}

static void check_twice(struct call *c, const struct import *in, struct error *err)
{
    const struct mailbox_input **sorted = arena_array(c->arena, in->count, sizeof *sorted);

    for (size_t i = 0; i < in->count; i++)
        sorted[i] = &in->items[i];
    qsort(sorted, in->count, sizeof *sorted, compare);
    for (size_t i = 1; i < in->count; i++)
        if (str_eq(sorted[i]->address, sorted[i - 1]->address))
            error_field(err, arena_printf(c->arena, "/items/%zu/address", (size_t)(sorted[i] - in->items)),
                        "is that of items[%zu] too; leave one of them out", (size_t)(sorted[i - 1] - in->items));
}

static void check_passwords(struct call *c, const struct import *in, struct error *err)
{
    size_t passwords = 0;

    for (size_t i = 0; i < in->count; i++)
        if (in->items[i].password && ++passwords == PASSWORDS_MAX + 1)
            error_field(err, arena_printf(c->arena, "/items/%zu/password", i),
                        "is one more than the %d that a request may have; send the others in another one, or hashes",
                        PASSWORDS_MAX);
}

static int read_body(struct call *c, struct import *ret, struct error *err)
{
    struct list {
        json_t *items;
    } list = { 0 };
    static const struct json_field fields[] = {
        { "items", JSON_KIND_ANY, true, offsetof(struct list, items), JSON_NO_HAS, 0, 0 },
    };
    json_t *body;

    if (call_body(c, true, &body, err) < 0 || json_read(c->arena, body, fields, 1, &list, err) < 0)
        return -1;
    struct import in = { .count = json_array_size(list.items) };
    if (in.count == 0 || in.count > MAILBOXES_IMPORT_MAX)
        return error_field(err, "/items", "must be a list of 1 to %d mailboxes", MAILBOXES_IMPORT_MAX);
    in.items = arena_array(c->arena, in.count, sizeof *in.items);
    in.boxes = arena_array(c->arena, in.count, sizeof *in.boxes);
    for (size_t i = 0; i < in.count && err->field_count < ERROR_FIELDS_MAX; i++) {
        struct error inner = ERROR_INIT;
        read_item(c, json_array_get(list.items, i), i ? in.items[i - 1].at.domain : NULL, &in.items[i], &in.boxes[i],
                  &inner);
        input_nest(err, pointer_to(c, i), &inner);
    }
    if (err->code == ERROR_NONE) {
        check_twice(c, &in, err);
        check_passwords(c, &in, err);
    }
    if (err->code != ERROR_NONE || mailboxes_hash_passwords(c, body, in.items, in.count, err) < 0)
        return -1;
    for (size_t i = 0; i < in.count; i++)
        in.boxes[i].password = in.items[i].stored;
    *ret = in;
    return 0;
}

/* --- the change --- */

/* The domains of all items, each looked up once: *ret is the first one's, with the customer whose they all are. */
static int place(struct change *ch, const struct import *in, struct mail_place *ret, struct error *err)
{
    struct call *c = ch->call;
    const char **known = arena_array(c->arena, in->count, sizeof *known), *customer = NULL;
    struct faults f = { .all = ERROR_INIT };
    size_t count = 0;

    for (size_t i = 0; i < in->count; i++) {
        const struct address *at = &in->items[i].at;
        struct error why = ERROR_INIT;
        struct mail_place p;
        size_t k = count;
        while (k > 0 && !str_eq(known[k - 1], at->domain))
            k--;
        if (k > 0)
            continue;
        int rc = address_place(ch, at, "/address", &p, &why);
        if (rc == 0 && customer && !str_eq(p.customer.id, customer))
            rc = error_field(&why, "/address",
                             "lies in another customer's domain than those before it; import each customer's alone");
        if (rc < 0 && note(c, &f, i, &why, err) < 0)
            return -1;
        if (rc == 0 && !customer)
            *ret = p;
        customer = rc == 0 ? p.customer.id : customer;
        known[count++] = at->domain;
    }
    return tell(&f, err);
}

static int insert(struct change *ch, const struct import *in, const char *customer, struct error *err)
{
    struct call *c = ch->call;
    struct faults f = { .all = ERROR_INIT };
    const char **taken;

    for (size_t i = 0; i < in->count; i++)
        in->boxes[i].customer = customer;
    if (store_mailbox_insert_all(ch->tx, c->arena, in->boxes, in->count, &taken, err) < 0)
        return -1;
    for (size_t i = 0; i < in->count; i++) {
        struct error why = ERROR_INIT;
        if (!taken[i])
            continue;
        (void)!input_conflict(&why, "/address", "there is %s '%.150s' already; leave it out", taken[i],
                              in->items[i].address);
        (void)!note(c, &f, i, &why, err);
    }
    return tell(&f, err);
}

/* Those that forward, after all of them are there: a loop may lead through several. */
static int check_routes(struct change *ch, const struct import *in, const char *customer, struct error *err)
{
    struct faults f = { .all = ERROR_INIT };

    for (size_t i = 0; i < in->count && f.all.field_count < ERROR_FIELDS_MAX; i++) {
        struct error why = ERROR_INIT;
        if (in->boxes[i].forward_count && address_check_route(ch, &in->items[i].at, customer, "/forwards", &why) < 0 &&
            note(ch->call, &f, i, &why, err) < 0)
            return -1;
    }
    return tell(&f, err);
}

/* Of each mailbox what the making of it alone writes. */
static int add_audit(struct change *ch, const struct import *in, const char *customer, struct error *err)
{
    struct call *c = ch->call;
    struct audit *rows = arena_array(c->arena, in->count, sizeof *rows);

    for (size_t i = 0; i < in->count; i++)
        rows[i] = (struct audit){ .actor = c->user,
                                  .request_id = call_request_id(c),
                                  .action = "mailbox.create",
                                  .customer = customer,
                                  .subject = in->items[i].address };
    return store_audit_append(ch->tx, rows, in->count, err);
}

static int apply_import(struct change *ch, struct error *err)
{
    struct call *c = ch->call;
    const struct import *in = ch->input;
    struct mail_use more = { .mailboxes = (int64_t)in->count };
    struct mail_place at = { 0 };

    for (size_t i = 0; i < in->count; i++)
        more.bytes += in->boxes[i].quota;
    if (place(ch, in, &at, err) < 0 || address_check_room(c, &at.plan, &at.use, &more, "/items", "/items", err) < 0 ||
        insert(ch, in, at.customer.id, err) < 0 || check_routes(ch, in, at.customer.id, err) < 0 ||
        add_audit(ch, in, at.customer.id, err) < 0)
        return -1;
    ch->customer = ch->subject = at.customer.id;
    text_put_int(ch->answer, "mailboxes", more.mailboxes);
    return 0;
}

int mailboxes_import(struct call *c, struct error *err)
{
    struct import in;

    return read_body(c, &in, err) < 0 ? -1 : change_run(c, "customer.import-mailboxes", apply_import, &in, err);
}
