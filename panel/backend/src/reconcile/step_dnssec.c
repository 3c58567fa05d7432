/* Step "dnssec": a domain that is to be signed has one key of ours, which is active, and one that is not to be has none.
 *
 *   off --on--> signed --off--> held while the parent has a DS, or resolvers may still hold it --> off
 *
 * Keys of others are left alone, and told. What PowerDNS has is known again by the public key, which the store keeps with the DS
 * for whoever publishes it; the private key never leaves PowerDNS. */
#include "base/clock.h"
#include "base/str.h"
#include "provider/resolver.h"
#include "reconcile/step.h"

enum { HELD_LOOK_MS = 5 * 60 * 1000, NOTE_MS = 60 * 1000, BUDGET_MS = 10 * 1000 };

static const struct pdns_signing signing = { .nsec3param = "1 0 0 -", .narrow = true, .rectify = true };

/* In place of the public key while one is being made: a pass that is ended between then finds what it has made, whatever is
 * wanted by then. */
#define KEY_IN_MAKING "-"

struct keys {
    size_t count;
    struct pdns_key *list;
    const struct pdns_key *ours; /* NULL: there is none */
    size_t foreign; /* active ones of others */
};

/* Pure: ours is the one that the store knows; when it knows none, one such as we make, which a pass that was ended before it
 * could note it has left, or which the DS at the parent is of already. */
static void find_ours(const struct domain *d, struct keys *k)
{
    bool unknown = str_empty(d->dnskey) || str_eq(d->dnskey, KEY_IN_MAKING);

    k->ours = NULL;
    k->foreign = 0;
    for (size_t i = 0; i < k->count; i++)
        if (unknown ? !k->ours && k->list[i].combined : str_eq(k->list[i].dnskey, d->dnskey))
            k->ours = &k->list[i];
    for (size_t i = 0; i < k->count; i++)
        k->foreign += &k->list[i] != k->ours && k->list[i].active;
}

static int look(struct step_ctx *ctx, const struct domain *d, struct keys *ret, struct error *err)
{
    *ret = (struct keys){ 0 };
    if (pdns_keys_get(ctx->planes->pdns, ctx->arena, d->name, &ret->list, &ret->count, err) < 0) {
        if (!ctx->dry || err->code != ERROR_NOT_FOUND)
            return -1;
        *err = ERROR_INIT; /* a dry run's zone that would be made before */
    }
    find_ours(d, ret);
    return 0;
}

static const char *object_of(struct step_ctx *ctx, const struct domain *d)
{
    return arena_printf(ctx->arena, "Key/%s", d->name);
}

/* --- signed --- */

static int make_key(struct step_ctx *ctx, const struct domain *d, struct keys *k, struct error *err)
{
    struct pdns_key *made = arena_alloc(ctx->arena, sizeof *made);
    struct domain now = *d;

    if (str_empty(d->dnskey)) {
        now.dnskey = KEY_IN_MAKING;
        if (store_domain_keys(ctx->planes->store, &now, NULL, err) < 0)
            return -1;
    }
    if (pdns_key_create(ctx->planes->pdns, ctx->arena, d->name, made, err) < 0)
        return -1;
    k->ours = made;
    return 0;
}

static int activate(struct step_ctx *ctx, const struct domain *d, const struct pdns_key *key, struct error *err)
{
    if (key->active && key->published)
        return 0;
    if (step_repair_begin(ctx, object_of(ctx, d), "was taken out of use from outside and signs again", err) < 0)
        return -1;
    if (pdns_key_activate(ctx->planes->pdns, ctx->arena, d->name, key->id, err) == 0)
        return 0;
    step_repair_failed(ctx, err);
    return -1;
}

static int set_signing(struct step_ctx *ctx, const struct domain *d, bool fresh, struct error *err)
{
    struct pdns_signing have;

    if (pdns_signing_get(ctx->planes->pdns, ctx->arena, d->name, &have, err) < 0)
        return -1;
    if (str_eq(have.nsec3param, signing.nsec3param) && have.narrow == signing.narrow && have.rectify == signing.rectify)
        return 0;
    if (!fresh &&
        step_repair_begin(ctx, object_of(ctx, d), "NSEC3 was set otherwise from outside and is put back", err) < 0)
        return -1;
    if (pdns_signing_put(ctx->planes->pdns, ctx->arena, d->name, &signing, err) == 0)
        return 0;
    step_repair_failed(ctx, err);
    return -1;
}

/* The public half goes into the store. A key that took another's place is told, since the DS at the parent is of that one. */
static int note_key(struct step_ctx *ctx, const struct domain *d, const struct pdns_key *key, struct error *err)
{
    struct domain now = *d;
    const struct event e = {
        .customer = d->customer,
        .type = "Warning",
        .reason = "KeyLost",
        .object = object_of(ctx, d),
        .message = "the key was deleted from outside, so a new one signs the zone: publish the new DS"
    };

    if (str_eq(d->dnskey, key->dnskey) && str_eq(d->ds, key->ds))
        return 0;
    now.dnskey = key->dnskey;
    now.ds = key->ds;
    bool lost = !str_empty(d->ds) && !str_eq(d->dnskey, key->dnskey);
    return store_domain_keys(ctx->planes->store, &now, lost ? &e : NULL, err);
}

