/* Steps "namespace", "quota", "limits", "network", "access" and "storage": the ground that a customer stands on. */
#include "base/json.h"
#include "base/str.h"
#include "reconcile/hosts.h"
#include "reconcile/objects.h"
#include "reconcile/step.h"

/* --- namespace --- */

/* Is the namespace that is there this customer's? A leftover of an earlier customer of the same name is deleted first, and
 * one that Berth did not make is never touched. */
static enum step_result check_owner(struct step_ctx *ctx, const char *ns, struct error *err)
{
    json_t *have;

    if (kube_get(ctx->planes->kube, ctx->arena, KUBE_NAMESPACE, NULL, ns, &have, err) < 0) {
        if (err->code != ERROR_NOT_FOUND)
            return STEP_FAILED;
        *err = ERROR_INIT;
        return STEP_DONE;
    }
    const char *uid = json_str_at(have, "/metadata/annotations/berth.dev~1customer-uid");
    if (str_eq(uid, ctx->tenant->customer.uid))
        return json_at(have, "/metadata/deletionTimestamp")
                   ? step_watch(ctx, "the namespace is being deleted and will be made again")
                   : STEP_DONE;
    if (!str_eq(json_str_at(have, "/metadata/labels/app.kubernetes.io~1managed-by"), "berth")) {
        error_set(err, ERROR_CONFLICT, "the namespace %s exists and is not Berth's; delete it, or choose another id",
                  ns);
        return STEP_FAILED;
    }
    if (ctx->dry) {
        step_change(ctx, "kubernetes", "delete", arena_printf(ctx->arena, "Namespace/%s", ns), NULL, 0);
        step_change(ctx, "kubernetes", "create", arena_printf(ctx->arena, "Namespace/%s", ns), NULL, 0);
        ctx->fresh = true;
        return STEP_DONE;
    }
    if (!json_at(have, "/metadata/deletionTimestamp") &&
        kube_delete(ctx->planes->kube, ctx->arena, KUBE_NAMESPACE, NULL, ns, have, err) < 0)
        return STEP_FAILED;
    return step_watch(ctx, "the namespace of an earlier customer of this name is being deleted");
}

static enum step_result namespace_ensure(struct step_ctx *ctx, struct error *err)
{
    /* Once this customer was ready its namespace carries its uid; before, it is made, or whose it is must be looked at. */
    if (ctx->tenant->customer.observed == 0) {
        bool made = false;
        enum step_result result = ctx->dry ? STEP_DONE : object_make(ctx, KUBE_NAMESPACE, "namespace", &made, err);
        if (result != STEP_DONE || made)
            return result;
        result = check_owner(ctx, object_namespace(ctx), err);
        if (result != STEP_DONE || ctx->fresh)
            return result;
    }
    return object_ensure(ctx, KUBE_NAMESPACE, "namespace", NULL, NULL, err);
}

static enum step_result namespace_remove(struct step_ctx *ctx, struct error *err)
{
    const char *ns = object_namespace(ctx);
    json_t *have;

    if (kube_get(ctx->planes->kube, ctx->arena, KUBE_NAMESPACE, NULL, ns, &have, err) < 0) {
        if (err->code != ERROR_NOT_FOUND)
            return STEP_FAILED;
        *err = ERROR_INIT;
        return STEP_DONE;
    }
    if (!str_eq(json_str_at(have, "/metadata/annotations/berth.dev~1customer-uid"), ctx->tenant->customer.uid))
        return STEP_DONE; /* somebody else's by now */
    if (ctx->dry) {
        step_change(ctx, "kubernetes", "delete", arena_printf(ctx->arena, "Namespace/%s", ns), NULL, 0);
        return STEP_DONE;
    }
    if (!json_at(have, "/metadata/deletionTimestamp") &&
        kube_delete(ctx->planes->kube, ctx->arena, KUBE_NAMESPACE, NULL, ns, have, err) < 0 &&
        err->code != ERROR_NOT_FOUND)
        return STEP_FAILED;
    return step_watch(ctx, "the namespace is being deleted");
}

