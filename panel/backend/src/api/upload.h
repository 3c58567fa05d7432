/* Uploads: a body that goes into the spool (store/spool.h) as it comes, is summed on the way, and gets its SHA-256 as its
 * name. What is not kept is removed with the request; what is kept but gets no release is deleted by the reconciler. */
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
/* Puts it into the spool, where it stays a while without a release: what may take long, and so comes before the transaction. */
int upload_keep(struct upload *u, struct error *err) WARN_UNUSED;
/* In the transaction that makes its release: it is there, and stays. */
int upload_kept(struct upload *u, struct store_tx *tx, struct error *err) WARN_UNUSED;

#endif
