/* The mail servers, looked at as another mail server does: is TLS offered, with a certificate that is good for their name? It is the
 * same for all domains, so it is looked at once a minute at most, and the answer is shared. */
#ifndef BERTH_RECONCILE_MAILHOST_H
#define BERTH_RECONCILE_MAILHOST_H

#include "base/arena.h"
#include "model/mta_sts.h"
#include "reconcile/settings.h"

struct mailhost;

struct mailhost *mailhost_new(void);
void mailhost_free(struct mailhost *m); /* NULL is a no-op */
/* UNSEEN: they do not answer. *ret_why: what is wrong; "" when it is good. */
enum mta_sts_seen mailhost_look(struct mailhost *m, struct arena *a, const struct settings *set, const char **ret_why);

#endif
