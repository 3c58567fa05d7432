/* Logs: one JSON object a line on stderr, written by the request loop, the engine and main() alone (libraries never log). */
#ifndef BERTH_BASE_LOG_H
#define BERTH_BASE_LOG_H

#include <stdint.h>

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

void log_set_level(enum log_level least); /* at start, before threads */
void log_set_program(const char *name); /* "berthd"; put into each line; kept by reference */

/* log_line(LOG_LEVEL_INFO, "request", LOG_S("path", p), LOG_I("status", 200));
 * A NULL string is left out. Line: {"time":…,"level":…,"program":…,"msg":…,…}. */
struct log_value {
    int is_int;
    const char *s;
    int64_t i;
};
struct log_pair {
    const char *name;
    struct log_value value;
};
void log_pairs(enum log_level level, const char *msg, const struct log_pair *pairs, unsigned count);

#define LOG_S(name, v)                                                                                                 \
    {                                                                                                                  \
        (name),                                                                                                        \
        {                                                                                                              \
            0, (v), 0                                                                                                  \
        }                                                                                                              \
    }
#define LOG_I(name, v)                                                                                                 \
    {                                                                                                                  \
        (name),                                                                                                        \
        {                                                                                                              \
            1, 0, (int64_t)(v)                                                                                         \
        }                                                                                                              \
    }
#define log_line(level, msg, ...)                                                                                      \
    do {                                                                                                               \
        const struct log_pair log_pairs_[] = { __VA_ARGS__ };                                                          \
        log_pairs((level), (msg), log_pairs_, (unsigned)(sizeof log_pairs_ / sizeof log_pairs_[0]));                   \
    } while (0)

#endif
