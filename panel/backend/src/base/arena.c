/* Arena: see arena.h.
 *
 * A chain of blocks, each twice the one before up to BLOCK_MAX; what is larger than a quarter of the next block gets one
 * of its own, put behind the current block so that small allocations go on filling that one. Memory is handed out zeroed:
 * blocks come from calloc(), and a reset clears what was used. Under AddressSanitizer every allocation is followed by a
 * poisoned gap and unused room is poisoned, so that an overrun is found as if it came from malloc(). */
#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
enum { GAP = 16 };
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
enum { GAP = 0 };
#endif

enum { BLOCK_FIRST = 4096, BLOCK_MAX = 256 * 1024, ALIGN = alignof(max_align_t) };
#define LIMIT_DEFAULT ((size_t)1 << 30)

struct block {
    struct block *next; /* older */
    size_t size, used;
    alignas(max_align_t) char data[];
};

struct deferred {
    struct deferred *next; /* older */
    void (*release)(void *);
    void *handle;
};

struct arena {
    struct block *blocks; /* newest first; the last one is the first that was made */
    struct deferred *deferred;
    size_t used, limit;
    char *last; /* the newest allocation in blocks, for arena_grow() */
};

static _Noreturn void die(const char *why)
{
    fprintf(stderr, "arena: %s\n", why);
    abort();
}

static struct block *block_new(size_t size)
{
    struct block *b = calloc(1, sizeof *b + size);

    if (!b)
        die("out of memory");
    b->size = size;
    ASAN_POISON_MEMORY_REGION(b->data, size);
    return b;
}

struct arena *arena_new(void)
{
    struct arena *a = calloc(1, sizeof *a);

    if (!a)
        die("out of memory");
    a->limit = LIMIT_DEFAULT;
    a->blocks = block_new(BLOCK_FIRST);
    return a;
}

static void run_deferred(struct arena *a)
{
    /* A release function may itself defer something; the loop takes that too. */
    while (a->deferred) {
        struct deferred *d = a->deferred;
        a->deferred = d->next;
        d->release(d->handle);
    }
}

/* Frees all blocks but the oldest, which it returns. */
static struct block *drop_blocks(struct arena *a)
{
    struct block *b = a->blocks;

    while (b->next) {
        struct block *older = b->next;
        ASAN_UNPOISON_MEMORY_REGION(b->data, b->size);
        free(b);
        b = older;
    }
    ASAN_UNPOISON_MEMORY_REGION(b->data, b->size);
    return b;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    run_deferred(a);
    free(drop_blocks(a));
    free(a);
}

void arena_reset(struct arena *a)
{
    run_deferred(a);
    a->blocks = drop_blocks(a);
    memset(a->blocks->data, 0, a->blocks->used);
    a->blocks->used = 0;
    a->used = 0;
    a->last = NULL;
    ASAN_POISON_MEMORY_REGION(a->blocks->data, a->blocks->size);
}

void arena_set_limit(struct arena *a, size_t bytes)
{
    a->limit = bytes;
}

static size_t round_up(size_t size)
{
    if (size > SIZE_MAX / 2)
        die("allocation too large");
    return (size + GAP + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

static void account(struct arena *a, size_t size)
{
    if (size > a->limit || a->used > a->limit - size)
        die("over its limit");
    a->used += size;
}

void *arena_alloc(struct arena *a, size_t size)
{
    size_t room = round_up(size ? size : 1);
    struct block *b = a->blocks;

    account(a, size);
    if (b->size - b->used < room) {
        size_t next = b->size < BLOCK_FIRST ? BLOCK_FIRST : b->size * 2;
        if (next > BLOCK_MAX)
            next = BLOCK_MAX;
        if (room > next / 4) {
            /* Older than the current block, which stays current. The oldest block of all keeps its place. */
            struct block *own = block_new(room);
            if (b->next) {
                own->next = b->next;
                b->next = own;
            } else {
                own->next = b;
                a->blocks = own;
            }
            b = own;
        } else {
            b = block_new(next);
            b->next = a->blocks;
            a->blocks = b;
        }
    }
    char *p = b->data + b->used;
    b->used += room;
    ASAN_UNPOISON_MEMORY_REGION(p, size);
    a->last = b == a->blocks ? p : NULL;
    return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(count, size, &total))
        die("array too large");
    return arena_alloc(a, total);
}

void *arena_grow(struct arena *a, void *p, size_t old_size, size_t new_size)
{
    assert(new_size >= old_size);
    if (p && p == a->last) {
        struct block *b = a->blocks;
        size_t start = (size_t)(a->last - b->data), room = round_up(new_size ? new_size : 1);
        if (b->size - start >= room) {
            account(a, new_size - old_size);
            b->used = start + room;
            ASAN_UNPOISON_MEMORY_REGION(p, new_size);
            return p;
        }
    }
    void *fresh = arena_alloc(a, new_size);
    if (p)
        memcpy(fresh, p, old_size);
    return fresh;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
    if (!s)
        return NULL;
    if (len == SIZE_MAX)
        die("string too long");
    char *copy = arena_alloc(a, len + 1);
    memcpy(copy, s, len);
    return copy;
}

char *arena_vprintf(struct arena *a, const char *format, va_list args)
{
    char small[256];
    va_list again;

    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, format, args);
    if (n < 0)
        die("bad format");
    size_t len = (size_t)n;
    char *text;
    if (len < sizeof small) {
        text = arena_strndup(a, small, len);
    } else {
        text = arena_alloc(a, len + 1);
        vsnprintf(text, len + 1, format, again);
    }
    va_end(again);
    return text;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *text = arena_vprintf(a, format, args);
    va_end(args);
    return text;
}

void arena_defer(struct arena *a, void (*release)(void *), void *handle)
{
    struct deferred *d = arena_alloc(a, sizeof *d);

    d->release = release;
    d->handle = handle;
    d->next = a->deferred;
    a->deferred = d;
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}

void arena_freep(struct arena **a)
{
    arena_free(*a);
    *a = NULL;
}
