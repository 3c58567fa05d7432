/* Arena: the memory of one request or one reconcile pass, freed as a whole.
 *
 * Handlers and steps allocate from the arena that they are given and never free. Foreign handles (a json_t, a FILE) that
 * must be released at the end are handed to arena_defer(). An arena belongs to one thread. Allocation never returns NULL:
 * a process that is out of memory, or an arena over its limit, ends with a message (asserts are for bugs; the limits on
 * input keep honest use far below). A reset or freed arena's memory must not be touched; AddressSanitizer builds find it.
 */
#ifndef BERTH_BASE_ARENA_H
#define BERTH_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/error.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a); /* runs the deferred calls, newest first; NULL is a no-op */
void arena_reset(struct arena *a); /* as if new; keeps the first block */

void *arena_alloc(struct arena *a, size_t size); /* zeroed, aligned for any type */
void *arena_array(struct arena *a, size_t count, size_t size); /* as calloc: overflow ends the process */
char *arena_strdup(struct arena *a, const char *s); /* NULL gives NULL */
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_printf(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);
char *arena_vprintf(struct arena *a, const char *format, va_list args);

void arena_defer(struct arena *a, void (*release)(void *), void *handle);
size_t arena_used(const struct arena *a); /* bytes handed out */

/* The most that arena_used() may become; 1 GiB unless set. Past it the process ends. */
void arena_set_limit(struct arena *a, size_t bytes);
/* As realloc(): in place when p is the newest allocation and there is room, else a copy; p NULL is an allocation.
 * The new part is zeroed. */
void *arena_grow(struct arena *a, void *p, size_t old_size, size_t new_size);

/* CLEANUP(arena_freep) struct arena *a = arena_new(); */
void arena_freep(struct arena **a);
#define CLEANUP(fn) __attribute__((cleanup(fn)))

#endif
