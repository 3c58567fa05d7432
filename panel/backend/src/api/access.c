/* Who may do what: see access.h and access.def. */
#include "api/access.h"

#include <string.h>

#include "api/address.h"
#include "api/input.h"
#include "api/mailboxes.h"
#include "base/str.h"

enum { ADMIN = 1 << USER_ADMIN, RESELLER = 1 << USER_RESELLER, OWNER = 1 << USER_OWNER, MEMBER = 1 << USER_MEMBER };

#define RESOURCES(X)                                                                                                   \
    X(SELF)                                                                                                            \
    X(SHARED)                                                                                                          \
    X(PLATFORM)                                                                                                        \
    X(CUSTOMER)                                                                                                        \
    X(SITE) X(DOMAIN) X(MAILBOX) X(ALIAS) X(OPERATION) X(USER) X(TOKEN) X(NEW) X(WITHIN) X(ADDRESS) X(ADDRESSES) X(LIST)

enum resource {
#define X(name) RESOURCE_##name,
    RESOURCES(X)
#undef X
};

enum scope { SCOPE_READ, SCOPE_WRITE };

struct rule {
    const char *operation_id;
    enum resource resource;
    enum scope scope;
    unsigned roles;
};

#define ACCESS(id, resource, scope, roles) { (id), RESOURCE_##resource, SCOPE_##scope, (roles) },
static const struct rule rules[] = {
#include "api/access.def"
};
#undef ACCESS

enum { RULE_COUNT = sizeof rules / sizeof rules[0] };

static const struct rule *rule_of(const char *operation_id)
{
    static const struct rule none = { "", RESOURCE_PLATFORM, SCOPE_WRITE, ADMIN };

    for (size_t i = 0; i < RULE_COUNT; i++)
        if (str_eq(rules[i].operation_id, operation_id))
            return &rules[i];
    return &none;
}

const char *access_account(const struct call *c)
{
    return c->role == USER_ADMIN ? NULL : c->account;
}

const char *access_customer(const struct call *c)
{
    return str_empty(c->bound) ? NULL : c->bound;
}

int access_sees(struct call *c, const char *customer, bool *ret, struct error *err)
{
    *ret = str_empty(c->bound) || str_eq(c->bound, customer);
    if (!*ret || c->role == USER_ADMIN)
        return 0;
    return store_user_sees(c->store, c->account, customer, ret, err);
}

/* As store_user_list() has it. */
int access_sees_user(struct call *c, const struct user *u, bool *ret, struct error *err)
{
    *ret = c->role == USER_ADMIN || str_eq(u->id, c->account);
    if (*ret || c->role == USER_MEMBER || u->role < USER_OWNER || u->customer_count == 0)
        return 0;
    *ret = true;
    for (size_t i = 0; i < u->customer_count && *ret; i++)
        if (access_sees(c, u->customers[i], ret, err) < 0)
            return -1;
    return 0;
}

bool access_may_grant(const struct call *c, enum user_role role)
{
    return c->role == USER_ADMIN || (c->role != USER_MEMBER && role >= USER_OWNER);
}

/* --- whose is what the path names? Not found is *ret_seen false --- */

static int end_look(int rc, bool *ret_seen, struct error *err)
{
    if (rc == 0 || err->code != ERROR_NOT_FOUND)
        return rc;
    *err = ERROR_INIT;
    *ret_seen = false;
    return 0;
}

static int see_user(struct call *c, bool *ret, struct error *err)
{
    struct user u;
    int rc = store_user_get(c->store, c->arena, c->segment, &u, err);

    return rc < 0 ? rc : access_sees_user(c, &u, ret, err);
}

static int see_token(struct call *c, bool *ret, struct error *err)
{
    struct token t;
    int rc = store_token_find(c->store, c->arena, c->segment, &t, err);

    *ret = rc == 0 && str_eq(t.account, c->account);
    return rc;
}

