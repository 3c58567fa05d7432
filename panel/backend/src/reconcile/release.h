/* Bringing a site's release into its volume by a helper pod: part of the step "web". */
#ifndef BERTH_RECONCILE_RELEASE_H
#define BERTH_RECONCILE_RELEASE_H

#include "reconcile/step.h"

/* DONE when the site's release is the one that is served (or there is none, or the newest attempt failed for good: the old
 * one is still served then, and the message says so). */
enum step_result release_ensure(struct step_ctx *ctx, const struct site *site, struct error *err);

/* DONE when a helper pod has removed all files of a site that is gone from the desired state. */
enum step_result release_clear(struct step_ctx *ctx, const char *site_id, struct error *err);

/* The token with which the helper pod of this release may fetch it: derived, so that it outlives a restart. */
char *release_token(struct arena *a, const char *fetch_key, const char *release);

#endif
