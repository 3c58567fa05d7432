/* Domains that are delegated to other name servers than ours: what the world sees of them, by the recursive resolver. */
#ifndef BERTH_RECONCILE_ELSEWHERE_H
#define BERTH_RECONCILE_ELSEWHERE_H

#include <stdbool.h>

#include "base/arena.h"
#include "reconcile/settings.h"

/* *ret: the domain is delegated, and to none of our name servers. A domain that is delegated to nobody is not elsewhere. */
int elsewhere_look(struct arena *a, const struct settings *set, const char *domain, bool *ret,
                   struct error *err) WARN_UNUSED;
/* Is there a TXT record of this name and text? */
int elsewhere_has_text(struct arena *a, const struct settings *set, const char *name, const char *text, bool *ret,
                       struct error *err) WARN_UNUSED;

#endif
