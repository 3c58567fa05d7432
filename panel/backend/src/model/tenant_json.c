/* A tenant as JSON: see tenant_json.h. */
#include "model/tenant_json.h"

#include "base/json.h"
#include "base/str.h"

static const char *text_at(const json_t *json, const char *pointer)
{
    const char *s = json_str_at(json, pointer);
    return s ? s : "";
}

static json_t *strings_json(const char *const *strings, size_t count)
{
    json_t *out = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(out, json_string(strings[i]));
    return out;
}

static json_t *site_json(const struct site *s)
{
    return json_pack("{s:s, s:s, s:s, s:I, s:I, s:s, s:s, s:I, s:o}", "id", s->id, "customer", s->customer, "runtime",
                     s->runtime, "replicas", (json_int_t)s->replicas, "generation", (json_int_t)s->generation,
                     "release", s->release, "sha256", s->release_sha256, "size", (json_int_t)s->release_size,
                     "hostnames", strings_json(s->hostnames, s->hostname_count));
}

static json_t *record_json(const struct record_set *r)
{
    return json_pack("{s:s, s:s, s:I, s:o}", "name", r->name, "type", r->type, "ttl", (json_int_t)r->ttl, "values",
                     strings_json(r->values, r->value_count));
}

static json_t *mailbox_json(const struct mailbox *m)
{
    const struct auto_reply *r = &m->reply;

    return json_pack("{s:s, s:s, s:s, s:I, s:b, s:b, s:o, s:b, s:s, s:s, s:I, s:I, s:I}", "local", m->local, "name",
                     m->name, "password", m->password, "quota", (json_int_t)m->quota, "active", (int)m->active, "keep",
                     (int)m->keep, "forwards", strings_json(m->forwards, m->forward_count), "reply", (int)r->on,
                     "subject", r->subject, "text", r->text, "from", (json_int_t)r->from_ms, "until",
                     (json_int_t)r->until_ms, "created", (json_int_t)m->created_ms);
}

static json_t *alias_json(const struct mail_alias *m)
{
    return json_pack("{s:s, s:o}", "local", m->local, "targets", strings_json(m->targets, m->target_count));
}

static json_t *dkim_key_json(const struct dkim_key *k)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I}", "selector", k->selector, "algorithm",
                     dkim_algorithm_name(k->algorithm), "state", dkim_state_name(k->state), "public", k->public_key,
                     "created", (json_int_t)k->created_ms, "published", (json_int_t)k->published_ms, "signing",
                     (json_int_t)k->signing_ms, "retired", (json_int_t)k->retired_ms);
}

static json_t *domain_json(const struct domain *d)
{
    json_t *records = json_array(), *mailboxes = json_array(), *aliases = json_array(), *dkim_keys = json_array();

    for (size_t i = 0; i < d->record_count; i++)
        json_array_append_new(records, record_json(&d->records[i]));
    for (size_t i = 0; i < d->mailbox_count; i++)
        json_array_append_new(mailboxes, mailbox_json(&d->mailboxes[i]));
    for (size_t i = 0; i < d->alias_count; i++)
        json_array_append_new(aliases, alias_json(&d->aliases[i]));
    for (size_t i = 0; i < d->dkim_key_count; i++)
        json_array_append_new(dkim_keys, dkim_key_json(&d->dkim_keys[i]));
    return json_pack("{s:s, s:s, s:i, s:s, s:o, s:b, s:o, s:o, s:o, s:I}", "name", d->name, "ownership",
                     ownership_name(d->ownership), "dnssec", (int)d->dnssec, "dnskey", d->dnskey ? d->dnskey : "",
                     "records", records, "mail", (int)d->mail, "mailboxes", mailboxes, "aliases", aliases, "dkimKeys",
                     dkim_keys, "dkimRotate", (json_int_t)d->dkim_rotate_ms);
}