/* Who asked for it, by a token as good as this one; and admins. */
static int see_bulk(struct call *c, const char *operation, bool *ret, struct error *err)
{
    struct bulk b;
    const char *bound = c->bound ? c->bound : "";

    if (store_bulk_get(c->store, c->arena, operation, &b, err) < 0)
        return -1;
    *ret = str_empty(bound) ? c->role == USER_ADMIN || str_eq(b.account, c->account)
                            : str_eq(b.account, c->account) && str_eq(b.customer, bound);
    return 0;
}

static int see_object(struct call *c, enum resource resource, bool *ret, struct error *err)
{
    struct customer customer;
    struct site site;
    struct domain domain;
    struct operation op;
    struct mailbox mailbox;
    struct mail_alias alias;
    struct address at;
    const char *name = c->segment, *owner;
    int rc;

    address_of_path(c, &at);
    switch (resource) {
    case RESOURCE_CUSTOMER:
        rc = store_customer_get(c->store, c->arena, name, &customer, err);
        owner = rc == 0 ? customer.id : "";
        break;
    case RESOURCE_SITE:
        rc = store_site_get(c->store, c->arena, name, &site, err);
        owner = rc == 0 ? site.customer : "";
        break;
    case RESOURCE_DOMAIN:
        rc = store_domain_get(c->store, c->arena, name, &domain, err);
        owner = rc == 0 ? domain.customer : "";
        break;
    case RESOURCE_MAILBOX:
        rc = store_mailbox_get(c->store, NULL, c->arena, at.domain, at.local, &mailbox, err);
        owner = rc == 0 ? mailbox.customer : "";
        break;
    case RESOURCE_ALIAS:
        rc = store_alias_get(c->store, NULL, c->arena, at.domain, at.local, &alias, err);
        owner = rc == 0 ? alias.customer : "";
        break;
    case RESOURCE_OPERATION:
        rc = store_operation_get(c->store, c->arena, name, &op, err);
        owner = rc == 0 ? op.customer : "";
        break;
    default:
        return -1; /* not reached */
    }
    if (rc == 0 && str_empty(owner)) /* a bulk change is of no customer */
        return see_bulk(c, name, ret, err);
    return rc < 0 ? rc : access_sees(c, owner, ret, err);
}

/* A domain of somebody else's is answered as one that is not there; what is wrong with the body otherwise is the handler's to
 * say. */
static int check_domain(struct call *c, const char *domain, const char *pointer, struct error *err)
{
    struct domain d;
    bool seen = true;

    if (store_domain_get(c->store, c->arena, domain, &d, err) < 0)
        return end_look(-1, &seen, err);
    if (access_sees(c, d.customer, &seen, err) < 0)
        return -1;
    return seen ? 0 : address_no_domain(d.name, pointer, err);
}

/* The domain that the object's address lies in; NULL: it has none. */
static const char *domain_in(const json_t *object)
{
    const char *text = input_text(object, "address");

    return text && strchr(text, '@') ? mail_domain_of(text) : NULL;
}

/* The body, when what it names has to be looked up; NULL: there is none, or its sender sees all customers. */
static const json_t *body_to_check(struct call *c)
{
    struct error ignored = ERROR_INIT;
    json_t *body;

    if ((c->role == USER_ADMIN && str_empty(c->bound)) || call_body(c, false, &body, &ignored) < 0)
        return NULL;
    return body;
}

static int check_address(struct call *c, struct error *err)
{
    const char *domain = domain_in(body_to_check(c));

    return domain ? check_domain(c, domain, "/address", err) : 0;
}

/* Neighbours mostly lie in the same domain. */
static int check_addresses(struct call *c, struct error *err)
{
    const json_t *items = json_object_get(body_to_check(c), "items"), *item;
    const char *last = NULL;
    size_t i;

    json_array_foreach(items, i, item)
    {
        const char *domain = domain_in(item);
        if (i >= MAILBOXES_IMPORT_MAX || !domain || str_eq(domain, last))
            continue;
        if (check_domain(c, domain, arena_printf(c->arena, "/items/%zu/address", i), err) < 0)
            return -1;
        last = domain;
    }
    return 0;
}

