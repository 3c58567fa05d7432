/* Users: who may sign in, as what, and for which customers. A new user has no password: a one-time link sets it. The link is
 * in the answer, for whoever asked to hand on; with a mail relay it is mailed to the user too, by the reconciler. */
#include "api/access.h"
#include "api/change.h"
#include "api/handlers.h"
#include "api/input.h"
#include "api/page.h"
#include "api/text.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/str.h"

enum { ID_CHARS = 12, NAME_CHARS = 120, NAME_BYTES = 480, CUSTOMERS_MAX = 200 };
enum { LINK_MS = 3 * 24 * 60 * 60 * 1000 };

static json_t *user_json(struct call *c, const struct user *u)
{
    json_t *o = json_own(c->arena, json_object()), *customers = json_array();

    for (size_t i = 0; i < u->customer_count; i++)
        json_array_append_new(customers, text_json(u->customers[i]));
    text_put(o, "id", u->id);
    text_put(o, "email", u->email);
    text_put(o, "name", u->name);
    text_put(o, "role", user_role_name(u->role));
    json_object_set_new(o, "customers", customers);
    json_object_set_new(o, "hasPassword", json_boolean(!str_empty(u->password)));
    json_object_set_new(o, "hasTotp", json_boolean(u->has_totp));
    text_put_time(o, "createdAt", u->created_ms);
    text_put_time(o, "updatedAt", u->updated_ms);
    return o;
}

/* --- reading --- */

int users_list(struct call *c, struct error *err)
{
    static const char *const roles[] = { "admin", "reseller", "owner", "member", NULL };
    struct user_filter filter = { .customer = httpd_query(c->req, "customer"), .text = httpd_query(c->req, "q") };
    struct paging p;
    struct user *list;
    size_t count;

    if (call_query_word(c, "role", roles, &filter.role, err) < 0 || page_read(c, store_user_sorts, "id", &p, err) < 0 ||
        store_user_list(c->store, c->arena, &filter, page_of(&p), &list, &count, err) < 0)
        return -1;
    json_t *items = json_own(c->arena, json_array());
    for (size_t i = 0; i < page_shown(&p, count); i++)
        json_array_append(items, user_json(c, &list[i]));
    return page_answer(c, &p, items, count > p.limit ? list[p.limit - 1].id : NULL);
}

int users_get(struct call *c, struct error *err)
{
    struct user u;

    if (store_user_get(c->store, c->arena, c->segment, &u, err) < 0)
        return -1;
    httpd_add_header(c->req, "ETag", call_etag(c, u.generation));
    return call_answer(c, 200, user_json(c, &u));
}

/* --- what is allowed --- */

struct user_input {
    const char *email, *name, *role;
    struct json_strings customers;
    bool has_customers;
};

#define FIELD(field, required, max)                                                                                    \
    {                                                                                                                  \
#field, JSON_KIND_STRING, (required), offsetof(struct user_input, field), JSON_NO_HAS, (max) ? 1 : 0, (max)    \
    }

static const struct json_field user_fields[] = {
    FIELD(email, true, 0), /* of a new user only */
    FIELD(role, true, 0),
    FIELD(name, false, NAME_BYTES),
    { "customers", JSON_KIND_STRINGS, false, offsetof(struct user_input, customers),
      offsetof(struct user_input, has_customers), 0, CUSTOMERS_MAX },
};

static int check_customers(struct call *c, const struct user_input *in, struct error *err)
{
    struct customer customer;
    bool seen;

    for (size_t i = 0; i < in->customers.count; i++) {
        const char *id = in->customers.items[i];
        if (access_sees(c, id, &seen, err) < 0)
            return -1;
        int rc = seen ? store_customer_get(c->store, c->arena, id, &customer, err) : 0;
        if (rc < 0 && err->code != ERROR_NOT_FOUND)
            return -1;
        if (rc < 0 || !seen) {
            *err = ERROR_INIT;
            return error_field(err, arena_printf(c->arena, "/customers/%zu", i), "there is no customer '%.100s'", id);
        }
    }
    return 0;
}