json_t *tenant_to_json(struct arena *a, const struct tenant *t)
{
    const struct customer *c = &t->customer;
    const struct plan *p = &t->plan;
    json_t *sites = json_array(), *domains = json_array();

    for (size_t i = 0; i < t->site_count; i++)
        json_array_append_new(sites, site_json(&t->sites[i]));
    for (size_t i = 0; i < t->domain_count; i++)
        json_array_append_new(domains, domain_json(&t->domains[i]));
    json_t *customer = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I}", "id", c->id, "uid", c->uid, "name", c->name,
                                 "plan", c->plan, "state", customer_state_name(c->state), "spamJunk",
                                 (json_int_t)c->spam.junk, "spamReject", (json_int_t)c->spam.reject);
    json_t *plan = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I}", "id", p->id, "cpu", p->cpu, "memory",
                             p->memory, "storage", p->storage, "volumes", (json_int_t)p->volumes, "sites",
                             (json_int_t)p->sites, "domains", (json_int_t)p->domains, "mailboxes",
                             (json_int_t)p->mailboxes);
    return json_own(
        a, json_pack("{s:o, s:o, s:o, s:o}", "customer", customer, "plan", plan, "sites", sites, "domains", domains));
}

/* The strings of an array, counted. */
static const char **strings_from(struct arena *a, const json_t *list, size_t *ret_count)
{
    const char **out = arena_array(a, json_array_size(list) + 1, sizeof *out);

    *ret_count = 0;
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_is_string(json_array_get(list, i)))
            out[(*ret_count)++] = json_string_value(json_array_get(list, i));
    return out;
}

static void site_from(struct arena *a, const json_t *json, struct site *s)
{
    const json_t *hostnames = json_object_get(json, "hostnames");

    *s = (struct site){ .id = text_at(json, "/id"),
                        .customer = text_at(json, "/customer"),
                        .runtime = text_at(json, "/runtime"),
                        .release = text_at(json, "/release"),
                        .release_sha256 = text_at(json, "/sha256") };
    s->replicas = json_int_at(json, "/replicas", 1);
    s->generation = json_int_at(json, "/generation", 0);
    s->release_size = json_int_at(json, "/size", 0);
    s->hostnames = strings_from(a, hostnames, &s->hostname_count);
}

static void mail_from(struct arena *a, const json_t *json, struct domain *d)
{
    const json_t *mailboxes = json_object_get(json, "mailboxes"), *aliases = json_object_get(json, "aliases");

    d->mail = json_bool_at(json, "/mail", false);
    d->mailboxes = arena_array(a, json_array_size(mailboxes) + 1, sizeof d->mailboxes[0]);
    for (size_t i = 0; i < json_array_size(mailboxes); i++) {
        const json_t *from = json_array_get(mailboxes, i);
        struct mailbox *m = &d->mailboxes[d->mailbox_count++];
        *m = (struct mailbox){ .domain = d->name, .local = text_at(from, "/local"), .customer = d->customer };
        m->name = text_at(from, "/name");
        m->password = text_at(from, "/password");
        m->quota = json_int_at(from, "/quota", 0);
        m->active = json_bool_at(from, "/active", false);
        m->keep = json_bool_at(from, "/keep", true);
        m->forwards = strings_from(a, json_object_get(from, "forwards"), &m->forward_count);
        m->reply.on = json_bool_at(from, "/reply", false);
        m->reply.subject = text_at(from, "/subject");
        m->reply.text = text_at(from, "/text");
        m->reply.from_ms = json_int_at(from, "/from", 0);
        m->reply.until_ms = json_int_at(from, "/until", 0);
        m->created_ms = json_int_at(from, "/created", 0);
    }
    d->aliases = arena_array(a, json_array_size(aliases) + 1, sizeof d->aliases[0]);
    for (size_t i = 0; i < json_array_size(aliases); i++) {
        const json_t *from = json_array_get(aliases, i);
        struct mail_alias *m = &d->aliases[d->alias_count++];
        *m = (struct mail_alias){ .domain = d->name, .local = text_at(from, "/local"), .customer = d->customer };
        m->targets = strings_from(a, json_object_get(from, "targets"), &m->target_count);
    }
}

