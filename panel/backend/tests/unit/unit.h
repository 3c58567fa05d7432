/* What the unit tests share: cmocka with the headers that it wants before it, a look at errors, and scratch folders. */
#ifndef BERTH_TESTS_UNIT_H
#define BERTH_TESTS_UNIT_H

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* The call went well; otherwise the test fails with the error's own words. */
#define expect_ok(call)                                                                                                \
    do {                                                                                                               \
        if ((call) < 0)                                                                                                \
            fail_msg("%s: %s: %s", #call, error_name(err.code), err.message);                                          \
    } while (0)

/* The call failed with this code; `err` is empty again afterwards. */
#define expect_error(call, want)                                                                                       \
    do {                                                                                                               \
        err = ERROR_INIT;                                                                                              \
        if ((call) != -1)                                                                                              \
            fail_msg("%s went well, where %s was due", #call, error_name(want));                                       \
        if (err.code != (want))                                                                                        \
            fail_msg("%s: %s in place of %s: %s", #call, error_name(err.code), error_name(want), err.message);         \
        err = ERROR_INIT;                                                                                              \
    } while (0)

/* As calloc() of one, but never NULL. */
static inline void *unit_new(size_t size)
{
    void *p = calloc(1, size);

    if (!p)
        abort();
    return p;
}

static inline int unit_remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

/* A folder of the test's own; unit_remove() takes it away with all that is in it. */
static inline char *unit_folder(struct arena *a)
{
    char *path = arena_strdup(a, "/tmp/berth-unit-XXXXXX");

    assert_non_null(mkdtemp(path));
    return path;
}

static inline void unit_remove(const char *folder)
{
    (void)nftw(folder, unit_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
