/* API tokens: what a program signs in by. A token is its user's, reaches no further than its user does, and ends. */
#include "api/access.h"
#include "api/auth.h"
#include "api/change.h"
#include "api/handlers.h"
#include "api/input.h"
#include "api/page.h"
#include "api/text.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/str.h"

enum { NAME_CHARS = 64, NAME_BYTES = 256, DAYS = 90, DAYS_MAX = 3650 };
static const int64_t day_ms = 24LL * 60 * 60 * 1000;

static json_t *token_json(struct call *c, const struct token *t)
{
    json_t *o = json_own(c->arena, json_object()), *scopes = json_array();

    json_array_append_new(scopes, json_string("read"));
    if (str_eq(t->scope, AUTH_SCOPE_ALL))
        json_array_append_new(scopes, json_string("write"));
    text_put(o, "id", t->id);
    text_put(o, "name", t->name);
    json_object_set_new(o, "scopes", scopes);
    if (!str_empty(t->customer))
        text_put(o, "customerId", t->customer);
    text_put_time(o, "createdAt", t->created_ms);
    if (t->expires_ms)
        text_put_time(o, "expiresAt", t->expires_ms);
    return o;
}

/* A token never changes. */
static const char *token_etag(struct call *c, const struct token *t)
{
    return call_etag(c, t->created_ms);
}

int tokens_get(struct call *c, struct error *err)
{
    struct token t;

    if (store_token_find(c->store, c->arena, c->segment, &t, err) < 0)
        return -1;
    httpd_add_header(c->req, "ETag", token_etag(c, &t));
    return call_answer(c, 200, token_json(c, &t));
}

int tokens_list(struct call *c, struct error *err)
{
    const struct token_filter filter = { c->account, httpd_query(c->req, "customer"), httpd_query(c->req, "q") };
    struct paging p;
    struct token *list;
    size_t count;

    if (page_read(c, store_token_sorts, "id", &p, err) < 0 ||
        store_token_list(c->store, c->arena, &filter, page_of(&p), &list, &count, err) < 0)
        return -1;
    json_t *items = json_own(c->arena, json_array());
    for (size_t i = 0; i < page_shown(&p, count); i++)
        json_array_append(items, token_json(c, &list[i]));
    return page_answer(c, &p, items, count > p.limit ? list[p.limit - 1].id : NULL);
}

/* --- making --- */

struct token_input {
    const char *name, *customer;
    struct json_strings scopes;
    int64_t days;
};

static int check_scopes(struct call *c, const struct json_strings *scopes, const char **ret, struct error *err)
{
    bool read = false, write = false;

    for (size_t i = 0; i < scopes->count; i++) {
        read = read || str_eq(scopes->items[i], "read");
        write = write || str_eq(scopes->items[i], "write");
        if (!str_eq(scopes->items[i], "read") && !str_eq(scopes->items[i], "write"))
            return error_field(err, arena_printf(c->arena, "/scopes/%zu", i), "is one of read and write");
    }
    if (write && !read)
        return error_field(err, "/scopes", "must have read beside write");
    *ret = write ? AUTH_SCOPE_ALL : AUTH_SCOPE_READ;
    return 0;
}

static int check_customer(struct call *c, const char *id, struct error *err)
{
    struct customer customer;
    bool seen;

    if (!id)
        return 0;
    if (access_sees(c, id, &seen, err) < 0)
        return -1;
    int rc = seen ? store_customer_get(c->store, c->arena, id, &customer, err) : 0;
    if (rc < 0 && err->code != ERROR_NOT_FOUND)
        return -1;
    if (rc == 0 && seen)
        return 0;
    *err = ERROR_INIT;
    return error_field(err, "/customerId", "there is no customer '%.100s'", id);
}

static int apply_create(struct change *ch, struct error *err)
{
    struct call *c = ch->call;
    struct token t = *(const struct token *)ch->input;
    const char *secret = id_token(c->arena);

    t.hash = id_hash_token(c->arena, secret);
    ch->status = 201;
    ch->subject = t.id;
    ch->label = t.name;
    ch->location = arena_printf(c->arena, "/api/v1/tokens/%s", t.id);
    ch->etag = token_etag(c, &t);
    ch->customer = t.customer;
    ch->secrets = json_own(c->arena, json_object());
    text_put(ch->secrets, "secret", secret);
    json_object_set(ch->answer, "token", token_json(c, &t));
    return store_token_put(ch->tx, &t, err);
}

int tokens_create(struct call *c, struct error *err)
{
    static const struct json_field fields[] = {
        { "name", JSON_KIND_STRING, true, offsetof(struct token_input, name), JSON_NO_HAS, 1, NAME_BYTES },
        { "customerId", JSON_KIND_STRING, false, offsetof(struct token_input, customer), JSON_NO_HAS, 1, 64 },
        { "scopes", JSON_KIND_STRINGS, true, offsetof(struct token_input, scopes), JSON_NO_HAS, 1, 2 },
        { "expiresInDays", JSON_KIND_INT, false, offsetof(struct token_input, days), JSON_NO_HAS, 1, DAYS_MAX },
    };
    struct token_input in = { .days = DAYS };
    struct token t = { .kind = "token", .id = auth_token_id(c->arena), .account = c->account };
    json_t *body;

    if (call_body(c, true, &body, err) < 0)
        return -1;
    (void)!json_read(c->arena, body, fields, 4, &in, err);
    input_line(body, "name", NAME_CHARS, err);
    if (err->code != ERROR_NONE || check_scopes(c, &in.scopes, &t.scope, err) < 0 ||
        check_customer(c, in.customer, err) < 0)
        return -1;
    t.name = in.name;
    t.customer = in.customer ? in.customer : "";
    t.created_ms = clock_wall_ms();
    t.expires_ms = t.created_ms + in.days * day_ms;
    /* A token that leaked must not make one that outlives it. */
    if (!c->session && c->expires_ms && c->expires_ms < t.expires_ms)
        t.expires_ms = c->expires_ms;
    return change_run_at_once(c, "token.create", apply_create, &t, err);
}

static int apply_delete(struct change *ch, struct error *err)
{
    struct call *c = ch->call;
    struct token t;

    if (store_token_find(c->store, c->arena, c->segment, &t, err) < 0 || call_if_match(c, token_etag(c, &t), err) < 0)
        return -1;
    ch->status = 204;
    return store_token_revoke(ch->tx, t.id, err);
}

int tokens_delete(struct call *c, struct error *err)
{
    return change_run_at_once(c, "token.delete", apply_delete, NULL, err);
}