static int check_role(struct call *c, const char *name, enum user_role *ret, struct error *err)
{
    int role = user_role_parse(name);

    if (role < 0)
        return error_field(err, "/role", "is one of admin, reseller, owner and member");
    if (!access_may_grant(c, (enum user_role)role))
        return error_field(err, "/role", "cannot be given by a user with the role '%s'", user_role_name(c->role));
    *ret = (enum user_role)role;
    return 0;
}

/* The user as it would be. */
static int check_whole(const struct user *u, struct error *err)
{
    if (u->role == USER_ADMIN && u->customer_count)
        return error_field(err, "/customers", "must be empty for an admin, who sees all customers");
    if (u->role >= USER_OWNER && u->customer_count == 0)
        return error_field(err, "/customers", "must name the customers that the user is for");
    return 0;
}

static int read_input(struct call *c, bool create, struct user_input *ret, struct error *err)
{
    struct json_field fields[sizeof user_fields / sizeof user_fields[0]];
    size_t count = 0;
    struct user_input in = { 0 };
    json_t *body;

    for (size_t i = create ? 0 : 1; i < sizeof user_fields / sizeof user_fields[0]; i++) {
        fields[count] = user_fields[i];
        fields[count++].required = create && user_fields[i].required;
    }
    if (call_body(c, true, &body, err) < 0)
        return -1;
    (void)!json_read(c->arena, body, fields, count, &in, err);
    input_line(body, "name", NAME_CHARS, err);
    if (err->code != ERROR_NONE)
        return -1;
    *ret = in;
    return 0;
}

/* --- links --- */

/* Put into the store to be sent: the same transaction makes the link and the mail, and the store holds it as a box. */
static int mail_link(struct change *ch, const struct user *u, const char *link, int64_t end, struct error *err)
{
    struct call *c = ch->call;
    const struct mail m = { .id = id_new(c->arena, "m", ID_CHARS),
                            .kind = str_empty(u->password) ? "invitation" : "reset",
                            .recipient = u->email,
                            .account = u->id,
                            .link = link,
                            .expires_ms = end };

    json_object_set_new(ch->answer, "mailed", json_boolean(c->config->mails_links));
    return c->config->mails_links ? store_mail_put(ch->tx, c->arena, &m, err) : 0;
}

/* The link to set a password by, made and put into the answer; only its hash is kept. */
static int answer_link(struct change *ch, const struct user *u, struct error *err)
{
    struct call *c = ch->call;
    const char *secret = id_token(c->arena);
    const char *link = arena_printf(c->arena, "%s/redeem/#%s", c->config->public_url, secret);
    int64_t end = clock_wall_ms() + LINK_MS;

    ch->secrets = json_own(c->arena, json_object());
    text_put(ch->secrets, "link", link);
    text_put_time(ch->answer, "linkExpiresAt", end);
    return store_link_insert(ch->tx, id_hash_token(c->arena, secret), u->id, end, err) < 0
               ? -1
               : mail_link(ch, u, link, end, err);
}

static int answer_user(struct change *ch, const struct user *u)
{
    ch->subject = u->id;
    /* A change of one customer's user belongs to that customer's log. */
    ch->customer = u->customer_count == 1 ? u->customers[0] : NULL;
    ch->etag = call_etag(ch->call, u->generation);
    json_object_set(ch->answer, "user", user_json(ch->call, u));
    return 0;
}

/* --- changing --- */

static int apply_create(struct change *ch, struct error *err)
{
    const struct user *u = ch->input;

    if (store_user_insert(ch->tx, u, err) < 0)
        return err->code == ERROR_CONFLICT ? input_conflict(err, "/email", "there is a user with this address already")
                                           : -1;
    ch->status = 201;
    ch->label = u->email;
    ch->location = arena_printf(ch->call->arena, "/api/v1/users/%s", u->id);
    return answer_user(ch, u) < 0 ? -1 : answer_link(ch, u, err);
}

