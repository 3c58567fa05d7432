/* Fetching a release's archive from the reconciler's internal listener. */
#ifndef BERTH_CMD_UNPACK_FETCH_H
#define BERTH_CMD_UNPACK_FETCH_H

#include <stdint.h>

#include "base/arena.h"

struct unpack_source {
    const char *url, *token, *sha256;
    int64_t max_bytes;
    int attempts;
    int64_t pause_ms; /* before the second attempt; doubles with each one */
};

/* Into fd, from its start; whatever it held is gone. An attempt that is cut off, is refused for now, or brings other bytes
 * than the digest says is made again. ERROR_GONE: the archive is no longer kept. ERROR_FULL: no space for it. */
int unpack_fetch(const struct unpack_source *s, int fd, struct error *err) WARN_UNUSED;

#endif
