/* The RRsets that a customer asks for in a zone: read, written and deleted, each by its name and type. */
#include <string.h>

#include "api/change.h"
#include "api/handlers.h"
#include "api/input.h"
#include "api/text.h"
#include "base/str.h"
#include "model/record.h"

struct place {
    struct tenant tenant;
    struct domain *domain;
    const char *name, *type;
};

struct record_input {
    int64_t ttl;
    const json_t *values; /* an array */
};

static json_t *present_record(struct call *c, const struct record_set *set)
{
    json_t *o = json_own(c->arena, json_object()), *values = json_array();

    for (size_t i = 0; i < set->value_count; i++)
        json_array_append_new(values, json_string(set->values[i]));
    text_put(o, "name", set->name);
    text_put(o, "type", set->type);
    text_put_int(o, "ttl", set->ttl);
    json_object_set_new(o, "values", values);
    return o;
}

static struct domain *domain_of(const struct tenant *t, const char *name)
{
    for (size_t i = 0; i < t->domain_count; i++)
        if (str_eq(t->domains[i].name, name))
            return &t->domains[i];
    return NULL;
}

/* The path's domain, name and type, with all of its customer as tx sees it (NULL: as it is). */
static int find_place(struct call *c, struct store_tx *tx, struct place *ret, struct error *err)
{
    struct domain d;
    struct place p;

    if (store_domain_get(c->store, c->arena, c->segment, &d, err) < 0 ||
        store_tenant_load(c->store, tx, c->arena, d.customer, &p.tenant, err) < 0)
        return -1;
    p.domain = domain_of(&p.tenant, d.name);
    if (!p.domain)
        return error_set(err, ERROR_NOT_FOUND, "there is no domain '%s'", d.name);
    if (record_type(c->arena, c->segments[2], "/type", &p.type, err) < 0 ||
        record_name(c->arena, c->segments[1], p.type, d.name, NULL, "/name", &p.name, err) < 0)
        return -1;
    *ret = p;
    return 0;
}

static int not_there(const struct place *p, struct error *err)
{
    return error_set(err, ERROR_NOT_FOUND, "there is no RRset %s %s of the customer's", p->name, p->type);
}

int records_get(struct call *c, struct error *err)
{
    struct place p;

    if (find_place(c, NULL, &p, err) < 0)
        return -1;
    const struct record_set *set = record_find(p.domain, p.name, p.type);
    if (!set)
        return not_there(&p, err);
    httpd_add_header(c->req, "ETag", call_etag(c, set->version));
    return call_answer(c, 200, present_record(c, set));
}

/* If-Match is of the RRset that is there; one that is not there has no version that could be meant. */
static int check_match(struct call *c, const struct record_set *old, struct error *err)
{
    if (old)
        return call_if_match(c, call_etag(c, old->version), err);
    return httpd_header(c->req, "If-Match") ? error_set(err, ERROR_STALE, "there is no such RRset now") : 0;
}

static int answer_record(struct change *ch, const struct place *p, const struct record_set *set)
{
    ch->customer = p->tenant.customer.id;
    ch->subject = p->domain->name;
    json_object_set(ch->answer, "record", present_record(ch->call, set));
    return 0;
}

/* --- writing --- */

static int read_values(struct call *c, const struct record_input *in, struct record_set *set, struct error *err)
{
    size_t count = json_array_size(in->values);

    if (count == 0 || count > RECORD_VALUES_MAX)
        return error_field(err, "/values", "must hold 1 to %d values", RECORD_VALUES_MAX);
    set->values = arena_array(c->arena, count, sizeof set->values[0]);
    for (size_t i = 0; i < count; i++) {
        const char *pointer = arena_printf(c->arena, "/values/%zu", i);
        const json_t *item = json_array_get(in->values, i);
        if (!json_is_string(item))
            error_field(err, pointer, "must be a string");
        else
            (void)!record_value(c->arena, set->type, json_string_value(item), NULL, pointer, &set->values[i], err);
    }
    set->value_count = count;
    return err->code == ERROR_NONE ? 0 : -1;
}

static int apply_put(struct change *ch, struct error *err)
{
    struct call *c = ch->call;
    const struct record_input *in = ch->input;
    struct place p;

    if (find_place(c, ch->tx, &p, err) < 0 || change_check_open(&p.tenant.customer, err) < 0)
        return -1;
    struct record_set set = { .name = p.name, .type = p.type, .ttl = in->ttl };
    if (read_values(c, in, &set, err) < 0 || record_set_check(&set, p.domain->name, err) < 0 ||
        check_match(c, record_find(p.domain, p.name, p.type), err) < 0 ||
        record_check_beside(c->arena, &p.tenant, p.domain, &set, err) < 0 ||
        store_record_put(ch->tx, p.tenant.customer.id, p.domain->name, &set, 1, err) < 0)
        return -1;
    ch->etag = call_etag(c, p.tenant.customer.generation + 1);
    return answer_record(ch, &p, &set);
}

int records_put(struct call *c, struct error *err)
{
    static const struct json_field fields[] = {
        { "ttl", JSON_KIND_INT, false, offsetof(struct record_input, ttl), JSON_NO_HAS, RECORD_TTL_MIN,
          RECORD_TTL_MAX },
        { "values", JSON_KIND_ANY, true, offsetof(struct record_input, values), JSON_NO_HAS, 0, 0 },
    };
    struct record_input in = { .ttl = RECORD_TTL_DEFAULT };
    json_t *body;

    if (call_body(c, true, &body, err) < 0 || json_read(c->arena, body, fields, 2, &in, err) < 0)
        return -1;
    if (!json_is_array(in.values))
        return error_field(err, "/values", "must be an array of strings");
    return change_run(c, "domain.set-record", apply_put, &in, err);
}

/* --- deleting --- */

static int apply_delete(struct change *ch, struct error *err)
{
    struct call *c = ch->call;
    struct place p;

    if (find_place(c, ch->tx, &p, err) < 0 || change_check_open(&p.tenant.customer, err) < 0)
        return -1;
    const struct record_set *old = record_find(p.domain, p.name, p.type);
    const char *keeper = record_kept_by(c->arena, &p.tenant, p.domain, p.name, p.type);
    if (!old && keeper)
        return input_conflict(err, "/name", "%s of this name is kept by %s, and cannot be deleted", p.type, keeper);
    if (!old)
        return not_there(&p, err);
    if (check_match(c, old, err) < 0 ||
        store_record_delete(ch->tx, p.tenant.customer.id, p.domain->name, p.name, p.type, err) < 0)
        return -1;
    return answer_record(ch, &p, old);
}

int records_delete(struct call *c, struct error *err)
{
    return change_run(c, "domain.delete-record", apply_delete, NULL, err);
}
