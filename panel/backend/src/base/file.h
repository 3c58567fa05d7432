/* Files: whole small files, and replacing one so that a crash leaves the old or the new, never half. */
#ifndef BERTH_BASE_FILE_H
#define BERTH_BASE_FILE_H

#include <stddef.h>

#include "base/arena.h"

/* NUL-terminated; ERROR_NOT_FOUND, ERROR_TOO_LARGE over max bytes. *ret_len may be NULL. */
int file_read(struct arena *a, const char *path, size_t max, char **ret, size_t *ret_len,
              struct error *err) WARN_UNUSED;
/* As file_read(), of a file with a secret: INVALID when others may read it, or when more than its owner may write it. A group
 * may read it, since that is how Kubernetes mounts a Secret for a process that is not root. */
int file_read_private(struct arena *a, const char *path, size_t max, char **ret, size_t *ret_len,
                      struct error *err) WARN_UNUSED;
/* By temporary file, fsync, rename, fsync of the folder. mode as for open(2). */
int file_write(const char *path, const char *data, size_t len, unsigned mode, struct error *err) WARN_UNUSED;
int file_mkdirs(const char *path, unsigned mode, struct error *err) WARN_UNUSED; /* with parents; existing is fine */
void file_closep(int *fd); /* for CLEANUP */

#endif
