/* Certificates: when Traefik is told to get one, and whether it is there. */
#ifndef BERTH_RECONCILE_TLS_H
#define BERTH_RECONCILE_TLS_H

#include <jansson.h>

#include "reconcile/step.h"

/* Adds to the site's wanted Ingress what makes Traefik get a certificate: only once the names were seen in DNS, so that no
 * challenge fails for a name that does not resolve yet. */
void tls_annotate(const struct step_ctx *ctx, const struct site *site, json_t *ingress);

/* Reads the conditions of earlier passes: whether `step` of `subject` was true, and since when it is as it is (0: unknown). */
bool tls_was_true(const struct step_ctx *ctx, const char *step, const char *subject, int64_t *ret_since_ms);

/* How often issuance was to be triggered again by now: after 1, 2, 4 ... minutes without a certificate. */
int64_t tls_attempts(int64_t waited_ms);

#endif