int users_create(struct call *c, struct error *err)
{
    struct user u = { .id = id_new(c->arena, "u", ID_CHARS), .password = "", .generation = 1 };
    struct user_input in;
    struct error faults = ERROR_INIT;
    char *email;

    if (read_input(c, true, &in, err) < 0)
        return -1;
    if (user_check_email(c->arena, in.email, "/email", &email, &faults) < 0 ||
        check_role(c, in.role, &u.role, &faults) < 0 || check_customers(c, &in, &faults) < 0) {
        *err = faults;
        return -1;
    }
    u.email = email;
    u.name = in.name ? in.name : email;
    u.customers = in.customers.items;
    u.customer_count = in.customers.count;
    u.created_ms = u.updated_ms = clock_wall_ms();
    return check_whole(&u, err) < 0 ? -1 : change_run_at_once(c, "user.create", apply_create, &u, err);
}

static int load(struct change *ch, struct user *ret, struct error *err)
{
    struct call *c = ch->call;
    struct user u;

    if (store_user_get(c->store, c->arena, c->segment, &u, err) < 0 ||
        call_if_match(c, call_etag(c, u.generation), err) < 0)
        return -1;
    *ret = u;
    return 0;
}

static int apply_update(struct change *ch, struct error *err)
{
    const struct user_input *in = ch->input;
    struct user u;

    if (load(ch, &u, err) < 0)
        return -1;
    ch->before = user_json(ch->call, &u);
    if (in->role && !str_eq(in->role, user_role_name(u.role)) && check_role(ch->call, in->role, &u.role, err) < 0)
        return -1;
    if (in->has_customers) {
        u.customers = in->customers.items;
        u.customer_count = in->customers.count;
    }
    u.name = in->name ? in->name : u.name;
    if (check_whole(&u, err) < 0 || store_user_update(ch->tx, &u, err) < 0)
        return -1;
    u.generation++;
    u.updated_ms = clock_wall_ms();
    return answer_user(ch, &u);
}

int users_update(struct call *c, struct error *err)
{
    struct user_input in;

    if (read_input(c, false, &in, err) < 0 || check_customers(c, &in, err) < 0)
        return -1;
    if (!in.name && !in.role && !in.has_customers)
        return error_field(err, "", "must name what is to change: name, role or customers");
    return change_run_at_once(c, "user.update", apply_update, &in, err);
}

static int apply_delete(struct change *ch, struct error *err)
{
    struct user u;

    if (load(ch, &u, err) < 0 || store_user_delete(ch->tx, u.id, err) < 0)
        return -1;
    (void)answer_user(ch, &u);
    ch->etag = NULL;
    ch->status = 204;
    return 0;
}

int users_delete(struct call *c, struct error *err)
{
    return change_run_at_once(c, "user.delete", apply_delete, NULL, err);
}

static int apply_link(struct change *ch, struct error *err)
{
    struct user u;

    if (load(ch, &u, err) < 0)
        return -1;
    ch->status = 201;
    return answer_user(ch, &u) < 0 ? -1 : answer_link(ch, &u, err);
}

int users_link(struct call *c, struct error *err)
{
    json_t *body;

    if (call_body(c, false, &body, err) < 0 || json_read(c->arena, body, NULL, 0, NULL, err) < 0)
        return -1;
    return change_run_at_once(c, "user.link", apply_link, NULL, err);
}

/* For who lost authenticator and recovery codes. One's own is not reset so: that would need neither. */
static int apply_totp_reset(struct change *ch, struct error *err)
{
    struct user u;

    if (load(ch, &u, err) < 0)
        return -1;
    if (str_eq(u.id, ch->call->account))
        return error_set(err, ERROR_CONFLICT, "your own second factor is disabled with your password and a code");
    if (!u.has_totp)
        return error_set(err, ERROR_CONFLICT, "the user '%s' has no second factor", u.email);
    (void)answer_user(ch, &u);
    ch->etag = NULL;
    ch->status = 204;
    return store_totp_delete(ch->tx, u.id, err);
}

int users_totp_reset(struct call *c, struct error *err)
{
    return change_run_at_once(c, "user.totp-reset", apply_totp_reset, NULL, err);
}
