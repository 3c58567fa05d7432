/* Uploads: a body that goes to <data_dir>/spool as it comes, is summed on the way, and gets its SHA-256 as its name. What is
 * not kept is removed with the request. */
#ifndef BERTH_API_UPLOAD_H
#define BERTH_API_UPLOAD_H

#include "api/call.h"

struct upload;

extern const struct httpd_sink upload_sink;

/* Called when the headers are known; the upload belongs to the request's arena. ERROR_TOO_LARGE for a declared length over
 * the limit (1 GiB), ERROR_FULL when there is no space. */
int upload_open(struct call *c, struct upload **ret, struct error *err) WARN_UNUSED;

/* The SHA-256 of all that came, in hex. */
const char *upload_digest(struct upload *u);
int64_t upload_size(const struct upload *u);
/* Brings its bytes to the disk: what may take long, and so comes before the transaction. */
int upload_sync(struct upload *u, struct error *err) WARN_UNUSED;
/* Gives it its digest's name, for good. */
int upload_keep(struct upload *u, struct error *err) WARN_UNUSED;

int upload_make_spool(const char *data_dir,
                      struct error *err) WARN_UNUSED; /* and removes what an earlier process left half */

#endif
