/* A release's tree while it is written: every path is resolved beneath its root by openat2(2), never through a link.
 *
 * Links are made last, so none is there while folders and files are written; then each is followed once, by the kernel
 * itself, with RESOLVE_BENEATH: only that tells where a link through other links leads. */
#ifndef BERTH_CMD_UNPACK_TREE_H
#define BERTH_CMD_UNPACK_TREE_H

#include "base/arena.h"

struct unpack_tree {
    int root; /* a folder's descriptor; the caller's */
    size_t made, made_max; /* files, folders and links; folders that no entry names count too */
};

/* Paths are those of unpack_name_clean(). What stands in the way is ERROR_UNPROCESSABLE and named. */
int unpack_tree_folder(struct unpack_tree *t, struct arena *a, const char *path, struct error *err) WARN_UNUSED;
int unpack_tree_file(struct unpack_tree *t, struct arena *a, const char *path, bool executable, int *ret_fd,
                     struct error *err) WARN_UNUSED;
int unpack_tree_link(struct unpack_tree *t, struct arena *a, const char *path, const char *target,
                     struct error *err) WARN_UNUSED;
/* Once all links are made: refuses one that leads out of the tree, to nothing, or round in a circle. */
int unpack_tree_check_link(const struct unpack_tree *t, struct arena *a, const char *path, const char *target,
                           struct error *err) WARN_UNUSED;

/* Removes a file, link or folder with all that is in it; never follows a link. ENOENT is fine. */
int unpack_tree_remove(int parent, const char *name, struct error *err) WARN_UNUSED;

#endif
