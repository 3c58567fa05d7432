/* Step "dkim": a domain whose mail is on has DKIM keys that sign its mail, new ones from time to time, and of none that signed is
 * the public key missed (model/dkim.h has the turns). The step "dns" keeps the public keys in the zone; a pass that makes keys
 * asks for the next one at once, which finds them there. */
#include "model/dkim.h"

#include <assert.h>

#include "base/clock.h"
#include "base/signkey.h"
#include "base/str.h"
#include "model/record.h"
#include "reconcile/elsewhere.h"
#include "reconcile/keypool.h"
#include "reconcile/step.h"
#include "store/dkim.h"

enum { BUDGET_MS = 10 * 1000, FIRST_MS = 5 * 1000, LONGEST_MS = 60 * 60 * 1000 };

/* A domain's keys while they are looked at and moved. */
struct turn {
    struct domain domain; /* keys: a copy, as they become */
    bool wanted;
    int64_t now;
    struct dkim_plan plan;
    bool changed; /* by what was seen */
    const char *trouble; /* why new keys cannot be used yet; NULL: nothing but time */
};

static const char *object_of(struct step_ctx *ctx, const struct domain *d)
{
    return arena_printf(ctx->arena, "DkimKey/%s", d->name);
}

/* --- what the zone holds --- */

static bool zone_has(struct arena *a, const struct zone *zone, const struct dkim_key *k)
{
    struct error ignored = ERROR_INIT;
    const char *name = dkim_record_name(a, k), *want;

    if (record_value(a, "TXT", dkim_record_text(a, k), NULL, "/values", &want, &ignored) < 0)
        return false;
    for (size_t i = 0; i < zone->rrset_count; i++)
        for (size_t j = 0; j < zone->rrsets[i].value_count; j++)
            if (str_eq(zone->rrsets[i].name, name) && str_eq(zone->rrsets[i].type, "TXT") &&
                str_eq(zone->rrsets[i].values[j], want))
                return true;
    return false;
}

/* Whoever verifies asks the servers that the domain is delegated to, which need not be ours. */
static bool world_has(struct step_ctx *ctx, struct turn *t, const struct dkim_key *k)
{
    struct error err = ERROR_INIT;
    bool elsewhere, there = false;

    if (t->domain.ownership == OWNERSHIP_PLATFORM)
        return true;
    if (elsewhere_look(ctx->arena, ctx->planes->settings, t->domain.name, &elsewhere, &err) < 0 ||
        (elsewhere && elsewhere_has_text(ctx->arena, ctx->planes->settings, dkim_record_name(ctx->arena, k),
                                         dkim_record_text(ctx->arena, k), &there, &err) < 0)) {
        t->trouble = arena_strdup(ctx->arena, err.message);
        return false;
    }
    if (elsewhere && !there)
        t->trouble = arena_printf(ctx->arena,
                                  "publish %s, as GET /domains/%s/dkim gives it, at the domain's name servers",
                                  dkim_record_name(ctx->arena, k), t->domain.name);
    return !elsewhere || there;
}

static bool is_unseen(const struct dkim_key *k)
{
    return k->state == DKIM_PUBLISHED && k->published_ms == 0;
}

static int observe(struct step_ctx *ctx, struct turn *t, int64_t end_ms, struct error *err)
{
    struct zone zone = { 0 };
    size_t unseen = 0;

    for (size_t i = 0; i < t->domain.dkim_key_count; i++)
        unseen += is_unseen(&t->domain.dkim_keys[i]);
    if (unseen == 0 || ctx->dry)
        return 0;
    if (pdns_zone_get(ctx->planes->pdns, ctx->arena, t->domain.name, &zone, err) < 0)
        return -1;
    for (size_t i = 0; i < t->domain.dkim_key_count && clock_mono_ms() < end_ms; i++) {
        struct dkim_key *k = &t->domain.dkim_keys[i];
        if (!is_unseen(k) || !zone_has(ctx->arena, &zone, k) || !world_has(ctx, t, k))
            continue;
        k->published_ms = t->now;
        t->changed = true;
    }
    return 0;
}

/* --- what becomes of the keys --- */

