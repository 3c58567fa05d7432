/* Step "maildns": what mail needs is in the zones of domains whose mail is on (model/mail_dns.h). The step "dns", which it needs, has
 * just seen the zones hold it, or has written it; here is told what the customer's own records make of it. */
#include "base/str.h"
#include "reconcile/step.h"
#include "reconcile/zone.h"

/* "MX, TXT of _dmarc.example.com": what stands in the place of ours, but for those that are told by themselves; "": nothing. */
static const char *own_records(struct arena *a, const struct domain *d, const struct record_set *sets, size_t count)
{
    const char *out = "";

    for (size_t i = 0; i < count; i++) {
        const struct record_set *own = mail_dns_against(d, &sets[i]);
        if (own && !str_eq(sets[i].type, "MX"))
            out = arena_printf(a, "%s%s%s of %s", out, out[0] ? ", " : "", own->type, own->name);
    }
    return out;
}

static const struct record_set *own_mx(const struct domain *d, const struct record_set *sets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(sets[i].type, "MX"))
            return mail_dns_against(d, &sets[i]);
    return NULL;
}

static void tell(struct step_ctx *ctx, const struct domain *d)
{
    const struct mail_dns mail = zone_mail_dns(ctx->planes->settings);
    size_t count;
    const struct record_set *sets = mail_dns_sets(ctx->arena, &mail, d, &count), *mx = own_mx(d, sets, count);
    const char *own = own_records(ctx->arena, d, sets, count);

    if (mx)
        step_pending(
            ctx, "maildns", d->name,
            arena_printf(ctx->arena,
                         "mail for the domain goes elsewhere, since its own record %s %s is kept: delete that to "
                         "receive mail here",
                         mx->name, mx->type));
    else
        step_condition(ctx, "maildns", d->name, CONDITION_TRUE, "Done",
                       own[0]
                           ? arena_printf(ctx->arena,
                                          "the customer's own records are kept in place of Berth's: %s; an SPF record "
                                          "among them must have 'mx%s%s'",
                                          own, str_empty(mail.spf) ? "" : " ", mail.spf ? mail.spf : "")
                           : "the records are in the zone");
}

static enum step_result maildns_ensure(struct step_ctx *ctx, struct error *err)
{
    const struct tenant *t = ctx->tenant;

    (void)err;
    for (size_t i = 0; !ctx->dry && i < t->domain_count; i++) {
        const struct domain *d = &t->domains[i];
        if (!d->mail || str_empty(ctx->planes->settings->mail_host))
            continue;
        if (d->ownership == OWNERSHIP_PENDING)
            step_pending(ctx, "maildns", d->name, "mail is set up when the domain is proven");
        else
            tell(ctx, d);
    }
    return STEP_DONE;
}

static const char *const maildns_needs[] = { "dns", NULL };

const struct step step_maildns = {
    .name = "maildns",
    .plane = "dns",
    .help = "The zones of domains whose mail is on hold what mail needs.",
    .needs = maildns_needs,
    .ensure = maildns_ensure,
};
