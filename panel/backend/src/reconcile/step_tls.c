/* Steps "tls" and "probe": the certificate is there, and a visitor gets the site. Both look from outside. */
#include "base/clock.h"
#include "base/json.h"
#include "base/str.h"
#include "model/ownership.h"
#include "provider/probe.h"
#include "reconcile/step.h"
#include "reconcile/tls.h"

enum { FIRST_RETRY_MS = 60 * 1000, PRIORITY_BASE = 1000, RETRIES_MAX = 8 };

bool tls_was_true(const struct step_ctx *ctx, const char *step, const char *subject, int64_t *ret_since_ms)
{
    struct error ignored = ERROR_INIT;
    struct condition *list;
    size_t count;

    *ret_since_ms = 0;
    if (store_condition_list(ctx->planes->store, ctx->arena, ctx->tenant->customer.id, &list, &count, &ignored) < 0)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(list[i].step, step) || !str_eq(list[i].subject, subject))
            continue;
        *ret_since_ms = list[i].since_ms;
        return list[i].status == CONDITION_TRUE;
    }
    return false;
}

int64_t tls_attempts(int64_t waited_ms)
{
    int64_t n = 0;

    for (int64_t at = FIRST_RETRY_MS; n < RETRIES_MAX && waited_ms >= at; at *= 2)
        n++;
    return n;
}

void tls_annotate(const struct step_ctx *ctx, const struct site *site, json_t *ingress)
{
    const char *resolver = ctx->planes->settings->cert_resolver;
    json_t *annotations = json_at(ingress, "/metadata/annotations");
    int64_t since;

    if (str_empty(resolver) || !tls_was_true(ctx, "dns", "", &since))
        return;
    json_object_set_new(annotations, "traefik.ingress.kubernetes.io/router.tls.certresolver", json_string(resolver));
    /* Traefik tries a failed challenge again only when its configuration changes: a router's priority is such a change. */
    if (!tls_was_true(ctx, "tls", site->id, &since) && since > 0) {
        int64_t n = tls_attempts(clock_wall_ms() - since);
        if (n > 0)
            json_object_set_new(annotations, "traefik.ingress.kubernetes.io/router.priority",
                                json_string(arena_printf(ctx->arena, "%lld", (long long)(PRIORITY_BASE + n))));
    }
}

/* Whether tls of one site is as it should be; the condition of the site says until when its certificate is good. */
static bool check_site(struct step_ctx *ctx, const struct site *site)
{
    const struct settings *set = ctx->planes->settings;
    int64_t first_expiry = 0;

    for (size_t i = 0; i < site->hostname_count; i++) {
        struct error err = ERROR_INIT;
        int64_t expires;
        if (probe_tls(ctx->arena, set->ingress_probe, site->hostnames[i], set->acme_ca, &expires, &err) < 0) {
            step_condition(ctx, "tls", site->id, CONDITION_FALSE, "NoCertificate",
                           arena_strdup(ctx->arena, err.message));
            return false;
        }
        if (first_expiry == 0 || expires < first_expiry)
            first_expiry = expires;
    }
    step_condition(ctx, "tls", site->id, CONDITION_TRUE, "Issued",
                   arena_printf(ctx->arena, "good until %s", clock_rfc3339(ctx->arena, first_expiry)));
    return true;
}

static enum step_result tls_ensure(struct step_ctx *ctx, struct error *err)
{
    const struct tenant *t = ctx->tenant;
    size_t missing = 0;

    (void)err;
    if (ctx->dry || !tenant_served(t) || str_empty(ctx->planes->settings->cert_resolver))
        return STEP_DONE;
    for (size_t i = 0; i < t->site_count; i++) {
        const struct site routed = ownership_routed(ctx->arena, t, &t->sites[i]);
        if (routed.hostname_count > 0 && !check_site(ctx, &routed))
            missing++;
    }
    return missing ? step_wait(ctx, "%zu of %zu sites have no good certificate yet", missing, t->site_count)
                   : STEP_DONE;
}

static const char *const tls_needs[] = { "ingress", "dns", NULL };

const struct step step_tls = {
    .name = "tls",
    .plane = "outside",
    .help = "Every hostname is served with a certificate that browsers trust.",
    .needs = tls_needs,
    .ensure = tls_ensure,
};

/* --- probe --- */

static enum step_result probe_site(struct step_ctx *ctx, const struct site *site)
{
    const struct settings *set = ctx->planes->settings;
    const struct site routed = ownership_routed(ctx->arena, ctx->tenant, site);
    struct error err = ERROR_INIT;
    long status;

    if (routed.hostname_count == 0 || site->replicas == 0)
        return STEP_DONE;
    if (probe_http(ctx->arena, set->ingress_probe, routed.hostnames[0], set->acme_ca, !str_empty(set->cert_resolver),
                   &status, &err) < 0)
        return step_wait(ctx, "%s", err.message);
    if (status >= 500)
        return step_wait(ctx, "https://%s/ answers with status %ld through the ingress", routed.hostnames[0], status);
    return STEP_DONE;
}

static enum step_result probe_ensure(struct step_ctx *ctx, struct error *err)
{
    const struct tenant *t = ctx->tenant;

    (void)err;
    if (ctx->dry || !tenant_served(t))
        return STEP_DONE;
    for (size_t i = 0; i < t->site_count; i++) {
        enum step_result result = probe_site(ctx, &t->sites[i]);
        if (result != STEP_DONE)
            return result;
    }
    return STEP_DONE;
}

static const char *const probe_needs[] = { "web", "ingress", "dns", "tls", NULL };

const struct step step_probe = {
    .name = "probe",
    .plane = "outside",
    .help = "Each site answered through the ingress, as a visitor sees it.",
    .needs = probe_needs,
    .ensure = probe_ensure,
};
