/* The list of a customer's hostnames: see hosts.h. */
#include "reconcile/hosts.h"

#include "base/json.h"
#include "base/str.h"
#include "model/ownership.h"
#include "reconcile/objects.h"

#define NAME "tenant-hosts"

enum { HOSTS_MAX = 900 * 1024 }; /* bytes; a ConfigMap holds 1 MiB */

static bool holds(char *const *words, const char *word)
{
    for (size_t i = 0; words[i]; i++)
        if (str_eq(words[i], word))
            return true;
    return false;
}

static void add(struct strbuf *b, const char *host)
{
    if (str_empty(host))
        return;
    if (b->len > 0)
        strbuf_add(b, " ");
    strbuf_add(b, host);
}

const char *hosts_union(struct arena *a, const char *have, const char *want)
{
    char **had = str_split(a, have, ' ', NULL), **wanted = str_split(a, want, ' ', NULL);
    bool all = true;
    struct strbuf out;

    for (size_t i = 0; wanted[i]; i++)
        all = all && (str_empty(wanted[i]) || holds(had, wanted[i]));
    if (all)
        return NULL;
    strbuf_init(&out, a, (size_t)2 * HOSTS_MAX);
    strbuf_add(&out, want);
    for (size_t i = 0; had[i]; i++)
        if (!holds(wanted, had[i]))
            add(&out, had[i]);
    return out.text;
}

/* The sites' hostnames that may be routed, in their order; "" while the customer is not served. */
static int wanted_hosts(const struct step_ctx *ctx, const char **ret, struct error *err)
{
    const struct tenant *t = ctx->tenant;
    struct strbuf out;

    strbuf_init(&out, ctx->arena, HOSTS_MAX);
    for (size_t i = 0; tenant_served(t) && i < t->site_count; i++) {
        const struct site routed = ownership_routed(ctx->arena, t, &t->sites[i]);
        for (size_t j = 0; j < routed.hostname_count; j++)
            add(&out, routed.hostnames[j]);
    }
    if (strbuf_overflowed(&out))
        return error_set(err, ERROR_TOO_LARGE,
                         "the customer's hostnames are more than %d KiB, which a ConfigMap cannot hold",
                         HOSTS_MAX / 1024);
    *ret = out.text;
    return 0;
}

static int render(const struct step_ctx *ctx, const char *hosts, json_t **ret, struct error *err)
{
    size_t count;
    struct placeholder *values = object_values(ctx, NULL, 1, &count);

    values[count++] = (struct placeholder){ .name = "HOSTNAMES", .text = hosts };
    return template_fill(ctx->planes->templates, ctx->arena, "configmap-hosts", values, count, ret, err);
}

enum step_result hosts_add(struct step_ctx *ctx, struct error *err)
{
    const char *hosts;
    json_t *want, *have;

    if (wanted_hosts(ctx, &hosts, err) < 0 || render(ctx, hosts, &want, err) < 0)
        return STEP_FAILED;
    /* When all was right before, what else is listed is somebody else's doing. */
    if (ctx->dry || ctx->repair || object_settled(ctx, KUBE_CONFIGMAP, want))
        return object_ensure_tree(ctx, KUBE_CONFIGMAP, want, NULL, err);
    enum step_result result = object_read(ctx, KUBE_CONFIGMAP, NAME, &have, err);
    if (result != STEP_DONE)
        return result;
    const char *listed = have ? json_str_at(have, "/data/hosts") : NULL;
    if (listed) {
        const char *both = hosts_union(ctx->arena, listed, hosts);
        if (!both)
            return STEP_DONE;
        if (render(ctx, both, &want, err) < 0)
            return STEP_FAILED;
    }
    return object_ensure_tree(ctx, KUBE_CONFIGMAP, want, NULL, err);
}

/* A deleted site leaves a tombstone until its Ingress was seen to be gone. */
static int sites_are_going(const struct step_ctx *ctx, bool *ret, struct error *err)
{
    struct tombstone *dead;
    size_t count;

    if (store_tombstone_list(ctx->planes->store, ctx->arena, ctx->tenant->customer.id, &dead, &count, err) < 0)
        return -1;
    *ret = false;
    for (size_t i = 0; i < count; i++)
        *ret = *ret || str_eq(dead[i].kind, "site");
    return 0;
}

enum step_result hosts_settle(struct step_ctx *ctx, struct error *err)
{
    const char *hosts;
    json_t *want;
    bool going;

    if (ctx->dry)
        return STEP_DONE; /* hosts_add() has noted it */
    if (wanted_hosts(ctx, &hosts, err) < 0 || render(ctx, hosts, &want, err) < 0)
        return STEP_FAILED;
    if (object_settled(ctx, KUBE_CONFIGMAP, want))
        return STEP_DONE;
    if (sites_are_going(ctx, &going, err) < 0)
        return STEP_FAILED;
    if (going)
        return step_watch(ctx, "the hostnames of a deleted site are struck off when its Ingress is gone");
    return object_ensure_tree(ctx, KUBE_CONFIGMAP, want, NULL, err);
}