static enum step_result ensure_signed(struct step_ctx *ctx, const struct domain *d, struct error *err)
{
    struct keys k;

    if (look(ctx, d, &k, err) < 0)
        return STEP_FAILED;
    bool fresh = !k.ours;
    if (ctx->dry) {
        if (fresh || !k.ours->active)
            step_change(ctx, "dns", fresh ? "create" : "update", object_of(ctx, d), NULL, 0);
        return STEP_DONE;
    }
    if ((fresh && make_key(ctx, d, &k, err) < 0) || activate(ctx, d, k.ours, err) < 0 ||
        set_signing(ctx, d, fresh || str_empty(d->ds), err) < 0 || note_key(ctx, d, k.ours, err) < 0)
        return STEP_FAILED;
    step_condition(ctx, "dnssec", d->name, CONDITION_TRUE, "Signed",
                   k.foreign
                       ? arena_printf(ctx->arena, "signed; %zu other active key%s in PowerDNS, not Berth's, left alone",
                                      k.foreign, k.foreign == 1 ? "" : "s")
                       : "signed; publish the DS at the registrar");
    return STEP_DONE;
}

/* --- off --- */

/* The parent's DS, and how long those that resolvers hold may live. *ret_why: what is waited for; NULL: nothing. */
static int check_parent(struct step_ctx *ctx, const struct domain *d, const char **ret_why, struct error *err)
{
    enum { MS = 1000 };
    struct error trouble = ERROR_INIT;
    struct domain now = *d;
    struct resolved r;
    int64_t wall = clock_wall_ms();

    *ret_why = NULL;
    if (resolver_ask(ctx->arena, ctx->planes->settings->resolver, d->name, RESOLVER_DS, &r, &trouble) < 0) {
        *ret_why = arena_printf(ctx->arena, "stays signed until it is known that the parent has no DS: %s",
                                trouble.message);
        return 0;
    }
    if (r.count > 0) {
        *ret_why = arena_printf(ctx->arena, "stays signed, since the parent has a DS (%s): delete it at the registrar",
                                r.values[0]);
        now.ds_until_ms = wall + r.ttl_s * MS;
        return now.ds_until_ms < d->ds_until_ms + NOTE_MS ? 0 : store_domain_keys(ctx->planes->store, &now, NULL, err);
    }
    if (wall < d->ds_until_ms)
        *ret_why = arena_printf(ctx->arena, "stays signed until %s, as long as resolvers may hold the parent's DS",
                                clock_rfc3339(ctx->arena, d->ds_until_ms));
    return 0;
}

static int unsign(struct step_ctx *ctx, const struct domain *d, struct error *err)
{
    static const struct pdns_signing none = { .nsec3param = "", .narrow = false, .rectify = true };
    struct domain now = *d;
    struct keys k;

    if (look(ctx, d, &k, err) < 0)
        return -1;
    if (ctx->dry) {
        if (k.ours)
            step_change(ctx, "dns", "delete", object_of(ctx, d), NULL, 0);
        return 0;
    }
    if (k.foreign == 0 && k.ours && pdns_signing_put(ctx->planes->pdns, ctx->arena, d->name, &none, err) < 0)
        return -1;
    if (k.ours && pdns_key_delete(ctx->planes->pdns, ctx->arena, d->name, k.ours->id, err) < 0 &&
        err->code != ERROR_NOT_FOUND)
        return -1;
    *err = ERROR_INIT;
    now.ds = now.dnskey = "";
    now.ds_until_ms = 0;
    return store_domain_keys(ctx->planes->store, &now, NULL, err);
}

static enum step_result ensure_unsigned(struct step_ctx *ctx, const struct domain *d, int64_t end_ms, struct error *err)
{
    const char *why = NULL;

    if (!ctx->dry && d->dnssec != DNSSEC_OFF_AT_ONCE) {
        if (clock_mono_ms() >= end_ms)
            why = "stays signed until the parent was looked at";
        else if (check_parent(ctx, d, &why, err) < 0)
            return STEP_FAILED;
    }
    if (!why)
        return unsign(ctx, d, err) < 0 ? STEP_FAILED : STEP_DONE;
    step_pending(ctx, "dnssec", d->name, why);
    step_look_at(ctx, clock_wall_ms() + HELD_LOOK_MS);
    return STEP_DONE;
}

/* --- the step --- */

static enum step_result ensure_domain(struct step_ctx *ctx, const struct domain *d, int64_t end_ms, struct error *err)
{
    if (d->dnssec != DNSSEC_ON)
        return str_empty(d->dnskey) ? STEP_DONE : ensure_unsigned(ctx, d, end_ms, err);
    if (d->ownership != OWNERSHIP_PENDING)
        return ensure_signed(ctx, d, err);
    step_pending(ctx, "dnssec", d->name, "is signed when the domain is proven");
    return STEP_DONE;
}

static enum step_result dnssec_ensure(struct step_ctx *ctx, struct error *err)
{
    return step_each_domain(ctx, BUDGET_MS, ensure_domain, err);
}

static const char *const dnssec_needs[] = { "dns", NULL };

const struct step step_dnssec = {
    .name = "dnssec",
    .plane = "dns",
    .help = "Zones that are to be signed are, by a key of ours; others have none.",
    .needs = dnssec_needs,
    .ensure = dnssec_ensure,
};
