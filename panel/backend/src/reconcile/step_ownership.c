/* Step "ownership": each domain is the customer's, as its owner has shown in the DNS: by a TXT record with the customer's token, or
 * by a delegation to our name servers that came after the claim (docs/decisions/0013-ownership.md).
 *
 *   pending --TXT or delegation seen, or an admin's word--> proven --delegation gone--> proven, and told
 *      \--14 days--> gone (store_claims_expire)
 *
 * A pending domain does not keep the customer from being ready: other steps leave out what lies in it. */
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/str.h"
#include "model/ownership.h"
#include "provider/resolver.h"
#include "reconcile/step.h"

enum {
    FIRST_MS = 2000,
    LONGEST_MS = 10 * 60 * 1000,
    RECHECK_MS = 24 * 60 * 60 * 1000,
    BUDGET_MS = 10 * 1000, /* of looking in one pass, so that silent name servers do not outlast the lease */
};

/* What the world's DNS says of a domain now. */
struct finding {
    bool txt; /* the challenge is there */
    bool asked; /* the delegation could be seen; */
    bool ours; /* and leads to one of our name servers */
    const char *trouble; /* of a look that failed; NULL: none */
};

static bool has_value(const struct resolved *r, const char *value)
{
    for (size_t i = 0; i < r->count; i++)
        if (str_eq(r->values[i], value))
            return true;
    return false;
}

static void look_delegation(const struct step_ctx *ctx, const struct domain *d, struct finding *f)
{
    const struct settings *set = ctx->planes->settings;
    struct error err = ERROR_INIT;
    struct resolved r;

    if (resolver_ask(ctx->arena, set->resolver, d->name, RESOLVER_NS, &r, &err) < 0) {
        f->trouble = arena_strdup(ctx->arena, err.message);
        return;
    }
    f->asked = r.recursive; /* of its own zone a server says what we wrote into it */
    for (size_t i = 0; f->asked && i < set->nameserver_count; i++)
        f->ours = f->ours || has_value(&r, set->nameservers[i]);
}

static struct finding look(const struct step_ctx *ctx, const struct domain *d)
{
    const struct settings *set = ctx->planes->settings;
    struct finding f = { 0 };
    struct error err = ERROR_INIT;
    struct resolved r;

    if (d->ownership == OWNERSHIP_PENDING) {
        if (resolver_ask(ctx->arena, set->resolver, ownership_challenge_name(ctx->arena, d->name), RESOLVER_TXT, &r,
                         &err) == 0)
            f.txt = has_value(&r, ownership_challenge(ctx->arena, d->customer_uid, d->name));
        else
            f.trouble = arena_strdup(ctx->arena, err.message);
    }
    if (!f.txt && set->proof_delegation)
        look_delegation(ctx, d, &f);
    return f;
}

/* --- pending --- */

/* After a quarter of the time since the claim, with a tenth of jitter. */
static int64_t next_look(const struct domain *d, int64_t now)
{
    int64_t wait = (now - d->created_ms) / 4;

    wait = wait < FIRST_MS ? FIRST_MS : wait > LONGEST_MS ? LONGEST_MS : wait;
    return now + wait + (int64_t)(id_hash64_more((uint64_t)now, d->name, strlen(d->name)) % (uint64_t)(wait / 10 + 1));
}

/* Pure: the domain as it is after this finding. */
static struct domain judge(const struct domain *d, const struct finding *f, int64_t now)
{
    struct domain after = *d;
    bool moved_here = f->ours && str_eq(d->delegated, "no");

    if (f->txt || moved_here) {
        after.ownership = OWNERSHIP_PROVEN;
        after.proof = f->txt ? "txt" : "delegation";
        after.proven_ms = now;
        after.check_ms = now + RECHECK_MS;
        return after;
    }
    /* Who finds a domain delegated here already may be anybody: the names of our name servers are no secret. */
    if (f->asked)
        after.delegated = !f->ours ? "no" : str_empty(d->delegated) ? "before" : d->delegated;
    after.check_ms = next_look(d, now);
    return after;
}

static const char *join(struct arena *a, const char *const *names, size_t count)
{
    const char *out = "";

    for (size_t i = 0; i < count; i++)
        out = arena_printf(a, "%s%s%s", out, i ? ", " : "", names[i]);
    return out;
}

/* What the last look told, between looks. */
static const char *told_before(const struct step_ctx *ctx, const struct domain *d)
{
    struct error ignored = ERROR_INIT;
    struct condition *list;
    size_t count;

    if (store_condition_list(ctx->planes->store, ctx->arena, ctx->tenant->customer.id, &list, &count, &ignored) < 0)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].step, "ownership") && str_eq(list[i].subject, d->name) && list[i].status == CONDITION_FALSE)
            return list[i].message;
    return NULL;
}

static void tell_pending(struct step_ctx *ctx, const struct domain *d, const char *trouble)
{
    const struct settings *set = ctx->planes->settings;
    struct arena *a = ctx->arena;
    const char *text = arena_printf(a, "waits for a proof of ownership: publish the record %s TXT \"%s\"",
                                    ownership_challenge_name(a, d->name),
                                    ownership_challenge(a, d->customer_uid, d->name));

    if (set->proof_delegation && str_eq(d->delegated, "before"))
        text = arena_printf(
            a,
            "%s; the domain was delegated here before it was added, which does not say by whom: point it "
            "elsewhere until it has been seen there, or ask an admin to confirm it",
            text);
    else if (set->proof_delegation)
        text = arena_printf(a, "%s, or delegate the domain to %s", text,
                            join(a, set->nameservers, set->nameserver_count));
    if (trouble)
        text = arena_printf(a, "%s (%s)", text, trouble);
    step_pending(ctx, "ownership", d->name, text);
    step_look_at(ctx, d->check_ms);
}