const struct step step_namespace = {
    .name = "namespace",
    .plane = "kubernetes",
    .help = "The customer's namespace exists and carries its labels.",
    .ensure = namespace_ensure,
    .remove = namespace_remove,
};

/* --- quota: workloads wait until its status is filled, since admission counts from there --- */

static const char *const needs_namespace[] = { "namespace", NULL };

static enum step_result quota_ensure(struct step_ctx *ctx, struct error *err)
{
    bool ready = true;
    enum step_result result = object_ensure(ctx, KUBE_QUOTA, "resourcequota", NULL, &ready, err);

    if (result == STEP_DONE && !ready && !ctx->dry)
        return step_watch(ctx, "the quota's status is being filled");
    return result;
}

const struct step step_quota = {
    .name = "quota",
    .plane = "kubernetes",
    .help = "The plan's limits hold as a ResourceQuota.",
    .needs = needs_namespace,
    .ensure = quota_ensure,
};

static enum step_result limits_ensure(struct step_ctx *ctx, struct error *err)
{
    return object_ensure(ctx, KUBE_LIMITS, "limitrange", NULL, NULL, err);
}

const struct step step_limits = {
    .name = "limits",
    .plane = "kubernetes",
    .help = "A LimitRange bounds each container and volume.",
    .needs = needs_namespace,
    .ensure = limits_ensure,
};

static enum step_result network_ensure(struct step_ctx *ctx, struct error *err)
{
    enum step_result result = object_ensure(ctx, KUBE_NETPOL, "networkpolicy", NULL, NULL, err);

    return result != STEP_DONE ? result : object_ensure(ctx, KUBE_NETPOL, "networkpolicy-helper", NULL, NULL, err);
}

const struct step step_network = {
    .name = "network",
    .plane = "kubernetes",
    .help = "Network policies let in the ingress alone and out what hosting needs.",
    .needs = needs_namespace,
    .ensure = network_ensure,
};

/* The list of hosts comes this early since the policy that reads it sees it some moments later. */
static enum step_result access_ensure(struct step_ctx *ctx, struct error *err)
{
    enum step_result result = object_ensure(ctx, KUBE_ROLEBINDING, "rolebinding", NULL, NULL, err);

    return result != STEP_DONE ? result : hosts_add(ctx, err);
}

const struct step step_access = {
    .name = "access",
    .plane = "kubernetes",
    .help = "The reconciler may write in this namespace, and Ingresses may name the sites' hostnames.",
    .needs = needs_namespace,
    .ensure = access_ensure,
};

static const char *const needs_access[] = { "quota", "limits", "network", "access", NULL };

/* A claim that somebody deleted stays as long as pods hold it, so they are let go: it cannot be brought back, only made again
 * and filled with the releases. */
static enum step_result release_claim(struct step_ctx *ctx, struct error *err)
{
    const struct tenant *t = ctx->tenant;
    json_t *claim;

    if (kube_get(ctx->planes->kube, ctx->arena, KUBE_PVC, object_namespace(ctx), "web-data", &claim, err) < 0) {
        if (err->code != ERROR_NOT_FOUND)
            return STEP_FAILED;
        *err = ERROR_INIT;
        return step_watch(ctx, "the volume's claim is being made again");
    }
    for (size_t i = 0; json_at(claim, "/metadata/deletionTimestamp") && i < t->site_count; i++) {
        const char *name = arena_printf(ctx->arena, "site-%s", t->sites[i].id);
        if (object_absent(ctx, KUBE_DEPLOYMENT, name, err) == STEP_FAILED)
            return STEP_FAILED;
    }
    return step_watch(ctx, "the volume's claim was deleted by somebody else; it and its files are made again");
}

static enum step_result storage_ensure(struct step_ctx *ctx, struct error *err)
{
    enum step_result result = object_ensure(ctx, KUBE_PVC, "pvc", NULL, NULL, err);

    return result == STEP_WAIT && ctx->repair ? release_claim(ctx, err) : result;
}

const struct step step_storage = {
    .name = "storage",
    .plane = "kubernetes",
    .help = "The volume for the files of the customer's sites is claimed.",
    .needs = needs_access,
    .ensure = storage_ensure,
};
