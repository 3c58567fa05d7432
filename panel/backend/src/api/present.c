/* Rows as JSON: see present.h. */
#include "api/present.h"

#include <string.h>

#include "api/text.h"
#include "base/str.h"
#include "model/ownership.h"
#include "model/steps.h"

enum { HTTPS_PORT = 443 };

int present_see(struct call *c, const char *customer, struct present_seen *seen, struct error *err)
{
    struct condition *conditions;
    size_t count;

    if (seen->customer && str_eq(seen->customer, customer))
        return 0;
    if (store_condition_list(c->store, c->arena, customer, &conditions, &count, err) < 0)
        return -1;
    *seen = (struct present_seen){ customer, count, conditions };
    return 0;
}

json_t *present_plan(struct call *c, const struct plan *p)
{
    json_t *o = json_own(c->arena, json_object());

    text_put(o, "id", p->id);
    text_put(o, "cpu", p->cpu);
    text_put(o, "memory", p->memory);
    text_put(o, "storage", p->storage);
    text_put_int(o, "volumes", p->volumes);
    text_put_int(o, "sites", p->sites);
    text_put_int(o, "domains", p->domains);
    text_put_int(o, "mailboxes", p->mailboxes);
    text_put(o, "mailStorage", p->mail_storage);
    text_put_int(o, "aliases", p->aliases);
    text_put_int(o, "databases", p->databases);
    text_put_int(o, "customers", p->customers);
    return o;
}

json_t *present_customer(struct call *c, const struct customer *customer)
{
    json_t *o = json_own(c->arena, json_object()), *counts = json_object();

    text_put(o, "id", customer->id);
    text_put(o, "uid", customer->uid);
    text_put(o, "name", customer->name);
    text_put(o, "plan", customer->plan);
    text_put(o, "state", customer_state_name(customer->state));
    if (!str_empty(customer->suspend_reason))
        text_put(o, "suspendReason", customer->suspend_reason);
    json_object_set_new(o, "ready", json_boolean(customer->ready && customer->observed == customer->generation));
    json_object_set_new(
        o, "spam",
        json_pack("{s:I, s:I}", "junk", (json_int_t)customer->spam.junk, "reject", (json_int_t)customer->spam.reject));
    text_put_int(o, "generation", customer->generation);
    text_put_int(o, "observedGeneration", customer->observed);
    text_put_time(o, "createdAt", customer->created_ms);
    text_put_time(o, "updatedAt", customer->updated_ms);
    if (customer->trashed_ms)
        text_put_time(o, "trashedAt", customer->trashed_ms);
    if (customer->erase_ms)
        text_put_time(o, "eraseAt", customer->erase_ms);
    text_put_int(counts, "sites", customer->site_count);
    text_put_int(counts, "domains", customer->domain_count);
    json_object_set_new(o, "counts", counts);
    return o;
}

/* --- conditions --- */

/* The reconciler names a customer by "", a site by its id and a domain by its name; ids have no dot, and names have one. */
static const char *subject_text(struct arena *a, const char *customer, const char *subject)
{
    if (str_empty(subject))
        return arena_printf(a, "customer/%s", customer);
    return arena_printf(a, "%s/%s", strchr(subject, '.') ? "domain" : "site", subject);
}

static json_t *condition_json(struct arena *a, const char *customer, const struct condition *cond)
{
    json_t *o = json_object();

    text_put(o, "type", cond->step);
    text_put(o, "subject", subject_text(a, customer, cond->subject));
    text_put(o, "status", condition_status_name(cond->status));
    text_put(o, "reason", cond->reason);
    text_put(o, "message", cond->message);
    text_put_time(o, "since", cond->since_ms);
    if (cond->next_try_ms)
        text_put_time(o, "nextTry", cond->next_try_ms);
    return o;
}

json_t *present_conditions(struct call *c, const struct present_seen *seen)
{
    json_t *list = json_own(c->arena, json_array());

    for (size_t i = 0; i < seen->count; i++)
        json_array_append_new(list, condition_json(c->arena, seen->customer, &seen->conditions[i]));
    return list;
}

json_t *present_unknown(struct call *c, const struct customer *customer)
{
    static const char *const names[] = {
#define X(name) #name,
        STEPS(X)
#undef X
    };
    json_t *list = json_own(c->arena, json_array());

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct condition cond = { .step = names[i],
                                        .subject = "",
                                        .status = CONDITION_UNKNOWN,
                                        .reason = "NotObserved",
                                        .message = "nobody has looked at this customer yet",
                                        .since_ms = customer->created_ms };
        json_array_append_new(list, condition_json(c->arena, customer->id, &cond));
    }
    return list;
}

