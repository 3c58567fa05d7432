/* Making one Kubernetes object be as it is wanted: see objects.h. */
#include "reconcile/objects.h"

#include <string.h>

#include "base/id.h"
#include "base/json.h"
#include "base/str.h"
#include "model/names.h"
#include "reconcile/compared.h"
#include "reconcile/owned.h"
#include "reconcile/seen.h"

#define POLICY_DENIES                                                                                                  \
    "denied request: " /* what the API server says between a ValidatingAdmissionPolicy and its message */

enum { VALUE_COUNT = 20, HELPER_MILLI = 500, HELPER_MIB = 256, OBJECTS_SPARE = 3, VOLUME_GIB = 5 };

const char *object_namespace(const struct step_ctx *ctx)
{
    return arena_printf(ctx->arena, "cust-%s", ctx->tenant->customer.id);
}

static void add(struct placeholder *values, size_t *n, const char *name, const char *text)
{
    values[(*n)++] = (struct placeholder){ .name = name, .text = text ? text : "" };
}

/* The plan's amounts are sums of requests; limits are twice that, and one helper pod has room beside. */
static void add_plan(const struct step_ctx *ctx, struct placeholder *values, size_t *n)
{
    struct arena *a = ctx->arena;
    const struct plan *p = &ctx->tenant->plan;
    int64_t cpu = quantity_milli(p->cpu), memory = quantity_milli(p->memory) / 1000, mib = 1LL << 20;
    int64_t volumes = p->volumes < 1 ? 1 : p->volumes;

    add(values, n, "CPU_REQUESTS", quantity_cpu(a, cpu + 50));
    add(values, n, "MEMORY_REQUESTS", quantity_bytes(a, memory + 64 * mib));
    add(values, n, "CPU_LIMITS", quantity_cpu(a, 2 * cpu + HELPER_MILLI));
    add(values, n, "MEMORY_LIMITS", quantity_bytes(a, 2 * memory + HELPER_MIB * mib));
    add(values, n, "STORAGE_TOTAL", p->storage);
    add(values, n, "PVC_COUNT", arena_printf(a, "%lld", (long long)volumes));
    add(values, n, "OBJECT_COUNT", arena_printf(a, "%lld", (long long)(p->sites + OBJECTS_SPARE)));
    add(values, n, "VOLUME_SIZE", arena_printf(a, "%dGi", VOLUME_GIB));
}

struct placeholder *object_values(const struct step_ctx *ctx, const struct site *site, size_t extra, size_t *ret_count)
{
    const struct settings *set = ctx->planes->settings;
    struct placeholder *v = arena_array(ctx->arena, VALUE_COUNT + extra, sizeof *v);
    size_t n = 0;

    add(v, &n, "CUSTOMER_ID", ctx->tenant->customer.id);
    add(v, &n, "CUSTOMER_UID", ctx->tenant->customer.uid);
    add(v, &n, "STORAGE_CLASS", set->storage_class);
    add(v, &n, "HELPER_IMAGE", set->image_helper);
    add_plan(ctx, v, &n);
    if (site) {
        add(v, &n, "SITE_ID", site->id);
        add(v, &n, "IMAGE", set->image_static);
        v[n++] = (struct placeholder){ .name = "REPLICAS",
                                       .is_number = true,
                                       .number = tenant_served(ctx->tenant) ? site->replicas : 0 };
        v[n++] = (struct placeholder){ .name = "DOMAIN", .list = site->hostnames, .list_count = site->hostname_count };
    }
    *ret_count = n;
    return v;
}

static const char *label(const struct step_ctx *ctx, enum kube_kind kind, const char *ns, const char *name)
{
    return ns ? arena_printf(ctx->arena, "%s/%s/%s", ns, kube_kind_name(kind), name)
              : arena_printf(ctx->arena, "%s/%s", kube_kind_name(kind), name);
}

struct target {
    enum kube_kind kind;
    const char *ns, *name, *label;
    uint64_t key, want_hash;
    json_t *want;
};

static enum step_result note(struct step_ctx *ctx, const struct target *t, const json_t *have, bool *ret_ready,
                             struct error *err)
{
    bool ready = object_ready(t->kind, have);
    const char *uid = json_str_at(have, "/metadata/uid");

