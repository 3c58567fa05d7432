/* One run of berth-unpack, without the process around it: brings a release into a site's folder and switches to it.
 *
 * Idempotent: a release that is there already (a rollback, or a run that died late) is only switched to. Releases that are
 * no longer needed go oldest first; a rollback to one of them fetches its archive again. */
#ifndef BERTH_CMD_UNPACK_H
#define BERTH_CMD_UNPACK_H

#include "cmd/unpack_archive.h"
#include "cmd/unpack_fetch.h"

enum { UNPACK_KEPT_RELEASES = 5 }; /* besides the current one */

struct unpack_job {
    struct unpack_source source;
    const char *release, *dir;
    const struct unpack_limits *limits;
};

int unpack_run(const struct unpack_job *job, struct error *err) WARN_UNUSED;

/* Will this archive be refused every time? Else the same run may succeed later. */
bool unpack_final(const struct error *err);

#endif
