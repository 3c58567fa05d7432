/* Ownership of domains and the switch of DNSSEC: see ownership.h, and model/ownership.h for the states. */
#include "api/ownership.h"

#include "api/address.h"
#include "api/ask.h"
#include "api/handlers.h"
#include "api/input.h"
#include "api/present.h"
#include "api/text.h"
#include "base/clock.h"
#include "base/str.h"
#include "model/ownership.h"

/* --- a new domain --- */

int ownership_look(struct call *c, const char *customer, const char *domain, bool *ret_proven, struct error *err)
{
    int64_t claims;
    struct customer known;
    json_t *result;

    *ret_proven = false;
    if (store_claims_of_others(c->store, customer, domain, &claims, err) < 0)
        return -1;
    if (claims == 0)
        return 0;
    if (store_customer_get(c->store, c->arena, customer, &known, err) < 0) {
        if (err->code != ERROR_NOT_FOUND)
            return -1;
        *err = ERROR_INIT; /* a customer that is to be made has no challenge yet */
        return 0;
    }
    const struct question q = { "proof", customer, domain, "" };
    if (ask_reconciler(c, &q, &result, err) < 0)
        return error_context(err, "looking for the proof of '%s', which somebody else claims", domain);
    *ret_proven = json_bool_at(result, "/proven", false);
    return 0;
}

int ownership_clash(struct change *ch, const struct tenant *t, const char *domain, bool proven, struct error *err)
{
    struct call *c = ch->call;
    int64_t claims;

    if (store_claims_of_others(c->store, t->customer.id, domain, &claims, err) < 0)
        return -1;
    if (claims == 0 || proven)
        return input_conflict(err, "/domain",
                              "the name is in use by somebody else, or lies above or below such a name");
    return input_conflict(err, "/domain",
                          "somebody else claims the name without a proof; when it is yours, publish the record %s TXT "
                          "\"%s\" and add the domain again",
                          ownership_challenge_name(c->arena, domain),
                          ownership_challenge(c->arena, t->customer.uid, domain));
}

void ownership_begin(const struct call *c, bool proven, struct domain *d)
{
    if (ownership_is_free(c->config->free_domains, c->config->free_domain_count, d->name)) {
        d->ownership = OWNERSHIP_PLATFORM;
    } else if (proven) {
        d->ownership = OWNERSHIP_PROVEN;
        d->proof = "txt";
        d->proven_ms = clock_wall_ms();
    }
}

/* --- answers --- */

const char *ownership_etag(struct call *c, const struct domain *d)
{
    return arena_printf(c->arena, "\"%lld-%lld\"", (long long)d->created_ms, (long long)d->version);
}

int ownership_answer(struct change *ch, const struct domain *d, struct error *err)
{
    struct present_seen seen = { 0 };

    if (present_see(ch->call, d->customer, &seen, err) < 0)
        return -1;
    json_object_set(ch->answer, "domain", present_domain(ch->call, d, &seen, false));
    ch->customer = d->customer;
    ch->subject = d->name;
    ch->etag = ownership_etag(ch->call, d);
    return 0;
}

/* --- changes of one domain --- */

struct ownership_input {
    bool dnssec, force, mail, has_dnssec, has_mail;
};

int ownership_load_to_change(struct change *ch, struct tenant *ret_tenant, struct domain *ret, struct error *err)
{
    struct call *c = ch->call;
    struct tenant t;
    struct domain d;

    if (store_domain_get(c->store, c->arena, c->segment, &d, err) < 0 || change_load(ch, d.customer, &t, err) < 0 ||
        change_check_open(&t.customer, err) < 0)
        return -1;
    const struct domain *now = tenant_domain_of(&t, d.name); /* as the transaction sees it */
    if (!now || !str_eq(now->name, d.name))
        return error_set(err, ERROR_NOT_FOUND, "there is no domain '%s'", d.name);
    if (call_if_match(c, ownership_etag(c, now), err) < 0)
        return -1;
    *ret = *now;
    *ret_tenant = t;
    return 0;
}

static int load_to_change(struct change *ch, struct domain *ret, struct error *err)
{
    struct tenant t;

    return ownership_load_to_change(ch, &t, ret, err);
}

