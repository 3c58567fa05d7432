/* Releases: see release.h. The states of a release: uploaded or kept (a helper pod must run) -> current, or failed. */
#include "reconcile/release.h"

#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "base/id.h"
#include "base/json.h"
#include "base/str.h"
#include "provider/address.h"
#include "reconcile/objects.h"
#include "reconcile/seen.h"

enum { EXTRA_VALUES = 4 };

char *release_token(struct arena *a, const char *fetch_key, const char *release)
{
    return id_hash_token(a, arena_printf(a, "%s %s", fetch_key, release));
}

static const char *clear_name(const struct step_ctx *ctx, const char *site)
{
    return arena_printf(ctx->arena, "clear-%s", site);
}

/* Helper pods reach nothing but the internal listener, no DNS either: they are given its address as a number. It is asked for
 * each time, since names may not resolve yet while a node starts. */
static int internal_url(const struct step_ctx *ctx, const char **ret, struct error *err)
{
    const char *url = ctx->planes->settings->internal_url, *host = strstr(url, "://"), *port;
    struct addrinfo *ai;
    char ip[NI_MAXHOST];

    if (!host)
        return error_set(err, ERROR_INTERNAL, "BERTH_INTERNAL_URL is no URL");
    if (address_resolve(ctx->arena, host + 3, SOCK_STREAM, &ai, &port, err) < 0)
        return error_context(err, "the internal listener");
    int rc = getnameinfo(ai->ai_addr, ai->ai_addrlen, ip, sizeof ip, NULL, 0, NI_NUMERICHOST);
    freeaddrinfo(ai);
    if (rc != 0)
        return error_set(err, ERROR_UNAVAILABLE, "the internal listener: %s", gai_strerror(rc));
    *ret = arena_printf(ctx->arena, "http://%s:%s", ip, port);
    return 0;
}

/* The helper pod of a release, or, when r is NULL, the one that removes the files of a site that is gone. */
static int render_pod(struct step_ctx *ctx, const struct site *site, const struct release *r, json_t **ret,
                      struct error *err)
{
    const struct planes *p = ctx->planes;
    size_t n;
    struct placeholder *v = object_values(ctx, site, EXTRA_VALUES, &n);
    const char *id = r ? r->id : site->id, *listener;

    if (internal_url(ctx, &listener, err) < 0)
        return -1;
    v[n++] = (struct placeholder){ .name = "RELEASE_URL",
                                   .text = arena_printf(ctx->arena, "%s/spool/%s", listener, id) };
    v[n++] = (struct placeholder){ .name = "RELEASE_TOKEN",
                                   .text = r ? release_token(ctx->arena, p->fetch_key, id) : "" };
    v[n++] = (struct placeholder){ .name = "RELEASE_ID", .text = id };
    v[n++] = (struct placeholder){ .name = "RELEASE_SHA256", .text = r ? r->sha256 : "" };
    if (template_fill(p->templates, ctx->arena, "helper-pod", v, n, ret, err) < 0)
        return -1;
    if (!r) {
        json_object_set_new(json_at(*ret, "/metadata"), "name", json_string(clear_name(ctx, site->id)));
        json_object_set_new(json_at(*ret, "/spec/containers/0"), "args", json_pack("[s]", "--clear"));
    }
    return 0;
}

static enum step_result start_pod(struct step_ctx *ctx, const struct site *site, const struct release *r,
                                  struct error *err)
{
    json_t *want, *have;

    if (render_pod(ctx, site, r, &want, err) < 0)
        return STEP_FAILED;
    if (kube_create(ctx->planes->kube, ctx->arena, KUBE_POD, object_namespace(ctx), want, &have, err) < 0 &&
        err->code != ERROR_CONFLICT)
        return STEP_FAILED;
    *err = ERROR_INIT;
    /* Until the watch has it, this answer is what is known of it. */
    seen_note(ctx->planes->seen, KUBE_POD,
              seen_key(KUBE_POD, object_namespace(ctx), json_str_at(want, "/metadata/name")), 0, 0, false);
    if (!r)
        return step_watch(ctx, "the files of site %s are being removed", site->id);
    if (store_release_state(ctx->planes->store, ctx->lease, r->id, RELEASE_DEPLOYING, "", err) < 0)
        return STEP_FAILED;
    return step_watch(ctx, "release %s of site %s is being unpacked", r->id, site->id);
}

static enum step_result forget_pod(struct step_ctx *ctx, const char *pod, const json_t *have, struct error *err)
{
    if (kube_delete(ctx->planes->kube, ctx->arena, KUBE_POD, object_namespace(ctx), pod, have, err) < 0 &&
        err->code != ERROR_NOT_FOUND) {
        if (err->code == ERROR_STALE)
            return step_wait(ctx, "the helper pod has just changed; it is read again");
        return STEP_FAILED;
    }
    *err = ERROR_INIT;
    return STEP_DONE;
}

/* The pod goes first, the state second: a crash between runs the helper once more, which changes nothing. */
static enum step_result finish(struct step_ctx *ctx, const struct release *r, const json_t *have,
                               enum release_state state, const char *message, struct error *err)
{
    const char *pod = arena_printf(ctx->arena, "deploy-%s", r->id);
    const bool good = state == RELEASE_CURRENT;
    const struct event event = {
        .customer = ctx->tenant->customer.id,
        .type = good ? "Normal" : "Warning",
        .reason = good ? "Deployed" : "DeployFailed",
        .object = arena_printf(ctx->arena, "site/%s", r->site),
        .message = good ? arena_printf(ctx->arena, "release %s is served", r->id)
                        : arena_printf(ctx->arena, "release %s: %s", r->id, message),
    };

