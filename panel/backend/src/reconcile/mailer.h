/* Sends what waits in the store's outbox by the mail relay: one-time links. A thread of its own, since a relay may be slow.
 * At least once: a mail leaves the outbox only after the relay took it, so a crash in between sends it twice, with the same
 * Message-ID. What a relay refuses is tried again, ever later, until the link in it has expired. */
#ifndef BERTH_RECONCILE_MAILER_H
#define BERTH_RECONCILE_MAILER_H

#include "reconcile/step.h"

struct mailer;

/* Does nothing (and *ret is NULL) when the settings name no relay. INVALID when they are wrong. */
int mailer_start(const struct planes *p, struct mailer **ret, struct error *err) WARN_UNUSED;
void mailer_stop(struct mailer *m); /* NULL is a no-op */

#endif
