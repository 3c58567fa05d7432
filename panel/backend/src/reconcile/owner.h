/* Who this reconciler is, as the owner of leases, and which others of its data folder are dead.
 *
 * A name is the host's and random characters, so no two processes have the same. As long as it lives a reconciler holds a lock
 * (flock) on a file of that name in <data_dir>/reconcilers. Whoever gets the lock of another one's file knows it to be dead, in
 * whatever pod or namespace of process ids it was, and whether or not it was stopped for a while; the kernel says so.
 */
#ifndef BERTH_RECONCILE_OWNER_H
#define BERTH_RECONCILE_OWNER_H

#include <stddef.h>

#include "base/arena.h"

struct owner;

/* A folder that takes no file (a full disk) is told of in the log: then nobody can know early that this one is dead. */
struct owner *owner_new(const char *data_dir, const char *host);
void owner_free(struct owner *o); /* gives the name up; NULL is a no-op */
const char *owner_name(const struct owner *o);

/* Those that are dead and not buried. */
void owner_list_dead(const struct owner *o, struct arena *a, const char ***ret, size_t *ret_count);
void owner_bury(const struct owner *o, const char *dead); /* when nothing of it is left */

#endif
