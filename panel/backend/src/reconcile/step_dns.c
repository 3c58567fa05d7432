/* Step "dns": each domain's zone holds what it should, and answers authoritatively. */
#include "base/str.h"
#include "provider/probe.h"
#include "reconcile/step.h"
#include "reconcile/zone.h"

/* "www" and every hostname of the customer's sites that lies in this zone. */
static const char **zone_hosts(const struct step_ctx *ctx, const struct domain *d, size_t *ret_count)
{
    const struct tenant *t = ctx->tenant;
    size_t room = 1, n = 0;

    for (size_t i = 0; i < t->site_count; i++)
        room += t->sites[i].hostname_count;
    const char **hosts = arena_array(ctx->arena, room, sizeof *hosts);
    hosts[n++] = arena_printf(ctx->arena, "www.%s", d->name);
    for (size_t i = 0; i < t->site_count; i++)
        for (size_t j = 0; j < t->sites[i].hostname_count; j++)
            if (tenant_domain_of(t, t->sites[i].hostnames[j]) == d)
                hosts[n++] = t->sites[i].hostnames[j];
    *ret_count = n;
    return hosts;
}

static const char *rrset_line(struct arena *a, const struct rrset *r)
{
    const char *values = "";

    for (size_t i = 0; i < r->value_count; i++)
        values = arena_printf(a, "%s %s", values, r->values[i]);
    return arena_printf(a, "%s %s:%s", r->name, r->type, r->value_count ? values : " (removed)");
}

/* Notes what a dry run would do, or tells of the repair that is about to be made. */
static int tell(struct step_ctx *ctx, const struct domain *d, const struct zone_change *change, struct error *err)
{
    const char *object = arena_printf(ctx->arena, "Zone/%s", d->name);
    const char **lines = arena_array(ctx->arena, change->count + 1, sizeof *lines);

    for (size_t i = 0; i < change->count; i++)
        lines[i] = rrset_line(ctx->arena, &change->rrsets[i]);
    if (!ctx->dry)
        return step_repair_begin(
            ctx, object,
            change->missing ? "was missing and is made again"
                            : arena_printf(ctx->arena, "was changed from outside and is put back: %s", lines[0]),
            err);
    step_change(ctx, "dns", change->missing ? "create" : "update", object, lines, change->count);
    return 0;
}

static enum step_result ensure_zone(struct step_ctx *ctx, const struct domain *d, struct error *err)
{
    const struct planes *p = ctx->planes;
    /* Of a pending domain nothing that the customer chose is served, or it could write its own proof. Registries want a zone to
     * be there before they delegate to it. */
    bool pending = d->ownership == OWNERSHIP_PENDING;
    size_t host_count = 0, want_count;
    const char **hosts = pending ? NULL : zone_hosts(ctx, d, &host_count);
    struct rrset *want = zone_want(ctx->arena, p->settings, d->name, hosts, host_count, &want_count);
    struct zone_change change;

    if (!pending) {
        want = zone_want_records(ctx->arena, want, want_count, ctx->tenant, d, &want_count);
        want = zone_want_mail(ctx->arena, p->settings, want, want_count, d, &want_count);
    }
    if (zone_look(p->pdns, ctx->arena, d->name, want, want_count, &change, err) < 0)
        return STEP_FAILED;
    bool differs = change.missing || change.count > 0;
    if (differs && tell(ctx, d, &change, err) < 0)
        return STEP_FAILED;
    if (ctx->dry)
        return STEP_DONE;
    if (differs && zone_write(p->pdns, ctx->arena, p->settings, d->name, want, want_count, &change, err) < 0) {
        step_repair_failed(ctx, err);
        return STEP_FAILED;
    }
    struct error silent = ERROR_INIT;
    if (probe_dns(ctx->arena, p->settings->pdns_dns, d->name, p->settings->ingress_address, &silent) < 0)
        return step_wait(ctx, "%s", silent.message);
    return STEP_DONE;
}

static enum step_result remove_zone(struct step_ctx *ctx, const char *name, struct error *err)
{
    struct zone have;

    if (ctx->dry) {
        if (pdns_zone_get(ctx->planes->pdns, ctx->arena, name, &have, err) == 0)
            step_change(ctx, "dns", "delete", arena_printf(ctx->arena, "Zone/%s", name), NULL, 0);
        else if (err->code != ERROR_NOT_FOUND)
            return STEP_FAILED;
        *err = ERROR_INIT;
        return STEP_DONE;
    }
    if (pdns_zone_delete(ctx->planes->pdns, ctx->arena, name, err) < 0 && err->code != ERROR_NOT_FOUND)
        return STEP_FAILED;
    *err = ERROR_INIT;
    return STEP_DONE;
}

static enum step_result remove_deleted(struct step_ctx *ctx, struct error *err)
{
    const char *customer = ctx->tenant->customer.id;
    struct tombstone *dead;
    size_t count;

    if (store_tombstone_list(ctx->planes->store, ctx->arena, customer, &dead, &count, err) < 0)
        return STEP_FAILED;
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(dead[i].kind, "domain"))
            continue;
        if (remove_zone(ctx, dead[i].name, err) != STEP_DONE)
            return STEP_FAILED;
        if (ctx->dry || ctx->settling)
            continue;
        if (store_tombstone_clear(ctx->planes->store, ctx->lease, customer, "domain", dead[i].name, err) < 0)
            return STEP_FAILED;
    }
    return STEP_DONE;
}

/* A dry run's domains that would be gone, though no tombstone tells of them yet. */
static enum step_result plan_deleted(struct step_ctx *ctx, struct error *err)
{
    const struct domain_filter mine = { .customer = ctx->tenant->customer.id };
    struct domain *now;
    size_t count;

    if (!ctx->dry)
        return STEP_DONE;
    if (store_domain_list(ctx->planes->store, ctx->arena, &mine, (struct page){ .after = "", .limit = 200 }, &now,
                          &count, err) < 0)
        return STEP_FAILED;
    for (size_t i = 0; i < count; i++) {
        bool kept = false;
        for (size_t j = 0; j < ctx->tenant->domain_count; j++)
            kept = kept || str_eq(ctx->tenant->domains[j].name, now[i].name);
        if (!kept && remove_zone(ctx, now[i].name, err) != STEP_DONE)
            return STEP_FAILED;
    }
    return STEP_DONE;
}

static enum step_result dns_ensure(struct step_ctx *ctx, struct error *err)
{
    enum step_result worst = remove_deleted(ctx, err);

    if (worst == STEP_DONE)
        worst = plan_deleted(ctx, err);
    for (size_t i = 0; i < ctx->tenant->domain_count && worst != STEP_FAILED; i++) {
        enum step_result result = ensure_zone(ctx, &ctx->tenant->domains[i], err);
        if (result != STEP_DONE)
            worst = result;
    }
    return worst;
}

static enum step_result dns_remove(struct step_ctx *ctx, struct error *err)
{
    for (size_t i = 0; i < ctx->tenant->domain_count; i++)
        if (remove_zone(ctx, ctx->tenant->domains[i].name, err) != STEP_DONE)
            return STEP_FAILED;
    return remove_deleted(ctx, err);
}

const struct step step_dns = {
    .name = "dns",
    .plane = "dns",
    .help = "Each domain's zone holds what it should and answers authoritatively.",
    .ensure = dns_ensure,
    .remove = dns_remove,
};
