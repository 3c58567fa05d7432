/* What `site deploy` sends: a folder as a compressed tar, or an archive as it is. */
#ifndef BERTH_CMD_CLI_PACK_H
#define BERTH_CMD_CLI_PACK_H

#include <stdint.h>

#include "base/arena.h"

struct cli_archive {
    int fd; /* an unnamed temporary file, or the archive; the caller closes it */
    int64_t size;
    const char *media; /* "application/gzip" */
    const char *sha256; /* lower-case hex */
    int64_t file_count; /* of a folder; -1 of an archive */
};

/* A folder is packed in the order of its names, without owners and without .git, so that the same files give the same
 * archive. Links are kept when they stay within the folder; anything but files, folders and links is refused, as is a file
 * that changes while it is read. Other paths must be a tar, tar.gz or zip archive by their content. */
int cli_pack(struct arena *a, const char *path, struct cli_archive *ret, struct error *err) WARN_UNUSED;

/* The media type by the first bytes of a file, or NULL. Pure. */
const char *cli_pack_media(const unsigned char *head, size_t len);

#endif
