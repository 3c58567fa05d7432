/* What mailboxes and aliases share: see address.h. */
#include "api/address.h"

#include <stdlib.h>
#include <string.h>

#include "api/input.h"
#include "api/text.h"
#include "base/id.h"
#include "base/str.h"
#include "model/names.h"

/* Mail that is sent on more often, or to more addresses at once, is refused before the mail servers have to. */
enum { HOPS_MAX = 10, ADDRESSES_MAX = 1000 };

int address_read(struct call *c, const char *text, bool catch_all, const char *good, const char *pointer,
                 struct address *ret, struct error *err)
{
    const char *at = strrchr(text, '@');
    size_t len = at ? (size_t)(at - text) : 0;
    struct error why = ERROR_INIT;

    if (!at)
        return error_field(err, pointer, "must be an address like anna@example.com");
    struct address a = { text, arena_strndup(c->arena, text, len), at + 1 };
    if (((catch_all && str_eq(a.local, "*")) || mail_check_local(a.local, pointer, &why) == 0) &&
        !str_eq(a.domain, good))
        input_domain(c, a.domain, pointer, &why);
    if (why.code == ERROR_NONE && strlen(text) > MAIL_ADDRESS_MAX)
        (void)!error_field(&why, pointer, "has more than %d bytes", MAIL_ADDRESS_MAX);
    if (why.code != ERROR_NONE)
        return error_field(err, pointer, "%s", why.fields[0].message);
    *ret = a;
    return 0;
}

