/* Ownership of domains, as far as the API has a part in it: what a new domain is, and what takes a claim over. */
#ifndef BERTH_API_OWNERSHIP_H
#define BERTH_API_OWNERSHIP_H

#include "api/change.h"

/* Before a domain is added: when others claim the name, or names below it, without a proof, the reconciler looks for the proof of
 * this customer. *ret_proven: it is there, so that the claims may be taken (store_claims_take()). */
int ownership_look(struct call *c, const char *customer, const char *domain, bool *ret_proven,
                   struct error *err) WARN_UNUSED;
/* The fault of a domain that others have: how it is taken over, when they have only claimed it and it is not proven yet. -1. */
int ownership_clash(struct change *ch, const struct tenant *t, const char *domain, bool proven,
                    struct error *err) WARN_UNUSED;
/* As what a domain begins. */
void ownership_begin(const struct call *c, bool proven, struct domain *d);

/* A domain's ETag changes with what was asked for, not with what was seen. */
const char *ownership_etag(struct call *c, const struct domain *d);
int ownership_answer(struct change *ch, const struct domain *d,
                     struct error *err) WARN_UNUSED; /* operation and answer are about it */
/* The domain that the path names, and its customer, as the transaction sees them: the customer is open, If-Match holds. */
int ownership_load_to_change(struct change *ch, struct tenant *ret_tenant, struct domain *ret,
                             struct error *err) WARN_UNUSED;

#endif