static int make_key(struct step_ctx *ctx, const struct turn *t, enum dkim_algorithm algorithm, struct dkim_key *ret,
                    const char **ret_private, struct error *err)
{
    char *private_key, *public_key;
    int rc = algorithm == DKIM_RSA ? keypool_take(ctx->planes->keypool, ctx->arena, &private_key, &public_key, err)
                                   : signkey_make(ctx->arena, SIGNKEY_ED25519, &private_key, &public_key, err);

    if (rc < 0)
        return -1;
    *ret = (struct dkim_key){ .domain = t->domain.name,
                              .selector = dkim_selector(ctx->arena, &t->domain, algorithm, t->now),
                              .algorithm = algorithm,
                              .state = DKIM_PUBLISHED,
                              .public_key = public_key,
                              .created_ms = t->now };
    *ret_private = private_key;
    return 0;
}

/* The keys as the plan moves them; those that go are named in w->gone. */
static void move_keys(struct step_ctx *ctx, struct turn *t, struct dkim_write *w)
{
    const char **gone = arena_array(ctx->arena, t->domain.dkim_key_count + 1, sizeof *gone);
    struct dkim_key *keys = arena_array(ctx->arena, t->domain.dkim_key_count + 1, sizeof *keys);

    assert(t->plan.moves);
    w->gone = gone;
    w->keys = keys;
    for (size_t i = 0; i < t->domain.dkim_key_count; i++) {
        struct dkim_key k = t->domain.dkim_keys[i];
        if (t->plan.moves[i] == DKIM_REMOVE) {
            gone[w->gone_count++] = k.selector;
            continue;
        }
        if (t->plan.moves[i] == DKIM_SIGN) {
            k.state = DKIM_SIGNING;
            k.signing_ms = t->now;
        } else if (t->plan.moves[i] == DKIM_RETIRE) {
            k.state = DKIM_RETIRED;
            k.retired_ms = t->now;
        }
        keys[w->key_count++] = k;
    }
}

/* "b20261127e and b20261127r"; "": none is in this state. */
static const char *selectors(struct arena *a, const struct dkim_key *keys, size_t count, enum dkim_state state)
{
    const char *out = "";

    for (size_t i = 0; i < count; i++)
        if (keys[i].state == state)
            out = arena_printf(a, "%s%s%s", out, out[0] ? " and " : "", keys[i].selector);
    return out;
}

static bool signs_anew(const struct turn *t)
{
    for (size_t i = 0; i < t->domain.dkim_key_count; i++)
        if (t->plan.moves[i] == DKIM_SIGN)
            return true;
    return false;
}

static int write_turn(struct step_ctx *ctx, struct turn *t, struct error *err)
{
    struct dkim_key made[DKIM_ALGORITHM_COUNT];
    const char *made_private[DKIM_ALGORITHM_COUNT];
    struct dkim_write w = { .domain = &t->domain, .made = made, .made_private = made_private };
    struct event e = {
        .customer = t->domain.customer, .type = "Normal", .reason = "DkimRotated", .object = object_of(ctx, &t->domain)
    };

    move_keys(ctx, t, &w);
    for (int i = 0; i < DKIM_ALGORITHM_COUNT; i++) {
        if (!t->plan.make[i])
            continue;
        if (make_key(ctx, t, (enum dkim_algorithm)i, &made[w.made_count], &made_private[w.made_count], err) < 0)
            return -1;
        w.made_count++;
    }
    e.message = arena_printf(ctx->arena, "mail is signed with %s from now on",
                             selectors(ctx->arena, w.keys, w.key_count, DKIM_SIGNING));
    if (signs_anew(t))
        w.event = &e;
    if (store_dkim_write(ctx->planes->store, ctx->lease, &w, err) < 0)
        return -1;
    t->domain.dkim_keys = (struct dkim_key *)(uintptr_t)w.keys;
    t->domain.dkim_key_count = w.key_count;
    step_look_at(ctx, t->now); /* the next pass sees what follows: the zone, and the next turn */
    return 0;
}

/* --- what is told --- */

