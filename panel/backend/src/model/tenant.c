/* The desired state: names of states, and questions about a tenant. See tenant.h. */
#include "model/tenant.h"

#include <string.h>

#include "base/str.h"
#include "model/names.h"

#define X(e, n) n,
static const char *const customer_states[] = { CUSTOMER_STATES(X) };
static const char *const release_states[] = { RELEASE_STATES(X) };
static const char *const operation_states[] = { OPERATION_STATES(X) };
static const char *const ownerships[] = { OWNERSHIPS(X) };
static const char *const condition_states[] = { CONDITION_STATES(X) };
#undef X

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static int parse(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(names[i], name))
            return (int)i;
    return -1;
}

const char *customer_state_name(enum customer_state s)
{
    return customer_states[s];
}

const char *release_state_name(enum release_state s)
{
    return release_states[s];
}

const char *operation_state_name(enum operation_state s)
{
    return operation_states[s];
}

const char *ownership_name(enum ownership o)
{
    return ownerships[o];
}

const char *condition_status_name(enum condition_status s)
{
    return condition_states[s];
}

int customer_state_parse(const char *name)
{
    return parse(customer_states, COUNT(customer_states), name);
}

int release_state_parse(const char *name)
{
    return parse(release_states, COUNT(release_states), name);
}

int operation_state_parse(const char *name)
{
    return parse(operation_states, COUNT(operation_states), name);
}

int ownership_parse(const char *name)
{
    return parse(ownerships, COUNT(ownerships), name);
}

int condition_status_parse(const char *name)
{
    return parse(condition_states, COUNT(condition_states), name);
}

bool tenant_served(const struct tenant *t)
{
    return t->customer.state == CUSTOMER_ACTIVE;
}

const struct site *tenant_site(const struct tenant *t, const char *id)
{
    for (size_t i = 0; i < t->site_count; i++)
        if (str_eq(t->sites[i].id, id))
            return &t->sites[i];
    return NULL;
}

const struct domain *tenant_domain_of(const struct tenant *t, const char *hostname)
{
    const struct domain *best = NULL;

    for (size_t i = 0; i < t->domain_count; i++)
        if (name_within(hostname, t->domains[i].name) && (!best || strlen(t->domains[i].name) > strlen(best->name)))
            best = &t->domains[i];
    return best;
}
