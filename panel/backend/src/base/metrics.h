/* Metrics in the Prometheus text format: counters and gauges by name and one optional label, thread-safe, bounded in number. */
#ifndef BERTH_BASE_METRICS_H
#define BERTH_BASE_METRICS_H

#include <stdint.h>

#include "base/arena.h"

struct metrics;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *m);
/* help describes the family once (first call wins); label is "code=\"200\"" or NULL. */
void metrics_add(struct metrics *m, const char *name, const char *label, const char *help, int64_t delta);
void metrics_set(struct metrics *m, const char *name, const char *label, const char *help, int64_t value);
char *metrics_text(struct metrics *m, struct arena *a); /* exposition format 0.0.4 */

#endif