static void dkim_from(struct arena *a, const json_t *json, struct domain *d)
{
    const json_t *keys = json_object_get(json, "dkimKeys");

    d->dkim_rotate_ms = json_int_at(json, "/dkimRotate", 0);
    d->dkim_keys = arena_array(a, json_array_size(keys) + 1, sizeof d->dkim_keys[0]);
    for (size_t i = 0; i < json_array_size(keys); i++) {
        const json_t *from = json_array_get(keys, i);
        struct dkim_key *k = &d->dkim_keys[d->dkim_key_count++];
        int algorithm = dkim_algorithm_parse(text_at(from, "/algorithm")),
            state = dkim_state_parse(text_at(from, "/state"));
        *k = (struct dkim_key){ .domain = d->name,
                                .selector = text_at(from, "/selector"),
                                .algorithm = algorithm < 0 ? DKIM_RSA : (enum dkim_algorithm)algorithm,
                                .state = state < 0 ? DKIM_RETIRED : (enum dkim_state)state,
                                .public_key = text_at(from, "/public") };
        k->created_ms = json_int_at(from, "/created", 0);
        k->published_ms = json_int_at(from, "/published", 0);
        k->signing_ms = json_int_at(from, "/signing", 0);
        k->retired_ms = json_int_at(from, "/retired", 0);
    }
}

static void domain_from(struct arena *a, const json_t *json, const char *customer, struct domain *d)
{
    const json_t *records = json_object_get(json, "records");
    int ownership = ownership_parse(text_at(json, "/ownership"));
    int64_t dnssec = json_int_at(json, "/dnssec", DNSSEC_OFF);

    *d = (struct domain){ .name = text_at(json, "/name"),
                          .customer = customer,
                          .customer_uid = "",
                          .ownership = ownership < 0 ? OWNERSHIP_PENDING : (enum ownership)ownership,
                          .proof = "",
                          .delegated = "",
                          .dnssec = dnssec == DNSSEC_ON ? DNSSEC_ON : DNSSEC_OFF,
                          .ds = "",
                          .dnskey = text_at(json, "/dnskey") };
    d->records = arena_array(a, json_array_size(records) + 1, sizeof d->records[0]);
    for (size_t i = 0; i < json_array_size(records); i++) {
        const json_t *from = json_array_get(records, i);
        struct record_set *r = &d->records[d->record_count++];
        *r = (struct record_set){ .name = text_at(from, "/name"), .type = text_at(from, "/type") };
        r->ttl = json_int_at(from, "/ttl", 0);
        r->values = strings_from(a, json_object_get(from, "values"), &r->value_count);
    }
    mail_from(a, json, d);
    dkim_from(a, json, d);
}

int tenant_from_json(struct arena *a, const json_t *json, struct tenant *ret, struct error *err)
{
    const json_t *sites = json_object_get(json, "sites"), *domains = json_object_get(json, "domains");
    int state = customer_state_parse(text_at(json, "/customer/state"));

    if (state < 0 || str_empty(text_at(json, "/customer/id")) || str_empty(text_at(json, "/plan/cpu")))
        return error_set(err, ERROR_INTERNAL, "the snapshot of a dry run is not complete");
    struct tenant t = { .customer = { .id = text_at(json, "/customer/id"),
                                      .uid = text_at(json, "/customer/uid"),
                                      .name = text_at(json, "/customer/name"),
                                      .plan = text_at(json, "/customer/plan"),
                                      .cluster = "",
                                      .suspend_reason = "",
                                      .state = (enum customer_state)state },
                        .plan = { .id = text_at(json, "/plan/id"),
                                  .cpu = text_at(json, "/plan/cpu"),
                                  .memory = text_at(json, "/plan/memory"),
                                  .storage = text_at(json, "/plan/storage") } };
    t.customer.spam.junk = json_int_at(json, "/customer/spamJunk", SPAM_JUNK);
    t.customer.spam.reject = json_int_at(json, "/customer/spamReject", SPAM_REJECT);
    t.plan.volumes = json_int_at(json, "/plan/volumes", 0);
    t.plan.sites = json_int_at(json, "/plan/sites", 0);
    t.plan.domains = json_int_at(json, "/plan/domains", 0);
    t.plan.mailboxes = json_int_at(json, "/plan/mailboxes", 0);
    t.sites = arena_array(a, json_array_size(sites), sizeof t.sites[0]);
    for (size_t i = 0; i < json_array_size(sites); i++)
        site_from(a, json_array_get(sites, i), &t.sites[t.site_count++]);
    t.domains = arena_array(a, json_array_size(domains), sizeof t.domains[0]);
    for (size_t i = 0; i < json_array_size(domains); i++)
        if (json_str_at(json_array_get(domains, i), "/name"))
            domain_from(a, json_array_get(domains, i), t.customer.id, &t.domains[t.domain_count++]);
    *ret = t;
    return 0;
}
