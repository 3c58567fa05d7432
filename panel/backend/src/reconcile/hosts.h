/* The list of a customer's hostnames in its namespace: ConfigMap tenant-hosts, which the admission policy tenant-ingress
 * (k8s/tenants/policies/ingress.yaml) holds every Ingress to.
 *
 * Hostnames are listed before an Ingress names them and struck off after the last one did, so at no time does an Ingress name
 * what is not listed. A customer that is not served has an empty list: nobody makes it an Ingress meanwhile.
 */
#ifndef BERTH_RECONCILE_HOSTS_H
#define BERTH_RECONCILE_HOSTS_H

#include "reconcile/step.h"

/* Before Ingresses: what is wanted is listed, beside what was. A dry run notes here all that would become of the list. */
enum step_result hosts_add(struct step_ctx *ctx, struct error *err);
/* After them: nothing but what is wanted is listed. */
enum step_result hosts_settle(struct step_ctx *ctx, struct error *err);

/* Both are hostnames separated by spaces. NULL: `have` holds all of `want`. Else `want`, and behind it what only `have` holds. */
const char *hosts_union(struct arena *a, const char *have, const char *want);

#endif
