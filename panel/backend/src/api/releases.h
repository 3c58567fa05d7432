/* What the server must know of uploads before their bodies come. */
#ifndef BERTH_API_RELEASES_H
#define BERTH_API_RELEASES_H

#include "api/call.h"
#include "api/upload.h"

/* May this body come? Its type, the site and its customer's state are looked at first, so that nobody sends a gigabyte in
 * vain. */
int releases_open(struct call *c, struct upload **ret, struct error *err) WARN_UNUSED;

#endif