    /* Before anything is noted: a crash between has the volume looked at again. */
    if (!ctx->dry && t->kind == KUBE_PVC && uid &&
        store_volume_seen(ctx->planes->store, ctx->lease, ctx->tenant->customer.id, uid, err) < 0)
        return STEP_FAILED;
    if (!ctx->dry) {
        uint64_t hash = owned_hash(ctx->arena, have);
        seen_note(ctx->planes->seen, t->kind, t->key, t->want_hash, hash, ready);
        compared_add(ctx, t->key, t->want_hash, hash);
    }
    if (ret_ready)
        *ret_ready = ready;
    return STEP_DONE;
}

/* What was just made takes a moment to reach every part of the API server, grants first of all. */
static enum step_result failed(struct step_ctx *ctx, const struct target *t, struct error *err)
{
    if (err->code == ERROR_FORBIDDEN && strstr(err->message, "User \""))
        return step_wait(ctx, "the permission to write %s is taking effect", t->label);
    if (err->code == ERROR_FORBIDDEN && strstr(err->message, "being terminated"))
        return step_watch(ctx, "the namespace is still being deleted");
    /* The list of hosts that the policy goes by reaches it a moment after it was written. */
    const char *denied = strstr(err->message, POLICY_DENIES);
    if (err->code == ERROR_FORBIDDEN && t->kind == KUBE_INGRESS && denied)
        return step_wait(ctx, "%s is not admitted yet: %s", t->label, denied + strlen(POLICY_DENIES));
    if (err->code == ERROR_NOT_FOUND || err->code == ERROR_STALE)
        return step_wait(ctx, "%s has just changed; it is read again", t->label);
    error_context(err, "%s", t->label);
    return STEP_FAILED;
}

static enum step_result create(struct step_ctx *ctx, const struct target *t, bool *ret_ready, bool *ret_exists,
                               struct error *err)
{
    json_t *have;

    *ret_exists = false;
    if (ctx->dry) {
        step_change(ctx, "kubernetes", "create", t->label, NULL, 0);
        ctx->fresh = ctx->fresh || t->kind == KUBE_NAMESPACE;
        return STEP_DONE;
    }
    if (step_repair_begin(ctx, t->label, "was missing and is made again", err) < 0)
        return STEP_FAILED;
    if (kube_create(ctx->planes->kube, ctx->arena, t->kind, t->ns, t->want, &have, err) == 0)
        return note(ctx, t, have, ret_ready, err);
    /* Perhaps by our own request, whose first answer was lost: what was told stays, unless the object turns out to differ. */
    if (err->code == ERROR_CONFLICT) {
        *ret_exists = true;
        *err = ERROR_INIT;
        return STEP_DONE;
    }
    step_repair_failed(ctx, err);
    return failed(ctx, t, err);
}

static enum step_result replace(struct step_ctx *ctx, const struct target *t, const json_t *have, struct error *err)
{
    if (kube_delete(ctx->planes->kube, ctx->arena, t->kind, t->ns, t->name, have, err) < 0 &&
        err->code != ERROR_NOT_FOUND)
        return failed(ctx, t, err);
    return step_watch(ctx, "%s is made again, since a field of it cannot be changed", t->label);
}

/* A patch that was sent twice, since its first answer was lost on a connection that was kept, is refused the second time though it was
 * made: what it was to make is there then. */
static json_t *made_all_the_same(struct step_ctx *ctx, const struct target *t, const struct error *err)
{
    struct error ignored = ERROR_INIT;
    json_t *have;

    if (err->code != ERROR_STALE ||
        kube_get(ctx->planes->kube, ctx->arena, t->kind, t->ns, t->name, &have, &ignored) < 0)
        return NULL;
    return owned_patch(ctx->arena, t->want, have) ? NULL : have;
}

