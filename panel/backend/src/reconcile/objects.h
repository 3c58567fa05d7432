/* Making one Kubernetes object be as it is wanted: the only place from which steps write to the API server. */
#ifndef BERTH_RECONCILE_OBJECTS_H
#define BERTH_RECONCILE_OBJECTS_H

#include "reconcile/step.h"

/* The placeholders of this tenant, and of a site when it is not NULL; the array has room for `extra` more. */
struct placeholder *object_values(const struct step_ctx *ctx, const struct site *site, size_t extra, size_t *ret_count);
const char *object_namespace(const struct step_ctx *ctx); /* "cust-<id>" */

/* Renders a template and makes it so: made when missing (POST first when the watch says so), compared and patched when there.
 * *ret_ready, when not NULL: is it ready (object_ready)? In a dry run the difference is noted. */
enum step_result object_ensure(struct step_ctx *ctx, enum kube_kind kind, const char *template, const struct site *site,
                               bool *ret_ready, struct error *err);
/* Makes it when the watch knows of none; nothing that is there is looked at or changed. *ret_made: it is ours. */
enum step_result object_make(struct step_ctx *ctx, enum kube_kind kind, const char *template, bool *ret_made,
                             struct error *err);
/* As object_ensure() for a tree that is rendered already; `want` belongs to the arena. */
enum step_result object_ensure_tree(struct step_ctx *ctx, enum kube_kind kind, json_t *want, bool *ret_ready,
                                    struct error *err);
/* Has the watch seen it exactly as `want`? Then object_ensure_tree() sends no request. */
bool object_settled(const struct step_ctx *ctx, enum kube_kind kind, const json_t *want);
/* As it is now; *ret is NULL when there is none. While the watch knows of none no request is sent. */
enum step_result object_read(struct step_ctx *ctx, enum kube_kind kind, const char *name, json_t **ret,
                             struct error *err);
/* Gone, as an observation (a 404): DONE. Deleted now: WAIT. */
enum step_result object_absent(struct step_ctx *ctx, enum kube_kind kind, const char *name, struct error *err);

#endif