static int write_back(struct change *ch, const struct domain *d, struct error *err)
{
    struct tenant t;

    if (store_domain_update(ch->tx, d, err) < 0 || change_load(ch, d->customer, &t, err) < 0)
        return -1;
    const struct domain *stored = tenant_domain_of(&t, d->name);
    return ownership_answer(ch, stored ? stored : d, err);
}

static int apply_verify(struct change *ch, struct error *err)
{
    struct domain d;

    if (load_to_change(ch, &d, err) < 0)
        return -1;
    d.check_ms = 0; /* looked at by the pass that follows */
    return write_back(ch, &d, err);
}

static int apply_confirm(struct change *ch, struct error *err)
{
    struct domain d;

    if (load_to_change(ch, &d, err) < 0)
        return -1;
    if (d.ownership != OWNERSHIP_PENDING)
        return error_set(err, ERROR_CONFLICT, "the domain '%s' is %s already; there is nothing to confirm", d.name,
                         ownership_name(d.ownership));
    d.ownership = OWNERSHIP_PROVEN;
    d.proof = "admin";
    d.proven_ms = clock_wall_ms();
    return write_back(ch, &d, err);
}

int domains_verify(struct call *c, struct error *err)
{
    static const struct json_field fields[] = {
        { "force", JSON_KIND_BOOL, false, offsetof(struct ownership_input, force), JSON_NO_HAS, 0, 0 },
    };
    struct ownership_input in = { 0 };
    json_t *body;

    if (call_body(c, false, &body, err) < 0 || json_read(c->arena, body, fields, 1, &in, err) < 0)
        return -1;
    if (!in.force)
        return change_run(c, "domain.verify", apply_verify, &in, err);
    if (c->role != USER_ADMIN)
        return error_set(err, ERROR_FORBIDDEN, "only an admin confirms a domain without a proof");
    return change_run(c, "domain.confirm", apply_confirm, &in, err);
}

/* Without mail the servers forget the domain's mailboxes, and what is in them. */
static int check_mail(struct call *c, const struct domain *d, bool on, struct error *err)
{
    if (on)
        return address_check_servers(c, "/mail", err);
    if (d->mailbox_count)
        return input_conflict(err, "/mail", "the domain has %s, whose mail would be lost; delete what is in it first",
                              text_count(c->arena, (int64_t)d->mailbox_count, "mailbox"));
    return 0;
}

static int apply_update(struct change *ch, struct error *err)
{
    const struct ownership_input *in = ch->input;
    struct domain d;

    if (load_to_change(ch, &d, err) < 0)
        return -1;
    if (in->has_mail && check_mail(ch->call, &d, in->mail, err) < 0)
        return -1;
    d.mail = in->has_mail ? in->mail : d.mail;
    if (in->has_dnssec)
        d.dnssec = in->dnssec ? DNSSEC_ON : in->force ? DNSSEC_OFF_AT_ONCE : DNSSEC_OFF;
    return write_back(ch, &d, err);
}

int domains_update(struct call *c, struct error *err)
{
    static const struct json_field fields[] = {
        { "dnssec", JSON_KIND_BOOL, false, offsetof(struct ownership_input, dnssec),
          offsetof(struct ownership_input, has_dnssec), 0, 0 },
        { "force", JSON_KIND_BOOL, false, offsetof(struct ownership_input, force), JSON_NO_HAS, 0, 0 },
        { "mail", JSON_KIND_BOOL, false, offsetof(struct ownership_input, mail),
          offsetof(struct ownership_input, has_mail), 0, 0 },
    };
    struct ownership_input in = { 0 };
    json_t *body;

    if (call_body(c, true, &body, err) < 0 || json_read(c->arena, body, fields, 3, &in, err) < 0)
        return -1;
    if (!in.has_dnssec && !in.has_mail)
        return error_field(err, "", "must say what is to change: dnssec or mail");
    if (in.force && (in.dnssec || !in.has_dnssec))
        return error_field(err, "/force",
                           "goes with dnssec false alone: it ends the signing while the parent has a DS");
    return change_run(c, "domain.update", apply_update, &in, err);
}