static enum step_result repair(struct step_ctx *ctx, const struct target *t, const json_t *have, json_t *patch,
                               bool *ret_ready, struct error *err)
{
    size_t count;
    const char **lines = owned_diff(ctx->arena, t->want, have, &count);
    json_t *meta = json_object_get(patch, "metadata"), *now;
    bool tell;

    if (ctx->dry) {
        step_change(ctx, "kubernetes", "update", t->label, lines, count);
        return STEP_DONE;
    }
    if (ctx->repair && !seen_may_repair(ctx->planes->seen, t->key, &tell)) {
        if (tell)
            step_event(
                ctx, "Warning", "Contested", t->label,
                "was changed by somebody else five times within a minute; Berth waits before it repairs it again");
        return step_wait(ctx, "%s is contested: somebody else keeps changing it", t->label);
    }
    if (!meta)
        json_object_set_new(patch, "metadata", meta = json_object());
    json_object_set(meta, "resourceVersion", json_at(have, "/metadata/resourceVersion"));
    json_object_set(meta, "uid", json_at(have, "/metadata/uid"));
    step_repair_untell(ctx, t->label); /* it was not missing */
    const char *told = arena_printf(ctx->arena, "was changed from outside and is put back: %s", count ? lines[0] : "");
    if (step_repair_begin(ctx, t->label, told, err) < 0)
        return STEP_FAILED;
    if (kube_patch(ctx->planes->kube, ctx->arena, t->kind, t->ns, t->name, patch, &now, err) < 0) {
        now = made_all_the_same(ctx, t, err);
        if (now) {
            *err = ERROR_INIT;
            return note(ctx, t, now, ret_ready, err);
        }
        step_repair_failed(ctx, err);
        if (err->code == ERROR_UNPROCESSABLE && kube_kind_replaceable(t->kind))
            return replace(ctx, t, have, err);
        if (ctx->repair)
            seen_repair_failed(ctx->planes->seen, t->key);
        return failed(ctx, t, err);
    }
    return note(ctx, t, now, ret_ready, err);
}

static enum step_result compare(struct step_ctx *ctx, const struct target *t, bool *ret_ready, bool *ret_missing,
                                struct error *err)
{
    json_t *have;

    *ret_missing = ctx->fresh && t->ns;
    if (*ret_missing)
        return STEP_DONE;
    if (kube_get(ctx->planes->kube, ctx->arena, t->kind, t->ns, t->name, &have, err) < 0) {
        if (err->code != ERROR_NOT_FOUND)
            return failed(ctx, t, err);
        *ret_missing = true;
        *err = ERROR_INIT;
        return STEP_DONE;
    }
    if (json_at(have, "/metadata/deletionTimestamp")) {
        if (ctx->dry)
            return STEP_DONE;
        if (ctx->repair && ctx->tenant->customer.ready) /* told once: from now on the customer is not ready */
            step_event(ctx, "Warning", "Deleted", t->label, "is being deleted by somebody else; Berth makes it again");
        return step_watch(ctx, "%s is being deleted and will be made again", t->label);
    }
    json_t *patch = owned_patch(ctx->arena, t->want, have);
    if (patch)
        return repair(ctx, t, have, patch, ret_ready, err);
    return note(ctx, t, have, ret_ready, err);
}

static struct target target_of(const struct step_ctx *ctx, enum kube_kind kind, json_t *want)
{
    const char *text = json_text(ctx->arena, want);
    struct target t = { .kind = kind,
                        .ns = json_str_at(want, "/metadata/namespace"),
                        .name = json_str_at(want, "/metadata/name"),
                        .want = want,
                        .want_hash = id_hash64(text, strlen(text)) };

    t.label = label(ctx, kind, t.ns, t.name);
    t.key = seen_key(kind, t.ns, t.name);
    return t;
}

/* The watch may be behind what another reconciler has just done, so after that the API server is asked. */
static enum seen_state ask(struct step_ctx *ctx, enum kube_kind kind, const struct target *t, bool *ret_ready)
{
    uint64_t have;

    if (ctx->dry || ctx->moved)
        return SEEN_UNKNOWN;
    enum seen_state state = seen_ask(ctx->planes->seen, kind, t->key, t->want_hash, ret_ready, &have);
    if (state == SEEN_DIFFERENT && compared_before(ctx, t->key, t->want_hash, have)) {
        seen_note(ctx->planes->seen, kind, t->key, t->want_hash, have, *ret_ready);
        state = SEEN_SAME;
    }
    if (state == SEEN_SAME)
        compared_add(ctx, t->key, t->want_hash, have);
    return state;
}

enum step_result object_ensure_tree(struct step_ctx *ctx, enum kube_kind kind, json_t *want, bool *ret_ready,
                                    struct error *err)
{
    struct target t = target_of(ctx, kind, want);
    bool ready = false, flip = false;