static bool has_own(const struct present_seen *seen, const char *step, const char *subject)
{
    for (size_t i = 0; i < seen->count; i++)
        if (str_eq(seen->conditions[i].step, step) && str_eq(seen->conditions[i].subject, subject))
            return true;
    return false;
}

/* Is this condition about the subject? Its own is, and the customer's of a step that says nothing of single subjects. */
static bool is_about(const struct present_seen *seen, const struct condition *cond, const char *subject)
{
    if (str_empty(cond->subject))
        return !has_own(seen, cond->step, subject);
    return str_eq(cond->subject, subject);
}

static bool all_true(const struct present_seen *seen, const char *subject, const char *step)
{
    bool any = false;

    for (size_t i = 0; i < seen->count; i++) {
        const struct condition *cond = &seen->conditions[i];
        if (!is_about(seen, cond, subject) || (step && !str_eq(cond->step, step)))
            continue;
        if (cond->status != CONDITION_TRUE)
            return false;
        any = true;
    }
    return any;
}

/* --- sites and domains --- */

static const char *site_url(struct call *c, const struct site *s)
{
    const char *host = s->hostname_count ? s->hostnames[0] : c->config->platform_domain;

    if (c->config->public_https_port == HTTPS_PORT)
        return arena_printf(c->arena, "https://%s", host);
    return arena_printf(c->arena, "https://%s:%lld", host, (long long)c->config->public_https_port);
}

static json_t *site_conditions(struct call *c, const struct site *s, const struct present_seen *seen)
{
    json_t *list = json_array();

    for (size_t i = 0; i < seen->count; i++)
        if (is_about(seen, &seen->conditions[i], s->id))
            json_array_append_new(list, condition_json(c->arena, s->customer, &seen->conditions[i]));
    return list;
}

json_t *present_site(struct call *c, const struct site *s, const struct present_seen *seen, bool with_conditions)
{
    json_t *o = json_own(c->arena, json_object()), *hostnames = json_array();

    for (size_t i = 0; i < s->hostname_count; i++)
        json_array_append_new(hostnames, text_json(s->hostnames[i]));
    text_put(o, "id", s->id);
    text_put(o, "customerId", s->customer);
    json_object_set_new(o, "hostnames", hostnames);
    text_put(o, "runtime", s->runtime);
    text_put_int(o, "replicas", s->replicas);
    text_put(o, "url", site_url(c, s));
    if (!str_empty(s->release))
        text_put(o, "release", s->release);
    /* A site of which no step has spoken yet is not ready, whatever is true of its customer. */
    json_object_set_new(o, "ready", json_boolean(has_own(seen, "web", s->id) && all_true(seen, s->id, NULL)));
    if (with_conditions)
        json_object_set_new(o, "conditions", site_conditions(c, s, seen));
    text_put_time(o, "createdAt", s->created_ms);
    text_put_int(o, "generation", s->generation);
    return o;
}

static json_t *domain_conditions(struct call *c, const struct domain *d, const struct present_seen *seen)
{
    json_t *list = json_array();

    for (size_t i = 0; i < seen->count; i++)
        if (str_eq(seen->conditions[i].subject, d->name) ||
            (str_eq(seen->conditions[i].step, "dns") && is_about(seen, &seen->conditions[i], d->name)))
            json_array_append_new(list, condition_json(c->arena, d->customer, &seen->conditions[i]));
    return list;
}

/* What the owner is to publish, as long as no proof was seen; and until when. */
static json_t *challenge_json(struct call *c, const struct domain *d)
{
    const int64_t day_ms = 24LL * 60 * 60 * 1000;
    json_t *o = json_object();

    text_put(o, "name", ownership_challenge_name(c->arena, d->name));
    text_put(o, "type", "TXT");
    text_put(o, "value", ownership_challenge(c->arena, d->customer_uid, d->name));
    text_put_time(o, "expiresAt", d->created_ms + OWNERSHIP_CLAIM_DAYS * day_ms);
    return o;
}

static void put_ownership(struct call *c, json_t *o, const struct domain *d)
{
    text_put(o, "ownership", ownership_name(d->ownership));
    if (d->ownership == OWNERSHIP_PENDING)
        json_object_set_new(o, "challenge", challenge_json(c, d));
    if (d->ownership != OWNERSHIP_PROVEN)
        return;
    text_put(o, "proof", d->proof);
    text_put_time(o, "provenAt", d->proven_ms);
    if (d->unseen_ms)
        text_put_time(o, "undelegatedSince", d->unseen_ms);
}

static json_t *lines_json(struct arena *a, const char *text)
{
    json_t *list = json_array();
    size_t count = 0;
    char **lines = str_empty(text) ? NULL : str_split(a, text, '\n', &count);

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, text_json(lines[i]));
    return list;
}

