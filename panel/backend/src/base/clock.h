/* Time: milliseconds, as int64_t everywhere. Wall-clock times are Unix time in ms. */
#ifndef BERTH_BASE_CLOCK_H
#define BERTH_BASE_CLOCK_H

#include <stdint.h>

#include "base/arena.h"

int64_t clock_wall_ms(void); /* Unix time */
int64_t clock_mono_ms(void); /* monotonic, for durations and deadlines */
void clock_sleep_ms(int64_t ms);
char *clock_rfc3339(struct arena *a, int64_t wall_ms); /* "2026-11-24T08:33:07.123Z" */
int64_t clock_parse_rfc3339(const char *s); /* Unix ms; -1 when it is not one */

#endif
