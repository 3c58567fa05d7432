/* A tenant as JSON: see tenant_json.h. */
#include "model/tenant_json.h"

#include "base/json.h"
#include "base/str.h"

static const char *text_at(const json_t *json, const char *pointer)
{
    const char *s = json_str_at(json, pointer);
    return s ? s : "";
}

static json_t *site_json(const struct site *s)
{
    json_t *hostnames = json_array();

    for (size_t i = 0; i < s->hostname_count; i++)
        json_array_append_new(hostnames, json_string(s->hostnames[i]));
    return json_pack("{s:s, s:s, s:s, s:I, s:I, s:s, s:s, s:I, s:o}", "id", s->id, "customer", s->customer, "runtime",
                     s->runtime, "replicas", (json_int_t)s->replicas, "generation", (json_int_t)s->generation,
                     "release", s->release, "sha256", s->release_sha256, "size", (json_int_t)s->release_size,
                     "hostnames", hostnames);
}

static json_t *record_json(const struct record_set *r)
{
    json_t *values = json_array();

    for (size_t i = 0; i < r->value_count; i++)
        json_array_append_new(values, json_string(r->values[i]));
    return json_pack("{s:s, s:s, s:I, s:o}", "name", r->name, "type", r->type, "ttl", (json_int_t)r->ttl, "values",
                     values);
}

static json_t *domain_json(const struct domain *d)
{
    json_t *records = json_array();

    for (size_t i = 0; i < d->record_count; i++)
        json_array_append_new(records, record_json(&d->records[i]));
    return json_pack("{s:s, s:s, s:i, s:s, s:o}", "name", d->name, "ownership", ownership_name(d->ownership), "dnssec",
                     (int)d->dnssec, "dnskey", d->dnskey ? d->dnskey : "", "records", records);
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
    json_t *customer = json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", c->id, "uid", c->uid, "name", c->name, "plan",
                                 c->plan, "state", customer_state_name(c->state));
    json_t *plan = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I}", "id", p->id, "cpu", p->cpu, "memory", p->memory,
                             "storage", p->storage, "volumes", (json_int_t)p->volumes, "sites", (json_int_t)p->sites,
                             "domains", (json_int_t)p->domains);
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
    t.plan.volumes = json_int_at(json, "/plan/volumes", 0);
    t.plan.sites = json_int_at(json, "/plan/sites", 0);
    t.plan.domains = json_int_at(json, "/plan/domains", 0);
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