static void tell_again(struct step_ctx *ctx, const struct domain *d)
{
    const char *before = told_before(ctx, d);

    if (!before) {
        tell_pending(ctx, d, NULL);
        return;
    }
    step_pending(ctx, "ownership", d->name, before);
    step_look_at(ctx, d->check_ms);
}

static const char *proof_text(struct arena *a, const struct domain *d)
{
    if (str_eq(d->proof, "admin"))
        return "confirmed by an admin";
    if (str_eq(d->proof, "earlier"))
        return "served since before proofs were asked for";
    return arena_printf(a, "proven by %s", str_eq(d->proof, "txt") ? "its TXT record" : "its delegation");
}

static enum step_result check_pending(struct step_ctx *ctx, const struct domain *d, struct error *err)
{
    const struct settings *set = ctx->planes->settings;
    int64_t now = clock_wall_ms();
    struct domain after = *d;
    struct finding f = { 0 };
    struct event e = { .customer = d->customer, .type = "Normal", .reason = "OwnershipProven" };

    if (ownership_is_free(set->free_domains, set->free_domain_count, d->name)) {
        after.ownership = OWNERSHIP_PLATFORM;
    } else {
        f = look(ctx, d);
        after = judge(d, &f, now);
    }
    e.object = arena_printf(ctx->arena, "Domain/%s", d->name);
    e.message = after.ownership == OWNERSHIP_PLATFORM ? "is free below the installation's domains"
                                                      : proof_text(ctx->arena, &after);
    bool decided = after.ownership != OWNERSHIP_PENDING;
    if (store_domain_checked(ctx->planes->store, &after, decided ? &e : NULL, err) < 0)
        return STEP_FAILED;
    if (decided)
        return step_wait(ctx, "%s is %s; what lies in it is made now", d->name, e.message);
    tell_pending(ctx, &after, f.trouble);
    return STEP_DONE;
}

/* --- proven --- */

/* A delegation that went away is told and takes nothing away: registrars have accidents, and visitors come by other ways. */
static int recheck(struct step_ctx *ctx, const struct domain *d, struct domain *ret, struct error *err)
{
    int64_t now = clock_wall_ms();
    struct finding f = look(ctx, d);
    struct event e = { .customer = d->customer, .object = arena_printf(ctx->arena, "Domain/%s", d->name) };
    bool told = f.asked && f.ours == (d->unseen_ms > 0);

    *ret = *d;
    ret->check_ms = now + (f.asked ? RECHECK_MS : LONGEST_MS);
    if (f.asked)
        ret->unseen_ms = f.ours ? 0 : d->unseen_ms ? d->unseen_ms : now;
    e.type = f.ours ? "Normal" : "Warning";
    e.reason = f.ours ? "DelegationSeen" : "DelegationLost";
    e.message = f.ours ? "is delegated to our name servers again"
                       : "is no longer delegated to our name servers; it stays proven, and its sites stay routed";
    return store_domain_checked(ctx->planes->store, ret, told ? &e : NULL, err);
}

static enum step_result check_proven(struct step_ctx *ctx, const struct domain *d, bool may_look, struct error *err)
{
    struct domain now = *d;
    const char *text = proof_text(ctx->arena, d);

    if (str_eq(d->proof, "delegation") && may_look && d->check_ms <= clock_wall_ms() && recheck(ctx, d, &now, err) < 0)
        return STEP_FAILED;
    if (now.unseen_ms > 0)
        text = arena_printf(ctx->arena, "%s; not delegated to our name servers since %s", text,
                            clock_rfc3339(ctx->arena, now.unseen_ms));
    step_condition(ctx, "ownership", d->name, CONDITION_TRUE, now.unseen_ms ? "DelegationLost" : "Proven", text);
    return STEP_DONE;
}

/* --- the step --- */

static enum step_result check(struct step_ctx *ctx, const struct domain *d, int64_t end_ms, struct error *err)
{
    bool may_look = tenant_served(ctx->tenant) && clock_mono_ms() < end_ms;

    switch (d->ownership) {
    case OWNERSHIP_PLATFORM:
        return STEP_DONE;
    case OWNERSHIP_PROVEN:
        return check_proven(ctx, d, may_look, err);
    case OWNERSHIP_PENDING:
    default:
        if (may_look && d->check_ms <= clock_wall_ms())
            return check_pending(ctx, d, err);
        tell_again(ctx, d);
        return STEP_DONE;
    }
}

static enum step_result ownership_ensure(struct step_ctx *ctx, struct error *err)
{
    const struct tenant *t = ctx->tenant;
    enum step_result worst = STEP_DONE;
    int64_t end_ms = clock_mono_ms() + BUDGET_MS;

    for (size_t i = 0; !ctx->dry && i < t->domain_count && worst != STEP_FAILED; i++) {
        enum step_result result = check(ctx, &t->domains[i], end_ms, err);
        if (result != STEP_DONE)
            worst = result;
    }
    return worst;
}

const struct step step_ownership = {
    .name = "ownership",
    .plane = "outside",
    .help = "Each domain is shown to be the customer's; what lies in another one is not routed.",
    .ensure = ownership_ensure,
};
