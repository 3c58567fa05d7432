/* Comparing objects by what we own of them: pure functions.
 *
 * We own every field that the wanted tree names. Maps: fields that it does not name are others' and are left alone. Lists
 * and selectors are owned whole: another length is a difference, and elements are compared one by one (defaults that the API server added
 * to an element are left alone).
 */
#ifndef BERTH_RECONCILE_OWNED_H
#define BERTH_RECONCILE_OWNED_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* What differs, as lines "/spec/replicas: 1 -> 0" (at most 64); *ret_count 0: nothing. */
const char **owned_diff(struct arena *a, const json_t *want, const json_t *have, size_t *ret_count);
/* The JSON merge patch that makes `have` agree, or NULL when it does. It belongs to the arena. */
json_t *owned_patch(struct arena *a, const json_t *want, const json_t *have);
/* Raised when owned_patch() or owned_hash() comes to judge otherwise: what was found right by other rules is compared again. */
enum { OWNED_RULES = 1 };
/* A hash of all of an object but its kind, status and what the server changes by itself (versions, times, managed fields,
 * its controllers' annotations). */
uint64_t owned_hash(struct arena *a, const json_t *object);

#endif
