/* A site's folder in its volume:
 *
 *   releases/<id>        complete and on the disk: a folder has this name only after everything in it was synced
 *   releases/<id>.new    being written, or left by an attempt that died, or being removed
 *   current              link to releases/<id>: what is served
 *   current.new          the next link, for the moment before it is renamed
 *   archive.new          the archive, while it is unpacked
 *
 * One process works on it at a time: it holds a lock on the folder.
 */
#ifndef BERTH_CMD_UNPACK_SITE_H
#define BERTH_CMD_UNPACK_SITE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct unpack_site {
    int dir, releases; /* descriptors */
};

/* Waits for the lock and removes what earlier attempts left. */
int unpack_site_open(const char *path, struct unpack_site *ret, struct error *err) WARN_UNUSED;
void unpack_site_close(struct unpack_site *s);
int unpack_site_clear(const char *path,
                      struct error *err) WARN_UNUSED; /* waits for the lock; leaves the folder empty */

int unpack_site_archive(const struct unpack_site *s, int *ret_fd, struct error *err) WARN_UNUSED; /* has no name */
bool unpack_site_has(const struct unpack_site *s, const char *release);
int unpack_site_begin(const struct unpack_site *s, const char *release, int *ret_fd, struct error *err) WARN_UNUSED;
int unpack_site_keep(const struct unpack_site *s, const char *release, int fd, struct error *err) WARN_UNUSED;
int unpack_site_abandon(const struct unpack_site *s, const char *release, struct error *err) WARN_UNUSED;
/* Requests before see the old release, requests after it the new one, and none sees neither or both. */
int unpack_site_switch(const struct unpack_site *s, const char *release, struct error *err) WARN_UNUSED;

int64_t unpack_site_free(const struct unpack_site *s); /* bytes that this process may still write; -1: not known */
/* When there are more than `keep` releases besides the current one, removes the oldest of them: 1, else 0; -1 failed. */
int unpack_site_drop_oldest(const struct unpack_site *s, size_t keep, struct error *err) WARN_UNUSED;

#endif
