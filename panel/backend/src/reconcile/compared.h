/* What passes have compared and found right, kept over a restart (table "compared").
 *
 * That an object agrees with what is wanted of it follows from the two alone (owned_patch() is pure), whoever found it and
 * when. So a pass that ended well leaves a hash of each object together with what was wanted of it. After a restart the
 * lists that the watches begin with say what there is; an object whose hash is among those left need not be read.
 */
#ifndef BERTH_RECONCILE_COMPARED_H
#define BERTH_RECONCILE_COMPARED_H

#include "reconcile/step.h"

/* This pass found the object right. Only what was compared, or was so before, may be noted. */
void compared_add(struct step_ctx *ctx, uint64_t key, uint64_t want_hash, uint64_t have_hash);
/* Did an earlier pass find it right? False when the store does not answer. */
bool compared_before(struct step_ctx *ctx, uint64_t key, uint64_t want_hash, uint64_t have_hash);
/* All that this pass found right, for the store; NULL when that is more than is kept. */
const char *compared_text(struct step_ctx *ctx);

#endif
