/* The archive itself, by libarchive: zip, tar, tar.gz and tar.xz, told apart by their contents.
 *
 * It is gone through twice. The first pass reads the headers only: it refuses what could be refused before anything is
 * written, and finds the sizes that it states and the folder that everything is in. The second writes; it applies the same
 * rules again and counts the bytes that come out, since a header may lie.
 *
 * A folder that holds all the rest is left away when the archive has no start page at its top but the folder has one
 * (index.html, index.htm or index.php): "zip -r site.zip site/" is served as it is meant. Otherwise paths stay as they are.
 * What macOS adds to zips (__MACOSX/) is left out. Times are not kept: many build tools write one and the same time into
 * every archive, and a web server would then take a changed file for the old one.
 */
#ifndef BERTH_CMD_UNPACK_ARCHIVE_H
#define BERTH_CMD_UNPACK_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct unpack_limits {
    int64_t bytes; /* of all files, unpacked */
    size_t entries, links;
    int64_t ratio; /* unpacked to packed; looked at only when more than ratio_free bytes come out */
    int64_t ratio_free;
};

extern const struct unpack_limits unpack_limits_default;

struct unpack_plan {
    size_t entries;
    int64_t bytes; /* as the headers state them */
    const char *folder; /* that is left away; "" */
};

/* fd is read from its start. Whatever is wrong with the archive is ERROR_UNPROCESSABLE and names the entry. The process's
 * LC_CTYPE must be a UTF-8 locale, or libarchive cannot give names beyond ASCII. */
int unpack_archive_check(struct arena *a, int fd, const struct unpack_limits *limits, struct unpack_plan *ret,
                         struct error *err) WARN_UNUSED;
/* Into root, an empty folder. On failure something may have been written. */
int unpack_archive_write(struct arena *a, int fd, const struct unpack_limits *limits, const struct unpack_plan *plan,
                         int root, struct error *err) WARN_UNUSED;

#endif