static int check_path(struct call *c, enum resource resource, struct error *err)
{
    static const char *const nouns[] = {
        [RESOURCE_CUSTOMER] = "customer", [RESOURCE_SITE] = "site",   [RESOURCE_DOMAIN] = "domain",
        [RESOURCE_MAILBOX] = "mailbox",   [RESOURCE_ALIAS] = "alias", [RESOURCE_OPERATION] = "operation",
        [RESOURCE_USER] = "user",         [RESOURCE_TOKEN] = "token", [RESOURCE_LIST] = NULL
    };
    bool seen = true;
    int rc;

    if (resource == RESOURCE_ADDRESS)
        return check_address(c, err);
    if (resource == RESOURCE_ADDRESSES)
        return check_addresses(c, err);
    if (!nouns[resource])
        return 0;
    if (resource == RESOURCE_USER)
        rc = see_user(c, &seen, err);
    else if (resource == RESOURCE_TOKEN)
        rc = see_token(c, &seen, err);
    else
        rc = see_object(c, resource, &seen, err);
    if (end_look(rc, &seen, err) < 0)
        return -1;
    return seen ? 0 : error_set(err, ERROR_NOT_FOUND, "there is no %s '%.200s'", nouns[resource], c->segment);
}

/* --- whose is what the body names? What is wrong with the body otherwise is the handler's to say --- */

static int check_body(struct call *c, enum resource resource, struct error *err)
{
    const char *name = resource == RESOURCE_NEW ? "id" : "customerId", *id = input_text(body_to_check(c), name);
    struct customer customer;
    bool seen, exists;

    if (!id)
        return 0;
    int rc = store_customer_get(c->store, c->arena, id, &customer, err);
    exists = rc == 0;
    if (end_look(rc, &exists, err) < 0 || access_sees(c, id, &seen, err) < 0)
        return -1;
    bool may_make = c->role <= USER_RESELLER && str_empty(c->bound);
    if (seen || (!exists && may_make))
        return 0;
    if (exists && may_make)
        return input_conflict(err, arena_printf(c->arena, "/%s", name), "the id is in use by somebody else");
    return error_field(err, arena_printf(c->arena, "/%s", name), "there is no customer '%.100s'", id);
}

int access_check_role(struct call *c, const char *operation_id, struct error *err)
{
    const struct rule *rule = rule_of(operation_id);

    if (!(rule->roles & (1U << c->role)))
        return error_set(err, ERROR_FORBIDDEN, "the role '%s' may not do this", user_role_name(c->role));
    if (rule->scope == SCOPE_WRITE && !c->may_write)
        return error_set(err, ERROR_FORBIDDEN, "this token is good for reading only");
    return 0;
}

int access_check(struct call *c, const char *operation_id, struct error *err)
{
    const struct rule *rule = rule_of(operation_id);
    enum resource r = rule->resource;
    bool bound = !str_empty(c->bound);

    if (bound && (r == RESOURCE_PLATFORM || r == RESOURCE_USER || r == RESOURCE_TOKEN || r == RESOURCE_NEW))
        return error_set(err, ERROR_FORBIDDEN, "this token is good for the customer '%s' only", c->bound);
    if (check_path(c, r, err) < 0)
        return -1;
    if (access_check_role(c, operation_id, err) < 0)
        return -1;
    return r == RESOURCE_NEW || r == RESOURCE_WITHIN ? check_body(c, r, err) : 0;
}

void access_print(FILE *out)
{
    static const char *const names[] = {
#define X(name) #name,
        RESOURCES(X)
#undef X
    };

    for (size_t i = 0; i < RULE_COUNT; i++) {
        const char *comma = " ";
        fprintf(out, "%s %s %s", rules[i].operation_id, names[rules[i].resource],
                rules[i].scope == SCOPE_READ ? "read" : "write");
        for (int role = USER_ADMIN; role <= USER_MEMBER; role++)
            if (rules[i].roles & (1U << role)) {
                fprintf(out, "%s%s", comma, user_role_name((enum user_role)role));
                comma = ",";
            }
        fputc('\n', out);
    }
}
