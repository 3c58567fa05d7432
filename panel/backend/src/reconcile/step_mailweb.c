/* Step "mailweb": the names of domains with mail answer: senders get the MTA-STS policy, mail programs their settings.
 *
 * Which names lead here is looked up and written into the store; from there the ingress knows them, and has a certificate made
 * (api/mail_web.c). Then the policy is fetched as a sender does, and only what was seen served is told of in the zone: a sender that
 * reads the record finds the policy that it tells of. What the policy says moves by what was seen (model/mta_sts.h). */
#include "base/clock.h"
#include "base/str.h"
#include "model/mail_client.h"
#include "reconcile/mailweb.h"
#include "reconcile/step.h"
#include "reconcile/tls.h"
#include "store/web.h"

enum { BUDGET_MS = 10 * 1000, FIRST_MS = 2 * 1000, LONGEST_MS = 10 * 60 * 1000, WAIT_PART = 4 };

/* A domain while it is looked at. */
struct look {
    struct domain domain; /* as it becomes */
    int64_t now, since; /* since: how long it has been as it is told */
    bool web, sts; /* web: it is to be served at all; sts: with a policy that wants TLS */
    int64_t theirs; /* names that the customer's own things have */
    const char *trouble; /* what is not as it should be; NULL: nothing */
    struct mta_sts_facts facts;
    int64_t next_ms;
};

static bool is_alive(const struct tenant *t)
{
    return t->customer.state == CUSTOMER_ACTIVE || t->customer.state == CUSTOMER_SUSPENDED;
}

static bool same(const struct domain *x, const struct domain *y)
{
    return x->web_hosts == y->web_hosts && x->web_tries == y->web_tries && x->mta_sts.mode == y->mta_sts.mode &&
           x->mta_sts.since_ms == y->mta_sts.since_ms && x->mta_sts.good_ms == y->mta_sts.good_ms &&
           str_eq(x->mta_sts.id, y->mta_sts.id);
}

/* --- what is seen --- */

static int see_hosts(struct step_ctx *ctx, struct look *l, struct error *err)
{
    struct domain *d = &l->domain;

    if (!l->web && d->mta_sts.mode == MTA_STS_OFF) {
        d->web_hosts = 0;
        return 0;
    }
    if (mailweb_hosts(ctx->planes, ctx->arena, ctx->tenant, d, &d->web_hosts, &l->theirs, err) < 0)
        return -1;
    if (!l->web)
        d->web_hosts &= 1LL << MAIL_HOST_MTA_STS;
    return 0;
}

static bool has(int64_t hosts, enum mail_host h)
{
    return (hosts >> h) & 1;
}

/* A policy begins when its name leads here. From then on a name that does not answer is trouble and no farewell, unless it has become
 * the customer's own. */
static bool wants_sts(struct step_ctx *ctx, const struct look *l)
{
    const bool begun = l->domain.mta_sts.mode == MTA_STS_TESTING || l->domain.mta_sts.mode == MTA_STS_ENFORCE;

    return l->web && mailweb_receives(ctx->planes, ctx->arena, &l->domain) &&
           (has(l->domain.web_hosts, MAIL_HOST_MTA_STS) || (begun && !has(l->theirs, MAIL_HOST_MTA_STS)));
}

static void see_web(struct step_ctx *ctx, struct look *l, int64_t hosts_before)
{
    const char *why = "";

    if (l->domain.web_hosts & ~hosts_before) { /* the ingress does not know them yet */
        l->trouble = "a certificate is being made";
        return;
    }
    for (int h = 0; h < MAIL_HOST_COUNT; h++) {
        if (!has(l->domain.web_hosts, (enum mail_host)h) ||
            (h == MAIL_HOST_MTA_STS && l->domain.mta_sts.mode == MTA_STS_OFF))
            continue;
        const char *fault = mailweb_look(ctx->planes, ctx->arena, &l->domain, (enum mail_host)h);
        l->facts.served = l->facts.served || (h == MAIL_HOST_MTA_STS && !fault);
        l->trouble = l->trouble ? l->trouble : fault;
    }
    if (!l->web)
        return;
    l->facts.mail = mailweb_mail(ctx->planes, ctx->arena, &l->domain, &why);
    if (l->facts.mail != MTA_STS_GOOD && l->sts && !l->trouble)
        l->trouble = why;
}

/* --- what becomes of it --- */

static const char *event_text(const struct look *l)
{
    switch (l->domain.mta_sts.mode) {
    case MTA_STS_TESTING:
        return "other servers are told to test TLS on the way of mail to this domain (MTA-STS testing)";
    case MTA_STS_ENFORCE:
        return "other servers are told to send mail to this domain with TLS alone (MTA-STS enforce)";
    case MTA_STS_NONE:
        return "other servers are told that TLS is asked for no longer (MTA-STS none)";
    case MTA_STS_OFF:
    default:
        return "there is no MTA-STS policy any more";
    }
}

static void move_policy(struct step_ctx *ctx, struct look *l)
{
    const struct settings *set = ctx->planes->settings;
    const struct mta_sts_policy p = { set->mail_host, set->mta_sts_max_age_s };
    const struct mta_sts_times times = { set->mta_sts_testing_ms, set->mta_sts_max_age_s * 1000 };
    const char *id = mta_sts_id(ctx->arena, &p, l->domain.mta_sts.mode);

    l->facts.wanted = l->sts;
    l->domain.mta_sts = mta_sts_next(&l->domain.mta_sts, &l->facts, id, &times, l->now, &l->next_ms);
}