    enum seen_state state = ask(ctx, kind, &t, &ready);
    if (state == SEEN_SAME) {
        if (ret_ready)
            *ret_ready = ready;
        return STEP_DONE;
    }
    /* What the watch has is compared; what it has not is made at once: the 2xx answer is the observation. */
    enum step_result result;
    if (state == SEEN_ABSENT) {
        result = create(ctx, &t, ret_ready, &flip, err);
        if (flip)
            result = compare(ctx, &t, ret_ready, &flip, err);
    } else {
        result = compare(ctx, &t, ret_ready, &flip, err);
        if (flip)
            result = create(ctx, &t, ret_ready, &flip, err);
    }
    /* Made or deleted by somebody between our two requests: neither was an observation. */
    return flip ? step_wait(ctx, "%s has just changed; it is read again", t.label) : result;
}

enum step_result object_ensure(struct step_ctx *ctx, enum kube_kind kind, const char *template, const struct site *site,
                               bool *ret_ready, struct error *err)
{
    size_t count;
    struct placeholder *values = object_values(ctx, site, 0, &count);
    json_t *want;

    if (template_fill(ctx->planes->templates, ctx->arena, template, values, count, &want, err) < 0)
        return STEP_FAILED;
    return object_ensure_tree(ctx, kind, want, ret_ready, err);
}

enum step_result object_make(struct step_ctx *ctx, enum kube_kind kind, const char *template, bool *ret_made,
                             struct error *err)
{
    size_t count;
    struct placeholder *values = object_values(ctx, NULL, 0, &count);
    struct target t;
    bool ready = false, exists = true;
    json_t *want;

    *ret_made = false;
    if (template_fill(ctx->planes->templates, ctx->arena, template, values, count, &want, err) < 0)
        return STEP_FAILED;
    t = target_of(ctx, kind, want);
    if (ask(ctx, kind, &t, &ready) != SEEN_ABSENT)
        return STEP_DONE;
    enum step_result result = create(ctx, &t, NULL, &exists, err);
    *ret_made = result == STEP_DONE && !exists;
    return result;
}

bool object_settled(const struct step_ctx *ctx, enum kube_kind kind, const json_t *want)
{
    const char *text = json_text(ctx->arena, want);
    uint64_t key = seen_key(kind, json_str_at(want, "/metadata/namespace"), json_str_at(want, "/metadata/name"));
    bool ready;

    return seen_ask(ctx->planes->seen, kind, key, id_hash64(text, strlen(text)), &ready, NULL) == SEEN_SAME;
}

enum step_result object_read(struct step_ctx *ctx, enum kube_kind kind, const char *name, json_t **ret,
                             struct error *err)
{
    const char *ns = object_namespace(ctx);
    struct target t = {
        .kind = kind, .ns = ns, .name = name, .label = label(ctx, kind, ns, name), .key = seen_key(kind, ns, name)
    };
    json_t *have = NULL;
    bool ready;

    if (!ctx->fresh && seen_ask(ctx->planes->seen, kind, t.key, 0, &ready, NULL) != SEEN_ABSENT &&
        kube_get(ctx->planes->kube, ctx->arena, kind, ns, name, &have, err) < 0) {
        if (err->code != ERROR_NOT_FOUND)
            return failed(ctx, &t, err);
        *err = ERROR_INIT;
        have = NULL;
    }
    *ret = have;
    return STEP_DONE;
}

enum step_result object_absent(struct step_ctx *ctx, enum kube_kind kind, const char *name, struct error *err)
{
    const char *ns = object_namespace(ctx);
    struct target t = {
        .kind = kind, .ns = ns, .name = name, .label = label(ctx, kind, ns, name), .key = seen_key(kind, ns, name)
    };
    bool ready;
    json_t *have;

    if (ctx->fresh || ask(ctx, kind, &t, &ready) == SEEN_ABSENT)
        return STEP_DONE;
    if (kube_get(ctx->planes->kube, ctx->arena, kind, ns, name, &have, err) < 0) {
        if (err->code != ERROR_NOT_FOUND)
            return failed(ctx, &t, err);
        *err = ERROR_INIT;
        return STEP_DONE;
    }
    if (ctx->dry) {
        step_change(ctx, "kubernetes", "delete", t.label, NULL, 0);
        return STEP_DONE;
    }
    if (!json_at(have, "/metadata/deletionTimestamp") &&
        kube_delete(ctx->planes->kube, ctx->arena, kind, ns, name, have, err) < 0 && err->code != ERROR_NOT_FOUND)
        return failed(ctx, &t, err);
    return step_watch(ctx, "%s is being deleted", t.label);
}
