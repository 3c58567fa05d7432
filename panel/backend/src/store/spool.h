/* The spool: archives of releases, each under the SHA-256 of its content; beside the store the only thing that api and
 * reconcile share. It is a folder (one machine), or a bucket of an S3 server (several processes without a common volume).
 *
 * An archive comes in as a part: a file of this process's own folder, which is put into the spool when all of it is there and
 * its digest is known. So memory is bounded, a body that is cut off leaves nothing, and the same content is one archive.
 * The store says which archives there are, and who may write or delete one (store_archive_*): that is the callers' part.
 * Errors: FULL, IO of this process's folder; UNAVAILABLE, TIMEOUT of the S3 server, also when it refuses the key.
 */
#ifndef BERTH_STORE_SPOOL_H
#define BERTH_STORE_SPOOL_H

#include <stdint.h>

#include "base/arena.h"

enum { SPOOL_ARCHIVE_MAX = 1 << 30 }; /* bytes */

struct spool;

/* Strings are copied. */
struct spool_config {
    const char *data_dir; /* <data_dir>/spool holds parts, and without a url the archives */
    const char *url; /* "" the folder, or "https://HOST:PORT/BUCKET" or .../BUCKET/PREFIX: S3, path style */
    const char *region; /* of S3 */
    const char *key_id_file, *secret_file; /* of S3: the access key */
    const char *ca_file; /* PEM of the roots that the server's certificate leads to; "" the system's */
};

/* Makes the folder, and removes parts that a process which is gone left there. The S3 server is not asked yet. */
int spool_new(const struct spool_config *config, struct spool **ret, struct error *err) WARN_UNUSED;
void spool_free(struct spool *s); /* NULL is a no-op */

struct spool_part;
int spool_part_new(struct spool *s, struct spool_part **ret, struct error *err) WARN_UNUSED;
int spool_part_write(struct spool_part *p, const char *data, size_t len, struct error *err) WARN_UNUSED;
/* Puts it into the spool for good; sha256 is that of all that was written, in hex. May take minutes. */
int spool_part_keep(struct spool_part *p, const char *sha256, struct error *err) WARN_UNUSED;
void spool_part_free(struct spool_part *p); /* with its file, if it was not kept; NULL is a no-op */

/* An archive to be read from its start; the caller closes it. It has that digest: what came from S3 was summed. NOT_FOUND. */
int spool_open(struct spool *s, const char *sha256, int *ret_fd, uint64_t *ret_size, struct error *err) WARN_UNUSED;
/* Deletes an archive; one that is not there is no error. Nothing is sent after deadline_ms (clock_mono_ms()). */
int spool_drop(struct spool *s, const char *sha256, int64_t deadline_ms, struct error *err) WARN_UNUSED;

#endif