static int keep(struct step_ctx *ctx, struct look *l, const struct domain *before, struct error *err)
{
    const struct event e = { .customer = before->customer,
                             .type = "Normal",
                             .reason = "MtaSts",
                             .object = arena_printf(ctx->arena, "Domain/%s", before->name),
                             .message = event_text(l) };

    l->domain.web_tries = l->trouble && l->domain.web_hosts ? (l->since ? tls_attempts(l->now - l->since) : 0) : 0;
    if (same(&l->domain, before))
        return 0;
    step_look_at(ctx, l->now); /* the next pass has the zone follow, and sees what is served then */
    return store_web_write(ctx->planes->store, ctx->lease, &l->domain,
                           l->domain.mta_sts.mode != before->mta_sts.mode ? &e : NULL, err);
}

/* --- what is told --- */

static const char *policy_told(struct arena *a, const struct settings *set, const struct look *l)
{
    const struct mta_sts *s = &l->domain.mta_sts;

    switch (s->mode) {
    case MTA_STS_TESTING:
        return l->next_ms ? arena_printf(a, "MTA-STS is tested, and enforced from %s on if all stays well",
                                         clock_rfc3339(a, l->next_ms))
                          : "MTA-STS is tested";
    case MTA_STS_ENFORCE:
        return "MTA-STS is enforced";
    case MTA_STS_NONE:
        return arena_printf(a, "the MTA-STS policy is taken back until %s",
                            clock_rfc3339(a, s->since_ms + set->mta_sts_max_age_s * 1000));
    case MTA_STS_OFF:
    default:
        return "there is no MTA-STS policy";
    }
}

static const char *reason_of(const struct look *l)
{
    static const char *const reasons[] = { [MTA_STS_OFF] = "Done",
                                           [MTA_STS_TESTING] = "Testing",
                                           [MTA_STS_ENFORCE] = "Enforced",
                                           [MTA_STS_NONE] = "TakenBack" };

    return reasons[l->domain.mta_sts.mode];
}

static void tell(struct step_ctx *ctx, struct look *l)
{
    struct arena *a = ctx->arena;
    const char *text = policy_told(a, ctx->planes->settings, l);

    for (int h = 0; h < MAIL_HOST_APEX; h++)
        if (has(l->theirs, (enum mail_host)h))
            text = arena_printf(a, "%s; %s is the customer's own and stays so", text,
                                mail_host_name(a, (enum mail_host)h, l->domain.name));
    if (!l->web && l->domain.mta_sts.mode == MTA_STS_OFF)
        return;
    if (l->web && l->domain.web_hosts == 0)
        l->trouble = "no name for mail programs leads here: see the records that the domain's mail needs";
    if (l->trouble)
        step_pending(ctx, "mailweb", l->domain.name, arena_printf(a, "%s; %s", text, l->trouble));
    else
        step_condition(ctx, "mailweb", l->domain.name, CONDITION_TRUE, reason_of(l), text);
    if (l->next_ms)
        step_look_at(ctx, l->next_ms);
    if (!l->trouble)
        return;
    int64_t wait = l->since ? (l->now - l->since) / WAIT_PART : 0;
    step_look_at(ctx, l->now + (wait < FIRST_MS ? FIRST_MS : wait > LONGEST_MS ? LONGEST_MS : wait));
}

/* --- the step --- */

static enum step_result ensure_domain(struct step_ctx *ctx, const struct domain *d, int64_t end_ms, struct error *err)
{
    const struct settings *set = ctx->planes->settings;
    struct look l = { .domain = *d, .now = clock_wall_ms() };

    l.web = d->mail && d->ownership != OWNERSHIP_PENDING && !str_empty(set->mail_host) && is_alive(ctx->tenant);
    if (ctx->dry || (!l.web && d->web_hosts == 0 && d->mta_sts.mode == MTA_STS_OFF))
        return STEP_DONE;
    if (tls_was_true(ctx, "mailweb", d->name, &l.since))
        l.since = 0;
    if (clock_mono_ms() >= end_ms) {
        step_pending(ctx, "mailweb", d->name, "is looked at later, since other domains took long");
        return STEP_DONE;
    }
    struct error unseen = ERROR_INIT;
    if (see_hosts(ctx, &l, &unseen) < 0) {
        l.domain.web_hosts = d->web_hosts; /* a resolver that is away changes nothing */
        l.trouble = arena_strdup(ctx->arena, unseen.message);
    } else {
        l.sts = wants_sts(ctx, &l);
        see_web(ctx, &l, d->web_hosts);
        move_policy(ctx, &l);
    }
    if (keep(ctx, &l, d, err) < 0)
        return STEP_FAILED;
    tell(ctx, &l);
    return STEP_DONE;
}

static enum step_result mailweb_ensure(struct step_ctx *ctx, struct error *err)
{
    return step_each_domain(ctx, BUDGET_MS, ensure_domain, err);
}

static const char *const mailweb_needs[] = { "maildns", NULL };

const struct step step_mailweb = {
    .name = "mailweb",
    .plane = "outside",
    .help = "Other mail servers get the MTA-STS policy of domains with mail, and mail programs their settings.",
    .needs = mailweb_needs,
    .ensure = mailweb_ensure,
};
