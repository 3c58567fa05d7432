/* What domains and releases share with sites. */
#ifndef BERTH_API_SITES_H
#define BERTH_API_SITES_H

#include "api/change.h"

/* The site of the path (id or hostname), with all of its customer as the transaction sees it; refused when the customer is
 * in the trash or the version is not that of If-Match. */
int sites_load_to_change(struct change *ch, struct tenant *ret, struct site *ret_site, struct error *err) WARN_UNUSED;

/* A new site with these hostnames, which were checked. *ret is as stored. */
int sites_insert(struct change *ch, const struct site *wanted, struct site *ret, struct error *err) WARN_UNUSED;

/* Writes it and makes it the answer, as stored. */
int sites_write_back(struct change *ch, const struct site *s, struct error *err) WARN_UNUSED;

bool sites_has_room(const struct tenant *t);

#endif
