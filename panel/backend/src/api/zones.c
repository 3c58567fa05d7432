/* A zone as a master file: written out as the name server has it, and read in as what the customer asks for. */
#include <string.h>
#include <strings.h>

#include "api/ask.h"
#include "api/change.h"
#include "api/handlers.h"
#include "api/text.h"
#include "base/str.h"
#include "model/zonefile.h"

/* --- out --- */

static struct record_set set_from(struct arena *a, const json_t *record)
{
    const json_t *values = json_object_get(record, "values");
    const char *name = json_str_at(record, "/name"), *type = json_str_at(record, "/type");
    struct record_set set = { .name = name ? name : "", .type = type ? type : "" };

    set.ttl = json_int_at(record, "/ttl", RECORD_TTL_DEFAULT);
    set.values = arena_array(a, json_array_size(values) + 1, sizeof set.values[0]);
    for (size_t i = 0; i < json_array_size(values); i++) {
        const char *value = json_string_value(json_array_get(values, i));
        if (value)
            set.values[set.value_count++] = value;
    }
    return set;
}

int zones_export(struct call *c, struct error *err)
{
    struct domain d;
    json_t *result;

    if (store_domain_get(c->store, c->arena, c->segment, &d, err) < 0)
        return -1;
    const struct question q = { "records", d.customer, d.name, "" };
    if (ask_reconciler(c, &q, &result, err) < 0)
        return -1;
    const json_t *records = json_object_get(result, "records");
    size_t count = json_array_size(records);
    struct record_set *sets = arena_array(c->arena, count + 1, sizeof *sets);
    for (size_t i = 0; i < count; i++)
        sets[i] = set_from(c->arena, json_array_get(records, i));
    return call_answer_text(c, 200, "text/plain; charset=utf-8", zonefile_print(c->arena, d.name, sets, count));
}

/* --- in --- */

struct import {
    struct zonefile file;
    bool replace;
    /* Filled while it is applied: */
    struct tenant tenant;
    struct domain *domain; /* of the tenant, as it will be */
    struct record_set *write; /* those that differ */
    size_t write_count, same_count, delete_count;
    json_t *skipped;
};

static void skip(struct import *in, const struct record_set *set, const char *why)
{
    json_t *o = json_object();

    text_put(o, "name", set->name);
    text_put(o, "type", set->type);
    text_put(o, "reason", why);
    json_array_append_new(in->skipped, o);
}

static struct record_set *in_file(const struct import *in, const struct record_set *set)
{
    for (size_t i = 0; i < in->file.count; i++)
        if (str_eq(in->file.sets[i].name, set->name) && str_eq(in->file.sets[i].type, set->type))
            return &in->file.sets[i];
    return NULL;
}

/* With mode=replace what the file does not have goes, before anything is compared with it. */
static int drop_others(struct change *ch, struct import *in, struct error *err)
{
    struct domain *d = in->domain;
    size_t kept = 0;

    for (size_t i = 0; i < d->record_count; i++) {
        const struct record_set *set = &d->records[i];
        if (!in->replace || in_file(in, set)) {
            d->records[kept++] = *set;
            continue;
        }
        if (store_record_delete(ch->tx, in->tenant.customer.id, d->name, set->name, set->type, err) < 0)
            return -1;
        in->delete_count++;
    }
    d->record_count = kept;
    return 0;
}

/* A fault of record.c, which knows no file, told with the RRset's name and type. */
static int tell(const struct record_set *set, const struct error *why, struct error *err)
{
    error_field(err, "/zone", "%.120s %s: %.200s", set->name, set->type,
                why->field_count ? why->fields[0].message : why->message);
    if (why->code == ERROR_CONFLICT)
        err->code = ERROR_CONFLICT;
    return -1;
}

