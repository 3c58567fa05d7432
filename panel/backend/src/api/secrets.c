/* The keys that secrets are encrypted with: which are in use, and giving every secret the newest. No answer has a key or a
 * secret in it. */
#include "api/change.h"
#include "api/handlers.h"
#include "api/text.h"
#include "base/str.h"

static json_t *faults_json(const struct secret_report *r)
{
    json_t *list = json_array();

    for (size_t i = 0; i < r->fault_count; i++) {
        json_t *o = json_object();
        text_put(o, "kind", r->faults[i].kind);
        text_put(o, "owner", r->faults[i].owner);
        text_put(o, "key", r->faults[i].key);
        text_put(o, "reason", r->faults[i].reason);
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *keys_json(const struct secret_report *r)
{
    json_t *list = json_array();

    for (size_t i = 0; i < r->key_count; i++) {
        const struct secret_key *k = &r->keys[i];
        json_t *o = json_object();
        text_put(o, "id", k->id);
        text_put(o, "state", !k->present ? "missing" : str_eq(k->id, r->newest) ? "newest" : "older");
        text_put_int(o, "secrets", k->secrets);
        json_array_append_new(list, o);
    }
    return list;
}

static void put_report(json_t *o, const struct secret_report *r)
{
    text_put_int(o, "total", r->total);
    text_put_int(o, "unreadable", r->unreadable);
    json_object_set_new(o, "items", keys_json(r));
    json_object_set_new(o, "faults", faults_json(r));
}

int secrets_get(struct call *c, struct error *err)
{
    json_t *o = json_own(c->arena, json_object());
    struct secret_report r;

    if (store_secret_report(c->store, c->arena, &r, err) < 0)
        return -1;
    put_report(o, &r);
    text_put_int(o, "toRotate", r.rotated);
    return call_answer(c, 200, o);
}

static int apply_rotate(struct change *ch, struct error *err)
{
    struct secret_report r;

    if (store_secret_rotate(ch->tx, ch->call->arena, &r, err) < 0)
        return -1;
    ch->subject = r.newest;
    put_report(ch->answer, &r);
    text_put_int(ch->answer, "rotated", r.rotated);
    return 0;
}

/* The same work, rolled back. */
static int answer_dry(struct call *c, struct error *err)
{
    CLEANUP(store_rollbackp) struct store_tx *tx = NULL;
    json_t *o = json_own(c->arena, json_object());
    struct secret_report r;

    if (store_begin(c->store, &tx, err) < 0 || store_secret_rotate(tx, c->arena, &r, err) < 0)
        return -1;
    put_report(o, &r);
    text_put_int(o, "rotated", r.rotated);
    return call_answer(c, 200, o);
}

int secrets_rotate(struct call *c, struct error *err)
{
    bool dry = false;
    json_t *body;

    if (call_query_bool(c, "dryRun", &dry, err) < 0 || call_body(c, false, &body, err) < 0 ||
        json_read(c->arena, body, NULL, 0, NULL, err) < 0)
        return -1;
    return dry ? answer_dry(c, err) : change_run_at_once(c, "secrets.rotate", apply_rotate, NULL, err);
}