static void tell(struct step_ctx *ctx, const struct turn *t)
{
    struct arena *a = ctx->arena;
    const struct dkim_key *keys = t->domain.dkim_keys;
    const size_t count = t->domain.dkim_key_count;
    const char *present = selectors(a, keys, count, DKIM_SIGNING), *next = selectors(a, keys, count, DKIM_PUBLISHED);
    const char *text = present[0] ? arena_printf(a, "mail is signed with %s", present)
                                  : "no mail is signed yet, and so none is sent";

    if (!t->wanted)
        return;
    if (next[0] && t->trouble)
        text = arena_printf(a, "%s; the new keys sign when they were seen: %s", text, t->trouble);
    else if (next[0] && t->plan.next_ms > 0)
        text = arena_printf(a, "%s; %s sign from %s on", text, next, clock_rfc3339(a, t->plan.next_ms));
    else if (next[0] || !present[0])
        text = arena_printf(a, "%s; new keys are being published", text);
    if (present[0])
        step_condition(ctx, "dkim", t->domain.name, CONDITION_TRUE, "Signing", text);
    else
        step_pending(ctx, "dkim", t->domain.name, text);
}

/* When to look at the zone again, while a key was not seen there: after a quarter of the time that it waits already. */
static void look_again(struct step_ctx *ctx, const struct turn *t)
{
    if (t->plan.next_ms > 0)
        step_look_at(ctx, t->plan.next_ms);
    for (size_t i = 0; i < t->domain.dkim_key_count; i++) {
        const struct dkim_key *k = &t->domain.dkim_keys[i];
        int64_t wait = (t->now - k->created_ms) / 4;
        wait = wait < FIRST_MS ? FIRST_MS : wait > LONGEST_MS ? LONGEST_MS : wait;
        if (is_unseen(k))
            step_look_at(ctx, t->now + wait);
    }
}

/* --- the step --- */

static void plan_dry(struct step_ctx *ctx, const struct turn *t)
{
    if (t->plan.make[DKIM_RSA] || t->plan.make[DKIM_ED25519])
        step_change(ctx, "mail", "create", object_of(ctx, &t->domain), NULL, 0);
    if (t->plan.moves_any)
        step_change(ctx, "mail", "update", object_of(ctx, &t->domain), NULL, 0);
}

static enum step_result ensure_domain(struct step_ctx *ctx, const struct domain *d, int64_t end_ms, struct error *err)
{
    const struct settings *set = ctx->planes->settings;
    const struct dkim_times times = { .rotate_ms = set->dkim_rotate_ms,
                                      .wait_ms = set->dkim_wait_ms,
                                      .keep_ms = set->dkim_keep_ms };
    struct turn t = { .domain = *d, .now = clock_wall_ms() };

    t.wanted = d->mail && d->ownership != OWNERSHIP_PENDING && !str_empty(set->mail_host);
    if (!t.wanted && d->dkim_key_count == 0)
        return STEP_DONE;
    t.domain.dkim_keys = arena_array(ctx->arena, d->dkim_key_count + 1, sizeof *t.domain.dkim_keys);
    for (size_t i = 0; i < d->dkim_key_count; i++)
        t.domain.dkim_keys[i] = d->dkim_keys[i];
    if (observe(ctx, &t, end_ms, err) < 0)
        return STEP_FAILED;
    dkim_next(ctx->arena, &t.domain, t.wanted, &times, t.now, &t.plan);
    if (ctx->dry) {
        plan_dry(ctx, &t);
        return STEP_DONE;
    }
    if ((t.changed || t.plan.moves_any || t.plan.make[DKIM_RSA] || t.plan.make[DKIM_ED25519]) &&
        write_turn(ctx, &t, err) < 0)
        return STEP_FAILED;
    tell(ctx, &t);
    look_again(ctx, &t);
    return STEP_DONE;
}

static enum step_result dkim_ensure(struct step_ctx *ctx, struct error *err)
{
    return step_each_domain(ctx, BUDGET_MS, ensure_domain, err);
}

static const char *const dkim_needs[] = { "dns", NULL };

const struct step step_dkim = {
    .name = "dkim",
    .plane = "mail",
    .help = "Domains whose mail is on have keys that sign it, and new ones from time to time.",
    .needs = dkim_needs,
    .ensure = dkim_ensure,
};