json_t *present_domain(struct call *c, const struct domain *d, const struct present_seen *seen, bool with_conditions)
{
    json_t *o = json_own(c->arena, json_object()), *nameservers = json_array();

    for (size_t i = 0; i < c->config->nameserver_count; i++)
        json_array_append_new(nameservers, text_json(c->config->nameservers[i]));
    text_put(o, "name", d->name);
    text_put(o, "customerId", d->customer);
    json_object_set_new(o, "nameservers", nameservers);
    text_put_time(o, "createdAt", d->created_ms);
    put_ownership(c, o, d);
    json_object_set_new(o, "dnssec", json_boolean(d->dnssec == DNSSEC_ON));
    json_object_set_new(o, "ds", lines_json(c->arena, d->ds));
    json_object_set_new(o, "dnskey", lines_json(c->arena, str_empty(d->ds) ? "" : d->dnskey));
    json_object_set_new(o, "mail", json_boolean(d->mail));
    text_put(o, "mtaSts", mta_sts_mode_name(d->mta_sts.mode));
    if (!str_empty(c->config->mail_host))
        text_put(o, "mailHost", c->config->mail_host);
    json_object_set_new(o, "ready", json_boolean(d->ownership != OWNERSHIP_PENDING && all_true(seen, d->name, "dns")));
    if (with_conditions)
        json_object_set_new(o, "conditions", domain_conditions(c, d, seen));
    return o;
}

json_t *present_release(struct call *c, const struct release *r)
{
    json_t *o = json_own(c->arena, json_object());

    text_put(o, "id", r->id);
    text_put(o, "siteId", r->site);
    text_put(o, "sha256", r->sha256);
    text_put_int(o, "size", r->size);
    text_put(o, "state", release_state_name(r->state));
    if (!str_empty(r->message))
        text_put(o, "message", r->message);
    text_put_time(o, "createdAt", r->created_ms);
    if (r->deployed_ms)
        text_put_time(o, "deployedAt", r->deployed_ms);
    return o;
}

/* --- operations and events --- */

/* The subject's row key, with the noun that the kind begins with; looks are about a customer or a domain. */
static const char *operation_subject(struct arena *a, const struct operation *op)
{
    size_t noun = strcspn(op->kind, ".");

    if (str_eq(op->kind, "records") || str_eq(op->kind, "proof") || str_eq(op->kind, "mail-check"))
        return arena_printf(a, "domain/%s", op->subject);
    if (op->kind[noun] == '\0')
        return arena_printf(a, "customer/%s", op->customer);
    return arena_printf(a, "%.*s/%s", (int)noun, op->kind, op->subject);
}

static json_t *steps_progress(struct call *c, const struct present_seen *seen)
{
    json_t *o = json_own(c->arena, json_object());
    int64_t done = 0;

    for (size_t i = 0; i < seen->count; i++)
        done += seen->conditions[i].status == CONDITION_TRUE;
    text_put_int(o, "total", (int64_t)seen->count);
    text_put_int(o, "done", done);
    return o;
}

json_t *present_operation(struct call *c, const struct operation *op, const struct present_seen *seen)
{
    json_t *o = json_own(c->arena, json_object()), *result;
    struct error ignored = ERROR_INIT;
    bool looked_at = op->state != OPERATION_ACCEPTED; /* before that the conditions speak of the time before it */

    text_put(o, "id", op->id);
    text_put(o, "kind", op->kind);
    if (!str_empty(op->customer)) /* a bulk change is of many */
        text_put(o, "customerId", op->customer);
    text_put(o, "subject", operation_subject(c->arena, op));
    text_put(o, "state", operation_state_name(op->state));
    if (!str_empty(op->message))
        text_put(o, "message", op->message);
    text_put_time(o, "createdAt", op->created_ms);
    text_put_time(o, "updatedAt", op->updated_ms);
    if (op->finished_ms)
        text_put_time(o, "finishedAt", op->finished_ms);
    text_put(o, "actor", op->actor);
    text_put(o, "requestId", op->request_id);
    json_object_set(o, "steps", seen && looked_at ? present_conditions(c, seen) : json_own(c->arena, json_array()));
    if (seen && looked_at && seen->count)
        json_object_set(o, "progress", steps_progress(c, seen));
    if (!str_empty(op->result) && json_parse_foreign(c->arena, op->result, strlen(op->result), &result, &ignored) == 0)
        json_object_set(o, "result", result);
    return o;
}

json_t *present_event(struct call *c, const struct event *e)
{
    json_t *o = json_own(c->arena, json_object());

    text_put_int(o, "seq", e->seq);
    text_put_time(o, "at", e->at_ms);
    text_put(o, "customerId", e->customer);
    text_put(o, "type", e->type);
    text_put(o, "reason", e->reason);
    text_put(o, "object", e->object);
    text_put(o, "message", e->message);
    return o;
}
