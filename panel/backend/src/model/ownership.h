/* Whose a domain is. A domain below one of the installation's free domains is `platform`. Any other is `pending` until a proof of
 * its owner is seen, `proven` from then on. Nothing of a pending domain is routed, and its zone holds nothing of the customer's.
 * All functions are pure. docs/decisions/0013-ownership.md says why it is as it is. */
#ifndef BERTH_MODEL_OWNERSHIP_H
#define BERTH_MODEL_OWNERSHIP_H

#include "base/arena.h"
#include "model/tenant.h"

enum { OWNERSHIP_CLAIM_DAYS = 14 /* how long a claim may be pending */ };

/* Does `name` lie below one of these domains, each of which is free to all customers? */
bool ownership_is_free(const char *const *free_domains, size_t count, const char *name);

/* The TXT record that proves a domain: its name ("_berth-challenge.example.com"), and the value, which is of this customer
 * (by uid, so another customer of the same id later has another one) and this domain alone. It is no secret. */
const char *ownership_challenge_name(struct arena *a, const char *domain);
const char *ownership_challenge(struct arena *a, const char *customer_uid, const char *domain);

/* May this hostname be routed: does it lie in no pending domain of the customer? */
bool ownership_routes(const struct tenant *t, const char *hostname);
/* The site with those hostnames alone that may be routed. */
struct site ownership_routed(struct arena *a, const struct tenant *t, const struct site *s);

#endif