void address_of_path(const struct call *c, struct address *ret)
{
    const char *text = c->segment, *at = strrchr(text, '@');

    *ret = (struct address){ text, arena_strndup(c->arena, text, at ? (size_t)(at - text) : 0), at ? at + 1 : "" };
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int address_targets(struct call *c, const struct json_strings *list, const char *pointer, const char *own,
                    struct json_strings *ret, struct error *err)
{
    const char **out = arena_array(c->arena, list->count + 1, sizeof *out);
    bool good = true;

    for (size_t i = 0; i < list->count; i++) {
        const char *where = arena_printf(c->arena, "%s/%zu", pointer, i);
        char *address;
        if (mail_address(c->arena, list->items[i], where, &address, err) < 0) {
            good = false;
            continue;
        }
        out[i] = address;
        if (str_eq(address, own)) {
            error_field(err, where, "is the address itself");
            good = false;
        }
        for (size_t j = 0; j < i; j++)
            if (str_eq(out[j], address)) {
                error_field(err, where, "is in the list twice");
                good = false;
            }
    }
    if (!good)
        return -1;
    if (list->count)
        qsort(out, list->count, sizeof *out, compare);
    *ret = (struct json_strings){ list->count, out };
    return 0;
}

int address_check_servers(const struct call *c, const char *pointer, struct error *err)
{
    if (!str_empty(c->config->mail_host))
        return 0;
    return error_field(err, pointer, "this installation has no mail servers (its setting BERTH_MAIL_HOST is empty)");
}

int address_no_domain(const char *domain, const char *pointer, struct error *err)
{
    error_field(err, pointer, "there is no domain '%.120s'", domain);
    err->code = ERROR_NOT_FOUND;
    return -1;
}

int address_place(struct change *ch, const struct address *at, const char *pointer, struct mail_place *ret,
                  struct error *err)
{
    struct mail_place p;

    if (store_mail_place(ch->tx, ch->call->arena, at->domain, &p, err) < 0) {
        if (err->code != ERROR_NOT_FOUND)
            return -1;
        *err = ERROR_INIT;
        return address_no_domain(at->domain, pointer, err);
    }
    if (change_check_open(&p.customer, err) < 0)
        return -1;
    if (!p.domain.mail)
        return input_conflict(err, pointer,
                              "the domain '%.80s' has no mail yet; `berth domain update %.80s --mail on` changes that",
                              at->domain, at->domain);
    *ret = p;
    return 0;
}

int64_t address_plan_bytes(const struct plan *p)
{
    return quantity_milli(p->mail_storage) / 1000;
}

struct mail_use address_use_of(const struct tenant *t)
{
    struct mail_use use = { 0 };

    for (size_t i = 0; i < t->domain_count; i++) {
        use.mailboxes += (int64_t)t->domains[i].mailbox_count;
        use.aliases += (int64_t)t->domains[i].alias_count;
        for (size_t j = 0; j < t->domains[i].mailbox_count; j++)
            use.bytes += t->domains[i].mailboxes[j].quota;
    }
    return use;
}

int address_check_room(const struct call *c, const struct plan *p, const struct mail_use *have,
                       const struct mail_use *more, const char *number, const char *bytes, struct error *err)
{
    struct arena *a = c->arena;

    if (more->mailboxes > 0 && have->mailboxes + more->mailboxes > p->mailboxes)
        (void)error_field(err, number, "the plan '%s' allows %s, and the customer has %lld and would have %lld", p->id,
                          text_count(a, p->mailboxes, "mailbox"), (long long)have->mailboxes,
                          (long long)(have->mailboxes + more->mailboxes));
    if (more->aliases > 0 && have->aliases + more->aliases > p->aliases)
        (void)error_field(err, number, "the plan '%s' allows %s, and the customer has %lld", p->id,
                          text_count(a, p->aliases, "alias"), (long long)have->aliases);
    if (more->bytes > 0 && have->bytes + more->bytes > address_plan_bytes(p))
        (void)error_field(
            err, bytes, "the plan '%s' allows mailboxes of %s in sum, and the customer's have %s and would have %s",
            p->id, p->mail_storage, quantity_bytes(a, have->bytes), quantity_bytes(a, have->bytes + more->bytes));
    return err->code == ERROR_NONE ? 0 : -1;
}

int address_taken(struct error *err)
{
    const struct error why = *err;

    if (why.code != ERROR_CONFLICT)
        return -1;
    *err = ERROR_INIT;
    return input_conflict(err, "/address", "%s", why.message);
}

/* --- where mail goes --- */

struct stop {
    const char *key; /* of the mailbox, alias or catch-all */
    const struct mail_hop *hop;
    const char *first; /* the target of the address itself that led here */
    int depth;
};

struct route {
    struct change *ch;
    const char *customer; /* whose address it begins at */
    const char *outside; /* the first target that leads to where nothing is the customer's; NULL: none does */
    size_t count, looked; /* stops; targets that were looked up, which in sum may be far more */
    struct stop *stops; /* each once, in the order of their depth */
};

static int hop_of(struct route *r, const char *domain, const char *local, const struct mail_hop **ret, const char **key,
                  struct error *err)
{
    struct arena *a = r->ch->call->arena;
    struct mail_hop *hop = arena_alloc(a, sizeof *hop);

    if (store_mail_hop(r->ch->tx, a, domain, local, hop, err) < 0)
        return -1;
    *ret = hop;
    *key = arena_printf(a, "%s@%s", hop->local, domain);
    return 0;
}

static int refuse(const char *pointer, const char *target, const char *what, struct error *err)
{
    if (!pointer)
        return error_set(err, ERROR_CONFLICT,
                         "without it its mail is the catch-all's, whose target '%.200s' %s; change that one first",
                         target, what);
    return error_field(err, pointer, "'%.100s' %s", target, what);
}

static int note_outside(struct route *r, const char *domain, const char *first, struct error *err)
{
    bool own;

    if (r->outside)
        return 0;
    if (store_domain_is_of(r->ch->tx, domain, r->customer, &own, err) < 0)
        return -1;
    r->outside = own ? NULL : first;
    return 0;
}

/* Puts where `target` leads to behind the stops, unless it is there. */
static int follow(struct route *r, const struct stop *from, const char *target, const char *pointer, struct error *err)
{
    struct arena *a = r->ch->call->arena;
    const char *first = from->first ? from->first : target, *domain = mail_domain_of(target), *key;
    const struct mail_hop *hop;

    if (r->looked++ == ADDRESSES_MAX)
        return refuse(pointer, first, "leads to more than a thousand others", err);
    if (note_outside(r, domain, first, err) < 0 ||
        hop_of(r, domain, mail_local_of(a, target, true), &hop, &key, err) < 0)
        return -1;
    if (!hop->local[0])
        return 0;
    if (str_eq(key, r->stops[0].key))
        return refuse(pointer, first, "leads back to this address", err);
    for (size_t i = 0; i < r->count; i++)
        if (str_eq(r->stops[i].key, key))
            return 0;
    if (from->depth + 1 > HOPS_MAX)
        return refuse(pointer, first, "leads over more than ten others", err);
    r->stops[r->count++] = (struct stop){ key, hop, first, from->depth + 1 };
    return 0;
}

static int walk(struct route *r, const char *domain, const char *local, const char *pointer, struct error *err)
{
    struct stop start = { 0 };

    r->stops = arena_array(r->ch->call->arena, ADDRESSES_MAX + 1, sizeof *r->stops);
    if (hop_of(r, domain, local, &start.hop, &start.key, err) < 0)
        return -1;
    r->stops[r->count++] = start;
    for (size_t i = 0; i < r->count; i++) {
        const struct stop from = r->stops[i];
        for (size_t j = 0; j < from.hop->target_count; j++)
            if (follow(r, &from, from.hop->targets[j], pointer, err) < 0)
                return -1;
    }
    return 0;
}

/* A catch-all gets whatever is guessed: sent on to elsewhere, over however many others, that would be spam of this installation's. */
static int check_catch_alls(const struct route *r, const char *pointer, struct error *err)
{
    struct change *ch = r->ch;
    const char **domains;
    size_t count;

    if (!r->outside || !pointer)
        return 0;
    if (store_catch_alls(ch->tx, ch->call->arena, r->customer, &domains, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct route of = { .ch = ch, .customer = r->customer, .outside = "" };
        if (walk(&of, domains[i], "*", pointer, err) < 0)
            return -1;
        for (size_t j = 0; j < of.count; j++)
            if (str_eq(of.stops[j].key, r->stops[0].key))
                return refuse(pointer, r->outside, "leads out of the customer's domains, where no catch-all may lead",
                              err);
    }
    return 0;
}

/* A loop that this change makes leads through this address, so it is enough to look from here. */
int address_check_route(struct change *ch, const struct address *at, const char *customer, const char *pointer,
                        struct error *err)
{
    struct route r = { .ch = ch, .customer = customer };

    return walk(&r, at->domain, at->local, pointer, err) < 0 ? -1 : check_catch_alls(&r, pointer, err);
}

/* --- answers --- */

const char *address_etag(struct call *c, int64_t created_ms, int64_t version)
{
    return arena_printf(c->arena, "\"%lld-%lld\"", (long long)created_ms, (long long)version);
}

static void drop_passwords(json_t *value)
{
    json_t *item;
    size_t i;
    const char *name;

    json_object_del(value, "password");
    json_object_foreach(value, name, item) drop_passwords(item);
    json_array_foreach(value, i, item) drop_passwords(item);
}

void address_hide_passwords(struct call *c, const json_t *body)
{
    json_t *copy = json_own(c->arena, json_deep_copy(body));

    drop_passwords(copy);
    c->body_digest = id_hash_token(c->arena, json_text(c->arena, copy));
}

json_t *address_list_json(const char *const *list, size_t count)
{
    json_t *out = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(out, text_json(list[i]));
    return out;
}
