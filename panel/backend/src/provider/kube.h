/* Client of the Kubernetes API server (REST, JSON), for the kinds in kinds.def.
 *
 * Error codes: NOT_FOUND (404), CONFLICT (409 AlreadyExists), STALE (409 Conflict: uid or resourceVersion), FORBIDDEN (403,
 * a full quota too), UNPROCESSABLE (422, a fixed field too), GONE (410: a watch must list again), RATE, UNAVAILABLE, TIMEOUT.
 * The message is that of the server's Status object.
 *
 * A server that says Retry-After is left alone for so long: until then each request about the same namespace (or, beside all
 * namespaces, about the same kind) is RATE at once, with retry_after_s, and is not sent. Other namespaces' go on.
 */
#ifndef BERTH_PROVIDER_KUBE_H
#define BERTH_PROVIDER_KUBE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum kube_kind {
#define KIND(e, kind, api, plural, namespaced, replaceable) KUBE_##e,
#include "provider/kinds.def"
#undef KIND
    KUBE_KIND_COUNT
};

const char *kube_kind_name(enum kube_kind kind); /* "Deployment" */
int kube_kind_parse(const char *name); /* -1: none of ours */
bool kube_kind_replaceable(enum kube_kind kind);

struct kube;

/* kubeconfig NULL or "": the pod's own service account. */
int kube_new(const char *kubeconfig, struct kube **ret, struct error *err) WARN_UNUSED;
void kube_free(struct kube *k);
/* The same client for the time of a lease: no request of it is sent, or waited for, after deadline_ms (clock_mono_ms()). It
 * belongs to the arena, is never given to kube_free(), and k must outlive it. */
struct kube *kube_until(const struct kube *k, struct arena *a, int64_t deadline_ms);
uint64_t kube_requests(const struct kube *k); /* sent so far */
void kube_trim(struct kube *k); /* closes connections that nothing needed since the call before */

/* ns is NULL for namespaces. Objects that are returned belong to the arena. */
int kube_get(struct kube *k, struct arena *a, enum kube_kind kind, const char *ns, const char *name, json_t **ret,
             struct error *err) WARN_UNUSED;
int kube_create(struct kube *k, struct arena *a, enum kube_kind kind, const char *ns, const json_t *object,
                json_t **ret, struct error *err) WARN_UNUSED;
/* JSON merge patch (RFC 7396); metadata.uid and resourceVersion in it are preconditions. */
int kube_patch(struct kube *k, struct arena *a, enum kube_kind kind, const char *ns, const char *name,
               const json_t *patch, json_t **ret, struct error *err) WARN_UNUSED;
/* In the background (dependents follow). Only as it was seen: the uid and resourceVersion of `seen` are preconditions (STALE). */
int kube_delete(struct kube *k, struct arena *a, enum kube_kind kind, const char *ns, const char *name,
                const json_t *seen, struct error *err) WARN_UNUSED;
/* One page of a list: *ret is the List object, and /metadata/continue in it, when not empty, is the `from` of the next page
 * (NULL: the first). GONE: too old by now, list from the start. selector NULL: all. ns NULL: of all namespaces. */
int kube_list(struct kube *k, struct arena *a, enum kube_kind kind, const char *ns, const char *selector,
              const char *from, json_t **ret, struct error *err) WARN_UNUSED;

/* Watches from resourceVersion `version` on. on_event gets type (ADDED MODIFIED DELETED BOOKMARK) and the object; it is
 * called from this thread. Returns 0 when the server ended the watch in good order or *stop, -1 with GONE or a failure. */
typedef void (*kube_on_event)(void *ctx, const char *type, const json_t *object);
int kube_watch(struct kube *k, enum kube_kind kind, const char *selector, const char *version,
               const volatile bool *stop, kube_on_event on_event, void *ctx, struct error *err) WARN_UNUSED;

#endif