/* One RRset of the file: skipped, there already, or to be written. */
static int take(struct call *c, struct import *in, struct record_set *set, struct error *err)
{
    struct domain *d = in->domain;
    const char *keeper = record_kept_by(c->arena, &in->tenant, d, set->name, set->type);
    const struct domain *of = tenant_domain_of(&in->tenant, set->name);
    struct error why = ERROR_INIT;

    if (keeper) {
        skip(in, set, arena_printf(c->arena, "it is kept by %s", keeper));
        return 0;
    }
    if (of && !str_eq(of->name, d->name)) {
        skip(in, set, arena_printf(c->arena, "it lies in the domain '%s'", of->name));
        return 0;
    }
    if (record_set_check(set, d->name, &why) < 0 || record_check_beside(c->arena, &in->tenant, d, set, &why) < 0)
        return tell(set, &why, err);
    struct record_set *old = record_find(d, set->name, set->type);
    if (old && record_same(old, set)) {
        in->same_count++;
        return 0;
    }
    in->write[in->write_count++] = *set;
    if (old)
        *old = *set;
    else
        d->records[d->record_count++] = *set;
    return 0;
}

static int load(struct change *ch, struct import *in, struct error *err)
{
    struct call *c = ch->call;
    struct domain d;

    if (store_domain_get(c->store, c->arena, c->segment, &d, err) < 0 ||
        change_load(ch, d.customer, &in->tenant, err) < 0 || change_check_open(&in->tenant.customer, err) < 0 ||
        call_if_match(c, call_etag(c, d.created_ms), err) < 0) /* the domain's ETag: api/domains.c */
        return -1;
    for (size_t i = 0; i < in->tenant.domain_count; i++)
        if (str_eq(in->tenant.domains[i].name, d.name))
            in->domain = &in->tenant.domains[i];
    if (!in->domain)
        return error_set(err, ERROR_NOT_FOUND, "there is no domain '%s'", d.name);
    struct record_set *all = arena_array(c->arena, in->domain->record_count + in->file.count + 1, sizeof *all);
    for (size_t i = 0; i < in->domain->record_count; i++)
        all[i] = in->domain->records[i];
    in->domain->records = all;
    in->write = arena_array(c->arena, in->file.count + 1, sizeof *in->write);
    return 0;
}

static int apply_import(struct change *ch, struct error *err)
{
    struct call *c = ch->call;
    struct import *in = arena_alloc(c->arena, sizeof *in);

    *in = *(const struct import *)ch->input;
    in->skipped = json_own(c->arena, json_array());
    if (load(ch, in, err) < 0 || drop_others(ch, in, err) < 0)
        return -1;
    for (size_t i = 0; i < in->file.count; i++)
        if (take(c, in, &in->file.sets[i], err) < 0 && err->code != ERROR_CONFLICT && err->code != ERROR_UNPROCESSABLE)
            return -1;
    if (err->code != ERROR_NONE ||
        store_record_put(ch->tx, in->tenant.customer.id, in->domain->name, in->write, in->write_count, err) < 0)
        return -1;
    json_t *o = json_object();
    text_put_int(o, "written", (int64_t)in->write_count);
    text_put_int(o, "deleted", (int64_t)in->delete_count);
    text_put_int(o, "unchanged", (int64_t)in->same_count);
    json_object_set(o, "skipped", in->skipped);
    json_object_set_new(ch->answer, "import", o);
    ch->customer = in->tenant.customer.id;
    ch->subject = in->domain->name;
    return 0;
}

/* text/plain, or text/dns (RFC 4027). */
static int check_type(const struct call *c, struct error *err)
{
    static const char *const types[] = { "text/plain", "text/dns", NULL };
    const char *type = httpd_header(c->req, "Content-Type");

    for (const char *const *t = types; type && *t; t++)
        if (strncasecmp(type, *t, strlen(*t)) == 0 && strchr("; ", type[strlen(*t)]))
            return 0;
    return error_set(err, ERROR_BAD_TYPE, "text/plain or text/dns is needed here");
}

int zones_import(struct call *c, struct error *err)
{
    const char *mode = httpd_query(c->req, "mode");
    struct import in = { 0 };
    struct domain d;
    size_t len;

    if (mode && !str_eq(mode, "merge") && !str_eq(mode, "replace"))
        return call_bad_query(err, "mode", "must be merge or replace");
    in.replace = mode && str_eq(mode, "replace");
    if (store_domain_get(c->store, c->arena, c->segment, &d, err) < 0 || check_type(c, err) < 0)
        return -1;
    const char *text = httpd_body(c->req, &len);
    if (len == 0)
        return error_set(err, ERROR_INVALID, "the body is empty; a zone file is needed");
    if (zonefile_parse(c->arena, text, len, d.name, &in.file, err) < 0)
        return -1;
    return change_run(c, "domain.import", apply_import, &in, err);
}
