/* What the watches know of the tenants' objects: a few dozen bytes each, never whole objects.
 *
 * For every kind a thread lists and then watches the objects that Berth manages. Of each object it keeps a hash of all that
 * is not status, and whether it is ready. A pass that compared an object notes both what it wanted and what it saw; while
 * neither has changed since, the next pass needs no request. A change that no pass made makes the customer due.
 */
#ifndef BERTH_RECONCILE_SEEN_H
#define BERTH_RECONCILE_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "provider/kube.h"
#include "store/store.h"

enum { HELPER_BAD_ARCHIVE = 2 }; /* a helper pod's exit code: another try would end the same */

struct seen;

struct seen *seen_new(struct kube *kube, struct store *store);
int seen_start(struct seen *s, struct error *err) WARN_UNUSED; /* starts the threads */
void seen_stop(struct seen *s); /* ends them and frees; NULL is a no-op */

uint64_t seen_key(enum kube_kind kind, const char *ns, const char *name);

enum seen_state {
    SEEN_UNKNOWN, /* the watch is not current: ask the API server */
    SEEN_ABSENT, /* the watch is current and has no such object */
    SEEN_DIFFERENT, /* there is one; it or what we want has changed since it was compared */
    SEEN_SAME, /* as it was when it was compared and found right */
};
/* *ret_have (may be NULL): the hash of the object that this is said of, unless it is UNKNOWN or ABSENT. */
enum seen_state seen_ask(struct seen *s, enum kube_kind kind, uint64_t key, uint64_t want_hash, bool *ret_ready,
                         uint64_t *ret_have);
/* A pass compared the object (or made it so): this is what it wanted and what the API server answered. */
void seen_note(struct seen *s, enum kube_kind kind, uint64_t key, uint64_t want_hash, uint64_t have_hash, bool ready);
/* May this object be repaired now? False after five repairs within a minute: somebody else insists. *ret_tell: it is the first
 * time within this minute, so that one event tells of it. */
bool seen_may_repair(struct seen *s, uint64_t key, bool *ret_tell);
void seen_repair_failed(struct seen *s, uint64_t key); /* it was not made, so nobody can have undone it */
int64_t seen_count(struct seen *s);
bool seen_current(struct seen *s); /* has every watch listed what there is? */
int64_t seen_listed(struct seen *s); /* pages that were taken in so far */

/* Is the object what it should become? Deployment: all replicas of this generation are available. ResourceQuota: its status
 * is filled. Pod (a helper): it has ended. Pure. */
bool object_ready(enum kube_kind kind, const json_t *object);

#endif
