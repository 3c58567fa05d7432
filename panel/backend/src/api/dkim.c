/* DKIM keys of a domain: what is public of them, and the wish for new ones. Private halves never leave the reconciler. */
#include "model/dkim.h"

#include "api/change.h"
#include "api/handlers.h"
#include "api/ownership.h"
#include "api/page.h"
#include "api/text.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/str.h"

static json_t *present_key(struct call *c, const struct dkim_key *k)
{
    json_t *o = json_own(c->arena, json_object()), *record = json_object();

    text_put(record, "name", dkim_record_name(c->arena, k));
    text_put(record, "type", "TXT");
    text_put(record, "value", dkim_record_text(c->arena, k));
    text_put(o, "selector", k->selector);
    text_put(o, "algorithm", dkim_algorithm_name(k->algorithm));
    text_put(o, "state", dkim_state_name(k->state));
    text_put_time(o, "createdAt", k->created_ms);
    if (k->published_ms)
        text_put_time(o, "publishedAt", k->published_ms);
    if (k->signing_ms)
        text_put_time(o, "signingAt", k->signing_ms);
    if (k->retired_ms)
        text_put_time(o, "retiredAt", k->retired_ms);
    json_object_set_new(o, "record", record);
    return o;
}

static const char *selector_of(struct arena *a, const json_t *key)
{
    const char *selector = json_str_at(key, "/selector");

    return arena_strdup(a, selector ? selector : "");
}

int dkim_list(struct call *c, struct error *err)
{
    static const char *const sorts[] = { "createdAt", "selector", "state", NULL };
    static const char *const states[] = { "published", "signing", "retired", NULL };
    const char *state;
    struct paging p;
    struct tenant t;
    struct domain d;

    if (call_query_word(c, "state", states, &state, err) < 0 || page_read(c, sorts, "createdAt", &p, err) < 0 ||
        store_domain_get(c->store, c->arena, c->segment, &d, err) < 0 ||
        store_tenant_load(c->store, NULL, c->arena, d.customer, &t, err) < 0)
        return -1;
    const struct domain *now = tenant_domain_of(&t, d.name);
    if (!now || !str_eq(now->name, d.name))
        return error_set(err, ERROR_NOT_FOUND, "there is no domain '%s'", d.name);
    json_t *items = json_own(c->arena, json_array());
    for (size_t i = 0; i < now->dkim_key_count; i++)
        if (!state || str_eq(dkim_state_name(now->dkim_keys[i].state), state))
            json_array_append(items, present_key(c, &now->dkim_keys[i]));
    return page_answer_all(c, &p, sorts, items, selector_of);
}

static int apply_rotate(struct change *ch, struct error *err)
{
    struct tenant t;
    struct domain d;

    if (ownership_load_to_change(ch, &t, &d, err) < 0)
        return -1;
    if (!d.mail)
        return error_set(err, ERROR_CONFLICT,
                         "the domain '%s' has no keys, since its mail is off; switch that on first", d.name);
    d.dkim_rotate_ms = clock_wall_ms();
    return store_domain_update(ch->tx, &d, err) < 0 ? -1 : ownership_answer(ch, &d, err);
}

int dkim_rotate(struct call *c, struct error *err)
{
    json_t *body;
    char nothing = 0;

    if (call_body(c, false, &body, err) < 0 || json_read(c->arena, body, NULL, 0, &nothing, err) < 0)
        return -1;
    return change_run(c, "domain.dkim-rotate", apply_rotate, NULL, err);
}