    enum step_result gone = forget_pod(ctx, pod, have, err);
    if (gone != STEP_DONE)
        return gone;
    return store_release_end(ctx->planes->store, ctx->lease, r->id, state, message, &event, err) < 0 ? STEP_FAILED
                                                                                                     : STEP_DONE;
}

/* What a helper pod is at, in words: its phase, and what its last try said when that failed. */
static const char *pod_words(struct step_ctx *ctx, const json_t *pod)
{
    const char *phase = json_str_at(pod, "/status/phase");
    const char *why = json_str_at(pod, "/status/containerStatuses/0/lastState/terminated/message");

    phase = phase ? phase : "starting";
    return str_empty(why) ? phase
                          : arena_printf(ctx->arena, "%s; the last try said: %.160s", phase, str_trim(ctx->arena, why));
}

static enum step_result look_at_pod(struct step_ctx *ctx, const struct site *site, const struct release *r,
                                    struct error *err)
{
    const char *pod = arena_printf(ctx->arena, "deploy-%s", r->id);
    json_t *have;

    if (kube_get(ctx->planes->kube, ctx->arena, KUBE_POD, object_namespace(ctx), pod, &have, err) < 0) {
        if (err->code != ERROR_NOT_FOUND)
            return STEP_FAILED;
        *err = ERROR_INIT;
        return start_pod(ctx, site, r, err);
    }
    const char *phase = json_str_at(have, "/status/phase");
    const json_t *status = json_at(have, "/status/containerStatuses/0");
    int64_t code = json_int_at(status, "/state/terminated/exitCode",
                               json_int_at(status, "/lastState/terminated/exitCode", 0));
    const char *why = json_str_at(status, "/state/terminated/message");
    why = why ? why : json_str_at(status, "/lastState/terminated/message");
    if (json_at(have, "/metadata/deletionTimestamp"))
        return step_watch(ctx, "an earlier helper pod is ending");
    if (str_eq(phase, "Succeeded"))
        return finish(ctx, r, have, RELEASE_CURRENT, "", err);
    if (str_eq(phase, "Failed") || code == HELPER_BAD_ARCHIVE) {
        const char *message = arena_printf(
            ctx->arena, "%.400s", str_empty(why) ? "the helper pod did not end in time" : str_trim(ctx->arena, why));
        return finish(ctx, r, have, RELEASE_FAILED, message, err);
    }
    return step_watch(ctx, "release %s of site %s is being unpacked (%s)", r->id, site->id, pod_words(ctx, have));
}

/* A newer release takes over: the pods of older ones that are still under way are gone before it starts, so that none of
 * them switches the site back. */
static enum step_result retire_others(struct step_ctx *ctx, const struct site *site, const struct release *r,
                                      struct error *err)
{
    struct release *list;
    size_t count;

    if (store_release_list(ctx->planes->store, ctx->arena, site->id, &list, &count, err) < 0)
        return STEP_FAILED;
    for (size_t i = 0; i < count; i++) {
        if (list[i].state != RELEASE_DEPLOYING || str_eq(list[i].id, r->id))
            continue;
        enum step_result gone = object_absent(ctx, KUBE_POD, arena_printf(ctx->arena, "deploy-%s", list[i].id), err);
        if (gone != STEP_DONE)
            return gone;
        if (store_release_state(ctx->planes->store, ctx->lease, list[i].id, RELEASE_FAILED,
                                "a newer release took its place", err) < 0)
            return STEP_FAILED;
    }
    return STEP_DONE;
}

enum step_result release_ensure(struct step_ctx *ctx, const struct site *site, struct error *err)
{
    struct release r;

    if (str_empty(site->release))
        return STEP_DONE;
    if (store_release_get(ctx->planes->store, ctx->arena, site->release, &r, err) < 0) {
        if (err->code != ERROR_NOT_FOUND || !ctx->dry)
            return STEP_FAILED;
        *err = ERROR_INIT; /* a dry run of a deploy: the release would be made */
        r = (struct release){ .id = site->release, .site = site->id, .state = RELEASE_UPLOADED };
    }
    if (r.state == RELEASE_CURRENT || r.state == RELEASE_FAILED)
        return STEP_DONE;
    if (ctx->dry) {
        step_change(ctx, "kubernetes", "create",
                    arena_printf(ctx->arena, "%s/Pod/deploy-%s", object_namespace(ctx), r.id), NULL, 0);
        return STEP_DONE;
    }
    enum step_result retired = retire_others(ctx, site, &r, err);
    return retired == STEP_DONE ? look_at_pod(ctx, site, &r, err) : retired;
}

enum step_result release_clear(struct step_ctx *ctx, const char *site_id, struct error *err)
{
    const char *pod = clear_name(ctx, site_id);
    const struct site site = { .id = site_id };
    json_t *have;

    if (ctx->dry) {
        step_change(ctx, "kubernetes", "create", arena_printf(ctx->arena, "%s/Pod/%s", object_namespace(ctx), pod),
                    NULL, 0);
        return STEP_DONE;
    }
    if (kube_get(ctx->planes->kube, ctx->arena, KUBE_POD, object_namespace(ctx), pod, &have, err) < 0) {
        if (err->code != ERROR_NOT_FOUND)
            return STEP_FAILED;
        *err = ERROR_INIT;
        return start_pod(ctx, &site, NULL, err);
    }
    const char *phase = json_str_at(have, "/status/phase");
    if (str_eq(phase, "Succeeded"))
        return forget_pod(ctx, pod, have, err);
    /* It is tried again: what cannot be removed now (the node is away, say) can be later. */
    enum step_result gone = str_eq(phase, "Failed") ? forget_pod(ctx, pod, have, err) : STEP_DONE;
    if (gone != STEP_DONE)
        return gone;
    return step_watch(ctx, "the files of site %s are being removed (%s)", site_id, pod_words(ctx, have));
}
