/* The names in an uploaded archive: what is refused, in words that say what to do. Pure functions. */
#ifndef BERTH_CMD_UNPACK_NAME_H
#define BERTH_CMD_UNPACK_NAME_H

#include "base/arena.h"

enum { UNPACK_PATH_MAX = 1024, UNPACK_PART_MAX = 255, UNPACK_DEPTH_MAX = 64 };

/* The entry's path beneath the release, without "." and doubled or trailing slashes; "" is the release itself.
 * ERROR_UNPROCESSABLE: absolute, with "..", too long, too deep, not UTF-8, with control characters. libarchive ends a name
 * at its first NUL, so what is checked here is what is written. */
int unpack_name_clean(struct arena *a, const char *raw, const char **ret, struct error *err) WARN_UNUSED;

/* Only the words of a link's target; where it leads is found out in the tree itself (unpack_tree_check_link). */
int unpack_name_target(struct arena *a, const char *name, const char *target, struct error *err) WARN_UNUSED;

/* A name for a message: in quotes, what cannot be printed as \xHH, cut when long. NULL is shown as ''. */
char *unpack_name_show(struct arena *a, const char *raw);

#endif
