/* Steps "web" and "ingress": each site's web server, its files, and the hostnames that lead to it. */
#include "base/clock.h"
#include "base/json.h"
#include "base/str.h"
#include "model/ownership.h"
#include "reconcile/hosts.h"
#include "reconcile/objects.h"
#include "reconcile/release.h"
#include "reconcile/step.h"
#include "reconcile/tls.h"

/* A site's objects are gone, and then its files: nothing serves them while they go. */
static enum step_result remove_site(struct step_ctx *ctx, const char *id, struct error *err)
{
    static const enum kube_kind kinds[] = { KUBE_INGRESS, KUBE_SERVICE, KUBE_DEPLOYMENT };

    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        enum step_result result = object_absent(ctx, kinds[k], arena_printf(ctx->arena, "site-%s", id), err);
        if (result != STEP_DONE)
            return result;
    }
    return release_clear(ctx, id, err);
}

/* A site that was deleted leaves a tombstone until all of it is seen to be gone. */
static enum step_result remove_deleted(struct step_ctx *ctx, struct error *err)
{
    const char *customer = ctx->tenant->customer.id;
    struct tombstone *dead;
    size_t count;

    if (store_tombstone_list(ctx->planes->store, ctx->arena, customer, &dead, &count, err) < 0)
        return STEP_FAILED;
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(dead[i].kind, "site"))
            continue;
        enum step_result result = remove_site(ctx, dead[i].name, err);
        if (result != STEP_DONE)
            return result;
        if (ctx->dry || ctx->settling)
            continue;
        if (store_tombstone_clear(ctx->planes->store, ctx->lease, customer, "site", dead[i].name, err) < 0)
            return STEP_FAILED;
    }
    return STEP_DONE;
}

/* A dry run's sites that are no longer in the desired state, though no tombstone tells of them yet. */
static enum step_result plan_deleted(struct step_ctx *ctx, struct error *err)
{
    const struct site_filter mine = { .customer = ctx->tenant->customer.id };
    struct site *now;
    size_t count;

    if (!ctx->dry)
        return STEP_DONE;
    if (store_site_list(ctx->planes->store, ctx->arena, &mine, (struct page){ .after = "", .limit = 200 }, &now, &count,
                        err) < 0)
        return STEP_FAILED;
    for (size_t i = 0; i < count; i++)
        if (!tenant_site(ctx->tenant, now[i].id) && remove_site(ctx, now[i].id, err) == STEP_FAILED)
            return STEP_FAILED;
    return STEP_DONE;
}

static enum step_result ensure_site(struct step_ctx *ctx, const struct site *site, struct error *err)
{
    bool ready = true;
    enum step_result result = object_ensure(ctx, KUBE_SERVICE, "service", site, NULL, err);

    if (result != STEP_DONE)
        return result;
    result = object_ensure(ctx, KUBE_DEPLOYMENT, "deployment", site, &ready, err);
    if (result != STEP_DONE)
        return result;
    /* The volume is bound by its first pod, so the web server starts before the files come. */
    result = release_ensure(ctx, site, err);
    if (result != STEP_DONE)
        return result;
    if (!ready && !ctx->dry)
        return step_watch(ctx, "the web server of site %s is starting", site->id);
    return STEP_DONE;
}

static enum step_result web_ensure(struct step_ctx *ctx, struct error *err)
{
    const struct tenant *t = ctx->tenant;
    enum step_result worst = remove_deleted(ctx, err);

    if (worst == STEP_DONE)
        worst = plan_deleted(ctx, err);
    for (size_t i = 0; i < t->site_count && worst != STEP_FAILED; i++) {
        enum step_result result = ensure_site(ctx, &t->sites[i], err);
        step_condition(ctx, "web", t->sites[i].id, result == STEP_DONE ? CONDITION_TRUE : CONDITION_FALSE,
                       result == STEP_DONE ? "Done" : "InProgress",
                       arena_strdup(ctx->arena, result == STEP_FAILED ? err->message
                                                : result == STEP_WAIT ? ctx->message
                                                                      : ""));
        if (result != STEP_DONE)
            worst = result;
    }
    return worst;
}

static const char *const web_needs[] = { "storage", NULL };

const struct step step_web = {
    .name = "web",
    .plane = "kubernetes",
    .help = "Each site's web server runs and serves its newest release.",
    .needs = web_needs,
    .ensure = web_ensure,
};

/* --- ingress --- */

/* A site of which some hostnames lie in a pending domain is not all that it should be, though nothing of ours is missing. */
static void tell_unrouted(struct step_ctx *ctx, const struct site *site, const struct site *routed)
{
    for (size_t i = 0; routed->hostname_count < site->hostname_count && i < site->hostname_count; i++) {
        if (ownership_routes(ctx->tenant, site->hostnames[i]))
            continue;
        step_pending(ctx, "ingress", site->id,
                     arena_printf(ctx->arena, "%zu of %zu hostnames lead here; %s waits for the proof of its domain",
                                  routed->hostname_count, site->hostname_count, site->hostnames[i]));
        return;
    }
}

static enum step_result ensure_ingress(struct step_ctx *ctx, const struct site *site, struct error *err)
{
    const struct site routed = ownership_routed(ctx->arena, ctx->tenant, site);
    size_t count;
    struct placeholder *values = object_values(ctx, &routed, 0, &count);
    json_t *want;

    tell_unrouted(ctx, site, &routed);
    /* Suspended and trashed customers' hosts fall to the platform's catch-all, which says so. */
    if (!tenant_served(ctx->tenant) || routed.hostname_count == 0)
        return object_absent(ctx, KUBE_INGRESS, arena_printf(ctx->arena, "site-%s", site->id), err);
    if (template_fill(ctx->planes->templates, ctx->arena, "ingress", values, count, &want, err) < 0)
        return STEP_FAILED;
    tls_annotate(ctx, site, want);
    return object_ensure_tree(ctx, KUBE_INGRESS, want, NULL, err);
}

static enum step_result ingress_ensure(struct step_ctx *ctx, struct error *err)
{
    const struct tenant *t = ctx->tenant;

    for (size_t i = 0; i < t->site_count; i++) {
        enum step_result result = ensure_ingress(ctx, &t->sites[i], err);
        if (result != STEP_DONE)
            return result;
    }
    return hosts_settle(ctx, err);
}

static const char *const ingress_needs[] = { "access", NULL };

const struct step step_ingress = {
    .name = "ingress",
    .plane = "kubernetes",
    .help = "The sites' hostnames lead to them; a suspended customer's lead to the platform's page.",
    .needs = ingress_needs,
    .ensure = ingress_ensure,
};
