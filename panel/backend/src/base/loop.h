/* A thread that does the same again and again until it is told to end. */
#ifndef BERTH_BASE_LOOP_H
#define BERTH_BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct loop;

/* Starts the thread, which is run(): it returns when loop_goes_on() is false. what: "starting WHAT" is said when there can be none.
 * ctx lives as long as the loop. */
int loop_start(void (*run)(const struct loop *l, const void *ctx), const void *ctx, const char *what, struct loop **ret,
               struct error *err) WARN_UNUSED;
bool loop_goes_on(const struct loop *l);
void loop_pause(const struct loop *l, int64_t ms); /* shorter when it is to end */
void loop_stop(struct loop *l); /* waits for the thread's end and frees; NULL is a no-op */

#endif
